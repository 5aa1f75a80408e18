import Tensors

/// The non-linear functions of hidden units.
public enum ActivationFunction: String, Sendable, Hashable, CaseIterable {
  /// 1 / (1 + exp(−x)); outputs in (0, 1).
  case sigmoid
  /// max(x, 0).
  case relu
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

/// What a node of a float network computes.
public enum FloatOperation: Sendable, Hashable {
  /// A fully connected layer over its input, flattened in NHWC order.
  case dense(FloatDense)
  /// A function of each element.
  case activation(ActivationFunction)
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

  /// A network of the given nodes.
  /// - Throws: `NetworkError` where a name is unknown or repeated, or shapes do not chain or are not possible.
  public init(name: String, inputShape: [Int], nodes: [Node]) throws(NetworkError) {
    try checkOrder(of: nodes, network: name)
    try checkShape(inputShape, of: inputTensorName)
    var shapes = [inputTensorName: inputShape]
    for node in nodes {
      guard node.inputs.count == 1, let shape = shapes[node.inputs[0]] else {
        throw NetworkError(at: node.name, "reads \(node.inputs.count) tensors; this operation reads 1")
      }
      switch node.operation {
      case .dense(let dense):
        let features = shape.reduce(1, *)
        guard dense.inputs == features else {
          throw NetworkError(
            at: node.name,
            "its weights take \(dense.inputs) inputs, but \"\(node.inputs[0])\" has \(features) (\(shape))")
        }
        try checkShape([dense.outputs], of: node.name)
        shapes[node.name] = [dense.outputs]
      case .activation:
        shapes[node.name] = shape
      }
    }
    self.name = name
    self.inputShape = inputShape
    self.nodes = nodes
    self.shapes = shapes
  }

  /// The node whose tensor is the network's output.
  public var output: Node { nodes[nodes.count - 1] }

  /// Number of weights and biases.
  public var parameterCount: Int {
    nodes.reduce(0) { sum, node in
      switch node.operation {
      case .dense(let dense): sum + dense.weights.count + dense.biases.count
      case .activation: sum
      }
    }
  }

  /// Puts other weights and biases into the dense node `name`.
  /// - Precondition: the node is there, is dense, and has these shapes.
  public mutating func replaceDense(_ name: String, with dense: FloatDense) {
    guard let index = nodes.firstIndex(where: { $0.name == name }),
      case .dense(let old) = nodes[index].operation, old.weights.shape == dense.weights.shape
    else { preconditionFailure("no dense node \(name) of shape \(dense.weights.shape)") }
    nodes[index].operation = .dense(dense)
  }
}
