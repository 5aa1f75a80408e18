import Datasets
import FixedPoint
import Foundation
import Hardware
import Networks
import Quantization
import Reporting
import Reproducibility
import Tensors
import Training

/// `wordlength quantize`: a float network to an integer network, directly or retrained.
package struct QuantizeCommand: Command {
  /// How the network's numbers come to their word lengths.
  private enum Method: String, Sendable, CaseIterable {
    /// The least-squares step, nothing more.
    case direct
    /// Trained on with quantised weights and signals.
    case retrained
    /// The same, in stages of falling word length.
    case gradual
  }

  private static let weightBits = CommandOption(
    "weight-bits", letter: "w", .count(2...8), help: "bits of a weight; 2 is ternary", default: 8)
  private static let layerBits = CommandOption(
    "layer-bits", .text("NAME=N,...", "layers and their bits, such as conv1=8,logits=8"),
    help: "bits of single layers' weights")
  private static let signalBits = CommandOption(
    "signal-bits", .count(1...8), help: "bits of a signal between layers", default: 8)
  private static let inputBits = CommandOption(
    "input-bits", .count(1...8), help: "bits of an input value", default: 8)
  private static let granularity = CommandOption(
    "step-granularity",
    .choice(
      [("layer", StepGranularity.layer), ("channel", .outputChannel)], placeholder: "WHAT"),
    help:
      "which weights share a step (by default a layer's; an output channel's where batches were normalized)")
  private static let method = CommandOption(
    "method", .choice(Method.allCases.map { ($0.rawValue, $0) }, placeholder: "METHOD"),
    help: "direct quantization, or retraining, at once or in stages of falling word length",
    default: Method.direct)
  private static let refit = CommandFlag(
    "refit-steps", help: "fit steps anew at each epoch instead of holding them")
  private static let hardware = MachineSource.option(help: "the machine whose units the network is made for")
  private static let output = CommandOption(
    "output", letter: "o", .text("FILE", "a file to write"), help: "the integer network",
    default: "quantized.network", influence: .presentationOnly)

  /// What it accepts and what its help says.
  package static let syntax = CommandSyntax(
    name: "quantize", summary: "quantize a float network for fixed-point hardware",
    discussion: [
      "Batch normalization is folded into its layers first. Direct quantization takes the step with the least squared error; retraining trains on with quantized weights and "
        + "signals, the updates going to the float weights (Sung, Shin and Hwang 2015), in exactly the integers of the hardware.",
      "With --codebook, weights share values found by k-means (Deep Compression), and retraining moves those values: as each gathers the gradients of all its "
        + "members, it needs a smaller learning rate, or an optimizer that scales gradients, such as adam. Such a network needs a machine with a decode table, such as codebook.",
      "The result runs on the hardware: wordlength simulate --network quantized.network --dataset NAME. Its classes are compared with the trainer's.",
    ],
    operands: [OperandDeclaration("NETWORK", help: "a float network that train wrote")],
    options: DatasetOptions.declarations + [
      weightBits.declaration, layerBits.declaration, signalBits.declaration, inputBits.declaration,
      granularity.declaration, method.declaration, refit.declaration, hardware.declaration,
    ] + CodebookOptions.declarations + TrainingOptions.declarations + [output.declaration],
    examples: [
      CommandExample("quantize lenet.network --dataset fashion-mnist --weight-bits 2", "ternary, directly"),
      CommandExample(
        "quantize lenet.network --dataset fashion-mnist -w 2 --method retrained --epochs 10", "and retrained"),
      CommandExample(
        "quantize lenet.network --dataset fashion-mnist -w 3 --layer-bits logits=8", "one layer finer"),
      CommandExample(
        "quantize lenet.network --dataset fashion-mnist --codebook 3 --method retrained --optimizer adam --learning-rate 0.005",
        "eight shared values a layer, retrained"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    let sharing = try CodebookOptions.recipe(
      arguments, isGradual: arguments.required(method) == .gradual,
      hasChannelSteps: arguments.value(granularity) == .outputChannel)
    let path = arguments.operands[0]
    let trained = try FloatNetwork(fileData: try WholeFile.read(URL(fileURLWithPath: path)), file: path)
    let network = try trained.foldingBatchNormalization()
    let isNormalized = trained.nodes.count != network.nodes.count
    let dataset = try DatasetOptions.read(arguments)
    let machine = try MachineSource.read(arguments.required(hardware))
    if sharing != nil { try CodebookOptions.check(machine) }
    let resources = ComputeResources(
      threads: arguments.value(TrainingOptions.threads) ?? ComputeResources.all.threads)
    func recipe(bits: Int) throws -> QuantizationRecipe {
      var recipe = try Self.recipe(arguments, bits: bits, machine: machine, isNormalized: isNormalized)
      recipe.codebook = sharing
      if sharing != nil { recipe.granularity = .layer }
      return recipe
    }
    func plan(_ network: FloatNetwork, bits: Int) throws -> QuantizationPlan {
      try QuantizationPlan(network: network, recipe: try recipe(bits: bits)) { name in
        Classifier(network, plan: nil, resources: resources)
          .values(of: name, over: dataset.training, count: 1000)
      }
    }
    let bits = arguments.required(weightBits)
    var final = (network: network, plan: try plan(network, bits: bits))
    var loops: [TrainingLoop] = []
    let stages: [Int] =
      switch arguments.required(method) {
      case .direct: []
      case .retrained: [bits]
      case .gradual: [8, 6, 4, 3, 2].filter { $0 > bits } + [bits]
      }
    for stage in stages {
      let settings = TrainingOptions.settings(arguments, refitsSteps: arguments.contains(refit))
      let plan = try plan(final.network, bits: stage)
      let key: JSONValue = [
        "command": "quantize", "network": .string(SHA256Digest(of: final.network.fileData).description),
        "dataset": .string(dataset.digest.description), "settings": settings.key,
        "recipe": plan.recipe.key, "seed": .integer(arguments.required(TrainingOptions.seed)),
      ]
      let loop = try TrainingLoop(
        final.network, dataset: dataset, settings: settings, plan: plan, key: key, arguments: arguments,
        console: console, resources: resources)
      try loop.finish()
      loops.append(loop)
      final = (loop.run.best, loop.run.bestPlan ?? plan)
    }
    let integers = try final.plan.integerNetwork(from: final.network)
    let target = arguments.required(output)
    try WholeFile.write(integers.fileData, to: URL(fileURLWithPath: target))
    for loop in loops { loop.removeCheckpoint() }
    return try report(
      integers, final.network, plan: final.plan, dataset: dataset, machine: machine, path: target, arguments,
      console: console, resources: resources)
  }

  /// Compares the trainer's classes with those of the hardware and says what came out.
  private static func report(
    _ integers: IntegerNetwork, _ network: FloatNetwork, plan: QuantizationPlan, dataset: Dataset,
    machine: HardwareDescription, path: String, _ arguments: CommandArguments, console: Console,
    resources: ComputeResources
  ) throws -> CommandStatus {
    let expected = Classifier(network, plan: plan, resources: resources).classes(of: dataset.test)
    let widest = plan.weights.values.map(\.weightWordLength).max()!
    let hardware =
      (CodebookOptions.machine(machine, decoding: integers) ?? machine.withWeights(bits: widest))
      .withWeightMemory(bits: 1 << 50).withActivationMemory(bits: 1 << 50)
    let result = try MachineEngine(integers, on: hardware).run(
      integers.inputs(from: dataset.test), resources: resources)
    let errors = errorCount(result.classes, dataset.test.labels)
    let differences = errorCount(result.classes, expected)
    let overflows = result.overflows.reduce(0, +)
    let useful = try NetworkMapping(integers, on: hardware).usefulBits
    let memory = CodebookOptions.memory(
      of: integers, accumulatorBits: machine.path.accumulator.bits)
    if arguments.required(TrainingOptions.format) == "json" {
      var object: [String: JSONValue] = [
        "network": .string(path), "testErrors": .integer(errors), "testSamples": .integer(dataset.test.count),
        "differingSamples": .integer(differences), "accumulatorOverflows": .integer(overflows),
        "usefulWeightMemoryBits": .integer(useful),
      ]
      if let memory { object["codebookMemory"] = memory.json }
      console.output.write(JSONValue.object(object).canonicalText + "\n")
    } else {
      let share = Double(errors) / Double(dataset.test.count)
      console.output.write(
        "\(path): \(integers.name), \(MemoryText(bits: useful)) of weights and biases, test error"
          + " \(PercentText(fraction: share)); \(differences) of \(DecimalText.grouped(dataset.test.count)) samples classed"
          + " differently by trainer and hardware, \(DecimalText.grouped(overflows)) additions left their accumulator\n"
      )
      if let memory { console.output.write("\(path): \(memory.text)\n") }
    }
    return .success
  }

  private static func recipe(
    _ arguments: CommandArguments, bits: Int, machine: HardwareDescription, isNormalized: Bool
  ) throws -> QuantizationRecipe {
    let path = machine.path
    let standard: StepGranularity =
      isNormalized && !path.requantizer.needsPowersOfTwo ? .outputChannel : .layer
    return QuantizationRecipe(
      weightWordLength: bits, weightWordLengths: try LayerBits.read(arguments, layerBits),
      signalWordLength: arguments.required(signalBits), inputWordLength: arguments.required(inputBits),
      accumulatorWordLength: path.accumulator.bits,
      tableAddress: path.activationTable.flatMap {
        try? FixedPointFormat(
          .signed, wordLength: $0.addressBits, fractionLength: $0.addressFractionBits)
      }, requantizer: path.requantizer, granularity: arguments.value(granularity) ?? standard)
  }
}
