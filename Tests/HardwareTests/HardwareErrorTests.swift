import FixedPoint
import Hardware
import Networks
import Quantization
import Tensors
import Testing

@Suite("Hardware errors")
struct HardwareErrorTests {
  /// The message of the error that `network` gives on `machine`.
  private func message(
    _ network: IntegerNetwork, _ change: (inout TestMachine) -> Void, inputs: [Int32]? = nil
  ) throws -> String {
    var machine = TestMachine()
    machine.datapath = ["kind": "parallel", "weightBits": 8, "activationBits": 8]
    change(&machine)
    let hardware = try machine.hardware()
    let error = #expect(throws: HardwareError.self) {
      let engine = try MachineEngine(network, on: hardware)
      if let inputs { _ = try engine.run(inputs, resources: .all) }
    }
    return error?.description ?? "no error"
  }

  private let table = LookUpTable(
    addressFormat: integers(.signed, 4), entries: (0..<16).map { Int32($0 * 17) })

  private func stage(_ unit: Requantization) -> IntegerOutputStage { .clamp(unit, low: 0, high: 255) }

  @Test("Words that the datapath cannot take are named with what would fit")
  func widths() throws {
    let five = try oneLayer(weights: [[15, -16]], bits: 5)
    #expect(
      try message(five) { $0.datapath = ["kind": "parallel", "weightBits": 4, "activationBits": 8] }
        == "net, layer logits: its weights have 5 bits, which the 4-bit parallel datapath cannot multiply;"
        + " use weights of at most 4 bits or a datapath of 5.")
    #expect(
      try message(five) { $0.datapath = ["kind": "ternary", "activationBits": 8] }
        == "net, layer logits: its weights have 5 bits, which the ternary datapath cannot multiply;"
        + " use 2-bit weights of -1, 0 and +1, or a parallel datapath.")
    // Two bits hold −2, which is not ternary.
    #expect(
      try message(try oneLayer(weights: [[1, -2]], bits: 2)) {
        $0.datapath = ["kind": "ternary", "activationBits": 8]
      }
        == "net, layer logits: its weights have 2 bits, which the ternary datapath cannot multiply;"
        + " use 2-bit weights of -1, 0 and +1, or a parallel datapath.")
    #expect(
      try message(five) { $0.datapath = ["kind": "parallel", "weightBits": 8, "activationBits": 4] }
        == "net, layer logits: it reads activations of 8 bits, but the datapath takes 4."
        + " Use signals of at most 4 bits or a datapath of 8.")
  }

  @Test("Biases and sums that leave the accumulator are named with the bits they need")
  func accumulators() throws {
    #expect(
      try message(try oneLayer(weights: [[1]], bits: 2, biases: [128])) { $0.accumulatorBits = 8 }
        == "net, layer logits: bias 128 does not fit the accumulator of 8 bits. Use a wider accumulator.")
    #expect(
      try message(try oneLayer(weights: [[1]], bits: 2, biases: [1])) {
        $0.accumulatorBits = 9
        $0.overflow = .reject
      }
        == "net, layer logits: a sum could leave the accumulator of 9 bits, and overflow is \"reject\"."
        + " Use at least 10 bits, or choose \"saturate\" or \"wrap\".")
  }

  @Test("A requantisation that the unit cannot do is named")
  func requantizers() throws {
    func network(_ unit: Requantization) throws -> IntegerNetwork {
      try oneLayer(weights: [[1]], bits: 2, stage: stage(unit), output: integers(.unsigned, 8))
    }
    let other =
      "net, layer logits: its requantization is of another kind than the machine's unit;"
      + " quantize it for this machine."
    let shift = try network(.shift(bits: 3, rounding: .down))
    let multiplier = try network(.multiplier([300], shifts: [4], rounding: .down))
    let doubling = try network(.doublingHighMultiply([1 << 30], shifts: [0]))
    #expect(try message(shift) { $0.requantizer = .doublingHighMultiply } == other)
    #expect(try message(multiplier) { $0.requantizer = .shift(rounding: .down) } == other)
    #expect(try message(doubling) { $0.requantizer = .shift(rounding: .down) } == other)
    #expect(
      try message(shift) { $0.requantizer = .shift(rounding: .up) }
        == "net, layer logits: it shifts with rounding down, the machine with up.")
    #expect(
      try message(multiplier) { $0.requantizer = .multiplier(wordLength: 16, rounding: .up) }
        == "net, layer logits: it requantizes with rounding down, the machine with up.")
    #expect(
      try message(multiplier) { $0.requantizer = .multiplier(wordLength: 8, rounding: .down) }
        == "net, layer logits: its multiplier 300 does not fit the machine's 8 bits.")
  }

  @Test("A table that the machine has no room for is named")
  func tables() throws {
    let unit = Requantization.multiplier([1], shifts: [0], rounding: .nearestTiesUp)
    let network = try oneLayer(
      weights: [[1]], bits: 2, stage: .table(unit, table), output: integers(.unsigned, 8))
    #expect(
      try message(network) { $0.table = nil }
        == "net, layer logits: it needs an activation table, and the machine has none; add activationTable.")
    let misfit =
      "net, layer logits: its table has 4 address bits and entries of 8 bits, the machine's has"
    #expect(try message(network) { $0.table = [5, 0, 8] } == misfit + " 5 and 8.")
    #expect(try message(network) { $0.table = [4, 0, 7] } == misfit + " 4 and 7.")
    // Of a signed output the sign is one of the bits: 0...120 and −8 take eight.
    let signed = try oneLayer(
      weights: [[1]], bits: 2,
      stage: .table(
        unit,
        LookUpTable(
          addressFormat: integers(.signed, 4), entries: (0..<16).map { Int32($0 * 8) } + [])),
      output: integers(.signed, 9))
    #expect(try message(signed) { $0.table = [4, 0, 7] } == misfit + " 4 and 7.")
    var machine = TestMachine()
    machine.table = [4, 0, 8]
    #expect(throws: Never.self) { try NetworkMapping(signed, on: try machine.hardware()) }
  }

  @Test("A hidden layer whose accumulators another layer reads is refused")
  func hiddenAccumulators() throws {
    func node(_ name: String, reading source: String, format: FixedPointFormat) -> IntegerNetwork.Node {
      IntegerNetwork.Node(
        name, inputs: [source],
        .dense(
          IntegerDense(
            weights: Tensor(shape: [1, 1], elements: [1]), weightWordLength: 2, biases: [0],
            outputStage: .accumulators)), output: IntegerTensor(shape: [1], format: format))
    }
    let network = try IntegerNetwork(
      name: "net", input: IntegerTensor(shape: [1], format: integers(.unsigned, 8)),
      nodes: [
        node("first", reading: inputTensorName, format: integers(.unsigned, 8)),
        node("second", reading: "first", format: integers(.signed, 32)),
      ])
    #expect(
      try message(network) { _ in }
        == "net, layer first: its accumulators are read by another layer, and only the network's output may"
        + " leave unrequantized. Give it a clamp or a table.")
  }

  @Test("Memories that are too small are named with the bits they need; the last bit counts")
  func memories() throws {
    let network = try chain(sizes: [4, 8, 2], weight: 1, bits: 4)
    // 4 lanes, V 2: a lane's share is 2 tiles of 4 weights of 4 bits, each a bank word of 2 × 8, and one tile of
    // 8 weights, two words; 12 biases of 32.
    let stored = 4 * (2 * 16 + 32) + 12 * 32
    #expect(
      try message(network) { $0.weightMemoryBits = stored - 1 }
        == "net: its weights and biases take \(stored) bits (1 KiB), the weight memory holds \(stored - 1)."
        + " Use a larger memory, a smaller network or fewer bits a weight.")
    // Input and first output stand in the memory together: 4 + 8 bytes.
    #expect(
      try message(network) { $0.activationMemoryBits = 95 }
        == "net, layer hidden1: its tensors take 96 bits while it runs, the activation memory holds 95."
        + " Use a memory of at least 96 bits.")
    var machine = TestMachine()
    machine.datapath = ["kind": "parallel", "weightBits": 8, "activationBits": 8]
    machine.weightMemoryBits = stored
    machine.activationMemoryBits = 96
    #expect(throws: Never.self) { try MachineEngine(network, on: try machine.hardware()) }
  }

  @Test("Inputs that are no samples, or outside their format, are refused")
  func inputs() throws {
    let network = try oneLayer(weights: [[1, 1, 1]], bits: 2)
    #expect(
      try message(network, { _ in }, inputs: [1, 2, 3, 4])
        == "net: 4 input values are not a whole number of samples of 3.")
    #expect(
      try message(network, { _ in }, inputs: [1, 2, 3, 4, 256, 6])
        == "net: input 256 of sample 1 is outside ufix8, 0...255.")
    #expect(
      try message(network, { _ in }, inputs: [-1, 0, 0])
        == "net: input -1 of sample 0 is outside ufix8, 0...255.")
  }

  @Test("Outputs past 32 bits leave whole")
  func wideOutputs() throws {
    let network = try oneLayer(
      weights: [[127], [-128]], bits: 8,
      stage: .clamp(.shift(bits: -30, rounding: .down), low: -1 << 45, high: 1 << 45),
      output: integers(.signed, 47))
    var machine = TestMachine()
    machine.requantizer = .shift(rounding: .down)
    let engine = try MachineEngine(network, on: try machine.hardware())
    #expect(
      try engine.run([255, 1], resources: .all).outputs
        == [255 * 127 << 30, -255 * 128 << 30, 127 << 30, -128 << 30].map { max(-1 << 45, min(1 << 45, $0)) })
  }
}
