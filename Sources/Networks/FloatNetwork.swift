import Tensors

/// The non-linear functions of hidden units.
public enum ActivationFunction: String, Sendable, Hashable, CaseIterable {
  /// 1 / (1 + exp(−x)); outputs in (0, 1).
  case sigmoid
  /// max(x, 0).
  case relu
  /// (exp(x) − exp(−x)) / (exp(x) + exp(−x)); outputs in (−1, 1).
  case tanh
  /// min(max(x, 0), 6): the clipped ReLU of embedded networks.
  case relu6
}

/// A fully connected layer: `y = W x + b`.
public struct FloatDense: Sendable, Hashable {
  /// W, `[outputs, inputs]`.
  public var weights: Tensor<Float>
  /// b, `[outputs]`.
  public var biases: [Float]

  /// A layer with these weights and biases.
  /// - Precondition: `weights` is two-dimensional and has one row a bias.
  public init(weights: Tensor<Float>, biases: [Float]) {
    precondition(
      weights.shape.count == 2 && weights.shape[0] == biases.count,
      "weights of shape \(weights.shape) do not go with \(biases.count) biases")
    self.weights = weights
    self.biases = biases
  }

  /// Number of outputs.
  public var outputs: Int { weights.shape[0] }
  /// Number of inputs.
  public var inputs: Int { weights.shape[1] }
}

/// A convolution in single precision, grouped or depthwise too, over images in NHWC order; padding is 0.
///
/// Output channel o of O belongs to group ⌊o · groups / O⌋ and reads that group's input channels.
public struct FloatConvolution: Sendable, Hashable {
  /// `[outputs, kernel rows, kernel columns, input channels / groups]`.
  public var weights: Tensor<Float>
  /// `[outputs]`.
  public var biases: [Float]
  /// Where the kernel goes; its kernel is that of the weights.
  public let window: SlidingWindow
  /// Number of groups; as many as input channels for a depthwise convolution.
  public let groups: Int

  /// A convolution.
  /// - Precondition: `weights` has four extents, those of the kernel among them, and one filter a bias.
  public init(weights: Tensor<Float>, biases: [Float], window: SlidingWindow, groups: Int = 1) {
    precondition(
      weights.shape.count == 4 && weights.shape[0] == biases.count
        && weights.shape[1] == window.kernel.height && weights.shape[2] == window.kernel.width,
      "weights of shape \(weights.shape) do not go with \(biases.count) biases and kernel \(window.kernel)")
    self.weights = weights
    self.biases = biases
    self.window = window
    self.groups = groups
  }
}

/// Batch normalisation (Ioffe and Szegedy 2015), channel by channel: `scale · (x − mean) / √(variance + epsilon) + shift`.
///
/// While it is trained, mean and variance are those of the mini-batch; `mean` and `variance` are their running averages, which everything else uses.
public struct FloatBatchNormalization: Sendable, Hashable {
  /// γ, one a channel.
  public var scale: [Float]
  /// β, one a channel.
  public var shift: [Float]
  /// Running mean, one a channel.
  public var mean: [Float]
  /// Running variance, one a channel.
  public var variance: [Float]
  /// Added to the variance.
  public let epsilon: Float

  /// A normalisation that changes nothing yet (but for epsilon).
  public init(channels: Int, epsilon: Float = 1e-5) {
    scale = Array(repeating: 1, count: channels)
    shift = Array(repeating: 0, count: channels)
    mean = Array(repeating: 0, count: channels)
    variance = Array(repeating: 1, count: channels)
    self.epsilon = epsilon
  }
}

/// What a node of a float network computes.
public enum FloatOperation: Sendable, Hashable {
  /// A fully connected layer over its input, flattened in NHWC order.
  case dense(FloatDense)
  /// A convolution over its input's pixels.
  case convolution(FloatConvolution)
  /// Batch normalisation over the last extent of its input.
  case batchNormalization(FloatBatchNormalization)
  /// A function of each element.
  case activation(ActivationFunction)
  /// The largest value of each window; elements outside the image take no part.
  case maximumPooling(SlidingWindow)
  /// The mean value of each window; elements outside the image take no part.
  case averagePooling(SlidingWindow)
  /// While it is trained each element is 0 with this probability and otherwise divided by what is left; else nothing.
  case dropout(rate: Double)
  /// The sum of its two inputs.
  case addition

  /// How many tensors it reads.
  public var inputCount: Int {
    switch self {
    case .dense, .convolution, .batchNormalization, .activation, .maximumPooling, .averagePooling, .dropout:
      1
    case .addition: 2
    }
  }

  /// Trained numbers by name, in a fixed order: weights and biases, or scale and shift.
  public var parameters: [(name: String, values: [Float])] {
    switch self {
    case .dense(let dense): [("weights", dense.weights.elements), ("biases", dense.biases)]
    case .convolution(let convolution):
      [("weights", convolution.weights.elements), ("biases", convolution.biases)]
    case .batchNormalization(let normalization):
      [("scale", normalization.scale), ("shift", normalization.shift)]
    case .activation, .maximumPooling, .averagePooling, .dropout, .addition: []
    }
  }
}

/// A network in single precision: a graph of named tensors, batch dimension left out.
///
/// The last node makes the logits, one a class; soft-max is part of the loss, not of the network.
public struct FloatNetwork: Sendable, Hashable {
  /// One step of the graph.
  public struct Node: Sendable, Hashable, GraphNode {
    /// The node's name, and that of the tensor it makes.
    public let name: String
    /// The tensors it reads.
    public let inputs: [String]
    /// What it computes.
    public var operation: FloatOperation

    /// A node that reads `inputs`.
    public init(_ name: String, inputs: [String], _ operation: FloatOperation) {
      self.name = name
      self.inputs = inputs
      self.operation = operation
    }
  }

  /// The network's name, for example a topology's.
  public let name: String
  /// Shape of the input, `[height, width, channels]` or `[features]`.
  public let inputShape: [Int]
  /// The nodes in execution order. Weights may change; the graph may not.
  public private(set) var nodes: [Node]
  /// Shape of every tensor by name.
  public let shapes: [String: [Int]]
  /// The 8-bit pixel that the network reads as 0: an input value is (pixel − this) / 256.
  public let zeroPixel: Int

  /// A network of the given nodes.
  /// - Throws: `NetworkError` where a name is unknown or repeated, or shapes do not chain or are not possible.
  public init(
    name: String, inputShape: [Int], nodes: [Node], zeroPixel: Int = 0
  ) throws(NetworkError) {
    guard 0...255 ~= zeroPixel else {
      throw NetworkError(at: name, "reads pixel \(zeroPixel) as 0; 0 to 255 are possible")
    }
    try checkOrder(of: nodes, network: name)
    try checkShape(inputShape, of: inputTensorName)
    var shapes = [inputTensorName: inputShape]
    for node in nodes {
      let sources = node.inputs.compactMap { shapes[$0] }
      guard sources.count == node.operation.inputCount else {
        throw NetworkError(
          at: node.name,
          "reads \(sources.count) tensors; this operation reads \(node.operation.inputCount)")
      }
      let shape = try node.outputShape(reading: sources)
      try checkShape(shape, of: node.name)
      shapes[node.name] = shape
    }
    self.name = name
    self.inputShape = inputShape
    self.nodes = nodes
    self.shapes = shapes
    self.zeroPixel = zeroPixel
  }

  /// The node whose tensor is the network's output.
  public var output: Node { nodes[nodes.count - 1] }

  /// Number of trained numbers.
  public var parameterCount: Int {
    nodes.reduce(0) { sum, node in node.operation.parameters.reduce(sum) { $0 + $1.values.count } }
  }

  /// Puts another operation of the same kind and shapes into the node `name`: other weights.
  /// - Precondition: the node is there, and its operation has parameters of these names and sizes.
  public mutating func replace(_ name: String, with operation: FloatOperation) {
    guard let index = nodes.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("no node \(name)")
    }
    let old = nodes[index].operation.parameters
    let new = operation.parameters
    precondition(
      old.map(\.name) == new.map(\.name) && old.map(\.values.count) == new.map(\.values.count),
      "other parameters for \(name)")
    nodes[index].operation = operation
  }
}

extension FloatNetwork.Node {
  /// The shape of what the node makes of tensors of shapes `sources`, as many as it reads.
  /// - Throws: `NetworkError` naming both layers and both shapes where they do not chain.
  fileprivate func outputShape(reading sources: [[Int]]) throws(NetworkError) -> [Int] {
    let source = sources[0]
    func plane(_ window: SlidingWindow) throws(NetworkError) -> PlaneExtent {
      guard source.count == 3,
        let plane = window.outputExtent(over: PlaneExtent(height: source[0], width: source[1]))
      else {
        throw NetworkError(
          at: name,
          "its window (kernel \(window.kernel.height) x \(window.kernel.width)) does not fit \"\(inputs[0])\" of shape"
            + " \(source)")
      }
      return plane
    }
    switch operation {
    case .dense(let dense):
      let features = source.reduce(1, *)
      guard dense.inputs == features else {
        throw NetworkError(
          at: name,
          "its weights take \(dense.inputs) inputs, but \"\(inputs[0])\" has \(features) (\(source))")
      }
      return [dense.outputs]
    case .convolution(let convolution):
      let plane = try plane(convolution.window)
      let outputs = convolution.biases.count
      guard convolution.groups >= 1, source[2] % convolution.groups == 0, outputs % convolution.groups == 0,
        convolution.weights.shape[3] == source[2] / convolution.groups
      else {
        throw NetworkError(
          at: name,
          "its weights \(convolution.weights.shape) in \(convolution.groups) groups do not take \"\(inputs[0])\" of shape"
            + " \(source)")
      }
      return [plane.height, plane.width, outputs]
    case .batchNormalization(let normalization):
      let counts = [
        normalization.scale, normalization.shift, normalization.mean, normalization.variance,
      ].map(\.count)
      guard counts.allSatisfy({ $0 == source[source.count - 1] }) else {
        throw NetworkError(
          at: name, "normalizes \(counts[0]) channels, but \"\(inputs[0])\" has shape \(source)")
      }
      return source
    case .activation: return source
    case .dropout(let rate):
      guard rate >= 0, rate < 1 else {
        throw NetworkError(at: name, "drops a share of \(rate); 0 up to, but not, 1 are possible")
      }
      return source
    case .maximumPooling(let window), .averagePooling(let window):
      let plane = try plane(window)
      guard window.alwaysMeets(PlaneExtent(height: source[0], width: source[1])) else {
        throw NetworkError(
          at: name, "some window holds no element of \"\(inputs[0])\" (\(source)); use less padding")
      }
      return [plane.height, plane.width, source[2]]
    case .addition:
      guard sources[1] == source else {
        throw NetworkError(
          at: name,
          "adds \"\(inputs[0])\" of shape \(source) and \"\(inputs[1])\" of shape \(sources[1]); they must be equal"
        )
      }
      return source
    }
  }
}
