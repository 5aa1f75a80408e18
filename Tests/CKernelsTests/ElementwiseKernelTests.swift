import CKernels
import Reproducibility
import Testing

/// An element-wise kernel with its formula, written with Swift's own operations.
struct ElementwiseKernel: Sendable, CustomTestStringConvertible {
  let name: String
  /// Draws a legal first argument.
  var draw: @Sendable (inout RandomSource) -> Float = { $0.anyFloat() }
  /// Runs the kernel on `count` elements; `y` is the output, or what an in-place kernel changes.
  let run: @Sendable (wl_isa, Int, [Float], inout [Float]) -> Void
  /// The new y from x and the old y.
  let formula: @Sendable (Float, Float) -> Float
  var testDescription: String { name }

  static let table: [Float] = (0..<200).map { Float($0 * $0) / 7 - 100 }
  static let lowest: Float = -100
  static let address: @Sendable (inout RandomSource) -> Float = { Float($0.integer(in: -100...99)) }

  static let all: [ElementwiseKernel] = [
    .init(
      name: "relu", run: { wl_relu($0, $1, $2, &$3) }, formula: { x, _ in x > 0 ? x : 0 }),
    .init(
      name: "relu_gradient", run: { wl_relu_gradient($0, $1, $2, &$3) }, formula: { y, d in y > 0 ? d : 0 }),
    .init(
      name: "sigmoid_gradient", draw: { Float($0.uniform()) },
      run: { wl_sigmoid_gradient($0, $1, $2, &$3) }, formula: { y, d in d * (y * (1 - y)) }),
    .init(
      name: "look_up", draw: address, run: { wl_look_up($0, $1, lowest, table, $2, &$3) },
      formula: { x, _ in table[Int(x) + 100] }),
    .init(
      name: "look_up_gradient", draw: address,
      run: { wl_look_up_gradient($0, $1, lowest, table, $2, &$3) },
      formula: { x, d in d * table[Int(x) + 100] }),
    .init(
      name: "relu6", run: { wl_relu6($0, $1, $2, &$3) }, formula: { x, _ in x > 0 ? (x < 6 ? x : 6) : 0 }),
    .init(
      name: "relu6_gradient", draw: { min(max($0.anyFloat(), 0), 6) },
      run: { wl_relu6_gradient($0, $1, $2, &$3) }, formula: { y, d in y > 0 && y < 6 ? d : 0 }),
    .init(
      name: "tanh_gradient", draw: { Float($0.uniform(in: -1...1)) },
      run: { wl_tanh_gradient($0, $1, $2, &$3) },
      formula: { y, d in d * Float(1).addingProduct(-y, y) }),
    .init(name: "accumulate", run: { wl_accumulate($0, $1, $2, &$3) }, formula: { x, y in y + x }),
    .init(
      name: "add",
      run: { isa, count, x, y in
        let before = y
        wl_add(isa, count, x, before, &y)
      }, formula: { x, y in x + y }),
  ]
}

@Suite("Element-wise kernels")
struct ElementwiseKernelTests {
  @Test(
    "Every version gives the formula's bits for every length, and writes no further",
    arguments: ElementwiseKernel.all, KernelVersion.available)
  func equalsFormula(_ kernel: ElementwiseKernel, _ version: KernelVersion) {
    var source = RandomSource(seed: 101).split(kernel.name)
    for count in 0...67 {
      let x = (0..<count).map { _ in kernel.draw(&source) }
      let before = source.anyFloats(count)
      var y = before + sentinels
      kernel.run(version.isa, count, x, &y)
      let expected = zip(x, before).map { kernel.formula($0, $1) } + sentinels
      #expect(y.bits == expected.bits, "seed 101, \(count) elements, x = \(x), y before = \(before)")
    }
  }

  @Test("Bytes become floats through the table of 256", arguments: KernelVersion.available)
  func mapsBytes(_ version: KernelVersion) {
    var source = RandomSource(seed: 102)
    let table = source.anyFloats(256)
    for count in Array(0...67) + [1024] {
      let bytes = (0..<count).map { _ in UInt8(source.below(256)) }
      var y = [Float](repeating: -7, count: count) + sentinels
      wl_map_bytes(version.isa, count, table, bytes, &y)
      #expect(y.bits == (bytes.map { table[Int($0)] } + sentinels).bits, "seed 102, \(count) bytes")
    }
  }

  @Test(
    "A clipped ReLU passes the gradient where 0 < x and y < high, and nowhere else",
    arguments: KernelVersion.available)
  func clipGradient(_ version: KernelVersion) {
    var source = RandomSource(seed: 103)
    for count in 0...67 {
      let high = Float(source.integer(in: 1...255))
      let x = (0..<count).map { _ in Float(source.integer(in: -300...300)) }
      let y = x.map { min(max($0, 0), high) }
      let before = source.anyFloats(count)
      var d = before + sentinels
      wl_clip_gradient(version.isa, count, high, x, y, &d)
      let expected = zip(x, before).map { x, d in 0 < x && x < high ? d : 0 } + sentinels
      #expect(d.bits == expected.bits, "seed 103, \(count) elements, high \(high), x = \(x)")
    }
  }

  @Test("Dropout scales what its mask keeps and zeroes the rest", arguments: KernelVersion.available)
  func scalesByMask(_ version: KernelVersion) {
    var source = RandomSource(seed: 104)
    for count in 0...67 {
      let scale = Float(source.uniform(in: 1...3))
      let mask = (0..<count).map { _ in source.below(2) == 0 ? 0 : UInt8(source.integer(in: 1...255)) }
      let x = source.anyFloats(count)
      var y = [Float](repeating: -7, count: count) + sentinels
      wl_scale_by_mask(version.isa, count, scale, mask, x, &y)
      let expected = zip(mask, x).map { $0 == 0 ? 0 : scale * $1 } + sentinels
      #expect(y.bits == expected.bits, "seed 104, scale \(scale), mask \(mask), x = \(x)")
    }
  }

  @Test(
    "A peak's count is two operations a lane, and grows with the rounds", arguments: KernelVersion.available)
  func peak(_ version: KernelVersion) {
    let one = wl_float_peak(version.isa, 1)
    #expect(one > 0 && one % 8 == 0 && wl_float_peak(version.isa, 10) == 10 * one)
  }

  @Test("Column sums add the rows in order, then scale once", arguments: KernelVersion.available)
  func sumsRows(_ version: KernelVersion) {
    var source = RandomSource(seed: 105)
    for columns in 0...67 {
      let rows = source.below(9)
      let scale = Float(source.normal())
      let x = (0..<rows * columns).map { _ in Float(source.normal()) }
      var sums = [Float](repeating: 5, count: columns) + sentinels
      wl_sum_rows(version.isa, rows, columns, scale, x, &sums)
      let expected = (0..<columns).map { j in
        scale * (0..<rows).reduce(Float(0)) { $0 + x[$1 * columns + j] }
      }
      #expect(sums.bits == (expected + sentinels).bits, "seed 105, [\(rows), \(columns)]")
    }
  }
}
