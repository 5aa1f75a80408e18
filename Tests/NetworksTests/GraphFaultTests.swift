import FixedPoint
import Networks
import Tensors
import Testing

@Suite("Faults of graphs")
struct GraphFaultTests {
  private func message(_ body: () throws -> some Any) -> String? {
    do {
      _ = try body()
      return nil
    } catch { return "\(error)" }
  }

  private func float(_ nodes: [FloatNetwork.Node], inputShape: [Int] = [2, 2]) -> String? {
    message { try FloatNetwork(name: "net", inputShape: inputShape, nodes: nodes) }
  }

  private func dense(_ outputs: Int, _ inputs: Int) -> FloatOperation {
    .dense(
      FloatDense(
        weights: Tensor(shape: [outputs, inputs], repeating: 1), biases: Array(repeating: 0, count: outputs)))
  }

  @Test("Float graphs: names, order, unread tensors, shapes")
  func floatGraphs() {
    let first = FloatNetwork.Node("a", inputs: ["input"], dense(3, 4))
    #expect(float([first]) == nil)
    #expect(
      float([first, .init("b", inputs: ["a"], .activation(.relu)), .init("c", inputs: ["b"], dense(2, 3))])
        == nil)
    #expect(float([]) == "net: has no nodes; at least one is needed")
    #expect(
      float([first, .init("b", inputs: ["x"], .activation(.relu))])
        == "b: reads tensor \"x\", which no earlier node makes; nodes must stand in execution order")
    #expect(
      float([.init("b", inputs: ["a"], .activation(.relu)), first])
        == "b: reads tensor \"a\", which no earlier node makes; nodes must stand in execution order")
    let unique = "another tensor bears this name; names must be unique"
    #expect(float([first, .init("a", inputs: ["a"], .activation(.relu))]) == "a: " + unique)
    #expect(float([.init("input", inputs: ["input"], .activation(.relu))]) == "input: " + unique)
    let unread = "no node reads this tensor; only the last node's is the output"
    #expect(float([first, .init("b", inputs: ["input"], .activation(.relu))]) == "a: " + unread)
    #expect(float([.init("b", inputs: [], .activation(.relu))]) == "input: " + unread)
    #expect(
      float([first, .init("b", inputs: ["a", "input"], .activation(.relu))])
        == "b: reads 2 tensors; this operation reads 1")
    #expect(
      float([.init("b", inputs: ["input"], dense(2, 3))])
        == "b: its weights take 3 inputs, but \"input\" has 4 ([2, 2])")
    #expect(
      float([first, .init("b", inputs: ["a"], dense(2, 4))])
        == "b: its weights take 4 inputs, but \"a\" has 3 ([3])")
  }

  @Test("Shapes that are no shapes, or whose product overflows, are errors")
  func impossibleShapes() {
    for shape in [
      [], [0], [2, -2], [1, 1, 1, 1, 1], [.max, .max], [1 << 20, 1 << 20, 1 << 20, 1 << 20],
      [1 << 13, 1 << 12],
    ] {
      #expect(
        float([.init("a", inputs: ["input"], .activation(.relu))], inputShape: shape)
          == "input: shape \(shape) is not possible; a tensor has 1 to 4 positive extents and at most 16777216 elements"
      )
    }
    #expect(
      float([.init("a", inputs: ["input"], .activation(.relu))], inputShape: [1 << 12, 1 << 12]) == nil)
    #expect(
      float([.init("a", inputs: ["input"], dense(0, 4))])?.hasPrefix("a: shape [0] is not possible") == true)
    let huge = IntegerTensor(shape: [.max, 2], format: .integer(.signed, 8))
    #expect(
      message { try IntegerNetwork(name: "n", input: huge, nodes: [.dense("a", reading: "input", [[1]])]) }?
        .hasPrefix("input: shape [9223372036854775807, 2] is not possible") == true)
  }

  private func integer(
    _ nodes: [IntegerNetwork.Node], zeroPoint: Int = 0, scales: [String: Double] = [:]
  ) -> String? {
    message {
      try IntegerNetwork(
        name: "net",
        input: IntegerTensor(shape: [1, 2], format: .integer(.unsigned, 4), zeroPoint: zeroPoint),
        nodes: nodes, scales: scales)
    }
  }

  @Test("Integer graphs: names, shapes, word lengths, clamps, tables, zero points, scales")
  func integerGraphs() {
    let first = IntegerNetwork.Node.dense("a", reading: "input", [[1, 2], [3, 4], [-5, 6]])
    #expect(integer([first], zeroPoint: 15, scales: ["a": 0.5, "input": 1]) == nil)
    #expect(integer([]) == "net: has no nodes; at least one is needed")
    #expect(
      integer([first, .dense("b", reading: "x", [[1]])])
        == "b: reads tensor \"x\", which no earlier node makes; nodes must stand in execution order")
    #expect(
      integer([first, .dense("a", reading: "a", [[1, 1, 1]])])
        == "a: another tensor bears this name; names must be unique")
    #expect(
      integer([first, .dense("b", reading: "input", [[1, 1]])])
        == "a: no node reads this tensor; only the last node's is the output")
    #expect(
      integer([first, .dense("b", reading: "a", [[1, 1]])])
        == "b: its weights take 2 inputs, but \"a\" has 3 ([3])")
    #expect(
      integer([.dense("a", reading: "input", [[1, 2]], shape: [2])])
        == "a: makes 1 values, but its tensor has shape [2]")
    #expect(integer([.dense("a", reading: "input", [[1, 2], [1, 2]], shape: [1, 2, 1])]) == nil)
    #expect(integer([first], zeroPoint: 16) == "input: zero point 16 does not fit ufix4")
    #expect(integer([first], zeroPoint: -1) == "input: zero point -1 does not fit ufix4")
    #expect(
      integer([.dense("a", reading: "input", [[1, 2]], output: .integer(.signed, 3), zeroPoint: 4)])
        == "a: zero point 4 does not fit sfix3")
    #expect(integer([first], scales: ["b": 1]) == "b: has a scale, but is no tensor")
    for (scale, word) in [(0, "0.0"), (-1, "-1.0"), (Double.infinity, "inf"), (.nan, "nan")] {
      #expect(integer([first], scales: ["a": scale]) == "a: scale \(word) is not a positive finite number")
    }
  }

  @Test("Weights beyond their word length are errors at every length", arguments: 1...16)
  func weightsBeyondWordLength(_ bits: Int) {
    let high = 1 << (bits - 1) - 1
    #expect(integer([.dense("a", reading: "input", [[Int16(high), Int16(-high - 1)]], bits: bits)]) == nil)
    for bad in [high + 1, -high - 2] where Int16.min...Int16.max ~= Int16(clamping: bad) && bits < 16 {
      #expect(
        integer([.dense("a", reading: "input", [[0, Int16(bad)]], bits: bits)])
          == "a: weight \(bad) does not fit \(bits) bits (\(-high - 1)...\(high))")
    }
    for bits in [0, 17, -1] {
      #expect(
        integer([.dense("a", reading: "input", [[0, 0]], bits: bits)])
          == "a: weights of \(bits) bits; 1...16 are possible")
    }
  }

  @Test("Clamps and tables beyond the output's format are errors")
  func stagesBeyondFormat() {
    func clamp(_ low: Int64, _ high: Int64) -> String? {
      integer([
        .dense(
          "a", reading: "input", [[1, 2]],
          stage: .clamp(.shift(bits: 0, rounding: .down), low: low, high: high), output: .integer(.signed, 5))
      ])
    }
    #expect(clamp(-16, 15) == nil && clamp(3, 3) == nil)
    #expect(clamp(-17, 15) == "a: clamps to -17...15, which sfix5 does not hold")
    #expect(clamp(-16, 16) == "a: clamps to -16...16, which sfix5 does not hold")
    #expect(clamp(4, 3) == "a: clamps to 4...3, which sfix5 does not hold")
    func table(_ entries: [Int32], _ address: FixedPointFormat) -> String? {
      integer([
        .dense(
          "a", reading: "input", [[1, 2]],
          stage: .table(
            .shift(bits: 0, rounding: .down), LookUpTable(addressFormat: address, entries: entries)),
          output: .integer(.unsigned, 5))
      ])
    }
    #expect(table([0, 31], .integer(.signed, 1)) == nil)
    #expect(table([0, 32], .integer(.signed, 1)) == "a: its table holds 32, which ufix5 does not hold")
    #expect(table([-1, 0], .integer(.signed, 1)) == "a: its table holds -1, which ufix5 does not hold")
    #expect(
      table([0, 1], .integer(.unsigned, 1)) == "a: its table's address is ufix1; signed integers are expected"
    )
  }
}
