import FixedPoint
import Hardware
import Networks
import Testing

@Suite("Memory images of the Verilog twin")
struct CosimulationImageTests {
  /// The words of one memory by lane and address.
  private func words(
    _ memory: TwinMemory, of network: IntegerNetwork, on machine: TestMachine
  ) throws -> [[UInt64]] {
    let lanes = try #require(try machine.hardware().lanes)
    let program = TwinProgram([(network, Array(repeating: 0, count: network.input.count), 100)], on: lanes)
    let image = TwinImage(TwinLayout(network, on: lanes), on: lanes, parameters: program.parameters)
    var table: [[UInt64]] = []
    for word in image.words where word.memory == memory {
      #expect(word.limbs.count == 1)
      while table.count <= word.lane { table.append([]) }
      #expect(word.address == table[word.lane].count, "\(memory), lane \(word.lane)")
      table[word.lane].append(word.limbs[0])
    }
    return table
  }

  @Test(
    "Three-bit weights stand back to back in words of a four-bit datapath; start values hold the zero point")
  func packed() throws {
    var machine = TestMachine()
    machine.lanes = 2
    machine.inputsPerCycle = 2
    machine.datapath = ["kind": "parallel", "weightBits": 4, "activationBits": 8]
    machine.accumulatorBits = 16
    let network = try oneLayer(
      weights: [[1, -2, 3], [-4, 0, 2], [3, 3, -1]], bits: 3, biases: [10, -7, 0],
      input: IntegerTensor(shape: [3], format: integers(.unsigned, 8), zeroPoint: 5))
    // Output 0: 001, 110, 011, 000 from the lowest bit up; output 2: 011, 011, 111, 000. Lane 1 is idle in tile 1.
    #expect(try words(.weights, of: network, on: machine) == [[0xF1, 0, 0xDB, 1], [0x84, 0, 0, 0]])
    // 10 - 5 · 2, 0 - 5 · 5; -7 + 5 · 2.
    #expect(try words(.startValues, of: network, on: machine) == [[0, 0xFFE7], [3, 0]])
    // Fields: last group, first channel, first word, outputs, last cycle of the drain.
    #expect(try words(.tiles, of: network, on: machine) == [[1, 1], [0, 0], [0, 2], [2, 1], [1, 0]])
    let layer = try words(.layers, of: network, on: machine).map { $0[0] }
    #expect(Array(layer[0...6]) == [1, 0, 0, 0, 0, 1, 1])
    // Units of a tap, bits of a weight, zero point, output address, channels; accumulators leave, the output is signed, last layer.
    #expect(Array(layer[18...22]) == [6, 3, 5, 0, 3] && layer[28] == 2 + 8 + 32)
  }

  @Test("Five ternary weights stand in eight bits, and the last five are filled with zeros")
  func fiveInEight() throws {
    var machine = TestMachine()
    machine.lanes = 1
    machine.inputsPerCycle = 3
    machine.datapath = ["kind": "ternary", "activationBits": 8, "packing": "5_in_8_bits"]
    let network = try oneLayer(weights: [[1, 0, -1, 1]], bits: 2)
    // (2, 1, 0, 2, 1) and (1, 1, 1, 1, 1) to the base 3, lowest digit first.
    #expect(try words(.weights, of: network, on: machine) == [[140, 121]])
  }

  @Test("Multipliers by channel stand in a row for each cycle of each tile's drain")
  func multipliers() throws {
    var machine = TestMachine()
    machine.lanes = 3
    machine.outputsDrainedPerCycle = 2
    let network = try oneLayer(
      weights: [[1], [1], [1], [1]], bits: 2,
      stage: .clamp(
        .multiplier([1, 2, 3, 4], shifts: [1, -1, 0, 62], rounding: .nearestTiesUp), low: 0, high: 255),
      output: integers(.unsigned, 8))
    // {multiplier, shift in 7 bits}: channels 0 and 1, then 2; tile 1 has channel 3 alone.
    let pairs: [[UInt64]] = [[1 << 7 | 1, 3 << 7, 4 << 7 | 62, 0], [2 << 7 | 127, 0, 0, 0]]
    #expect(try words(.multipliers, of: network, on: machine) == pairs)
  }

  @Test(
    "A program's word is command, lane, address and data, and its runs allow for more cycles than expected")
  func program() throws {
    var machine = TestMachine()
    machine.lanes = 1
    let lanes = try #require(try machine.hardware().lanes)
    let network = try oneLayer(weights: [[1, 1]], bits: 2)
    let program = TwinProgram([(network, [7, 9], 50)], on: lanes)
    let image = try program.image()
    #expect(image.wordLength == program.parameters.hostBits + 52 && program.parameters.hostBits == 32)
    let last = try (0..<program.count).suffix(3).map { try #require(image.word(at: $0)) }
    #expect(
      last[0] == [7, 6 << 16] && last[1] == [1 << 32 | 9, 6 << 16] && last[2] == [1100 << 32, 8 << 16])
  }
}
