import FixedPoint

/// Brings an accumulator to the next tensor's integers: the described unit of the hardware, before the zero
/// point is added and the result clamped.
public enum Requantization: Sendable, Hashable {
  /// `x / 2^bits`, rounded by `rounding`; a negative `bits` shifts left.
  case shift(bits: Int, rounding: Rounding)

  /// `x · multiplier / 2^shift` with one rounding by `rounding`. One pair for all channels, or one a channel.
  case multiplier([Int64], shifts: [Int], rounding: Rounding)

  /// The embedded runtimes' two roundings (TensorFlow Lite for Microcontrollers, gemmlowp):
  /// `h = ⌊(x · 2^max(shift, 0)) · multiplier / 2^31 + 1/2⌋` saturated to 32 bits (ties toward +∞), then `h / 2^max(−shift, 0)` to
  /// nearest, ties away from zero. `x` must fit 32 bits. One pair for all channels, or one a channel.
  case doublingHighMultiply([Int64], shifts: [Int])

  /// The requantised value of accumulator `x` in `channel`.
  ///
  /// Shift counts are in −62...62, multipliers within 32 bits; both are checked when a network is built.
  public func applied(to x: Int64, channel: Int) -> Int64 {
    switch self {
    case .shift(let bits, let rounding):
      return Self.divided(Int128(x), byPowerOfTwo: bits, rounding: rounding)
    case .multiplier(let multipliers, let shifts, let rounding):
      let index = multipliers.count == 1 ? 0 : channel
      return Self.divided(
        Int128(x) * Int128(multipliers[index]), byPowerOfTwo: shifts[index], rounding: rounding)
    case .doublingHighMultiply(let multipliers, let shifts):
      let index = multipliers.count == 1 ? 0 : channel
      let raised = Int128(x) << Int128(max(shifts[index], 0))
      let high = (raised * Int128(multipliers[index])).shiftedRight(31, rounding: .nearestTiesUp)
      let saturated = min(max(high, Int128(Int32.min)), Int128(Int32.max))
      return Self.divided(saturated, byPowerOfTwo: max(-shifts[index], 0), rounding: .nearestTiesAwayFromZero)
    }
  }

  /// `x / 2^bits` by `rounding`, or `x · 2^−bits`; saturated to 64 bits, past which every clamp gives its end.
  private static func divided(_ x: Int128, byPowerOfTwo bits: Int, rounding: Rounding) -> Int64 {
    let value = bits >= 0 ? x.shiftedRight(bits, rounding: rounding) : saturatingShiftLeft(x, by: -bits)
    return Int64(clamping: value)
  }

  private static func saturatingShiftLeft(_ x: Int128, by bits: Int) -> Int128 {
    let (product, overflowed) = x.multipliedReportingOverflow(by: 1 << Int128(bits))
    return overflowed ? (x < 0 ? .min : .max) : product
  }

  /// Why this requantisation cannot serve a layer of `channels` outputs, or nil if it can.
  func fault(channels: Int) -> String? {
    func fault(multipliers: [Int64], shifts: [Int]) -> String? {
      if multipliers.count != shifts.count || (multipliers.count != 1 && multipliers.count != channels) {
        return "has \(multipliers.count) multipliers and \(shifts.count) shifts for \(channels) channels;"
          + " one pair for all or one a channel is needed"
      }
      if let bad = multipliers.first(where: { $0 < 0 || $0 > Int64(UInt32.max) }) {
        return "multiplier \(bad) is outside 0...\(UInt32.max)"
      }
      if let bad = shifts.first(where: { !(-62...62).contains($0) }) {
        return "shift \(bad) is outside -62...62"
      }
      return nil
    }
    switch self {
    case .shift(let bits, _):
      return (-62...62).contains(bits) ? nil : "shift \(bits) is outside -62...62"
    case .multiplier(let multipliers, let shifts, _):
      return fault(multipliers: multipliers, shifts: shifts)
    case .doublingHighMultiply(let multipliers, let shifts):
      if let bad = shifts.first(where: { !(-31...30).contains($0) }) {
        return "shift \(bad) is outside -31...30"
      }
      if let bad = multipliers.first(where: { $0 > Int64(Int32.max) }) {
        return "multiplier \(bad) is above \(Int32.max)"
      }
      return fault(multipliers: multipliers, shifts: shifts)
    }
  }
}
