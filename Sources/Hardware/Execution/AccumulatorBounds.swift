import FixedPoint
import Networks

/// Between which values every partial sum of every accumulator of a layer stays, whatever the inputs.
///
/// For each output: the start value plus all products that can be positive at their largest, and likewise
/// downward; a partial sum in any order of taps lies between.
package struct AccumulatorBounds {
  /// What each accumulator starts at: the bias, with the input's zero point folded in, `bias − z·Σw`.
  package let starts: [Int128]
  /// The lowest partial sum over all outputs.
  package let lowest: Int128
  /// The highest.
  package let highest: Int128

  /// The bounds of a layer that reads `source`, for every input within its format.
  package init(_ dense: IntegerDense, reading source: IntegerTensor) {
    let least = Int64(source.format.minimumRaw)
    let most = Int64(source.format.maximumRaw)
    let zeroPoint = Int128(source.zeroPoint)
    var starts: [Int128] = []
    var lowest = Int128.max
    var highest = Int128.min
    for output in 0..<dense.outputs {
      var positive: Int64 = 0
      var negative: Int64 = 0
      let row = dense.weights.elements[output * dense.inputs..<(output + 1) * dense.inputs]
      for weight in row {
        if weight > 0 { positive += Int64(weight) } else { negative += Int64(weight) }
      }
      let start = Int128(dense.biases[output]) - zeroPoint * Int128(positive + negative)
      starts.append(start)
      // An input range that includes 0 lets a partial sum stand at its start.
      let up = Int128(positive) * Int128(max(most, 0)) + Int128(negative) * Int128(min(least, 0))
      let down = Int128(positive) * Int128(min(least, 0)) + Int128(negative) * Int128(max(most, 0))
      highest = max(highest, start + up)
      lowest = min(lowest, start + down)
    }
    self.starts = starts
    self.lowest = lowest
    self.highest = highest
  }

  /// Bits of a signed word that holds every partial sum.
  package var neededBits: Int {
    func bits(_ value: Int128) -> Int {
      Int128.bitWidth - (value < 0 ? ~value : value).leadingZeroBitCount + 1
    }
    return max(bits(lowest), bits(highest))
  }

  /// Whether no partial sum can leave `accumulator`.
  func stayWithin(_ accumulator: Accumulator) -> Bool {
    lowest >= Int128(accumulator.minimum) && highest <= Int128(accumulator.maximum)
  }
}
