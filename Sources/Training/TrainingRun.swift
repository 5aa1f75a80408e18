import Datasets
import Foundation
import Networks
import Quantization
import Reproducibility
import Tensors

/// A training from its first to its last epoch, which can be stopped at any epoch's end and taken up again with the same final bits.
///
/// It keeps the network of the epoch with the fewest validation errors (the earliest of several) beside the present one.
public final class TrainingRun {
  /// What stands in a checkpoint.
  private struct Standing {
    var best: FloatNetwork
    var bestEpoch: Int
    var bestErrors: Int
    /// The plan of that epoch, where there is one.
    var bestPlan: QuantizationPlan?
    var reports: [EpochReport]
  }

  /// The settings of the run.
  public let settings: TrainingSettings
  /// What the run depends on, by which a checkpoint is known as its own.
  public let key: String
  private let trainer: Trainer
  private var standing: Standing

  /// A run that starts with `network`, or goes on from a checkpoint.
  ///
  /// - Parameters:
  ///   - key: names everything that the run depends on, such as a digest of topology, data, seed and settings.
  ///   - checkpoint: what `checkpoint` gave, and the file's name for messages.
  /// - Throws: `TrainingError` for settings or shapes that do not go together; `NetworkError` for a damaged checkpoint or one of another run.
  public init(
    _ network: FloatNetwork, dataset: Dataset, settings: TrainingSettings, plan: QuantizationPlan? = nil,
    random: RandomSource, resources: ComputeResources, key: String,
    resuming checkpoint: (data: Data, file: String)? = nil
  ) throws {
    self.settings = settings
    self.key = key
    var state = TrainingState(network: network)
    standing = Standing(best: network, bestEpoch: -1, bestErrors: .max, bestPlan: plan, reports: [])
    var plan = plan
    if let checkpoint {
      (state, standing, plan) = try Self.read(
        checkpoint.data, file: checkpoint.file, key: key, plan: plan)
    }
    trainer = try Trainer(
      state, training: dataset.training, validation: dataset.validation, settings: settings, plan: plan,
      random: random, resources: resources)
  }

  /// Epochs done.
  public var epoch: Int { standing.reports.count }
  /// What each epoch came to.
  public var reports: [EpochReport] { standing.reports }
  /// The network of the epoch with the fewest validation errors.
  public var best: FloatNetwork { standing.best }
  /// That epoch, counted from 0, or −1 before the first.
  public var bestEpoch: Int { standing.bestEpoch }
  /// The plan that the weights and signals of that network are quantised by; nil in float and before the first epoch of a run.
  public var bestPlan: QuantizationPlan? { standing.bestPlan }

  /// Whether all epochs are done, or validation has not improved for as many epochs as the settings' patience.
  public var isFinished: Bool {
    if epoch >= settings.epochs { return true }
    guard let patience = settings.patience, standing.bestEpoch >= 0 else { return false }
    return epoch - 1 - standing.bestEpoch >= patience
  }

  /// Trains one epoch more.
  /// - Throws: `TrainingError.diverged`; the checkpoint of the epoch before is still good.
  public func runEpoch() throws(TrainingError) -> EpochReport {
    let report = try trainer.runEpoch()
    standing.reports.append(report)
    if report.validationErrors < standing.bestErrors {
      standing.best = trainer.state.network
      standing.bestEpoch = report.epoch
      standing.bestErrors = report.validationErrors
      standing.bestPlan = trainer.plan
    }
    return report
  }

  /// The bytes of a checkpoint: a `Container` of kind `training-checkpoint` with the state, the best network and the reports.
  public var checkpoint: Data {
    let (state, stateBlobs) = trainer.state.archived(prefix: "state/")
    let (best, bestBlobs) = standing.best.archived(prefix: "best/")
    let content: JSONValue = [
      "key": .string(key), "state": state, "best": best, "bestEpoch": .integer(standing.bestEpoch),
      "bestErrors": .integer(standing.bestErrors), "losses": .array(reports.map { .number($0.loss) }),
      "validationErrors": .array(reports.map { .integer($0.validationErrors) }),
    ]
    let steps =
      Self.blobs(of: trainer.plan, prefix: "steps/") + Self.blobs(of: bestPlan, prefix: "bestSteps/")
    return Container(kind: Self.kind, content: content, blobs: stateBlobs + bestBlobs + steps).encoded()
  }

  private static let kind = "training-checkpoint"

  private static func blobs(of plan: QuantizationPlan?, prefix: String) -> [Blob] {
    (plan?.steps ?? [:]).sorted { $0.key < $1.key }.map { Blob("\(prefix)\($0.key)", $0.value) }
  }

  /// `plan` with the steps that stand in the checkpoint under `prefix`.
  private static func plan(
    _ plan: QuantizationPlan?, of network: FloatNetwork, in container: Container, prefix: String
  ) throws -> QuantizationPlan? {
    guard let plan else { return nil }
    var steps: [String: [Float]] = [:]
    for name in plan.weights.keys { steps[name] = try container.elements("\(prefix)\(name)") }
    return try QuantizationPlan(
      network: network, recipe: plan.recipe, calibration: { _ in [] }, holding: plan, steps: steps)
  }

  private static func read(
    _ data: Data, file: String, key: String, plan: QuantizationPlan?
  ) throws -> (TrainingState, Standing, QuantizationPlan?) {
    struct Draft {
      let bestEpoch: Int
      let bestErrors: Int
      let reports: [EpochReport]
    }
    let container = try Container(decoding: data, expecting: kind, file: file)
    let draft = try JSONReader.read(container.content, file: file) { reader -> Draft? in
      let found = reader.string("key")
      if let found, found != key { reader.note("belongs to another run; remove the file", at: "key") }
      let hasState = reader.object("state") != nil && reader.object("best") != nil
      let bestEpoch = reader.integer("bestEpoch", in: -1...Int.max)
      let bestErrors = reader.integer("bestErrors", in: 0...Int.max)
      let losses = reader.numbers("losses")
      let errors = reader.integers("validationErrors", in: 0...Int.max)
      if let losses, let errors, losses.count != errors.count {
        reader.note("\(errors.count) entries for \(losses.count) losses", at: "validationErrors")
      }
      reader.finish()
      guard found == key, hasState, let bestEpoch, let bestErrors, let losses, let errors,
        losses.count == errors.count
      else { return nil }
      return Draft(
        bestEpoch: bestEpoch, bestErrors: bestErrors,
        reports: zip(losses, errors).enumerated().map {
          EpochReport(epoch: $0, loss: $1.0, validationErrors: $1.1)
        })
    }
    let state = try TrainingState(
      archive: container.content["state"] ?? .null, in: container, prefix: "state/", file: file)
    let best = try FloatNetwork(
      archive: container.content["best"] ?? .null, in: container, prefix: "best/", file: file)
    return (
      state,
      Standing(
        best: best, bestEpoch: draft.bestEpoch, bestErrors: draft.bestErrors,
        bestPlan: try Self.plan(plan, of: best, in: container, prefix: "bestSteps/"),
        reports: draft.reports),
      try Self.plan(plan, of: state.network, in: container, prefix: "steps/")
    )
  }
}
