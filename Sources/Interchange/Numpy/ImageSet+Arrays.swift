import Datasets

extension ImageSet {
  /// The set of two arrays.
  ///
  /// - Parameters:
  ///   - pixels: `uint8` of shape `[images, rows, columns, channels]`, or `[images, rows, columns]` for gray.
  ///   - labels: integers of any type, shape `[images]`.
  ///   - classCount: labels are below this, at most 256; one more than the largest label by default.
  /// - Throws: what is wrong with either array, or where the two do not fit each other.
  /// - Precondition: `classCount` is in `1...256`.
  public init(
    pixels: NumpyArray, labels: NumpyArray, classCount: Int? = nil
  ) throws(InterchangeError) {
    precondition(classCount.map { (1...256).contains($0) } ?? true, "\(classCount ?? 0) classes")
    let shape = pixels.shape
    if !(3...4).contains(shape.count) || shape.contains(0) {
      throw pixels.fault(.notImages(shape: shape))
    }
    let values = try pixels.elements(of: UInt8.self)
    let classes = try labels.classLabels(below: classCount ?? 256)
    if classes.count != shape[0] {
      throw InterchangeError(
        .dataset(.countsDiffer(images: shape[0], labels: classes.count)), at: labels.origin)
    }
    self.init(
      height: shape[1], width: shape[2], channels: shape.count == 4 ? shape[3] : 1,
      classCount: classCount ?? Int(classes.max() ?? 0) + 1, pixels: values, labels: classes)
  }
}

extension NumpyArray {
  /// The elements of an array of shape `[labels]`.
  /// - Throws: where it has another shape or is empty, or where an element is no integer of `0..<classCount`.
  /// - Precondition: `classCount` is at most 256.
  func classLabels(below classCount: Int) throws(InterchangeError) -> [UInt8] {
    if shape.count != 1 || shape[0] == 0 { throw fault(.notLabels(shape: shape)) }
    let labels = try integers
    if let index = labels.firstIndex(where: { !(0..<Int64(classCount)).contains($0) }) {
      throw InterchangeError(
        .dataset(.labelOutOfRange(label: Int(labels[index]), index: index, classCount: classCount)),
        at: origin)
    }
    return labels.map { UInt8($0) }
  }
}
