import Hardware
import Networks
import Reproducibility
import Tensors
import Testing

@Suite(
  "A published int8 convolutional network",
  .enabled(if: KeywordSpotting.isPresent, "../shared/models is absent"))
struct KeywordSpottingTests {
  /// A lane array with the embedded runtimes' 32-bit accumulators and requantiser.
  private func machine(lanes: Int, inputsPerCycle: Int) throws -> HardwareDescription {
    var machine = TestMachine()
    machine.lanes = lanes
    machine.inputsPerCycle = inputsPerCycle
    machine.overflow = .wrap
    machine.requantizer = .doublingHighMultiply
    machine.datapath = ["kind": "parallel", "weightBits": 8, "activationBits": 8]
    return try machine.hardware(with: ["vectorUnit": TestMachine.vectorUnit(elements: 8, pipeline: 1)])
  }

  @Test("The network is the published one: weights, biases, multiplications, layers")
  func isComplete() throws {
    let published = try KeywordSpotting()
    #expect(published.samples == 11 && published.network.nodes.count == 11)
    let mapping = try NetworkMapping(published.network, on: try machine(lanes: 16, inputsPerCycle: 8))
    #expect(mapping.layers.reduce(0) { $0 + $1.usefulMACs } == 2_656_768)
    #expect(mapping.layers.reduce(0) { $0 + $1.memory.usefulWeightBits } == 22_016 * 8)
    #expect(mapping.layers.reduce(0) { $0 + $1.memory.usefulBiasBits } == 588 * 32)
  }

  @Test("The reference gives every published value, op by op and end to end")
  func reference() throws {
    let published = try KeywordSpotting()
    var compared = 0
    for sample in 0..<published.samples {
      let tensors = published.network.referenceTensors(
        of: try published.values(inputTensorName, sample: sample))
      for node in published.network.nodes {
        let expected = try published.values(node.name, sample: sample)
        #expect(tensors[node.name] == expected, "sample \(sample), \(node.name), end to end")
        compared += expected.count
      }
    }
    for node in published.network.nodes {
      let alone = try published.alone(node)
      for sample in 0..<published.samples {
        let got = alone.referenceTensors(of: try published.values(node.inputs[0], sample: sample))[node.name]
        #expect(
          got == (try published.values(node.name, sample: sample)), "sample \(sample), \(node.name) alone")
      }
    }
    #expect(compared == 11 * (9 * 25 * 5 * 64 + 64 + 12))
  }

  @Test(
    "The engine gives every published value, op by op and end to end", arguments: [(16, 8), (5, 3)],
    [OverflowCounting.whereSumsCanOverflow, .everywhere])
  func engine(_ shape: (lanes: Int, inputsPerCycle: Int), _ counting: OverflowCounting) throws {
    let published = try KeywordSpotting()
    let hardware = try machine(lanes: shape.lanes, inputsPerCycle: shape.inputsPerCycle)
    let inputs = published.inputs.map { Int32($0) }
    let engine = try MachineEngine(published.network, on: hardware, counting: counting)
    for record in try engine.record(inputs, resources: .all) {
      #expect(record.outputs == published.golden[record.name], "\(record.name), end to end")
    }
    let result = try engine.run(inputs, resources: .all)
    #expect(result.outputs == published.golden["op11"] && result.overflows.allSatisfy { $0 == 0 })
    for node in published.network.nodes {
      let source = node.inputs[0] == inputTensorName ? published.inputs : published.golden[node.inputs[0]]!
      let alone = try MachineEngine(try published.alone(node), on: hardware, counting: counting)
      let got = try alone.run(source.map { Int32($0) }, resources: .all)
      #expect(got.outputs == published.golden[node.name], "\(node.name) alone")
    }
  }
}
