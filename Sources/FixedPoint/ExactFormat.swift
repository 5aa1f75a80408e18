/// The format of an exact result: as `FixedPointFormat`, but up to 128 bits wide.
///
/// With integer bits i = W − F, fraction length F, and s = 1 where signed, two operands give
///
///     sum:         i = max(i1 + (s2 ∧ ¬s1), i2 + (s1 ∧ ¬s2)) + 1,  F = max(F1, F2),  signed if either is   (1)
///     difference:  as the sum, always signed                                                              (2)
///     product:     W = W1 + W2,  F = F1 + F2,  signed if either is                                         (3)
///     quotient:    W = W1 + max(F2, 0) + s2,  F = F1 + max(−F2, 0),  signed if either is                   (4)
///     negation:    W = W1 + 1,  F = F1,  signed                                                           (5)
///
/// These are the result types of ac_fixed, and (1), (2), (3), (5) also those of ap_fixed.
public struct ExactFormat: Hashable, Sendable, CustomStringConvertible {
  /// Two's complement or plain binary.
  public let signedness: Signedness
  /// Total width in bits, sign bit included. In `1...128`.
  public let wordLength: Int
  /// Bits right of the binary point.
  public let fractionLength: Int

  /// The widest exact result.
  public static let maximumWordLength = 128

  /// The same format, seen as an exact result's.
  public init(_ format: FixedPointFormat) {
    signedness = format.signedness
    wordLength = format.wordLength
    fractionLength = format.fractionLength
  }

  /// A format whose width is known to be in `1...128`.
  init(checked signedness: Signedness, wordLength: Int, fractionLength: Int) {
    self.signedness = signedness
    self.wordLength = wordLength
    self.fractionLength = fractionLength
  }

  /// - Throws: `ArithmeticError` if the width exceeds 128 bits.
  init(
    _ operation: ArithmeticError.Operation, signed: Bool, wordLength: Int, fractionLength: Int
  ) throws(ArithmeticError) {
    guard wordLength <= ExactFormat.maximumWordLength else {
      throw ArithmeticError(.resultTooWide(operation, wordLength: wordLength))
    }
    signedness = signed ? .signed : .unsigned
    self.wordLength = wordLength
    self.fractionLength = fractionLength
  }

  /// True where raws are two's complement.
  public var isSigned: Bool { signedness == .signed }

  /// Bits left of the binary point, the sign bit included.
  public var integerLength: Int { wordLength - fractionLength }

  /// The format as a stored number's; nil if it is wider than 64 bits, or its point too far away.
  public var stored: FixedPointFormat? {
    try? FixedPointFormat(signedness, wordLength: wordLength, fractionLength: fractionLength)
  }

  /// MATLAB's spelling, as `FixedPointFormat` has it.
  public var description: String {
    spelled(signedness, wordLength: wordLength, fractionLength: fractionLength)
  }

  /// The sum's format, (1).
  ///
  /// - Throws: `ArithmeticError` if it is wider than 128 bits.
  public func sum(with other: ExactFormat) throws(ArithmeticError) -> ExactFormat {
    try aligned(.addition, with: other, signed: isSigned || other.isSigned)
  }

  /// The difference's format, (2).
  ///
  /// - Throws: `ArithmeticError` if it is wider than 128 bits.
  public func difference(with other: ExactFormat) throws(ArithmeticError) -> ExactFormat {
    try aligned(.subtraction, with: other, signed: true)
  }

  private func aligned(
    _ operation: ArithmeticError.Operation, with other: ExactFormat, signed: Bool
  ) throws(ArithmeticError) -> ExactFormat {
    let own = integerLength + (other.isSigned && !isSigned ? 1 : 0)
    let others = other.integerLength + (isSigned && !other.isSigned ? 1 : 0)
    let fraction = max(fractionLength, other.fractionLength)
    return try ExactFormat(
      operation, signed: signed, wordLength: max(own, others) + 1 + fraction, fractionLength: fraction)
  }

  /// The product's format, (3).
  ///
  /// - Throws: `ArithmeticError` if it is wider than 128 bits, which no product of stored numbers is.
  public func product(with other: ExactFormat) throws(ArithmeticError) -> ExactFormat {
    try ExactFormat(
      .multiplication, signed: isSigned || other.isSigned, wordLength: wordLength + other.wordLength,
      fractionLength: fractionLength + other.fractionLength)
  }

  /// The quotient's format, (4).
  ///
  /// - Throws: `ArithmeticError` if it is wider than 128 bits.
  public func quotient(by divisor: ExactFormat) throws(ArithmeticError) -> ExactFormat {
    try ExactFormat(
      .division, signed: isSigned || divisor.isSigned,
      wordLength: wordLength + max(divisor.fractionLength, 0) + (divisor.isSigned ? 1 : 0),
      fractionLength: fractionLength + max(-divisor.fractionLength, 0))
  }

  /// The negation's format, (5).
  ///
  /// - Throws: `ArithmeticError` if it is wider than 128 bits.
  public func negation() throws(ArithmeticError) -> ExactFormat {
    try ExactFormat(
      .negation, signed: true, wordLength: wordLength + 1, fractionLength: fractionLength)
  }
}

/// An operation that has no result.
public struct ArithmeticError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The operations that can fail.
  public enum Operation: String, Hashable, Sendable {
    /// Exact sum.
    case addition
    /// Exact difference.
    case subtraction
    /// Exact product.
    case multiplication
    /// Truncated quotient.
    case division
    /// Exact negation.
    case negation
  }

  /// Why there is no result.
  public enum Reason: Hashable, Sendable {
    /// The exact result's format needs more than 128 bits.
    case resultTooWide(Operation, wordLength: Int)
    /// The divisor is zero.
    case divisionByZero
    /// A raw integer is not one of its format's.
    case rawOutOfRange(raw: Int128, format: FixedPointFormat)
    /// A floating-point value is infinite or not a number; its index in the array it came in.
    case notFinite(index: Int)
    /// Text that is not a decimal number; the second string says what was expected.
    case unreadable(text: String, expected: String)
  }

  /// Why there is no result.
  public let reason: Reason

  /// An error for `reason`.
  public init(_ reason: Reason) { self.reason = reason }

  /// One sentence: what was found, what was expected, what would help.
  public var description: String {
    switch reason {
    case .resultTooWide(let operation, let wordLength):
      "the exact \(operation.rawValue) needs \(wordLength) bits, and exact results have at most "
        + "\(ExactFormat.maximumWordLength): convert the operands to narrower formats first."
    case .divisionByZero: "the divisor is zero."
    case .rawOutOfRange(let raw, let format):
      "\(raw) is not a raw integer of \(format), whose raws run from \(format.minimumRaw) to "
        + "\(format.maximumRaw)."
    case .notFinite(let index):
      "element \(index) is infinite or not a number, and no fixed-point format has a code for that."
    case .unreadable(let text, let expected): "\"\(text)\" is not a number: expected \(expected)."
    }
  }
}
