import Datasets
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// A network trained in float: the reference of its family, and the state that retraining starts from.
public struct FloatTraining: Sendable, Hashable {
  /// The network after the epoch (of those that retraining replaces) with the fewest validation errors, the
  /// earliest of several; after the last epoch where retraining replaces none.
  public let network: FloatNetwork
  /// The state before the epochs that retraining replaces.
  public let midpoint: TrainingState
  /// Validation samples classified wrongly by `network`.
  public let validationErrors: Int
  /// Test samples classified wrongly by `network`.
  public let testErrors: Int
  /// Mean cross-entropy of each epoch.
  public let losses: [Double]

  /// What the result depends on.
  static func inputs(
    _ name: String, seed: UInt64, settings: ExplorationSettings, dataset: Dataset
  ) -> JSONValue {
    [
      "topology": .string(name), "seed": .string(String(seed)), "training": settings.training.key,
      "zeroPixel": .integer(settings.zeroPixel), "dataset": .string(dataset.digest.description),
    ]
  }

  /// Trains, or takes the kept result.
  package static func run(
    _ name: String, seed: UInt64, settings: ExplorationSettings, dataset: Dataset,
    cache: ResultCache, resources: ComputeResources, checkpoint: () throws -> Void
  ) throws -> FloatTraining {
    let inputs = inputs(name, seed: seed, settings: settings, dataset: dataset)
    return try cache.result(.floatTraining, inputs) { container, file in
      try FloatTraining(container, file: file)
    } make: {
      let random = RandomSource(seed: seed).split(name)
      let training = dataset.training
      let network = try dataset.topology(name).floatNetwork(
        random: random.split("initial weights"), zeroPixel: settings.zeroPixel)
      let settings = settings.training
      let trainer = try Trainer(
        TrainingState(network: network), training: training, validation: dataset.validation,
        settings: settings, random: random.split("sample order"), resources: resources)
      var losses: [Double] = []
      var midpoint = TrainingState(network: network)
      var best = BestEpoch()
      let split = settings.epochs - settings.retrainingEpochs
      for epoch in 0..<settings.epochs {
        if epoch == split { midpoint = trainer.state }
        try checkpoint()
        let report = try trainer.runEpoch()
        losses.append(report.loss)
        if epoch >= split || epoch == settings.epochs - 1 { best.consider(report, of: trainer) }
      }
      if split == settings.epochs { midpoint = trainer.state }
      let chosen = best.network!
      let classes = Classifier(chosen, plan: nil, resources: resources).classes(of: dataset.test)
      let result = FloatTraining(
        network: chosen, midpoint: midpoint, validationErrors: best.errors,
        testErrors: errorCount(classes, dataset.test.labels), losses: losses)
      return (result, result.container)
    }
  }

  private init(
    network: FloatNetwork, midpoint: TrainingState, validationErrors: Int, testErrors: Int, losses: [Double]
  ) {
    self.network = network
    self.midpoint = midpoint
    self.validationErrors = validationErrors
    self.testErrors = testErrors
    self.losses = losses
  }

  private var container: Container {
    let (graph, blobs) = network.archived(prefix: "network/")
    let (middle, middleBlobs) = midpoint.archived(prefix: "midpoint/")
    let content: JSONValue = [
      "network": graph, "midpoint": middle, "validationErrors": .integer(validationErrors),
      "testErrors": .integer(testErrors), "losses": .array(losses.map { .number($0) }),
    ]
    return Container(kind: "", content: content, blobs: blobs + middleBlobs)
  }

  private init(_ container: Container, file: String) throws {
    struct Numbers {
      let graph: JSONValue
      let middle: JSONValue
      let validationErrors: Int
      let testErrors: Int
      let losses: [Double]
    }
    let numbers = try JSONReader.read(container.content, file: file) { reader -> Numbers? in
      let validationErrors = reader.integer("validationErrors", in: 0...Int.max)
      let testErrors = reader.integer("testErrors", in: 0...Int.max)
      let losses = reader.numbers("losses")
      guard reader.object("network") != nil, reader.object("midpoint") != nil,
        let graph = container.content["network"], let middle = container.content["midpoint"],
        let validationErrors, let testErrors, let losses
      else { return nil }
      return Numbers(
        graph: graph, middle: middle, validationErrors: validationErrors, testErrors: testErrors,
        losses: losses)
    }
    network = try FloatNetwork(archive: numbers.graph, in: container, prefix: "network/", file: file)
    midpoint = try TrainingState(archive: numbers.middle, in: container, prefix: "midpoint/", file: file)
    validationErrors = numbers.validationErrors
    testErrors = numbers.testErrors
    losses = numbers.losses
  }
}

/// Keeps the network of the epoch with the fewest validation errors, the earliest of several.
struct BestEpoch {
  private(set) var network: FloatNetwork?
  /// The plan of that epoch, where there is one.
  private(set) var plan: QuantizationPlan?
  private(set) var errors = Int.max

  mutating func consider(_ report: EpochReport, of trainer: Trainer) {
    guard report.validationErrors < errors else { return }
    errors = report.validationErrors
    network = trainer.state.network
    plan = trainer.plan
  }
}
