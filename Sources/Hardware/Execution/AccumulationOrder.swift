import Networks

extension ComputeArray {
  /// How many consecutive products each addition into an accumulator of group `group` takes, in order: the exact sum of a tap
  /// enters at once. The products are in the order kernel row, kernel column, channel of the group.
  ///
  /// A lane array adds what V channels of the whole image give, so that a group's first and last taps may be shorter; an output-stationary array
  /// adds single products; the other systolic arrays add what their R rows hold.
  func tapLengths(of layer: WeightedLayer, group: Int) -> [Int] {
    switch self {
    case .lanes(let array):
      let channels = layer.channels(ofGroup: group)
      var lengths: [Int] = []
      var channel = channels.lowerBound
      while channel < channels.upperBound {
        let next = min(channels.upperBound, (channel / array.inputsPerCycle + 1) * array.inputsPerCycle)
        lengths.append(next - channel)
        channel = next
      }
      return (0..<layer.window.kernel.count).flatMap { _ in lengths }
    case .systolic(let array):
      let length =
        switch array.dataflow {
        case .outputStationary: 1
        case .weightStationary, .inputStationary: array.rows
        }
      return stride(from: 0, to: layer.inputsPerOutput, by: length).map {
        min(length, layer.inputsPerOutput - $0)
      }
    }
  }
}
