extension FixedPointNumber: CustomStringConvertible {
  /// The largest |F| for which a value is written out in decimal digits.
  static let longestFraction = 1200
  /// The longest decimal text that is read, in digits and in powers of ten.
  static let longestText = 4000

  /// The exact value in decimal digits (`-1.4375`); `raw*2^exponent` where the point is more than 1,200
  /// binary places away. `init(parsing:...)` reads both.
  public var description: String {
    let fractionLength = format.fractionLength
    let sign = isNegative ? "-" : ""
    guard abs(fractionLength) <= FixedPointNumber.longestFraction else {
      return "\(rawDescription)*2^\(-fractionLength)"
    }
    var number = UnboundedNatural(magnitude)
    if fractionLength <= 0 {
      number.shiftLeft(-fractionLength)
      return sign + number.decimalDigits
    }
    // raw / 2^F = raw · 5^F / 10^F, and F − z places are enough if 2^z divides raw.
    let places =
      fractionLength - min(fractionLength, magnitude == 0 ? fractionLength : magnitude.trailingZeroBitCount)
    number = UnboundedNatural(magnitude >> UInt128(fractionLength - places))
    number.multiply(by: 5, times: places)
    let digits = number.decimalDigits
    if places == 0 { return sign + digits }
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
  }

  /// The decimal `text` in `format`: rounded once from its exact value, then brought into the range.
  ///
  /// Reads `-1.4375`, `.5`, `+3e-2`, `7E4`, and `raw*2^exponent`.
  /// - Throws: `ArithmeticError` if `text` is not such a number, or longer than 4,000 digits or powers of ten.
  public init(
    parsing text: String, format: FixedPointFormat, rounding: Rounding, overflow: Overflow
  ) throws(ArithmeticError) {
    var events = ArithmeticEvents()
    try self.init(
      parsing: text, format: format, rounding: rounding, overflow: overflow, events: &events)
  }

  /// The same, adding what was lost to `events`.
  ///
  /// - Throws: `ArithmeticError` if `text` is not such a number, or longer than 4,000 digits or powers of ten.
  public init(
    parsing text: String, format: FixedPointFormat, rounding: Rounding, overflow: Overflow,
    events: inout ArithmeticEvents
  ) throws(ArithmeticError) {
    let unreadable = ArithmeticError(
      .unreadable(text: text, expected: "a decimal number such as -1.4375 or 3e-2"))
    let isNegative = text.hasPrefix("-")
    let unsigned = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
    let rescaled: RescaledInteger
    if let star = unsigned.firstIndex(of: "*") {
      guard unsigned[star...].hasPrefix("*2^"),
        unsigned[..<star].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let magnitude = UInt128(unsigned[..<star]), magnitude >> 127 == 0,
        let exponent = wholeNumber(unsigned[star...].dropFirst(3)), abs(exponent) <= 2_000_000_000
      else { throw unreadable }
      let number = FixedPointNumber(
        bits: isNegative ? 0 &- magnitude : magnitude,
        format: ExactFormat(checked: .signed, wordLength: 128, fractionLength: -exponent))
      rescaled = RescaledInteger(number, to: format.fractionLength, rounding: rounding)
    } else {
      guard let decimal = DecimalText(unsigned) else { throw unreadable }
      guard format.fractionLength <= DecimalText.finestFraction else {
        throw ArithmeticError(.unreadable(text: text, expected: "raw*2^exponent for so fine a format"))
      }
      rescaled = decimal.rescaled(
        isNegative: isNegative, to: format.fractionLength, rounding: rounding)
    }
    events.formUnion(rescaled.events(in: format, overflow: overflow))
    let raw = rescaled.brought(into: format, overflow: overflow)
    self.init(bits: UInt128(bitPattern: raw), format: ExactFormat(format))
  }
}

/// An integer with an optional minus sign in ASCII digits; nil for anything else.
func wholeNumber(_ text: some StringProtocol) -> Int? {
  text.hasPrefix("-") ? digits(text.dropFirst()).map { -$0 } : digits(text)
}

/// An unsigned decimal number as read: `digits · 10^exponent`.
private struct DecimalText {
  /// The finest fraction length to which decimal text is converted; the work grows with it.
  static let finestFraction = 100_000

  let significand: UnboundedNatural
  let exponent: Int

  init?(_ text: Substring) {
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    var power = 0
    if parts.count == 2 {
      let exponent = parts[1].hasPrefix("+") ? parts[1].dropFirst() : parts[1]
      guard let stated = wholeNumber(exponent), abs(stated) <= FixedPointNumber.longestText else {
        return nil
      }
      power = stated
    }
    let halves = (parts.first ?? "").split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let all = halves.joined()
    guard !all.isEmpty, all.utf8.count <= FixedPointNumber.longestText,
      all.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    var significand = UnboundedNatural(0)
    for digit in all.utf8 { significand.multiply(by: 10, adding: UInt32(digit - 0x30)) }
    self.significand = significand
    exponent = power - (halves.count == 2 ? halves[1].utf8.count : 0)
  }

  /// The number's raw at `fractionLength`, rounded once.
  func rescaled(isNegative: Bool, to fractionLength: Int, rounding: Rounding) -> RescaledInteger {
    // Numerator over denominator of |value|, without the powers of two, which go into the fraction length.
    var numerator = significand
    var denominator = UnboundedNatural(1)
    if exponent >= 0 {
      numerator.multiply(by: 5, times: exponent)
    } else {
      denominator.multiply(by: 5, times: -exponent)
    }
    // |raw| = numerator · 2^places / denominator.
    let places = exponent + fractionLength
    if numerator.isZero {
      return RescaledInteger(magnitude: numerator, position: .exact, isNegative: false, rounding: rounding)
    }
    if places >= 0 {
      numerator.shiftLeft(places)
    } else {
      // A denominator that much longer leaves 0 and a remainder below a tie, as any longer one does.
      denominator.shiftLeft(min(-places, numerator.bitWidth + 2))
    }
    let (quotient, remainder) = numerator.divided(by: denominator)
    var doubled = remainder
    doubled.shiftLeft(1)
    let position: RemainderPosition =
      remainder.isZero
      ? .exact : doubled < denominator ? .belowTie : doubled == denominator ? .tie : .aboveTie
    return RescaledInteger(
      magnitude: quotient, position: position, isNegative: isNegative, rounding: rounding)
  }
}
