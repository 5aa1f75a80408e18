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
      let x = values[node.inputs[0]]!
      let zeroPoint = Int64(tensor(node.inputs[0])!.zeroPoint)
      switch node.operation {
      case .dense(let dense):
        values[node.name] = (0..<dense.outputs).map { output in
          var sum = dense.biases[output]
          for index in 0..<dense.inputs {
            sum += Int64(dense.weights[output, index]) * (x[index] - zeroPoint)
          }
          return dense.outputStage.output(of: sum, channel: output, zeroPoint: node.output.zeroPoint)
        }
      }
    }
    return values
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
