import FixedPoint
import Tensors

/// A tensor of integers: its shape without the batch dimension, the format of its raw values, its zero point.
public struct IntegerTensor: Sendable, Hashable {
  /// `[height, width, channels]` or `[features]`.
  public let shape: [Int]
  /// Format of the raw integers; its fraction length is 0, since scales are annotations.
  public let format: FixedPointFormat
  /// The raw value that stands for real zero.
  public let zeroPoint: Int

  /// A tensor description.
  public init(shape: [Int], format: FixedPointFormat, zeroPoint: Int = 0) {
    self.shape = shape
    self.format = format
    self.zeroPoint = zeroPoint
  }

  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }
}

/// A function of a requantised accumulator as a table: `entries[x − lowest address]`.
public struct LookUpTable: Sendable, Hashable {
  /// Format of the address: signed, fraction length 0. Values beyond it are clamped to its ends first.
  public let addressFormat: FixedPointFormat
  /// One output raw value for each address, lowest address first: `2^word length` of them.
  public let entries: [Int32]

  /// A table.
  /// - Precondition: one entry an address, at most 16 address bits.
  public init(addressFormat: FixedPointFormat, entries: [Int32]) {
    precondition(addressFormat.wordLength <= 16, "tables have at most 16 address bits")
    precondition(entries.count == 1 << addressFormat.wordLength, "one entry an address is needed")
    self.addressFormat = addressFormat
    self.entries = entries
  }

  /// The lowest address.
  public var lowestAddress: Int64 { Int64(addressFormat.minimumRaw) }
  /// The highest address.
  public var highestAddress: Int64 { Int64(addressFormat.maximumRaw) }

  /// The entry for address `x`, clamped to the table's ends.
  public func value(at x: Int64) -> Int32 {
    entries[Int(min(max(x, lowestAddress), highestAddress) - lowestAddress)]
  }
}

/// What follows a layer's accumulators.
public enum IntegerOutputStage: Sendable, Hashable {
  /// The accumulators leave as they are: the last layer's, which are compared unrequantised.
  case accumulators
  /// `clamp(requantised + zero point of the output, low, high)`: ReLU, clipped ReLU, or the format's range.
  case clamp(Requantization, low: Int64, high: Int64)
  /// The requantised accumulator addresses a table.
  case table(Requantization, LookUpTable)
}

/// A fully connected layer on integers: `sum_i w[o, i] · (x[i] − input zero point) + bias[o]`, then its output stage.
public struct IntegerDense: Sendable, Hashable {
  /// `[outputs, inputs]`.
  public let weights: Tensor<Int16>
  /// Bits of a weight, 1...16; 2 bits with values −1, 0, +1 are ternary.
  public let weightWordLength: Int
  /// `[outputs]`, at the accumulators' scale.
  public let biases: [Int64]
  /// What follows the accumulators.
  public let outputStage: IntegerOutputStage

  /// A layer.
  /// - Precondition: one row of weights a bias.
  public init(
    weights: Tensor<Int16>, weightWordLength: Int, biases: [Int64], outputStage: IntegerOutputStage
  ) {
    precondition(weights.shape.count == 2 && weights.shape[0] == biases.count, "one row a bias is needed")
    self.weights = weights
    self.weightWordLength = weightWordLength
    self.biases = biases
    self.outputStage = outputStage
  }

  /// Number of outputs.
  public var outputs: Int { weights.shape[0] }
  /// Number of inputs.
  public var inputs: Int { weights.shape[1] }
  /// Whether every weight is −1, 0 or +1.
  public var isTernary: Bool { weights.elements.allSatisfy { -1...1 ~= $0 } }
}

/// What a node of an integer network computes.
public enum IntegerOperation: Sendable, Hashable {
  /// A fully connected layer over its input, flattened in NHWC order.
  case dense(IntegerDense)
}

/// How raw integers of the input come from the data, for people and for tools that feed the network.
/// `raw = clamp(⌊value · numerator / denominator + 1/2⌋)` of an 8-bit pixel.
public struct InputPreprocessing: Sendable, Hashable {
  /// Numerator of the factor from pixel to raw value.
  public let numerator: Int
  /// Denominator of that factor.
  public let denominator: Int

  /// A factor as a fraction.
  public init(numerator: Int, denominator: Int) {
    self.numerator = numerator
    self.denominator = denominator
  }
}

/// A network of integers: what the hardware holds and executes.
///
/// A graph of named integer tensors. Execution reads integers only; the scales and the preprocessing are
/// annotations for people and tools.
public struct IntegerNetwork: Sendable, Hashable {
  /// One step of the graph.
  public struct Node: Sendable, Hashable, GraphNode {
    /// The node's name, and that of the tensor it makes.
    public let name: String
    /// The tensors it reads.
    public let inputs: [String]
    /// What it computes.
    public let operation: IntegerOperation
    /// The tensor it makes.
    public let output: IntegerTensor

    /// A node that reads `inputs` and makes `output`.
    public init(_ name: String, inputs: [String], _ operation: IntegerOperation, output: IntegerTensor) {
      self.name = name
      self.inputs = inputs
      self.operation = operation
      self.output = output
    }
  }

  /// The network's name.
  public let name: String
  /// The tensor it reads.
  public let input: IntegerTensor
  /// The nodes in execution order.
  public let nodes: [Node]
  /// Real value of one raw step, by tensor name. No execution reads it.
  public let scales: [String: Double]
  /// Where the input's raw values come from. No execution reads it.
  public let preprocessing: InputPreprocessing?

  /// A network of the given nodes.
  /// - Throws: `NetworkError` where names or shapes do not chain or a value does not fit its format.
  public init(
    name: String, input: IntegerTensor, nodes: [Node], scales: [String: Double] = [:],
    preprocessing: InputPreprocessing? = nil
  ) throws(NetworkError) {
    try checkOrder(of: nodes, network: name)
    var tensors = [inputTensorName: input]
    for node in nodes {
      guard node.inputs.count == 1, let source = tensors[node.inputs[0]] else {
        throw NetworkError(at: node.name, "reads \(node.inputs.count) tensors; this operation reads 1")
      }
      switch node.operation {
      case .dense(let dense): try Self.check(dense, of: node, reading: source)
      }
      tensors[node.name] = node.output
    }
    self.name = name
    self.input = input
    self.nodes = nodes
    self.scales = scales
    self.preprocessing = preprocessing
  }

  /// The node whose tensor is the network's output.
  public var output: Node { nodes[nodes.count - 1] }

  /// The description of the tensor `name`, or nil if there is none.
  public func tensor(_ name: String) -> IntegerTensor? {
    name == inputTensorName ? input : nodes.first { $0.name == name }?.output
  }

  private static func check(
    _ dense: IntegerDense, of node: Node, reading source: IntegerTensor
  ) throws(NetworkError) {
    guard dense.inputs == source.count else {
      throw NetworkError(
        at: node.name,
        "its weights take \(dense.inputs) inputs, but \"\(node.inputs[0])\" has \(source.count) (\(source.shape))"
      )
    }
    guard node.output.count == dense.outputs else {
      throw NetworkError(
        at: node.name, "makes \(dense.outputs) values, but its tensor has shape \(node.output.shape)")
    }
    guard 1...16 ~= dense.weightWordLength else {
      throw NetworkError(at: node.name, "weights of \(dense.weightWordLength) bits; 1...16 are possible")
    }
    let high = Int16(truncatingIfNeeded: (1 << (dense.weightWordLength - 1)) - 1)
    let low = -high - 1
    if let bad = dense.weights.elements.first(where: { $0 < low || $0 > high }) {
      throw NetworkError(
        at: node.name, "weight \(bad) does not fit \(dense.weightWordLength) bits (\(low)...\(high))")
    }
    let format = node.output.format
    switch dense.outputStage {
    case .accumulators: break
    case .clamp(let requantization, let low, let high):
      if let fault = requantization.fault(channels: dense.outputs) {
        throw NetworkError(at: node.name, "requantization: \(fault)")
      }
      guard low <= high, format.contains(raw: Int128(low)), format.contains(raw: Int128(high)) else {
        throw NetworkError(at: node.name, "clamps to \(low)...\(high), which \(format) does not hold")
      }
    case .table(let requantization, let table):
      if let fault = requantization.fault(channels: dense.outputs) {
        throw NetworkError(at: node.name, "requantization: \(fault)")
      }
      if let bad = table.entries.first(where: { !format.contains(raw: Int128($0)) }) {
        throw NetworkError(at: node.name, "its table holds \(bad), which \(format) does not hold")
      }
    }
  }
}
