import Datasets
import Exploration
import Foundation
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// The options of `wordlength explore` and the settings they come to.
enum ExploreOptions {
  static let dataset = CommandOption(
    "dataset", .choice(DatasetOptions.names.map { ($0, $0) }, placeholder: "NAME"),
    help:
      "images to learn: glyphs are generated, fashion-mnist is read as Debian's package installs it, the others from --data-directory",
    default: "glyphs")
  static let capacity = CommandOption(
    "weight-capacity", letter: "w", .memorySize,
    help: "weight memory to fill, padding and biases included (16KiB by default)")
  static let networks = CommandOption(
    "networks", .list(.topology),
    help: "the networks by name, such as cnn-8-8-16,cnn-16-16-32 (by default feed-forward ones)")
  static let hiddenLayers = CommandOption(
    "hidden-layers", .count(FeedForwardTopology.hiddenLayerCounts),
    help: "hidden layers of every network (by default 2 for glyphs, 4 for the others)")
  static let units = CommandOption(
    "units", .list(.count(FeedForwardTopology.unitCounts)),
    help:
      "units of a hidden layer, one network each (by default 6,8,16,32,64,128 for glyphs, 8,16,32,64 for the others)"
  )
  static let activation = CommandOption(
    "activation", .choice(ActivationFunction.allCases.map { ($0.rawValue, $0) }, placeholder: "NAME"),
    help: "hidden units", default: ActivationFunction.sigmoid)
  static let wordLengths = CommandOption(
    "word-lengths", .list(.count(2...8)), help: "bits of a weight; 2 is ternary", default: [8, 6, 4, 3, 2])
  static let methods = CommandOption(
    "methods", .list(.choice(QuantizationMethod.allCases.map { ($0.rawValue, $0) }, placeholder: "METHOD")),
    help: "how networks are quantized", default: QuantizationMethod.allCases)
  static let signalBits = CommandOption(
    "signal-bits", .count(1...8), help: "bits of a signal between layers", default: 8)
  static let inputBits = CommandOption(
    "input-bits", .count(1...8), help: "bits of an input value", default: 8)
  static let seeds = CommandOption(
    "seeds", .count(1...1000), help: "how many seeds each network is trained with", default: 3)
  static let seed = CommandOption("seed", .count(0...Int.max), help: "the first seed", default: 1)
  static let epochs = CommandOption(
    "epochs", .count(1...10_000), help: "epochs of training in all", default: TrainingSettings().epochs)
  static let retrainingEpochs = CommandOption(
    "retraining-epochs", .count(1...10_000),
    help: "epochs at the end of which retraining makes quantized ones",
    default: TrainingSettings().retrainingEpochs)
  static let batchSize = CommandOption(
    "batch-size", .count(1...65_536), help: "samples of a mini-batch", default: TrainingSettings().batchSize)
  static let learningRate = CommandOption(
    "learning-rate", .number(in: 1e-9...1e3),
    help: "learning rate of the first epoch",
    default: TrainingSettings().learningRate)
  static let zeroPixel = CommandOption(
    "zero-pixel", .count(0...255), help: "the pixel that networks read as 0", default: 0)
  static let hardware = MachineSource.option(
    help: "the machine; its datapath takes each design's weight word length")
  static let packing = CommandOption(
    "ternary-packing", .choice(TernaryPacking.allCases.map { ($0.rawValue, $0) }, placeholder: "PACKING"),
    help: "how ternary weights stand in memory", default: TernaryPacking.twoBits)
  static let shard = CommandOption(
    "shard", .shard, help: "only fill the cache with part I of N, and report nothing",
    influence: .presentationOnly)
  static let output = CommandOption(
    "output", letter: "o", .text("DIR", "a directory"), help: "where the report goes",
    default: "wordlength-report",
    influence: .presentationOnly)
  static let cache = CommandOption(
    "cache", .text("DIR", "a directory"), help: "where finished steps are kept", default: ".wordlength",
    influence: .presentationOnly)
  static let threads = CommandOption(
    "threads", .count(1...1024), help: "threads to use (by default all cores); no result depends on it",
    influence: .presentationOnly)
  static let format = CommandOption(
    "format", .choice([("text", "text"), ("json", "json")], placeholder: "FORMAT"),
    help: "what is printed: a summary, or the whole of results.json", default: "text",
    influence: .presentationOnly)
  static let quiet = CommandFlag(
    "quiet", letter: "q", help: "print no progress", influence: .presentationOnly)

  /// Declarations in the order of the help text.
  static let declarations: [OptionDeclaration] = [
    dataset.declaration, DatasetOptions.directory.declaration, capacity.declaration, networks.declaration,
    hiddenLayers.declaration, units.declaration, activation.declaration, wordLengths.declaration,
    methods.declaration,
    signalBits.declaration, inputBits.declaration, seeds.declaration, seed.declaration, epochs.declaration,
    retrainingEpochs.declaration, batchSize.declaration, learningRate.declaration,
    TrainingOptions.schedule.declaration, TrainingOptions.weightDecay.declaration,
    TrainingOptions.shift.declaration, TrainingOptions.mirror.declaration, zeroPixel.declaration,
    hardware.declaration,
    packing.declaration, shard.declaration, output.declaration, cache.declaration, threads.declaration,
    format.declaration, quiet.declaration,
  ]

  /// What the arguments ask to explore.
  /// - Throws: `UsageError` where options contradict each other, `CommandFailure` for a faulty description.
  static func settings(_ arguments: CommandArguments) throws -> ExplorationSettings {
    let isGlyphs = arguments.required(dataset) == "glyphs"
    let layers = arguments.value(hiddenLayers) ?? (isGlyphs ? 2 : 4)
    let sizes = arguments.value(units) ?? (isGlyphs ? [6, 8, 16, 32, 64, 128] : [8, 16, 32, 64])
    let first = arguments.required(seed)
    let count = arguments.required(seeds)
    let training = TrainingSettings(
      epochs: arguments.required(epochs), retrainingEpochs: arguments.required(retrainingEpochs),
      batchSize: arguments.required(batchSize), learningRate: arguments.required(learningRate),
      schedule: TrainingOptions.course(arguments, epochs: arguments.required(epochs)),
      weightDecay: arguments.required(TrainingOptions.weightDecay),
      augmentation: TrainingOptions.augmentation(arguments))
    var faults: [UsageError.Fault] = []
    if arguments.contains(networks) {
      let extra = [
        arguments.contains(hiddenLayers) ? "--hidden-layers" : nil,
        arguments.contains(units) ? "--units" : nil, arguments.contains(activation) ? "--activation" : nil,
      ].compactMap { $0 }
      faults += extra.map {
        .rule(
          what: "\($0) is for feed-forward networks, but --networks names others",
          help: "write their sizes in the names, such as ffdnn-2x64")
      }
    }
    if training.retrainingEpochs > training.epochs {
      faults.append(
        .rule(
          what:
            "--retraining-epochs \(training.retrainingEpochs) is more than --epochs \(training.epochs), of which they are a part",
          help: "use fewer, or more epochs in all"))
    }
    if first > Int.max - count {
      faults.append(
        .rule(what: "--seed \(first) leaves no room for \(count) seeds", help: "use a smaller one"))
    }
    if !faults.isEmpty { throw UsageError(command: "explore", faults: faults) }
    return ExplorationSettings(
      networks: try arguments.value(networks)
        ?? sizes.sorted().map {
          try FeedForwardTopology(hiddenLayers: layers, units: $0, activation: arguments.required(activation))
            .description
        },
      weightWordLengths: arguments.required(wordLengths), methods: arguments.required(methods),
      signalBits: arguments.required(signalBits), inputBits: arguments.required(inputBits),
      seeds: (first..<first + count).map { UInt64($0) }, training: training,
      zeroPixel: arguments.required(zeroPixel),
      hardware: try MachineSource.read(arguments.required(hardware)),
      ternaryPacking: arguments.required(packing),
      weightCapacityBits: arguments.value(capacity) ?? 16 * 8192)
  }

  /// The data set that the arguments name.
  static func dataset(_ arguments: CommandArguments) throws -> Dataset {
    try DatasetOptions.load(arguments.required(dataset), directory: arguments.value(DatasetOptions.directory))
  }
}

extension ValueFormat where Value == String {
  /// A topology's name.
  static var topology: ValueFormat {
    ValueFormat(
      placeholder: "NAME", expectation: "a topology: \(NetworkTopology.nameForms.joined(separator: ", "))",
      read: { text in
        do throws(NetworkError) {
          return .success(try NetworkTopology(named: text).name)
        } catch {
          return .failure(ValueFault(error.message))
        }
      }, write: { $0 })
  }
}

extension ValueFormat where Value == Shard {
  /// A part of a sweep, `2/4`, counted from 1.
  static var shard: ValueFormat {
    ValueFormat(
      placeholder: "I/N", expectation: "a part and the number of parts, such as 2/4",
      read: { text in
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1, 1...count ~= index,
          count <= 10_000
        else { return .failure(ValueFault("is not one of N parts")) }
        return .success(Shard(index: index - 1, count: count))
      }, write: { "\($0.index + 1)/\($0.count)" })
  }
}
