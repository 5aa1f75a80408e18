import Datasets
import Dispatch
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// Brings a float network into budgets of stored bits by several methods, and measures the robustness of what they come to. Searches and measurements are kept in the cache.
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
    for budget in settings.budgets { try choices.check(budget: budget) }
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
      "dataset": .string(dataset.digest.description),
      "seed": .string(String(settings.seed)), "calibrationSamples": .integer(calibration.count),
      "errors": .array(errors),
    ]
  }

  /// The result of `method` within `budget` stored bits, searched for or taken from the cache.
  ///
  /// - Parameters:
  ///   - qed: Qed's result, where there is one: Q* may by default use a tenth of its layer evaluations.
  ///   - isStopped: is asked often; a search that is stopped is not kept.
  public func search(
    _ method: WidthMethod, budget: Int, after qed: SearchResult?, isStopped: @escaping () -> Bool,
    found: @escaping (SearchAnswer) -> Void
  ) throws -> TimedSearch {
    let limit = settings.qstarLimit ?? qed.map { $0.layerEvaluations / 10 } ?? unaidedLimit
    var inputs: [String: JSONValue] = [
      "study": key, "budgetBits": .integer(budget), "method": .string(method.rawValue),
    ]
    if method == .qstar { inputs["layerEvaluations"] = .integer(limit) }
    var unkept: TimedSearch?
    do {
      return try cache.result(.widthSearch, .object(inputs)) { container, file in
        try TimedSearch(container, file: file, layers: choices.layers.count)
      } make: {
        let start = DispatchTime.now()
        func elapsed() -> Double {
          Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
        }
        var seconds: [Double] = []
        let search = try WidthSearch(
          choices, calibration: calibration, budget: budget, resources: resources, isStopped: isStopped
        ) { answer in
          seconds.append(elapsed())
          found(answer)
        }
        let result =
          switch method {
          case .universal: try search.universalWidths()
          case .qed: try search.qed()
          case .qstar: try search.qstar(limit: limit)
          case .enumeration: try search.enumeration()
          }
        let timed = TimedSearch(result: result, answerSeconds: seconds, seconds: elapsed())
        if result.ending == .stopped {
          unkept = timed
          throw ExplorationError.interrupted(finished: 0, of: 1)
        }
        return (timed, timed.container)
      }
    } catch ExplorationError.interrupted {
      if method == .qstar, let unkept { return unkept }
      throw ExplorationError.interrupted(finished: 0, of: 1)
    }
  }

  /// Deep Compression within `budget` stored bits.
  /// - Throws: where even one bit an index does not fit, or the machine cannot have a decode table.
  public func deepCompression(budget: Int) throws -> DeepCompression {
    try DeepCompression(choices, budget: budget)
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
