/// A network of a study with what was measured: one run for each of the study's float networks, such as those of several seeds.
public struct RobustCandidate: Sendable, Hashable {
  /// What was measured of the candidate that came from one float network.
  public struct Run: Sendable, Hashable {
    /// Bits of a weight by layer, or with a codebook of an index; nil for the float network and networks from elsewhere.
    public let layerBits: [Int]?
    /// Stored bits on the machine; nil for the float network.
    public let storedBits: Int?
    /// With codebooks: bits of weights, tables and biases with the indices in a Huffman code, without padding.
    public let codedBits: Int?
    /// Test samples.
    public let samples: Int
    /// Test samples classed correctly without an error.
    public let correct: Int
    /// By error; nil where the network has none such.
    public let points: [RobustnessPoint?]
    /// Its classes of the slice's points, rows from the top; empty where it was not asked.
    public let slice: [Int]

    /// A run.
    public init(
      layerBits: [Int]?, storedBits: Int?, codedBits: Int? = nil, samples: Int, correct: Int,
      points: [RobustnessPoint?], slice: [Int]
    ) {
      self.layerBits = layerBits
      self.storedBits = storedBits
      self.codedBits = codedBits
      self.samples = samples
      self.correct = correct
      self.points = points
      self.slice = slice
    }

    /// The score averaged over the errors at `indices`, draw by draw; nil where one is not measured.
    func draws(_ score: RobustScore, _ indices: [Int]) -> [Double]? {
      let draws = indices.compactMap { points[$0]?.draws }
      guard draws.count == indices.count, let count = draws.first?.count else { return nil }
      let factor =
        switch score {
        case .robustness: 1.0
        case .rightShare: Double(correct) / Double(samples)
        }
      return (0..<count).map { draw in
        factor * draws.reduce(0) { $0 + $1[draw] } / Double(draws.count)
      }
    }
  }

  /// How it was made: a method's name, or that of a network from elsewhere.
  public let method: String
  /// Whether it is what the method made, retrained.
  public let isRetrained: Bool
  /// One for each float network, in their order.
  public let runs: [Run]

  /// A candidate.
  /// - Precondition: at least one run.
  public init(_ method: String, isRetrained: Bool = false, runs: [Run]) {
    precondition(!runs.isEmpty, "\(method) was not measured")
    self.method = method
    self.isRetrained = isRetrained
    self.runs = runs
  }

  /// Its name in reports.
  public var name: String { Self.name(method, isRetrained: isRetrained) }

  /// What is made by `method` is called.
  public static func name(_ method: String, isRetrained: Bool) -> String {
    isRetrained ? "\(method), retrained" : method
  }

  /// The values over which a score's interval is taken: of a single network those of the draws, which are independent; of several, the mean over draws of each, since draws of one
  /// network say nothing of another.
  private func values(_ score: RobustScore, _ indices: [Int]) -> [Double]? {
    let draws = runs.compactMap { $0.draws(score, indices) }
    guard draws.count == runs.count else { return nil }
    return draws.count == 1 ? draws[0] : draws.map { Statistics($0).mean }
  }

  /// Its score averaged over the errors at `indices`; nil where one is not measured.
  public func interval(_ score: RobustScore, _ indices: [Int]) -> MeanInterval? {
    values(score, indices).map { MeanInterval($0) }
  }

  /// Its score less another candidate's, paired network by network, or draw by draw.
  public func difference(_ score: RobustScore, to other: RobustCandidate, _ indices: [Int]) -> MeanInterval? {
    paired(score, with: other, indices) { $0 - $1 }
  }

  /// Its score over another candidate's, paired in the same way; nil where the other's is 0.
  public func ratio(_ score: RobustScore, to other: RobustCandidate, _ indices: [Int]) -> MeanInterval? {
    paired(score, with: other, indices) { $0 / $1 }.flatMap { $0.mean.isFinite ? $0 : nil }
  }

  private func paired(
    _ score: RobustScore, with other: RobustCandidate, _ indices: [Int], _ combine: (Double, Double) -> Double
  ) -> MeanInterval? {
    guard runs.count == other.runs.count, let own = values(score, indices),
      let others = other.values(score, indices)
    else { return nil }
    return MeanInterval(zip(own, others).map(combine))
  }

  /// The share of test samples that it classes wrongly without an error, and its interval over networks.
  public var testError: MeanInterval {
    MeanInterval(runs.map { 1 - Double($0.correct) / Double($0.samples) })
  }
}

/// What is said of a network under errors.
public enum RobustScore: Sendable, Hashable, CaseIterable {
  /// The share of samples classed correctly without the error that stay so.
  case robustness
  /// The share of all test samples classed correctly both without and with the error: unlike robustness, it does not flatter a network that gives few right answers and keeps
  /// them.
  case rightShare
}
