import FixedPoint
import Foundation
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing

@Suite("The product's machines")
struct EmbeddedMachineTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("HardwareModels")

  /// The names of the description files, without their extensions.
  private static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? [])
    .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()

  @Test("Every description file is embedded under its name, and nothing else is")
  func namesAgree() {
    #expect(Self.names.count >= 8)
    #expect(HardwareDescription.embedded.keys.sorted() == Self.names)
    #expect(HardwareDescription.standard == HardwareDescription.embedded["lane-array"])
  }

  /// A network of random weights for the units of `machine`.
  private func network(_ name: String, for machine: HardwareDescription) throws -> IntegerNetwork {
    let path = machine.path
    let recipe = QuantizationRecipe(
      weightWordLength: min(8, path.datapath.weightBits),
      accumulatorWordLength: path.accumulator.bits,
      tableAddress: try path.activationTable.map {
        try FixedPointFormat(.signed, wordLength: $0.addressBits, fractionLength: $0.addressFractionBits)
      }, requantizer: path.requantizer)
    return try NetworkTopology(named: name, inputShape: [8, 8, 1])
      .integerNetwork(recipe: recipe, weights: .random(RandomSource(seed: 31)))
  }

  @Test(
    "Each file is the embedded machine, bears its name, comes back from its JSON, and computes",
    arguments: names)
  func runsNetworks(_ name: String) throws {
    let data = try Data(contentsOf: Self.directory.appendingPathComponent("\(name).json"))
    let machine = try HardwareDescription(parsing: data, file: "\(name).json")
    #expect(machine == HardwareDescription.embedded[name] && machine.name == name)
    let again = try HardwareDescription(parsing: Data(machine.json.indentedText.utf8), file: "again")
    #expect(again == machine)
    let topologies =
      machine.vectorUnit == nil ? ["ffdnn-1x8"] : ["ffdnn-1x8", "ffdnn-2x8-relu", "cnn-4-4-8", "resnet-8"]
    for topology in topologies {
      let network = try network(topology, for: machine)
      let engine = try MachineEngine(network, on: machine)
      #expect(engine.mapping.cycles > 0)
      var source = RandomSource(seed: 32)
      let inputs = (0..<2 * 64).map { _ in Int32(source.below(256)) }
      let result = try engine.run(inputs, resources: .all)
      guard result.overflows.allSatisfy({ $0 == 0 }) else { continue }
      let expected = [inputs[..<64], inputs[64...]].flatMap { sample in
        network.referenceTensors(of: sample.map { Int64($0) })[network.output.name]!
      }
      #expect(result.outputs == expected, "\(topology)")
    }
  }
}
