import Reproducibility
import Tensors

/// The papers' feed-forward network (FFDNN): hidden layers of equal size, then one logit a class.
///
/// Sung, Shin and Hwang 2015, section 3: complexity is controlled by the number of units a layer.
public struct FeedForwardTopology: Sendable, Hashable, CustomStringConvertible {
  /// Possible numbers of hidden layers.
  public static let hiddenLayerCounts = 1...4
  /// Possible numbers of units in a hidden layer.
  public static let unitCounts = 4...1024

  /// Number of hidden layers.
  public let hiddenLayers: Int
  /// Units in each.
  public let units: Int
  /// Their activation.
  public let activation: ActivationFunction

  /// A topology.
  /// - Throws: `NetworkError` where a size is outside its range.
  public init(hiddenLayers: Int, units: Int, activation: ActivationFunction) throws(NetworkError) {
    guard Self.hiddenLayerCounts ~= hiddenLayers else {
      throw NetworkError(
        at: "ffdnn-\(hiddenLayers)x\(units)", "\(hiddenLayers) hidden layers; 1 to 4 are possible")
    }
    guard Self.unitCounts ~= units else {
      throw NetworkError(
        at: "ffdnn-\(hiddenLayers)x\(units)", "\(units) units a hidden layer; 4 to 1024 are possible")
    }
    self.hiddenLayers = hiddenLayers
    self.units = units
    self.activation = activation
  }

  /// Reads `ffdnn-4x256` (sigmoid) or `ffdnn-4x256-relu`.
  /// - Throws: `NetworkError` saying how a name is written.
  public init(named name: String) throws(NetworkError) {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    // Signs and leading zeros are refused, so that a topology has one name.
    let sizes = parts.count > 1 ? parts[1].split(separator: "x", omittingEmptySubsequences: false) : []
    guard parts.count == 2 || parts.count == 3, parts[0] == "ffdnn", sizes.count == 2,
      let layers = Int(sizes[0]), let units = Int(sizes[1]),
      sizes == ["\(layers)", "\(units)"],
      let activation = parts.count == 2 ? .sigmoid : ActivationFunction(rawValue: String(parts[2])),
      parts.count == 2 || activation != .sigmoid
    else {
      throw NetworkError(
        at: name, "no such topology; write ffdnn-LAYERSxUNITS, for example ffdnn-4x256 or ffdnn-2x64-relu")
    }
    try self.init(hiddenLayers: layers, units: units, activation: activation)
  }

  /// The name, `ffdnn-4x256` or `ffdnn-4x256-relu`.
  public var description: String {
    "ffdnn-\(hiddenLayers)x\(units)" + (activation == .sigmoid ? "" : "-\(activation.rawValue)")
  }

  /// Sizes of all layers' outputs, the input first.
  func layerSizes(inputs: Int, classes: Int) -> [Int] {
    [inputs] + Array(repeating: units, count: hiddenLayers) + [classes]
  }

  /// Number of weights (without biases) for the given input and class counts.
  public func weightCount(inputs: Int, classes: Int) -> Int {
    let sizes = layerSizes(inputs: inputs, classes: classes)
    return zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// A network with random weights from `random` and zero biases.
  ///
  /// Weights are uniform in ±g·√(6 / (inputs + outputs)) (Glorot and Bengio 2010), with g = 4 for layers that
  /// feed a sigmoid, as the same paper has it for that function, and g = 1 otherwise.
  public func network(inputShape: [Int], classes: Int, random: RandomSource) -> FloatNetwork {
    let sizes = layerSizes(inputs: inputShape.reduce(1, *), classes: classes)
    var nodes: [FloatNetwork.Node] = []
    var previous = inputTensorName
    for layer in 1..<sizes.count {
      let isHidden = layer < sizes.count - 1
      let gain = isHidden && activation == .sigmoid ? 4.0 : 1.0
      let bound = gain * (6.0 / Double(sizes[layer - 1] + sizes[layer])).squareRoot()
      let name = isHidden ? "dense\(layer)" : "logits"
      var source = random.split("weights of \(name)")
      let elements = (0..<sizes[layer] * sizes[layer - 1]).map { _ in
        Float((2 * source.uniform() - 1) * bound)
      }
      let dense = FloatDense(
        weights: Tensor(shape: [sizes[layer], sizes[layer - 1]], elements: elements),
        biases: Array(repeating: 0, count: sizes[layer]))
      nodes.append(FloatNetwork.Node(name, inputs: [previous], .dense(dense)))
      previous = name
      if isHidden {
        nodes.append(FloatNetwork.Node("hidden\(layer)", inputs: [previous], .activation(activation)))
        previous = "hidden\(layer)"
      }
    }
    do {
      return try FloatNetwork(name: description, inputShape: inputShape, nodes: nodes)
    } catch {
      preconditionFailure("a feed-forward network does not chain: \(error)")
    }
  }
}
