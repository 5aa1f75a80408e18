import CKernels
import Reproducibility
import Testing

@Suite("Sigmoid and soft-max kernels")
struct SigmoidKernelTests {
  private let portable = WL_ISA_PORTABLE

  @Test(
    "Every version of the sigmoid has the portable one's bits, apart and in place",
    arguments: KernelVersion.available)
  func sigmoidVersionsAgree(_ version: KernelVersion) {
    var source = RandomSource(seed: 111)
    for count in 0...67 {
      let x = source.anyFloats(count)
      var expected = [Float](repeating: 0, count: count) + sentinels
      wl_sigmoid(portable, count, x, &expected)
      var y = [Float](repeating: 0, count: count) + sentinels
      wl_sigmoid(version.isa, count, x, &y)
      #expect(y.bits == expected.bits, "seed 111, x = \(x)")
      var inPlace = x + sentinels
      inPlace.withUnsafeMutableBufferPointer {
        wl_sigmoid(version.isa, count, UnsafePointer($0.baseAddress!), $0.baseAddress!)
      }
      #expect(inPlace.bits == expected.bits, "seed 111, in place, x = \(x)")
    }
  }

  @Test("The sigmoid errs by less than 4 units in the last place from −87 on, and by less than 2^−125 below")
  func sigmoidAccuracy() {
    var source = RandomSource(seed: 112)
    var x = (0..<1_000_000).map { draw -> Float in
      switch draw % 4 {
      case 0: Float(source.uniform(in: -87...100))
      case 1: Float(source.uniform(in: -20...20))
      case 2: Float(source.normal())
      default: Float(bitPattern: UInt32(source.below(0x42ae_0000)) | UInt32(source.below(2)) << 31)
      }
    }
    x += [0, -0.0, 1e30, -87, 88, 89, .infinity]
    var y = [Float](repeating: 0, count: x.count)
    wl_sigmoid(portable, x.count, x, &y)
    var worst = (units: 0.0, x: Float(0))
    for (x, y) in zip(x, y) {
      let exact = ElementaryFunctions.sigmoid(Double(x))
      let units = abs(Double(y) - exact) / Double(Float(exact).ulp)
      if units > worst.units { worst = (units, x) }
    }
    #expect(worst.units < 4, "seed 112: \(worst.units) units at \(worst.x)")

    let low: [Float] = [-87.1, -88, -88.1, -90, -100, -104, -1000, -3e38, -.infinity]
    y = [Float](repeating: -1, count: low.count)
    wl_sigmoid(portable, low.count, low, &y)
    for (x, y) in zip(low, y) {
      #expect(y >= 0 && abs(Double(y) - ElementaryFunctions.sigmoid(Double(x))) < 0x1p-125, "\(x) gave \(y)")
    }
  }

  @Test("The sigmoid is 1/2 at zero, within 0...1, and rises but for its rounding")
  func sigmoidShape() {
    let x = (-4000...4000).map { Float($0) / 64 }
    var y = [Float](repeating: -1, count: x.count)
    wl_sigmoid(portable, x.count, x, &y)
    #expect(y[4000] == 0.5)
    #expect(y.allSatisfy { 0 <= $0 && $0 <= 1 })
    // A step of 1/64 raises the sigmoid by more than its error wherever it is not 1 already.
    for (index, (a, b)) in zip(y, y.dropFirst()).enumerated() {
      #expect(a < b || (x[index] > 8 && a <= b), "\(x[index]): \(a) then \(b)")
    }
  }

  @Test("Every version of the soft-max has the portable one's bits", arguments: KernelVersion.available)
  func softmaxVersionsAgree(_ version: KernelVersion) {
    var source = RandomSource(seed: 113)
    for columns in 1...67 {
      let rows = source.below(5)
      let scale = Float(source.uniform(in: 0.001...3))
      let x = (0..<rows * columns).map { _ in Float(source.uniform(in: -40...40)) }
      var expected = [Float](repeating: 0, count: x.count) + sentinels
      wl_softmax(portable, rows, columns, scale, x, &expected)
      var p = [Float](repeating: 0, count: x.count) + sentinels
      wl_softmax(version.isa, rows, columns, scale, x, &p)
      #expect(p.bits == expected.bits, "seed 113, [\(rows), \(columns)], scale \(scale), x = \(x)")
    }
  }

  /// In units of 2^−24: 8 for the exponential and the quotient, one a column for the sum, and
  /// one and a half a unit of the largest argument, which is rounded twice before the exponential.
  @Test("Soft-max errs, relatively, by less than (8 + columns + 3/2·|largest argument|)·2^−24")
  func softmaxAccuracy() {
    var source = RandomSource(seed: 114)
    for draw in 0..<3000 {
      let columns = source.integer(in: 1...40)
      let scale = draw % 3 == 0 ? 1 : Float(source.uniform(in: 0.01...2))
      let reach = [0.1, 3, 20][source.below(3)]
      let x = (0..<columns).map { _ in Float(source.uniform(in: -reach...reach)) }
      var p = [Float](repeating: 0, count: columns)
      wl_softmax(portable, 1, columns, scale, x, &p)
      let arguments = x.map { Double(scale) * (Double($0) - Double(x.max()!)) }
      let powers = arguments.map(ElementaryFunctions.exp)
      let sum = powers.reduce(0, +)
      let bound = (8 + Double(columns) - 1.5 * arguments.min()!) * 0x1p-24
      for (p, power) in zip(p, powers) {
        let error = abs(Double(p) * sum / power - 1)
        #expect(error < bound, "seed 114, draw \(draw): \(error) of \(bound), x = \(x), scale \(scale)")
      }
      #expect(abs(p.reduce(0) { $0 + Double($1) } - 1) < (2 + Double(columns)) * 0x1p-24, "draw \(draw)")
    }
  }

  @Test(
    "The largest argument leads, however far below it the first one lies", arguments: KernelVersion.available)
  func softmaxOfDistantArguments(_ version: KernelVersion) {
    var p = [Float](repeating: 0, count: 4)
    wl_softmax(version.isa, 1, 4, 1, [-500, 0, 10, -90], &p)
    // e⁻¹⁰ / (1 + e⁻¹⁰) and 1 / (1 + e⁻¹⁰).
    #expect(abs(p[1] - 4.5397868e-5) < 1e-10 && abs(p[2] - 0.9999546) < 1e-6, "\(p)")
    #expect(p[0] < 1e-37 && p[3] < 1e-37, "\(p)")
  }

  @Test("Soft-max does not depend on a common addend, and equal arguments share equally")
  func softmaxInvariance() {
    var p = [Float](repeating: 0, count: 4)
    wl_softmax(portable, 1, 4, 1, [1024, 1025, 1023, 1026], &p)
    var q = p
    wl_softmax(portable, 1, 4, 1, [0, 1, -1, 2], &q)
    #expect(p.bits == q.bits)
    wl_softmax(portable, 2, 2, 0.5, [3, 3, -1e30, -1e30], &p)
    #expect(p == [0.5, 0.5, 0.5, 0.5])
  }
}
