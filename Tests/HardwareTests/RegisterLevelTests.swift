import FixedPoint
import Foundation
import Hardware
import Networks
import Reproducibility
import Tensors
import Testing

/// Cases small enough to be counted by hand from the contract.
@Suite("Register-level model")
struct RegisterLevelTests {
  /// A machine of one lane, one multiplier and no pipeline stages.
  private static var smallest: TestMachine {
    var machine = TestMachine()
    machine.lanes = 1
    machine.inputsPerCycle = 1
    machine.pipeline = [0, 0, 0, 0]
    return machine
  }

  @Test("One product on one lane takes two cycles: its tap and its write")
  func oneProduct() throws {
    let network = try oneLayer(weights: [[3]], bits: 4, biases: [7])
    let result = try RegisterLevelModel(network, on: try Self.smallest.hardware()).run([5])
    #expect(result.outputs == [22])
    #expect(result.cycles == 2)
    #expect(result.layerCycles[0][0].compute == 1 && result.layerCycles[0][0].drain == 1)
  }

  @Test("Pipeline stages are passed once a layer")
  func pipelineStages() throws {
    var machine = Self.smallest
    machine.pipeline = [2, 1, 2, 3]
    let network = try oneLayer(weights: [[3]], bits: 4)
    let result = try RegisterLevelModel(network, on: try machine.hardware()).run([5])
    #expect(result.cycles == 2 + 8)
    #expect(result.layerCycles[0][0].pipeline == 8)
  }

  @Test("Positions wait for the drain: C + (N - 1) max(C, E) + E with C = 1, N = 3, E = 4")
  func drainWaits() throws {
    var machine = Self.smallest
    machine.lanes = 4
    machine.inputsPerCycle = 2
    let network = try convolution(
      weights: Tensor(shape: [4, 1, 1, 2], repeating: 1), input: [1, 3, 2],
      window: SlidingWindow(kernel: PlaneExtent(square: 1)))
    let result = try RegisterLevelModel(network, on: try machine.hardware()).run([1, 2, 3, 4, 5, 6])
    #expect(result.cycles == 1 + 2 * 4 + 4)
    #expect(result.layerCycles[0][0].compute == 3 && result.layerCycles[0][0].drain == 10)
    #expect(result.outputs == [3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11])
  }

  @Test("A ragged last tile drains only its outputs")
  func raggedTile() throws {
    var machine = Self.smallest
    machine.lanes = 4
    let network = try oneLayer(weights: (1...5).map { [Int16($0)] }, bits: 4)
    let result = try RegisterLevelModel(network, on: try machine.hardware()).run([2])
    #expect(result.outputs == [2, 4, 6, 8, 10])
    // Tiles of 1 + 4 and 1 + 1 cycles.
    #expect(result.cycles == 7)
    #expect(result.events[0][0].multiplications == 8)
  }

  @Test("Saturation and wrapping act after each addition, in order")
  func overflowActsInOrder() throws {
    var machine = Self.smallest
    machine.accumulatorBits = 8
    let network = try oneLayer(weights: [[1, 1, -1]], bits: 2)
    // 100, 200 -> 127, 27.
    let saturated = try RegisterLevelModel(network, on: try machine.hardware()).run([100, 100, 100])
    #expect(saturated.outputs == [27] && saturated.overflows == [1])
    // 100, 200 -> -56, -156 -> 100.
    machine.overflow = .wrap
    let wrapped = try RegisterLevelModel(network, on: try machine.hardware()).run([100, 100, 100])
    #expect(wrapped.outputs == [100] && wrapped.overflows == [2])
    machine.overflow = .reject
    #expect {
      try RegisterLevelModel(network, on: try machine.hardware()).run([100, 100, 100])
    } throws: { error in
      (error as? HardwareError)?.reason == .accumulatorMayOverflow(accumulatorBits: 8, neededBits: 9)
    }
  }

  @Test("Bit planes make the tap's sum before it is added once, the last plane negative")
  func bitPlanes() throws {
    var machine = Self.smallest
    machine.datapath = ["kind": "bitSerial", "weightBits": 8, "activationBits": 16]
    machine.accumulatorBits = 8
    // 3 planes of weight -3 = 1 + 4 - 8 mod 8: plane sums 30, 0, -120 + 30 pass the accumulator's 8 bits only at the end.
    let network = try oneLayer(weights: [[-3, 2]], bits: 3)
    let result = try RegisterLevelModel(network, on: try machine.hardware()).run([30, 40])
    #expect(result.outputs == [-90 + 80] && result.overflows == [0])
    #expect(result.layerCycles[0][0].compute == 6)
    #expect(result.events[0][0].multiplications == 6 && result.events[0][0].accumulations == 2)
  }

  @Test("Padding stands for the zero point, so that it adds nothing")
  func padding() throws {
    let window = SlidingWindow(kernel: PlaneExtent(square: 3), padding: PlanePadding(all: 1))
    let network = try convolution(
      weights: Tensor(shape: [1, 3, 3, 1], repeating: 1), input: [1, 1, 1], window: window, zeroPoint: 100)
    let result = try RegisterLevelModel(network, on: try Self.smallest.hardware()).run([103])
    #expect(result.outputs == [3])
    #expect(result.layerCycles[0][0].compute == 9)
  }

  @Test(
    "A streamed tile's fetch starts with the tile before it, in a batch with the last of the input before")
  func streaming() throws {
    var machine = Self.smallest
    machine.pipeline = [2, 0, 0, 0]
    machine.accumulatorBits = 16
    machine.datapath = ["kind": "parallel", "weightBits": 8, "activationBits": 8]
    // Three tiles of 8 + 16 bits; two slots.
    machine.weightMemoryBits = 48
    let hardware = try machine.hardware(with: [
      "externalMemory": [
        "weightBitsPerCycle": 8, "activationBitsPerCycle": 8, "latencyCycles": 2,
      ]
    ])
    let network = try oneLayer(weights: [[1], [2], [3]], bits: 8)
    let result = try RegisterLevelModel(network, on: hardware).run([10, 20])
    #expect(result.outputs == [10, 20, 30, 20, 40, 60])
    // Fetches of 5 cycles at edges 0, 5, 10: first taps in cycles 5, 10, 15, each followed by one cycle of drain.
    let first = result.layerCycles[0][0]
    #expect(first.pipeline == 2 && first.weightStall == 9 && first.compute == 3 && first.drain == 3)
    // The fetch for the second input starts at edge 15, two cycles before that input does.
    #expect(result.layerCycles[1][0].weightStall == 7)
    #expect(result.cycles == 17 + 15)
    #expect(result.events.map { $0[0].externalBits } == [72, 72])
  }

  @Test(
    "Folds of the systolic array by hand: a dense layer of 3 inputs and 3 outputs on 2 x 2 elements",
    arguments: [("outputStationary", 10), ("weightStationary", 20), ("inputStationary", 14)])
  func systolic(dataflow: String, cycles: Int) throws {
    // Output-stationary: 2 folds of 3 + 2. Weight-stationary: 2 x 2 folds of 2 + 1 + 2. Input-stationary: 1 x 2 folds of 2 + 3 + 2.
    let array: JSONValue = [
      "rows": 2, "columns": 2, "dataflow": .string(dataflow),
      "datapath": ["kind": "parallel", "weightBits": 8, "activationBits": 8],
      "accumulator": ["bits": 24, "overflow": "saturate"],
      "requantizer": ["kind": "doublingHighMultiply"],
      "pipeline": ["descriptorCycles": 3, "requantizerCycles": 4],
    ]
    let hardware = try TestMachine().hardware(with: ["laneArray": .null, "systolicArray": array])
    let network = try oneLayer(weights: [[1, 2, 3], [4, 5, 6], [-7, 8, 9]], bits: 8, biases: [1, 2, 3])
    let result = try RegisterLevelModel(network, on: hardware).run([1, 10, 100])
    #expect(result.outputs == [322, 656, 976])
    #expect(result.layerCycles[0][0].compute == cycles)
    #expect(result.cycles == 3 + cycles + 4)
  }

  @Test("A pooling takes its taps for each group of U channels, then the vector pipeline")
  func pooling() throws {
    let hardware = try TestMachine().hardware(with: [
      "vectorUnit": ["elementsPerCycle": 2, "pipelineCycles": 1]
    ])
    let tensor = IntegerTensor(shape: [2, 2, 3], format: integers(.unsigned, 8))
    let output = IntegerTensor(shape: [1, 1, 3], format: integers(.unsigned, 8))
    let window = SlidingWindow(kernel: PlaneExtent(square: 2))
    let average = IntegerPooling.Kind.average(rounding: .nearestTiesAwayFromZero)
    for (kind, expected) in [(IntegerPooling.Kind.maximum, [9, 8, 7]), (average, [4, 5, 6])] {
      let network = try IntegerNetwork(
        name: "net", input: tensor,
        nodes: [
          IntegerNetwork.Node(
            "pool", inputs: [inputTensorName],
            .pooling(IntegerPooling(kind, window: window, low: 0, high: 255)), output: output)
        ])
      let result = try RegisterLevelModel(network, on: hardware).run([0, 8, 6, 1, 2, 7, 9, 2, 6, 4, 6, 6])
      #expect(result.outputs == expected.map { Int64($0) })
      // 2 descriptor cycles, 2 channel groups of 4 taps, 1 cycle of pipeline.
      #expect(result.cycles == 2 + 8 + 1)
    }
  }

  @Test("Inputs that are no whole samples or do not fit their format are refused")
  func badInputs() throws {
    let network = try oneLayer(weights: [[1, 1]], bits: 2)
    let model = try RegisterLevelModel(network, on: try Self.smallest.hardware())
    for inputs: [Int32] in [[], [1], [1, 256]] {
      #expect(throws: HardwareError.self) { try model.run(inputs) }
    }
  }

  private func convolution(
    weights: Tensor<Int16>, input shape: [Int], window: SlidingWindow, zeroPoint: Int = 0
  ) throws -> IntegerNetwork {
    let input = IntegerTensor(shape: shape, format: integers(.unsigned, 8), zeroPoint: zeroPoint)
    let plane = try #require(window.outputExtent(over: input.plane))
    return try IntegerNetwork(
      name: "net", input: input,
      nodes: [
        IntegerNetwork.Node(
          "logits", inputs: [inputTensorName],
          .convolution(
            IntegerConvolution(
              weights: weights, weightWordLength: 8, biases: Array(repeating: 0, count: weights.shape[0]),
              window: window, outputStage: .accumulators)),
          output: IntegerTensor(
            shape: [plane.height, plane.width, weights.shape[0]], format: integers(.signed, 32)))
      ])
  }
}

extension TestMachine {
  /// The machine with these members of its file in place of its own; null takes one out.
  func hardware(with members: [String: JSONValue]) throws -> HardwareDescription {
    guard case .object(var object) = json else { preconditionFailure("a description is an object") }
    for (key, value) in members {
      if value == .null { object.removeValue(forKey: key) } else { object[key] = value }
    }
    return try HardwareDescription(
      parsing: Data(JSONValue.object(object).canonicalText.utf8), file: "test.json")
  }
}
