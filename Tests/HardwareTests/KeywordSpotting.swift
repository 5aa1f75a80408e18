import FixedPoint
import Foundation
import Interchange
import Networks
import Tensors
import Testing

/// The published int8 keyword-spotting network beside the package, with what the embedded runtime computes. Its
/// softmax, which no machine here has, is left out.
struct KeywordSpotting {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("../shared/models/keyword_spotting").standardizedFileURL
  static let isPresent = FileManager.default.fileExists(
    atPath: directory.appendingPathComponent("ops.json").path)

  /// The whole network.
  let network: IntegerNetwork
  /// The input's raw words, `[samples, 490]`.
  let inputs: [Int64]
  /// By node: its raw outputs for every input.
  let golden: [String: [Int64]]

  init() throws {
    let json = try JSONSerialization.jsonObject(with: Self.file("ops.json")) as? [String: Any]
    let ops = try #require(json?["ops"] as? [[String: Any]])
    let weights = try NumpyArchive(parsing: Self.file("weights.npz"), file: "weights.npz")
    let intermediates = try NumpyArchive(
      parsing: Self.file("intermediates_micro.npz"), file: "intermediates_micro.npz")
    var nodes: [IntegerNetwork.Node] = []
    var golden: [String: [Int64]] = [:]
    var input = try Self.tensor(ops[0]["input_shapes"], ops[0]["input_quant"])
    let first = input
    for (index, op) in ops.enumerated() {
      let name = "op" + (index < 10 ? "0" : "") + "\(index)"
      let kind = try #require(op["op"] as? String)
      // A fully connected layer flattens its input, and the output is compared before the softmax.
      guard kind != "RESHAPE", kind != "SOFTMAX" else { continue }
      let output = try Self.tensor([try #require(op["output_shape"])], op["output_quant"])
      let operation = try Self.operation(kind, op, reading: input, weights: weights, name: name)
      nodes.append(.init(name, inputs: [nodes.last?.name ?? inputTensorName], operation, output: output))
      golden[name] = try intermediates.array(name).integers
      input = output
    }
    network = try IntegerNetwork(name: "keyword-spotting", input: first, nodes: nodes)
    inputs = try NumpyArray(parsing: Self.file("inputs.npy"), file: "inputs.npy").integers
    self.golden = golden
  }

  /// How many inputs there are.
  var samples: Int { inputs.count / network.input.count }

  /// The golden values of tensor `name` for sample `sample`.
  func values(_ name: String, sample: Int) throws -> [Int64] {
    let all = try #require(name == inputTensorName ? inputs : golden[name])
    let count = try #require(network.tensor(name)).count
    return Array(all[sample * count..<(sample + 1) * count])
  }

  /// A network of `node` alone.
  func alone(_ node: IntegerNetwork.Node) throws -> IntegerNetwork {
    try IntegerNetwork(
      name: node.name, input: try #require(network.tensor(node.inputs[0])),
      nodes: [.init(node.name, inputs: [inputTensorName], node.operation, output: node.output)])
  }

  private static func file(_ name: String) throws -> Data {
    try Data(contentsOf: directory.appendingPathComponent(name))
  }

  /// The tensor of the first of `shapes`, less its batch extent.
  private static func tensor(_ shapes: Any?, _ quantization: Any?) throws -> IntegerTensor {
    let shape = try #require((shapes as? [[Int]])?.first)
    let parameters = (quantization as? [[String: Any]])?.first ?? quantization as? [String: Any]
    let zeroPoint = try #require(parameters?["zero_point"] as? Int)
    return IntegerTensor(
      shape: Array(shape.dropFirst()), format: integers(.signed, 8), zeroPoint: zeroPoint)
  }

  private static func operation(
    _ kind: String, _ op: [String: Any], reading input: IntegerTensor, weights: NumpyArchive, name: String
  ) throws -> IntegerOperation {
    let clamp = try #require(op["clamp"] as? [Int]).map { Int64($0) }
    let options = try #require(op["options"] as? [String: Any])
    func extent(_ key: String) throws -> PlaneExtent {
      PlaneExtent(
        height: try #require(options["\(key)_h"] as? Int), width: try #require(options["\(key)_w"] as? Int))
    }
    if kind == "AVERAGE_POOL_2D" {
      // VALID: no padding.
      let window = SlidingWindow(kernel: try extent("filter"), stride: try extent("stride"))
      return .pooling(
        IntegerPooling(
          .average(rounding: .nearestTiesAwayFromZero), window: window, low: clamp[0], high: clamp[1]))
    }
    let requant = try #require(op["requant"] as? [String: [Int]])
    let stage = IntegerOutputStage.clamp(
      .doublingHighMultiply(requant["multiplier"]!.map { Int64($0) }, shifts: requant["shift"]!),
      low: clamp[0], high: clamp[1])
    let values = try weights.array("\(name)_weights").integers.map { Int16($0) }
    let biases = try weights.array("\(name)_bias").integers
    let shape = try #require(op["weight_shape"] as? [Int])
    if kind == "FULLY_CONNECTED" {
      return .dense(
        IntegerDense(
          weights: Tensor(shape: shape, elements: values), weightWordLength: 8, biases: biases,
          outputStage: stage))
    }
    let edges = try #require(op["pad_top_bottom_left_right"] as? [Int])
    let window = SlidingWindow(
      kernel: PlaneExtent(height: shape[1], width: shape[2]), stride: try extent("stride"),
      dilation: try extent("dilation"),
      padding: PlanePadding(top: edges[0], left: edges[2], bottom: edges[1], right: edges[3]))
    guard kind == "DEPTHWISE_CONV_2D" else {
      return .convolution(
        IntegerConvolution(
          weights: Tensor(shape: shape, elements: values), weightWordLength: 8, biases: biases,
          window: window, outputStage: stage))
    }
    // Published as [1, rows, columns, outputs].
    let (taps, outputs) = (shape[1] * shape[2], shape[3])
    let turned = (0..<outputs).flatMap { output in (0..<taps).map { values[$0 * outputs + output] } }
    return .convolution(
      IntegerConvolution(
        weights: Tensor(shape: [outputs, shape[1], shape[2], 1], elements: turned), weightWordLength: 8,
        biases: biases, window: window, groups: input.channels, outputStage: stage))
  }
}
