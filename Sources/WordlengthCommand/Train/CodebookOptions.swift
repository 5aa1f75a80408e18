import Hardware
import Networks
import Quantization
import Reporting
import Reproducibility

/// How the weights of a network share values, and what that saves.
enum CodebookOptions {
  static let codebook = CommandOption(
    "codebook", .count(1...8),
    help:
      "let a layer's weights share values: bits of an index into its codebook, whose entries have --weight-bits"
  )
  static let byLayer = CommandOption(
    "by-layer", .text("NAME=N,...", "layers and their bits, such as conv1=6,logits=8"),
    help: "bits of single layers' indices, with --codebook")
  static let prune = CommandOption(
    "prune", .number(in: 0...0.999),
    help: "with --codebook: the share of each layer's weights, the smallest, that becomes exactly 0",
    default: 0)

  /// Declarations in the order of the help text.
  static let declarations: [OptionDeclaration] = [
    codebook.declaration, byLayer.declaration, prune.declaration,
  ]

  /// How weights share values, or nil where each is quantised by itself.
  /// - Parameters:
  ///   - isGradual: whether word lengths are to fall in stages.
  ///   - hasChannelSteps: whether each output channel is to have a step of its own.
  /// - Throws: `UsageError` for options that do not go together.
  static func recipe(
    _ arguments: CommandArguments, isGradual: Bool, hasChannelSteps: Bool
  ) throws(UsageError) -> CodebookRecipe? {
    guard let bits = arguments.value(codebook) else {
      let idle = [
        arguments.contains(byLayer) ? "--by-layer" : nil, arguments.contains(prune) ? "--prune" : nil,
      ].compactMap { $0 }
      guard idle.isEmpty else {
        throw UsageError(
          command: arguments.syntax.name,
          faults: idle.map {
            .rule(what: "\($0) is for weights that share values", help: "give --codebook BITS with it")
          })
      }
      return nil
    }
    var faults: [UsageError.Fault] = []
    if isGradual {
      faults.append(
        .rule(
          what: "--method gradual lowers word lengths, which a codebook's entries keep",
          help: "give --method retrained"))
    }
    if hasChannelSteps {
      faults.append(
        .rule(
          what: "--step-granularity channel, but all channels of a layer share its codebook",
          help: "leave it out"))
    }
    guard faults.isEmpty else { throw UsageError(command: arguments.syntax.name, faults: faults) }
    return CodebookRecipe(
      indexBits: bits, indexBitsByLayer: try LayerBits.read(arguments, byLayer),
      prunedFraction: arguments.required(prune))
  }

  /// Checks that the machine could have a decode table, before anything is trained for it.
  static func check(_ machine: HardwareDescription) throws(CommandFailure) {
    switch machine.array {
    case .lanes: break
    case .systolic:
      throw CommandFailure(
        ConsoleMessage(
          "\(machine.name) is a systolic array, which has no decode table for --codebook",
          help: "choose a lane array, such as codebook"))
    }
  }

  /// `machine` with the decode table that `network` needs, or nil where no layer has a codebook.
  static func machine(_ machine: HardwareDescription, decoding network: IntegerNetwork)
    -> HardwareDescription?
  {
    let layers = network.nodes.compactMap { network.weightedLayer(of: $0) }
    guard let indexBits = layers.compactMap(\.codebook?.indexBits).max() else { return nil }
    return machine.withCodebook(
      indexBits: indexBits, weightBits: layers.map(\.weightWordLength).max()!)
  }

  /// Bits of all layers with codebooks, or nil if there are none.
  static func memory(of network: IntegerNetwork, accumulatorBits: Int) -> CodebookMemory? {
    let layers = network.nodes.compactMap { node in
      network.weightedLayer(of: node).flatMap { CodebookMemory($0, accumulatorBits: accumulatorBits) }
    }
    return layers.isEmpty ? nil : layers.reduce(.none) { $0 + $1 }
  }
}

/// Bits of single layers, as `NAME=N,...`.
enum LayerBits {
  /// Reads them; none where the option is not given.
  static func read(
    _ arguments: CommandArguments, _ option: CommandOption<String>
  ) throws(UsageError) -> [String: Int] {
    guard let text = arguments.value(option) else { return [:] }
    var layers: [String: Int] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", omittingEmptySubsequences: false)
      guard pair.count == 2, let bits = Int(pair[1]), !pair[0].isEmpty else {
        throw UsageError(
          command: arguments.syntax.name,
          faults: [
            .rule(
              what: "--\(option.declaration.name) has \"\(part)\"",
              help: "write NAME=BITS, such as conv1=8")
          ])
      }
      layers[String(pair[0])] = bits
    }
    return layers
  }
}

extension CodebookMemory {
  /// The parts, as `quantize` prints them.
  var text: String {
    "codebooks: \(MemoryText(bits: indexBits)) of indices + \(MemoryText(bits: codebookBits)) of entries"
      + " + \(MemoryText(bits: biasBits)) of biases = \(MemoryText(bits: usefulBits));"
      + " indices Huffman-coded \(MemoryText(bits: codedIndexBits)), in all \(MemoryText(bits: codedBits))"
  }

  /// The same with keys that name units.
  var json: JSONValue {
    [
      "indexBits": .integer(indexBits), "codebookBits": .integer(codebookBits),
      "biasBits": .integer(biasBits), "usefulBits": .integer(usefulBits),
      "huffmanCodedIndexBits": .integer(codedIndexBits), "huffmanCodedBits": .integer(codedBits),
    ]
  }
}
