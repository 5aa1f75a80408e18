import CKernels
import Reproducibility
import Testing

/// One shape and one accumulator of the bounded product.
private struct BoundedCase: CustomStringConvertible {
  let samples, outputs, inputs, inputsPerTap, bits: Int
  let overflow: wl_overflow
  let x: [Int32]
  let weights: [Int16]
  let initial: [Int64]

  var description: String {
    "[\(samples), \(outputs), \(inputs)], \(inputsPerTap) a tap, \(bits) bits, "
      + (overflow == WL_WRAP ? "wrap" : "saturate")
  }

  init(_ source: inout RandomSource, bits: Int, inputsPerTap: Int, overflow: wl_overflow) {
    self.bits = bits
    self.inputsPerTap = inputsPerTap
    self.overflow = overflow
    samples = source.integer(in: 1...3)
    outputs = source.integer(in: 1...37)
    inputs = source.below(40)
    // Numbers whose sums leave the accumulator now and then: products of about a fifth of its range.
    let inputBits = min(max(bits - 4, 1), 31)
    let weightBits = min(max(bits - 2 - inputBits, 2), 16)
    x = (0..<samples * inputs).map { _ in Int32(truncatingIfNeeded: source.next()) >> Int32(31 - inputBits) }
    weights = (0..<outputs * inputs).map { _ in
      Int16(truncatingIfNeeded: source.next()) >> Int16(16 - weightBits)
    }
    // Biases lie anywhere in the range, often next to an end: there only can 64 bits overflow.
    initial = (0..<outputs).map { [bits] _ in
      let any = Int64(truncatingIfNeeded: source.next()) >> Int64(64 - bits)
      let (high, low) = (Int64.max >> Int64(64 - bits), Int64.min >> Int64(64 - bits))
      // Products reach about 2^45.
      let near = abs(any / (1 << Int64(min(bits - 1, max(10, bits - 45)))))
      return [any, any / 64, high - near, low + near][source.below(4)]
    }
  }

  /// Lengths of taps that the inputs divide into evenly but for the last.
  var evenTaps: [Int] {
    stride(from: 0, to: inputs, by: inputsPerTap).map { min(inputsPerTap, inputs - $0) }
  }

  func naive(_ tapLengths: [Int]) -> BoundedSums {
    BoundedSums(
      samples: samples, outputs: outputs, tapLengths: tapLengths, bits: bits, overflow: overflow,
      x: { Int(x[$0 * inputs + $1]) }, weights: weights, initial: initial)
  }

  func run(_ isa: wl_isa, tapLengths: [Int]) -> BoundedSums {
    var packed = [Int16](repeating: 0, count: max(weights.count, 1))
    wl_pack_by_input(outputs, inputs, weights, &packed)
    var exact = [Int64](repeating: 3, count: outputs)
    var accumulator = [Int64](repeating: 5, count: outputs)
    var sums = [Int64](repeating: 7, count: samples * outputs) + [-11]
    let events = wl_bounded_product_taps(
      isa, samples, outputs, inputs, tapLengths, Int32(bits), overflow, x, packed, initial, &exact,
      &accumulator, &sums)
    #expect(sums.removeLast() == -11, "the product wrote past its end")
    return BoundedSums(sums: sums, events: events)
  }
}

@Suite("Bounded accumulators")
struct BoundedProductTests {
  @Test(
    "Sums and event counts equal the plain loop for 2...64 bits, wrapping and saturating, ragged taps",
    arguments: KernelVersion.available)
  func equalsPlainLoop(_ version: KernelVersion) {
    for bits in 2...64 {
      for overflow in [WL_WRAP, WL_SATURATE] {
        var source = RandomSource(seed: 141).split("\(bits) \(overflow.rawValue)")
        var events: Int64 = 0
        for inputsPerTap in 1...9 {
          for _ in 0..<4 {
            let drawn = BoundedCase(&source, bits: bits, inputsPerTap: inputsPerTap, overflow: overflow)
            let expected = drawn.naive(drawn.evenTaps)
            #expect(drawn.run(version.isa, tapLengths: drawn.evenTaps) == expected, "seed 141, \(drawn)")
            events += expected.events
            let lengths = source.tapLengths(of: drawn.inputs, longest: inputsPerTap)
            #expect(
              drawn.run(version.isa, tapLengths: lengths) == drawn.naive(lengths),
              "seed 141, \(drawn), \(lengths)")
          }
        }
        #expect(events > 50, "only \(events) overflows were drawn at \(bits) bits")
      }
    }
  }

  @Test(
    "A tap's sum is exact: only its addition can leave the accumulator", arguments: KernelVersion.available)
  func tapSumsAreExact(_ version: KernelVersion) {
    // 4 bits hold −8...7: +100 − 99 in one tap adds 1; in two taps it saturates, then wraps far below.
    let x: [Int32] = [100, 99]
    let packed: [Int16] = [1, -1]
    func sum(tapLengths: [Int], _ overflow: wl_overflow) -> (Int64, Int64) {
      var exact: [Int64] = [0]
      var accumulator: [Int64] = [0]
      var sums: [Int64] = [0]
      let events = wl_bounded_product_taps(
        version.isa, 1, 1, 2, tapLengths, 4, overflow, x, packed, [3], &exact, &accumulator, &sums)
      return (sums[0], events)
    }
    #expect(sum(tapLengths: [2], WL_SATURATE) == (4, 0))
    #expect(sum(tapLengths: [1, 1], WL_SATURATE) == (-8, 2))
    // 103 = 7 mod 16 and 7 − 99 = −92 = 4 mod 16: the last sum is right although both additions wrapped.
    #expect(sum(tapLengths: [1, 1], WL_WRAP) == (4, 2))
  }
}
