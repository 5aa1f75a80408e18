import CKernels
import Reproducibility
import Testing

@Suite("Hyperbolic tangent kernel")
struct TanhKernelTests {
  @Test("Every version has the portable one's bits, apart and in place", arguments: KernelVersion.available)
  func versionsAgree(_ version: KernelVersion) {
    var source = RandomSource(seed: 361)
    for count in 0...67 {
      let x = source.anyFloats(count)
      var expected = [Float](repeating: 0, count: count) + sentinels
      wl_tanh(WL_ISA_PORTABLE, count, x, &expected)
      var y = [Float](repeating: 0, count: count) + sentinels
      wl_tanh(version.isa, count, x, &y)
      #expect(y.bits == expected.bits, "seed 361, x = \(x)")
      var inPlace = x + sentinels
      inPlace.withUnsafeMutableBufferPointer {
        wl_tanh(version.isa, count, UnsafePointer($0.baseAddress!), $0.baseAddress!)
      }
      #expect(inPlace.bits == expected.bits, "seed 361, in place, x = \(x)")
    }
  }

  @Test("It errs by less than 3 units in the last place everywhere")
  func accuracy() {
    var source = RandomSource(seed: 362)
    var x = (0..<1_000_000).map { draw -> Float in
      switch draw % 4 {
      case 0: Float(source.uniform(in: -10...10))
      case 1: Float(source.uniform(in: 0.6...0.65))
      case 2: Float(source.normal())
      default: Float(bitPattern: UInt32(source.below(0x7f80_0000)) | UInt32(source.below(2)) << 31)
      }
    }
    x += [0, -0.0, 1e30, 44, 45, 89, .infinity, .leastNonzeroMagnitude, -.leastNormalMagnitude]
    var y = [Float](repeating: 0, count: x.count)
    wl_tanh(WL_ISA_PORTABLE, x.count, x, &y)
    var worst = (units: 0.0, x: Float(0))
    for (x, y) in zip(x, y) {
      let exact = ElementaryFunctions.tanh(Double(x))
      let units = abs(Double(y) - exact) / Double(Float(exact).ulp)
      if !(units <= worst.units) { worst = (units, x) }
    }
    #expect(worst.units < 3, "seed 362: \(worst.units) units at \(worst.x)")
  }

  @Test("It is odd, keeps the zero's sign, and ends at ±1")
  func shape() {
    let x: [Float] = [0, 1e-30, 0.3, 0.624, 0.626, 2, 9, 50, .infinity]
    var (y, negative) = ([Float](repeating: 7, count: x.count), [Float](repeating: 7, count: x.count))
    wl_tanh(WL_ISA_PORTABLE, x.count, x, &y)
    wl_tanh(WL_ISA_PORTABLE, x.count, x.map { -$0 }, &negative)
    #expect(negative.bits == y.map { -$0 }.bits)
    #expect(y.suffix(2) == [1, 1] && zip(y, y.dropFirst()).allSatisfy { $0 <= $1 })
  }
}
