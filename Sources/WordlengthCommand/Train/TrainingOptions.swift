import Datasets
import Foundation
import Networks
import Reproducibility
import Training

/// How a network is trained, in float or quantised.
enum TrainingOptions {
  static let epochs = CommandOption("epochs", .count(1...100_000), help: "epochs at most", default: 20)
  static let batchSize = CommandOption(
    "batch-size", .count(1...65_536), help: "samples of a mini-batch", default: 128)
  static let learningRate = CommandOption(
    "learning-rate", .number(in: 1e-9...1e3), help: "learning rate of the first epoch", default: 0.05)
  static let schedule = CommandOption(
    "schedule",
    .choice(
      [("constant", "constant"), ("linear", "linear"), ("steps", "steps"), ("cosine", "cosine")],
      placeholder: "NAME"),
    help:
      "its course: linear falls to a twentieth, steps to a tenth after each third of the epochs, cosine to 0",
    default: "linear")
  static let optimizer = CommandOption(
    "optimizer",
    .choice(
      [("sgd", Optimizer.momentum), ("rmsprop", .rmsProp), ("adadelta", .adaDelta), ("adam", .adam)],
      placeholder: "NAME"), help: "how gradients change weights", default: Optimizer.momentum)
  static let momentum = CommandOption(
    "momentum", .number(in: 0...0.999999), help: "momentum of sgd", default: 0.9)
  static let weightDecay = CommandOption(
    "weight-decay", .number(in: 0...1), help: "weight decay (L2)", default: 0)
  static let shift = CommandOption(
    "shift", .count(0...64), help: "shift training images by up to this many pixels, drawn anew each time",
    default: 0)
  static let mirror = CommandFlag("mirror", help: "mirror half of the training images left to right")
  static let patience = CommandOption(
    "patience", .count(1...100_000),
    help: "stop after this many epochs without fewer validation errors (by default never)")
  static let seed = CommandOption(
    "seed", .count(0...Int.max), help: "seed of weights, sample order and dropout", default: 1)
  static let cache = CommandOption(
    "cache", .text("DIR", "a directory"),
    help: "where the checkpoint of a run that was stopped is kept", default: ".wordlength",
    influence: .presentationOnly)
  static let threads = CommandOption(
    "threads", .count(1...1024), help: "threads to use (by default all cores); no result depends on it",
    influence: .presentationOnly)
  static let format = CommandOption(
    "format", .choice([("text", "text"), ("json", "json")], placeholder: "FORMAT"),
    help: "what is printed: a table, or a line of JSON an epoch", default: "text",
    influence: .presentationOnly)
  static let quiet = CommandFlag(
    "quiet", letter: "q", help: "print no progress", influence: .presentationOnly)

  /// Declarations in the order of the help text.
  static let declarations: [OptionDeclaration] = [
    epochs.declaration, batchSize.declaration, learningRate.declaration, schedule.declaration,
    optimizer.declaration, momentum.declaration, weightDecay.declaration, shift.declaration,
    mirror.declaration, patience.declaration, seed.declaration, cache.declaration, threads.declaration,
    format.declaration, quiet.declaration,
  ]

  /// The settings that the arguments come to; `count` epochs where the command has another option for them.
  static func settings(
    _ arguments: CommandArguments, refitsSteps: Bool = false, epochs count: Int? = nil
  ) -> TrainingSettings {
    let count = count ?? arguments.required(epochs)
    return TrainingSettings(
      epochs: count, retrainingEpochs: 0, batchSize: arguments.required(batchSize),
      learningRate: arguments.required(learningRate), schedule: course(arguments, epochs: count),
      optimizer: arguments.required(optimizer), momentum: arguments.required(momentum),
      weightDecay: arguments.required(weightDecay), refitsSteps: refitsSteps,
      augmentation: augmentation(arguments), patience: arguments.value(patience))
  }

  /// The course of the learning rate over `epochs` epochs.
  static func course(_ arguments: CommandArguments, epochs: Int) -> LearningRateSchedule {
    switch arguments.required(schedule) {
    case "constant": .constant
    case "steps": .steps(every: max(1, (epochs + 2) / 3), factor: 0.1)
    case "cosine": .cosine
    default: .linear(final: 0.05)
    }
  }

  /// How training images are changed.
  static func augmentation(_ arguments: CommandArguments) -> ImageAugmentation {
    ImageAugmentation(shift: arguments.required(shift), mirrors: arguments.contains(mirror))
  }
}
