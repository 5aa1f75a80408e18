import Datasets
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// Chooses widths for a float network by several methods, and measures the robustness of what they come to. Searches and measurements are kept in the cache.
public struct RobustStudy {
  /// What is asked.
  public let settings: RobustSettings
  /// The network at every width.
  public let choices: MixedPrecision
  /// Where choices are made.
  public let calibration: CalibrationSet
  private let dataset: Dataset
  private let cache: ResultCache
  private let resources: ComputeResources
  private let key: JSONValue

  /// Prepares the calibration samples.
  /// - Throws: where the budget is too small, there is no calibration data or a severity is out of range.
  public init(
    _ choices: MixedPrecision, settings: RobustSettings, dataset: Dataset, cache: ResultCache,
    resources: ComputeResources
  ) throws {
    self.settings = settings
    self.dataset = dataset
    self.cache = cache
    self.resources = resources
    self.choices = choices
    try choices.check(budget: settings.budgetBits)
    let disturbances = try settings.disturbances()
    calibration = try CalibrationSet(
      dataset.validation, count: settings.calibrationSamples, disturbances: disturbances,
      seed: settings.calibrationSeed, network: choices.network, resources: resources)
    let errors = disturbances.map { disturbance -> JSONValue in
      ["kind": .string(disturbance.kind.rawValue), "severity": .number(disturbance.severity)]
    }
    key = [
      "network": .string(SHA256Digest(of: choices.network.fileData).description),
      "recipe": .string("\(choices.recipe)"), "hardware": choices.hardware.withClock(megahertz: 1).json,
      "dataset": .string(dataset.digest.description), "budgetBits": .integer(settings.budgetBits),
      "seed": .string(String(settings.seed)), "calibrationSamples": .integer(calibration.count),
      "errors": .array(errors),
    ]
  }

  /// The result of `method`, searched for or taken from the cache.
  ///
  /// - Parameters:
  ///   - qed: Qed's result, where there is one: Q* may by default use a tenth of its layer evaluations.
  ///   - isStopped: is asked often; a search that is stopped is not kept.
  public func search(
    _ method: WidthMethod, after qed: SearchResult?, isStopped: @escaping () -> Bool,
    found: @escaping (SearchAnswer) -> Void
  ) throws -> SearchResult {
    let limit = settings.qstarLimit ?? qed.map { $0.layerEvaluations / 10 } ?? unaidedLimit
    var inputs: [String: JSONValue] = ["study": key, "method": .string(method.rawValue)]
    if method == .qstar { inputs["layerEvaluations"] = .integer(limit) }
    var unkept: SearchResult?
    do {
      return try cache.result(.widthSearch, .object(inputs)) { container, file in
        try SearchResult(container, file: file, layers: choices.layers.count)
      } make: {
        let search = try WidthSearch(
          choices, calibration: calibration, budget: settings.budgetBits, resources: resources,
          isStopped: isStopped, found: found)
        let result =
          switch method {
          case .universal: try search.universalWidths()
          case .qed: try search.qed()
          case .qstar: try search.qstar(limit: limit)
          case .enumeration: try search.enumeration()
          }
        if result.ending == .stopped {
          unkept = result
          throw ExplorationError.interrupted(finished: 0, of: 1)
        }
        return (result, result.container)
      }
    } catch ExplorationError.interrupted {
      if method == .qstar, let unkept { return unkept }
      throw ExplorationError.interrupted(finished: 0, of: 1)
    }
  }

  /// Q*'s layer evaluations where Qed is not run to compare with: about 30 for every pair of layers, on every calibration sample.
  private var unaidedLimit: Int { 30 * choices.layers.count * choices.layers.count * calibration.count }

  /// What measures on the test samples.
  public var measurement: RobustnessMeasurement {
    RobustnessMeasurement(
      dataset.test, samples: settings.samples, draws: settings.draws, seed: settings.seed, cache: cache,
      resources: resources)
  }

  /// The classes that `network` gives the points of `slice`.
  public func classes(of network: TestedNetwork, over slice: DecisionSlice) throws -> [Int] {
    try network.classes(of: slice.images, resources: resources)
  }
}

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

  /// The same less another candidate's, paired draw by draw.
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
