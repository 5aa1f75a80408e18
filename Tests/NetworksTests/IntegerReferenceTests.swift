import FixedPoint
import Networks
import Reproducibility
import Testing

@Suite("The reference of integer networks")
struct IntegerReferenceTests {
  private let bytes = FixedPointFormat.integer(.unsigned, 8)

  @Test("Zero points are taken from inputs and added to outputs, biases added, by hand")
  func zeroPoints() throws {
    let network = try IntegerNetwork(
      name: "n", input: IntegerTensor(shape: [2], format: bytes, zeroPoint: 10),
      nodes: [
        // 2·(x₀ − 10) − 3·(x₁ − 10) + 5, halved with ties up, + 100.
        .dense(
          "hidden", reading: "input", [[2, -3]], biases: [5],
          stage: .clamp(.shift(bits: 1, rounding: .nearestTiesUp), low: 0, high: 255), output: bytes,
          zeroPoint: 100),
        // 7·(h − 100), and its negative.
        .dense("logits", reading: "hidden", [[7], [-7]], biases: [0, 1]),
      ])
    for (input, hidden) in [
      // 0 + 0 + 5 = 5 → 2.5 → 3; 2·5 − 3·(−10) + 5 = 45 → 22.5 → 23; −20 − 30 + 5 = −45 → −22.5 → −22.
      ([10, 10], 103), ([15, 0], 123), ([0, 20], 78),
      // 2·245 + 30 + 5 = 525 → 263 clamps at 255; −20 − 735 + 5 = −750 → −375 clamps at 0.
      ([255, 0], 255), ([0, 255], 0),
    ] as [([Int64], Int64)] {
      let tensors = network.referenceTensors(of: input)
      #expect(tensors["hidden"] == [hidden], "\(input)")
      #expect(tensors["logits"] == [7 * (hidden - 100), 1 - 7 * (hidden - 100)], "\(input)")
      #expect(tensors["input"] == input && tensors.count == 3)
    }
  }

  @Test("A table clamps addresses at its ends and ignores the output's zero point")
  func tableEnds() throws {
    let table = LookUpTable(addressFormat: .integer(.signed, 2), entries: [11, 22, 33, 44])
    #expect(table.lowestAddress == -2 && table.highestAddress == 1)
    #expect(
      [Int64.min, -3, -2, -1, 0, 1, 2, .max].map(table.value(at:)) == [11, 11, 11, 22, 33, 44, 44, 44])
    let network = try IntegerNetwork(
      name: "n", input: IntegerTensor(shape: [1], format: .integer(.signed, 8)),
      nodes: [
        .dense(
          "out", reading: "input", [[1], [-4]], biases: [0, 1],
          stage: .table(.shift(bits: 2, rounding: .down), table), output: bytes, zeroPoint: 9)
      ])
    // x / 4 down; (1 − 4x) / 4 down = −x.
    for (x, expected) in [
      (0, [33, 33]), (3, [33, 11]), (4, [44, 11]), (-1, [22, 44]), (-4, [22, 44]), (-5, [11, 44]),
      (127, [44, 11]), (-128, [11, 44]),
    ] as [(Int64, [Int64])] {
      #expect(network.referenceTensors(of: [x])["out"] == expected, "\(x)")
    }
  }

  @Test("Multipliers belong to channels, and the clamp's ends are the stage's, not the format's")
  func channelsAndClamp() throws {
    let network = try IntegerNetwork(
      name: "n", input: IntegerTensor(shape: [1], format: .integer(.signed, 8)),
      nodes: [
        .dense(
          "out", reading: "input", [[1], [1]],
          stage: .clamp(.multiplier([3, 1], shifts: [1, -2], rounding: .towardZero), low: -6, high: 50),
          output: .integer(.signed, 16), zeroPoint: 1)
      ])
    // 3x/2 toward zero + 1, and 4x + 1.
    for (x, expected) in [
      (0, [1, 1]), (3, [5, 13]), (-3, [-3, -6]), (-5, [-6, -6]), (12, [19, 49]), (13, [20, 50]),
      (100, [50, 50]),
    ] as [(Int64, [Int64])] {
      #expect(network.referenceTensors(of: [x])["out"] == expected, "\(x)")
    }
  }

  @Test("Sums are exact up to the ends of 64 bits; a network whose sums may pass them is refused")
  func exactSums() throws {
    func network(bias: Int64, bits: Int) throws -> IntegerNetwork {
      try IntegerNetwork(
        name: "n", input: IntegerTensor(shape: [2], format: .integer(.unsigned, bits)),
        nodes: [.dense("out", reading: "input", [[1, 2]], biases: [bias], output: .integer(.signed, 64))])
    }
    let room: Int64 = 3 * 255
    let high = try network(bias: .max - room, bits: 8)
    #expect(high.referenceTensors(of: [255, 255])["out"] == [.max])
    let low = try network(bias: -(.max - room), bits: 8)
    #expect(low.referenceTensors(of: [0, 0])["out"] == [-(.max - room)])
    let error = #expect(throws: NetworkError.self) { try network(bias: .max - room + 1, bits: 8) }
    #expect(
      error?.description == "out: a sum may reach 9223372036854775808, beyond 64 bits;"
        + " use smaller biases, fewer inputs or shorter words")
    #expect(throws: NetworkError.self) { try network(bias: .min, bits: 8) }
    #expect(throws: NetworkError.self) { try network(bias: 0, bits: 62) }
    #expect(throws: NetworkError.self) { try network(bias: 0, bits: 64) }
    let wide = try network(bias: 0, bits: 61)
    let most: Int64 = 1 << 61 - 1
    #expect(wide.referenceTensors(of: [most, most])["out"] == [3 * most])
  }

  @Test("Accumulators that feed a layer are followed: what they may reach counts, not their format")
  func accumulatorsAreFollowed() throws {
    func network(_ layers: Int) throws -> IntegerNetwork {
      try IntegerNetwork(
        name: "n", input: IntegerTensor(shape: [1], format: .integer(.unsigned, 8)),
        nodes: (0..<layers).map { layer in
          .dense(
            "l\(layer)", reading: layer == 0 ? "input" : "l\(layer - 1)", [[16384]], bits: 16,
            output: .integer(.signed, 8))
        })
    }
    // 255·2^14, ·2^28, ·2^42, 255·2^56 > 2^63.
    #expect(try network(3).referenceTensors(of: [255])["l2"] == [255 << 42])
    #expect(throws: NetworkError.self) { try network(4) }
  }

  @Test("The largest value's index: ties go to the lowest")
  func largest() {
    #expect(indexOfLargest([3]) == 0)
    #expect(indexOfLargest([1, 5, 5, 2]) == 1)
    #expect(indexOfLargest([-4, -4, -9]) == 0)
    #expect(indexOfLargest([1, 2, 3, 9][1...]) == 2)
  }
}
