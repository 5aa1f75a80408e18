import FixedPoint
import Networks
import Reproducibility

/// Which requantiser the hardware has: the family from which each layer's `Requantization` is taken.
public enum RequantizerKind: Sendable, Hashable {
  /// Only shifts: factors are powers of two, so steps must be chosen to make them so.
  case shift(rounding: Rounding)
  /// An integer multiplier of the given word length (unsigned, 2...31 bits), then one rounding shift.
  case multiplier(wordLength: Int, rounding: Rounding)
  /// The embedded runtimes' 31-bit doubling high multiply and rounding shift.
  case doublingHighMultiply

  /// Whether only powers of two can be realised as factors.
  public var needsPowersOfTwo: Bool {
    switch self {
    case .shift: true
    case .multiplier, .doublingHighMultiply: false
    }
  }

  /// Why there is no such unit, or nil if there is.
  var fault: String? {
    switch self {
    case .multiplier(let wordLength, _) where !(2...31).contains(wordLength):
      "a requantiser's multiplier of \(wordLength) bits; 2 to 31 are possible"
    case .shift, .multiplier, .doublingHighMultiply: nil
    }
  }

  /// The requantisation nearest to a multiplication by `factor`.
  ///
  /// With `factor = f · 2^e`, 1/2 ≤ f < 1, a multiplier of B bits is `⌊f · 2^B + 1/2⌋`, halved with e + 1 where
  /// that is 2^B: a relative error of at most 2^−B. Shifts end at 62: factors below 2^(B − 63) have fewer significant
  /// bits, `⌊factor · 2^62 + 1/2⌋`. The doubling high multiply's multiplier is 0 below 2^−32, as in the embedded
  /// runtimes. For `shift`, `factor` must be a power of two.
  ///
  /// - Throws: `QuantizationError` where the factor is above the unit's reach, or the unit's word length out of range.
  public func requantization(factor: Double) throws(QuantizationError) -> Requantization {
    guard factor > 0, factor.isFinite else {
      throw QuantizationError("requantization factor \(factor) is not a positive finite number")
    }
    if let fault { throw QuantizationError(fault) }
    let fraction = factor.significand / 2
    let exponent = Int(factor.exponent) + 1
    switch self {
    case .shift(let rounding):
      guard fraction == 0.5, -62...62 ~= exponent - 1 else {
        throw QuantizationError(
          "requantization factor \(factor) is not a power of two between 2^-62 and 2^62,"
            + " which is all that a shift can do")
      }
      return .shift(bits: 1 - exponent, rounding: rounding)
    case .multiplier(let wordLength, let rounding):
      let (multiplier, raised) = Self.multiplier(fraction: fraction, exponent: exponent, bits: wordLength)
      let shift = wordLength - raised
      guard shift <= 62 else {
        return .multiplier([Int64((factor * 0x1p62 + 0.5).rounded(.down))], shifts: [62], rounding: rounding)
      }
      guard shift >= 0 else {
        throw QuantizationError(
          "requantization factor \(factor) is beyond \(1 << wordLength - 1), the reach of a \(wordLength)-bit multiplier"
        )
      }
      return .multiplier([multiplier], shifts: [shift], rounding: rounding)
    case .doublingHighMultiply:
      let (multiplier, raised) = Self.multiplier(fraction: fraction, exponent: exponent, bits: 31)
      guard raised <= 30 else {
        throw QuantizationError("requantization factor \(factor) is above 2^30, the reach of this unit")
      }
      return raised < -31
        ? .doublingHighMultiply([0], shifts: [0]) : .doublingHighMultiply([multiplier], shifts: [raised])
    }
  }

  /// The requantisation nearest to multiplications by `factors`, one for all channels or one a channel.
  /// - Throws: as for one factor, and where a shift would have to differ between channels.
  public func requantization(factors: [Double]) throws(QuantizationError) -> Requantization {
    var single: [Requantization] = []
    for factor in factors { single.append(try requantization(factor: factor)) }
    guard single.count > 1 else { return single[0] }
    var multipliers: [Int64] = []
    var shifts: [Int] = []
    for one in single {
      switch one {
      case .multiplier(let multiplier, let shift, _), .doublingHighMultiply(let multiplier, let shift):
        multipliers += multiplier
        shifts += shift
      case .shift:
        throw QuantizationError("a requantiser that only shifts has one shift for all channels")
      }
    }
    switch self {
    case .multiplier(_, let rounding): return .multiplier(multipliers, shifts: shifts, rounding: rounding)
    case .doublingHighMultiply: return .doublingHighMultiply(multipliers, shifts: shifts)
    case .shift(let rounding): return .shift(bits: 0, rounding: rounding)
    }
  }

  private static func multiplier(fraction: Double, exponent: Int, bits: Int) -> (Int64, Int) {
    let multiplier = Int64((fraction * Double(1 << bits) + 0.5).rounded(.down))
    return multiplier == 1 << bits ? (multiplier / 2, exponent + 1) : (multiplier, exponent)
  }
}

/// A network that cannot be quantised as asked: what, where, and what would help.
public struct QuantizationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The whole message.
  public let description: String

  /// An error with this message.
  public init(_ description: String) { self.description = description }
}
