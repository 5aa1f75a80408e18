import FixedPoint
import Networks
import Reproducibility
import Testing

/// `numerator / 2^bits` as an integer, each rule from its own words: the two neighbors, and which is taken.
private func rounded(_ numerator: Int128, over bits: Int, _ rounding: Rounding) -> Int128 {
  let denominator = Int128(1) << Int128(bits)
  var below = numerator / denominator
  if below * denominator > numerator { below -= 1 }
  if below * denominator == numerator { return below }
  let above = below + 1
  let isNegative = numerator < 0
  let (inner, outer) = isNegative ? (above, below) : (below, above)
  let (even, odd) = below % 2 == 0 ? (below, above) : (above, below)
  let twiceRemainder = 2 * (numerator - below * denominator)
  func nearest(tie: Int128) -> Int128 {
    twiceRemainder == denominator ? tie : twiceRemainder < denominator ? below : above
  }
  switch rounding {
  case .down: return below
  case .up: return above
  case .towardZero: return inner
  case .awayFromZero: return outer
  case .nearestTiesDown: return nearest(tie: below)
  case .nearestTiesUp: return nearest(tie: above)
  case .nearestTiesTowardZero: return nearest(tie: inner)
  case .nearestTiesAwayFromZero: return nearest(tie: outer)
  case .nearestTiesToEven: return nearest(tie: even)
  case .nearestTiesToOdd: return nearest(tie: odd)
  }
}

/// `numerator / 2^bits` for bits of either sign, saturated to 64 bits.
private func saturated(_ numerator: Int128, over bits: Int, _ rounding: Rounding) -> Int64 {
  if bits >= 0 { return Int64(clamping: rounded(numerator, over: bits, rounding)) }
  // Past 64 bits already: further left it stays there, and the product below fits 128 bits.
  let start = Int128(Int64(clamping: numerator))
  return Int64(clamping: start != numerator ? start : start * (Int128(1) << Int128(-bits)))
}

/// Rule 2 of the published models' description, word for word: int64 with a truncating division, then a
/// division to nearest with ties away from zero.
private func embeddedRuntime(_ x: Int32, multiplier: Int32, shift: Int) -> Int64 {
  let raised = Int128(x) << Int128(max(shift, 0))
  let product = raised * Int128(multiplier)
  let nudge: Int128 = product >= 0 ? 1 << 30 : 1 - (1 << 30)
  let high = Int64(min(max((product + nudge) / (1 << 31), Int128(Int32.min)), Int128(Int32.max)))
  let divisor = Int64(1) << Int64(max(-shift, 0))
  let size = (abs(high) + divisor / 2) / divisor
  return high < 0 ? -size : size
}

@Suite("Requantization")
struct RequantizationTests {
  @Test("A shift is x / 2^bits by the rounding's own words", arguments: Rounding.allCases)
  func shifts(_ rounding: Rounding) {
    for x in Int64(-300)...300 {
      for bits in -3...10 {
        let got = Requantization.shift(bits: bits, rounding: rounding).applied(to: x, channel: 0)
        #expect(got == saturated(Int128(x), over: bits, rounding), "\(x) / 2^\(bits)")
      }
    }
    var source = RandomSource(seed: 311).split(rounding.rawValue)
    for _ in 0..<20_000 {
      let x = source.accumulator()
      let bits = source.below(125) - 62
      let got = Requantization.shift(bits: bits, rounding: rounding).applied(to: x, channel: 3)
      #expect(got == saturated(Int128(x), over: bits, rounding), "seed 311: \(x) / 2^\(bits)")
    }
  }

  @Test(
    "A multiplier is x·m / 2^shift with one rounding, a pair for all channels or one a channel",
    arguments: Rounding.allCases)
  func multipliers(_ rounding: Rounding) {
    var source = RandomSource(seed: 312).split(rounding.rawValue)
    var ties = 0
    for draw in 0..<20_000 {
      let x = source.accumulator()
      let shift = source.below(125) - 62
      let multiplier =
        draw % 3 == 0 && shift > 0
        ? Int64(1) << Int64(min(shift - 1, 31)) : Int64(source.next() >> UInt64(32 + source.below(32)))
      let expected = saturated(Int128(x) * Int128(multiplier), over: shift, rounding)
      if shift > 0, (Int128(x) * Int128(multiplier)) % (1 << Int128(shift)) == 1 << Int128(shift - 1) {
        ties += 1
      }
      let one = Requantization.multiplier([multiplier], shifts: [shift], rounding: rounding)
      #expect(one.applied(to: x, channel: 5) == expected, "seed 312: \(x)·\(multiplier) / 2^\(shift)")
      let each = Requantization.multiplier([7, multiplier], shifts: [1, shift], rounding: rounding)
      #expect(each.applied(to: x, channel: 1) == expected, "seed 312: \(x)·\(multiplier) / 2^\(shift)")
      #expect(each.applied(to: 2, channel: 0) == 7)
    }
    #expect(ties > 100, "only \(ties) ties were drawn")
  }

  @Test("The doubling high multiply is the embedded runtimes' two roundings, ties and saturation included")
  func doublingHighMultiply() {
    var source = RandomSource(seed: 313)
    var saturations = 0
    var secondTies = 0
    for draw in 0..<200_000 {
      let x = Int32(truncatingIfNeeded: source.accumulator())
      let shift = source.below(62) - 31
      let multiplier: Int32 =
        switch draw % 4 {
        case 0: 1 << Int32(source.below(31))
        case 1: Int32(truncatingIfNeeded: source.next() >> 33)
        default: Int32(1 << 30) | Int32(truncatingIfNeeded: source.next() >> 34)
        }
      let expected = embeddedRuntime(x, multiplier: multiplier, shift: shift)
      let got = Requantization.doublingHighMultiply([multiplier].map(Int64.init), shifts: [shift])
        .applied(to: Int64(x), channel: 0)
      #expect(got == expected, "seed 313: \(x), multiplier \(multiplier), shift \(shift)")
      if shift > 0, expected == Int32.max || expected == Int32.min { saturations += 1 }
      let high = embeddedRuntime(x, multiplier: multiplier, shift: 0)
      if shift < 0, abs(high) % (1 << Int64(-shift)) == 1 << Int64(-shift - 1) { secondTies += 1 }
    }
    #expect(saturations > 1000 && secondTies > 1000, "\(saturations) saturations, \(secondTies) ties")
  }

  @Test("The two roundings by hand: a tie of the first goes up, a tie of the second away from zero")
  func doublingHighMultiplyByHand() {
    func apply(_ x: Int64, _ multiplier: Int64, _ shift: Int) -> Int64 {
      Requantization.doublingHighMultiply([multiplier], shifts: [shift]).applied(to: x, channel: 0)
    }
    // 1 · 2^30 / 2^31 = 1/2 → 1, −1/2 → 0, −3/2 → −1.
    #expect([1, -1, -3, 3].map { apply($0, 1 << 30, 0) } == [1, 0, -1, 2])
    // 2·2^30/2^31 = 1, halved 1/2 → 1; −1/2 → −1; 5/2 → 3; −5/2 → −3.
    #expect([2, -2, 10, -10].map { apply($0, 1 << 30, -1) } == [1, -1, 3, -3])
    // First to −1 (from −3/2, up), then −1/2 away from zero to −1, where one rounding of −3/4 gives −1 too;
    // from 1/2 up to 1, then 1/2 to 1, where one rounding of 1/4 would give 0.
    #expect(apply(-3, 1 << 30, -1) == -1)
    #expect(apply(1, 1 << 30, -1) == 1)
    #expect(apply(1 << 30, Int64(Int32.max), 2) == Int64(Int32.max))
    #expect(apply(-(1 << 30), Int64(Int32.max), 2) == Int64(Int32.min))
  }

  @Test("Parameters out of range are errors at the node, in the network's words")
  func parametersOutOfRange() {
    func message(_ requantization: Requantization) -> String? {
      do {
        _ = try IntegerNetwork(
          name: "n", input: IntegerTensor(shape: [1], format: .integer(.unsigned, 8)),
          nodes: [
            .dense(
              "layer", reading: "input", [[1], [1]], stage: .clamp(requantization, low: 0, high: 1),
              output: .integer(.unsigned, 8))
          ])
        return nil
      } catch { return "\(error)" }
    }
    let start = "layer: requantization: "
    #expect(
      message(.shift(bits: 62, rounding: .down)) == nil && message(.shift(bits: -62, rounding: .down)) == nil)
    #expect(message(.shift(bits: 63, rounding: .down)) == start + "shift 63 is outside -62...62")
    #expect(message(.shift(bits: -63, rounding: .down)) == start + "shift -63 is outside -62...62")
    #expect(message(.multiplier([4_294_967_295], shifts: [62], rounding: .up)) == nil)
    #expect(message(.multiplier([1, 2], shifts: [-62, 3], rounding: .up)) == nil)
    #expect(
      message(.multiplier([4_294_967_296], shifts: [0], rounding: .up)) == start
        + "multiplier 4294967296 is outside 0...4294967295")
    #expect(
      message(.multiplier([-1], shifts: [0], rounding: .up)) == start
        + "multiplier -1 is outside 0...4294967295")
    #expect(message(.multiplier([1], shifts: [63], rounding: .up)) == start + "shift 63 is outside -62...62")
    let pairs = "one pair for all or one a channel is needed"
    #expect(
      message(.multiplier([1, 2, 3], shifts: [1, 2, 3], rounding: .up)) == start
        + "has 3 multipliers and 3 shifts for 2 channels; " + pairs)
    #expect(
      message(.multiplier([1, 2], shifts: [1], rounding: .up)) == start
        + "has 2 multipliers and 1 shifts for 2 channels; " + pairs)
    #expect(
      message(.doublingHighMultiply([], shifts: [])) == start
        + "has 0 multipliers and 0 shifts for 2 channels; " + pairs)
    #expect(message(.doublingHighMultiply([2_147_483_647], shifts: [-31])) == nil)
    #expect(message(.doublingHighMultiply([1], shifts: [30])) == nil)
    #expect(message(.doublingHighMultiply([1], shifts: [31])) == start + "shift 31 is outside -31...30")
    #expect(message(.doublingHighMultiply([1], shifts: [-32])) == start + "shift -32 is outside -31...30")
    #expect(
      message(.doublingHighMultiply([2_147_483_648], shifts: [0])) == start
        + "multiplier 2147483648 is above 2147483647")
    #expect(
      message(.doublingHighMultiply([-1], shifts: [0])) == start + "multiplier -1 is outside 0...4294967295")
  }
}

extension RandomSource {
  /// An accumulator of any size, often next to an end or with many trailing zeros, which make ties.
  fileprivate mutating func accumulator() -> Int64 {
    let any = Int64(truncatingIfNeeded: next())
    switch below(8) {
    case 0: return [.min, .max, .min + 1, -1, 0, 1][below(6)]
    case 1, 2: return (any >> Int64(below(64))) << Int64(below(32))
    default: return any >> Int64(below(64))
    }
  }
}
