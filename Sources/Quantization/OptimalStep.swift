/// Magnitudes in decreasing order with the running sums that price any step.
struct SortedMagnitudes {
  /// |x| of the values that are not zero, largest first.
  let values: [Double]
  /// `sums[n]` is the sum of the first n, added in that order.
  let sums: [Double]
  /// `squares[n]` is the sum of the squares of the first n, added in that order.
  let squares: [Double]

  init(_ values: [Float]) {
    let sorted = values.map { Double(abs($0)) }.filter { $0 > 0 }.sorted(by: >)
    var sums = [0.0]
    var squares = [0.0]
    sums.reserveCapacity(sorted.count + 1)
    squares.reserveCapacity(sorted.count + 1)
    for value in sorted {
      sums.append(sums[sums.count - 1] + value)
      squares.append(squares[squares.count - 1] + value * value)
    }
    self.values = sorted
    self.sums = sums
    self.squares = squares
  }

  /// How many of the first `bound` values are at least `threshold`.
  func count(atLeast threshold: Double, among bound: Int) -> Int {
    var low = 0
    var high = bound
    while low < high {
      let middle = (low + high) / 2
      if values[middle] >= threshold { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Σ (|x| − largest)² over the values above `largest`: what no step can avoid whose largest level stands there.
  func clippingError(beyond largest: Double) -> Double {
    let clipped = count(atLeast: largest, among: values.count)
    return squares[clipped] - 2 * largest * sums[clipped] + Double(clipped) * largest * largest
  }

  /// Σ|x|·q and Σq² for the levels q that `step` gives: level k is reached from (k − 1/2)·step on.
  func moments(step: Double, limit: Int) -> LevelMoments {
    var moments = LevelMoments()
    var reached = values.count
    for level in 1...limit {
      reached = count(atLeast: (Double(level) - 0.5) * step, among: reached)
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

/// The moments with the largest gain so far, where steps are considered in decreasing order.
private struct BestMoments {
  private(set) var moments = LevelMoments()
  private(set) var gain = 0.0

  /// Takes `other` if its gain is larger, or as large but for the rounding of three operations.
  mutating func consider(_ other: LevelMoments) {
    let otherGain = other.gain
    if otherGain >= gain * (1 - 0x1p-48) { moments = other }
    gain = max(gain, otherGain)
  }
}

/// The index of the largest of many numbers, of equal ones the first, while single numbers change: a tournament.
private struct LargestOfMany {
  private var numbers: [Double]
  /// The winners by pairs: node n is that of nodes 2n and 2n + 1; the numbers' indices are the last nodes, as many as a power of two.
  private var winners: [Int]

  init(_ numbers: [Double]) {
    var leaves = 1
    while leaves < numbers.count { leaves *= 2 }
    self.numbers = numbers + Array(repeating: -.infinity, count: leaves - numbers.count)
    winners = Array(repeating: 0, count: leaves) + Array(0..<leaves)
    for node in stride(from: leaves - 1, to: 0, by: -1) { play(node) }
  }

  var largest: Int { winners[1] }

  mutating func replace(_ index: Int, by number: Double) {
    numbers[index] = number
    var node = (numbers.count + index) / 2
    while node > 0 {
      play(node)
      node /= 2
    }
  }

  private mutating func play(_ node: Int) {
    let (first, second) = (winners[2 * node], winners[2 * node + 1])
    winners[node] = numbers[second] > numbers[first] ? second : first
  }
}

extension UniformQuantizer {
  /// The quantiser with the step that minimises Σ (x − Δ·q(x))² for levels up to `limit`.
  ///
  /// Rounding to the nearest level is, for each x, the best choice of a level at that step, so the error as a function of Δ is
  /// the least over all assignments of levels of the parabola of `LevelMoments`, and its global minimum is at some assignment's S₁/S₂.
  ///
  /// - `limit` up to 3 (M ≤ 7), and any with `values.count · limit²` up to 2^24: every assignment that some step gives
  ///   is visited, in the order of the steps where a level changes, so the minimum is global.
  /// - More: steps from 2·max|x| downward in ratios of 1/(16·limit), until clipping alone costs more than the best step;
  ///   promising ones are improved by iterating Δ ← S₁/S₂ (which never raises the error) until it stays. The error
  ///   changes its direction over ratios of about 1/(2·limit), so none of its valleys is missed; within 10⁻⁴ of the minimum.
  ///
  /// Ties, which are gains that agree to 2^−48, go to the smaller step. Sums are double, in the order of the sorted
  /// magnitudes. Where every value is zero any step is right, and the step is 1.
  /// - Precondition: every value is finite.
  public static func leastSquares(for values: [Float], limit: Int) -> UniformQuantizer {
    precondition(limit > 0, "a quantiser has at least one level beside zero")
    precondition(values.allSatisfy(\.isFinite), "values to quantise must be finite")
    let magnitudes = SortedMagnitudes(values)
    guard !magnitudes.values.isEmpty else { return UniformQuantizer(step: 1, limit: limit) }
    let isSmall = limit <= 3 || magnitudes.values.count <= (1 << 24) / (limit * limit)
    let best = isSmall ? everyAssignment(magnitudes, limit: limit) : scan(magnitudes, limit: limit)
    let step = Float(best.step)
    return UniformQuantizer(step: max(step, .leastNormalMagnitude), limit: limit)
  }

  /// Visits the assignments in the order of decreasing step. Value x enters level k at step |x|/(k − 1/2), so
  /// the changes are `limit` sorted lists, merged here.
  private static func everyAssignment(_ magnitudes: SortedMagnitudes, limit: Int) -> LevelMoments {
    let values = magnitudes.values
    var next = Array(repeating: 0, count: limit)
    var changes = LargestOfMany((0..<limit).map { values[0] / (Double($0) + 0.5) })
    var moments = LevelMoments()
    var best = BestMoments()
    for _ in 0..<values.count * limit {
      let chosen = changes.largest
      let value = values[next[chosen]]
      next[chosen] += 1
      changes.replace(
        chosen, by: next[chosen] < values.count ? values[next[chosen]] / (Double(chosen) + 0.5) : -1)
      moments.correlation += value
      moments.power += Double(2 * chosen + 1)
      best.consider(moments)
    }
    return best.moments
  }

  private static func scan(_ magnitudes: SortedMagnitudes, limit: Int) -> LevelMoments {
    let total = magnitudes.squares[magnitudes.squares.count - 1]
    var best = BestMoments()
    var step = 2 * magnitudes.values[0]
    let ratio = 1 + 1 / Double(16 * limit)
    while magnitudes.clippingError(beyond: Double(limit) * step) <= total - best.gain {
      var moments = magnitudes.moments(step: step, limit: limit)
      if total - moments.gain <= 1.001 * (total - best.gain) {
        for _ in 0..<20 {
          let improved = magnitudes.moments(step: moments.step, limit: limit)
          if improved.gain <= moments.gain { break }
          moments = improved
        }
        best.consider(moments)
      }
      step /= ratio
    }
    return best.moments
  }
}
