/// A row as it stands in a file: inputs, and the result that is to be judged.
struct StatedVector {
  let row: VectorRow
  /// The stated result format; nil for comparisons. It may be too wide to be one of ours.
  let format: StatedFormat?
  /// The stated raw integers: one, or one for each step of a multiply-accumulate.
  let results: [StatedInteger]

  /// A result format as a file states it.
  struct StatedFormat: Hashable {
    let signedness: Signedness
    let wordLength: Int
    let integerLength: Int

    init(signedness: Signedness, wordLength: Int, integerLength: Int) {
      self.signedness = signedness
      self.wordLength = wordLength
      self.integerLength = integerLength
    }

    init(_ format: ExactFormat) {
      signedness = format.signedness
      wordLength = format.wordLength
      integerLength = format.integerLength
    }

    var description: String {
      spelled(signedness, wordLength: wordLength, fractionLength: wordLength - integerLength)
    }

    /// Whether a raw integer is one of the format's.
    func contains(_ raw: StatedInteger) -> Bool {
      guard let magnitude = raw.magnitude else { return wordLength > 128 }
      let bits = UInt128(min(wordLength, 129))
      if signedness == .unsigned { return !raw.isNegative && (bits > 127 || magnitude < 1 << bits) }
      // Smart shifts: beyond 127 places nothing is left of the 1, and the limit is 2^128 or more.
      if bits > 128 { return true }
      return raw.isNegative ? magnitude <= 1 << (bits - 1) : magnitude < 1 << (bits - 1)
    }
  }
}

// Columns: 0 op, 1-3 first format, 4-6 second format, 7 a, 8 b, 9 q, 10 o, 11-13 result format.
extension StatedVector {
  /// The row of a line.
  ///
  /// - Throws: `VectorError` naming the first column that is wrong.
  init(_ line: VectorLine) throws(VectorError) {
    guard let operation = VectorOperation(rawValue: VectorLine.string(line[0])) else {
      let names = VectorOperation.allCases.map(\.rawValue).joined(separator: ", ")
      throw line.error(0, expected: "one of \(names)")
    }
    try line.expectEmpty(1 + 3 * operation.operandFormats..<7)
    let first: [FixedPointNumber]
    if operation == .fromDouble {
      first = [try line.double()]
    } else {
      first = try line.numbers(7, format: line.format(1))
    }
    var second: [FixedPointNumber] = []
    var places = 0
    switch operation {
    case .shiftLeft, .shiftRight:
      places = try line.integer(8, in: -1_000_000_000...1_000_000_000, role: "a number of places")
    case .convert, .fromDouble, .negate, .negateAssign:
      try line.expectEmpty(8..<9)
    case .add, .subtract, .multiply, .multiplyAssign, .divide, .compare, .multiplyAccumulate:
      second = try line.numbers(8, format: line.format(4))
    }
    if operation == .divide, second[0].raw == 0 { throw line.error(8, expected: "a divisor other than 0") }
    if operation == .multiplyAccumulate {
      guard first.count == second.count else {
        throw line.error(8, expected: "as many integers as in column a, \(first.count)")
      }
    } else {
      guard first.count == 1 else { throw line.error(7, expected: "one integer") }
      guard second.count <= 1 else { throw line.error(8, expected: "one integer") }
    }
    let modes = try line.modes(of: operation)
    format = operation == .compare ? nil : try line.resultFormat()
    if operation == .compare { try line.expectEmpty(11..<14) }
    let destination = operation.choosesResultFormat ? try line.format(11) : nil
    let width = destination?.wordLength ?? first[0].format.wordLength
    switch modes.overflow {
    case .wrapSaturatedBits(let count) where count > width, .wrapSignMagnitude(let count) where count > width:
      throw line.error(10, expected: "at most \(width) saturated bits")
    case .wrap, .saturate, .saturateSymmetric, .zero, .wrapSaturatedBits, .wrapSignMagnitude: break
    }
    row = VectorRow(
      operation, first: first, second: second, places: places, destination: destination,
      rounding: modes.rounding, overflow: modes.overflow)
    results = try line.integers(line.layout.result)
    guard results.count == (operation == .multiplyAccumulate ? first.count : 1) else {
      throw line.error(line.layout.result, expected: "\(first.count) integers instead of \(results.count)")
    }
    for raw in results {
      if let format {
        guard format.contains(raw) else {
          throw line.error(line.layout.result, expected: "a raw integer of \(format.description)")
        }
      } else {
        _ = try line.integer(line.layout.result, in: -1...1, role: "an order")
      }
    }
  }
}

extension VectorLine {
  /// The double whose bits column `a` states in hex.
  fileprivate func double() throws(VectorError) -> FixedPointNumber {
    let text = VectorLine.string(self[7])
    let digits = text.dropFirst(2)
    // `UInt64.init(_:radix:)` also accepts a sign.
    guard text.hasPrefix("0x"), (1...16).contains(digits.utf8.count), digits.first != "+",
      digits.first != "-",
      let bits = UInt64(digits, radix: 16)
    else { throw error(7, expected: "an IEEE double's bits in hex, such as 0x3ff8000000000000") }
    guard let number = try? FixedPointNumber(exactly: Double(bitPattern: bits)) else {
      throw error(7, expected: "a finite double's bits")
    }
    return number
  }

  /// The format in columns `column` (word length), and the two after it (integer bits, signedness).
  fileprivate func format(_ column: Int) throws(VectorError) -> FixedPointFormat {
    let stated = try statedFormat(column, wordLengths: 1...64)
    return FixedPointFormat(
      checked: stated.signedness, wordLength: stated.wordLength,
      fractionLength: stated.wordLength - stated.integerLength)
  }

  /// The result format, which may be wider than any of ours.
  fileprivate func resultFormat() throws(VectorError) -> StatedVector.StatedFormat {
    try statedFormat(11, wordLengths: 1...2_000_000_000)
  }

  private func statedFormat(
    _ column: Int, wordLengths: ClosedRange<Int>
  ) throws(VectorError) -> StatedVector.StatedFormat {
    let wordLength = try integer(column, in: wordLengths, role: "a word length")
    let integerLength = try integer(
      column + 1, in: -2_000_000_000...2_000_000_000, role: "a number of integer bits")
    let signed = try integer(column + 2, in: 0...1, role: "1 for signed or 0 for unsigned")
    if wordLengths.upperBound == 64,
      !FixedPointFormat.fractionLengths.contains(wordLength - integerLength)
    {
      throw error(column + 1, expected: "integer bits within 10^9 of the word length")
    }
    return StatedVector.StatedFormat(
      signedness: signed == 1 ? .signed : .unsigned, wordLength: wordLength, integerLength: integerLength)
  }

  /// The raw integers of a column as numbers of `format`.
  fileprivate func numbers(
    _ column: Int, format: FixedPointFormat
  ) throws(VectorError) -> [FixedPointNumber] {
    var result: [FixedPointNumber] = []
    for integer in try integers(column) {
      guard let raw = integer.int128, let number = try? FixedPointNumber(raw: raw, format: format) else {
        throw error(
          column,
          expected: "raw integers of \(format), from \(format.minimumRaw) to \(format.maximumRaw)")
      }
      result.append(number)
    }
    return result
  }

  /// The modes in columns `q` and `o`; where they take no part, `-` or nothing or any known mode.
  fileprivate func modes(
    of operation: VectorOperation
  ) throws(VectorError) -> (rounding: Rounding, overflow: Overflow) {
    func isLeftOut(_ column: Int) -> Bool {
      !operation.usesModes && (self[column].isEmpty || self[column].elementsEqual("-".utf8))
    }
    var modes = (rounding: Rounding.down, overflow: Overflow.wrap)
    if !isLeftOut(9) {
      guard let rounding = Rounding(named: VectorLine.string(self[9])) else {
        let names = Rounding.allCases.map(\.vectorName).joined(separator: ", ")
        throw error(9, expected: "one of \(names)")
      }
      modes.rounding = rounding
    }
    if !isLeftOut(10) {
      guard let overflow = Overflow(named: VectorLine.string(self[10])) else {
        throw error(10, expected: "one of WRAP, SAT, SAT_SYM, SAT_ZERO, WRAP:n, WRAP_SM:n")
      }
      modes.overflow = overflow
    }
    return modes
  }
}
