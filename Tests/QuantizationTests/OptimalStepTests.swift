import Quantization
import Reproducibility
import Testing

/// The error of the best step, found without sums over sorted lists: for each set of levels that a step can give,
/// met just above each |x|/(k − 1/2), the step that fits it best, and the error there in plain sums.
private func leastError(_ values: [Float], limit: Int) -> Double {
  let sizes = values.map { abs(Double($0)) }
  let steps = Set(sizes.filter { $0 > 0 }.flatMap { size in (1...limit).map { size / (Double($0) - 0.5) } })
  var least = sizes.reduce(0) { $0 + $1 * $1 }
  for step in steps {
    // The step itself and one just above: on either side of the change.
    for near in [step, step * (1 + 1e-12)] {
      let levels = sizes.map { min(($0 / near + 0.5).rounded(.down), Double(limit)) }
      let power = levels.reduce(0) { $0 + $1 * $1 }
      if power == 0 { continue }
      let best = zip(sizes, levels).reduce(0) { $0 + $1.0 * $1.1 } / power
      let error = zip(sizes, levels).reduce(0) { sum, pair in
        let difference = pair.0 - best * pair.1
        return sum + difference * difference
      }
      least = min(least, error)
    }
  }
  return least
}

/// The same least error for many values: all changes of level sorted once, largest step first.
private func leastErrorOfMany(_ values: [Float], limit: Int) -> Double {
  struct Change {
    let step: Double
    let size: Double
    let level: Int
  }
  let sizes = values.map { abs(Double($0)) }
  var changes = sizes.filter { $0 > 0 }.flatMap { size in
    (1...limit).map { Change(step: size / (Double($0) - 0.5), size: size, level: $0) }
  }
  changes.sort { $0.step > $1.step }
  var correlation = 0.0
  var power = 0.0
  var gain = 0.0
  for change in changes {
    correlation += change.size
    power += Double(change.level * change.level - (change.level - 1) * (change.level - 1))
    gain = max(gain, correlation * correlation / power)
  }
  return sizes.reduce(0) { $0 + $1 * $1 } - gain
}

/// The quantiser's error in plain double sums with levels of the definition.
private func error(_ values: [Float], _ quantizer: UniformQuantizer) -> Double {
  values.reduce(0) { sum, x in
    let size = abs(Double(x))
    let step = Double(quantizer.step)
    let difference = size - step * min((size / step + 0.5).rounded(.down), Double(quantizer.limit))
    return sum + difference * difference
  }
}

/// Laws to draw weights from.
enum WeightLaw: String, CaseIterable, Sendable {
  case normal, uniform, heavyTailed, fewValues, grid, sparse, oneOutlier

  func draw(_ count: Int, _ source: inout RandomSource) -> [Float] {
    var values = (0..<count).map { _ -> Float in
      switch self {
      case .normal, .oneOutlier: Float(source.normal())
      case .uniform: Float(source.uniform(in: -1...1))
      case .heavyTailed: Float(source.normal() / max(abs(source.normal()), 0.05))
      case .fewValues: [0.3, -0.3, 1, -0.7, 0][source.below(5)]
      case .grid: Float(source.integer(in: -3...3)) * 0.25
      case .sparse: source.below(4) == 0 ? Float(source.normal()) : 0
      }
    }
    if self == .oneOutlier, count > 0 { values[0] = 40 }
    return values
  }
}

extension RandomSource {
  /// An integer drawn evenly from `range`.
  mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }
}

@Suite("Least-squares steps")
struct OptimalStepTests {
  /// The step is rounded to a float, 2^−24 of itself, which adds at most Σx²·2^−48 to the error.
  private func check(
    _ values: [Float], limit: Int, least: Double, within relative: Double = 0, _ comment: String
  ) {
    let quantizer = UniformQuantizer.leastSquares(for: values, limit: limit)
    let total = values.reduce(0) { $0 + Double($1) * Double($1) }
    let found = error(values, quantizer)
    #expect(
      found <= least * (1 + relative) + total * 1e-13,
      "\(comment): step \(quantizer.step) errs by \(found), the least is \(least)")
    #expect(
      found >= least - total * 1e-11, "\(comment): the oracle's \(least) is not the least, \(found) is less")
    #expect(quantizer.limit == limit)
  }

  @Test(
    "For 3 and 7 levels the error is the global minimum, ties and zeros included", arguments: [1, 3],
    WeightLaw.allCases)
  func globalMinimum(_ limit: Int, _ law: WeightLaw) {
    var source = RandomSource(seed: 401).split("\(limit) \(law)")
    for count in 1...60 {
      let values = law.draw(count, &source)
      check(values, limit: limit, least: leastError(values, limit: limit), "seed 401, \(count) values")
    }
    for count in [100, 150, 200] {
      let values = law.draw(count, &source)
      let least = leastError(values, limit: limit)
      check(values, limit: limit, least: least, "seed 401, \(count) values")
      // The two oracles, which share no sum, agree.
      #expect(abs(least - leastErrorOfMany(values, limit: limit)) <= 1e-9 * max(least, 1))
    }
  }

  @Test("For more levels too, where the weights are few", arguments: [7, 31, 127, 255])
  func globalMinimumOfFew(_ limit: Int) {
    for law in WeightLaw.allCases {
      var source = RandomSource(seed: 402).split("\(limit) \(law)")
      for count in [1, 2, 3, 5, 8, 13, 21, 34] {
        let values = law.draw(count, &source)
        check(
          values, limit: limit, least: leastErrorOfMany(values, limit: limit), "seed 402, \(law), \(count)")
      }
    }
  }

  @Test(
    "Up to 10⁴ weights the error is within 10⁻⁴ of the least", arguments: [7, 31, 127], WeightLaw.allCases)
  func nearMinimum(_ limit: Int, _ law: WeightLaw) {
    var source = RandomSource(seed: 403).split("\(limit) \(law)")
    for count in [300, 2000] + (law == .uniform || law == .heavyTailed ? [10_000] : []) {
      let values = law.draw(count, &source)
      check(
        values, limit: limit, least: leastErrorOfMany(values, limit: limit), within: 1e-4,
        "seed 403, \(count) values")
    }
  }

  @Test(
    "So it is where there are too many weights to visit every step",
    arguments: [WeightLaw.uniform, .heavyTailed, .grid])
  func nearMinimumOfMany(_ law: WeightLaw) {
    for (limit, count) in [(127, 20_000), (255, 6000)] {
      var source = RandomSource(seed: 404).split("\(limit) \(law)")
      let values = law.draw(count, &source)
      check(
        values, limit: limit, least: leastErrorOfMany(values, limit: limit), within: 1e-4,
        "seed 404, limit \(limit)")
    }
  }

  @Test("Equal weights tie at every step that divides them: the smallest wins", arguments: [1, 3, 7, 127])
  func tiesGoToTheSmallerStep(_ limit: Int) {
    for size: Float in [1, 0.3, 0.1, 7e-12, 12345.678] {
      for count in [1, 2, 7, 100] {
        let values = (0..<count).map { $0 % 3 == 1 ? -size : size }
        let quantizer = UniformQuantizer.leastSquares(for: values + [0, 0], limit: limit)
        #expect(quantizer.step == Float(Double(size) / Double(limit)), "\(count) of \(size)")
      }
    }
  }

  @Test("All zeros, and nothing at all, give step 1; denormal weights the smallest normal step at least")
  func degenerateCases() {
    for limit in [1, 3, 7, 127] {
      #expect(UniformQuantizer.leastSquares(for: [], limit: limit) == UniformQuantizer(step: 1, limit: limit))
      #expect(
        UniformQuantizer.leastSquares(for: [0, -0.0, 0], limit: limit)
          == UniformQuantizer(step: 1, limit: limit))
      #expect(UniformQuantizer.leastSquares(for: [1e-44], limit: limit).step == .leastNormalMagnitude)
    }
    #expect(UniformQuantizer.leastSquares(for: [3e38, -3e38], limit: 1).step == 3e38)
  }

  @Test("By hand: three values, ternary")
  func byHand() {
    // Levels (1, 1, 0): step 3/2·…: S₁ = 4 + 3, S₂ = 2, gain 49/2; (1, 0, 0): 16; (1, 1, 1): 64/3. So 3.5.
    #expect(UniformQuantizer.leastSquares(for: [4, -3, 1], limit: 1).step == 3.5)
    // With 3 levels a side step 1 is off by 1 only at 4; (3, 2, 1) at 19/14 by 26 − 361/14 = 3/14 less.
    #expect(UniformQuantizer.leastSquares(for: [4, -3, 1], limit: 3).step == Float(19.0 / 14))
  }

  @Test("Order and sign of the weights do not matter, and a power of two scales the step")
  func invariance() {
    var source = RandomSource(seed: 405)
    for limit in [1, 3, 7] {
      var values = WeightLaw.normal.draw(97, &source)
      let step = UniformQuantizer.leastSquares(for: values, limit: limit).step
      source.shuffle(&values)
      #expect(UniformQuantizer.leastSquares(for: values.map { -$0 }, limit: limit).step == step)
      #expect(
        UniformQuantizer.leastSquares(for: values.map { $0 * 0x1p-9 }, limit: limit).step == step * 0x1p-9)
    }
  }
}
