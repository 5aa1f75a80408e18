import Datasets
import Foundation
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// A float network of the family for one seed.
public struct FloatResult: Sendable, Hashable {
  /// Its shape.
  public let network: String
  /// Its seed.
  public let seed: UInt64
  /// Weights and biases.
  public let parameterCount: Int
  /// Validation and test samples classified wrongly.
  public let validationErrors: Int
  /// Test samples classified wrongly.
  public let testErrors: Int
}

/// A design for one seed.
public struct DesignResult: Sendable, Hashable {
  /// The design.
  public let design: DesignPoint
  /// The seed.
  public let seed: UInt64
  /// What the hardware makes of it.
  public let evaluation: Evaluation
}

/// All results of an exploration, before they are analysed.
public struct ExplorationResults: Sendable {
  /// What was explored.
  public let settings: ExplorationSettings
  /// The data set's name, digest and counts.
  public let dataset: DatasetSummary
  /// Float networks: in the order of the settings, seeds within.
  public let floats: [FloatResult]
  /// Quantised designs: in the order of `settings.designs`, seeds within.
  public let designs: [DesignResult]
  /// Every design on its machine: tiles, cycles and memory, which no seed changes.
  public let mappings: [DesignPoint: NetworkMapping]
}

/// What a report says of the data.
public struct DatasetSummary: Sendable, Hashable {
  /// Its name.
  public let name: String
  /// The digest of all its images and labels.
  public let digest: String
  /// Samples that train, that choose, and that only report.
  public let trainingCount: Int
  /// Samples that choose.
  public let validationCount: Int
  /// Samples that only report.
  public let testCount: Int
  /// `[height, width, channels]` of an image.
  public let imageShape: [Int]
  /// Number of classes.
  public let classCount: Int

  init(_ dataset: Dataset) {
    name = dataset.name
    digest = dataset.digest.description
    trainingCount = dataset.training.count
    validationCount = dataset.validation.count
    testCount = dataset.test.count
    imageShape = [dataset.training.height, dataset.training.width, dataset.training.channels]
    classCount = dataset.training.classCount
  }
}

/// A part of a sweep: float trainings whose index leaves this remainder, with all that hangs on them.
public struct Shard: Sendable, Hashable {
  /// Counted from 0.
  public let index: Int
  /// Number of shards.
  public let count: Int

  /// Shard `index` of `count`.
  public init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }
}

/// Runs explorations: trains, quantises and executes every design, taking from the cache what is there.
public struct Explorer: Sendable {
  /// What is explored.
  public let settings: ExplorationSettings
  private let dataset: Dataset
  private let cache: ResultCache
  private let resources: ComputeResources
  /// Products of a sample's forward pass, by network.
  private let multiplications: [String: Double]
  /// The machines and memories of all designs.
  public let mappings: [DesignPoint: NetworkMapping]

  /// An explorer; everything that can be checked before any training is checked here.
  ///
  /// - Throws: `ExplorationError` for empty lists, networks that are none or do not fit the images, designs that the machine cannot run, and a capacity that
  ///   none of the designs fits.
  public init(
    _ settings: ExplorationSettings, dataset: Dataset, cache: ResultCache, resources: ComputeResources
  ) throws(ExplorationError) {
    guard !settings.networks.isEmpty, !settings.weightWordLengths.isEmpty, !settings.methods.isEmpty,
      !settings.seeds.isEmpty
    else { throw .badSetting("at least one network, word length, method and seed is needed") }
    self.settings = settings
    self.dataset = dataset
    self.cache = cache
    self.resources = resources
    var multiplications: [String: Double] = [:]
    for name in settings.networks {
      do {
        multiplications[name] = Double(try dataset.topology(name).multiplications)
      } catch {
        throw .badSetting("\(error)")
      }
    }
    self.multiplications = multiplications
    var mappings: [DesignPoint: NetworkMapping] = [:]
    var smallest: (bits: Int, design: DesignPoint)?
    for design in settings.designs {
      let mapping = try Self.mapping(design, settings: settings, dataset: dataset)
      mappings[design] = mapping
      if smallest.map({ mapping.storedBits < $0.bits }) ?? true { smallest = (mapping.storedBits, design) }
    }
    self.mappings = mappings
    if let smallest, smallest.bits > settings.weightCapacityBits {
      throw .nothingFits(
        capacityBits: settings.weightCapacityBits, smallestBits: smallest.bits,
        smallest: smallest.design.description)
    }
  }

  /// A design's memory and cycles depend on shapes and word lengths alone, so a network of zeros tells them.
  private static func mapping(
    _ design: DesignPoint, settings: ExplorationSettings, dataset: Dataset
  ) throws(ExplorationError) -> NetworkMapping {
    do {
      return try NetworkMapping(
        try dataset.topology(design.network).integerNetwork(
          recipe: settings.recipe(weightBits: design.weightBits), weights: .zero),
        on: settings.machine(weightBits: design.weightBits))
    } catch {
      throw .failed(task: design.description, reason: "\(error)")
    }
  }

  private struct Step {
    let network: String
    let seed: UInt64
    /// Nil for the float training itself.
    let design: DesignPoint?
  }

  /// Runs every step that is not kept yet, longest chains first.
  ///
  /// - Parameters:
  ///   - shard: nil for all of it.
  ///   - isInterrupted: polled between epochs and steps.
  ///   - report: told of progress, from any thread.
  /// - Throws: `ExplorationError.interrupted` when asked to stop, `badSetting` for a shard that is none, and any
  ///   step's error.
  public func run(
    shard: Shard? = nil, isInterrupted: @escaping @Sendable () -> Bool,
    report: @escaping @Sendable (SweepProgress) -> Void
  ) throws(ExplorationError) {
    if let shard, !(0..<max(0, shard.count) ~= shard.index) {
      throw .badSetting(
        "shard \(shard.index) of \(shard.count), counted from 0; the number of shards must be positive and"
          + " above the index")
    }
    var planned: [Step] = []
    var items: [WorkItem] = []
    var chain = 0
    for network in settings.networks {
      for seed in settings.seeds {
        defer { chain += 1 }
        if let shard, chain % shard.count != shard.index { continue }
        let prerequisite = planned.count
        planned.append(Step(network: network, seed: seed, design: nil))
        items.append(item(for: planned[prerequisite], prerequisite: nil))
        for design in settings.designs where design.network == network {
          planned.append(Step(network: network, seed: seed, design: design))
          items.append(item(for: planned[planned.count - 1], prerequisite: prerequisite))
        }
      }
    }
    let steps = planned
    let queue = WorkQueue(items, report: report)
    // Independent steps keep the threads busy; where there are fewer of them than threads, each gets several.
    let independent = max(1, min(resources.threads, steps.count { $0.design == nil }))
    let share = ComputeResources(
      threads: max(1, resources.threads / independent), instructionSet: resources.instructionSet)
    do {
      try queue.run(threads: resources.threads) { index in
        let step = steps[index]
        var epochs = 0.0
        try perform(step, resources: share) {
          if isInterrupted() {
            throw ExplorationError.interrupted(finished: queue.finishedCount, of: steps.count)
          }
          queue.advance(index, to: min(1, epochs / epochCount(of: step)))
          epochs += 1
        }
      }
    } catch let error as ExplorationError {
      throw error
    } catch {
      throw .failed(task: "exploration", reason: "\(error)")
    }
  }

  private func epochCount(of step: Step) -> Double {
    Double(step.design == nil ? settings.training.epochs : settings.training.retrainingEpochs)
  }

  private func item(for step: Step, prerequisite: Int?) -> WorkItem {
    // A sample costs its gather and activations beside its products, measured as worth about 4000 of them.
    let epoch = (multiplications[step.network]! + 4000) * Double(dataset.training.count)
    let name = step.design.map { "\($0), seed \(step.seed)" } ?? "\(step.network), float, seed \(step.seed)"
    var cost = 0.2 * epoch
    if step.design == nil {
      let inputs = FloatTraining.inputs(
        step.network, seed: step.seed, settings: settings, dataset: dataset)
      if !cache.contains(.floatTraining, inputs) { cost += epoch * Double(settings.training.epochs) }
    } else if let design = step.design, design.method == .retrained {
      let inputs = QuantizedNetwork.inputs(design, seed: step.seed, settings: settings, dataset: dataset)
      if !cache.contains(.quantizedNetwork, inputs) {
        cost += epoch * Double(settings.training.retrainingEpochs)
      }
    }
    return WorkItem(name: name, cost: cost, prerequisite: prerequisite)
  }

  private func perform(
    _ step: Step, resources: ComputeResources, checkpoint: () throws -> Void
  ) throws {
    do {
      try checkpoint()
      guard let design = step.design else {
        _ = try float(step.network, seed: step.seed, resources: resources, checkpoint: checkpoint)
        return
      }
      _ = try evaluation(design, seed: step.seed, resources: resources, checkpoint: checkpoint)
    } catch let error as ExplorationError {
      throw error
    } catch {
      let name = step.design?.description ?? "\(step.network), float"
      throw ExplorationError.failed(task: "\(name), seed \(step.seed)", reason: "\(error)")
    }
  }

  private func float(
    _ network: String, seed: UInt64, resources: ComputeResources,
    checkpoint: () throws -> Void
  ) throws -> FloatTraining {
    try FloatTraining.run(
      network, seed: seed, settings: settings, dataset: dataset, cache: cache,
      resources: resources, checkpoint: checkpoint)
  }

  private func quantized(
    _ design: DesignPoint, seed: UInt64, resources: ComputeResources, checkpoint: () throws -> Void
  ) throws -> QuantizedNetwork {
    try QuantizedNetwork.run(
      design, seed: seed, settings: settings, dataset: dataset, cache: cache, resources: resources,
      float: { try float(design.network, seed: seed, resources: resources, checkpoint: checkpoint) },
      checkpoint: checkpoint)
  }

  private func evaluation(
    _ design: DesignPoint, seed: UInt64, resources: ComputeResources, checkpoint: () throws -> Void
  ) throws -> Evaluation {
    try Evaluation.run(
      design, seed: seed, settings: settings, dataset: dataset, cache: cache, resources: resources,
      quantized: { try quantized(design, seed: seed, resources: resources, checkpoint: checkpoint) })
  }

  /// Every result, after `run`; what has been damaged since is computed again.
  public func results() throws(ExplorationError) -> ExplorationResults {
    do {
      var floats: [FloatResult] = []
      for network in settings.networks {
        for seed in settings.seeds {
          let result = try float(network, seed: seed, resources: resources, checkpoint: {})
          floats.append(
            FloatResult(
              network: network, seed: seed, parameterCount: result.network.parameterCount,
              validationErrors: result.validationErrors, testErrors: result.testErrors))
        }
      }
      var designs: [DesignResult] = []
      for design in settings.designs {
        for seed in settings.seeds {
          designs.append(
            DesignResult(
              design: design, seed: seed,
              evaluation: try evaluation(design, seed: seed, resources: resources, checkpoint: {})))
        }
      }
      return ExplorationResults(
        settings: settings, dataset: DatasetSummary(dataset), floats: floats, designs: designs,
        mappings: mappings)
    } catch let error as ExplorationError {
      throw error
    } catch {
      throw .failed(task: "reading results", reason: "\(error)")
    }
  }

  /// The integer network of a design and seed, for people to take away.
  public func network(of design: DesignPoint, seed: UInt64) throws(ExplorationError) -> IntegerNetwork {
    do {
      return try quantized(design, seed: seed, resources: resources, checkpoint: {}).network
    } catch let error as ExplorationError {
      throw error
    } catch {
      throw .failed(task: "\(design), seed \(seed)", reason: "\(error)")
    }
  }
}

extension Dataset {
  /// The topology called `name` for these images and classes.
  func topology(_ name: String) throws(NetworkError) -> NetworkTopology {
    try NetworkTopology(
      named: name, inputShape: [training.height, training.width, training.channels],
      classes: training.classCount)
  }
}
