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
  /// Bits of a weight, 1...16; 2 bits with values −1, 0, +1 are ternary. Of a layer with a codebook, bits of the codebook's entries.
  public let weightWordLength: Int
  /// Where the weights are kept as indices: the codebook, of which `weights` are the decoded values; else nil.
  public let codebook: WeightCodebook?
  /// `[outputs]`, at the accumulators' scale.
  public let biases: [Int64]
  /// What follows the accumulators.
  public let outputStage: IntegerOutputStage

  /// A layer.
  /// - Precondition: one row of weights a bias.
  public init(
    weights: Tensor<Int16>, weightWordLength: Int, biases: [Int64], outputStage: IntegerOutputStage
  ) {
    self.init(
      .integers(weights), weightWordLength: weightWordLength, biases: biases, outputStage: outputStage)
  }

  /// A layer whose weights, `[outputs, inputs]`, may stand in a codebook.
  /// - Precondition: one row of weights a bias.
  public init(
    _ stored: StoredWeights, weightWordLength: Int, biases: [Int64], outputStage: IntegerOutputStage
  ) {
    let weights = stored.weights
    precondition(weights.shape.count == 2 && weights.shape[0] == biases.count, "one row a bias is needed")
    self.weights = weights
    codebook = stored.codebook
    self.weightWordLength = weightWordLength
    self.biases = biases
    self.outputStage = outputStage
  }

  /// Number of outputs.
  public var outputs: Int { weights.shape[0] }
  /// Number of inputs.
  public var inputs: Int { weights.shape[1] }
}

/// What a node of an integer network computes.
public enum IntegerOperation: Sendable, Hashable {
  /// A fully connected layer over its input, flattened in NHWC order.
  case dense(IntegerDense)
  /// A convolution over its input's pixels.
  case convolution(IntegerConvolution)
  /// The largest or mean value of each window.
  case pooling(IntegerPooling)
  /// The sum of its two inputs.
  case addition(IntegerAddition)

  /// How many tensors it reads.
  public var inputCount: Int {
    switch self {
    case .dense, .convolution, .pooling: 1
    case .addition: 2
    }
  }
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
  /// Nodes all of whose weights are −1, 0 or +1: found once, since a large network has many weights.
  private let ternaryNodes: Set<String>

  /// A network of the given nodes.
  /// - Throws: `NetworkError` where names or shapes do not chain, a value does not fit its format, or an exact sum may
  ///   not fit 64 bits.
  public init(
    name: String, input: IntegerTensor, nodes: [Node], scales: [String: Double] = [:],
    preprocessing: InputPreprocessing? = nil
  ) throws(NetworkError) {
    try checkOrder(of: nodes, network: name)
    try checkTensor(input, named: inputTensorName)
    var signals = [inputTensorName: Signal(input)]
    for node in nodes {
      let sources = node.inputs.compactMap { signals[$0] }
      guard sources.count == node.operation.inputCount else {
        throw NetworkError(
          at: node.name,
          "reads \(sources.count) tensors; this operation reads \(node.operation.inputCount)")
      }
      try checkTensor(node.output, named: node.name)
      signals[node.name] = try Signal(made: node, from: sources)
    }
    try checkScales(scales, of: Set(signals.keys))
    self.name = name
    self.input = input
    self.nodes = nodes
    self.scales = scales
    self.preprocessing = preprocessing
    ternaryNodes = Set(
      nodes.filter { node in
        switch node.operation {
        case .dense(let dense): dense.weights.elements.allSatisfy { -1...1 ~= $0 }
        case .convolution(let convolution): convolution.weights.elements.allSatisfy { -1...1 ~= $0 }
        case .pooling, .addition: false
        }
      }.map(\.name))
  }

  /// Whether `node` has weights, all of them −1, 0 or +1.
  public func isTernary(_ node: Node) -> Bool { ternaryNodes.contains(node.name) }

  /// The node whose tensor is the network's output.
  public var output: Node { nodes[nodes.count - 1] }

  /// The description of the tensor `name`, or nil if there is none.
  public func tensor(_ name: String) -> IntegerTensor? {
    name == inputTensorName ? input : nodes.first { $0.name == name }?.output
  }
}
