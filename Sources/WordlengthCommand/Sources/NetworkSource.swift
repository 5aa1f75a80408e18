import FixedPoint
import Foundation
import Hardware
import Networks
import Quantization
import Reproducibility

/// The integer network that `--network` names: a file, or a topology with untrained weights.
struct NetworkSource {
  static let network = CommandOption(
    "network", letter: "n",
    .text("FILE|NAME", "a file that explore or quantize wrote, or a topology such as vgg-16"),
    help: "the network: a file, or a topology's name or .json description for random weights of its shape",
    isRequired: true)
  static let weightBits = CommandOption(
    "weight-bits", .count(2...8), help: "bits of a topology's weights (by default what the datapath is for)")
  static let signalBits = CommandOption(
    "signal-bits", .count(1...8), help: "bits of a topology's signals", default: 8)
  static let inputShape = CommandOption(
    "input-shape", .shape, help: "a topology's input (by default its usual one)")
  static let classes = CommandOption(
    "classes", .count(1...65_536), help: "a topology's classes (by default its usual number)")
  static let seed = CommandOption(
    "seed", .count(0...Int.max), help: "seed of random weights and inputs", default: 1)

  /// Declarations in the order of the help text.
  static let declarations: [OptionDeclaration] = [
    network.declaration, weightBits.declaration, signalBits.declaration, inputShape.declaration,
    classes.declaration, seed.declaration,
  ]

  /// Reads or makes the network for `hardware`.
  /// - Parameter needsValues: whether weights matter, or only shapes.
  /// - Throws: `UsageError` where options for topologies go with a file, `CommandFailure` for a faulty file.
  static func read(
    _ arguments: CommandArguments, for hardware: HardwareDescription, needsValues: Bool
  ) throws -> IntegerNetwork {
    let name = arguments.required(network)
    if FileManager.default.fileExists(atPath: name), !isDescription(name) {
      let extra = [
        arguments.contains(weightBits) ? "--weight-bits" : nil,
        arguments.contains(signalBits) ? "--signal-bits" : nil,
        arguments.contains(inputShape) ? "--input-shape" : nil,
        arguments.contains(classes) ? "--classes" : nil,
      ].compactMap { $0 }
      guard extra.isEmpty else {
        throw UsageError(
          command: arguments.syntax.name,
          faults: extra.map {
            .rule(what: "\($0) is for topologies, but \(name) is a file", help: "leave it out")
          })
      }
      do {
        return try IntegerNetwork(fileData: try WholeFile.read(URL(fileURLWithPath: name)), file: name)
      } catch {
        throw CommandFailure(
          ConsoleMessage("\(error)", expected: "an integer network that explore or quantize wrote"))
      }
    }
    do {
      let topology = try topology(
        name, inputShape: arguments.value(inputShape), classes: arguments.value(classes))
      return try topology.integerNetwork(
        recipe: recipe(arguments, for: hardware),
        weights: needsValues
          ? .random(RandomSource(seed: UInt64(arguments.required(seed)))) : .zero)
    } catch let error as NetworkError {
      throw CommandFailure(
        ConsoleMessage(
          "\(error)",
          expected: "a network file, or a topology: \(NetworkTopology.nameForms.joined(separator: ", "))"))
    } catch {
      throw CommandFailure(ConsoleMessage("\(error)", location: name))
    }
  }

  /// Whether `name` is that of a topology's description.
  static func isDescription(_ name: String) -> Bool { name.hasSuffix(".json") }

  /// The topology called `name`, or that which the description in the file `name` holds.
  static func topology(_ name: String, inputShape: [Int]?, classes: Int?) throws -> NetworkTopology {
    guard isDescription(name) else {
      return try NetworkTopology(named: name, inputShape: inputShape, classes: classes)
    }
    return try NetworkTopology(
      description: try WholeFile.read(URL(fileURLWithPath: name)), file: name, inputShape: inputShape,
      classes: classes)
  }

  /// What a topology is quantised for: the machine's units.
  private static func recipe(
    _ arguments: CommandArguments, for hardware: HardwareDescription
  ) -> QuantizationRecipe {
    let path = hardware.path
    let bits = min(arguments.required(signalBits), path.datapath.activationBits)
    return QuantizationRecipe(
      weightWordLength: arguments.value(weightBits) ?? min(8, max(2, path.datapath.weightBits)),
      signalWordLength: bits, inputWordLength: min(8, path.datapath.activationBits),
      accumulatorWordLength: path.accumulator.bits,
      tableAddress: path.activationTable.flatMap {
        try? FixedPointFormat(
          .signed, wordLength: $0.addressBits, fractionLength: $0.addressFractionBits)
      },
      requantizer: path.requantizer)
  }
}

extension ValueFormat where Value == [Int] {
  /// Extents joined by `x`, such as `32x32x3`.
  static var shape: ValueFormat {
    ValueFormat(
      placeholder: "HxWxC", expectation: "height, width and channels, such as 32x32x3",
      read: { text in
        let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        let extents = parts.compactMap { $0 }
        guard parts.count == 3, extents.count == 3, extents.allSatisfy({ 1...65_536 ~= $0 }) else {
          return .failure(ValueFault("is not three positive numbers joined by x"))
        }
        return .success(extents)
      }, write: { $0.map(String.init).joined(separator: "x") })
  }
}
