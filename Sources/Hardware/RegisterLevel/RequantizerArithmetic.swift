import FixedPoint
import Networks

/// The requantizer, its table and the rounding divider, step by step in 128 bits.
///
/// Written from the documentation of `Requantization`, `IntegerOutputStage` and `Rounding`, and shares no code with them: this
/// arithmetic judges theirs.
enum RequantizerArithmetic {
  /// What leaves an output stage for accumulator `x` of `channel`.
  /// - Parameter zeroPoint: the output tensor's.
  static func output(_ x: Int64, of stage: IntegerOutputStage, channel: Int, zeroPoint: Int) -> Int64 {
    switch stage {
    case .accumulators: return x
    case .clamp(let requantization, let low, let high):
      let value = Int128(requantized(Int128(x), requantization, channel: channel)) + Int128(zeroPoint)
      return Int64(min(max(value, Int128(low)), Int128(high)))
    case .table(let requantization, let table):
      let address = requantized(Int128(x), requantization, channel: channel)
      let last = Int64(table.entries.count) / 2 - 1
      return Int64(table.entries[Int(min(max(address, -last - 1), last) + last + 1)])
    }
  }

  /// `x` brought to the next tensor's scale, saturated to 64 bits.
  static func requantized(_ x: Int128, _ requantization: Requantization, channel: Int) -> Int64 {
    switch requantization {
    case .shift(let bits, let rounding):
      return scaled(x, rightBy: bits, rounding: rounding)
    case .multiplier(let multipliers, let shifts, let rounding):
      let pair = multipliers.count > 1 ? channel : 0
      return scaled(x * Int128(multipliers[pair]), rightBy: shifts[pair], rounding: rounding)
    case .doublingHighMultiply(let multipliers, let shifts):
      let pair = multipliers.count > 1 ? channel : 0
      let left = max(shifts[pair], 0)
      let right = max(-shifts[pair], 0)
      let product = (x << Int128(left)) * Int128(multipliers[pair])
      let high = (product + (1 << 30)) >> 31
      let word = min(max(high, -0x8000_0000), 0x7FFF_FFFF)
      return scaled(word, rightBy: right, rounding: .nearestTiesAwayFromZero)
    }
  }

  /// The addition's sum of two terms, raw values less their zero points; saturated to 64 bits.
  static func sum(_ a: Int64, _ b: Int64, of addition: IntegerAddition, channel: Int) -> Int64 {
    let first = requantized(Int128(a) << Int128(addition.leftShift), addition.first, channel: channel)
    let second = requantized(Int128(b) << Int128(addition.leftShift), addition.second, channel: channel)
    return saturated(Int128(first) + Int128(second))
  }

  /// `x / divisor` brought to an integer by `rounding`.
  /// - Precondition: `divisor` is positive.
  static func quotient(_ x: Int128, by divisor: Int128, rounding: Rounding) -> Int128 {
    var floor = x / divisor
    var remainder = x % divisor
    if remainder < 0 {
      floor -= 1
      remainder += divisor
    }
    if remainder == 0 { return floor }
    let isTie = 2 * remainder == divisor
    let isAboveHalf = 2 * remainder > divisor
    let goesUp =
      switch rounding {
      case .down: false
      case .up: true
      case .towardZero: x < 0
      case .awayFromZero: x > 0
      case .nearestTiesDown: isAboveHalf
      case .nearestTiesUp: isAboveHalf || isTie
      case .nearestTiesTowardZero: isAboveHalf || isTie && x < 0
      case .nearestTiesAwayFromZero: isAboveHalf || isTie && x > 0
      case .nearestTiesToEven: isAboveHalf || isTie && floor & 1 == 1
      case .nearestTiesToOdd: isAboveHalf || isTie && floor & 1 == 0
      }
    return goesUp ? floor + 1 : floor
  }

  private static func scaled(_ x: Int128, rightBy bits: Int, rounding: Rounding) -> Int64 {
    if bits >= 0 { return saturated(quotient(x, by: 1 << Int128(bits), rounding: rounding)) }
    // One place at a time; what has left 64 bits stays outside them.
    let limit: Int128 = 1 << 64
    var value = x
    for _ in 0..<(-bits) { value = min(max(2 * value, -limit), limit) }
    return saturated(value)
  }

  private static func saturated(_ x: Int128) -> Int64 {
    Int64(min(max(x, Int128(Int64.min)), Int128(Int64.max)))
  }
}
