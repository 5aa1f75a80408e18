import CKernels
import Networks
import Quantization

extension SignalPlan {
  /// The least value that leaves the requantiser's clamp.
  var lowestRequantized: Float {
    switch function {
    case .table(let table): Float(table.table.lowestAddress)
    case .clamp(let low, _): Float(low)
    }
  }

  /// The largest.
  var highestRequantized: Float {
    switch function {
    case .table(let table): Float(table.table.highestAddress)
    case .clamp(_, let high): Float(high)
    }
  }

  /// Integer accumulators `[rows, channels]` to requantised and clamped integers, exactly as the hardware's unit does it.
  func requantize(
    _ version: wl_isa, _ x: UnsafeMutablePointer<Float>, _ count: Int, channels: Int,
    into y: UnsafeMutablePointer<Float>
  ) {
    let low = lowestRequantized
    let high = highestRequantized
    switch requantization {
    case .multiplier(let multipliers, let shifts, .nearestTiesUp)
    where multipliers.allSatisfy({ $0 < 1 << 28 }) && shifts.allSatisfy({ $0 >= 0 }):
      // Formed in double: exact for multipliers up to 2^28 and sums below 2^24.
      if multipliers.count == 1 {
        wl_requantize(version, count, Double(multipliers[0]), Int32(shifts[0]), low, high, x, y)
        return
      }
      let factors = multipliers.map { Double($0) }
      let halves = shifts.map { $0 > 0 ? Double(sign: .plus, exponent: $0 - 1, significand: 1) : 0 }
      let powers = shifts.map { Double(sign: .plus, exponent: -$0, significand: 1) }
      for index in 0..<count {
        let channel = index % channels
        let value = ((Double(x[index]) * factors[channel] + halves[channel]) * powers[channel]).rounded(.down)
        y[index] = min(max(Float(value), low), high)
      }
    case .multiplier, .shift, .doublingHighMultiply:
      for index in 0..<count {
        let value = requantization.applied(to: Int64(x[index]), channel: index % channels)
        y[index] = Float(min(max(value, Int64(low)), Int64(high)))
      }
    }
  }

  /// Zero where the clamp cut: for unsigned signals where the accumulator is not positive or the output at its upper end; for signed ones where
  /// the output is at either end.
  func clipGradient(
    _ version: wl_isa, _ count: Int, accumulators: UnsafeMutablePointer<Float>,
    outputs: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>
  ) {
    guard lowestRequantized < 0 else {
      wl_clip_gradient(version, count, highestRequantized, accumulators, outputs, gradient)
      return
    }
    for index in 0..<count
    where outputs[index] <= lowestRequantized || outputs[index] >= highestRequantized {
      gradient[index] = 0
    }
  }
}
