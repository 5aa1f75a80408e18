/// A multiply-accumulate register: each product is added exactly, and only the sum is rounded to the
/// register's fraction and brought into its range.
///
/// The order of the products matters as soon as one sum rounds or overflows.
public struct MultiplyAccumulator: Hashable, Sendable {
  /// The register's format.
  public let format: FixedPointFormat
  /// What becomes of the sum's bits below the register's lowest.
  public let rounding: Rounding
  /// What becomes of a sum outside the register's range.
  public let overflow: Overflow
  /// What the register holds.
  public private(set) var raw: Int128 = 0

  /// A register that holds zero.
  public init(_ format: FixedPointFormat, rounding: Rounding = .down, overflow: Overflow) {
    self.format = format
    self.rounding = rounding
    self.overflow = overflow
  }

  /// What the register holds, as a number.
  public var value: FixedPointNumber {
    FixedPointNumber(bits: UInt128(bitPattern: raw), format: ExactFormat(format))
  }

  /// Adds `left · right`: register = convert(register + left · right), the sum being exact.
  ///
  /// - Throws: `ArithmeticError` if the exact sum's format is wider than 128 bits; the register is
  ///   then unchanged.
  public mutating func accumulate(
    _ left: FixedPointNumber, _ right: FixedPointNumber
  ) throws(ArithmeticError) {
    raw = try sum(left, right).rawConverted(to: format, rounding: rounding, overflow: overflow)
  }

  /// The same, adding what the step lost to `events`.
  ///
  /// - Throws: `ArithmeticError` if the exact sum's format is wider than 128 bits; the register is
  ///   then unchanged.
  public mutating func accumulate(
    _ left: FixedPointNumber, _ right: FixedPointNumber, events: inout ArithmeticEvents
  ) throws(ArithmeticError) {
    raw = try sum(left, right).rawConverted(
      to: format, rounding: rounding, overflow: overflow, events: &events)
  }

  private func sum(
    _ left: FixedPointNumber, _ right: FixedPointNumber
  ) throws(ArithmeticError) -> FixedPointNumber {
    try value + left * right
  }
}
