import FixedPoint
import Networks
import Reproducibility
import Tensors

extension Tensor<Int16> {
  /// A tensor of weights drawn evenly from ±`size`.
  static func drawn(_ shape: [Int], size: Int, from source: inout RandomSource) -> Tensor<Int16> {
    Tensor(
      shape: shape,
      elements: (0..<shape.reduce(1, *)).map { _ in Int16(source.below(2 * size + 1) - size) })
  }
}

extension SampleNetworks {
  /// A network with every operation: a dilated grouped convolution, a depthwise one with uneven padding, both poolings, an addition, a
  /// fully connected layer.
  static func images() throws -> IntegerNetwork {
    var source = RandomSource(seed: 303)
    let bytes = FixedPointFormat.integer(.signed, 8)
    func tensor(_ shape: [Int], zeroPoint: Int = 0) -> IntegerTensor {
      IntegerTensor(shape: shape, format: bytes, zeroPoint: zeroPoint)
    }
    let grouped = IntegerConvolution(
      weights: .drawn([4, 2, 3, 2], size: 7, from: &source), weightWordLength: 4,
      biases: [5, -6, 7, 1 << 33],
      window: SlidingWindow(
        kernel: PlaneExtent(height: 2, width: 3), dilation: PlaneExtent(height: 2, width: 1),
        padding: PlanePadding(all: 1)), groups: 2,
      outputStage: .clamp(
        .doublingHighMultiply([1 << 30, 3 << 29, 1 << 30, 7 << 28], shifts: [-3, -4, -2, -33 + 3]), low: -100,
        high: 120))
    let depthwise = IntegerConvolution(
      weights: .drawn([4, 3, 3, 1], size: 127, from: &source), weightWordLength: 8,
      biases: [0, 1, -1, 1000],
      window: SlidingWindow(
        kernel: PlaneExtent(square: 3), padding: PlanePadding(top: 1, left: 2, bottom: 1, right: 0)),
      groups: 4,
      outputStage: .table(
        .shift(bits: 9, rounding: .nearestTiesToOdd),
        LookUpTable(addressFormat: .integer(.signed, 3), entries: [-128, -64, -3, 0, 1, 17, 99, 127])))
    let maximum = IntegerPooling(
      .maximum,
      window: SlidingWindow(
        kernel: PlaneExtent(height: 2, width: 3),
        padding: PlanePadding(top: 1, left: 1, bottom: 0, right: 1)), low: -128, high: 127)
    let average = IntegerPooling(
      .average(rounding: .nearestTiesAwayFromZero),
      window: SlidingWindow(kernel: PlaneExtent(square: 2), stride: PlaneExtent(square: 2)), low: -90,
      high: 91)
    let addition = IntegerAddition(
      leftShift: 4, first: .doublingHighMultiply([1 << 30], shifts: [0]),
      second: .doublingHighMultiply([3 << 29, 1 << 30, 1 << 30, 1 << 30], shifts: [-1, 0, -2, 0]),
      outputStage: .clamp(.doublingHighMultiply([1 << 30], shifts: [-3]), low: -128, high: 127))
    let dense = IntegerDense(
      weights: .drawn([3, 16], size: 127, from: &source), weightWordLength: 8, biases: [9, 0, -9],
      outputStage: .accumulators)
    return try IntegerNetwork(
      name: "images", input: tensor([4, 4, 4], zeroPoint: -7),
      nodes: [
        .init(
          "grouped", inputs: [inputTensorName], .convolution(grouped),
          output: tensor([4, 4, 4], zeroPoint: 3)
        ),
        .init("depthwise", inputs: ["grouped"], .convolution(depthwise), output: tensor([4, 4, 4])),
        .init("maximum", inputs: ["grouped"], .pooling(maximum), output: tensor([4, 4, 4], zeroPoint: 3)),
        .init(
          "sum", inputs: ["depthwise", "maximum"], .addition(addition),
          output: tensor([4, 4, 4], zeroPoint: -1)),
        .init("average", inputs: ["sum"], .pooling(average), output: tensor([2, 2, 4], zeroPoint: -1)),
        .init(
          "logits", inputs: ["average"], .dense(dense),
          output: IntegerTensor(shape: [3], format: .integer(.signed, 32))),
      ], scales: ["sum": 0.25], preprocessing: InputPreprocessing(numerator: 127, denominator: 255))
  }
}
