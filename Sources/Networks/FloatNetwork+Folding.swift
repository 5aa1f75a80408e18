import Reproducibility
import Tensors

extension FloatNetwork {
  /// The network with every batch normalisation folded into the layer before it:
  /// weights times γ / √(variance + ε) of their output channel, biases `(b − mean) · γ / √(variance + ε) + β`, in double, rounded once.
  ///
  /// What it computes is the same but for rounding; hardware then needs no normalisation.
  /// - Throws: `NetworkError` where a normalisation does not follow a layer with weights that it alone reads.
  public func foldingBatchNormalization() throws(NetworkError) -> FloatNetwork {
    var folded: [Node] = []
    /// What tensors are called now, where their makers are gone.
    var names: [String: String] = [:]
    for node in nodes {
      let inputs = node.inputs.map { names[$0] ?? $0 }
      guard case .batchNormalization(let normalization) = node.operation else {
        folded.append(Node(node.name, inputs: inputs, node.operation))
        continue
      }
      guard let index = folded.firstIndex(where: { $0.name == inputs[0] }),
        nodes.filter({ $0.inputs.contains(node.inputs[0]) }).count == 1
      else {
        throw NetworkError(
          at: node.name, "normalizes \(node.inputs[0]), which is no layer that it alone reads")
      }
      let factors = normalization.scale.indices.map {
        Double(normalization.scale[$0])
          / (Double(normalization.variance[$0]) + Double(normalization.epsilon)).squareRoot()
      }
      func scaled(_ weights: Tensor<Float>) -> Tensor<Float> {
        let width = weights.count / factors.count
        return Tensor(
          shape: weights.shape,
          elements: weights.elements.enumerated().map { Float(Double($1) * factors[$0 / width]) })
      }
      let biases: ([Float]) -> [Float] = { biases in
        biases.enumerated().map { channel, bias in
          Float(
            (Double(bias) - Double(normalization.mean[channel])) * factors[channel]
              + Double(normalization.shift[channel]))
        }
      }
      switch folded[index].operation {
      case .dense(let dense):
        folded[index].operation = .dense(
          FloatDense(weights: scaled(dense.weights), biases: biases(dense.biases)))
      case .convolution(let convolution):
        folded[index].operation = .convolution(
          FloatConvolution(
            weights: scaled(convolution.weights), biases: biases(convolution.biases),
            window: convolution.window, groups: convolution.groups))
      case .batchNormalization, .activation, .maximumPooling, .averagePooling, .dropout, .addition:
        throw NetworkError(
          at: node.name, "normalizes \(node.inputs[0]), which has no weights to fold it into")
      }
      names[node.name] = inputs[0]
    }
    return try FloatNetwork(name: name, inputShape: inputShape, nodes: folded, zeroPixel: zeroPixel)
  }
}
