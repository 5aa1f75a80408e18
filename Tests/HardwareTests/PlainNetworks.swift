import FixedPoint
import Networks
import Tensors

/// A network of one layer that gives its accumulators.
func oneLayer(
  weights: [[Int16]], bits: Int, biases: [Int64]? = nil, input: IntegerTensor? = nil,
  stage: IntegerOutputStage = .accumulators, output: FixedPointFormat? = nil
) throws -> IntegerNetwork {
  let inputs = weights[0].count
  return try IntegerNetwork(
    name: "net", input: input ?? IntegerTensor(shape: [inputs], format: integers(.unsigned, 8)),
    nodes: [
      IntegerNetwork.Node(
        "logits", inputs: [inputTensorName],
        .dense(
          IntegerDense(
            weights: Tensor(shape: [weights.count, inputs], elements: weights.flatMap { $0 }),
            weightWordLength: bits, biases: biases ?? weights.map { _ in 0 }, outputStage: stage)),
        output: IntegerTensor(shape: [weights.count], format: output ?? integers(.signed, 32)))
    ])
}

/// A chain of layers of the given sizes (the input first), all weights `weight`, ReLU-like clamps between.
func chain(sizes: [Int], weight: Int16, bits: Int, multiplier: Int64 = 1) throws -> IntegerNetwork {
  let last = sizes.count - 1
  let nodes = (1...last).map { layer in
    IntegerNetwork.Node(
      layer == last ? "logits" : "hidden\(layer)",
      inputs: [layer == 1 ? inputTensorName : "hidden\(layer - 1)"],
      .dense(
        IntegerDense(
          weights: Tensor(shape: [sizes[layer], sizes[layer - 1]], repeating: weight),
          weightWordLength: bits, biases: Array(repeating: 0, count: sizes[layer]),
          outputStage: layer == last
            ? .accumulators
            : .clamp(
              .multiplier([multiplier], shifts: [8], rounding: .nearestTiesUp), low: 0, high: 255))),
      output: IntegerTensor(
        shape: [sizes[layer]], format: integers(layer == last ? .signed : .unsigned, layer == last ? 32 : 8)))
  }
  return try IntegerNetwork(
    name: "net", input: IntegerTensor(shape: [sizes[0]], format: integers(.unsigned, 8)), nodes: nodes)
}
