extension Fixed: Comparable {
  /// Whether the left number is less. One type has one format, so the raw integers decide.
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }

  /// Whether the left number's value is less than that of a number of another format.
  public static func < <Other, let otherWord: Int, let otherFraction: Int>(
    left: Self, right: Fixed<Other, otherWord, otherFraction>
  ) -> Bool { left.number < right.number }

  /// Whether the left number has the same value as a number of another format.
  public static func == <Other, let otherWord: Int, let otherFraction: Int>(
    left: Self, right: Fixed<Other, otherWord, otherFraction>
  ) -> Bool { left.number == right.number }
}

extension Fixed {
  /// The exact sum. Of one format it has one bit more, so this always fits.
  public static func + (left: Self, right: Self) -> FixedPointNumber {
    // A sum of one format has at most 65 bits.
    try! left.number + right.number
  }

  /// The exact difference. Of one format it has one bit more, so this always fits.
  public static func - (left: Self, right: Self) -> FixedPointNumber {
    // A difference of one format has at most 65 bits.
    try! left.number - right.number
  }

  /// The exact sum with a number of another format.
  ///
  /// - Throws: `ArithmeticError` if its format is wider than 128 bits.
  public static func + <Other, let otherWord: Int, let otherFraction: Int>(
    left: Self, right: Fixed<Other, otherWord, otherFraction>
  ) throws(ArithmeticError) -> FixedPointNumber { try left.number + right.number }

  /// The exact difference with a number of another format.
  ///
  /// - Throws: `ArithmeticError` if its format is wider than 128 bits.
  public static func - <Other, let otherWord: Int, let otherFraction: Int>(
    left: Self, right: Fixed<Other, otherWord, otherFraction>
  ) throws(ArithmeticError) -> FixedPointNumber { try left.number - right.number }

  /// The exact product with a number of any format: at most 128 bits, so this always fits.
  public static func * <Other, let otherWord: Int, let otherFraction: Int>(
    left: Self, right: Fixed<Other, otherWord, otherFraction>
  ) -> FixedPointNumber {
    // Two stored words have at most 64 bits each.
    try! left.number * right.number
  }

  /// The exact negation, one bit wider.
  public static prefix func - (value: Self) -> FixedPointNumber {
    // A negation has at most 65 bits.
    try! value.number.negated()
  }

  /// `left + right` brought into the type's range in one step; sums of one format do not round.
  @inlinable public static func sum(_ left: Self, _ right: Self, overflow: Overflow) -> Self {
    if wordLength < 31 {
      return brought(Int32(truncatingIfNeeded: left.raw) &+ Int32(truncatingIfNeeded: right.raw), overflow)
    }
    if wordLength < 63 {
      return brought(Int64(truncatingIfNeeded: left.raw) &+ Int64(truncatingIfNeeded: right.raw), overflow)
    }
    return Self(left + right, rounding: .down, overflow: overflow)
  }

  /// `left - right` brought into the type's range in one step; differences of one format do not round.
  @inlinable public static func difference(_ left: Self, _ right: Self, overflow: Overflow) -> Self {
    if wordLength < 31 {
      return brought(Int32(truncatingIfNeeded: left.raw) &- Int32(truncatingIfNeeded: right.raw), overflow)
    }
    if wordLength < 63 {
      return brought(Int64(truncatingIfNeeded: left.raw) &- Int64(truncatingIfNeeded: right.raw), overflow)
    }
    return Self(left - right, rounding: .down, overflow: overflow)
  }

  /// `Self(left * right, rounding: rounding, overflow: overflow)` in one step.
  @inlinable
  public static func product<
    S1, let w1: Int, let f1: Int, S2, let w2: Int, let f2: Int
  >(
    _ left: Fixed<S1, w1, f1>, _ right: Fixed<S2, w2, f2>, rounding: Rounding, overflow: Overflow
  ) -> Self {
    let dropped = f1 + f2 - fractionLength
    if overflow.readsExactValue { return Self(left * right, rounding: rounding, overflow: overflow) }
    if w1 + w2 < 32, 0 <= dropped, dropped <= 30, wordLength < 32 {
      let exact = Int32(truncatingIfNeeded: left.raw) &* Int32(truncatingIfNeeded: right.raw)
      return brought(exact.roundingShift(dropped, rounding), overflow)
    }
    if w1 + w2 < 64, 0 <= dropped, dropped <= 62, wordLength < 64 {
      let exact = Int64(truncatingIfNeeded: left.raw) &* Int64(truncatingIfNeeded: right.raw)
      return brought(exact.roundingShift(dropped, rounding), overflow)
    }
    return Self(left * right, rounding: rounding, overflow: overflow)
  }

  /// This number in another format: rounded to its fraction, then brought into its range.
  @inlinable public func converted<Result, let resultWord: Int, let resultFraction: Int>(
    to type: Fixed<Result, resultWord, resultFraction>.Type, rounding: Rounding, overflow: Overflow
  ) -> Fixed<Result, resultWord, resultFraction> {
    let dropped = fractionLength - resultFraction
    if overflow.readsExactValue { return type.init(number, rounding: rounding, overflow: overflow) }
    if wordLength < 32, 0 <= dropped, dropped <= 30, resultWord < 32 {
      let exact = Int32(truncatingIfNeeded: raw)
      return type.brought(exact.roundingShift(dropped, rounding), overflow)
    }
    if wordLength < 64, 0 <= dropped, dropped <= 62, resultWord < 64 {
      let exact = Int64(truncatingIfNeeded: raw)
      return type.brought(exact.roundingShift(dropped, rounding), overflow)
    }
    return type.init(number, rounding: rounding, overflow: overflow)
  }

  /// `integer`, at this type's fraction, brought into range without leaving `Wide`.
  @inlinable @inline(__always) static func brought<Wide: FixedWidthInteger & SignedInteger>(
    _ integer: Wide, _ overflow: Overflow
  ) -> Self {
    let top = Wide(truncatingIfNeeded: wordLength - 1)
    let least: Wide = Storage.isSigned ? -1 &<< top : 0
    let greatest: Wide = Storage.isSigned ? ~least : (1 &<< (top &+ 1)) &- 1
    switch overflow {
    case .saturate:
      let low = integer < least ? least : integer
      return Self(inRange: Storage(truncatingIfNeeded: low > greatest ? greatest : low))
    case .saturateSymmetric:
      let symmetric = Storage.isSigned && wordLength > 1 ? least &+ 1 : least
      let low = integer < symmetric ? symmetric : integer
      return Self(inRange: Storage(truncatingIfNeeded: low > greatest ? greatest : low))
    case .wrap:
      let unused = Wide(truncatingIfNeeded: Wide.bitWidth - wordLength)
      let word = Storage.isSigned ? (integer &<< unused) &>> unused : integer & greatest
      return Self(inRange: Storage(truncatingIfNeeded: word))
    case .zero:
      return Self(inRange: integer < least || integer > greatest ? 0 : Storage(truncatingIfNeeded: integer))
    case .wrapSaturatedBits, .wrapSignMagnitude:
      return Self(inRange: Storage(format.brought(Int128(integer), overflow: overflow)))
    }
  }
}
