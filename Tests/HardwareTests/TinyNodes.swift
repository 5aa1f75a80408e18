import FixedPoint
import Networks
import Tensors

/// Nodes small enough to be worked out by hand; all weights are 1.
enum TinyNodes {
  /// A tensor of unsigned words.
  static func tensor(_ shape: [Int], bits: Int = 8) -> IntegerTensor {
    IntegerTensor(shape: shape, format: integers(.unsigned, bits))
  }

  private static func clamp(_ output: IntegerTensor, _ unit: Requantization?) -> IntegerOutputStage {
    .clamp(
      unit ?? .multiplier([1], shifts: [4], rounding: .nearestTiesUp), low: 0,
      high: Int64(output.format.maximumRaw))
  }

  static func convolution(
    _ name: String, from source: String, channels: Int = 1, groups: Int = 1, weightBits: Int = 2,
    window: SlidingWindow, making output: IntegerTensor, unit: Requantization? = nil
  ) -> IntegerNetwork.Node {
    let shape = [output.channels, window.kernel.height, window.kernel.width, channels / groups]
    return .init(
      name, inputs: [source],
      .convolution(
        IntegerConvolution(
          weights: Tensor(shape: shape, repeating: 1), weightWordLength: weightBits,
          biases: Array(repeating: 0, count: output.channels), window: window, groups: groups,
          outputStage: clamp(output, unit))), output: output)
  }

  /// A 3 × 3 convolution of one channel whose output has its input's extents.
  static func same(_ name: String, from source: String, _ shape: [Int]) -> IntegerNetwork.Node {
    convolution(
      name, from: source,
      window: SlidingWindow(kernel: PlaneExtent(square: 3), padding: PlanePadding(all: 1)),
      making: tensor(shape))
  }

  static func dense(
    _ name: String, from source: String, inputs: Int, weightBits: Int = 2, making output: IntegerTensor,
    unit: Requantization? = nil
  ) -> IntegerNetwork.Node {
    .init(
      name, inputs: [source],
      .dense(
        IntegerDense(
          weights: Tensor(shape: [output.count, inputs], repeating: 1), weightWordLength: weightBits,
          biases: Array(repeating: 0, count: output.count), outputStage: clamp(output, unit))), output: output
    )
  }

  static func addition(
    _ name: String, _ first: String, _ second: String, making output: IntegerTensor,
    unit: Requantization = .multiplier([1], shifts: [0], rounding: .nearestTiesUp)
  ) -> IntegerNetwork.Node {
    .init(
      name, inputs: [first, second],
      .addition(
        IntegerAddition(leftShift: 0, first: unit, second: unit, outputStage: clamp(output, unit))),
      output: output)
  }

  static func maximum(
    _ name: String, from source: String, window: SlidingWindow, making output: IntegerTensor
  ) -> IntegerNetwork.Node {
    .init(
      name, inputs: [source],
      .pooling(IntegerPooling(.maximum, window: window, low: 0, high: Int64(output.format.maximumRaw))),
      output: output)
  }

  static func network(_ input: IntegerTensor, _ nodes: [IntegerNetwork.Node]) throws -> IntegerNetwork {
    try IntegerNetwork(name: "net", input: input, nodes: nodes)
  }
}
