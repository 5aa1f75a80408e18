import Hardware
import Networks

/// A float network of the family, over its seeds.
public struct FloatSummary: Sendable, Hashable {
  /// Its shape.
  public let network: String
  /// Weights and biases.
  public let parameterCount: Int
  /// 32 bits a parameter.
  public let usefulBits: Int
  /// Validation error over seeds, 0...1.
  public let validationError: Statistics
  /// Test error over seeds, 0...1.
  public let testError: Statistics
}

/// Effective compression ratio, with its interval where there are several seeds.
public struct EffectiveCompression: Sendable, Hashable {
  /// Memory of the float network of equal error over memory of this one (both useful bits).
  public let ratio: EffectiveSize
  /// The ratios at one standard error above and below the mean error; nil for a single seed.
  public let interval: Interval?

  /// Two ratios.
  public struct Interval: Sendable, Hashable {
    /// At the mean error plus its standard error.
    public let low: EffectiveSize
    /// At the mean error minus its standard error.
    public let high: EffectiveSize
  }
}

/// A design over its seeds: errors, memory, cycles, and where it stands among the others.
public struct DesignSummary: Sendable, Hashable {
  /// The design.
  public let design: DesignPoint
  /// Its layers on its machine.
  public let mapping: NetworkMapping
  /// Validation error on the hardware over seeds, 0...1.
  public let validationError: Statistics
  /// Test error on the hardware over seeds, 0...1.
  public let testError: Statistics
  /// Mean test error minus the float network's, for the same shape and seeds.
  public let gapToFloat: Double
  /// Test samples that trainer and hardware class differently, over all seeds, by cause.
  public let differences: [DifferenceCause: Int]
  /// Additions that left an accumulator, over all layers and seeds.
  public let overflows: Int
  /// Effective compression ratio against the float family.
  public let compression: EffectiveCompression
  /// Whether its stored bits are within the capacity.
  public let fits: Bool
  /// Whether no other design is at least as good in validation error, stored bits and cycles, and better in one.
  public let isOnFront: Bool
  /// The seed with the fewest validation errors, the first of several.
  public let bestSeed: UInt64
}

/// What an exploration says: the family's float curve, all designs, and the answer.
public struct ExplorationAnalysis: Sendable {
  /// The results it stands on.
  public let results: ExplorationResults
  /// Float networks in the order of the settings.
  public let floats: [FloatSummary]
  /// The float curve.
  public let curve: FloatCurve
  /// Designs in the order of the settings.
  public let designs: [DesignSummary]
  /// Of the designs that fit, the one with the least mean validation error; ties to fewer stored bits, then
  /// fewer cycles, then the order of the settings.
  public let answer: DesignSummary

  /// Analyses `results`.
  /// - Precondition: a design fits the capacity, which `Explorer` has checked.
  public init(_ results: ExplorationResults) {
    self.results = results
    let settings = results.settings
    let test = Double(results.dataset.testCount)
    let validation = Double(results.dataset.validationCount)
    floats = settings.networks.map { network in
      let seeds = results.floats.filter { $0.network == network }
      return FloatSummary(
        network: network, parameterCount: seeds[0].parameterCount,
        usefulBits: 32 * seeds[0].parameterCount,
        validationError: Statistics(seeds.map { Double($0.validationErrors) / validation }),
        testError: Statistics(seeds.map { Double($0.testErrors) / test }))
    }
    let curve = FloatCurve(
      settings.networks.map { network in
        let seeds = results.floats.filter { $0.network == network }
        return (
          bits: Double(32 * seeds[0].parameterCount), errors: seeds.map { Double($0.testErrors) / test }
        )
      }, testCount: results.dataset.testCount)
    self.curve = curve
    let floatErrors = Dictionary(uniqueKeysWithValues: floats.map { ($0.network, $0.testError.mean) })

    let summaries = settings.designs.map { design in
      let seeds = results.designs.filter { $0.design == design }
      let mapping = results.mappings[design]!
      let testError = Statistics(seeds.map { Double($0.evaluation.testErrors) / test })
      let best = seeds.min { $0.evaluation.validationErrors < $1.evaluation.validationErrors }!
      return DesignSummary(
        design: design, mapping: mapping,
        validationError: Statistics(seeds.map { Double($0.evaluation.validationErrors) / validation }),
        testError: testError, gapToFloat: testError.mean - floatErrors[design.network]!,
        differences: seeds.reduce(into: [:]) { sum, result in
          sum.merge(result.evaluation.differences, uniquingKeysWith: +)
        },
        overflows: seeds.reduce(0) { $0 + $1.evaluation.overflows.reduce(0, +) },
        compression: Self.compression(testError, bits: mapping.usefulBits, curve: curve),
        fits: mapping.storedBits <= settings.weightCapacityBits, isOnFront: false, bestSeed: best.seed)
    }
    let front = paretoFront(
      summaries.map {
        [$0.validationError.mean, Double($0.mapping.storedBits), Double($0.mapping.cycles)]
      })
    designs = zip(summaries, front).map { summary, isOnFront in summary.onFront(isOnFront) }
    answer = designs.filter(\.fits).min { left, right in
      (left.validationError.mean, left.mapping.storedBits, left.mapping.cycles)
        < (right.validationError.mean, right.mapping.storedBits, right.mapping.cycles)
    }!
  }

  private static func compression(
    _ error: Statistics, bits: Int, curve: FloatCurve
  ) -> EffectiveCompression {
    func ratio(_ error: Double) -> EffectiveSize {
      curve.effectiveSize(atError: error).divided(by: Double(bits))
    }
    return EffectiveCompression(
      ratio: ratio(error.mean),
      interval: error.count > 1
        ? EffectiveCompression.Interval(
          low: ratio(error.mean + error.standardError), high: ratio(error.mean - error.standardError))
        : nil)
  }
}

extension DesignSummary {
  fileprivate func onFront(_ isOnFront: Bool) -> DesignSummary {
    DesignSummary(
      design: design, mapping: mapping, validationError: validationError, testError: testError,
      gapToFloat: gapToFloat, differences: differences, overflows: overflows, compression: compression,
      fits: fits, isOnFront: isOnFront, bestSeed: bestSeed)
  }
}
