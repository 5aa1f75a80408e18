import FixedPoint
import Foundation
import Hardware
import Networks
import Reproducibility
import Tensors
import Testing

@Suite("What the Verilog twin covers")
struct CosimulationCoverageTests {
  private func refusal(
    of network: IntegerNetwork, on hardware: HardwareDescription
  ) -> TwinCoverageError? {
    // Nothing is simulated before everything is known to be covered.
    let cosimulation = Cosimulation(
      simulator: .icarus, directory: URL(fileURLWithPath: "/nonexistent/directory"))
    return #expect(throws: TwinCoverageError.self) {
      try cosimulation.run(
        network, on: hardware, inputs: Array(repeating: 0, count: network.input.count))
    }
  }

  private func tensor(_ shape: [Int], bits: Int = 8) -> IntegerTensor {
    IntegerTensor(shape: shape, format: integers(.unsigned, bits))
  }

  private func convolution(_ channels: Int, kernel: Int = 1) -> IntegerOperation {
    .convolution(
      IntegerConvolution(
        weights: Tensor(shape: [channels, kernel, kernel, channels], repeating: 1), weightWordLength: 2,
        biases: Array(repeating: 0, count: channels),
        window: SlidingWindow(kernel: PlaneExtent(square: kernel)),
        outputStage: .clamp(.multiplier([1], shifts: [0], rounding: .nearestTiesUp), low: 0, high: 255)))
  }

  /// A machine with an external memory and small memories.
  private func streaming(weightBits: Int, activationBits: Int) throws -> HardwareDescription {
    var machine = TestMachine()
    machine.weightMemoryBits = weightBits
    guard case .object(var json) = machine.json else { preconditionFailure("a description is an object") }
    json["externalMemory"] = [
      "weightBitsPerCycle": 64, "activationBitsPerCycle": 64, "latencyCycles": 3,
    ]
    json["activationMemory"] = ["capacityBits": .integer(activationBits), "whenTooSmall": "bands"]
    return try HardwareDescription(
      parsing: Data(JSONValue.object(json).canonicalText.utf8), file: "streaming.json")
  }

  @Test("Other machines are refused by name")
  func machines() throws {
    let network = try oneLayer(weights: [[1, -1]], bits: 2)
    for (name, reason) in [
      ("systolic-output-stationary", TwinCoverageError.Reason.systolicArray),
      ("bit-serial", .datapath("bit-serial")), ("decomposable", .datapath("decomposable")),
    ] {
      let machine = try #require(HardwareDescription.embedded[name])
      let error = refusal(of: network, on: machine)
      #expect(error?.reason == reason)
      #expect(error?.description.contains("not covered by the Verilog twin") == true)
    }
    var wide = TestMachine()
    wide.inputsPerCycle = 2048
    #expect(try refusal(of: network, on: wide.hardware())?.reason == .bankWord(bits: 32768))
  }

  @Test("Vector layers and graphs that are no chains are refused by layer")
  func graphs() throws {
    let pooling = IntegerNetwork.Node(
      "pool", inputs: [inputTensorName],
      .pooling(
        IntegerPooling(.maximum, window: SlidingWindow(kernel: PlaneExtent(square: 2)), low: 0, high: 255)),
      output: tensor([1, 1, 3]))
    let pooled = try IntegerNetwork(name: "net", input: tensor([2, 2, 3]), nodes: [pooling])
    let error = refusal(of: pooled, on: .standard)
    #expect(error?.reason == .vectorLayer && error?.location == "net, layer pool")

    let rule = Requantization.multiplier([1], shifts: [0], rounding: .nearestTiesUp)
    let branches = try IntegerNetwork(
      name: "net", input: tensor([2, 2, 3]),
      nodes: [
        IntegerNetwork.Node("one", inputs: [inputTensorName], convolution(3), output: tensor([2, 2, 3])),
        IntegerNetwork.Node("two", inputs: [inputTensorName], convolution(3), output: tensor([2, 2, 3])),
        IntegerNetwork.Node(
          "sum", inputs: ["one", "two"],
          .addition(
            IntegerAddition(
              leftShift: 0, first: rule, second: rule, outputStage: .clamp(rule, low: 0, high: 255))),
          output: tensor([2, 2, 3])),
      ])
    #expect(refusal(of: branches, on: .standard)?.location == "net, layer two")
    #expect(refusal(of: branches, on: .standard)?.reason == .notAChain)
  }

  @Test("What does not stay on the chip is refused, as are counts beyond 16 bits and clamps beyond 64")
  func sizes() throws {
    let dense = try oneLayer(weights: Array(repeating: [1, -1, 1, 0, 1, -1, 1, 0], count: 9), bits: 8)
    let streamed = try streaming(weightBits: 800, activationBits: 1 << 20)
    #expect(refusal(of: dense, on: streamed)?.reason == .streamedWeights)

    let image = try IntegerNetwork(
      name: "net", input: tensor([8, 4, 2]),
      nodes: [
        IntegerNetwork.Node("conv", inputs: [inputTensorName], convolution(2), output: tensor([8, 4, 2]))
      ])
    let banded = try streaming(weightBits: 1 << 30, activationBits: 300)
    #expect(refusal(of: image, on: banded)?.reason == .externalActivations)

    // 100 one-bit activations fit 400 bits, but not as 16-bit words.
    var small = TestMachine()
    small.activationMemoryBits = 400
    let bits = try oneLayer(
      weights: [Array(repeating: 1, count: 100)], bits: 2, input: tensor([100], bits: 1))
    #expect(try refusal(of: bits, on: small.hardware())?.reason == .activationWords(needed: 100, held: 25))

    let long = try oneLayer(weights: [Array(repeating: 1, count: 70_000)], bits: 2)
    #expect(
      try refusal(of: long, on: TestMachine().hardware())?.reason == .count("input channels", 70_000))

    let output = IntegerTensor(shape: [1], format: integers(.signed, 64), zeroPoint: 1)
    let clamped = try IntegerNetwork(
      name: "net", input: tensor([2]),
      nodes: [
        IntegerNetwork.Node(
          "last", inputs: [inputTensorName],
          .dense(
            IntegerDense(
              weights: Tensor(shape: [1, 2], repeating: 1), weightWordLength: 2, biases: [0],
              outputStage: .clamp(
                .multiplier([1], shifts: [0], rounding: .nearestTiesUp), low: .min, high: .max))),
          output: output)
      ])
    #expect(
      try refusal(of: clamped, on: TestMachine().hardware())?.reason == .clampBeyondSixtyFourBits)
  }

  @Test("A simulator that is missing is named, with how to get it")
  func missingSimulator() {
    let message = CosimulationError.simulatorMissing(program: "verilator", installation: "install it")
      .description
    #expect(message == "verilator is not on the path; install it")
  }
}
