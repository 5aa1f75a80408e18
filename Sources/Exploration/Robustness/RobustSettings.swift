import Datasets
import Reproducibility
import Tensors

/// How a network comes into a budget of stored bits.
public enum RobustMethod: Sendable, Hashable {
  /// Every layer's weights get a width.
  case widths(WidthMethod)
  /// Every layer's weights share the values of a codebook.
  case deepCompression

  /// All of them.
  public static let all: [RobustMethod] = WidthMethod.allCases.map { .widths($0) } + [.deepCompression]

  /// Its name: that of the way in which widths are chosen, or `deep-compression`.
  public var name: String {
    switch self {
    case .widths(let method): method.rawValue
    case .deepCompression: "deep-compression"
    }
  }
}

/// What a study of robust widths is asked to do.
public struct RobustSettings: Sendable, Hashable {
  /// Stored bits of weights and biases that the network may take: each of these in turn.
  public var budgets: [Int]
  /// How the network comes into them.
  public var methods: [RobustMethod]
  /// Errors on the input.
  public var kinds: [InputDisturbance.Kind]
  /// Their severities, each above 0 and at most 1.
  public var severities: [Double]
  /// Rates of inverted bits in the weight memory.
  public var flipRates: [Double]
  /// Rates of stuck bits in the weight memory.
  public var stuckRates: [Double]
  /// Drawn errors of each kind and size.
  public var draws: Int
  /// Test samples.
  public var samples: Int
  /// Validation samples on which widths are chosen.
  public var calibrationSamples: Int
  /// Seed of all draws.
  public var seed: UInt64
  /// Layer evaluations that Q* may use; nil for a tenth of Qed's.
  public var qstarLimit: Int?

  /// Settings.
  public init(
    budgets: [Int], methods: [RobustMethod], kinds: [InputDisturbance.Kind], severities: [Double],
    flipRates: [Double], stuckRates: [Double] = [], draws: Int, samples: Int, calibrationSamples: Int,
    seed: UInt64, qstarLimit: Int?
  ) {
    self.budgets = budgets
    self.methods = methods
    self.kinds = kinds
    self.severities = severities
    self.flipRates = flipRates
    self.stuckRates = stuckRates
    self.draws = draws
    self.samples = samples
    self.calibrationSamples = calibrationSamples
    self.seed = seed
    self.qstarLimit = qstarLimit
  }

  /// Every kind at every severity, kind by kind.
  /// - Throws: `DatasetError` where a severity is out of range.
  public func disturbances() throws(DatasetError) -> [InputDisturbance] {
    var disturbances: [InputDisturbance] = []
    for kind in kinds {
      for severity in severities { disturbances.append(try InputDisturbance(kind, severity: severity)) }
    }
    return disturbances
  }

  /// Every error tested: the input's, then the weight memory's.
  /// - Throws: `DatasetError` where a severity is out of range.
  public func errors() throws(DatasetError) -> [TestedError] {
    try disturbances().map { .input($0) } + flipRates.map { .weightFlips(rate: $0) }
      + stuckRates.map { .stuckWeightBits(rate: $0) }
  }

  /// The seed of the calibration's draws, which are not the test's.
  var calibrationSeed: UInt64 {
    var source = RandomSource(seed: seed).split("calibration errors")
    return source.next()
  }

  /// As JSON, for keys and reports.
  public var json: JSONValue {
    [
      "budgetBits": .array(budgets.map { .integer($0) }),
      "methods": .array(methods.map { .string($0.name) }),
      "errors": .array(kinds.map { .string($0.rawValue) }),
      "severities": .array(severities.map { .number($0) }),
      "weightFlipRates": .array(flipRates.map { .number($0) }),
      "stuckWeightBitRates": .array(stuckRates.map { .number($0) }), "draws": .integer(draws),
      "testSamples": .integer(samples), "calibrationSamples": .integer(calibrationSamples),
      "seed": .string(String(seed)),
      "qstarLayerEvaluations": qstarLimit.map { .integer($0) } ?? .string("a tenth of Qed's"),
    ]
  }
}
