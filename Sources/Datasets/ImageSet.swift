import Reproducibility

/// Labeled images of one size, 8 bits a channel.
public struct ImageSet: Hashable, Sendable {
  /// Rows of an image.
  public let height: Int
  /// Columns of an image.
  public let width: Int
  /// Values of a pixel: 1 for gray, 3 for red, green, blue.
  public let channels: Int
  /// Labels are in `0..<classCount`.
  public let classCount: Int
  /// Shape `[count, height, width, channels]`, row-major.
  public let pixels: [UInt8]
  /// Shape `[count]`.
  public let labels: [UInt8]

  /// The number of images.
  public var count: Int { labels.count }

  /// The number of values of one image.
  public var valuesPerImage: Int { height * width * channels }

  /// The set of `pixels` and `labels`. O(count).
  /// - Precondition: the shapes fit each other and every label is below `classCount`. Readers of files check
  ///   this first and throw.
  public init(
    height: Int, width: Int, channels: Int, classCount: Int, pixels: [UInt8], labels: [UInt8]
  ) {
    precondition(
      height > 0 && width > 0 && channels > 0, "an image of \(height) × \(width) × \(channels) values")
    precondition((1...256).contains(classCount), "\(classCount) classes")
    precondition(
      pixels.count == labels.count * height * width * channels,
      "\(pixels.count) values for \(labels.count) images of \(height) × \(width) × \(channels)")
    precondition(
      labels.allSatisfy { $0 < classCount }, "label \(labels.max() ?? 0) among \(classCount) classes")
    self.height = height
    self.width = width
    self.channels = channels
    self.classCount = classCount
    self.pixels = pixels
    self.labels = labels
  }

  /// The values of image `index`, shape `[height, width, channels]`.
  public func image(_ index: Int) -> ArraySlice<UInt8> {
    pixels[index * valuesPerImage..<(index + 1) * valuesPerImage]
  }

  /// The images at `indices`, in that order.
  public func subset(_ indices: some Collection<Int>) -> ImageSet {
    var chosen: [UInt8] = []
    chosen.reserveCapacity(indices.count * valuesPerImage)
    for index in indices { chosen.append(contentsOf: image(index)) }
    return ImageSet(
      height: height, width: width, channels: channels, classCount: classCount, pixels: chosen,
      labels: indices.map { labels[$0] })
  }

  /// How many images each class has. Shape `[classCount]`.
  public var classHistogram: [Int] {
    var histogram = [Int](repeating: 0, count: classCount)
    for label in labels { histogram[Int(label)] += 1 }
    return histogram
  }

  /// SHA-256 of the text `images COUNT HEIGHT WIDTH CHANNELS CLASSES⏎`, the labels and the pixels.
  public var digest: SHA256Digest {
    var hasher = SHA256Hasher()
    hasher.update("images \(count) \(height) \(width) \(channels) \(classCount)\n".utf8)
    hasher.update(labels)
    hasher.update(pixels)
    return hasher.finalize()
  }
}
