import CKernels
import Quantization
import Reproducibility
import Testing

/// A finite float's magnitude as `significand · 2^exponent`, exactly.
private struct ExactMagnitude {
  let significand: Int128
  let exponent: Int

  init(_ x: Float) {
    significand = Int128(
      x.exponentBitPattern == 0 ? x.significandBitPattern : x.significandBitPattern | 1 << 23)
    exponent = max(Int(x.exponentBitPattern), 1) - 150
  }
}

/// `sgn(x) · min(⌊|x|/step + 1/2⌋, limit)` in integers: ⌊(2|x| + step) / (2 step)⌋ with both at one exponent.
private func exactLevel(_ x: Float, step: Float, limit: Int) -> Int {
  let x1 = ExactMagnitude(x)
  let s1 = ExactMagnitude(step)
  let lead = x1.exponent - s1.exponent
  let size: Int
  if x1.significand == 0 || lead < -60 {
    size = 0  // |x| < 2^24·2^−60 steps.
  } else if lead > 60 {
    size = limit  // |x| > 2^60·2^−24 steps.
  } else {
    let magnitude = x1.significand << Int128(max(lead, 0))
    let unit = s1.significand << Int128(max(-lead, 0))
    size = Int(min((2 * magnitude + unit) / (2 * unit), Int128(limit)))
  }
  return x < 0 ? -size : size
}

@Suite("Quantising kernels")
struct QuantizeKernelTests {
  private func check(_ x: [Float], step: Float, limit: Int, _ comment: String) {
    let exact = x.map { exactLevel($0, step: step, limit: limit) }
    let quantizer = UniformQuantizer(step: step, limit: limit)
    #expect(x.map(quantizer.level(of:)) == exact, "the quantiser, \(comment), step \(step), x = \(x)")
    for version in KernelVersion.available {
      var q = [Float](repeating: 99, count: x.count) + sentinels
      wl_quantize(version.isa, x.count, step, Float(limit), x, &q)
      #expect(
        q == exact.map { Float($0) } + sentinels,
        "\(version.name), \(comment), step \(step), limit \(limit), x = \(x)")
    }
  }

  @Test("Levels equal exact rational arithmetic, the kernels' and the quantiser's, for every length")
  func levelsOfRandomNumbers() {
    var source = RandomSource(seed: 121)
    for count in 0...67 {
      for limit in [1, 3, 7, 31, 127, 255] {
        let step = Float(source.uniform(in: 0.001...3))
        let x = (0..<count).map { _ in
          source.below(4) == 0 ? source.anyFloat() : Float(source.normal() * Double(limit)) * step / 2
        }
        check(x, step: step, limit: limit, "seed 121")
      }
    }
  }

  @Test("Exact ties go away from zero; their neighbors of one unit in the last place go to nearest")
  func levelsOfTies() {
    var source = RandomSource(seed: 122)
    for draw in 0..<400 {
      // With 12 significant bits (k + 1/2)·step is exact for k below 2^11.
      let step =
        Float(source.integer(in: 2048...4095)) * Float(sign: .plus, exponent: draw % 60 - 40, significand: 1)
      for limit in [1, 3, 7, 127] {
        let ties = (0..<8).map { _ in
          (Float(source.below(limit + 2)) + 0.5) * step * (source.below(2) == 0 ? 1 : -1)
        }
        check(ties + ties.map(\.nextUp) + ties.map(\.nextDown), step: step, limit: limit, "seed 122")
        let first = UniformQuantizer(step: step, limit: limit)
        #expect(first.level(of: step / 2) == 1 && first.level(of: -step / 2) == -1)
        #expect(first.level(of: (step / 2).nextDown) == 0)
      }
    }
  }

  @Test("Halves of steps with all 24 bits: the nearest floats on either side are told apart")
  func levelsBesideTies() {
    var source = RandomSource(seed: 123)
    for _ in 0..<2000 {
      let step = Float(source.uniform(in: 0.5...1))
      let near = (0..<6).map { k in Float((Double(k) + 0.5) * Double(step)) }
      check(near + near.map(\.nextUp) + near.map(\.nextDown), step: step, limit: 7, "seed 123")
    }
  }

  @Test("Zeros, denormals and infinities, and denormal and huge steps")
  func levelsOfExtremes() {
    let x: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 3e-45, 1e-40, .leastNormalMagnitude, 1,
      -.greatestFiniteMagnitude, .greatestFiniteMagnitude,
    ]
    for step in [Float.leastNonzeroMagnitude, 3e-45, 1e-39, .leastNormalMagnitude, 1, 1e38] {
      check(x, step: step, limit: 127, "extremes")
    }
    for version in KernelVersion.available {
      var q: [Float] = [9, 9]
      wl_quantize(version.isa, 2, 0.25, 3, [.infinity, -.infinity], &q)
      #expect(q == [3, -3], "\(version.name)")
    }
  }

  @Test("Every version gives the same bits of zero", arguments: KernelVersion.available)
  func zerosAgree(_ version: KernelVersion) {
    let x: [Float] = (0..<67).map { [-0.1, -0.0, 0, 0.1, -1e-40][$0 % 5] }
    var q = [Float](repeating: 9, count: 67)
    wl_quantize(version.isa, 67, 1, 3, x, &q)
    var expected = q
    wl_quantize(WL_ISA_PORTABLE, 67, 1, 3, x, &expected)
    #expect(q.bits == expected.bits)
  }

  @Test("Requantising equals exact integers, ties and clamps included", arguments: KernelVersion.available)
  func requantizeIsExact(_ version: KernelVersion) {
    var source = RandomSource(seed: 124)
    var ties = 0
    var clamped = 0
    for draw in 0..<4000 {
      let shift = source.below(63)
      // |x · multiplier| < 2^52 with x of at most 24 bits.
      let wide = source.integer(in: 1...24)
      var multiplier = 1 + source.below(1 << source.integer(in: 1...28))
      if draw % 3 == 0 { multiplier = (2 * source.below(4) + 1) << min(max(shift - 1, 0), 25) }
      let low = Int128(-source.below(600))
      let high = Int128(source.below(600))
      let count = source.below(68)
      let x = (0..<count).map { _ in Float(source.integer(in: -(1 << wide) + 1...(1 << wide) - 1)) }
      var r = [Float](repeating: 0.5, count: count) + sentinels
      wl_requantize(version.isa, count, Double(multiplier), Int32(shift), Float(low), Float(high), x, &r)
      let half: Int128 = shift > 0 ? 1 << Int128(shift - 1) : 0
      let expected = x.map { x -> Float in
        let product = Int128(Int(x)) * Int128(multiplier)
        if shift > 0, (product + half) % (2 * half) == 0 { ties += 1 }
        let divisor = Int128(1) << Int128(shift)
        let numerator = product + half
        let truncated = numerator / divisor
        let floor = numerator % divisor < 0 ? truncated - 1 : truncated
        if floor < low || floor > high { clamped += 1 }
        return Float(min(max(floor, low), high))
      }
      #expect(
        r == expected + sentinels,
        "seed 124, multiplier \(multiplier), shift \(shift), \(low)...\(high), x = \(x)")
    }
    #expect(ties > 1000 && clamped > 1000, "only \(ties) ties and \(clamped) clamps were drawn")
  }
}
