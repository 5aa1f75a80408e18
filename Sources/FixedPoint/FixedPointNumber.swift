/// A number with a run-time format: an integer of up to 128 bits, and where its point stands.
///
/// `+ - *`, `quotient(by:)` and `negated()` are exact in the formats of `ExactFormat`; nothing rounds
/// or overflows before `converted(to:rounding:overflow:)`.
///
///     let x = try FixedPointNumber(raw: 23, format: FixedPointFormat(.signed, wordLength: 8, fractionLength: 4))
///     let square = try x * x  // 529 · 2^−8 in sfix16_En8
///     square.converted(to: x.format.stored!, rounding: .nearestTiesToEven, overflow: .saturate)  // raw 33
///
/// Numbers compare by value, whatever their formats.
@frozen public struct FixedPointNumber: Hashable, Sendable {
  /// The number's own format.
  public let format: ExactFormat
  /// The raw integer modulo 2^128: two's complement if the format is signed.
  @usableFromInline let bits: UInt128

  /// The number `raw · 2^(−F)`.
  ///
  /// - Throws: `ArithmeticError` if `raw` is not one of the format's integers.
  public init(raw: Int128, format: FixedPointFormat) throws(ArithmeticError) {
    guard format.contains(raw: raw) else {
      throw ArithmeticError(.rawOutOfRange(raw: raw, format: format))
    }
    self.init(bits: UInt128(bitPattern: raw), format: ExactFormat(format))
  }

  /// A number from bits that are known to lie in `format`'s range.
  @inlinable init(bits: UInt128, format: ExactFormat) {
    self.bits = bits
    self.format = format
  }

  /// True below zero.
  public var isNegative: Bool { format.isSigned && bits >> 127 == 1 }

  /// |raw|.
  public var magnitude: UInt128 { isNegative ? 0 &- bits : bits }

  /// The raw integer; nil only for those of `ufix128` that an `Int128` cannot hold.
  public var raw: Int128? { !format.isSigned && bits >> 127 == 1 ? nil : Int128(bitPattern: bits) }

  /// The raw integer in decimal digits, whatever its size.
  public var rawDescription: String { (isNegative ? "-" : "") + String(magnitude) }

  /// This number in `format`: rounded to its fraction, then brought into its range.
  public func converted(
    to format: FixedPointFormat, rounding: Rounding, overflow: Overflow
  ) -> FixedPointNumber {
    FixedPointNumber(
      bits: UInt128(bitPattern: rawConverted(to: format, rounding: rounding, overflow: overflow)),
      format: ExactFormat(format))
  }

  /// The same, adding what was lost to `events`.
  public func converted(
    to format: FixedPointFormat, rounding: Rounding, overflow: Overflow,
    events: inout ArithmeticEvents
  ) -> FixedPointNumber {
    FixedPointNumber(
      bits: UInt128(
        bitPattern: rawConverted(to: format, rounding: rounding, overflow: overflow, events: &events)),
      format: ExactFormat(format))
  }

  /// The raw integer of this number in `format`: rounded to its fraction, then brought into its range.
  public func rawConverted(
    to format: FixedPointFormat, rounding: Rounding, overflow: Overflow
  ) -> Int128 {
    RescaledInteger(self, to: format.fractionLength, rounding: rounding)
      .brought(into: format, overflow: overflow)
  }

  /// The same, adding what was lost to `events`.
  public func rawConverted(
    to format: FixedPointFormat, rounding: Rounding, overflow: Overflow,
    events: inout ArithmeticEvents
  ) -> Int128 {
    let rescaled = RescaledInteger(self, to: format.fractionLength, rounding: rounding)
    events.formUnion(rescaled.events(in: format, overflow: overflow))
    return rescaled.brought(into: format, overflow: overflow)
  }
}
