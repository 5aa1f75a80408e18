import CKernels
import Reproducibility
import Testing

/// A batch `[rows, channels]` whose rows stand further apart, as a slice of the channels does.
private struct NormalizationCase: CustomStringConvertible {
  let rows, channels, row: Int
  let x, dy, gamma, beta: [Float]
  let epsilon: Float = 1e-5
  var description: String { "[\(rows), \(channels)], rows \(row) apart" }

  init(_ source: inout RandomSource) {
    rows = source.integer(in: 1...40)
    channels = source.integer(in: 1...150)
    row = channels + source.below(3)
    let count = (rows - 1) * row + channels
    // Means far from zero, where a variance from the sum of squares would cancel.
    let center = source.uniform(in: -100...100)
    x = (0..<count).map { _ in Float(center + source.normal()) }
    dy = (0..<count).map { _ in Float(source.normal()) }
    gamma = (0..<channels).map { _ in Float(source.normal()) }
    beta = (0..<channels).map { _ in Float(source.normal()) }
  }

  func column(_ matrix: [Float], _ c: Int) -> [Float] { (0..<rows).map { matrix[$0 * row + c] } }
}

@Suite("Batch normalization kernels")
struct NormalizationKernelTests {
  @Test(
    "Moments, output and gradients are the documented formulas, bit for bit, and leave the other channels alone",
    arguments: KernelVersion.available)
  func equalsFormulas(_ version: KernelVersion) {
    var source = RandomSource(seed: 341)
    for draw in 0..<60 {
      let drawn = NormalizationCase(&source)
      let (rows, channels, row) = (drawn.rows, drawn.channels, drawn.row)
      let (x, slopes) = (GuardedBuffer(drawn.x), GuardedBuffer(drawn.dy))
      func fresh() -> GuardedBuffer<Float> { GuardedBuffer([Float](repeating: .nan, count: channels)) }
      let (mean, variance, inverse, dgamma, dbeta) = (fresh(), fresh(), fresh(), fresh(), fresh())
      let (y, dx) = (GuardedBuffer(drawn.x), GuardedBuffer(drawn.dy))
      withExtendedLifetime((x, slopes, mean, variance, inverse, dgamma, dbeta, y, dx)) {
        wl_channel_moments(version.isa, rows, channels, x.base, row, mean.base, variance.base)
        wl_inverse_deviation(version.isa, channels, drawn.epsilon, variance.base, inverse.base)
        wl_normalize(
          version.isa, rows, channels, x.base, row, mean.base, inverse.base, drawn.gamma, drawn.beta, y.base)
        wl_normalize_gradient_sums(
          version.isa, rows, channels, x.base, row, mean.base, inverse.base, slopes.base, dgamma.base,
          dbeta.base)
        // In place: dx holds dy.
        wl_normalize_gradient(
          version.isa, rows, channels, x.base, row, mean.base, inverse.base, drawn.gamma, dgamma.base,
          dbeta.base, rows, dx.base, dx.base)
      }
      var (expectedY, expectedDX) = (drawn.x, drawn.dy)
      for c in 0..<channels {
        let column = drawn.column(drawn.x, c)
        let slope = drawn.column(drawn.dy, c)
        let center = column.reduce(0.0) { $0 + Double($1) } / Double(rows)
        let squares = column.reduce(0.0) { $0.addingProduct(Double($1) - center, Double($1) - center) }
        let m = Float(center)
        let v = Float(squares / Double(rows))
        let inverted = 1 / (v + drawn.epsilon).squareRoot()
        let normal = column.map { ($0 - m) * inverted }
        let sum = Float(slope.reduce(0.0) { $0 + Double($1) })
        let product = Float(zip(slope, normal).reduce(0.0) { $0.addingProduct(Double($1.0), Double($1.1)) })
        #expect(
          [mean.base[c], variance.base[c], inverse.base[c], dgamma.base[c], dbeta.base[c]].bits
            == [m, v, inverted, product, sum].bits, "seed 341, draw \(draw), channel \(c): \(drawn)")
        for i in 0..<rows {
          expectedY[i * row + c] = drawn.beta[c].addingProduct(drawn.gamma[c], normal[i])
          let rest = (slope[i] - sum / Float(rows)).addingProduct(-normal[i], product / Float(rows))
          expectedDX[i * row + c] = drawn.gamma[c] * inverted * rest
        }
      }
      #expect(y.elements.bits == expectedY.bits, "seed 341, draw \(draw): \(drawn)")
      #expect(dx.elements.bits == expectedDX.bits, "seed 341, draw \(draw), gradient: \(drawn)")
    }
  }

  /// In double, by moving one element: the gradient of Σ dy·y with respect to x, moments included.
  @Test("The input's gradient is the slope of the whole normalization")
  func gradientIsSlope() {
    var source = RandomSource(seed: 342)
    let rows = 12
    let x = (0..<rows).map { _ in Float(source.normal()) }
    let dy = (0..<rows).map { _ in Float(source.normal()) }
    let (gamma, epsilon): (Float, Float) = (1.5, 1e-3)
    func loss(_ x: [Double]) -> Double {
      let mean = x.reduce(0, +) / Double(rows)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
      return zip(x, dy).reduce(0) {
        $0 + Double($1.1) * Double(gamma) * ($1.0 - mean) / (variance + Double(epsilon)).squareRoot()
      }
    }
    var (mean, variance, inverse, dgamma, dbeta) = (Float(), Float(), Float(), Float(), Float())
    var dx = dy
    wl_channel_moments(WL_ISA_PORTABLE, rows, 1, x, 1, &mean, &variance)
    wl_inverse_deviation(WL_ISA_PORTABLE, 1, epsilon, &variance, &inverse)
    wl_normalize_gradient_sums(WL_ISA_PORTABLE, rows, 1, x, 1, &mean, &inverse, dy, &dgamma, &dbeta)
    wl_normalize_gradient(
      WL_ISA_PORTABLE, rows, 1, x, 1, &mean, &inverse, [gamma], &dgamma, &dbeta, rows, dy, &dx)
    for i in 0..<rows {
      var (up, down) = (x.map(Double.init), x.map(Double.init))
      up[i] += 1e-5
      down[i] -= 1e-5
      let slope = (loss(up) - loss(down)) / 2e-5
      #expect(abs(Double(dx[i]) - slope) < 1e-4, "seed 342, element \(i): \(dx[i]), not \(slope)")
    }
  }
}
