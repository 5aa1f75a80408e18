extension FixedPointNumber {
  /// `value`, exactly: its 53-bit significand in a signed format of 54 bits.
  ///
  /// - Throws: `ArithmeticError` if `value` is infinite or not a number.
  public init(exactly value: Double) throws(ArithmeticError) {
    guard value.isFinite else { throw ArithmeticError(.notFinite(index: 0)) }
    let significand = UInt128(value.significandBitPattern)
    let isSubnormal = value.exponentBitPattern == 0
    let magnitude = isSubnormal ? significand : significand | 1 << 52
    // A double is magnitude · 2^(e − 1075), e being at least 1.
    let fractionLength = 1075 - max(Int(value.exponentBitPattern), 1)
    let format = FixedPointFormat(checked: .signed, wordLength: 54, fractionLength: fractionLength)
    self.init(bits: value < 0 ? 0 &- magnitude : magnitude, format: ExactFormat(format))
  }

  /// `value` in `format`: rounded once, then brought into its range.
  ///
  /// - Throws: `ArithmeticError` if `value` is infinite or not a number.
  public init(
    _ value: Double, format: FixedPointFormat, rounding: Rounding, overflow: Overflow
  ) throws(ArithmeticError) {
    self = try FixedPointNumber(exactly: value)
      .converted(to: format, rounding: rounding, overflow: overflow)
  }
}

extension Double {
  /// The double nearest to `number`, ties to even; infinite if `number` rounds beyond the largest one.
  public init(_ number: FixedPointNumber) {
    let magnitude = number.magnitude
    if magnitude == 0 {
      self = 0
      return
    }
    // The value lies in 2^exponent ..< 2^(exponent + 1).
    let exponent = 127 - magnitude.leadingZeroBitCount - number.format.fractionLength
    // Doubles there are multiples of 2^ulp; below 2^−1022 they stay at the subnormals' 2^−1074.
    let ulp = max(exponent - 52, -1074)
    let format = FixedPointFormat(checked: .unsigned, wordLength: 54, fractionLength: -ulp)
    let positive = FixedPointNumber(
      bits: magnitude,
      format: ExactFormat(
        checked: .unsigned, wordLength: 128, fractionLength: number.format.fractionLength))
    let raw = UInt64(
      positive.rawConverted(to: format, rounding: .nearestTiesToEven, overflow: .saturate))
    // At most 2^53 units of 2^ulp, exact unless it is beyond the largest double.
    self = Double(raw).scaled(by: ulp)
    if number.isNegative { self = -self }
  }

  /// `number` as a double if it is one exactly; nil otherwise.
  public init?(exactly number: FixedPointNumber) {
    let nearest = Double(number)
    guard nearest.isFinite, let back = try? FixedPointNumber(exactly: nearest), back == number else {
      return nil
    }
    self = nearest
  }

  /// `self · 2^exponent` for a whole `self` of up to 2^53, by exact factors.
  private func scaled(by exponent: Int) -> Double {
    // A whole number times 2^−1074 or more never rounds, so that the halves may be applied in turn.
    let clamped = min(max(exponent, -2100), 2100)
    var result = self
    var left = clamped
    while left > 0, result.isFinite {
      let step = min(left, 1000)
      result *= Double(sign: .plus, exponent: step, significand: 1)
      left -= step
    }
    while left < 0 {
      let step = min(-left, 1000)
      result *= Double(sign: .plus, exponent: -step, significand: 1)
      left += step
    }
    return result
  }
}
