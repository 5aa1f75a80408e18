import Datasets
import Exploration
import FixedPoint
import Hardware
import Networks
import Quantization
import Reproducibility

/// A budget of stored bits, as it is asked for.
enum WeightBudget: Hashable, Sendable {
  /// So many bits.
  case bits(Int)
  /// What all layers take at this width.
  case universal(width: Int)

  /// The bits it comes to for `choices`.
  func bits(for choices: MixedPrecision) -> Int {
    switch self {
    case .bits(let bits): bits
    case .universal(let width): choices.storedBits(universal: width)
    }
  }
}

/// The options of `wordlength robust` and the settings they come to.
enum RobustOptions {
  static let network = CommandOption(
    "network", letter: "n", .text("FILE", "a float network that train wrote"),
    help:
      "the float network; needed but for --preview. Given again for one topology's networks of several seeds, intervals are over networks",
    repetition: .repeated)
  static let budget = CommandOption(
    "budget", letter: "w", .list(.weightBudget),
    help:
      "stored bits of weights and biases, padding included; universal-N is what all layers take at N bits",
    default: [WeightBudget.universal(width: 4)])
  static let method = CommandOption(
    "method", .robustMethods,
    help:
      "how widths are chosen: universal (one for all), qed, qstar, enumeration (few layers); deep-compression (k-means codebooks); or all for all but enumeration",
    default: RobustMethod.usual)
  static let errors = CommandOption(
    "errors",
    .list(.choice(InputDisturbance.Kind.allCases.map { ($0.rawValue, $0) }, placeholder: "KIND")),
    help: "errors on the input", default: InputDisturbance.Kind.allCases)
  static let severities = CommandOption(
    "severities", .list(.number(in: 0...1)),
    help: "sizes of each kind of error: 0 changes nothing, 1 is the strongest",
    default: [0.05, 0.1, 0.2, 0.4])
  static let flipRates = CommandOption(
    "flip-rates", .list(.number(in: 1e-9...1)),
    help: "also test with so many of the weight memory's bits inverted, a share of all")
  static let stuckRates = CommandOption(
    "stuck-rates", .list(.number(in: 1e-9...1)),
    help: "also test with so many of the weight memory's bits stuck, half at 0 and half at 1")
  static let draws = CommandOption(
    "draws", .count(1...1000), help: "drawn errors of each kind and size", default: 5)
  static let samples = CommandOption(
    "samples", .count(1...1_000_000), help: "test samples, from the first", default: 1000)
  static let calibrationSamples = CommandOption(
    "calibration-samples", .count(1...1_000_000), help: "validation samples on which widths are chosen",
    default: 500)
  static let evaluations = CommandOption(
    "evaluations", .count(0...Int.max),
    help: "layer evaluations that qstar may use (by default a tenth of qed's, where qed is run)")
  static let signalBits = CommandOption(
    "signal-bits", .count(1...8), help: "bits of a signal between layers", default: 8)
  static let inputBits = CommandOption(
    "input-bits", .count(1...8), help: "bits of an input value", default: 8)
  static let hardware = MachineSource.option(
    help: "the machine whose memory is counted and whose bits are computed")
  static let retrain = CommandOption(
    "retrain", .count(0...100_000),
    help: "epochs for which each method's network is also retrained with its widths or codebooks", default: 0)
  static let compare = CommandOption(
    "compare", .text("FILE", "an integer network"),
    help: "an integer network from elsewhere, measured beside the others of a single --network",
    repetition: .repeated)
  static let preview = CommandFlag(
    "preview", help: "only write a contact sheet of the errors, contact-sheet.html")
  static let output = CommandOption(
    "output", letter: "o", .text("DIR", "a directory"), help: "where the report goes",
    default: "robust-report", influence: .presentationOnly)

  /// Declarations in the order of the help text.
  static let declarations: [OptionDeclaration] =
    [network.declaration] + DatasetOptions.declarations + [
      budget.declaration, method.declaration, errors.declaration, severities.declaration,
      flipRates.declaration, stuckRates.declaration, draws.declaration, samples.declaration,
      calibrationSamples.declaration,
      evaluations.declaration, signalBits.declaration, inputBits.declaration, hardware.declaration,
      retrain.declaration,
    ] + TrainingOptions.declarations.filter { $0.name != TrainingOptions.epochs.declaration.name } + [
      compare.declaration, preview.declaration, output.declaration,
    ]

  /// What the arguments ask for, with the budgets that they come to for `choices`.
  static func settings(_ arguments: CommandArguments, for choices: MixedPrecision) -> RobustSettings {
    RobustSettings(
      budgets: arguments.required(budget).map { $0.bits(for: choices) }, methods: arguments.required(method),
      kinds: arguments.required(errors), severities: arguments.required(severities).sorted(),
      flipRates: (arguments.value(flipRates) ?? []).sorted(),
      stuckRates: (arguments.value(stuckRates) ?? []).sorted(), draws: arguments.required(draws),
      samples: arguments.required(samples), calibrationSamples: arguments.required(calibrationSamples),
      seed: UInt64(arguments.required(TrainingOptions.seed)), qstarLimit: arguments.value(evaluations))
  }

  /// What the network is quantised for: the machine's units. Steps are an output channel's where batches were normalized.
  static func recipe(
    _ arguments: CommandArguments, machine: HardwareDescription, isNormalized: Bool
  ) -> QuantizationRecipe {
    let path = machine.path
    return QuantizationRecipe(
      weightWordLength: 8, signalWordLength: arguments.required(signalBits),
      inputWordLength: arguments.required(inputBits), accumulatorWordLength: path.accumulator.bits,
      tableAddress: path.activationTable.flatMap {
        try? FixedPointFormat(
          .signed, wordLength: $0.addressBits, fractionLength: $0.addressFractionBits)
      }, requantizer: path.requantizer,
      granularity: isNormalized && !path.requantizer.needsPowersOfTwo ? .outputChannel : .layer)
  }
}

extension ValueFormat where Value == WeightBudget {
  /// A memory size, or `universal-N`.
  static var weightBudget: ValueFormat {
    let size = ValueFormat<Int>.memorySize
    let prefix = "universal-"
    return ValueFormat(
      placeholder: "SIZE", expectation: "a size such as 24KiB, or universal-2 to universal-8",
      read: { text in
        guard text.hasPrefix(prefix) else { return size.read(text).map { .bits($0) } }
        guard let width = Int(text.dropFirst(prefix.count)), MixedPrecision.widths.contains(width) else {
          return .failure(ValueFault("names no width from 2 to 8"))
        }
        return .success(.universal(width: width))
      },
      write: { budget in
        switch budget {
        case .bits(let bits): size.write(bits)
        case .universal(let width): prefix + String(width)
        }
      })
  }
}

extension RobustMethod {
  /// What `all` stands for.
  static let usual: [RobustMethod] = [
    .widths(.universal), .widths(.qed), .widths(.qstar), .deepCompression,
  ]
}

extension ValueFormat where Value == [RobustMethod] {
  /// Methods separated by commas, or `all`.
  static var robustMethods: ValueFormat {
    let list = ValueFormat.list(.choice(RobustMethod.all.map { ($0.name, $0) }, placeholder: "METHOD"))
    return ValueFormat(
      placeholder: list.placeholder, expectation: list.expectation + ", or all",
      read: { $0 == "all" ? .success(RobustMethod.usual) : list.read($0) },
      write: { $0 == RobustMethod.usual ? "all" : list.write($0) })
  }
}
