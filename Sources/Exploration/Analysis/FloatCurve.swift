import Reproducibility

/// A size of the float family, or that a curve can only bound.
public enum EffectiveSize: Sendable, Hashable {
  /// This many bits.
  case bits(Double)
  /// At least this many: the error lies beyond the curve's lower end, or on its final plateau.
  case atLeast(Double)
  /// At most this many: the error is worse than the smallest float network's.
  case atMost(Double)

  /// The number, bound or not.
  public var value: Double {
    switch self {
    case .bits(let bits), .atLeast(let bits), .atMost(let bits): bits
    }
  }

  /// The same statement about `value / divisor`.
  func divided(by divisor: Double) -> EffectiveSize {
    switch self {
    case .bits(let bits): .bits(bits / divisor)
    case .atLeast(let bits): .atLeast(bits / divisor)
    case .atMost(let bits): .atMost(bits / divisor)
    }
  }
}

/// Test error against memory for a family of float networks: means over seeds, fitted by a non-increasing
/// function (isotonic, least squares), linear in log memory between the points.
public struct FloatCurve: Sendable, Hashable {
  /// One size of the family.
  public struct Point: Sendable, Hashable {
    /// Useful bits: 32 for each weight and bias.
    public let bits: Double
    /// Mean error over seeds, 0...1.
    public let meanError: Double
    /// The fitted error.
    public let fittedError: Double
  }

  /// By increasing memory.
  public let points: [Point]
  /// Standard error of the largest network's mean error.
  public let finalStandardError: Double

  /// A curve through `samples`.
  ///
  /// - Parameters:
  ///   - samples: memory in bits and the errors of all seeds.
  ///   - testCount: number of test samples. With a single seed the standard error is the binomial one of the final
  ///     error over these samples; with several it is that of the mean over seeds.
  /// - Precondition: at least one sample, each with at least one error.
  public init(_ samples: [(bits: Double, errors: [Double])], testCount: Int) {
    precondition(!samples.isEmpty && samples.allSatisfy { !$0.errors.isEmpty }, "no points for a curve")
    let sorted = samples.sorted { $0.bits < $1.bits }
    let means = sorted.map { Statistics($0.errors).mean }
    let fitted = Self.nonIncreasingFit(means)
    points = sorted.indices.map {
      Point(bits: sorted[$0].bits, meanError: means[$0], fittedError: fitted[$0])
    }
    let last = Statistics(sorted[sorted.count - 1].errors)
    finalStandardError =
      last.count > 1
      ? last.standardError : (last.mean * (1 - last.mean) / Double(testCount)).squareRoot()
  }

  /// The non-increasing sequence nearest to `values` in least squares, by pooling adjacent violators
  /// (Barlow, Bartholomew, Bremner and Brunk 1972).
  static func nonIncreasingFit(_ values: [Double]) -> [Double] {
    var blocks: [(sum: Double, count: Int)] = []
    for value in values {
      blocks.append((value, 1))
      while blocks.count > 1 {
        let last = blocks[blocks.count - 1]
        let before = blocks[blocks.count - 2]
        if before.sum / Double(before.count) >= last.sum / Double(last.count) { break }
        blocks.removeLast(2)
        blocks.append((before.sum + last.sum, before.count + last.count))
      }
    }
    return blocks.flatMap { Array(repeating: $0.sum / Double($0.count), count: $0.count) }
  }

  /// The smallest memory at which the curve reaches `error`.
  ///
  /// A bound where it cannot be told: `atMost` the smallest network where `error` is above its level; `atLeast`
  /// the largest where `error` lies more than a standard error below the final level; and, within one
  /// standard error of the final level, `atLeast` the memory at which the curve comes within it, since on a
  /// plateau any larger size could be meant.
  public func effectiveSize(atError error: Double) -> EffectiveSize {
    let final = points[points.count - 1].fittedError
    if error > points[0].fittedError { return .atMost(points[0].bits) }
    if error < final - finalStandardError { return .atLeast(points[points.count - 1].bits) }
    if error <= final + finalStandardError {
      return .atLeast(crossing(min(final + finalStandardError, points[0].fittedError)))
    }
    return .bits(crossing(error))
  }

  /// The smallest memory at which the fitted curve is at or below `error`, linear in log memory.
  private func crossing(_ error: Double) -> Double {
    guard let index = points.firstIndex(where: { $0.fittedError <= error }), index > 0 else {
      return points[0].bits
    }
    let above = points[index - 1]
    let below = points[index]
    let share = (above.fittedError - error) / (above.fittedError - below.fittedError)
    let logarithm =
      ElementaryFunctions.log(above.bits) * (1 - share) + ElementaryFunctions.log(below.bits) * share
    return ElementaryFunctions.exp(logarithm)
  }
}

/// Mean and spread of a few numbers.
public struct Statistics: Sendable, Hashable {
  /// How many.
  public let count: Int
  /// Their mean.
  public let mean: Double
  /// Their standard deviation (n − 1); 0 for a single one.
  public let standardDeviation: Double

  /// Statistics of `values`, summed in order.
  /// - Precondition: at least one value.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "no values")
    count = values.count
    mean = values.reduce(0, +) / Double(values.count)
    let center = mean
    let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    standardDeviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0
  }

  /// Standard error of the mean: standard deviation / √count.
  public var standardError: Double { standardDeviation / Double(count).squareRoot() }
}
