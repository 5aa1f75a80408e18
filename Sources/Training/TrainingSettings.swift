import Reproducibility

/// How the learning rate changes over a run.
public enum LearningRateSchedule: Sendable, Hashable {
  /// The same in every epoch.
  case constant
  /// Falls in equal steps, epoch by epoch, to `final` times its start in the last epoch.
  case linear(final: Double)
  /// Multiplied with `factor` after every `epochs` epochs.
  case steps(every: Int, factor: Double)
  /// Falls along half a cosine to 0 behind the last epoch (Loshchilov and Hutter 2017, without restarts).
  case cosine
}

/// Random changes of training images, drawn anew for every sample of every epoch.
public struct ImageAugmentation: Sendable, Hashable {
  /// Largest shift in rows and in columns, both ways; what moves in is 0.
  public var shift: Int
  /// Whether half of the images are mirrored left to right.
  public var mirrors: Bool

  /// Augmentation; none by default.
  public init(shift: Int = 0, mirrors: Bool = false) {
    self.shift = shift
    self.mirrors = mirrors
  }
}

/// How a network is trained: gradient descent on mini-batches.
///
/// A run has `epochs` epochs in all. The first `epochs − retrainingEpochs` are always in float; the rest go on
/// either in float (the reference) or with quantised weights and signals (retraining), so that both have been
/// trained for as many epochs.
public struct TrainingSettings: Sendable, Hashable {
  /// Epochs in all.
  public var epochs: Int
  /// Those at the end that retraining replaces.
  public var retrainingEpochs: Int
  /// Samples in a mini-batch; the last one of an epoch may be smaller.
  public var batchSize: Int
  /// Learning rate in the first epoch.
  public var learningRate: Double
  /// Its course over all epochs.
  public var schedule: LearningRateSchedule
  /// How gradients change weights.
  public var optimizer: Optimizer
  /// Momentum of the velocity, for the optimizer that has one.
  public var momentum: Double
  /// Weight decay (L2), applied to weights and biases.
  public var weightDecay: Double
  /// Whether weight steps are fitted anew at the start of each retraining epoch instead of being held.
  public var refitsSteps: Bool
  /// Changes of the training images.
  public var augmentation: ImageAugmentation
  /// Epochs without fewer validation errors after which training stops early, or nil to train all epochs.
  public var patience: Int?

  /// Settings; the defaults are the papers' scale of training for the feed-forward networks.
  public init(
    epochs: Int = 50, retrainingEpochs: Int = 20, batchSize: Int = 128, learningRate: Double = 0.1,
    schedule: LearningRateSchedule = .linear(final: 0.05), optimizer: Optimizer = .momentum,
    momentum: Double = 0.9, weightDecay: Double = 0, refitsSteps: Bool = false,
    augmentation: ImageAugmentation = ImageAugmentation(), patience: Int? = nil
  ) {
    self.epochs = epochs
    self.retrainingEpochs = retrainingEpochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.schedule = schedule
    self.optimizer = optimizer
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.refitsSteps = refitsSteps
    self.augmentation = augmentation
    self.patience = patience
  }

  /// The learning rate of `epoch`, counted from 0.
  public func learningRate(epoch: Int) -> Double {
    switch schedule {
    case .constant: learningRate
    case .linear(let final):
      epochs > 1
        ? learningRate * (1 - (1 - final) * Double(epoch) / Double(epochs - 1)) : learningRate
    case .steps(let every, let factor):
      learningRate * ElementaryFunctions.pow(factor, Double(epoch / every))
    case .cosine:
      learningRate * 0.5 * (1 + ElementaryFunctions.cos(Double.pi * Double(epoch) / Double(epochs)))
    }
  }

  /// Checks that every setting makes sense.
  /// - Throws: `TrainingError.badSetting` naming each that does not.
  func check() throws(TrainingError) {
    var faults: [String] = []
    if batchSize < 1 { faults.append("a batch size of \(batchSize); at least 1 is needed") }
    if epochs < 1 { faults.append("\(epochs) epochs; at least 1 is needed") }
    if !(0...max(0, epochs) ~= retrainingEpochs) {
      faults.append("\(retrainingEpochs) retraining epochs; they are a part of all \(epochs)")
    }
    // Single precision is what weights are trained in.
    if !(learningRate > 0 && Float(learningRate).isFinite) {
      faults.append("a learning rate of \(learningRate); a positive number is needed")
    }
    if case .linear(let final) = schedule, !(0...1 ~= final) {
      faults.append("a last learning rate of \(final) times the first; 0 to 1 are possible")
    }
    if case .steps(let every, let factor) = schedule, every < 1 || !(factor > 0 && factor <= 1) {
      faults.append("a learning rate times \(factor) every \(every) epochs; factors up to 1 are possible")
    }
    if let patience, patience < 1 { faults.append("a patience of \(patience) epochs; at least 1 is needed") }
    if augmentation.shift < 0 { faults.append("a shift of \(augmentation.shift) pixels") }
    if !(momentum >= 0 && momentum < 1) {
      faults.append("a momentum of \(momentum); 0 up to, but not, 1 are possible")
    }
    if !(weightDecay >= 0 && weightDecay.isFinite) {
      faults.append("a weight decay of \(weightDecay); a number not below 0 is needed")
    }
    if !faults.isEmpty { throw .badSetting(faults.joined(separator: "; ")) }
  }

  /// Everything that can change a trained weight, as canonical JSON for digests and reports.
  public var key: JSONValue {
    let course: JSONValue =
      switch schedule {
      case .constant: "constant"
      case .linear(let final): ["linearFinal": .number(final)]
      case .steps(let every, let factor): ["stepEpochs": .integer(every), "stepFactor": .number(factor)]
      case .cosine: "cosine"
      }
    return [
      "epochs": .integer(epochs), "retrainingEpochs": .integer(retrainingEpochs),
      "batchSize": .integer(batchSize), "learningRate": .number(learningRate), "schedule": course,
      "momentum": .number(momentum), "weightDecay": .number(weightDecay),
      "refitsSteps": .bool(refitsSteps), "optimizer": .string(optimizer.rawValue),
      "shift": .integer(augmentation.shift), "mirrors": .bool(augmentation.mirrors),
      "patience": .integer(patience ?? 0),
    ]
  }
}

/// Training that cannot start or go on.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The loss or a weight is no longer a finite number.
  case diverged(network: String, epoch: Int, learningRate: Double)
  /// The samples do not have the shape that the network reads.
  case shapeMismatch(network: String, expected: [Int], samples: [Int])
  /// A setting is out of range.
  case badSetting(String)
  /// The machine's memory does not hold a mini-batch.
  case notEnoughMemory(network: String, batch: Int, bytes: Int, available: Int, largestBatch: Int)
  /// The network cannot be quantised as asked.
  case quantization(QuantizationFault)

  /// A wrapped message of the quantiser.
  public struct QuantizationFault: Hashable, Sendable {
    /// The message.
    public let message: String
  }

  /// The message: what, where, what helps.
  public var description: String {
    switch self {
    case .diverged(let network, let epoch, let learningRate):
      "\(network): training diverged in epoch \(epoch + 1): the loss or a weight is not finite at learning rate"
        + " \(learningRate). Use a smaller --learning-rate."
    case .shapeMismatch(let network, let expected, let samples):
      "\(network): reads inputs of shape \(expected), but the samples have shape \(samples)"
    case .badSetting(let message): message
    case .notEnoughMemory(let network, let batch, let bytes, let available, let largest):
      "\(network): mini-batches of \(batch) samples take \(bytes >> 20) MiB of memory, and the machine has \(available >> 20) MiB. "
        + (largest > 0
          ? "Use a --batch-size of at most \(largest)."
          : "Not even one sample fits; train a smaller network.")
    case .quantization(let fault): fault.message
    }
  }
}
