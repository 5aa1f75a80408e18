/// What can be wrong with a PGM or PPM image.
public enum PortableImageFault: Error, Hashable, Sendable {
  /// The file starts with none of `P2`, `P3`, `P5` and `P6`.
  case notPortableImage(found: [UInt8])
  /// A number of the header or of a plain image is not what and where it should be, for this reason.
  case malformed(String)
  /// The image has no pixels.
  case emptyImage(width: Int, height: Int)
  /// The largest value is 0, or needs more than a byte.
  case unsupportedLargestValue(Int)
  /// The file ends within the values.
  case truncated(width: Int, height: Int, channels: Int, bytesLeft: Int)
  /// The file goes on after the last value.
  case trailingBytes(Int)
  /// A value is above the largest that the header states.
  case valueTooLarge(Int, index: Int, largest: Int)

  var message: String {
    switch self {
    case .notPortableImage(let found):
      "not a PGM or PPM image: it starts with \(DatasetError.bytes(found)), "
        + "expected P2, P3, P5 or P6; convert the image to PPM"
    case .malformed(let why): "not a whole PGM or PPM image: \(why)"
    case .emptyImage(let width, let height):
      "an image of \(width) × \(height) pixels, expected at least 1 × 1"
    case .unsupportedLargestValue(let value):
      "values up to \(value), expected 1...255; convert the image to 8 bits a value"
    case .truncated(let width, let height, let channels, let bytesLeft):
      "\(bytesLeft) bytes of values, expected at least \(width) × \(height) × \(channels): "
        + "the file is truncated"
    case .trailingBytes(let count):
      "\(count) bytes after the last value, expected none; keep one image in a file"
    case .valueTooLarge(let value, let index, let largest):
      "value \(value) at index \(index), expected 0...\(largest) as the header states"
    }
  }
}
