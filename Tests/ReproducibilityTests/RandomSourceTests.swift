import Reproducibility
import Testing

/// Expected numbers were computed outside Swift, from the published definitions of SHA-256 and xoshiro256**.
@Suite("Random source")
struct RandomSourceTests {
  @Test(
    "A seed gives its known numbers",
    arguments: [
      (0, [0xcb92_0329_9501_5a02, 0x10bf_4422_2a04_a39e, 0x5476_2da2_42d4_f739, 0xcd6c_f453_10fd_9dc1]),
      (1, [0x07e3_ec47_9c57_5a2b, 0xd865_2d55_37c4_ba49, 0x61c0_b01f_5957_fca6, 0x4916_1fd5_cfbb_2d6a]),
      (.max, [0xef32_15a4_68c5_9930, 0x1993_80c5_e4c5_951c, 0xbc76_d694_7c85_e3fb, 0xf436_0059_d55b_06f2]),
    ] as [(UInt64, [UInt64])])
  func knownNumbers(_ seed: UInt64, _ numbers: [UInt64]) {
    var source = RandomSource(seed: seed)
    #expect(numbers.indices.map { _ in source.next() } == numbers)
  }

  @Test("A split by names gives its known numbers, however much was drawn before")
  func knownSplit() {
    var parent = RandomSource(seed: 1)
    _ = parent.normal()
    _ = parent.next()
    var child = parent.split("weights").split("layer 2")
    let numbers: [UInt64] = [0xfd34_a7b0_83a6_6ab9, 0xab57_459f_9b20_9762, 0x1129_315d_d3aa_3d0d]
    #expect(numbers.indices.map { _ in child.next() } == numbers)
    #expect(parent.split("a") != parent.split("b"))
    #expect(parent.split("a").split("b") != parent.split("ab"))
  }

  @Test("Derived draws give their known values")
  func knownDraws() {
    var uniforms = RandomSource(seed: 7)
    #expect(
      (0..<3).map { _ in uniforms.uniform() } == [
        0.8598772460154143, 0.3626040760836602, 0.9766256481967278,
      ])
    var integers = RandomSource(seed: 7)
    let bounds = [1, 2, 10, 1000, 6 << 60, .max, 7, 6 << 60]
    #expect(
      bounds.map { integers.below($0) } == [
        0, 0, 9, 992, 2_591_925_563_189_546_229, 8_501_157_123_805_795_760, 4, 4_987_922_877_484_702_968,
      ])
    // A bound that rejects a quarter of all draws.
    var rejecting = RandomSource(seed: 7).split("bounds")
    let mixed = (0..<1000).reduce(UInt64(0)) { mixed, _ in
      (mixed << 1 | mixed >> 63) ^ UInt64(rejecting.below(6 << 60))
    }
    #expect(mixed == 0x936c455c7f89603e)
    var order = Array(0..<12)
    var shuffler = RandomSource(seed: 7)
    shuffler.shuffle(&order)
    #expect(order == [7, 1, 0, 5, 11, 4, 6, 2, 8, 9, 3, 10])
    var normals = RandomSource(seed: 7)
    let expected = [
      0.954214549028053, -0.3643053041828251, -0.2038285379823338, 0.6859277680906497, 0.9479879988991642,
      1.1572168442599635,
    ]
    for value in expected { #expect((normals.normal() - value).magnitude <= 2 * value.ulp) }
  }

  @Test("Uniform numbers fill 0..<1 evenly", arguments: 0..<4 as Range<UInt64>)
  func uniformDistribution(_ seed: UInt64) {
    var source = RandomSource(seed: seed)
    var counts = [Int](repeating: 0, count: 64)
    let draws = 64_000
    for _ in 0..<draws {
      let value = source.uniform()
      #expect(value >= 0 && value < 1)
      counts[Int(value * 64)] += 1
    }
    #expect(chiSquare(counts, expected: Double(draws) / 64) < 120, "seed \(seed)")
  }

  @Test("Bounded integers are even over small, odd and huge bounds", arguments: [1, 2, 3, 7, 10, 6 << 60])
  func boundedDistribution(_ bound: Int) {
    var source = RandomSource(seed: 5)
    let bins = min(bound, 12)
    var counts = [Int](repeating: 0, count: bins)
    let draws = 12_000
    for _ in 0..<draws {
      let value = source.below(bound)
      #expect((0..<bound).contains(value))
      counts[bound <= 12 ? value : value / (bound / bins)] += 1
    }
    #expect(chiSquare(counts, expected: Double(draws) / Double(bins)) < 40, "seed 5, bound \(bound)")
  }

  @Test("Normal numbers have the moments and quantiles of the normal distribution")
  func normalDistribution() {
    var source = RandomSource(seed: 11)
    let draws = 200_000
    let values = (0..<draws).map { _ in source.normal() }
    let mean = values.reduce(0, +) / Double(draws)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(draws)
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(draws)
    #expect(mean.magnitude < 0.01)
    #expect((variance - 1).magnitude < 0.015)
    #expect((fourth - 3).magnitude < 0.12)
    // Phi(-1), Phi(0), Phi(1.959964).
    for (bound, share) in [(-1, 0.158655), (0, 0.5), (1.959964, 0.975)] {
      let below = Double(values.count { $0 < bound }) / Double(draws)
      #expect((below - share).magnitude < 0.005, "below \(bound)")
    }
  }

  @Test("Every order of four elements comes up equally often")
  func shuffleDistribution() {
    var source = RandomSource(seed: 13)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 {
      var order = [0, 1, 2, 3]
      source.shuffle(&order)
      counts[order, default: 0] += 1
    }
    #expect(counts.count == 24)
    #expect(chiSquare(Array(counts.values), expected: 1000) < 65, "seed 13")
  }

  /// Pearson's statistic: near the number of counts for a fair draw.
  private func chiSquare(_ counts: [Int], expected: Double) -> Double {
    counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }
}
