// Every result's raw lies in its format's range, so arithmetic modulo 2^128 on sign-extended bits is
// exact whenever that format has at most 128 bits.
extension FixedPointNumber {
  /// The exact sum, in the format of (1).
  ///
  /// - Throws: `ArithmeticError` if that format is wider than 128 bits.
  public static func + (
    left: FixedPointNumber, right: FixedPointNumber
  ) throws(ArithmeticError) -> FixedPointNumber {
    let format = try left.format.sum(with: right.format)
    let fraction = format.fractionLength
    return FixedPointNumber(bits: left.bits(at: fraction) &+ right.bits(at: fraction), format: format)
  }

  /// The exact difference, in the format of (2).
  ///
  /// - Throws: `ArithmeticError` if that format is wider than 128 bits.
  public static func - (
    left: FixedPointNumber, right: FixedPointNumber
  ) throws(ArithmeticError) -> FixedPointNumber {
    let format = try left.format.difference(with: right.format)
    let fraction = format.fractionLength
    return FixedPointNumber(bits: left.bits(at: fraction) &- right.bits(at: fraction), format: format)
  }

  /// The exact product, in the format of (3).
  ///
  /// - Throws: `ArithmeticError` if that format is wider than 128 bits.
  public static func * (
    left: FixedPointNumber, right: FixedPointNumber
  ) throws(ArithmeticError) -> FixedPointNumber {
    let format = try left.format.product(with: right.format)
    return FixedPointNumber(bits: left.bits &* right.bits, format: format)
  }

  /// The exact negation, in the format of (5).
  ///
  /// - Throws: `ArithmeticError` if that format is wider than 128 bits.
  public func negated() throws(ArithmeticError) -> FixedPointNumber {
    FixedPointNumber(bits: 0 &- bits, format: try format.negation())
  }

  /// The quotient as ac_fixed defines it: `raw · 2^max(F2, 0) / divisor.raw`, truncated toward zero,
  /// in the format of (4).
  ///
  /// - Throws: `ArithmeticError` if the divisor is zero or that format is wider than 128 bits.
  public func quotient(by divisor: FixedPointNumber) throws(ArithmeticError) -> FixedPointNumber {
    guard divisor.bits != 0 else { throw ArithmeticError(.divisionByZero) }
    let format = try self.format.quotient(by: divisor.format)
    // No bit is lost: the numerator has W1 + max(F2, 0) bits, no more than the quotient.
    let numerator = magnitude << UInt128(max(divisor.format.fractionLength, 0))
    let quotient = numerator / divisor.magnitude
    return FixedPointNumber(
      bits: isNegative == divisor.isNegative ? quotient : 0 &- quotient, format: format)
  }

  /// The word shifted left by `places` inside its own format: bits that leave are lost, zeros enter,
  /// nothing rounds or saturates. A negative count shifts right.
  public func shiftedLeft(_ places: Int) -> FixedPointNumber {
    if places < 0 { return shiftedRight(places == .min ? .max : -places) }
    let unused = UInt128(128 - format.wordLength)
    let top = (bits << UInt128(places)) << unused
    let word =
      format.isSigned ? UInt128(bitPattern: Int128(bitPattern: top) >> Int128(unused)) : top >> unused
    return FixedPointNumber(bits: word, format: format)
  }

  /// The word shifted right by `places` inside its own format: low bits are lost, and the sign bit (or
  /// zero, if unsigned) enters. A negative count shifts left.
  public func shiftedRight(_ places: Int) -> FixedPointNumber {
    if places < 0 { return shiftedLeft(places == .min ? .max : -places) }
    let word =
      format.isSigned
      ? UInt128(bitPattern: Int128(bitPattern: bits) >> Int128(places)) : bits >> UInt128(places)
    return FixedPointNumber(bits: word, format: format)
  }

  /// The raw at a finer fraction length, modulo 2^128.
  private func bits(at fractionLength: Int) -> UInt128 {
    bits << UInt128(fractionLength - format.fractionLength)
  }
}

extension FixedPointNumber: Comparable {
  /// Whether the two numbers have the same value; formats do not matter.
  public static func == (left: FixedPointNumber, right: FixedPointNumber) -> Bool {
    left.order(against: right) == 0
  }

  /// Whether the left number's value is less; formats do not matter.
  public static func < (left: FixedPointNumber, right: FixedPointNumber) -> Bool {
    left.order(against: right) < 0
  }

  /// Hashes the value, so that equal numbers of different formats hash alike.
  public func hash(into hasher: inout Hasher) {
    let zeros = bits.trailingZeroBitCount
    hasher.combine(isNegative)
    hasher.combine(bits == 0 ? 0 : magnitude >> UInt128(zeros))
    hasher.combine(bits == 0 ? 0 : format.fractionLength - zeros)
  }

  /// −1, 0 or 1: this value is less than, equal to or greater than `other`'s. Exact for every pair.
  public func order(against other: FixedPointNumber) -> Int {
    if isNegative != other.isNegative { return isNegative ? -1 : 1 }
    let order = magnitudeOrder(against: other)
    return isNegative ? -order : order
  }

  private func magnitudeOrder(against other: FixedPointNumber) -> Int {
    let finer = format.fractionLength - other.format.fractionLength
    if finer < 0 { return -other.magnitudeOrder(against: self) }
    // Against other · 2^finer: compare the whole part, then what the shift dropped.
    let whole = magnitude >> UInt128(finer)
    if whole != other.magnitude { return whole < other.magnitude ? -1 : 1 }
    return whole << UInt128(finer) == magnitude ? 0 : 1
  }
}
