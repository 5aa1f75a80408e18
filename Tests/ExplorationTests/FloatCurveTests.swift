import Exploration
import Foundation
import Reproducibility
import Testing

@Suite("Float curve")
struct FloatCurveTests {
  /// A curve of one seed a point at memories 2, 4, 8, …
  private func curve(_ errors: [Double], testCount: Int = 1000) -> FloatCurve {
    FloatCurve(
      errors.enumerated().map { (bits: Foundation.pow(2, Double($0.offset + 1)), errors: [$0.element]) },
      testCount: testCount)
  }

  /// Every way to cut `count` points into blocks of neighbors.
  private func partitions(_ count: Int) -> [[Range<Int>]] {
    (0..<1 << (count - 1)).map { cuts in
      var blocks: [Range<Int>] = []
      var start = 0
      for end in 1...count where end == count || cuts >> (end - 1) & 1 == 1 {
        blocks.append(start..<end)
        start = end
      }
      return blocks
    }
  }

  @Test("The fit is the nearest non-increasing sequence: none among all step functions is nearer")
  func fitIsNearest() {
    var source = RandomSource(seed: 91)
    for number in 0..<300 {
      let count = 1 + source.below(7)
      let values = (0..<count).map { _ in Double(source.below(9)) }
      let fitted = curve(values).points.map(\.fittedError)
      #expect(curve(values).points.map(\.meanError) == values)
      // The least-squares step function of a partition takes each block's mean; the best that does not increase
      // is the fit, which is unique, since squares are strictly convex.
      var best: (error: Double, fit: [Double])?
      for blocks in partitions(count) {
        let means = blocks.map { values[$0].reduce(0, +) / Double($0.count) }
        guard zip(means, means.dropFirst()).allSatisfy({ $0 >= $1 }) else { continue }
        let fit = zip(blocks, means).flatMap { block, mean in block.map { _ in mean } }
        let error = zip(fit, values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        if error < best?.error ?? .infinity { best = (error, fit) }
      }
      for (value, expected) in zip(fitted, best!.fit) {
        #expect(abs(value - expected) < 1e-12, "case \(number): \(values) gives \(fitted), not \(best!.fit)")
      }
    }
  }

  @Test("Points are sorted by memory, errors are means over seeds")
  func pointsAreSorted() {
    let curve = FloatCurve(
      [(bits: 8, errors: [0.1, 0.3]), (bits: 2, errors: [0.5, 0.7, 0.9]), (bits: 4, errors: [0.4])],
      testCount: 100)
    #expect(curve.points.map(\.bits) == [2, 4, 8])
    let means = [0.7, 0.4, 0.2]
    for (point, mean) in zip(curve.points, means) { #expect(abs(point.meanError - mean) < 1e-15) }
    // Two seeds 0.2 apart: deviation √0.02, standard error 0.1.
    #expect(abs(curve.finalStandardError - 0.1) < 1e-15)
    // A single seed: the binomial error of 0.2 over 100 samples is 0.04.
    #expect(abs(self.curve([0.5, 0.2], testCount: 100).finalStandardError - 0.04) < 1e-15)
  }

  @Test("Between points the inverse is linear in the logarithm of memory")
  func inverseBetweenPoints() {
    // Memories 2, 4, 8, 16; final standard error √(0.05 · 0.95 / 10⁶), about 0.0002.
    let curve = curve([0.45, 0.35, 0.15, 0.05], testCount: 1_000_000)
    for (error, bits) in [
      (0.45, 2.0), (0.35, 4), (0.15, 8), (0.4, 2.8284271247461903), (0.2, 6.7271713220297),
    ] {
      guard case .bits(let found) = curve.effectiveSize(atError: error) else {
        Issue.record("\(error) gives \(curve.effectiveSize(atError: error))")
        continue
      }
      #expect(abs(found - bits) < 1e-12 * bits, "\(error): \(found), not \(bits)")
    }
  }

  @Test("Beyond the ends, and on the final plateau, there are only bounds")
  func bounds() {
    let curve = curve([0.45, 0.35, 0.15, 0.05], testCount: 10_000)
    let standardError = (0.05 * 0.95 / 10_000).squareRoot()
    #expect(curve.effectiveSize(atError: 0.4501) == .atMost(2))
    #expect(curve.effectiveSize(atError: 1) == .atMost(2))
    #expect(curve.effectiveSize(atError: 0.05 - 1.01 * standardError) == .atLeast(16))
    #expect(curve.effectiveSize(atError: 0) == .atLeast(16))
    // Within one standard error: the memory at which the curve comes within it, log-linear from 8 to 16.
    let share = (0.1 - standardError) / 0.1
    let expected = 8 * Foundation.pow(2, share)
    for error in [0.05 + 0.99 * standardError, 0.05, 0.05 - 0.99 * standardError] {
      guard case .atLeast(let bits) = curve.effectiveSize(atError: error) else {
        Issue.record("\(error) gives \(curve.effectiveSize(atError: error))")
        continue
      }
      #expect(abs(bits - expected) < 1e-9, "\(error)")
    }
    guard case .bits = curve.effectiveSize(atError: 0.05 + 1.01 * standardError) else {
      Issue.record("just above the plateau the size is known")
      return
    }
  }

  @Test("A curve that is all plateau bounds from its smallest network")
  func flatCurves() {
    let flat = curve([0.2, 0.2, 0.2], testCount: 100)
    #expect(flat.effectiveSize(atError: 0.2) == .atLeast(2))
    #expect(flat.effectiveSize(atError: 0.201) == .atMost(2))
    #expect(flat.effectiveSize(atError: 0.1) == .atLeast(8))
    // Pooled: 0.1, 0.3 become 0.2 and 0.2.
    let pooled = curve([0.1, 0.3], testCount: 100)
    #expect(pooled.points.map(\.fittedError) == [0.2, 0.2])
    let single = curve([0.2], testCount: 100)
    #expect(single.effectiveSize(atError: 0.2) == .atLeast(2))
    #expect(single.effectiveSize(atError: 0.5) == .atMost(2))
    #expect(single.effectiveSize(atError: 0) == .atLeast(2))
    // Flat in the middle: the smallest memory counts.
    let middle = curve([0.5, 0.3, 0.3, 0.1], testCount: 1_000_000)
    #expect(abs(middle.effectiveSize(atError: 0.3).value - 4) < 1e-12)
  }

  @Test("A smaller error never asks for less memory")
  func monotone() {
    var source = RandomSource(seed: 92)
    for number in 0..<200 {
      let curve = curve(
        (0..<1 + source.below(6)).map { _ in source.uniform() }, testCount: 20 + source.below(2000))
      var last = 0.0
      for step in 0...400 {
        let size = curve.effectiveSize(atError: 1 - Double(step) / 400).value
        #expect(size >= last * (1 - 1e-12), "case \(number): \(size) after \(last)")
        last = size
      }
    }
  }

  @Test("Means, deviations and standard errors by hand")
  func statistics() {
    let values = Statistics([1, 2, 3, 6])
    // Mean 3; squares 4 + 1 + 0 + 9 over 3.
    #expect(values.count == 4 && values.mean == 3)
    #expect(values.standardDeviation == (14.0 / 3).squareRoot())
    #expect(values.standardError == (14.0 / 3).squareRoot() / 2)
    let single = Statistics([0.25])
    #expect(single.mean == 0.25 && single.standardDeviation == 0 && single.standardError == 0)
  }
}
