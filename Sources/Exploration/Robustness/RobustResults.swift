import Datasets
import Hardware
import Networks
import Reproducibility

/// A float network of a study.
public struct StudiedNetwork: Sendable, Hashable {
  /// The file that it was read from.
  public let file: String
  /// SHA-256 of its file data, batch normalisation folded.
  public let digest: String

  /// A network from `file`.
  public init(_ network: FloatNetwork, file: String) {
    self.file = file
    digest = SHA256Digest(of: network.fileData).description
  }
}

/// What came of one budget.
public struct RobustBudget: Sendable, Hashable {
  /// Stored bits of weights and biases that a network might take.
  public let bits: Int
  /// The networks that were made for it, and those they are compared with.
  public let candidates: [RobustCandidate]
  /// What each search came to, float network by float network.
  public let searches: [[SearchResult]]

  /// What came of a budget.
  public init(bits: Int, candidates: [RobustCandidate], searches: [[SearchResult]]) {
    self.bits = bits
    self.candidates = candidates
    self.searches = searches
  }

  /// The candidate made by `method`.
  public func candidate(_ method: WidthMethod, isRetrained: Bool = false) -> RobustCandidate? {
    candidates.first { $0.method == method.rawValue && $0.isRetrained == isRetrained }
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
  /// The topology's name.
  public let networkName: String
  /// The float networks.
  public let networks: [StudiedNetwork]
  /// The networks' layers with weights.
  public let layers: [MixedPrecision.Layer]
  /// The machine.
  public let hardware: HardwareDescription
  /// Every error tested.
  public let errors: [TestedError]
  /// The float networks.
  public let float: RobustCandidate
  /// In the order of the settings' budgets.
  public let budgets: [RobustBudget]
  /// The plane that the first network's candidates divide, if there is one.
  public let slice: DecisionSlice?

  /// Results.
  /// - Parameter study: that of any of the networks; their shapes are the same.
  public init(
    _ study: RobustStudy, dataset: Dataset, networks: [StudiedNetwork], float: RobustCandidate,
    budgets: [RobustBudget], slice: DecisionSlice?
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
    self.networks = networks
    self.float = float
    self.budgets = budgets
    self.slice = slice
  }
}
