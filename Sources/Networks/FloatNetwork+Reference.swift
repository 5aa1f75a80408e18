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
      let shape = node.inputs[0] == inputTensorName ? inputShape : shapes[node.inputs[0]]!
      switch node.operation {
      case .dense(let dense):
        tensors[node.name] = (0..<dense.outputs).map { output in
          var sum = Double(dense.biases[output])
          for index in 0..<dense.inputs { sum += Double(dense.weights[output, index]) * x[index] }
          return sum
        }
      case .convolution(let convolution):
        tensors[node.name] = convolution.reference(of: x, shape: shape, making: shapes[node.name]!)
      case .batchNormalization(let normalization):
        tensors[node.name] = x.enumerated().map { index, value in
          let channel = index % normalization.scale.count
          let deviation = (Double(normalization.variance[channel]) + Double(normalization.epsilon))
            .squareRoot()
          return Double(normalization.scale[channel]) * (value - Double(normalization.mean[channel]))
            / deviation
            + Double(normalization.shift[channel])
        }
      case .activation(.sigmoid): tensors[node.name] = x.map { ElementaryFunctions.sigmoid($0) }
      case .activation(.tanh): tensors[node.name] = x.map { ElementaryFunctions.tanh($0) }
      case .activation(.relu): tensors[node.name] = x.map { max($0, 0) }
      case .activation(.relu6): tensors[node.name] = x.map { min(max($0, 0), 6) }
      case .maximumPooling(let window):
        tensors[node.name] = window.reference(of: x, shape: shape, making: shapes[node.name]!) { $0.max()! }
      case .averagePooling(let window):
        tensors[node.name] = window.reference(of: x, shape: shape, making: shapes[node.name]!) {
          $0.reduce(0, +) / Double($0.count)
        }
      case .dropout: tensors[node.name] = x
      case .addition: tensors[node.name] = zip(x, tensors[node.inputs[1]]!).map { $0 + $1 }
      }
    }
    return tensors[output.name]!
  }
}

extension SlidingWindow {
  /// What `value` makes of each window's elements inside the image, channel by channel.
  fileprivate func reference(
    of x: [Double], shape: [Int], making output: [Int], _ value: ([Double]) -> Double
  ) -> [Double] {
    var y: [Double] = []
    for row in 0..<output[0] {
      for column in 0..<output[1] {
        for channel in 0..<output[2] {
          var inside: [Double] = []
          for kernelRow in 0..<kernel.height {
            let r = imageRow(output: row, tap: kernelRow)
            for kernelColumn in 0..<kernel.width {
              let c = imageColumn(output: column, tap: kernelColumn)
              guard 0..<shape[0] ~= r, 0..<shape[1] ~= c else { continue }
              inside.append(x[(r * shape[1] + c) * shape[2] + channel])
            }
          }
          y.append(value(inside))
        }
      }
    }
    return y
  }
}

extension FloatConvolution {
  /// The output values, by plain loops.
  fileprivate func reference(of x: [Double], shape: [Int], making output: [Int]) -> [Double] {
    let width = weights.shape[3]
    var y: [Double] = []
    for row in 0..<output[0] {
      for column in 0..<output[1] {
        for channel in 0..<output[2] {
          let firstInput = channel * groups / output[2] * width
          var sum = Double(biases[channel])
          for kernelRow in 0..<window.kernel.height {
            let r = window.imageRow(output: row, tap: kernelRow)
            for kernelColumn in 0..<window.kernel.width {
              let c = window.imageColumn(output: column, tap: kernelColumn)
              guard 0..<shape[0] ~= r, 0..<shape[1] ~= c else { continue }
              let weight =
                ((channel * window.kernel.height + kernelRow) * window.kernel.width + kernelColumn) * width
              let pixel = (r * shape[1] + c) * shape[2] + firstInput
              for input in 0..<width {
                sum += Double(weights.elements[weight + input]) * x[pixel + input]
              }
            }
          }
          y.append(sum)
        }
      }
    }
    return y
  }
}
