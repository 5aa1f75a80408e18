import Foundation

/// What stands before the elements of a `.npy` file (NumPy, `numpy.lib.format`; NumPy Enhancement Proposal 1).
///
/// Six magic bytes, the version in two, the length of the text (two bytes little-endian in version 1.0, four
/// from 2.0 on), and the text: a Python dictionary, spaces, a line feed.
struct NumpyHeader: Hashable {
  /// How the elements lie in the file.
  enum Order: Hashable {
    /// Last index fastest.
    case c
    /// First index fastest.
    case fortran
  }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  let shape: [Int]
  let elementType: NumpyArray.ElementType
  let order: Order
  /// Whether an element's most significant byte comes first.
  let isBigEndian: Bool

  /// The header as `numpy.save` writes it for a little-endian array in C order.
  var encoded: Data {
    let sizes = shape.map(String.init)
    // Python writes a tuple of one with a comma.
    let tuple = "(\(sizes.joined(separator: ", "))\(sizes.count == 1 ? "," : ""))"
    var text = "{'descr': '\(elementType.descriptor)', 'fortran_order': False, 'shape': \(tuple), }"
    // NumPy leaves room for the first size to grow to 21 digits in place.
    if let first = sizes.first { text += String(repeating: " ", count: max(0, 21 - first.utf8.count)) }
    let short = padded(text, fixedBytes: 10)
    if let length = UInt16(exactly: short.count) {
      return Data(Self.magic + [1, 0] + [UInt8(truncatingIfNeeded: length), UInt8(length >> 8)] + short)
    }
    let long = padded(text, fixedBytes: 12)
    let length = (0..<4).map { UInt8(truncatingIfNeeded: long.count >> (8 * $0)) }
    return Data(Self.magic + [2, 0] + length + long)
  }

  /// `text`, spaces and a line feed, so that with `fixedBytes` before them the whole is a multiple of 64 bytes.
  private func padded(_ text: String, fixedBytes: Int) -> [UInt8] {
    let used = fixedBytes + text.utf8.count + 1
    // As NumPy does, a whole block of 64 spaces where none is needed.
    return Array(text.utf8) + [UInt8](repeating: 32, count: 64 - used % 64) + [10]
  }
}

extension NumpyHeader {
  /// The header at the start of `file`, with the number of bytes it takes.
  static func parsed(from file: [UInt8]) throws(NumpyArrayFault) -> (header: NumpyHeader, byteCount: Int) {
    guard file.starts(with: magic) else {
      if magic.starts(with: file), !file.isEmpty {
        throw .truncatedHeader(found: file.count, expected: 10)
      }
      throw .notAnArray(found: Array(file.prefix(6)))
    }
    if file.count < 10 { throw .truncatedHeader(found: file.count, expected: 10) }
    let (major, minor) = (Int(file[6]), Int(file[7]))
    if !(1...3).contains(major) || minor != 0 { throw .unsupportedVersion(major: major, minor: minor) }
    let textStart = major == 1 ? 10 : 12
    if file.count < textStart { throw .truncatedHeader(found: file.count, expected: textStart) }
    let textEnd = file[8..<textStart].reversed().reduce(0) { $0 << 8 | Int($1) } + textStart
    if file.count < textEnd { throw .truncatedHeader(found: file.count, expected: textEnd) }
    var parser = PythonLiteralParser(file[textStart..<textEnd])
    return (try NumpyHeader(dictionary: try parser.dictionary()), textEnd)
  }

  private init(dictionary: [String: PythonLiteral]) throws(NumpyArrayFault) {
    let expected: Set = ["descr", "fortran_order", "shape"]
    for key in dictionary.keys.sorted() where !expected.contains(key) {
      throw .malformedHeader("it has the key '\(key)'")
    }
    for key in expected.sorted() where dictionary[key] == nil {
      throw .malformedHeader("it has no key '\(key)'")
    }
    guard case .tuple(let sizes)? = dictionary["shape"] else {
      throw .malformedHeader("'shape' is not a tuple of sizes")
    }
    guard case .bool(let isFortran)? = dictionary["fortran_order"] else {
      throw .malformedHeader("'fortran_order' is neither True nor False")
    }
    guard case .string(let descriptor)? = dictionary["descr"] else {
      throw .unsupportedElementType("with fields (a structured type)")
    }
    let type = NumpyArray.ElementType.allCases.first { $0.code == descriptor.dropFirst() }
    guard let type, let mark = descriptor.first, mark == "<" || mark == ">" || mark == "|",
      mark != "|" || type.byteCount == 1
    else { throw .unsupportedElementType("'\(descriptor)'") }
    shape = sizes
    elementType = type
    order = isFortran ? .fortran : .c
    isBigEndian = mark == ">"
  }
}
