import CKernels

/// What a bounded accumulator gives: sums, `[samples, outputs]`, and how many additions left its range.
struct BoundedSums: Equatable {
  var sums: [Int64] = []
  var events: Int64 = 0

  init(sums: [Int64], events: Int64) {
    self.sums = sums
    self.events = events
  }

  /// The definition, one addition at a time, in 128 bits: the accumulator of `bits` bits starts at `initial[o]`, and
  /// tap by tap the exact sum of `x[s, i]·weights[o, i]` is added, then wraps or saturates.
  init(
    samples: Int, outputs: Int, tapLengths: [Int], bits: Int, overflow: wl_overflow, x: (Int, Int) -> Int,
    weights: [Int16], initial: [Int64]
  ) {
    let inputs = tapLengths.reduce(0, +)
    let modulus = Int128(1) << Int128(bits)
    let high = modulus / 2 - 1
    let low = -modulus / 2
    for s in 0..<samples {
      for o in 0..<outputs {
        var accumulator = Int128(initial[o])
        var input = 0
        for length in tapLengths {
          for i in input..<input + length {
            accumulator += Int128(x(s, i)) * Int128(weights[o * inputs + i])
          }
          input += length
          if accumulator > high || accumulator < low {
            events += 1
            if overflow == WL_SATURATE {
              accumulator = accumulator > high ? high : low
            } else {
              while accumulator > high { accumulator -= modulus * max((accumulator - high) / modulus, 1) }
              while accumulator < low { accumulator += modulus * max((low - accumulator) / modulus, 1) }
            }
          }
        }
        sums.append(Int64(accumulator))
      }
    }
  }
}
