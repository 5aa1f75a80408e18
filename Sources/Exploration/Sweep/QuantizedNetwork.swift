import Datasets
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// A design's integer network for one seed, and what the trainer's own forward pass makes of the test set.
public struct QuantizedNetwork: Sendable, Hashable {
  /// The network.
  public let network: IntegerNetwork
  /// The class that the trainer's quantised forward pass gives each test sample.
  public let trainerClasses: [UInt8]

  /// What the result depends on.
  static func inputs(
    _ design: DesignPoint, seed: UInt64, settings: ExplorationSettings, dataset: Dataset
  ) -> JSONValue {
    let float = FloatTraining.inputs(design.network, seed: seed, settings: settings, dataset: dataset)
    return [
      "floatTraining": .string(ResultCache.digest(.floatTraining, float)),
      "method": .string(design.method.rawValue),
      "recipe": settings.recipe(weightBits: design.weightBits).key,
    ]
  }

  /// Quantises and retrains, or takes the kept result.
  /// - Parameter float: the trained network, asked for only where there is something to compute.
  static func run(
    _ design: DesignPoint, seed: UInt64, settings: ExplorationSettings, dataset: Dataset,
    cache: ResultCache, resources: ComputeResources, float: () throws -> FloatTraining,
    checkpoint: () throws -> Void
  ) throws -> QuantizedNetwork {
    let inputs = inputs(design, seed: seed, settings: settings, dataset: dataset)
    return try cache.result(.quantizedNetwork, inputs) { container, file in
      guard let graph = container.content["network"] else {
        throw ExplorationError.damaged("\(file): there is no network in it")
      }
      return QuantizedNetwork(
        network: try IntegerNetwork(archive: graph, in: container, prefix: "", file: file),
        trainerClasses: try container.elements("trainerClasses"))
    } make: {
      let float = try float()
      let recipe = settings.recipe(weightBits: design.weightBits)
      let start = design.method == .direct ? float.network : float.midpoint.network
      // Samples for the scale of signals without a fixed range: the first thousand of the training set.
      let plan = try QuantizationPlan(network: start, recipe: recipe) { name in
        Classifier(start, plan: nil, resources: resources)
          .values(of: name, over: dataset.training, count: 1000)
      }
      let final =
        design.method == .direct
        ? (network: float.network, plan: plan)
        : try retrain(
          float.midpoint, plan: plan, name: design.network, seed: seed, settings: settings.training,
          dataset: dataset, resources: resources, checkpoint: checkpoint)
      let network = try final.plan.integerNetwork(from: final.network)
      let classes = Classifier(final.network, plan: final.plan, resources: resources).classes(
        of: dataset.test)
      let result = QuantizedNetwork(network: network, trainerClasses: classes)
      let (graph, blobs) = network.archived(prefix: "")
      let container = Container(
        kind: "", content: ["network": graph], blobs: blobs + [Blob("trainerClasses", classes)])
      return (result, container)
    }
  }

  /// The network of the best epoch, and the plan that it was trained by.
  private static func retrain(
    _ midpoint: TrainingState, plan: QuantizationPlan, name: String, seed: UInt64,
    settings: TrainingSettings, dataset: Dataset, resources: ComputeResources, checkpoint: () throws -> Void
  ) throws -> (network: FloatNetwork, plan: QuantizationPlan) {
    let random = RandomSource(seed: seed).split(name)
    let trainer = try Trainer(
      midpoint, training: dataset.training, validation: dataset.validation, settings: settings, plan: plan,
      random: random.split("sample order"), resources: resources)
    var best = BestEpoch()
    for _ in midpoint.epoch..<settings.epochs {
      try checkpoint()
      best.consider(try trainer.runEpoch(), of: trainer)
    }
    return (best.network ?? midpoint.network, best.plan ?? plan)
  }
}
