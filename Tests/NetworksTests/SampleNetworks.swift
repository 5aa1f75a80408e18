import FixedPoint
import Networks
import Reproducibility
import Tensors

extension FixedPointFormat {
  /// A format of integers.
  static func integer(_ signedness: Signedness, _ bits: Int) -> FixedPointFormat {
    try! FixedPointFormat(signedness, wordLength: bits, fractionLength: 0)
  }
}

extension IntegerNetwork.Node {
  /// A dense node whose rows of weights are written out.
  static func dense(
    _ name: String, reading input: String, _ rows: [[Int16]], bits: Int = 8, biases: [Int64]? = nil,
    stage: IntegerOutputStage = .accumulators, output: FixedPointFormat = .integer(.signed, 32),
    shape: [Int]? = nil, zeroPoint: Int = 0
  ) -> IntegerNetwork.Node {
    let weights = Tensor(shape: [rows.count, rows.first?.count ?? 0], elements: rows.flatMap { $0 })
    return IntegerNetwork.Node(
      name, inputs: [input],
      .dense(
        IntegerDense(
          weights: weights, weightWordLength: bits, biases: biases ?? rows.map { _ in 0 }, outputStage: stage)
      ),
      output: IntegerTensor(shape: shape ?? [rows.count], format: output, zeroPoint: zeroPoint))
  }
}

/// Networks with every operation and every output stage, small enough to be damaged byte by byte.
enum SampleNetworks {
  static func float() throws -> FloatNetwork {
    var source = RandomSource(seed: 301)
    func dense(_ outputs: Int, _ inputs: Int) -> FloatOperation {
      let weights = (0..<outputs * inputs).map { _ in Float(source.normal()) }
      return .dense(
        FloatDense(
          weights: Tensor(shape: [outputs, inputs], elements: weights),
          biases: (0..<outputs).map { _ in Float(source.normal()) }))
    }
    return try FloatNetwork(
      name: "sämple", inputShape: [2, 1, 3],
      nodes: [
        .init("first", inputs: [inputTensorName], dense(4, 6)),
        .init("bend", inputs: ["first"], .activation(.sigmoid)),
        .init("second", inputs: ["bend"], dense(3, 4)), .init("cut", inputs: ["second"], .activation(.relu)),
        .init("logits", inputs: ["cut"], dense(2, 3)),
      ])
  }

  static func integer() throws -> IntegerNetwork {
    var source = RandomSource(seed: 302)
    func rows(_ outputs: Int, _ inputs: Int, _ size: Int) -> [[Int16]] {
      (0..<outputs).map { _ in (0..<inputs).map { _ in Int16(source.below(2 * size + 1) - size) } }
    }
    let table = LookUpTable(addressFormat: .integer(.signed, 4), entries: (0..<16).map { Int32($0 * $0) })
    return try IntegerNetwork(
      name: "all stages",
      input: IntegerTensor(shape: [2, 3], format: .integer(.unsigned, 8), zeroPoint: 7),
      nodes: [
        .dense(
          "table", reading: inputTensorName, rows(4, 6, 1), bits: 2, biases: [-3, 0, 1 << 40, -(1 << 40)],
          stage: .table(.shift(bits: 5, rounding: .nearestTiesToEven), table), output: .integer(.unsigned, 8)),
        .dense(
          "multiply", reading: "table", rows(3, 4, 100), biases: [1, 2, -3],
          stage: .clamp(
            .multiplier([40000, 3, 1], shifts: [20, 5, -1], rounding: .down), low: -100, high: 101),
          output: .integer(.signed, 8), zeroPoint: -5),
        .dense(
          "double", reading: "multiply", rows(3, 3, 3), bits: 3,
          stage: .clamp(.doublingHighMultiply([1 << 30], shifts: [-1]), low: -128, high: 127),
          output: .integer(.signed, 8)),
        .dense("logits", reading: "double", rows(2, 3, 30000), bits: 16, biases: [.min >> 8, .max >> 8]),
      ],
      scales: ["input": 0x1p-8, "multiply": 0.1, "logits": 3],
      preprocessing: InputPreprocessing(numerator: 256, denominator: 255))
  }
}
