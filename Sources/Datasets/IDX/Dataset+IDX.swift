import Foundation

extension Dataset {
  /// The set in the four IDX files of `directory`, plain or gzipped, under MNIST's names.
  static func idx(
    name: String, classNames: [String], directory: URL, advice: String, validationCount: Int?
  ) throws(DatasetError) -> Dataset {
    func images(_ prefix: String) throws(DatasetError) -> ImageSet {
      let imageFile = try file("\(prefix)-images-idx3-ubyte", in: directory, advice: advice)
      let labelFile = try file("\(prefix)-labels-idx1-ubyte", in: directory, advice: advice)
      return try ImageSet(imageFile: imageFile, labelFile: labelFile, classCount: classNames.count)
    }
    let training = try images("train")
    let test = try images("t10k")
    return try assembled(
      name: name, classNames: classNames, trainingAndValidation: training, test: test, directory: directory,
      validationCount: validationCount)
  }

  /// The file `name` in `directory`, or `name.gz`.
  private static func file(_ name: String, in directory: URL, advice: String) throws(DatasetError) -> URL {
    for candidate in [name, name + ".gz"] {
      let url = directory.appendingPathComponent(candidate)
      if FileManager.default.fileExists(atPath: url.path) { return url }
    }
    throw DatasetError(
      .missingFile(advice: advice), at: directory.appendingPathComponent(name).path + "[.gz]")
  }
}

extension ImageSet {
  /// The gray images of one IDX file and their labels from another.
  /// - Throws: what is wrong with either file, or where the two do not fit each other.
  public init(imageFile: URL, labelFile: URL, classCount: Int) throws(DatasetError) {
    let images = try IDXFile(reading: imageFile, expecting: .images)
    let labels = try IDXFile(reading: labelFile, expecting: .labels)
    if images.sizes[0] != labels.sizes[0] {
      throw DatasetError(
        .countsDiffer(images: images.sizes[0], labels: labels.sizes[0]), at: labelFile.path)
    }
    if let index = labels.elements.firstIndex(where: { $0 >= classCount }) {
      throw DatasetError(
        .labelOutOfRange(label: Int(labels.elements[index]), index: index, classCount: classCount),
        at: labelFile.path)
    }
    self.init(
      height: images.sizes[1], width: images.sizes[2], channels: 1, classCount: classCount,
      pixels: images.elements, labels: labels.elements)
  }
}
