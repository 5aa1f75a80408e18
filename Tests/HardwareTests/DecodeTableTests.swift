import FixedPoint
import Foundation
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing

/// Layers whose weights are indices into a codebook, small enough to be counted by hand from the contract.
@Suite("Decode tables")
struct DecodeTableTests {
  /// Two lanes of three multipliers behind tables of up to 8 entries of 8 bits.
  private static var machine: TestMachine {
    var machine = TestMachine()
    machine.lanes = 2
    machine.inputsPerCycle = 3
    machine.datapath = ["kind": "codebook", "indexBits": 3, "weightBits": 8, "activationBits": 8]
    machine.pipeline = [0, 0, 0, 0]
    machine.decodeCycles = 0
    return machine
  }

  /// A layer of `outputs` outputs over four inputs whose indices of 2 bits run 0, 1, 2, 3, 0, …; no entry is 0.
  private func network(outputs: Int = 3, zeroPoint: Int = 0) throws -> IntegerNetwork {
    let indices = (0..<4 * outputs).map { UInt8($0 % 4) }
    let codebook = try WeightCodebook(indexBits: 2, table: [7, -3, 11, -16], indices: indices)
    return try IntegerNetwork(
      name: "net",
      input: IntegerTensor(shape: [4], format: integers(.unsigned, 8), zeroPoint: zeroPoint),
      nodes: [
        IntegerNetwork.Node(
          "logits", inputs: [inputTensorName],
          .dense(
            IntegerDense(
              .indices(codebook, shape: [outputs, 4]), weightWordLength: 5,
              biases: Array(repeating: 100, count: outputs), outputStage: .accumulators)),
          output: IntegerTensor(shape: [outputs], format: integers(.signed, 32)))
      ])
  }

  /// Both models' run of one input, which must agree.
  private func run(
    _ network: IntegerNetwork, _ hardware: HardwareDescription, _ input: [Int32]
  ) throws -> RegisterLevelResult {
    let engine = try MachineEngine(network, on: hardware, counting: .everywhere)
    let computed = try engine.run(input, resources: .all)
    let observed = try RegisterLevelModel(network, on: hardware).run(input)
    #expect(computed.outputs == observed.outputs && computed.overflows == observed.overflows)
    #expect(engine.mapping.cycles == observed.cycles)
    #expect(engine.mapping.layers.map(\.events) == observed.events[0])
    return observed
  }

  @Test("Loading the table takes a cycle an entry, and the decode stages delay each layer once")
  func cycles() throws {
    var machine = Self.machine
    let input: [Int32] = [1, 2, 3, 4]
    // Two tiles of 2 taps; the outputs leave one by one: 2 + 2 and 2 + 1 cycles. The table has 4 entries.
    let plain = try run(try network(), try machine.hardware(), input)
    #expect(plain.cycles == 4 + 7 && plain.layerCycles[0][0].pipeline == 4)
    #expect(plain.outputs == [7 - 6 + 33 - 64 + 100, 70, 70])
    machine.decodeCycles = 3
    #expect(try run(try network(), try machine.hardware(), input).cycles == 4 + 7 + 3)
    machine.decodeCycles = nil
    #expect(try run(try network(), try machine.hardware(), input).cycles == 4 + 7 + 1)
    machine.pipeline = [5, 1, 2, 3]
    #expect(try run(try network(), try machine.hardware(), input).cycles == 5 + 4 + 7 + 1 + 6)
    // Weights without a codebook pass the table's stage, but load nothing.
    let integers = try oneLayer(weights: [[1, 2, 3, 4]], bits: 8)
    #expect(try run(integers, try machine.hardware(), input).cycles == 5 + 2 + 1 + 1 + 6)
  }

  @Test("What happens is counted: indices and entries read, entries written, weights decoded")
  func events() throws {
    let result = try run(try network(), try Self.machine.hardware(), [1, 2, 3, 4])
    let events = result.events[0][0]
    // 2 lanes of 3 multipliers over 4 taps.
    #expect(events.multiplications == 24 && events.decodeTableReads == 24)
    // 24 indices of 2 bits, and 4 entries of 8 bits, which go to 2 lanes.
    #expect(events.weightBitsRead == 48 + 32 && events.decodeTableBitsWritten == 64)
    let plain = try run(
      try oneLayer(weights: [[1, 2, 3, 4]], bits: 8), try Self.machine.hardware(), [1, 2, 3, 4])
    #expect(plain.events[0][0].decodeTableReads == 0 && plain.events[0][0].decodeTableBitsWritten == 0)
    #expect(plain.events[0][0].weightBitsRead == 2 * 3 * 2 * 8)
  }

  @Test("Memory is counted: indices padded to bank words, start values, the codebook once")
  func memory() throws {
    let mapping = try NetworkMapping(try network(), on: try Self.machine.hardware())
    let memory = mapping.layers[0].memory
    // A tile has 2 taps of 3 indices of 2 bits in each of 2 lanes, padded to a word of 24 bits; there are two tiles.
    #expect(memory.storedWeightBits == 2 * 2 * 24 && memory.storedBiasBits == 2 * 2 * 32)
    #expect(memory.storedCodebookBits == 4 * 8 && memory.storedBits == 96 + 128 + 32)
    #expect(memory.usefulWeightBits == 12 * 2 && memory.usefulBiasBits == 3 * 32)
    #expect(memory.usefulCodebookBits == 4 * 5 && memory.usefulBits == 24 + 96 + 20)
    #expect(mapping.layers[0].weightBits == 2)
  }

  @Test("A codebook stays where its layer is streamed, and counts against the capacity")
  func streaming() throws {
    var machine = Self.machine
    // Three tiles of 2 · 24 bits of weights and 2 · 32 of start values: all of them and the codebook take 368 bits, two slots and it 256.
    let network = try network(outputs: 5)
    func hardware(_ bits: Int) throws -> HardwareDescription {
      machine.weightMemoryBits = bits
      return try machine.hardware(
        with: ["externalMemory": TestMachine.external(weights: 8, activations: 8, latency: 1)])
    }
    let whole = try run(network, try hardware(368), [9, 8, 7, 6])
    #expect(whole.layerCycles[0][0].weightStall == 0)
    let streamed = try run(network, try hardware(367), [9, 8, 7, 6])
    // A fetch takes 1 + 112 / 8 cycles; the first has the table's 4 to hide in, the others their forerunner's 4.
    #expect(streamed.layerCycles[0][0].weightStall == 11 + 11 + 11)
    #expect(streamed.events[0][0].externalBits == 3 * 112 && streamed.outputs == whole.outputs)
    #expect(try run(network, try hardware(256), [9, 8, 7, 6]).outputs == whole.outputs)
    let error = #expect(throws: HardwareError.self) { try MachineEngine(network, on: try hardware(255)) }
    #expect(error?.reason == .weightMemoryTooSmall(neededBits: 256, capacityBits: 255))
  }

  @Test("What an output does not read counts nothing, though every entry of the table is far from 0")
  func unreadChannels() throws {
    var source = RandomSource(seed: 741)
    // Groups of 2 channels in V-groups of 3, padding, a zero point, a last tile with an idle lane.
    let table: [Int16] = [-128, 127, 100, -90, 77, 66, -55, 128 - 1]
    let indices = (0..<3 * 2 * 2 * 2).map { _ in UInt8(source.below(8)) }
    let codebook = try WeightCodebook(indexBits: 3, table: table, indices: indices)
    let network = try IntegerNetwork(
      name: "grouped",
      input: IntegerTensor(shape: [3, 3, 6], format: integers(.unsigned, 8), zeroPoint: 200),
      nodes: [
        IntegerNetwork.Node(
          "logits", inputs: [inputTensorName],
          .convolution(
            IntegerConvolution(
              .indices(codebook, shape: [3, 2, 2, 2]), weightWordLength: 8, biases: [5, -6, 7],
              window: SlidingWindow(
                kernel: PlaneExtent(square: 2), padding: PlanePadding(top: 1, left: 1, bottom: 0, right: 0)),
              groups: 3, outputStage: .accumulators)),
          output: IntegerTensor(shape: [3, 3, 3], format: integers(.signed, 32)))
      ])
    let input = (0..<54).map { _ in Int32(source.below(256)) }
    let result = try run(network, try Self.machine.hardware(), input)
    #expect(result.outputs == network.referenceTensors(of: input.map { Int64($0) })["logits"]!)
    #expect(result.overflows == [0])
  }

  @Test("A trace shows the table's load as a state of its own")
  func traced() throws {
    let model = try RegisterLevelModel(try network(), on: try Self.machine.hardware())
    let state = try #require(model.traceSignals.firstIndex { $0.name == "state" })
    var states: [Int64] = []
    _ = try model.run([1, 2, 3, 4]) { states.append($0[state]) }
    let load = Int64(MachineState.tableLoad.rawValue)
    #expect(states.prefix(4).allSatisfy { $0 == load } && !states.dropFirst(4).contains(load))
  }

  @Test("A machine without a table, or with too small or too narrow a one, refuses by name")
  func refusals() throws {
    func message(_ network: IntegerNetwork, _ hardware: HardwareDescription) -> String {
      let error = #expect(throws: HardwareError.self) { try MachineEngine(network, on: hardware) }
      let other = #expect(throws: HardwareError.self) { try RegisterLevelModel(network, on: hardware) }
      #expect(error == other)
      return error?.description ?? "no error"
    }
    let network = try network()
    for kind in ["parallel", "bitSerial", "decomposable"] {
      var machine = TestMachine()
      machine.datapath = ["kind": .string(kind), "weightBits": 8, "activationBits": 8]
      let name = kind == "bitSerial" ? "bit-serial" : kind
      #expect(
        message(network, try machine.hardware())
          == "net, layer logits: its weights are indices of 2 bits into a codebook, which the \(name) datapath cannot"
          + " decode; use a datapath of kind \"codebook\", or a network without codebooks.")
    }
    let systolic = try TestMachine().systolic(rows: 2, columns: 2, .weightStationary)
    #expect(message(network, systolic).contains("which the parallel datapath cannot decode"))
    var small = Self.machine
    small.datapath = ["kind": "codebook", "indexBits": 1, "weightBits": 8, "activationBits": 8]
    #expect(
      message(network, try small.hardware())
        == "net, layer logits: its weights are indices of 2 bits into a codebook, which the decode table of 2 entries"
        + " cannot decode; use indices of at most 1 bits or a table for 2.")
    var narrow = Self.machine
    narrow.datapath = ["kind": "codebook", "indexBits": 2, "weightBits": 4, "activationBits": 8]
    #expect(
      message(network, try narrow.hardware())
        == "net, layer logits: its weights have 5 bits, which the 4-bit codebook datapath cannot multiply; use weights of at"
        + " most 4 bits or a datapath of 5.")
    let twin = Cosimulation(
      simulator: .icarus, directory: URL(fileURLWithPath: "/nonexistent/directory"))
    let refusal = #expect(throws: TwinCoverageError.self) {
      try twin.run(network, on: try Self.machine.hardware(), inputs: [1, 2, 3, 4])
    }
    #expect(refusal?.reason == .datapath("codebook"))
  }

  @Test("Faults of a description are told by their paths")
  func descriptionFaults() throws {
    func faults(_ change: (inout TestMachine) -> Void) -> String {
      var machine = Self.machine
      change(&machine)
      do {
        _ = try machine.hardware()
        return "none"
      } catch { return "\(error)" }
    }
    #expect(faults { _ in } == "none")
    for bits in [0, 9] {
      let text = faults {
        $0.datapath = ["kind": "codebook", "indexBits": .integer(bits), "weightBits": 8, "activationBits": 8]
      }
      #expect(
        text.contains("laneArray.datapath.indexBits: ") && text.contains("an integer in 1...8"), "\(text)")
    }
    #expect(
      faults { $0.datapath = ["kind": "codebook", "weightBits": 8, "activationBits": 8] }
        .contains("laneArray.datapath.indexBits: "))
    let idle = faults { $0.datapath = ["kind": "parallel", "weightBits": 8, "activationBits": 8] }
    #expect(idle.contains("laneArray.pipeline.decodeCycles: ") && idle.contains("leave it out"), "\(idle)")
    let stray = faults {
      $0.datapath = ["kind": "parallel", "indexBits": 3, "weightBits": 8, "activationBits": 8]
    }
    #expect(stray.contains("laneArray.datapath.indexBits: "), "\(stray)")
  }

  @Test("Golden files hold indices and entries beside the decoded weights")
  func golden() throws {
    let engine = try MachineEngine(try network(), on: try Self.machine.hardware())
    let set = try GoldenSet(engine, inputs: [1, 2, 3, 4], resources: .all)
    func entry(_ role: GoldenSet.Role) throws -> GoldenSet.Entry {
      try #require(set.entries.first { $0.role == role })
    }
    let indices = try entry(.indices)
    let codebook = try entry(.codebook)
    #expect(indices.shape == [3, 4] && indices.wordLength == 2 && !indices.isSigned)
    #expect(codebook.values == [7, -3, 11, -16] && codebook.wordLength == 5 && codebook.isSigned)
    #expect(try entry(.weights).values == indices.values.map { codebook.values[Int($0)] })
    #expect(try set.files().count == 2 * set.entries.count + 1)
  }
}
