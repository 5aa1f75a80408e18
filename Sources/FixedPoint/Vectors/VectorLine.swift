/// One line of a vector file, split into columns.
struct VectorLine {
  typealias Text = ArraySlice<UInt8>

  let layout: VectorLayout
  private let fields: [Text]

  /// - Throws: `VectorError` if the number of columns is not the header's.
  init(_ line: Text, layout: VectorLayout) throws(VectorError) {
    self.layout = layout
    fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard fields.count == layout.columns.count else {
      throw VectorError(
        column: nil, found: VectorLine.string(line),
        expected: "\(layout.columns.count) columns instead of \(fields.count)")
    }
  }

  subscript(column: Int) -> Text { fields[column] }

  /// An error about `column`.
  func error(_ column: Int, expected: String) -> VectorError {
    VectorError(
      column: layout.columns[column], found: VectorLine.string(fields[column]), expected: expected)
  }

  static func string(_ text: Text) -> String { String(decoding: text, as: UTF8.self) }

  /// The column's decimal integer, which must lie in `range`.
  func integer(_ column: Int, in range: ClosedRange<Int>, role: String) throws(VectorError) -> Int {
    let expected = "\(role), an integer from \(range.lowerBound) to \(range.upperBound)"
    guard let stated = StatedInteger(fields[column]), let wide = stated.int128,
      let value = Int(exactly: wide),
      range.contains(value)
    else { throw error(column, expected: expected) }
    return value
  }

  /// The column's decimal integers, separated by semicolons.
  func integers(_ column: Int) throws(VectorError) -> [StatedInteger] {
    var result: [StatedInteger] = []
    for part in fields[column].split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
      guard let integer = StatedInteger(part) else {
        throw error(column, expected: "a decimal integer, or several separated by semicolons")
      }
      result.append(integer)
    }
    return result
  }

  /// Requires the columns to be empty.
  func expectEmpty(_ columns: Range<Int>) throws(VectorError) {
    for column in columns where !fields[column].isEmpty {
      throw error(column, expected: "nothing: this operation does not use the column")
    }
  }
}

/// A decimal integer as written: of up to 128 bits, or known to be larger.
struct StatedInteger: Hashable, Sendable {
  let isNegative: Bool
  /// nil if 128 bits cannot hold it.
  let magnitude: UInt128?

  init(isNegative: Bool, magnitude: UInt128?) {
    self.isNegative = isNegative && magnitude != 0
    self.magnitude = magnitude
  }

  /// The raw of a number.
  init(_ number: FixedPointNumber) {
    self.init(isNegative: number.isNegative, magnitude: number.magnitude)
  }

  /// Digits with an optional minus sign; nil for anything else.
  init?(_ text: ArraySlice<UInt8>) {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = isNegative ? text.dropFirst() : text
    guard !digits.isEmpty else { return nil }
    var narrow: UInt64 = 0
    if digits.count <= 19 {
      for byte in digits {
        guard (0x30...0x39).contains(byte) else { return nil }
        narrow = narrow &* 10 &+ UInt64(byte - 0x30)
      }
      self.init(isNegative: isNegative, magnitude: UInt128(narrow))
      return
    }
    var wide: UInt128? = 0
    for byte in digits {
      guard (0x30...0x39).contains(byte) else { return nil }
      guard let value = wide else { continue }
      let tens = value.multipliedReportingOverflow(by: 10)
      let sum = tens.partialValue.addingReportingOverflow(UInt128(byte - 0x30))
      wide = tens.overflow || sum.overflow ? nil : sum.partialValue
    }
    self.init(isNegative: isNegative, magnitude: wide)
  }

  /// The integer as an `Int128`; nil if that cannot hold it.
  var int128: Int128? {
    guard let magnitude, magnitude <= 1 << 127 else { return nil }
    if isNegative { return Int128(truncatingIfNeeded: 0 &- magnitude) }
    return Int128(exactly: magnitude)
  }
}
