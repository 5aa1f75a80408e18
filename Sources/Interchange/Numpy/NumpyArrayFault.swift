/// What can be wrong with a `.npy` array, or with what is asked of one.
public enum NumpyArrayFault: Error, Hashable, Sendable {
  /// The file does not start with NumPy's six magic bytes.
  case notAnArray(found: [UInt8])
  /// The format's version is none that is known.
  case unsupportedVersion(major: Int, minor: Int)
  /// The file ends within the header.
  case truncatedHeader(found: Int, expected: Int)
  /// The header is not the dictionary that the format prescribes, for this reason.
  case malformedHeader(String)
  /// The elements are of a type that is not one of `NumpyArray.ElementType`.
  case unsupportedElementType(String)
  /// The array has more bytes than can be addressed.
  case shapeOverflow([Int])
  /// The file ends within the elements.
  case truncatedElements(found: Int, expected: Int)
  /// The file goes on after the last element.
  case trailingBytes(Int)
  /// An element of a Boolean array is neither 0 nor 1. The index is in the file's order.
  case notBoolean(value: UInt8, index: Int)
  /// The elements are of another type than asked for.
  case wrongElementType(found: NumpyArray.ElementType, expected: NumpyArray.ElementType)
  /// Integers were asked for, and the elements are none.
  case notIntegers(NumpyArray.ElementType)
  /// An unsigned element is beyond a signed 64-bit integer.
  case integerTooLarge(UInt64, index: Int)
  /// An array of this shape holds no images.
  case notImages(shape: [Int])
  /// An array of this shape holds no labels.
  case notLabels(shape: [Int])

  var message: String {
    switch self {
    case .notAnArray(let found):
      "not a .npy file: it starts with \(hexadecimal(found)), expected 93 4e 55 4d 50 59 (\\x93NUMPY)"
    case .unsupportedVersion(let major, let minor):
      "version \(major).\(minor) of the .npy format, expected 1.0, 2.0 or 3.0; save the array with numpy.save"
    case .truncatedHeader(let found, let expected):
      "\(found) bytes, expected at least \(expected): the file is truncated within its header; copy it again"
    case .malformedHeader(let why):
      "the header is not {'descr': …, 'fortran_order': …, 'shape': …}: \(why); save the array with numpy.save"
    case .unsupportedElementType(let descriptor):
      "elements of type \(descriptor), expected one of "
        + NumpyArray.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
        + "; convert them with astype before saving"
    case .shapeOverflow(let shape):
      "an array of shape \(shape) has more bytes than can be addressed; the header is damaged"
    case .truncatedElements(let found, let expected):
      "\(found) bytes of elements, expected \(expected): the file is truncated; copy it again"
    case .trailingBytes(let count):
      "\(count) bytes after the last element, expected none; keep one array in a .npy file, several in a .npz"
    case .notBoolean(let value, let index): "element \(index) of a bool array is \(value), expected 0 or 1"
    case .wrongElementType(let found, let expected):
      "elements are \(found.rawValue), expected \(expected.rawValue); convert them with astype before saving"
    case .notIntegers(let found):
      "elements are \(found.rawValue), expected integers; convert them with astype before saving"
    case .integerTooLarge(let value, let index):
      "element \(index) is \(value), expected at most \(Int64.max), the largest int64"
    case .notImages(let shape):
      "an array of shape \(shape), expected [images, rows, columns] or [images, rows, columns, channels], "
        + "none of them 0"
    case .notLabels(let shape): "an array of shape \(shape), expected [labels], not 0"
    }
  }
}

/// `bytes` as pairs of digits with spaces between, `nothing` for none.
func hexadecimal(_ bytes: [UInt8]) -> String {
  if bytes.isEmpty { return "nothing" }
  return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
