import Foundation
import Reproducibility

/// The record format of a CIFAR set's binary version (Krizhevsky, "Learning Multiple Layers of Features from
/// Tiny Images", 2009; https://www.cs.toronto.edu/~kriz/cifar.html).
///
/// A file is records without a header: the label bytes, then 1,024 red, 1,024 green and 1,024 blue bytes, each
/// plane row-major. CIFAR-10 has one label byte; CIFAR-100 has the coarse label, which is not read, then the
/// fine one.
package enum CIFARFormat {
  /// 10 classes, one label byte.
  case cifar10
  /// 100 fine classes, two label bytes.
  case cifar100

  /// Rows and columns of an image.
  static let side = 32
  /// Red, green, blue.
  static let channels = 3

  /// The name of the data set.
  var name: String {
    switch self {
    case .cifar10: "cifar-10"
    case .cifar100: "cifar-100"
    }
  }

  /// Labels are below this.
  var classCount: Int {
    switch self {
    case .cifar10: 10
    case .cifar100: 100
    }
  }

  /// Bytes before the pixels; the last of them is the label.
  var labelByteCount: Int {
    switch self {
    case .cifar10: 1
    case .cifar100: 2
    }
  }

  /// Bytes of a record.
  var recordByteCount: Int { labelByteCount + Self.channels * Self.side * Self.side }

  /// The images of `files`, one file after the other, brought to `[count, 32, 32, 3]`.
  ///
  /// Any positive number of whole records is accepted: the format states no count, so a file that ends with a
  /// record is taken as it is.
  /// - Throws: where a file cannot be read, is empty, ends within a record or holds a label that names no class.
  func images(in files: [URL]) throws(DatasetError) -> ImageSet {
    var labels: [UInt8] = []
    var pixels: [UInt8] = []
    for file in files {
      let data: Data
      do {
        data = try WholeFile.read(file)
      } catch {
        throw DatasetError(.unreadable(error.reason), at: file.path)
      }
      try append([UInt8](data), location: file.path, labels: &labels, pixels: &pixels)
    }
    return ImageSet(
      height: Self.side, width: Self.side, channels: Self.channels, classCount: classCount, pixels: pixels,
      labels: labels)
  }

  /// Adds the records in `bytes`, a whole file, to `labels` and `pixels`.
  package func append(
    _ bytes: [UInt8], location: String, labels: inout [UInt8], pixels: inout [UInt8]
  ) throws(DatasetError) {
    if bytes.isEmpty || bytes.count % recordByteCount != 0 {
      throw DatasetError(.notWholeRecords(found: bytes.count, recordBytes: recordByteCount), at: location)
    }
    let planeSize = Self.side * Self.side
    let count = bytes.count / recordByteCount
    pixels.reserveCapacity(pixels.count + count * planeSize * Self.channels)
    for index in 0..<count {
      let red = index * recordByteCount + labelByteCount
      let label = bytes[red - 1]
      if label >= classCount {
        throw DatasetError(
          .labelOutOfRange(label: Int(label), index: index, classCount: classCount), at: location)
      }
      labels.append(label)
      for position in red..<red + planeSize {
        for channel in 0..<Self.channels { pixels.append(bytes[position + channel * planeSize]) }
      }
    }
  }
}
