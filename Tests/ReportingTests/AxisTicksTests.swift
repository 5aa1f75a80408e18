import Reporting
import Testing

@Suite("Ticks")
struct AxisTicksTests {
  /// Scales of all kinds with seeded ends, from nearly equal to far apart.
  static func scales(seed: UInt64) -> [(ChartAxis, AxisScale)] {
    var state = seed
    func next() -> Double {
      // SplitMix64 (Steele, Lea and Flood 2014).
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
    func power() -> Double {
      (0..<Int(next() * 12)).reduce(next() < 0.5 ? 1e-5 : 1) { value, _ in value * 7 }
    }
    return (0..<300).flatMap { _ in
      let (a, b) = (power() * (next() - 0.3), power() * (next() + 0.1))
      let axes: [(ChartAxis, [Double])] = [
        (ChartAxis("n"), [a, b]), (ChartAxis("f", quantity: .fraction), [a, b]),
        (ChartAxis("l", spread: .logarithmic), [a.magnitude + 1e-9, b]),
        (ChartAxis("m", spread: .logarithmic, quantity: .memoryBits), [1 + a.magnitude, 1 + b * 1000]),
        (ChartAxis("k", quantity: .memoryBits), [a.magnitude, b * 1000]),
      ]
      return axes.map { ($0, AxisScale($0, values: $1)) }
    }
  }

  @Test("Ticks rise strictly, lie on the axis, and have distinct labels", arguments: [1, 2, 3] as [UInt64])
  func ticksAreOrdered(_ seed: UInt64) {
    for (axis, scale) in Self.scales(seed: seed) {
      let sets = AxisTicks.candidates(axis, scale: scale)
      #expect(!sets.isEmpty)
      for ticks in sets {
        #expect(!ticks.isEmpty && ticks.count <= 24, "seed \(seed): \(scale)")
        #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value }, "seed \(seed): \(ticks)")
        #expect(
          ticks.allSatisfy { $0.value >= scale.low && $0.value <= scale.high }, "seed \(seed): \(scale)")
        #expect(Set(ticks.map(\.label)).count == ticks.count, "seed \(seed): \(ticks)")
      }
    }
  }

  @Test("A plain label is the tick's value", arguments: [4, 5] as [UInt64])
  func labelsAreTrue(_ seed: UInt64) {
    for (axis, scale) in Self.scales(seed: seed) where axis.quantity != .memoryBits {
      for tick in AxisTicks.candidates(axis, scale: scale).joined() {
        let plain = String(tick.label.map { $0 == "\u{2212}" ? "-" : $0 }.filter { $0 != "\u{202F}" })
        guard let value = Double(plain) else { continue }
        let expected = axis.quantity == .fraction ? tick.value * 100 : tick.value
        #expect(abs(value - expected) <= 1e-12 * max(abs(value), abs(expected)), "seed \(seed): \(tick)")
      }
    }
  }

  @Test("Linear ticks are evenly spaced by 1, 2 or 5 times a power of ten")
  func stepsAreRound() {
    for (axis, scale) in Self.scales(seed: 6) where axis.spread == .linear && axis.quantity == .number {
      for ticks in AxisTicks.candidates(axis, scale: scale) where ticks.count >= 2 {
        let step = (ticks[ticks.count - 1].value - ticks[0].value) / Double(ticks.count - 1)
        var mantissa = step
        while mantissa >= 9.99 { mantissa /= 10 }
        while mantissa < 0.999 { mantissa *= 10 }
        #expect([1, 2, 5].contains { abs(mantissa - $0) < 1e-6 * $0 }, "\(ticks)")
      }
    }
  }

  @Test("Memory is labelled at powers of two, and every decade at powers of ten")
  func familiarTicks() {
    let memory = ChartAxis("m", spread: .logarithmic, quantity: .memoryBits)
    let sizes = AxisTicks.candidates(memory, scale: AxisScale(memory, values: [8192, 8192 * 1024]))
    #expect(
      sizes[0].map(\.label) == [
        "1 KiB", "2 KiB", "4 KiB", "8 KiB", "16 KiB", "32 KiB", "64 KiB", "128 KiB", "256 KiB", "512 KiB",
        "1 MiB",
      ])
    let decades = ChartAxis("d", spread: .logarithmic)
    let powers = AxisTicks.candidates(decades, scale: AxisScale(decades, values: [1e-6, 1e7]))
    #expect(
      powers[0].map(\.label) == [
        "10⁻⁶", "10⁻⁵", "0.0001", "0.001", "0.01", "0.1", "1", "10", "100", "1\u{202F}000", "10\u{202F}000",
        "10⁵", "10⁶",
        "10⁷",
      ])
  }
}
