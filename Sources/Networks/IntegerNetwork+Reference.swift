extension IntegerOutputStage {
  /// The output raw value for accumulator `x` of `channel`; `zeroPoint` is the output tensor's.
  public func output(of x: Int64, channel: Int, zeroPoint: Int) -> Int64 {
    switch self {
    case .accumulators:
      x
    case .clamp(let requantization, let low, let high):
      min(max(requantization.applied(to: x, channel: channel).saturatingSum(Int64(zeroPoint)), low), high)
    case .table(let requantization, let table):
      Int64(table.value(at: requantization.applied(to: x, channel: channel)))
    }
  }
}

extension Int64 {
  fileprivate func saturatingSum(_ other: Int64) -> Int64 {
    let (sum, overflowed) = addingReportingOverflow(other)
    return overflowed ? (other < 0 ? .min : .max) : sum
  }
}

extension IntegerNetwork {
  /// Every tensor for one input, by plain loops with accumulators that never overflow.
  ///
  /// The reference of the network's meaning on hardware whose accumulators are wide enough. What a machine
  /// with narrower ones computes is the hardware models' to say.
  ///
  /// - Parameter input: raw integers, flattened in NHWC order.
  /// - Returns: the raw integers of every tensor by name.
  /// - Precondition: as many values as the input has elements, each within its format.
  public func referenceTensors(of input: [Int64]) -> [String: [Int64]] {
    precondition(input.count == self.input.count, "\(input.count) values for shape \(self.input.shape)")
    precondition(input.allSatisfy { self.input.format.contains(raw: Int128($0)) }, "input outside its format")
    var values = [inputTensorName: input]
    for node in nodes {
      let sources = node.inputs.map { (tensor: tensor($0)!, values: values[$0]!) }
      switch node.operation {
      case .dense(let dense):
        let zeroPoint = Int64(sources[0].tensor.zeroPoint)
        values[node.name] = (0..<dense.outputs).map { output in
          var sum = dense.biases[output]
          for index in 0..<dense.inputs {
            sum += Int64(dense.weights[output, index]) * (sources[0].values[index] - zeroPoint)
          }
          return dense.outputStage.output(of: sum, channel: output, zeroPoint: node.output.zeroPoint)
        }
      case .convolution(let convolution):
        values[node.name] = convolution.reference(
          of: sources[0].values, tensor: sources[0].tensor, making: node.output)
      case .pooling(let pooling):
        values[node.name] = pooling.reference(
          of: sources[0].values, tensor: sources[0].tensor, making: node.output)
      case .addition(let addition):
        values[node.name] = sources[0].values.indices.map { index in
          addition.output(
            of: sources[0].values[index] - Int64(sources[0].tensor.zeroPoint),
            sources[1].values[index] - Int64(sources[1].tensor.zeroPoint),
            channel: index % node.output.channels, zeroPoint: node.output.zeroPoint)
        }
      }
    }
    return values
  }
}

extension IntegerConvolution {
  /// The output values, by plain loops.
  fileprivate func reference(of x: [Int64], tensor: IntegerTensor, making output: IntegerTensor) -> [Int64] {
    let image = tensor.plane
    let width = weights.shape[3]
    var y: [Int64] = []
    for row in 0..<output.plane.height {
      for column in 0..<output.plane.width {
        for channel in 0..<output.channels {
          let firstInput = channel * groups / output.channels * width
          var sum = biases[channel]
          for kernelRow in 0..<window.kernel.height {
            let r = window.imageRow(output: row, tap: kernelRow)
            for kernelColumn in 0..<window.kernel.width {
              let c = window.imageColumn(output: column, tap: kernelColumn)
              guard 0..<image.height ~= r, 0..<image.width ~= c else { continue }
              let weight =
                ((channel * window.kernel.height + kernelRow) * window.kernel.width + kernelColumn) * width
              let pixel = (r * image.width + c) * tensor.channels + firstInput
              for input in 0..<width {
                sum += Int64(weights.elements[weight + input]) * (x[pixel + input] - Int64(tensor.zeroPoint))
              }
            }
          }
          y.append(outputStage.output(of: sum, channel: channel, zeroPoint: output.zeroPoint))
        }
      }
    }
    return y
  }
}

extension IntegerPooling {
  /// What stands for the raw values `window`, all inside the image: their maximum or average, clamped.
  /// - Precondition: at least one value.
  public func output(of window: [Int64]) -> Int64 {
    let value =
      switch kind {
      case .maximum: window.max()!
      case .average(let rounding):
        window.reduce(0, +).divided(by: Int64(window.count), rounding: rounding)
      }
    return min(max(value, low), high)
  }

  /// The output values, by plain loops.
  fileprivate func reference(of x: [Int64], tensor: IntegerTensor, making output: IntegerTensor) -> [Int64] {
    let image = tensor.plane
    var y: [Int64] = []
    for row in 0..<output.plane.height {
      for column in 0..<output.plane.width {
        for channel in 0..<output.channels {
          var inside: [Int64] = []
          for kernelRow in 0..<window.kernel.height {
            let r = window.imageRow(output: row, tap: kernelRow)
            for kernelColumn in 0..<window.kernel.width {
              let c = window.imageColumn(output: column, tap: kernelColumn)
              guard 0..<image.height ~= r, 0..<image.width ~= c else { continue }
              inside.append(x[(r * image.width + c) * tensor.channels + channel])
            }
          }
          y.append(self.output(of: inside))
        }
      }
    }
    return y
  }
}

extension IntegerAddition {
  /// The output for two raw values less their tensors' zero points, in `channel`; `zeroPoint` is the output tensor's.
  ///
  /// A sum beyond 64 bits saturates, past which every clamp and table gives its end.
  public func output(of a: Int64, _ b: Int64, channel: Int, zeroPoint: Int) -> Int64 {
    let sum = first.applied(to: a << Int64(leftShift), channel: channel)
      .saturatingSum(second.applied(to: b << Int64(leftShift), channel: channel))
    return outputStage.output(of: sum, channel: channel, zeroPoint: zeroPoint)
  }
}

/// The index of the largest value; ties go to the lowest index, as the hardware's comparator chain decides.
/// - Precondition: at least one value.
public func indexOfLargest<Values: Collection>(_ values: Values) -> Int where Values.Element: Comparable {
  precondition(!values.isEmpty, "no values to compare")
  var best = 0
  var largest = values.first!
  for (index, value) in values.enumerated() where value > largest {
    best = index
    largest = value
  }
  return best
}
