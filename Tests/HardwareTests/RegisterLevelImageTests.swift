import Hardware
import Networks
import Reproducibility
import Testing

/// Weight banks written out bit by bit from the contract's "Weight memory".
@Suite("Weight bank images")
struct RegisterLevelImageTests {
  private func image(
    _ weights: [[Int16]], bits: Int, biases: [Int64], lanes: Int, inputs: Int, datapath: JSONValue
  ) throws -> WeightBankImage {
    var machine = TestMachine()
    machine.lanes = lanes
    machine.inputsPerCycle = inputs
    machine.datapath = datapath
    let network = try oneLayer(weights: weights, bits: bits, biases: biases)
    return try #require(try RegisterLevelModel(network, on: try machine.hardware()).residentWeights)
  }

  @Test("Weights narrower than the datapath stand back to back, a ragged tile's lanes hold zeros")
  func narrowWeights() throws {
    let image = try image(
      [[1, -2, 3], [4, 5, -6], [7, -8, -1]], bits: 4, biases: [10, 20, 30], lanes: 2, inputs: 2,
      datapath: ["kind": "parallel", "weightBits": 8, "activationBits": 8])
    #expect(image.wordBits == 16 && image.wordCount == 2)
    // Nibbles 1, E, 3, 0 and 7, 8, F, 0 of lane 0; 4, 5, A, 0 and nothing of lane 1.
    #expect(image.banks[0][0] == 0x0F87_03E1 && image.banks[1][0] == 0x0A54)
    #expect(image.starts == [[10, 30], [20, 0]])
    #expect(image.tiles.map(\.firstWord) == [0, 1] && image.tiles.map(\.firstStart) == [0, 1])
    #expect(image.storedBits == 2 * 2 * 16 + 4 * 32)
  }

  @Test("A decomposed lane's parts stand side by side in each tap, at the layer's own width")
  func decomposable() throws {
    // 3-bit weights run in the 4-bit mode of an 8-bit multiplier: two parts.
    let image = try image(
      [[1, -1], [2, -4]], bits: 3, biases: [5, 6], lanes: 1, inputs: 1,
      datapath: ["kind": "decomposable", "weightBits": 8, "activationBits": 8])
    // Tap 0: 1, 2; tap 1: -1, -4. 12 bits padded to two words of 8.
    #expect(image.wordBits == 8 && image.wordCount == 2)
    #expect(image.banks[0][0] == 0b100_111_010_001)
    #expect(image.starts == [[5, 6]])
  }

  @Test("Five ternary weights are the digits of a byte, a missing one the digit of zero")
  func fiveInEight() throws {
    let image = try image(
      [[1, -1, 0, 1]], bits: 2, biases: [0], lanes: 1, inputs: 2,
      datapath: ["kind": "ternary", "activationBits": 8, "packing": "5_in_8_bits"])
    #expect(image.wordBits == 8 && image.wordCount == 1)
    #expect(image.banks[0][0] == 2 + 0 * 3 + 1 * 9 + 2 * 27 + 1 * 81)
  }

  @Test("Two-bit ternary weights are two's complement, and a tap beyond the channels holds zeros")
  func twoBits() throws {
    let image = try image(
      [[1, -1, -1]], bits: 2, biases: [0], lanes: 1, inputs: 2,
      datapath: ["kind": "ternary", "activationBits": 8])
    #expect(image.wordBits == 4 && image.wordCount == 2)
    #expect(image.banks[0][0] == 0b00_11_11_01)
  }

  @Test("A bit-serial tap stores its planes, least significant first")
  func bitSerial() throws {
    let image = try image(
      [[1, -2, -1]], bits: 2, biases: [0], lanes: 1, inputs: 3,
      datapath: ["kind": "bitSerial", "weightBits": 8, "activationBits": 8])
    #expect(image.wordBits == 3 && image.wordCount == 2)
    #expect(image.banks[0][0] == 0b110_101)
  }
}
