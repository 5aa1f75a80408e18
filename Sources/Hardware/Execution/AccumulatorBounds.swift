import FixedPoint
import Networks

/// Between which values every partial sum of every accumulator of a layer stays, whatever the inputs.
///
/// For each output: the start value plus all products that can be positive at their largest, and likewise
/// downward; a partial sum in any order of taps lies between. Padding is an input value like any other.
package struct AccumulatorBounds {
  /// What each accumulator starts at: the bias, with the input's zero point folded in, `bias − z·Σw`.
  package let starts: [Int128]
  /// The sum of each output's weights.
  let weightSums: [Int64]
  /// The largest sum of magnitudes of an output's weights.
  let largestMagnitude: Int64
  /// The lowest partial sum over all outputs.
  package let lowest: Int128
  /// The highest.
  package let highest: Int128

  /// The bounds of a layer for every input within `format`.
  package init(_ layer: WeightedLayer, reading format: FixedPointFormat) {
    let least = Int64(format.minimumRaw)
    let most = Int64(format.maximumRaw)
    let width = layer.inputsPerOutput
    var starts: [Int128] = []
    var sums: [Int64] = []
    var lowest = Int128.max
    var highest = Int128.min
    var magnitude: Int64 = 0
    layer.weights.withUnsafeBufferPointer { weights in
      for output in 0..<layer.outputs {
        var positive: Int64 = 0
        var negative: Int64 = 0
        for index in output * width..<(output + 1) * width {
          let weight = Int64(weights[index])
          positive += max(weight, 0)
          negative += min(weight, 0)
        }
        let start =
          Int128(layer.biases[output]) - Int128(layer.inputZeroPoint) * Int128(positive + negative)
        starts.append(start)
        sums.append(positive + negative)
        magnitude = max(magnitude, positive - negative)
        // An input range that includes 0 lets a partial sum stand at its start.
        let up = Int128(positive) * Int128(max(most, 0)) + Int128(negative) * Int128(min(least, 0))
        let down = Int128(positive) * Int128(min(least, 0)) + Int128(negative) * Int128(max(most, 0))
        highest = max(highest, start + up)
        lowest = min(lowest, start + down)
      }
    }
    self.starts = starts
    weightSums = sums
    largestMagnitude = magnitude
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
