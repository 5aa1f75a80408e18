import Foundation
import Hardware
import Networks
import Reproducibility
import Tensors
import Testing

@Suite("Faults of the weight memory")
struct WeightMemoryFaultTests {
  @Test(
    "Engine and register-level model agree on random machines under flips and stuck bits", arguments: [1, 2])
  func modelsAgree(seed: UInt64) throws {
    let cases = ModelAgreement(seed: 40 + seed)
    var source = RandomSource(seed: seed)
    var ran = 0
    var changed = 0
    var paths: [String: Int] = [:]
    for number in 0..<700 {
      let machine = cases.machine(number)
      guard case .lanes(let array) = machine.hardware.array,
        (try? RegisterLevelModel(machine.network, on: machine.hardware)) != nil
      else { continue }
      let rate = [0.002, 0.03, 0.4][number % 3]
      let faults = try WeightMemoryFaults(
        flipRate: rate, stuckAtZeroRate: number % 2 == 0 ? rate / 2 : 0,
        stuckAtOneRate: number % 5 == 0 ? rate / 2 : 0, seed: source.next())
      let label = "seed \(seed), case \(number)"
      do {
        let engine = try MachineEngine(
          machine.network, on: machine.hardware, counting: .everywhere, weightFaults: faults)
        let model = try RegisterLevelModel(machine.network, on: machine.hardware, weightFaults: faults)
        let result = try engine.run(machine.inputs, resources: ComputeResources(threads: 1))
        let observed = try model.run(machine.inputs)
        #expect(result.outputs == observed.outputs && result.overflows == observed.overflows, "\(label)")
        let quick = try MachineEngine(machine.network, on: machine.hardware, weightFaults: faults)
        #expect(
          try quick.run(machine.inputs, resources: ComputeResources(threads: 1)).outputs == result.outputs,
          "\(label)")
        let intact = try MachineEngine(machine.network, on: machine.hardware)
        let plain = try intact.run(machine.inputs, resources: ComputeResources(threads: 1))
        if plain.outputs != result.outputs { changed += 1 }
        ran += 1
        paths[Self.kind(array.path.datapath), default: 0] += 1
        paths.merge(Self.codebooks(of: machine.network), uniquingKeysWith: +)
      } catch {
        // Faulty weights can let a sum leave an accumulator that rejects.
        guard case .accumulatorMayOverflow = error.reason else { throw error }
      }
    }
    #expect(ran > 250 && changed > ran / 4, "\(ran) ran, \(changed) changed")
    for kind in [
      "parallel", "2 bits", "5 in 8 bits", "bit-serial", "decomposable", "decode table", "codebook",
    ] {
      #expect(paths[kind, default: 0] >= 15, "\(kind): \(paths)")
    }
    #expect(paths["grouped codebook", default: 0] >= 5, "\(paths)")
  }

  /// Layers with a codebook, those with groups apart.
  private static func codebooks(of network: IntegerNetwork) -> [String: Int] {
    let layers = network.nodes.compactMap { network.weightedLayer(of: $0) }.filter { $0.codebook != nil }
    let grouped = layers.count { $0.groups > 1 }
    return ["codebook": layers.count - grouped, "grouped codebook": grouped]
  }

  private static func kind(_ datapath: Datapath) -> String {
    switch datapath {
    case .parallel: "parallel"
    case .ternary(_, .twoBits): "2 bits"
    case .ternary(_, .fiveInEightBits): "5 in 8 bits"
    case .bitSerial: "bit-serial"
    case .decomposable: "decomposable"
    case .codebook: "decode table"
    }
  }

  /// The outputs of one dense layer with inputs 1, 2, 4, 8, 16, so that they tell which weights were read.
  private func outputs(
    _ weights: [Int16], bits: Int, datapath: JSONValue, _ faults: WeightMemoryFaults?
  ) throws -> [Int64] {
    var machine = TestMachine()
    machine.lanes = 1
    machine.inputsPerCycle = 5
    machine.datapath = datapath
    let network = try oneLayer(weights: [weights], bits: bits, biases: [0])
    let engine = try MachineEngine(network, on: try machine.hardware(), weightFaults: faults)
    return try engine.run([1, 2, 4, 8, 16], resources: ComputeResources(threads: 1)).outputs
  }

  @Test("Codes that no ternary weight is stored as are read as the Verilog decoders read them")
  func invalidCodes() throws {
    let ones = try WeightMemoryFaults(stuckAtOneRate: 1, seed: 1)
    let flips = try WeightMemoryFaults(flipRate: 1, seed: 1)
    let twoBits: JSONValue = ["kind": "ternary", "activationBits": 8]
    // 01 flipped is 10, which selects nothing; 11 becomes 00 and 00 becomes 11.
    #expect(try outputs([1, -1, 0, 1, 1], bits: 2, datapath: twoBits, flips) == [-4])
    #expect(try outputs([1, 1, 0, 0, 1], bits: 2, datapath: twoBits, ones) == [-31])
    let packed: JSONValue = ["kind": "ternary", "activationBits": 8, "packing": "5_in_8_bits"]
    // 255 is above 242, which is five times +1.
    #expect(try outputs([-1, -1, -1, -1, -1], bits: 2, datapath: packed, ones) == [31])
    // All -1 is code 0; flipped it is 255.
    #expect(try outputs([-1, -1, -1, -1, -1], bits: 2, datapath: packed, flips) == [31])
    // A multiplier takes 10 as -2.
    let parallel: JSONValue = ["kind": "parallel", "weightBits": 8, "activationBits": 8]
    #expect(try outputs([1, -1, 0, 1, 1], bits: 2, datapath: parallel, flips) == [-2 - 4 - 16 - 32])
  }

  /// Two lanes of five multipliers behind tables of 8 entries.
  private static var tables: TestMachine {
    var machine = TestMachine()
    machine.lanes = 2
    machine.inputsPerCycle = 5
    machine.datapath = ["kind": "codebook", "indexBits": 3, "weightBits": 8, "activationBits": 8]
    return machine
  }

  /// The outputs, equal in both models, of a 1 × 1 convolution over `channels` inputs 1, 2, 4, … whose weights are `indices` into `table`.
  private func outputs(
    _ indices: [UInt8], of table: [Int16], outputs: Int = 1, groups: Int = 1, channels: Int = 5,
    _ faults: WeightMemoryFaults
  ) throws -> [Int64] {
    let codebook = try WeightCodebook(
      indexBits: table.count.trailingZeroBitCount, table: table, indices: indices)
    let network = try IntegerNetwork(
      name: "net", input: IntegerTensor(shape: [1, 1, channels], format: integers(.unsigned, 8)),
      nodes: [
        IntegerNetwork.Node(
          "logits", inputs: [inputTensorName],
          .convolution(
            IntegerConvolution(
              .indices(codebook, shape: [outputs, 1, 1, channels / groups]), weightWordLength: 8,
              biases: Array(repeating: 0, count: outputs),
              window: SlidingWindow(kernel: PlaneExtent(square: 1)), groups: groups,
              outputStage: .accumulators)),
          output: IntegerTensor(shape: [1, 1, outputs], format: integers(.signed, 32)))
      ])
    let hardware = try Self.tables.hardware()
    let inputs = (0..<channels).map { Int32(1) << Int32($0) }
    let engine = try MachineEngine(network, on: hardware, weightFaults: faults)
    let result = try engine.run(inputs, resources: ComputeResources(threads: 1)).outputs
    let model = try RegisterLevelModel(network, on: hardware, weightFaults: faults)
    #expect(try model.run(inputs).outputs == result)
    return result
  }

  @Test("On a decode table wrong bits are bits of indices: another entry is read, and none for other groups")
  func codebooks() throws {
    let flips = try WeightMemoryFaults(flipRate: 1, seed: 1)
    let ones = try WeightMemoryFaults(stuckAtOneRate: 1, seed: 1)
    let zeros = try WeightMemoryFaults(stuckAtZeroRate: 1, seed: 1)
    let table: [Int16] = [0, 1, -128, 5, -7, 100, 3, 127]
    // Index i is read as 7 − i, and its sign is no sign: 7, 6, 5, 4, 3 for 0, 1, 2, 3, 4.
    let flipped: Int64 = 127 + 3 * 2 + 100 * 4 - 7 * 8 + 5 * 16
    #expect(try outputs([0, 1, 2, 3, 4], of: table, flips) == [flipped])
    #expect(try outputs([0, 1, 2, 3, 4], of: table, ones) == [127 * 31])
    #expect(try outputs([4, 1, 2, 3, 4], of: table, zeros) == [0])
    // Indices of one bit in a wider table's bank are packed as one bit each.
    #expect(try outputs([0, 1, 1, 0, 1], of: [9, -2], flips) == [-2 + 18 + 36 - 16 + 144])
    // Two groups of two channels: the other group's indices are inverted too, and meet no multiplier.
    let grouped = try outputs([0, 1, 1, 0], of: [9, -2], outputs: 2, groups: 2, channels: 4, flips)
    #expect(grouped == [-2 + 18, 36 - 16])
  }

  @Test("The Verilog decoder's comparisons give five times +1 for every code above 242")
  func decoder() {
    for code in 0...255 {
      var rest = code
      let digits = [81, 27, 9, 3, 1].map { place in
        let digit = rest >= 2 * place ? 2 : rest >= place ? 1 : 0
        rest -= digit * place
        return digit
      }
      let value = digits.reduce(0) { $0 * 3 + $1 }
      #expect(value == min(code, 242))
    }
  }

  @Test("No fault, no change; all bits stuck at 0 is a network of zeros; rates are met")
  func rates() throws {
    let parallel: JSONValue = ["kind": "parallel", "weightBits": 8, "activationBits": 8]
    let none = try WeightMemoryFaults(seed: 9)
    #expect(try outputs([3, -4, 5, 6, -7], bits: 4, datapath: parallel, none) == [3 - 8 + 20 + 48 - 112])
    let zeros = try WeightMemoryFaults(flipRate: 0.5, stuckAtZeroRate: 1, seed: 9)
    #expect(try outputs([3, -4, 5, 6, -7], bits: 4, datapath: parallel, zeros) == [0])
    for rate in [0.001, 0.1, 0.9] {
      let faults = try WeightMemoryFaults(flipRate: rate, seed: 4)
      let count = faults.faults(layer: "a", tile: 0, lane: 0, count: 200_000).count
      let deviation = (200_000 * rate * (1 - rate)).squareRoot()
      #expect(abs(Double(count) - 200_000 * rate) < 5 * deviation, "rate \(rate): \(count)")
    }
    #expect(
      try WeightMemoryFaults(flipRate: 1e-12, seed: 4).faults(layer: "a", tile: 0, lane: 0, count: 1000)
        .isEmpty)
  }

  @Test("Rates that are no probabilities and machines without banks are refused")
  func refused() throws {
    for rate in [-0.1, 1.1, Double.nan] {
      #expect(throws: HardwareError.self) { try WeightMemoryFaults(flipRate: rate, seed: 1) }
    }
    let systolic = HardwareDescription.embedded["systolic-output-stationary"]!
    let faults = try WeightMemoryFaults(flipRate: 0.1, seed: 1)
    let network = try oneLayer(weights: [[1, 1]], bits: 8, biases: [0])
    #expect(throws: HardwareError.self) {
      try MachineEngine(network, on: systolic, weightFaults: faults)
    }
    #expect(throws: HardwareError.self) {
      try RegisterLevelModel(network, on: systolic, weightFaults: faults)
    }
  }
}
