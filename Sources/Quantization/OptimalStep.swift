/// Magnitudes in decreasing order with the running sums that price any step.
struct SortedMagnitudes {
  /// |x| of the values that are not zero, largest first.
  let values: [Double]
  /// `sums[n]` is the sum of the first n, added in that order.
  let sums: [Double]

  init(_ values: [Float]) {
    let sorted = values.map { Double(abs($0)) }.filter { $0 > 0 }.sorted(by: >)
    var sums = [0.0]
    sums.reserveCapacity(sorted.count + 1)
    for value in sorted { sums.append(sums[sums.count - 1] + value) }
    self.values = sorted
    self.sums = sums
  }

  /// How many values are at least `threshold`.
  func count(atLeast threshold: Double) -> Int {
    var low = 0
    var high = values.count
    while low < high {
      let middle = (low + high) / 2
      if values[middle] >= threshold { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Σ|x|·q and Σq² for the levels q that `step` gives: level k is reached from (k − 1/2)·step on.
  func moments(step: Double, limit: Int) -> LevelMoments {
    var moments = LevelMoments()
    for level in 1...limit {
      let reached = count(atLeast: (Double(level) - 0.5) * step)
      if reached == 0 { break }
      moments.correlation += sums[reached]
      moments.power += Double(2 * level - 1) * Double(reached)
    }
    return moments
  }
}

/// What fixes the best step for given levels q: with S₁ = Σ|x|q and S₂ = Σq², the error
/// Σx² − 2ΔS₁ + Δ²S₂ is least at Δ = S₁/S₂, where it is Σx² − S₁²/S₂.
struct LevelMoments {
  /// S₁
  var correlation = 0.0
  /// S₂
  var power = 0.0

  /// Δ = S₁/S₂.
  var step: Double { correlation / power }
  /// S₁²/S₂, by which the error falls below Σx².
  var gain: Double { power > 0 ? correlation * correlation / power : 0 }
}

extension UniformQuantizer {
  /// The quantiser with the step that minimises Σ (x − Δ·q(x))² for levels up to `limit`.
  ///
  /// Rounding to the nearest level is, for each x, the best choice of a level at that step, so the error as a function of Δ is
  /// the least over all assignments of levels of the parabola of `LevelMoments`, and its global minimum is at some assignment's S₁/S₂.
  ///
  /// - `limit` up to 3 (M ≤ 7): every assignment that some step gives is visited, in the order of the steps
  ///   where a level changes, so the minimum is global.
  /// - Larger: steps from max|x|/limit downward in ratios of 2 % to a fifth of it or less, each improved by iterating Δ ← S₁/S₂
  ///   (which never raises the error) until it stays; within 10⁻⁴ of the minimum.
  ///
  /// Ties go to the smaller step. Sums are double, in the order of the sorted magnitudes.
  /// Where every value is zero any step is right, and the step is 1.
  public static func leastSquares(for values: [Float], limit: Int) -> UniformQuantizer {
    precondition(limit > 0, "a quantiser has at least one level beside zero")
    let magnitudes = SortedMagnitudes(values)
    guard !magnitudes.values.isEmpty else { return UniformQuantizer(step: 1, limit: limit) }
    let best = limit <= 3 ? everyAssignment(magnitudes, limit: limit) : scan(magnitudes, limit: limit)
    let step = Float(best.step)
    return UniformQuantizer(step: max(step, .leastNormalMagnitude), limit: limit)
  }

  /// Visits the assignments in the order of decreasing step. Value x enters level k at step |x|/(k − 1/2), so
  /// the changes are `limit` sorted lists, merged here.
  private static func everyAssignment(_ magnitudes: SortedMagnitudes, limit: Int) -> LevelMoments {
    let values = magnitudes.values
    var next = Array(repeating: 0, count: limit)
    var moments = LevelMoments()
    var best = LevelMoments()
    for _ in 0..<values.count * limit {
      var chosen = -1
      var step = -1.0
      for level in 0..<limit where next[level] < values.count {
        let change = values[next[level]] / (Double(level) + 0.5)
        if change > step {
          step = change
          chosen = level
        }
      }
      moments.correlation += values[next[chosen]]
      moments.power += Double(2 * chosen + 1)
      next[chosen] += 1
      if moments.gain >= best.gain { best = moments }
    }
    return best
  }

  private static func scan(_ magnitudes: SortedMagnitudes, limit: Int) -> LevelMoments {
    let largest = magnitudes.values[0] / Double(limit)
    let smallest = 0.05 * largest
    var best = LevelMoments()
    var step = 1.02 * largest
    while step > smallest {
      var moments = magnitudes.moments(step: step, limit: limit)
      for _ in 0..<20 {
        let improved = magnitudes.moments(step: moments.step, limit: limit)
        if improved.gain <= moments.gain { break }
        moments = improved
      }
      if moments.gain >= best.gain { best = moments }
      step /= 1.02
    }
    return best
  }
}
