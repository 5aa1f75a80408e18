/// Every mode and result format by example, worked out by the definitions themselves: the tables of this
/// module's documentation and its plots.
public enum ModeDocumentation {
  /// Where the documentation's overflow examples land: three bits, so that every code can be seen.
  static let narrow: [FixedPointFormat] = Signedness.allCases.map {
    FixedPointFormat(checked: $0, wordLength: 3, fractionLength: 0)
  }

  /// The modes that the tables show, the vendors' with some counts of saturated bits.
  static let overflows: [Overflow] =
    Overflow.sharedByVendors + [
      .wrapSaturatedBits(1), .wrapSaturatedBits(2), .wrapSignMagnitude(0), .wrapSignMagnitude(1),
      .wrapSignMagnitude(2),
    ]

  /// A Markdown table: each rounding rule, its HLS name, and what it makes of values and ties of both signs.
  public static var roundingTable: String {
    let quarters: [Int128] = [-11, -10, -9, -6, -2, -1, 1, 2, 6, 9, 10, 11]
    let values = quarters.map { number($0, fractionLength: 2) }
    let rows = Rounding.allCases.map { rounding in
      ["`\(rounding.rawValue)`", rounding.hlsName.map { "`\($0)`" } ?? "none"]
        + values.map { String(whole($0, rounding)) }
    }
    return table(["rule", "HLS"] + values.map(\.description), rows)
  }

  /// A Markdown table: each overflow mode, and what it makes of integers in `sfix3` and in `ufix3`.
  public static var overflowTable: String {
    let integers: [Int128] = [-9, -6, -5, -4, -3, -1, 0, 3, 4, 5, 7, 8, 9, 12]
    let rows = narrow.flatMap { format in
      overflows.map { overflow in
        ["`\(format)`", "`\(name(overflow))`", "`\(overflow.hlsName)`"]
          + integers.map { String(format.brought($0, overflow: overflow)) }
      }
    }
    return table(["format", "mode", "HLS"] + integers.map { String($0) }, rows)
  }

  /// A Markdown table: the exact result's format of each operation for some pairs of operands.
  public static var resultFormatTable: String {
    let texts = [
      ("sfix8_En4", "sfix8_En4"), ("sfix8_En4", "ufix8_En4"), ("ufix8_En8", "sfix4_En2"), ("ufix8", "ufix8"),
      ("sfix16_En12", "sfix8_E3"), ("ufix64", "ufix64_En64"), ("sfix64", "ufix64_En64"),
    ]
    let rows = texts.map { pair in
      let (left, right) = (exact(pair.0), exact(pair.1))
      let results: [Result<ExactFormat, ArithmeticError>] = [
        Result { () throws(ArithmeticError) in try left.sum(with: right) },
        Result { () throws(ArithmeticError) in try left.difference(with: right) },
        Result { () throws(ArithmeticError) in try left.product(with: right) },
        Result { () throws(ArithmeticError) in try left.quotient(by: right) },
        Result { () throws(ArithmeticError) in try left.negation() },
      ]
      return ["`\(pair.0)`", "`\(pair.1)`"] + results.map { cell($0) }
    }
    return table(["a", "b", "a + b", "a − b", "a · b", "a / b", "−a"], rows)
  }

  private static func cell(_ result: Result<ExactFormat, ArithmeticError>) -> String {
    switch result {
    case .success(let format): return "`\(format)`"
    case .failure(let error):
      guard case .resultTooWide(_, let wordLength) = error.reason else { return "error" }
      return "error: \(wordLength) bits"
    }
  }

  private static func exact(_ text: String) -> ExactFormat {
    // The texts above are formats.
    ExactFormat(try! FixedPointFormat(parsing: text))
  }

  static func number(_ raw: Int128, fractionLength: Int) -> FixedPointNumber {
    FixedPointNumber(
      bits: UInt128(bitPattern: raw),
      format: ExactFormat(checked: .signed, wordLength: 64, fractionLength: fractionLength))
  }

  /// `number` brought to a whole number.
  static func whole(_ number: FixedPointNumber, _ rounding: Rounding) -> Int128 {
    let format = FixedPointFormat(checked: .signed, wordLength: 64, fractionLength: 0)
    return number.rawConverted(to: format, rounding: rounding, overflow: .saturate)
  }

  /// The case as it is written in Swift.
  static func name(_ overflow: Overflow) -> String {
    switch overflow {
    case .wrap: "wrap"
    case .saturate: "saturate"
    case .saturateSymmetric: "saturateSymmetric"
    case .zero: "zero"
    case .wrapSaturatedBits(let count): "wrapSaturatedBits(\(count))"
    case .wrapSignMagnitude(let count): "wrapSignMagnitude(\(count))"
    }
  }

  private static func table(_ header: [String], _ rows: [[String]]) -> String {
    let lines = [header, header.map { _ in "---" }] + rows
    return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }
}
