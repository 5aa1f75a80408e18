import Reproducibility

extension FloatNetwork {
  /// The network's output for one sample, by plain loops in double precision: the reference that the
  /// trainer's kernels are compared with. Not bit-identical to them, which compute in single precision.
  ///
  /// - Parameter input: the sample, flattened in NHWC order.
  /// - Returns: the logits, one a class.
  /// - Precondition: `input` has as many elements as the network reads.
  public func referenceOutput(of input: [Double]) -> [Double] {
    precondition(input.count == inputShape.reduce(1, *), "\(input.count) values for shape \(inputShape)")
    var tensors = [inputTensorName: input]
    for node in nodes {
      let x = tensors[node.inputs[0]]!
      switch node.operation {
      case .dense(let dense):
        tensors[node.name] = (0..<dense.outputs).map { output in
          var sum = Double(dense.biases[output])
          for index in 0..<dense.inputs { sum += Double(dense.weights[output, index]) * x[index] }
          return sum
        }
      case .activation(.sigmoid):
        tensors[node.name] = x.map { ElementaryFunctions.sigmoid($0) }
      case .activation(.relu):
        tensors[node.name] = x.map { max($0, 0) }
      }
    }
    return tensors[output.name]!
  }
}
