import CKernels
import Reproducibility
import Testing

/// One shape, one accumulator and one set of taps of the narrow bounded product.
private struct NarrowCase: CustomStringConvertible {
  let samples, outputs, bits: Int
  let tapLengths: [Int]
  let overflow: wl_overflow
  let offset: Int
  /// Bytes between rows of x, and elements between rows of sums, beyond what stands there.
  let gap: Int
  let x: [UInt8]
  let weights: [Int16]
  let initial: [Int32]

  var inputs: Int { tapLengths.reduce(0, +) }
  var row: Int { inputs + gap }

  var description: String {
    "[\(samples), \(outputs)], taps \(tapLengths), offset \(offset), \(bits) bits, "
      + (overflow == WL_WRAP ? "wrap" : "saturate")
  }

  init(
    _ source: inout RandomSource, bits: Int, overflow: wl_overflow, samples: Int, outputs: Int,
    tapLengths: [Int]
  ) {
    self.bits = bits
    self.overflow = overflow
    self.samples = samples
    self.outputs = outputs
    self.tapLengths = tapLengths
    offset = [0, 0, 128, source.integer(in: -300...300)][source.below(4)]
    gap = source.below(3)
    let inputs = tapLengths.reduce(0, +)
    let count = samples * (inputs + gap) - (samples > 0 ? gap : 0)
    let limit = [1, 7, 127, 127][source.below(4)]
    let isExtreme = source.below(6) == 0
    x = (0..<count).map { _ in isExtreme ? 255 : UInt8(source.below(256)) }
    let extreme = [-limit - 1, limit][source.below(2)]
    weights = (0..<outputs * inputs).map { _ in
      Int16(isExtreme ? extreme : source.integer(in: -limit - 1...limit))
    }
    // Starts anywhere in the range, at its ends, or so near them that a tap or two can leave a wide range.
    let (low, high) = (-(1 << (bits - 1)), 1 << (bits - 1) - 1)
    initial = (0..<outputs).map { _ in
      let near = source.below(min(1 << (bits - 1), 40_000))
      return Int32([source.integer(in: low...high), low, high, high - near, low + near][source.below(5)])
    }
  }

  func naive() -> BoundedSums {
    BoundedSums(
      samples: samples, outputs: outputs, tapLengths: tapLengths, bits: bits, overflow: overflow,
      x: { Int(x[$0 * row + $1]) - offset }, weights: weights, initial: initial.map { Int64($0) })
  }

  /// Runs the kernel with every operand against an unreadable page.
  func run(_ isa: wl_isa) -> BoundedSums {
    let taps = tapLengths.count
    let panels = (outputs + Int(WL_PANEL) - 1) / Int(WL_PANEL)
    let quads = wl_tap_quads(taps, tapLengths)
    let packed = GuardedBuffer([Int8](repeating: 55, count: panels * quads * 64))
    let corrections = offset == 0 ? nil : GuardedBuffer([Int32](repeating: 55, count: panels * taps * 16))
    let (x, initial) = (GuardedBuffer(x), GuardedBuffer(initial))
    let sumsRow = outputs + gap
    let sums = GuardedBuffer([Int32](repeating: 77, count: samples * sumsRow - (samples > 0 ? gap : 0)))
    let events = withExtendedLifetime((packed, corrections, x, initial)) {
      wl_pack_taps(outputs, taps, tapLengths, Int32(offset), weights, packed.base, corrections?.base)
      return wl_bounded_product_narrow(
        isa, samples, outputs, taps, tapLengths, Int32(bits), overflow, x.base, row, packed.base,
        corrections?.base, initial.base, sums.base, sumsRow)
    }
    let elements = sums.elements
    let between = elements.indices.filter { $0 % sumsRow >= outputs }
    #expect(between.allSatisfy { elements[$0] == 77 }, "the product wrote between its rows")
    return BoundedSums(
      sums: elements.indices.filter { $0 % sumsRow < outputs }.map { Int64(elements[$0]) }, events: events)
  }
}

@Suite("Narrow bounded accumulators")
struct NarrowBoundedProductTests {
  @Test(
    "Sums and event counts equal the plain loop for 2...31 bits, wrapping and saturating, uneven taps, any offset",
    arguments: KernelVersion.available)
  func equalsPlainLoop(_ version: KernelVersion) {
    for bits in 2...31 {
      for overflow in [WL_WRAP, WL_SATURATE] {
        var source = RandomSource(seed: 151).split("\(bits) \(overflow.rawValue)")
        var events: Int64 = 0
        for draw in 0..<30 {
          let inputs = source.below(60)
          let longest = [1, 4, 9, 60][source.below(4)]
          let lengths =
            draw % 3 == 0
            ? [Int](repeating: 1 + draw / 3, count: source.below(9))
            : source.tapLengths(of: inputs, longest: longest)
          let drawn = NarrowCase(
            &source, bits: bits, overflow: overflow, samples: source.below(20),
            outputs: source.integer(in: 1...50), tapLengths: lengths)
          let expected = drawn.naive()
          #expect(drawn.run(version.isa) == expected, "seed 151, draw \(draw): \(drawn)")
          events += expected.events
        }
        #expect(events > 50, "only \(events) overflows were drawn at \(bits) bits")
      }
    }
  }

  @Test(
    "Taps run on through any number of blocks of inputs, however the blocks cut them",
    arguments: KernelVersion.available)
  func manyInputs(_ version: KernelVersion) {
    var source = RandomSource(seed: 152)
    var events: Int64 = 0
    for draw in 0..<40 {
      let longest = [1, 4, 5, 64, 1024, 1025, 3000, 6000][draw % 8]
      let inputs = source.integer(in: 1000...6000) / (longest == 1 ? 4 : 1)
      let lengths =
        draw % 3 == 0
        ? [Int](repeating: longest, count: max(inputs / longest, 1))
        : source.tapLengths(of: inputs, longest: longest)
      let drawn = NarrowCase(
        &source, bits: source.integer(in: 12...31), overflow: draw % 2 == 0 ? WL_SATURATE : WL_WRAP,
        samples: source.integer(in: 1...11), outputs: source.integer(in: 1...20), tapLengths: lengths)
      let expected = drawn.naive()
      #expect(drawn.run(version.isa) == expected, "seed 152, draw \(draw): \(drawn)")
      events += expected.events
    }
    #expect(events > 1000, "only \(events) overflows were drawn")
  }

  @Test(
    "The widest accumulator and the largest tap meet without error at both ends",
    arguments: KernelVersion.available)
  func extremes(_ version: KernelVersion) {
    // 32 896 products of 255 · −128 are −2^30 + 1 984, the least that 31 bits nearly hold.
    let length = 32_896
    let x = [UInt8](repeating: 255, count: length)
    let (low, high) = (Int64(-(1 << 30)), Int64(1 << 30 - 1))
    for (weight, start) in [(Int16(-128), low), (-128, high), (127, high), (127, low)] {
      for overflow in [WL_WRAP, WL_SATURATE] {
        let weights = [Int16](repeating: weight, count: length)
        var packed = [Int8](repeating: 0, count: 16 * length)
        wl_pack_taps(1, 1, [length], 0, weights, &packed, nil)
        var sums: [Int32] = [0]
        let events = wl_bounded_product_narrow(
          version.isa, 1, 1, 1, [length], 31, overflow, x, length, packed, nil, [Int32(start)], &sums, 1)
        let expected = BoundedSums(
          samples: 1, outputs: 1, tapLengths: [length], bits: 31, overflow: overflow, x: { _, _ in 255 },
          weights: weights, initial: [start])
        #expect(BoundedSums(sums: [Int64(sums[0])], events: events) == expected, "\(weight) from \(start)")
      }
    }
  }

  @Test(
    "A tap's products may pass 32 bits, as long as the offset brings its sum back",
    arguments: KernelVersion.available)
  func productsPassThirtyTwoBits(_ version: KernelVersion) {
    // 255 · 127 · 40 000 is above 2^30, and the start too nearly is; 5 · 127 · 40 000 is a fortieth of that.
    let length = 40_000
    let x = [UInt8](repeating: 255, count: length)
    for (weight, start) in [(Int16(127), Int64(1_000_000_000)), (-127, -1_000_000_000), (127, 1 << 30 - 1)] {
      let weights = [Int16](repeating: weight, count: length)
      var packed = [Int8](repeating: 0, count: 16 * length)
      var corrections = [Int32](repeating: 0, count: 16)
      wl_pack_taps(1, 1, [length], 250, weights, &packed, &corrections)
      for overflow in [WL_WRAP, WL_SATURATE] {
        var sums: [Int32] = [0]
        let events = wl_bounded_product_narrow(
          version.isa, 1, 1, 1, [length], 31, overflow, x, length, packed, corrections, [Int32(start)], &sums,
          1)
        let expected = BoundedSums(
          samples: 1, outputs: 1, tapLengths: [length], bits: 31, overflow: overflow, x: { _, _ in 5 },
          weights: weights, initial: [start])
        #expect(BoundedSums(sums: [Int64(sums[0])], events: events) == expected, "\(weight) from \(start)")
      }
    }
  }

  @Test(
    "A tap's sum is exact: only its addition can leave a narrow accumulator",
    arguments: KernelVersion.available)
  func tapSumsAreExact(_ version: KernelVersion) {
    // 4 bits hold −8...7: +100 − 99 in one tap adds 1; in two taps it saturates, then wraps far below.
    func sum(_ tapLengths: [Int], _ overflow: wl_overflow) -> BoundedSums {
      var packed = [Int8](repeating: 0, count: 128)
      wl_pack_taps(1, tapLengths.count, tapLengths, 0, [1, -1], &packed, nil)
      var sums: [Int32] = [0]
      let events = wl_bounded_product_narrow(
        version.isa, 1, 1, tapLengths.count, tapLengths, 4, overflow, [100, 99], 2, packed, nil, [3], &sums, 1
      )
      return BoundedSums(sums: [Int64(sums[0])], events: events)
    }
    #expect(sum([2], WL_SATURATE) == BoundedSums(sums: [4], events: 0))
    #expect(sum([1, 1], WL_SATURATE) == BoundedSums(sums: [-8], events: 2))
    #expect(sum([1, 1], WL_WRAP) == BoundedSums(sums: [4], events: 2))
  }
}
