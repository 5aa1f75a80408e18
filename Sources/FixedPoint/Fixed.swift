/// A fixed-point number whose format is part of its type: `raw · 2^(−fractionLength)`.
///
/// `Storage` is the integer type that holds the raw integer; it decides signedness and must have at
/// least `wordLength` bits. The narrowest one makes arrays small and their loops fast.
///
///     typealias Weight = Fixed<Int8, 8, 7>
///     typealias Signal = Fixed<UInt8, 8, 8>
///     let product = weight * signal                    // exact: 16 bits, 15 of them fraction
///     let rounded = Weight(product, rounding: .nearestTiesToEven, overflow: .saturate)
///
/// Swift cannot compute `w1 + w2` in a type, so `+ - *` give an exact `FixedPointNumber`, which becomes a
/// `Fixed` only by a conversion that states rounding and overflow. Where speed matters, `sum`,
/// `difference`, `product` and `converted` do both in one step, with the same results.
@frozen
public struct Fixed<
  Storage: FixedWidthInteger & BitwiseCopyable & Sendable, let wordLength: Int, let fractionLength: Int
>: Hashable, Sendable, BitwiseCopyable {
  /// The stored integer, in the format's range.
  public let raw: Storage

  /// The format as a value.
  ///
  /// - Precondition: the type is possible: `wordLength` is in `1...Storage.bitWidth` and at most 64, and
  ///   `fractionLength` within ±10^9.
  @inlinable public static var format: FixedPointFormat {
    precondition(
      1 <= wordLength && wordLength <= Swift.min(Storage.bitWidth, 64)
        && FixedPointFormat.fractionLengths.contains(fractionLength),
      "Fixed<\(Storage.self), \(wordLength), \(fractionLength)> has no room for its word")
    return FixedPointFormat(
      checked: Storage.isSigned ? .signed : .unsigned, wordLength: wordLength,
      fractionLength: fractionLength)
  }

  /// The number `raw · 2^(−fractionLength)`.
  ///
  /// - Precondition: `raw` is one of the format's integers.
  @inlinable public init(raw: Storage) {
    precondition(Self.format.contains(raw: Int128(raw)), "\(raw) is not a raw integer of \(Self.format)")
    self.raw = raw
  }

  /// The number of an integer known to be in range.
  @inlinable init(inRange raw: Storage) { self.raw = raw }

  /// The smallest number of the type.
  @inlinable public static var min: Self { Self(inRange: Storage(format.minimumRaw)) }
  /// The largest number of the type.
  @inlinable public static var max: Self { Self(inRange: Storage(format.maximumRaw)) }

  /// `number`, rounded to the type's fraction and brought into its range.
  @inlinable public init(_ number: FixedPointNumber, rounding: Rounding, overflow: Overflow) {
    raw = Storage(
      truncatingIfNeeded: number.rawConverted(to: Self.format, rounding: rounding, overflow: overflow))
  }

  /// The same, adding what was lost to `events`.
  public init(
    _ number: FixedPointNumber, rounding: Rounding, overflow: Overflow, events: inout ArithmeticEvents
  ) {
    raw = Storage(
      truncatingIfNeeded: number.rawConverted(
        to: Self.format, rounding: rounding, overflow: overflow, events: &events))
  }

  /// `number` if the type has exactly its value; nil otherwise.
  public init?(exactly number: FixedPointNumber) {
    var events = ArithmeticEvents()
    self.init(number, rounding: .down, overflow: .wrap, events: &events)
    if !events.isEmpty { return nil }
  }

  /// `value`, rounded once and brought into the range.
  ///
  /// - Throws: `ArithmeticError` if `value` is infinite or not a number.
  public init(_ value: Double, rounding: Rounding, overflow: Overflow) throws(ArithmeticError) {
    self.init(try FixedPointNumber(exactly: value), rounding: rounding, overflow: overflow)
  }

  /// `value` if the type has exactly its value; nil otherwise.
  public init?(exactly value: Double) {
    guard let number = try? FixedPointNumber(exactly: value) else { return nil }
    self.init(exactly: number)
  }

  /// The same number with its format as a run-time value.
  @inlinable public var number: FixedPointNumber {
    FixedPointNumber(bits: UInt128(truncatingIfNeeded: raw), format: ExactFormat(Self.format))
  }
}

extension Fixed: CustomStringConvertible {
  /// The exact value in decimal digits.
  public var description: String { number.description }
}

extension Fixed: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  /// The number that the literal spells.
  ///
  /// - Precondition: the type has exactly that value.
  public init(integerLiteral value: Int64) {
    let number = FixedPointNumber(
      bits: UInt128(truncatingIfNeeded: value),
      format: ExactFormat(FixedPointFormat(checked: .signed, wordLength: 64, fractionLength: 0)))
    guard let exact = Self(exactly: number) else {
      preconditionFailure("\(value) is not a value of \(Self.format); state a rounding and an overflow mode")
    }
    self = exact
  }

  /// The number that the literal spells, read as a `Double`.
  ///
  /// - Precondition: the type has exactly that value.
  public init(floatLiteral value: Double) {
    guard let exact = Self(exactly: value) else {
      preconditionFailure("\(value) is not a value of \(Self.format); state a rounding and an overflow mode")
    }
    self = exact
  }
}

extension Double {
  /// The double nearest to `value`, ties to even.
  public init<Storage, let wordLength: Int, let fractionLength: Int>(
    _ value: Fixed<Storage, wordLength, fractionLength>
  ) {
    self.init(value.number)
  }
}
