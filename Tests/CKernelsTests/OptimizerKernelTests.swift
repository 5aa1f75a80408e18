import CKernels
import Reproducibility
import Testing

/// What an optimizer keeps of one weight.
private struct WeightState: Equatable {
  var w: Float
  var first: Float
  var second: Float
  var bits: [UInt32] { [w, first, second].bits }
}

private struct Rates {
  var rate: Float
  var keep: Float
  var keep2: Float
  var decay: Float
}

/// An optimizer's kernel with its formula for one weight, in Swift's own operations.
private struct Optimizer: Sendable, CustomTestStringConvertible {
  let name: String
  let run: @Sendable (wl_isa, Rates, [Float], inout [Float], inout [Float], inout [Float]) -> Void
  let formula: @Sendable (Rates, _ slope: Float, inout WeightState) -> Void
  var testDescription: String { name }

  static let epsilon: Float = 1e-6
  static let all: [Optimizer] = [
    .init(
      name: "momentum",
      run: { isa, rates, g, w, first, _ in
        wl_momentum_step(isa, g.count, rates.rate, rates.keep, rates.decay, g, &first, &w)
      },
      formula: { rates, slope, state in
        state.first = (rates.keep * state.first).addingProduct(-rates.rate, slope)
        state.w += state.first
      }),
    .init(
      name: "RMSProp",
      run: { isa, rates, g, w, first, _ in
        wl_rmsprop_step(isa, g.count, rates.rate, rates.keep, epsilon, rates.decay, g, &first, &w)
      },
      formula: { rates, slope, state in
        state.first = ((1 - rates.keep) * (slope * slope)).addingProduct(rates.keep, state.first)
        state.w = state.w.addingProduct(-rates.rate, slope / (state.first.squareRoot() + epsilon))
      }),
    .init(
      name: "AdaDelta",
      run: { wl_adadelta_step($0, $2.count, $1.rate, $1.keep, epsilon, $1.decay, $2, &$4, &$5, &$3) },
      formula: { rates, slope, state in
        state.first = ((1 - rates.keep) * (slope * slope)).addingProduct(rates.keep, state.first)
        let step =
          (state.second + epsilon).squareRoot() / (state.first + epsilon).squareRoot() * slope
        state.second = ((1 - rates.keep) * (step * step)).addingProduct(rates.keep, state.second)
        state.w = state.w.addingProduct(-rates.rate, step)
      }),
    .init(
      name: "Adam",
      run: {
        wl_adam_step(
          $0, $2.count, $1.rate, $1.keep, $1.keep2, epsilon, 1 - $1.keep, 1 - $1.keep2, $1.decay, $2, &$4,
          &$5, &$3)
      },
      formula: { rates, slope, state in
        state.first = ((1 - rates.keep) * slope).addingProduct(rates.keep, state.first)
        state.second = ((1 - rates.keep2) * (slope * slope)).addingProduct(rates.keep2, state.second)
        let size = (state.second / (1 - rates.keep2)).squareRoot() + epsilon
        state.w = state.w.addingProduct(-rates.rate, state.first / (1 - rates.keep) / size)
      }),
  ]
}

@Suite("Optimizer kernels")
struct OptimizerKernelTests {
  @Test(
    "Every step is its formula, each operation rounded once, for every length",
    arguments: Optimizer.all, KernelVersion.available)
  private func equalsFormula(_ optimizer: Optimizer, _ version: KernelVersion) {
    var source = RandomSource(seed: 351).split(optimizer.name)
    for count in 0...67 {
      let rates = Rates(
        rate: Float(source.uniform()), keep: Float(source.uniform(in: 0.5...0.999)),
        keep2: Float(source.uniform(in: 0.9...0.999)), decay: count % 3 == 0 ? 0 : Float(source.uniform())
      )
      let g = (0..<count).map { _ in Float(source.normal()) }
      let before = (0..<count).map { _ in
        // The second moments are sums of squares.
        WeightState(
          w: Float(source.normal()), first: Float(abs(source.normal())), second: Float(abs(source.normal())))
      }
      var w = before.map(\.w) + sentinels
      var first = before.map(\.first) + sentinels
      var second = before.map(\.second) + sentinels
      optimizer.run(version.isa, rates, g, &w, &first, &second)
      for i in 0..<count {
        var state = before[i]
        optimizer.formula(rates, g[i].addingProduct(rates.decay, state.w), &state)
        #expect(
          [w[i], first[i], second[i]].bits == state.bits, "seed 351, element \(i) of \(count), \(rates)")
      }
      #expect(Array(w[count...]) == sentinels && Array(first[count...]) == sentinels)
      #expect(Array(second[count...]) == sentinels)
    }
  }

  /// From zero moments the textbooks' first steps follow by hand: v = −rate·g; rate·sign / √(1 − keep);
  /// √(ε / ((1 − keep)·g² + ε))·g; rate·sign.
  @Test("The first step from rest has the textbooks' size and goes downhill", arguments: [2, -3] as [Float])
  func firstStep(_ g: Float) {
    func step(_ index: Int) -> Float {
      var (w, first, second): ([Float], [Float], [Float]) = ([0], [0], [0])
      Optimizer.all[index].run(
        WL_ISA_PORTABLE, Rates(rate: 0.1, keep: 0.9, keep2: 0.99, decay: 0), [g], &w, &first, &second)
      return w[0]
    }
    let sign: Float = g > 0 ? 1 : -1
    #expect(abs(step(0) + 0.1 * g) < 1e-6)
    #expect(abs(step(1) + sign * 0.1 / Float(0.1).squareRoot()) < 1e-5)
    #expect(abs(step(2) + 0.1 * sign * Float(1e-6 / 0.1).squareRoot()) < 1e-6)
    #expect(abs(step(3) + sign * 0.1) < 1e-6)
  }

  @Test("Momentum's two sums also stand in double, so that the order of its rounding hides no wrong sign")
  func momentumInDouble() {
    var source = RandomSource(seed: 352)
    for draw in 0..<1000 {
      let values = (0..<6).map { _ in Float(source.normal()) }
      var (v, w) = ([values[1]], [values[2]])
      wl_momentum_step(WL_ISA_PORTABLE, 1, values[3], values[4], values[5], [values[0]], &v, &w)
      let d = values.map(Double.init)
      let exact = d[4] * d[1] - d[3] * (d[0] + d[5] * d[2])
      let bound = 0x1p-20 * (1 + abs(exact))
      #expect(abs(Double(v[0]) - exact) <= bound, "seed 352, draw \(draw): \(values)")
      #expect(abs(Double(w[0]) - (d[2] + exact)) <= bound + 0x1p-20, "seed 352, draw \(draw): \(values)")
    }
  }
}
