import Reproducibility
import Tensors

/// What stands beside the layers that a topology names, when a float network is made of it to be trained.
public struct TrainingExtras: Sendable, Hashable {
  /// Whether every convolution and hidden fully connected layer is followed by batch normalisation.
  public var normalizesBatches: Bool
  /// Share of values dropped in front of every fully connected layer but the first; 0 for none.
  public var dropoutRate: Double

  /// Extras; none by default.
  public init(normalizesBatches: Bool = false, dropoutRate: Double = 0) {
    self.normalizesBatches = normalizesBatches
    self.dropoutRate = dropoutRate
  }
}

extension NetworkTopology {
  /// A float network of this shape with random weights from `random` and zero biases.
  ///
  /// A layer NAME with an activation becomes `NAME_sums`, perhaps `NAME_normalized`, and the activation NAME; one without is NAME alone. Weights are uniform in
  /// ±√(6 / inputs) in front of a ReLU (He et al. 2015), in ±4·√(6 / (inputs + outputs)) in front of a sigmoid and ±√(6 / (inputs + outputs)) otherwise (Glorot and
  /// Bengio 2010), `inputs` and `outputs` counted with the kernel's taps.
  ///
  /// - Throws: `NetworkError` where an extra is out of range.
  public func floatNetwork(
    random: RandomSource, extras: TrainingExtras = TrainingExtras(), zeroPixel: Int = 0
  ) throws(NetworkError) -> FloatNetwork {
    var nodes: [FloatNetwork.Node] = []
    var denseCount = 0
    for layer in layers {
      var inputs = layer.inputs
      let isBare = layer.activation == nil && !(extras.normalizesBatches && layer.isNormalizable)
      let name = isBare ? layer.name : "\(layer.name)_sums"
      func weights(_ shape: [Int]) -> Tensor<Float> {
        let taps = shape.dropFirst(2).dropLast().reduce(1, *)
        let fanIn = Double(shape.dropFirst().reduce(1, *))
        let fanOut = Double(shape[0] * taps)
        let bound: Double =
          switch layer.activation {
          case .relu, .relu6: (6 / fanIn).squareRoot()
          case .sigmoid: 4 * (6 / (fanIn + fanOut)).squareRoot()
          case .tanh, nil: (6 / (fanIn + fanOut)).squareRoot()
          }
        var source = random.split("weights of \(layer.name)")
        return Tensor(
          shape: shape,
          elements: (0..<shape.reduce(1, *)).map { _ in Float((2 * source.uniform() - 1) * bound) })
      }
      let operation: FloatOperation
      switch layer.operation {
      case .convolution(let outputs, let window, let groups):
        let channels = shape(of: inputs[0])[2] / groups
        operation = .convolution(
          FloatConvolution(
            weights: weights([outputs, window.kernel.height, window.kernel.width, channels]),
            biases: Array(repeating: 0, count: outputs), window: window, groups: groups))
      case .dense(let outputs):
        denseCount += 1
        if extras.dropoutRate > 0, denseCount > 1 {
          let dropped = "\(layer.name)_dropped"
          nodes.append(FloatNetwork.Node(dropped, inputs: inputs, .dropout(rate: extras.dropoutRate)))
          inputs = [dropped]
        }
        operation = .dense(
          FloatDense(
            weights: weights([outputs, shape(of: layer.inputs[0]).reduce(1, *)]),
            biases: Array(repeating: 0, count: outputs)))
      case .maximumPooling(let window): operation = .maximumPooling(window)
      case .averagePooling(let window): operation = .averagePooling(window)
      case .addition: operation = .addition
      }
      nodes.append(FloatNetwork.Node(name, inputs: inputs, operation))
      var current = name
      if extras.normalizesBatches, layer.isNormalizable {
        let normalized = layer.activation == nil ? layer.name : "\(layer.name)_normalized"
        nodes.append(
          FloatNetwork.Node(
            normalized, inputs: [current],
            .batchNormalization(FloatBatchNormalization(channels: layer.outputShape.last!))))
        current = normalized
      }
      if let activation = layer.activation {
        nodes.append(FloatNetwork.Node(layer.name, inputs: [current], .activation(activation)))
      }
    }
    return try FloatNetwork(name: name, inputShape: inputShape, nodes: nodes, zeroPixel: zeroPixel)
  }
}

extension NetworkTopology.Layer {
  /// Whether batch normalisation may follow: a layer with weights that is not the last.
  fileprivate var isNormalizable: Bool {
    switch operation {
    case .convolution: true
    case .dense: activation != nil
    case .maximumPooling, .averagePooling, .addition: false
    }
  }
}
