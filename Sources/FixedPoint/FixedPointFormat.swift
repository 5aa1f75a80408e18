/// Whether raw integers are two's complement or plain binary.
public enum Signedness: Hashable, Sendable, CaseIterable {
  /// Two's complement: raws run from −2^(W−1) to 2^(W−1) − 1.
  case signed
  /// Plain binary: raws run from 0 to 2^W − 1.
  case unsigned
}

/// A fixed-point format: the stored integer `raw` means `raw · 2^(−fractionLength)`.
///
/// Integer bits (the `I` of `ap_fixed<W, I>`) are `wordLength − fractionLength`, the sign bit included.
public struct FixedPointFormat: Hashable, Sendable {
  /// Two's complement or plain binary.
  public let signedness: Signedness
  /// Total width in bits, sign bit included. In `1...64`.
  public let wordLength: Int
  /// Bits right of the binary point. May be negative, or exceed `wordLength`.
  public let fractionLength: Int

  /// The word lengths a stored number may have.
  public static let wordLengths = 1...64
  /// The fraction lengths a format may state: any a datapath could have, and small enough that
  /// no sum of a few of them leaves an `Int`.
  public static let fractionLengths = -1_000_000_000...1_000_000_000

  /// The format of `wordLength` bits with `fractionLength` of them right of the point.
  ///
  /// - Throws: `FormatError` if `wordLength` is outside `1...64`, or `fractionLength` outside ±10^9.
  public init(_ signedness: Signedness, wordLength: Int, fractionLength: Int) throws(FormatError) {
    guard FixedPointFormat.wordLengths.contains(wordLength) else {
      throw FormatError(.wordLengthOutOfRange(wordLength))
    }
    guard FixedPointFormat.fractionLengths.contains(fractionLength) else {
      throw FormatError(.fractionLengthOutOfRange(fractionLength))
    }
    self.init(checked: signedness, wordLength: wordLength, fractionLength: fractionLength)
  }

  /// The same without a check, for callers that have proved the lengths legal.
  @inlinable init(checked signedness: Signedness, wordLength: Int, fractionLength: Int) {
    self.signedness = signedness
    self.wordLength = wordLength
    self.fractionLength = fractionLength
  }

  /// True where raws are two's complement.
  @inlinable public var isSigned: Bool { signedness == .signed }

  /// Bits left of the binary point, the sign bit included: `wordLength − fractionLength`.
  @inlinable public var integerLength: Int { wordLength - fractionLength }

  /// The smallest raw integer: −2^(W−1) if signed, 0 if not.
  @inlinable public var minimumRaw: Int128 { isSigned ? -(1 << Int128(wordLength - 1)) : 0 }

  /// The largest raw integer: 2^(W−1) − 1 if signed, 2^W − 1 if not.
  @inlinable public var maximumRaw: Int128 {
    (1 << Int128(isSigned ? wordLength - 1 : wordLength)) - 1
  }

  /// The smallest raw integer that symmetric saturation gives: −(2^(W−1) − 1) if signed, 0 if not.
  ///
  /// One signed bit has no code for "minus the maximum" but 0; there the range stays −1...0, as in
  /// ac_fixed and ap_fixed.
  @inlinable public var symmetricMinimumRaw: Int128 {
    isSigned && wordLength > 1 ? minimumRaw + 1 : minimumRaw
  }

  /// Whether every raw of the format is an `Int64`: all formats but the unsigned one of 64 bits.
  @inlinable public var rawsFitInt64: Bool { isSigned || wordLength < 64 }

  /// Whether `raw` is one of the format's stored integers.
  @inlinable public func contains(raw: Int128) -> Bool { minimumRaw <= raw && raw <= maximumRaw }
}

/// A number format that cannot be, or text that is not one.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// A word length outside `1...64`.
    case wordLengthOutOfRange(Int)
    /// A fraction length outside ±10^9.
    case fractionLengthOutOfRange(Int)
    /// Text that is not a format; the second string says what was expected there.
    case unreadable(text: String, expected: String)
  }

  /// What is wrong.
  public let reason: Reason

  /// An error for `reason`.
  public init(_ reason: Reason) { self.reason = reason }

  /// One sentence: what was found, what was expected, what would help.
  public var description: String {
    switch reason {
    case .wordLengthOutOfRange(let bits):
      "a word length of \(bits) bits is not possible: a stored number has 1 to 64 bits."
    case .fractionLengthOutOfRange(let bits):
      "a fraction length of \(bits) bits is not possible: it must lie between -1000000000 and 1000000000."
    case .unreadable(let text, let expected):
      "\"\(text)\" is not a number format: expected \(expected)."
    }
  }
}
