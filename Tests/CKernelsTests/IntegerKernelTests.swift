import CKernels
import Reproducibility
import Testing

@Suite("Integer kernels")
struct IntegerKernelTests {
  /// The products' definition, `initial[o] + Σ x[s, i]·w[o, i]`, in 128 bits.
  private func naive(
    _ samples: Int, _ outputs: Int, _ inputs: Int, x: (Int, Int) -> Int, w: [Int16], initial: [Int128]
  ) -> [Int128] {
    (0..<samples * outputs).map { index in
      let (s, o) = (index / outputs, index % outputs)
      return (0..<inputs).reduce(initial[o]) { $0 + Int128(x(s, $1)) * Int128(w[o * inputs + $1]) }
    }
  }

  private func byteProduct(
    _ version: KernelVersion, _ samples: Int, _ outputs: Int, _ inputs: Int, rowBytes: Int, x: [UInt8],
    weights: [Int16], initial: [Int32], gap: Int = 0
  ) -> [Int32] {
    let packedCount = (outputs + 15) / 16 * ((inputs + 3) / 4) * 64
    var packed = [Int8](repeating: 55, count: packedCount + 1)
    wl_pack_bytes(outputs, inputs, weights, &packed)
    #expect(packed.removeLast() == 55, "packing wrote past its end")
    let guarded = (x: GuardedBuffer(x), packed: GuardedBuffer(packed), initial: GuardedBuffer(initial))
    // Rows of sums with something between them that must stay, and none behind the last.
    let row = outputs + gap
    let sums = GuardedBuffer([Int32](repeating: 77, count: max(samples * row - gap, 0)))
    withExtendedLifetime(guarded) {
      wl_integer_product_rows(
        version.isa, samples, outputs, inputs, guarded.x.base, rowBytes, guarded.packed.base,
        guarded.initial.base, sums.base, row)
    }
    let elements = sums.elements
    let between = elements.indices.filter { $0 % row >= outputs }
    #expect(between.allSatisfy { elements[$0] == 77 }, "the product wrote between its rows")
    return elements.indices.filter { $0 % row < outputs }.map { elements[$0] }
  }

  @Test(
    "Rows of sums without a gap are those of the product that takes none", arguments: KernelVersion.available)
  func byteProductsWithoutGap(_ version: KernelVersion) {
    var source = RandomSource(seed: 134)
    let (samples, outputs, inputs) = (7, 37, 24)
    let x = (0..<samples * inputs).map { _ in UInt8(source.below(256)) }
    let weights = (0..<outputs * inputs).map { _ in Int16(source.integer(in: -128...127)) }
    let initial = (0..<outputs).map { _ in Int32(source.integer(in: -1000...1000)) }
    var packed = [Int8](repeating: 0, count: 3 * 64 * 6)
    wl_pack_bytes(outputs, inputs, weights, &packed)
    var sums = [Int32](repeating: 77, count: samples * outputs)
    wl_integer_product_bytes(version.isa, samples, outputs, inputs, x, inputs, packed, initial, &sums)
    let expected = naive(
      samples, outputs, inputs, x: { Int(x[$0 * inputs + $1]) }, w: weights,
      initial: initial.map { Int128($0) })
    #expect(sums.map { Int128($0) } == expected, "seed 134")
  }

  @Test(
    "Byte products equal the plain loop for all sizes, whatever stands behind the inputs",
    arguments: KernelVersion.available)
  func byteProducts(_ version: KernelVersion) {
    var source = RandomSource(seed: 131)
    for draw in 0..<500 {
      let samples = source.below(draw % 6 == 0 ? 70 : 14)
      let outputs = source.integer(in: 1...(draw % 5 == 0 ? 200 : 70))
      let inputs = source.integer(in: 1...(draw % 7 == 0 ? 300 : 40))
      let rowBytes = (inputs + 3) / 4 * 4 + 4 * source.below(3)
      let isExtreme = draw % 11 == 0
      let x = (0..<samples * rowBytes).map { _ in isExtreme ? 255 : UInt8(source.below(256)) }
      let sign: Int16 = source.below(2) == 0 ? -128 : 127
      let weights = (0..<outputs * inputs).map { _ in isExtreme ? sign : Int16(source.integer(in: -128...127))
      }
      let initial = (0..<outputs).map { _ in Int32(source.integer(in: -(1 << 30)...1 << 30)) }
      let sums = byteProduct(
        version, samples, outputs, inputs, rowBytes: rowBytes, x: x, weights: weights, initial: initial,
        gap: draw % 3)
      let expected = naive(
        samples, outputs, inputs, x: { Int(x[$0 * rowBytes + $1]) }, w: weights,
        initial: initial.map { Int128($0) })
      #expect(
        sums.map { Int128($0) } == expected, "seed 131, draw \(draw): [\(samples), \(outputs), \(inputs)]")
    }
  }

  @Test("Byte products reach both ends of 32 bits", arguments: KernelVersion.available)
  func byteProductsReachTheEnds(_ version: KernelVersion) {
    let x = [UInt8](repeating: 255, count: 8)
    let product = Int32(255 * 127 * 6)
    let weights = [Int16](repeating: 127, count: 6) + [Int16](repeating: -127, count: 6)
    let sums = byteProduct(
      version, 1, 2, 6, rowBytes: 8, x: x, weights: weights, initial: [.max - product, .min + product])
    #expect(sums == [.max, .min])
  }

  @Test("Wide products equal the plain loop over all of 32-bit inputs and 16-bit weights")
  func wideProducts() {
    var source = RandomSource(seed: 132)
    for draw in 0..<300 {
      let samples = source.below(6)
      let outputs = source.integer(in: 1...20)
      let inputs = source.below(50)
      let x = (0..<samples * inputs).map { _ in Int32(truncatingIfNeeded: source.next()) }
      let weights = (0..<outputs * inputs).map { _ in Int16(truncatingIfNeeded: source.next()) }
      let initial = (0..<outputs).map { _ in Int64(truncatingIfNeeded: source.next()) >> 1 }
      var sums = [Int64](repeating: 1, count: samples * outputs) + [-9]
      wl_integer_product_wide(samples, outputs, inputs, x, weights, initial, &sums)
      let expected = naive(
        samples, outputs, inputs, x: { Int(x[$0 * inputs + $1]) }, w: weights,
        initial: initial.map { Int128($0) })
      #expect(sums.map { Int128($0) } == expected + [-9], "seed 132, draw \(draw)")
    }
  }

  @Test(
    "The output stage for 32-bit sums equals exact integers, with and without a table",
    arguments: KernelVersion.available)
  func requantizesToBytes(_ version: KernelVersion) {
    var source = RandomSource(seed: 133)
    var ties = 0
    var clamped = 0
    for draw in 0..<4000 {
      let usesTable = draw % 2 == 0
      let zero = Int64(source.integer(in: -300...300))
      let low = Int64(usesTable ? -source.below(700) : source.below(100))
      let high = Int64(usesTable ? source.below(700) : source.integer(in: 100...255))
      let table = (0...Int(high - low)).map { _ in UInt8(source.below(256)) }
      let count = draw % 10 == 0 ? source.below(300) : source.below(70)
      // Of its own for each sum, as for channels, or one for all.
      let isUniform = draw % 5 == 0
      var shifts: [Int32] = []
      var multipliers: [Int32] = []
      for index in 0..<count {
        if isUniform, index > 0 {
          shifts.append(shifts[0])
          multipliers.append(multipliers[0])
          continue
        }
        let shift = Int32(source.below(draw % 4 == 3 ? 63 : 33))
        shifts.append(shift)
        multipliers.append(
          draw % 3 == 0
            ? Int32(2 * source.below(4) + 1) << min(max(shift - 1, 0), 27)
            : Int32(source.below(1 << source.integer(in: 1...31))))
      }
      let wide = Int32(source.integer(in: 0...31))
      var x = (0..<count).map { _ in Int32(truncatingIfNeeded: source.next()) >> wide }
      if count > 2 { x.replaceSubrange(0..<2, with: [.min, .max]) }
      var y = [UInt8](repeating: 3, count: count) + [201, 202]
      table.withUnsafeBufferPointer {
        wl_requantize_to_bytes(
          version.isa, count, multipliers, shifts, zero, low, high, usesTable ? $0.baseAddress : nil, x, &y)
      }
      let expected = x.indices.map { index -> UInt8 in
        let divisor = Int128(1) << Int128(shifts[index])
        let half = shifts[index] > 0 ? divisor / 2 : 0
        let numerator = Int128(x[index]) * Int128(multipliers[index]) + half
        if shifts[index] > 0, numerator % divisor == 0 { ties += 1 }
        let floor = numerator / divisor - (numerator % divisor < 0 ? 1 : 0)
        let raw = min(max(floor + Int128(zero), Int128(low)), Int128(high))
        if raw != floor + Int128(zero) { clamped += 1 }
        return usesTable ? table[Int(raw) - Int(low)] : UInt8(raw)
      }
      #expect(
        y == expected + [201, 202],
        "seed 133, draw \(draw): multipliers \(multipliers), shifts \(shifts), zero \(zero), \(low)...\(high)"
      )
    }
    #expect(ties > 1000 && clamped > 1000, "only \(ties) ties and \(clamped) clamps were drawn")
  }

  @Test("The peak loop's work is in proportion to its rounds", arguments: KernelVersion.available)
  func peakCountsItsWork(_ version: KernelVersion) {
    let work = wl_dot_product_peak(version.isa, 1)
    #expect(work >= 64)
    #expect(wl_dot_product_peak(version.isa, 0) == 0)
    #expect(wl_dot_product_peak(version.isa, 1001) == 1001 * work)
  }
}
