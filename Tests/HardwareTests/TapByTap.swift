import FixedPoint
import Hardware
import Networks
import Tensors

/// The lane array's arithmetic written down once more from the order contract: one tap at a time, in 128 bits.
/// It shares nothing with the engine but the values that describe a network.
struct TapByTap {
  /// What one input gives.
  struct Outcome {
    var outputs: [Int64] = []
    /// Additions that left the accumulator, by layer.
    var overflows: [Int] = []
  }

  let network: IntegerNetwork
  let inputsPerCycle: Int
  let accumulatorBits: Int
  let overflow: AccumulatorOverflow

  var lowest: Int128 { -(Int128(1) << Int128(accumulatorBits - 1)) }
  var highest: Int128 { (Int128(1) << Int128(accumulatorBits - 1)) - 1 }

  /// What each accumulator of `dense` starts at: the bias less the input's zero point times all weights.
  func starts(_ dense: IntegerDense, zeroPoint: Int) -> [Int128] {
    (0..<dense.outputs).map { output in
      (0..<dense.inputs).reduce(Int128(dense.biases[output])) {
        $0 - Int128(dense.weights[output, $1]) * Int128(zeroPoint)
      }
    }
  }

  /// Whether a start value of some layer does not fit the accumulator.
  var hasMisfittingStart: Bool {
    network.nodes.contains { node in
      guard case .dense(let dense) = node.operation else { return false }
      return starts(dense, zeroPoint: network.tensor(node.inputs[0])!.zeroPoint)
        .contains { $0 < lowest || $0 > highest }
    }
  }

  /// For each layer, whether some input of its format drives a sum out of the accumulator: each weight by
  /// itself takes the end of the range that pushes furthest.
  var canOverflow: [Bool] {
    network.nodes.map { node in
      guard case .dense(let dense) = node.operation else { return false }
      let source = network.tensor(node.inputs[0])!
      let ends = [source.format.minimumRaw, source.format.maximumRaw]
      return starts(dense, zeroPoint: source.zeroPoint).enumerated().contains { output, start in
        var high = start
        var low = start
        for input in 0..<dense.inputs {
          let pushes = ends.map { Int128(dense.weights[output, input]) * $0 }
          high += pushes.max()!
          low += pushes.min()!
        }
        return high > highest || low < lowest
      }
    }
  }

  func run(_ input: [Int32]) -> Outcome {
    var outcome = Outcome()
    var tensors = [inputTensorName: input.map { Int128($0) }]
    for node in network.nodes {
      guard case .dense(let dense) = node.operation else { continue }
      let x = tensors[node.inputs[0]]!
      var events = 0
      let starts = starts(dense, zeroPoint: network.tensor(node.inputs[0])!.zeroPoint)
      tensors[node.name] = (0..<dense.outputs).map { output in
        var accumulator = starts[output]
        var first = 0
        while first < dense.inputs {
          var tap: Int128 = 0
          for input in first..<min(first + inputsPerCycle, dense.inputs) {
            tap += Int128(dense.weights[output, input]) * x[input]
          }
          accumulator += tap
          if accumulator < lowest || accumulator > highest {
            events += 1
            accumulator = overflowed(accumulator)
          }
          first += inputsPerCycle
        }
        return made(of: accumulator, dense.outputStage, channel: output, zeroPoint: node.output.zeroPoint)
      }
      outcome.overflows.append(events)
      outcome.outputs = tensors[node.name]!.map { Int64($0) }
    }
    return outcome
  }

  private func overflowed(_ sum: Int128) -> Int128 {
    switch overflow {
    case .wrap:
      let size = Int128(1) << Int128(accumulatorBits)
      var wrapped = sum
      while wrapped > highest { wrapped -= size }
      while wrapped < lowest { wrapped += size }
      return wrapped
    case .saturate: return sum > highest ? highest : lowest
    case .reject: preconditionFailure("a sum left an accumulator that rejects overflow")
    }
  }

  private func made(
    of accumulator: Int128, _ stage: IntegerOutputStage, channel: Int, zeroPoint: Int
  ) -> Int128 {
    switch stage {
    case .accumulators: return accumulator
    case .clamp(let unit, let low, let high):
      return max(Int128(low), min(Int128(high), scaled(accumulator, unit, channel) + Int128(zeroPoint)))
    case .table(let unit, let table):
      let half = Int128(table.entries.count / 2)
      let address = max(-half, min(half - 1, scaled(accumulator, unit, channel)))
      return Int128(table.entries[Int(address + half)])
    }
  }

  private func scaled(_ x: Int128, _ unit: Requantization, _ channel: Int) -> Int128 {
    switch unit {
    case .shift(let bits, let rounding):
      return bits < 0 ? x * power(-bits) : quotient(x, power(bits), rounding)
    case .multiplier(let multipliers, let shifts, let rounding):
      let index = multipliers.count == 1 ? 0 : channel
      let product = x * Int128(multipliers[index])
      return shifts[index] < 0
        ? product * power(-shifts[index]) : quotient(product, power(shifts[index]), rounding)
    case .doublingHighMultiply(let multipliers, let shifts):
      let index = multipliers.count == 1 ? 0 : channel
      let raised = shifts[index] > 0 ? x * power(shifts[index]) : x
      let high = quotient(raised * Int128(multipliers[index]), power(31), .nearestTiesUp)
      let limited = max(-power(31), min(power(31) - 1, high))
      return shifts[index] < 0
        ? quotient(limited, power(-shifts[index]), .nearestTiesAwayFromZero) : limited
    }
  }

  private func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { power, _ in power * 2 } }

  /// `x / divisor` as a rule says it, in words of division and comparison.
  private func quotient(_ x: Int128, _ divisor: Int128, _ rounding: Rounding) -> Int128 {
    var floor = x / divisor
    if floor * divisor > x { floor -= 1 }
    let remainder = x - floor * divisor
    if remainder == 0 { return floor }
    let ceiling = floor + 1
    let inward = x < 0 ? ceiling : floor
    let outward = x < 0 ? floor : ceiling
    if 2 * remainder != divisor {
      let nearest = 2 * remainder < divisor ? floor : ceiling
      switch rounding {
      case .down: return floor
      case .up: return ceiling
      case .towardZero: return inward
      case .awayFromZero: return outward
      case .nearestTiesDown, .nearestTiesUp, .nearestTiesTowardZero, .nearestTiesAwayFromZero,
        .nearestTiesToEven, .nearestTiesToOdd:
        return nearest
      }
    }
    switch rounding {
    case .down, .nearestTiesDown: return floor
    case .up, .nearestTiesUp: return ceiling
    case .towardZero, .nearestTiesTowardZero: return inward
    case .awayFromZero, .nearestTiesAwayFromZero: return outward
    case .nearestTiesToEven: return floor % 2 == 0 ? floor : ceiling
    case .nearestTiesToOdd: return floor % 2 == 0 ? ceiling : floor
    }
  }
}
