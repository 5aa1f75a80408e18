import Foundation
import Reproducibility

/// A data set that cannot be loaded: what is wrong, where, what was expected and what helps.
public struct DatasetError: Error, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// No data set has this name.
    case unknownName(String, known: [String])
    /// The data set of this name has no directory by default.
    case directoryNeeded(name: String)
    /// A file of the data set is not there. The advice says how to get it.
    case missingFile(advice: String)
    /// The file cannot be read, for the system's reason.
    case unreadable(String)
    /// `gzip` could not decompress the file, for the reason it gave.
    case damagedCompression(String)
    /// The first four bytes are not those of an IDX file.
    case notIDX(found: [UInt8])
    /// The elements are of the IDX type with this code.
    case wrongElementType(code: UInt8)
    /// The file's dimensions are not those of what it should hold.
    case wrongDimensions(found: [Int], expected: IDXContent)
    /// The file ends too early.
    case truncated(found: Int, expected: Int)
    /// The file goes on after its end.
    case trailingBytes(found: Int, expected: Int)
    /// Not every image has a label, or not every label an image.
    case countsDiffer(images: Int, labels: Int)
    /// A label names no class.
    case labelOutOfRange(label: Int, index: Int, classCount: Int)
    /// The test images are of another size than the training images.
    case sizesDiffer(training: [Int], test: [Int])
    /// So many images cannot be held out.
    case validationTooLarge(count: Int, available: Int)
    /// The file does not consist of records of so many bytes.
    case notWholeRecords(found: Int, recordBytes: Int)
    /// A file of class names has more or fewer names than there are classes.
    case wrongClassNames(found: Int, expected: Int)
    /// The file is no PGM or PPM image that can be read.
    case portableImage(PortableImageFault)
    /// An image is not of the size (rows, columns, channels) of the first one, the file `model`.
    case imageSizeDiffers(found: [Int], expected: [Int], model: String)
    /// A directory of classes holds no directory.
    case noClasses
    /// A class has no image.
    case noImages
    /// Labels of 8 bits cannot tell so many classes apart.
    case tooManyClasses(Int)
    /// The test images have a class that the training images have not.
    case unknownClass(String, known: [String])
    /// Images of so many values cannot be whitened.
    case tooLargeToWhiten(values: Int, limit: Int)
    /// The settings of a generated set cannot be used.
    case unusableSettings(String)
  }

  /// What is wrong.
  public let reason: Reason
  /// The file, directory or data set concerned.
  public let location: String

  /// A fault at `location`.
  package init(_ reason: Reason, at location: String) {
    self.reason = reason
    self.location = location
  }

  /// One message: the location, what was found, what was expected, what helps.
  public var description: String { "\(location): \(message)" }

  private var message: String {
    switch reason {
    case .unknownName(let name, let known):
      "unknown data set; "
        + (nearestName(to: name, among: known).map { "did you mean \"\($0)\"? " } ?? "")
        + "known: \(known.joined(separator: ", "))"
    case .directoryNeeded(let name): "say in which directory the files of \"\(name)\" are"
    case .missingFile(let advice): "no such file; \(advice)"
    case .unreadable(let why): "cannot read: \(why)"
    case .damagedCompression(let why): "gzip cannot decompress it: \(why)"
    case .notIDX(let found):
      "not an IDX file: it starts with \(Self.bytes(found)), expected 00 00 08 and the number of dimensions"
    case .wrongElementType(let code):
      "elements of IDX type \(Self.bytes([code])), expected 08 (unsigned bytes)"
    case .wrongDimensions(let found, let expected): Self.dimensions(found, expected)
    case .truncated(let found, let expected): "\(found) bytes, expected \(expected): the file is truncated"
    case .trailingBytes(let found, let expected):
      "\(found) bytes, expected \(expected): the file goes on after its end"
    case .countsDiffer(let images, let labels): "\(labels) labels for \(images) images, expected as many"
    case .labelOutOfRange(let label, let index, let classCount):
      "label \(label) of image \(index), expected 0...\(classCount - 1)"
    case .sizesDiffer(let training, let test):
      "images of \(Self.product(test)) values, expected \(Self.product(training)) as in the training images"
    case .validationTooLarge(let count, let available):
      "\(count) images to hold out for validation, expected 0...\(available - 1) of \(available)"
    case .notWholeRecords(let found, let recordBytes):
      "\(found) bytes, expected a positive multiple of \(recordBytes), the bytes of a record: "
        + "the file is truncated, or of another format"
    case .wrongClassNames(let found, let expected):
      "\(found) class names, expected \(expected), one a line; without this file classes are named by number"
    case .portableImage(let fault): fault.message
    case .imageSizeDiffers(let found, let expected, let model):
      "an image of \(Self.product(found)) values, expected \(Self.product(expected)) as in \(model)"
    case .noClasses: "no directories, expected one for each class, with its images"
    case .noImages: "no images, expected files whose names end in .pgm or .ppm"
    case .tooManyClasses(let count): "\(count) classes, expected at most 256"
    case .unknownClass(let name, let known):
      "class \"\(name)\" has no training images; "
        + (nearestName(to: name, among: known).map { "did you mean \"\($0)\"? " } ?? "")
        + "known: \(known.joined(separator: ", "))"
    case .tooLargeToWhiten(let values, let limit):
      "images of \(values) values, expected at most \(limit) for ZCA whitening; "
        + "use global contrast normalization or smaller images"
    case .unusableSettings(let why): why
    }
  }

  private static func dimensions(_ found: [Int], _ expected: IDXContent) -> String {
    let shape = "\(found.count) dimensions\(found.isEmpty ? "" : " (\(product(found)))")"
    switch expected {
    case .images:
      let advice = found.count == 1 ? "; these look like labels" : ""
      return "\(shape), expected 3, none of them 0 (images, rows, columns)\(advice)"
    case .labels:
      let advice = found.count == 3 ? "; these look like images" : ""
      return "\(shape), expected 1, not 0 (labels)\(advice)"
    }
  }

  private static func product(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: " × ") }

  static func bytes(_ values: [UInt8]) -> String {
    if values.isEmpty { return "nothing" }
    return values.map { (($0 < 16) ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
