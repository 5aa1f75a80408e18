import Foundation

/// An image of Netpbm's PGM (gray) and PPM (color) formats, plain and binary (`pgm(5)`, `ppm(5)`).
///
/// The format: `P2` (plain gray), `P3` (plain color), `P5` (binary gray) or `P6` (binary color); width, height
/// and the largest value in decimal, white space between them; then the values, rows from the top, colors as
/// red, green, blue. Plain values are decimal numbers; binary ones are bytes, which start one white space behind
/// the largest value. In everything but bytes, `#` starts a comment that ends with its line.
package struct PortableImage: Hashable {
  /// Rows.
  package let height: Int
  /// Columns.
  package let width: Int
  /// 1 for gray, 3 for red, green, blue.
  package let channels: Int
  /// Shape `[height, width, channels]`. A file's value v of at most m stands as 255 v / m, rounded to nearest,
  /// ties away from zero.
  package let pixels: [UInt8]

  /// The image in the whole file `data`.
  package init(_ data: Data) throws(PortableImageFault) {
    let bytes = [UInt8](data)
    let magic = bytes.prefix(2)
    let isPlain: Bool
    switch String(decoding: magic, as: UTF8.self) {
    case "P2": (isPlain, channels) = (true, 1)
    case "P3": (isPlain, channels) = (true, 3)
    case "P5": (isPlain, channels) = (false, 1)
    case "P6": (isPlain, channels) = (false, 3)
    default: throw .notPortableImage(found: Array(magic))
    }
    var text = PortableImageText(bytes, position: 2)
    width = try text.number("the width")
    height = try text.number("the height")
    let largest = try text.number("the largest value")
    if width == 0 || height == 0 { throw .emptyImage(width: width, height: height) }
    if !(1...255).contains(largest) { throw .unsupportedLargestValue(largest) }
    if !isPlain { try text.skipDelimiter() }
    let (area, areaOverflow) = width.multipliedReportingOverflow(by: height)
    let (count, overflow) = area.multipliedReportingOverflow(by: channels)
    // A plain value takes a byte too, so what is left of the file bounds the values of either kind.
    if areaOverflow || overflow || bytes.count - text.position < count {
      throw .truncated(
        width: width, height: height, channels: channels, bytesLeft: bytes.count - text.position)
    }
    let values: [Int]
    if isPlain {
      var read: [Int] = []
      read.reserveCapacity(count)
      for index in 0..<count { read.append(try text.number("value \(index) of \(count)")) }
      values = read
      try text.expectEnd()
    } else {
      values = bytes[text.position..<text.position + count].map { Int($0) }
      let rest = bytes.count - text.position - count
      if rest > 0 { throw .trailingBytes(rest) }
    }
    if let index = values.firstIndex(where: { $0 > largest }) {
      throw .valueTooLarge(values[index], index: index, largest: largest)
    }
    // floor(255 v / m + 1/2), which is away from zero at ties since v is not negative.
    pixels = values.map { UInt8((2 * 255 * $0 + largest) / (2 * largest)) }
  }
}

/// Reads the decimal numbers of a portable image.
private struct PortableImageText {
  private let bytes: [UInt8]
  /// The next byte to read.
  private(set) var position: Int

  init(_ bytes: [UInt8], position: Int) {
    self.bytes = bytes
    self.position = position
  }

  /// The next number, behind at least one white space or comment.
  mutating func number(_ meaning: String) throws(PortableImageFault) -> Int {
    let end = position
    skipSpace()
    let start = position
    if start == end { throw unexpected(meaning) }
    var value = 0
    while position < bytes.count, (48...57).contains(bytes[position]) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(bytes[position] - 48))
      if overflow || carry { throw .malformed("\(meaning) is above \(Int.max)") }
      value = sum
      position += 1
    }
    if position == start { throw unexpected(meaning) }
    return value
  }

  /// Passes the one white space, or the comment with its line's end, before binary values.
  mutating func skipDelimiter() throws(PortableImageFault) {
    guard position < bytes.count else { throw unexpected("white space before the values") }
    if bytes[position] == UInt8(ascii: "#") {
      skipComment()
      if position < bytes.count { position += 1 }
    } else if Self.isSpace(bytes[position]) {
      position += 1
    } else {
      throw unexpected("white space before the values")
    }
  }

  /// Passes white space and comments, behind which the file must end.
  mutating func expectEnd() throws(PortableImageFault) {
    skipSpace()
    if position < bytes.count { throw .trailingBytes(bytes.count - position) }
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "#") {
        skipComment()
      } else if Self.isSpace(bytes[position]) {
        position += 1
      } else {
        return
      }
    }
  }

  /// Passes everything before the end of the line.
  private mutating func skipComment() {
    while position < bytes.count, bytes[position] != 10, bytes[position] != 13 { position += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private func unexpected(_ expected: String) -> PortableImageFault {
    if position == bytes.count { return .malformed("it ends where \(expected) should be") }
    return .malformed("byte \(bytes[position]) at offset \(position), expected \(expected)")
  }
}
