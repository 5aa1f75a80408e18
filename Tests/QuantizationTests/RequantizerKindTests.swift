import FixedPoint
import Networks
import Quantization
import Reproducibility
import Testing

extension Requantization {
  /// The real factor that a single pair stands for, and its multiplier (1 for a shift).
  fileprivate var realized: (factor: Double, multiplier: Int64, shift: Int) {
    func scaled(_ multiplier: Int64, _ shift: Int) -> Double {
      Double(sign: .plus, exponent: -shift, significand: Double(multiplier))
    }
    switch self {
    case .shift(let bits, _): return (scaled(1, bits), 1, bits)
    case .multiplier(let multipliers, let shifts, _):
      return (scaled(multipliers[0], shifts[0]), multipliers[0], shifts[0])
    case .doublingHighMultiply(let multipliers, let shifts):
      return (scaled(multipliers[0], 31 - shifts[0]), multipliers[0], shifts[0])
    }
  }
}

@Suite("Requantisers")
struct RequantizerKindTests {
  private func message(_ kind: RequantizerKind, _ factor: Double) -> String? {
    do {
      _ = try kind.requantization(factor: factor)
      return nil
    } catch { return error.description }
  }

  @Test("A multiplier of B bits errs relatively by 2^−B at most, and uses all its bits", arguments: 2...31)
  func multiplierError(_ bits: Int) throws {
    var source = RandomSource(seed: 411).split("\(bits)")
    let kind = RequantizerKind.multiplier(wordLength: bits, rounding: .nearestTiesUp)
    for _ in 0..<2000 {
      let factor = Double(
        sign: .plus, exponent: source.integer(in: bits - 62...bits - 1), significand: 1 + source.uniform())
      // The largest multiplier is 2^B − 1, with no shift.
      if factor >= Double(1 << bits) - 0.5 { continue }
      let realized = try kind.requantization(factor: factor).realized
      #expect(
        abs(realized.factor / factor - 1) <= Double(sign: .plus, exponent: -bits, significand: 1),
        "seed 411: \(factor)")
      #expect(
        1 << (bits - 1) <= realized.multiplier && realized.multiplier < 1 << bits, "seed 411: \(factor)")
      #expect(0...62 ~= realized.shift, "seed 411: \(factor)")
    }
  }

  @Test(
    "Powers of two are exact in all three units, with the rounding that was asked for",
    arguments: Rounding.allCases)
  func powersOfTwo(_ rounding: Rounding) throws {
    for exponent in -62...62 {
      let factor = Double(sign: .plus, exponent: exponent, significand: 1)
      #expect(
        try RequantizerKind.shift(rounding: rounding).requantization(factor: factor)
          == .shift(bits: -exponent, rounding: rounding))
      if exponent <= 15 {
        let requantization = try RequantizerKind.multiplier(wordLength: 16, rounding: rounding)
          .requantization(factor: factor)
        #expect(requantization.realized.factor == factor)
        guard case .multiplier(_, _, let got) = requantization else {
          return #expect(Bool(false), "\(requantization)")
        }
        #expect(got == rounding)
      }
      if -32...29 ~= exponent {
        #expect(
          try RequantizerKind.doublingHighMultiply.requantization(factor: factor)
            == .doublingHighMultiply([1 << 30], shifts: [exponent + 1]))
      }
    }
  }

  @Test("A multiplier that rounds up to 2^B is halved with one place less, by hand")
  func carries() throws {
    let kind = RequantizerKind.multiplier(wordLength: 4, rounding: .down)
    // 0.99·16 = 15.84 → 16 → 8 / 2^3; 0.96875·16 = 15.5 → 16, a tie; 0.96·16 = 15.36 → 15 / 2^4.
    #expect(try kind.requantization(factor: 0.99) == .multiplier([8], shifts: [3], rounding: .down))
    #expect(try kind.requantization(factor: 0.96875) == .multiplier([8], shifts: [3], rounding: .down))
    #expect(try kind.requantization(factor: 0.96) == .multiplier([15], shifts: [4], rounding: .down))
    #expect(try kind.requantization(factor: 0.3) == .multiplier([10], shifts: [5], rounding: .down))
    // The published models' rule 1, and one of their layers.
    let runtime = RequantizerKind.doublingHighMultiply
    #expect(try runtime.requantization(factor: 1 - 0x1p-40) == .doublingHighMultiply([1 << 30], shifts: [1]))
    let factor = 0.3910152316093445 * 0.0003768749884329736 / 0.04945912957191467
    #expect(
      try runtime.requantization(factor: factor) == .doublingHighMultiply([1_638_001_719], shifts: [-8]))
  }

  @Test("Small factors lose bits as shifts end at 62, and vanish below 2^−63; the runtimes' below 2^−32")
  func smallFactors() throws {
    let kind = RequantizerKind.multiplier(wordLength: 16, rounding: .nearestTiesUp)
    #expect(try kind.requantization(factor: 0x1p-50).realized.factor == 0x1p-50)
    #expect(
      try kind.requantization(factor: 0x1.8p-61) == .multiplier([3], shifts: [62], rounding: .nearestTiesUp))
    #expect(try kind.requantization(factor: 0x1p-63).realized.multiplier == 1)
    #expect(try kind.requantization(factor: 0x1.fp-64).realized.multiplier == 0)
    #expect(try kind.requantization(factor: 1e-300).realized.multiplier == 0)
    #expect(try kind.requantization(factor: .leastNonzeroMagnitude).realized.multiplier == 0)
    let runtime = RequantizerKind.doublingHighMultiply
    #expect(try runtime.requantization(factor: 0x1p-32) == .doublingHighMultiply([1 << 30], shifts: [-31]))
    #expect(try runtime.requantization(factor: 0x1.8p-33) == .doublingHighMultiply([0], shifts: [0]))
  }

  @Test("Factors out of reach and units that cannot be are errors that say so")
  func outOfReach() {
    let shift = RequantizerKind.shift(rounding: .down)
    let end = " is not a power of two between 2^-62 and 2^62, which is all that a shift can do"
    #expect(message(shift, 3) == "requantization factor 3.0" + end)
    #expect(message(shift, 0x1p63) == "requantization factor 9.223372036854776e+18" + end)
    #expect(message(shift, 0x1p-63) == "requantization factor 1.0842021724855044e-19" + end)
    for kind in [shift, .doublingHighMultiply, .multiplier(wordLength: 8, rounding: .down)] {
      for (factor, word) in [(0, "0.0"), (-1, "-1.0"), (Double.infinity, "inf"), (.nan, "nan")] {
        #expect(message(kind, factor) == "requantization factor \(word) is not a positive finite number")
      }
    }
    let eight = RequantizerKind.multiplier(wordLength: 8, rounding: .down)
    #expect(message(eight, 255) == nil && message(eight, 255.4) == nil && message(eight, 255.5) != nil)
    #expect(
      message(eight, 256) == "requantization factor 256.0 is beyond 255, the reach of a 8-bit multiplier")
    #expect(message(.doublingHighMultiply, 0x1p29) == nil)
    #expect(
      message(.doublingHighMultiply, 0x1p30)
        == "requantization factor 1073741824.0 is above 2^30, the reach of this unit")
    for bits in [-1, 0, 1, 32, 64] {
      #expect(
        message(.multiplier(wordLength: bits, rounding: .down), 1)
          == "a requantiser's multiplier of \(bits) bits; 2 to 31 are possible")
    }
  }
}
