import Hardware
import Networks
import Quantization
import Reproducibility
import Testing

@Suite("Events of tiny layers")
struct LayerEventsTests {
  /// What a layer's events are expected to be, in the contract's order.
  private func check(
    _ layer: LayerMapping, multiplications: Int = 0, accumulations: Int = 0, requantizations: Int = 0,
    lookups: Int = 0, vectorOperations: Int = 0, weights: Int = 0, starts: Int = 0, read: Int, written: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let events = layer.events
    #expect(events.multiplications == multiplications, sourceLocation: sourceLocation)
    #expect(events.accumulations == accumulations, sourceLocation: sourceLocation)
    #expect(events.requantizations == requantizations, sourceLocation: sourceLocation)
    #expect(events.tableLookups == lookups, sourceLocation: sourceLocation)
    #expect(events.vectorOperations == vectorOperations, sourceLocation: sourceLocation)
    #expect(events.weightBitsRead == weights, sourceLocation: sourceLocation)
    #expect(events.startBitsRead == starts, sourceLocation: sourceLocation)
    #expect(events.activationBitsRead == read, sourceLocation: sourceLocation)
    #expect(events.activationBitsWritten == written, sourceLocation: sourceLocation)
    #expect(events.externalBits == 0, sourceLocation: sourceLocation)
  }

  private func machine(_ kind: String, lanes: Int, inputsPerCycle: Int) -> TestMachine {
    var machine = TestMachine()
    machine.lanes = lanes
    machine.inputsPerCycle = inputsPerCycle
    machine.accumulatorBits = 16
    machine.datapath = ["kind": .string(kind), "weightBits": 8, "activationBits": 8]
    return machine
  }

  /// Three inputs of 8 bits, three outputs of 8 bits, weights of 4 bits.
  private func dense() throws -> IntegerNetwork {
    try TinyNodes.network(
      TinyNodes.tensor([3]),
      [TinyNodes.dense("out", from: "input", inputs: 3, weightBits: 4, making: TinyNodes.tensor([3]))])
  }

  @Test("A fully connected layer on two lanes of two multipliers: two tiles of two taps")
  func parallel() throws {
    let layer = try NetworkMapping(
      try dense(), on: try machine("parallel", lanes: 2, inputsPerCycle: 2).hardware()
    ).layers[0]
    check(
      layer, multiplications: 16, accumulations: 8, requantizations: 3, weights: 64, starts: 64, read: 64,
      written: 24)
    #expect(layer.tiles == 2 && layer.taps == 2 && layer.cycles.compute == 4 && layer.cycles.drain == 3)
  }

  @Test("A decomposable multiplier of 8 bits is two of 4 bits: two tiles of two outputs in one lane")
  func decomposable() throws {
    let network = try TinyNodes.network(
      TinyNodes.tensor([2]),
      [TinyNodes.dense("out", from: "input", inputs: 2, weightBits: 4, making: TinyNodes.tensor([3]))])
    let layer = try NetworkMapping(
      network, on: try machine("decomposable", lanes: 1, inputsPerCycle: 2).hardware()
    ).layers[0]
    check(
      layer, multiplications: 8, accumulations: 4, requantizations: 3, weights: 32, starts: 64, read: 32,
      written: 24)
    #expect(layer.tiles == 2 && layer.multipliers == 4 && layer.cycles.compute == 2)
  }

  @Test("A bit-serial convolution: each of 2 taps at 2 positions takes 3 bit planes")
  func bitSerial() throws {
    let network = try TinyNodes.network(
      TinyNodes.tensor([2, 2, 2]),
      [
        TinyNodes.convolution(
          "out", from: "input", channels: 2, weightBits: 3,
          window: SlidingWindow(kernel: PlaneExtent(height: 1, width: 2)),
          making: TinyNodes.tensor([2, 1, 1]))
      ])
    let layer = try NetworkMapping(
      network, on: try machine("bitSerial", lanes: 2, inputsPerCycle: 2).hardware()
    ).layers[0]
    check(
      layer, multiplications: 48, accumulations: 8, requantizations: 2, weights: 48, starts: 64, read: 64,
      written: 16)
    #expect(layer.cycles.compute == 12 && layer.cycles.drain == 1 && layer.positions == 2)
  }

  @Test("Where outputs leave slower than taps enter, positions wait for them")
  func slowDrain() throws {
    let network = try TinyNodes.network(
      TinyNodes.tensor([2, 2, 2]),
      [
        TinyNodes.convolution(
          "out", from: "input", channels: 2, window: SlidingWindow(kernel: PlaneExtent(square: 1)),
          making: TinyNodes.tensor([2, 2, 3]))
      ])
    let layer = try NetworkMapping(
      network, on: try machine("parallel", lanes: 4, inputsPerCycle: 1).hardware()
    ).layers[0]
    // C = 2, E = 3, N = 4: 2 + 3 · 3 + 3 = 14 cycles.
    #expect(layer.cycles.compute == 8 && layer.cycles.drain == 6)
    #expect(layer.cycles.total == 14 + 2 + 1 + 2 + 3)
  }

  @Test("A tile of grouped channels reads the channel groups of all its outputs")
  func grouped() throws {
    let network = try TinyNodes.network(
      TinyNodes.tensor([1, 1, 8]),
      [
        TinyNodes.convolution(
          "out", from: "input", channels: 8, groups: 4, window: SlidingWindow(kernel: PlaneExtent(square: 1)),
          making: TinyNodes.tensor([1, 1, 4]))
      ])
    let layer = try NetworkMapping(
      network, on: try machine("parallel", lanes: 3, inputsPerCycle: 4).hardware()
    ).layers[0]
    // Outputs 0…2 read channels 0…5, two groups of four; output 3 reads channels 6 and 7, one.
    #expect(layer.tiles == 2 && layer.taps == 2 && layer.cycles.compute == 3)
    check(
      layer, multiplications: 3 * 4 * 3, accumulations: 3 * 3, requantizations: 4, weights: 2 * 3 * 4 * 3,
      starts: 2 * 3 * 16, read: 4 * 8 * 3, written: 32)
    // Lanes hold 8 and 4 weights of 2 bits, in words of 4 · 8 bits.
    #expect(layer.memory.storedWeightBits == 3 * 32 + 3 * 32)
  }

  @Test("The same fully connected layer on a systolic array of 2 × 2, by dataflow")
  func systolic() throws {
    func layer(_ dataflow: Dataflow) throws -> LayerMapping {
      let machine = machine("parallel", lanes: 1, inputsPerCycle: 1)
      return try NetworkMapping(try dense(), on: try machine.systolic(rows: 2, columns: 2, dataflow)).layers[
        0]
    }
    check(
      try layer(.outputStationary), multiplications: 24, accumulations: 9, requantizations: 3, weights: 36,
      starts: 48, read: 48, written: 24)
    check(
      try layer(.weightStationary), multiplications: 16, accumulations: 6, requantizations: 3, weights: 36,
      starts: 48, read: 48, written: 24)
    check(
      try layer(.inputStationary), multiplications: 24, accumulations: 6, requantizations: 3, weights: 36,
      starts: 48, read: 24, written: 24)
    #expect(try Dataflow.allCases.map { try layer($0).cycles.compute } == [10, 20, 14])
  }

  private func vectorMachine() throws -> HardwareDescription {
    try machine("parallel", lanes: 2, inputsPerCycle: 2).hardware(with: [
      "vectorUnit": TestMachine.vectorUnit(elements: 2, pipeline: 3)
    ])
  }

  @Test("A pooling counts what lies inside the image, but its cycles count every tap")
  func pooling() throws {
    let window = SlidingWindow(
      kernel: PlaneExtent(square: 2), stride: PlaneExtent(square: 2),
      padding: PlanePadding(top: 0, left: 0, bottom: 1, right: 1))
    let network = try TinyNodes.network(
      TinyNodes.tensor([3, 3, 3]),
      [TinyNodes.maximum("out", from: "input", window: window, making: TinyNodes.tensor([2, 2, 3]))])
    let layer = try NetworkMapping(network, on: try vectorMachine()).layers[0]
    // Windows of 4, 2, 2 and 1 pixels of 3 channels; 4 positions of 2 channel groups of 4 taps.
    check(layer, vectorOperations: 27, read: 2 * 8 * 32, written: 96)
    #expect(layer.cycles.compute == 32 && layer.cycles.pipeline == 2 + 3 && layer.cycles.total == 37)
  }

  @Test("An addition requantizes three times an output, and reads each term in its own word length")
  func addition() throws {
    let network = try TinyNodes.network(
      TinyNodes.tensor([1, 2, 3]),
      [
        TinyNodes.convolution(
          "short", from: "input", channels: 3, window: SlidingWindow(kernel: PlaneExtent(square: 1)),
          making: TinyNodes.tensor([1, 2, 3], bits: 4)),
        TinyNodes.addition("out", "input", "short", making: TinyNodes.tensor([1, 2, 3], bits: 5)),
      ])
    let layer = try NetworkMapping(network, on: try vectorMachine()).layers[1]
    check(layer, requantizations: 18, vectorOperations: 12, read: 2 * (8 + 4) * 4, written: 30)
    #expect(layer.cycles.compute == 8 && layer.cycles.total == 8 + 2 + 3)
  }

  @Test("A table's outputs pass requantiser and table; accumulators pass neither")
  func outputStages() throws {
    let topology = try NetworkTopology(named: "ffdnn-1x4", inputShape: [3])
    let recipe = QuantizationRecipe(
      weightWordLength: 4, accumulatorWordLength: 32,
      tableAddress: try .init(.signed, wordLength: 8, fractionLength: 4))
    let mapping = try NetworkMapping(
      try topology.integerNetwork(recipe: recipe, weights: .zero), on: try TestMachine().hardware())
    #expect(mapping.layers.map(\.events.requantizations) == [4, 0])
    #expect(mapping.layers.map(\.events.tableLookups) == [4, 0])
    #expect(mapping.events.activationBitsWritten == 4 * 8 + 10 * 32)
  }

  @Test("The vector unit refuses words wider than the datapath's activations")
  func wideWords() throws {
    let window = SlidingWindow(kernel: PlaneExtent(square: 1))
    for bits in [9, 16, 32] {
      let tensor = TinyNodes.tensor([1, 1, 1], bits: bits)
      let pooling = try TinyNodes.network(
        tensor, [TinyNodes.maximum("out", from: "input", window: window, making: tensor)])
      let addition = try TinyNodes.network(
        tensor, [TinyNodes.addition("out", "input", "input", making: TinyNodes.tensor([1, 1, 1]))])
      for network in [pooling, addition] {
        let error = #expect(throws: HardwareError.self) {
          try NetworkMapping(network, on: try vectorMachine())
        }
        #expect(error?.reason == .activationsDoNotFit(activationBits: bits, datapathBits: 8))
      }
    }
  }
}
