import Networks

/// What the papers found for one word length, as this exploration's figures have it (Sung, Shin and Hwang 2015;
/// Shin, Hwang and Sung 2016). Errors are test errors on the hardware, means over seeds, 0...1.
public struct PaperFindings: Sendable, Hashable {
  /// One network size.
  public struct Row: Sendable, Hashable {
    /// The network.
    public let network: String
    /// Error of the float network.
    public let floatError: Statistics
    /// Error after direct quantisation.
    public let directError: Statistics
    /// Error after retraining.
    public let retrainedError: Statistics

    /// One size from its errors.
    package init(
      network: String, floatError: Statistics, directError: Statistics,
      retrainedError: Statistics
    ) {
      self.network = network
      self.floatError = floatError
      self.directError = directError
      self.retrainedError = retrainedError
    }

    /// Direct minus float.
    public var directGap: Double { directError.mean - floatError.mean }
    /// Retrained minus float.
    public var retrainedGap: Double { retrainedError.mean - floatError.mean }
    /// Standard error of the retrained gap, taking the two means as independent.
    public var retrainedGapStandardError: Double {
      (retrainedError.standardError * retrainedError.standardError + floatError.standardError
        * floatError.standardError).squareRoot()
    }
    /// Share of the direct gap that retraining closes; nil where direct quantisation costs nothing.
    public var closedShare: Double? { directGap > 0 ? 1 - retrainedGap / directGap : nil }
  }

  /// How a claim stands.
  public enum Verdict: String, Sendable, Hashable {
    /// The figures say so.
    case confirmed
    /// The figures say the opposite.
    case contradicted
    /// The difference lies within two standard errors.
    case undecided
  }

  /// Bits of a weight.
  public let weightBits: Int
  /// By increasing size of network.
  public let rows: [Row]

  /// Findings from rows, by increasing size of network.
  package init(weightBits: Int, rows: [Row]) {
    self.weightBits = weightBits
    self.rows = rows
  }

  /// The findings for weights of `weightBits` bits, or nil where not both methods were explored.
  public init?(_ analysis: ExplorationAnalysis, weightBits: Int) {
    var rows: [Row] = []
    for float in analysis.floats.sorted(by: { $0.parameterCount < $1.parameterCount }) {
      func error(_ method: QuantizationMethod) -> Statistics? {
        analysis.designs.first {
          $0.design
            == DesignPoint(network: float.network, weightBits: weightBits, method: method)
        }?.testError
      }
      guard let direct = error(.direct), let retrained = error(.retrained) else { return nil }
      rows.append(
        Row(
          network: float.network, floatError: float.testError, directError: direct,
          retrainedError: retrained))
    }
    guard !rows.isEmpty else { return nil }
    self.weightBits = weightBits
    self.rows = rows
  }

  /// "Direct quantisation is poor": it at least doubles the float error at every size.
  public var directIsPoor: Verdict {
    rows.allSatisfy { $0.directError.mean >= 2 * $0.floatError.mean } ? .confirmed : .contradicted
  }

  /// "Retraining closes most of the gap": more than half of it at every size that has one.
  public var retrainingClosesMost: Verdict {
    rows.compactMap(\.closedShare).allSatisfy { $0 > 0.5 } ? .confirmed : .contradicted
  }

  /// "The gap to float shrinks as the network grows": the retrained gap of the largest network is below that
  /// of the smallest by more than two standard errors of their difference (or above: contradicted). A single seed
  /// has no standard error, so it decides nothing.
  public var gapShrinks: Verdict {
    guard let small = rows.first, let large = rows.last, rows.count > 1,
      rows.allSatisfy({ $0.floatError.count > 1 })
    else { return .undecided }
    let fall = small.retrainedGap - large.retrainedGap
    let error =
      (small.retrainedGapStandardError * small.retrainedGapStandardError + large.retrainedGapStandardError
      * large.retrainedGapStandardError).squareRoot()
    if fall > 2 * error { return .confirmed }
    return fall < -2 * error ? .contradicted : .undecided
  }
}
