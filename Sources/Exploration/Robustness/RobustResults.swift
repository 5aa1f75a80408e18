import Datasets
import Hardware

/// A network of a study with what was measured.
public struct RobustCandidate: Sendable, Hashable {
  /// Its name in the report.
  public let name: String
  /// Bits of a weight by layer; nil for the float network and networks from elsewhere.
  public let widths: [Int]?
  /// Stored bits on the machine; nil for the float network.
  public let storedBits: Int?
  /// Test samples classed correctly without an error.
  public let correct: Int
  /// By error; nil where the network has none such.
  public let points: [RobustnessPoint?]
  /// Its classes of the slice's points, rows from the top.
  public let slice: [Int]

  /// A candidate.
  public init(
    name: String, widths: [Int]?, storedBits: Int?, correct: Int, points: [RobustnessPoint?], slice: [Int]
  ) {
    self.name = name
    self.widths = widths
    self.storedBits = storedBits
    self.correct = correct
    self.points = points
    self.slice = slice
  }

  /// Its robustness averaged over the errors at `indices`, draw by draw; nil where one is not measured.
  private func meanDraws(_ indices: [Int]) -> [Double]? {
    let draws = indices.compactMap { points[$0]?.draws }
    guard draws.count == indices.count, let count = draws.first?.count else { return nil }
    return (0..<count).map { draw in draws.reduce(0) { $0 + $1[draw] } / Double(draws.count) }
  }

  /// Its robustness averaged over the errors at `indices`, and its interval over draws.
  public func robustness(_ indices: [Int]) -> MeanInterval? { meanDraws(indices).map { MeanInterval($0) } }

  /// The share of all `samples` test samples that it classes correctly both without and with the errors at `indices`: unlike robustness, it does not flatter a network
  /// that gives few right answers and keeps them.
  public func rightShare(_ indices: [Int], of samples: Int) -> MeanInterval? {
    meanDraws(indices).map { draws in
      MeanInterval(draws.map { $0 * Double(correct) / Double(samples) })
    }
  }

  /// Its robustness less another candidate's, paired draw by draw.
  public func difference(to other: RobustCandidate, _ indices: [Int]) -> MeanInterval? {
    guard let own = meanDraws(indices), let others = other.meanDraws(indices) else { return nil }
    return MeanInterval(zip(own, others).map { $0 - $1 })
  }
}

/// What a study came to.
public struct RobustResults: Sendable {
  /// What was asked.
  public let settings: RobustSettings
  /// The data set's name.
  public let datasetName: String
  /// The data set's digest.
  public let datasetDigest: String
  /// What labels mean.
  public let classNames: [String]
  /// Test samples used.
  public let testSamples: Int
  /// The network's name.
  public let networkName: String
  /// The network's layers with weights.
  public let layers: [MixedPrecision.Layer]
  /// The machine.
  public let hardware: HardwareDescription
  /// Every error tested.
  public let errors: [TestedError]
  /// The float network first, then the methods.
  public let candidates: [RobustCandidate]
  /// What each search came to.
  public let searches: [SearchResult]
  /// The plane that the candidates divide, if there is one.
  public let slice: DecisionSlice?

  /// Results.
  public init(
    _ study: RobustStudy, dataset: Dataset, candidates: [RobustCandidate], searches: [SearchResult],
    slice: DecisionSlice?
  ) throws(DatasetError) {
    settings = study.settings
    datasetName = dataset.name
    datasetDigest = dataset.digest.description
    classNames = dataset.classNames
    testSamples = min(study.settings.samples, dataset.test.count)
    networkName = study.choices.network.name
    layers = study.choices.layers
    hardware = study.choices.hardware
    errors = try study.settings.errors()
    self.candidates = candidates
    self.searches = searches
    self.slice = slice
  }
}
