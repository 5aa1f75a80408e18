/// How a value between two representable neighbors is brought to one of them.
///
/// Named by where the value goes; rules to nearest also say where a tie goes, since they differ in
/// nothing else. The HLS name is the one of `ap_fixed` and `ac_fixed` without `AP_` or `AC_`.
public enum Rounding: String, Hashable, Sendable, CaseIterable {
  /// Toward minus infinity, dropping the bits: `TRN`, floor.
  case down
  /// Toward plus infinity: ceiling. No HLS name.
  case up
  /// Toward zero: `TRN_ZERO`, fix.
  case towardZero
  /// Away from zero. No HLS name.
  case awayFromZero
  /// To nearest, ties toward minus infinity: `RND_MIN_INF`.
  case nearestTiesDown
  /// To nearest, ties toward plus infinity: `RND`; "nearest" in MATLAB.
  case nearestTiesUp
  /// To nearest, ties toward zero: `RND_ZERO`.
  case nearestTiesTowardZero
  /// To nearest, ties away from zero: `RND_INF`; "round" in MATLAB.
  case nearestTiesAwayFromZero
  /// To nearest, ties to the even raw integer: `RND_CONV`, convergent, unbiased.
  case nearestTiesToEven
  /// To nearest, ties to the odd raw integer: `RND_CONV_ODD`, known to ac_fixed only.
  case nearestTiesToOdd

  /// The HLS name without its `AP_` or `AC_`; nil for `up` and `awayFromZero`, which HLS lacks.
  public var hlsName: String? {
    switch self {
    case .down: "TRN"
    case .up, .awayFromZero: nil
    case .towardZero: "TRN_ZERO"
    case .nearestTiesDown: "RND_MIN_INF"
    case .nearestTiesUp: "RND"
    case .nearestTiesTowardZero: "RND_ZERO"
    case .nearestTiesAwayFromZero: "RND_INF"
    case .nearestTiesToEven: "RND_CONV"
    case .nearestTiesToOdd: "RND_CONV_ODD"
    }
  }

  /// The name used in vector files: the HLS name, or the case's own name where HLS has none.
  public var vectorName: String { hlsName ?? rawValue }

  /// The rule of an HLS name (`RND_CONV`, `AP_RND_CONV`, `AC_RND_CONV`, `SC_RND_CONV`) or of a
  /// case's own name (`nearestTiesToEven`); nil for anything else.
  public init?(named name: some StringProtocol) {
    if let rule = Rounding(rawValue: String(name)) {
      self = rule
      return
    }
    let bare = hlsNameWithoutVendor(name)
    guard let rule = Rounding.allCases.first(where: { $0.hlsName == bare }) else { return nil }
    self = rule
  }

  /// The least remainder with which a value between `floor` and `floor + 1` goes up.
  ///
  /// The one definition of every rule: a value `floor + remainder / (2 · half)`, `remainder` in
  /// `0..<2·half`, goes to `floor + 1` if `remainder ≥` this, else to `floor`. It is at least 1, so that
  /// exact values stay; `2 · half` means never.
  ///
  /// - Parameters:
  ///   - isNegative: whether the exact value is below zero.
  ///   - floorIsOdd: whether `floor` is odd.
  @inlinable func threshold<Bits: FixedWidthInteger>(
    half: Bits, isNegative: Bool, floorIsOdd: Bool
  ) -> Bits {
    switch self {
    case .down: 2 &* half
    case .up: 1
    case .towardZero: isNegative ? 1 : 2 &* half
    case .awayFromZero: isNegative ? 2 &* half : 1
    case .nearestTiesDown: half &+ 1
    case .nearestTiesUp: half
    case .nearestTiesTowardZero: isNegative ? half : half &+ 1
    case .nearestTiesAwayFromZero: isNegative ? half &+ 1 : half
    case .nearestTiesToEven: floorIsOdd ? half : half &+ 1
    case .nearestTiesToOdd: floorIsOdd ? half &+ 1 : half
    }
  }
}

/// Where an exact value lies between its floor and the next integer, in quarters: 2 is the tie.
enum RemainderPosition: Int {
  case exact, belowTie, tie, aboveTie

  /// The position of `remainder` in `0..<2·half`.
  init(remainder: UInt128, half: UInt128) {
    if remainder == 0 {
      self = .exact
    } else {
      self = remainder < half ? .belowTie : remainder == half ? .tie : .aboveTie
    }
  }

  /// 1 if a value here goes up from its floor by `rounding`, 0 if it goes down.
  func increment(_ rounding: Rounding, isNegative: Bool, floorIsOdd: Bool) -> UInt128 {
    let threshold = rounding.threshold(
      half: RemainderPosition.tie.rawValue, isNegative: isNegative, floorIsOdd: floorIsOdd)
    return rawValue >= threshold ? 1 : 0
  }
}

/// `name` without a leading `AP_`, `AC_` or `SC_`.
func hlsNameWithoutVendor(_ name: some StringProtocol) -> String {
  for vendor in ["AP_", "AC_", "SC_"] where name.hasPrefix(vendor) { return String(name.dropFirst(3)) }
  return String(name)
}

extension FixedWidthInteger where Self: SignedInteger {
  /// `self / 2^bits`, brought to an integer by `rounding`, for `bits` in `0...bitWidth − 2`.
  @inlinable @inline(__always) func roundingShift(_ bits: Int, _ rounding: Rounding) -> Self {
    if bits == 0 { return self }
    let places = Self(truncatingIfNeeded: bits)
    let floor = self &>> places
    // remainder = self − floor·2^bits, so 0 ≤ remainder < 2^bits whatever the sign of self.
    let remainder = self & ((1 &<< places) &- 1)
    let threshold = rounding.threshold(
      half: 1 &<< (places &- 1) as Self, isNegative: self < 0, floorIsOdd: floor & 1 == 1)
    return floor &+ (remainder >= threshold ? 1 : 0)
  }
}

extension Int64 {
  /// `self / 2^bits`, brought to an integer by `rounding`. Never overflows.
  ///
  /// If `2^bits` divides `self` the quotient is exact and every rule agrees.
  /// Example: `(-5).shiftedRight(1, rounding: .nearestTiesUp) == -2` (from −2.5).
  /// - Precondition: `bits` is in `0...62`.
  @inlinable public func shiftedRight(_ bits: Int, rounding: Rounding) -> Int64 {
    precondition(0 <= bits && bits <= 62, "a shift by \(bits) places is outside 0...62")
    return roundingShift(bits, rounding)
  }

  /// `self / divisor`, brought to an integer by `rounding`. Never overflows.
  ///
  /// Example: `(-5).divided(by: 2, rounding: .nearestTiesAwayFromZero) == -3`.
  /// - Precondition: `divisor` is in `1...2^62`.
  public func divided(by divisor: Int64, rounding: Rounding) -> Int64 {
    precondition(1 <= divisor && divisor <= 1 << 62, "a divisor of \(divisor) is outside 1...2^62")
    let truncated = quotientAndRemainder(dividingBy: divisor)
    let floor = truncated.quotient - (truncated.remainder < 0 ? 1 : 0)
    let remainder = truncated.remainder + (truncated.remainder < 0 ? divisor : 0)
    // In halves of the divisor: 2·remainder in 0..<2·divisor, which may be 2^63.
    let threshold = rounding.threshold(
      half: UInt64(divisor), isNegative: self < 0, floorIsOdd: floor & 1 == 1)
    return floor + (2 * UInt64(remainder) >= threshold ? 1 : 0)
  }
}

extension Int128 {
  /// `self / 2^bits`, brought to an integer by `rounding`. Never overflows.
  ///
  /// If `2^bits` divides `self` the quotient is exact and every rule agrees.
  /// - Precondition: `bits` is in `0...126`.
  @inlinable public func shiftedRight(_ bits: Int, rounding: Rounding) -> Int128 {
    precondition(0 <= bits && bits <= 126, "a shift by \(bits) places is outside 0...126")
    return roundingShift(bits, rounding)
  }
}
