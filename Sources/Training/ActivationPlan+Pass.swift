import CKernels
import Networks
import Quantization

extension ActivationPlan {
  private var lowestRequantized: Float {
    switch function {
    case .table(let table): Float(table.table.lowestAddress)
    case .clamp: 0
    }
  }

  private var highestRequantized: Float {
    switch function {
    case .table(let table): Float(table.table.highestAddress)
    case .clamp(let high): Float(high)
    }
  }

  /// Integer accumulators to integer signals, exactly as the hardware's unit does it.
  func apply(
    _ version: wl_isa, _ part: Range<Int>, accumulators: FloatBuffer, addresses: FloatBuffer,
    table: FloatBuffer?, into outputs: FloatBuffer
  ) {
    let target = table == nil ? outputs : addresses
    requantize(version, accumulators.base + part.lowerBound, part.count, into: target.base + part.lowerBound)
    if let table {
      wl_look_up(
        version, part.count, lowestRequantized, table.base, addresses.base + part.lowerBound,
        outputs.base + part.lowerBound)
    }
  }

  private func requantize(
    _ version: wl_isa, _ x: UnsafeMutablePointer<Float>, _ count: Int, into y: UnsafeMutablePointer<Float>
  ) {
    let low = lowestRequantized
    let high = highestRequantized
    // The vector kernel forms x · multiplier in double: exact for multipliers up to 2^28 and sums below 2^24.
    if case .multiplier(let multipliers, let shifts, .nearestTiesUp) = requantization,
      multipliers.count == 1, multipliers[0] < 1 << 28
    {
      wl_requantize(version, count, Double(multipliers[0]), Int32(shifts[0]), low, high, x, y)
    } else {
      for index in 0..<count {
        let value = requantization.applied(to: Int64(x[index]), channel: 0)
        y[index] = Float(min(max(value, Int64(low)), Int64(high)))
      }
    }
  }

  /// Turns the gradient of the outputs into that of the accumulators' real values, in place: the slope of the
  /// unquantised function at the rounded argument, 1 through every rounding, 0 where clipped.
  func backPropagate(
    _ version: wl_isa, _ part: Range<Int>, accumulators: FloatBuffer, addresses: FloatBuffer,
    slopes: FloatBuffer?, outputs: FloatBuffer, gradient: FloatBuffer
  ) {
    if let slopes {
      wl_look_up_gradient(
        version, part.count, lowestRequantized, slopes.base, addresses.base + part.lowerBound,
        gradient.base + part.lowerBound)
    } else {
      wl_clip_gradient(
        version, part.count, highestRequantized, accumulators.base + part.lowerBound,
        outputs.base + part.lowerBound, gradient.base + part.lowerBound)
    }
  }
}
