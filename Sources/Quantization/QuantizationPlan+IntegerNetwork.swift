import FixedPoint
import Networks
import Tensors

extension QuantizationPlan {
  /// The integer network of `network`'s present weights and biases under this plan.
  ///
  /// A layer with weights, or an addition, and the activation that reads it are one node, which bears the activation's name.
  /// - Throws: `NetworkError` where a weight or bias is not finite, or a sum with its bias may not fit 64 bits.
  public func integerNetwork(from network: FloatNetwork) throws(NetworkError) -> IntegerNetwork {
    func format(_ isSigned: Bool, _ bits: Int) -> FixedPointFormat {
      try! FixedPointFormat(isSigned ? .signed : .unsigned, wordLength: bits, fractionLength: 0)
    }
    let input = IntegerTensor(
      shape: network.inputShape, format: format(false, recipe.inputWordLength), zeroPoint: inputZeroPoint)
    var tensors = [inputTensorName: input]
    var scales = [inputTensorName: inputScale]
    var nodes: [IntegerNetwork.Node] = []
    /// What tensors of the float network are called here, where that differs.
    var names: [String: String] = [:]

    for node in network.nodes {
      let inputs = node.inputs.map { names[$0] ?? $0 }
      let shape = network.shapes[node.name]!
      /// The node with the signal that follows its sums, or with the sums themselves.
      func add(
        sumScale: Double, _ operation: (IntegerOutputStage) -> IntegerOperation
      ) {
        let follower = network.nodes.first { $0.inputs.contains(node.name) && signals[$0.name] != nil }
        let signal = signals[node.name] ?? follower.flatMap { signals[$0.name] }
        let name = signals[node.name] == nil ? follower?.name ?? node.name : node.name
        let tensor = IntegerTensor(
          shape: shape,
          format: signal.map { format($0.isSigned, recipe.signalWordLength) }
            ?? format(true, recipe.accumulatorWordLength))
        tensors[name] = tensor
        scales[name] = signal?.outputScale ?? sumScale
        nodes.append(
          IntegerNetwork.Node(
            name, inputs: inputs, operation(signal?.outputStage ?? .accumulators), output: tensor))
      }
      switch node.operation {
      case .dense(let layer):
        let stored = try storedWeights(layer.weights, layer.biases, of: node)
        let plan = weights[node.name]!
        let biases = biasIntegers(of: layer.biases, named: node.name)
        add(sumScale: plan.accumulatorScale(channel: 0)) { stage in
          .dense(
            IntegerDense(
              stored, weightWordLength: plan.weightWordLength, biases: biases, outputStage: stage))
        }
      case .convolution(let layer):
        let stored = try storedWeights(layer.weights, layer.biases, of: node)
        let plan = weights[node.name]!
        let biases = biasIntegers(of: layer.biases, named: node.name)
        add(sumScale: plan.accumulatorScale(channel: 0)) { stage in
          .convolution(
            IntegerConvolution(
              stored, weightWordLength: plan.weightWordLength, biases: biases, window: layer.window,
              groups: layer.groups, outputStage: stage))
        }
      case .addition:
        let plan = additions[node.name]!
        add(sumScale: plan.sumScale) { stage in
          .addition(
            IntegerAddition(
              leftShift: plan.leftShift, first: plan.first, second: plan.second, outputStage: stage))
        }
      case .activation: break
      case .maximumPooling(let window), .averagePooling(let window):
        let source = tensors[inputs[0]]!
        var kind = IntegerPooling.Kind.maximum
        if case .averagePooling = node.operation { kind = .average(rounding: recipe.averageRounding) }
        let tensor = IntegerTensor(shape: shape, format: source.format, zeroPoint: source.zeroPoint)
        tensors[node.name] = tensor
        scales[node.name] = scales[inputs[0]]
        nodes.append(
          IntegerNetwork.Node(
            node.name, inputs: inputs,
            .pooling(
              IntegerPooling(
                kind, window: window, low: Int64(source.format.minimumRaw),
                high: Int64(source.format.maximumRaw))), output: tensor))
      case .dropout: names[node.name] = inputs[0]
      case .batchNormalization:
        throw NetworkError(at: node.name, "normalizes batches; fold it into its layer first")
      }
    }
    return try IntegerNetwork(
      name: network.name, input: input, nodes: nodes, scales: scales,
      preprocessing: InputPreprocessing(numerator: 1 << recipe.inputWordLength, denominator: 256))
  }

  /// A layer's weights as integers, or as indices where they share values.
  private func storedWeights(
    _ elements: Tensor<Float>, _ biases: [Float], of node: FloatNetwork.Node
  ) throws(NetworkError) -> StoredWeights {
    for values in [elements.elements, biases] {
      if let bad = values.first(where: { !$0.isFinite }) {
        throw NetworkError(at: node.name, "holds \(bad), which is not a finite number; the training diverged")
      }
    }
    let plan = weights[node.name]!
    if let codebook = try plan.codebook(of: elements.elements, at: node.name) {
      return .indices(codebook, shape: elements.shape)
    }
    let width = elements.elements.count / biases.count
    let levels = elements.elements.enumerated().map { index, weight in
      Int16(plan.quantizer(channel: index / width).level(of: weight))
    }
    return .integers(Tensor(shape: elements.shape, elements: levels))
  }
}
