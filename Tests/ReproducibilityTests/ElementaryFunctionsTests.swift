import Foundation
import Reproducibility
import Testing

/// One function under test: ours, the 80-bit oracle's, and a law to draw arguments by.
struct MeasuredFunction: Sendable, CustomTestStringConvertible {
  let name: String
  let ours: @Sendable (Double) -> Double
  /// Ranges of arguments; a fifth of the draws of each is spread evenly over the exponents.
  let ranges: [ClosedRange<Double>]
  var testDescription: String { name }

  static let all: [MeasuredFunction] = [
    .init(name: "exp", ours: ElementaryFunctions.exp, ranges: [-708...709.78, -1...1]),
    .init(name: "log", ours: ElementaryFunctions.log, ranges: [1e-300...1e300, 0.5...2, 0.999...1.001]),
    .init(name: "log10", ours: ElementaryFunctions.log10, ranges: [1e-300...1e300, 0.5...2, 0.999...1.001]),
    .init(name: "tanh", ours: ElementaryFunctions.tanh, ranges: [-20...20, -1...1, -0.2...0.2]),
    .init(name: "sigmoid", ours: ElementaryFunctions.sigmoid, ranges: [-700...40, -8...8]),
    .init(name: "sin", ours: ElementaryFunctions.sin, ranges: [-4...4, -1000...1000, -1e300...1e300]),
    .init(name: "cos", ours: ElementaryFunctions.cos, ranges: [-4...4, -1000...1000, -1e300...1e300]),
  ]
}

@Suite("Elementary functions")
struct ElementaryFunctionsTests {
  #if arch(x86_64)
    /// The C library's 80-bit functions: 11 bits more than a double. Ours share no code with them.
    private func oracle(_ name: String, _ x: Double) -> Float80 {
      let x = Float80(x)
      switch name {
      case "exp": return Foundation.exp(x)
      case "log": return Foundation.log(x)
      case "log10": return Foundation.log10(x)
      case "tanh": return Foundation.tanh(x)
      case "sigmoid":
        // For very negative x, 1 + e⁻ˣ keeps all bits that count.
        return 1 / (1 + Foundation.exp(-x))
      case "sin": return Foundation.sin(x)
      default: return Foundation.cos(x)
      }
    }

    @Test(
      "Every function errs by less than the stated units in the last place", arguments: MeasuredFunction.all)
    func accuracy(_ function: MeasuredFunction) {
      var source = RandomSource(seed: 17).split(function.name)
      var worst = 0.0
      var worstArgument = 0.0
      for range in function.ranges {
        for draw in 0..<200_000 {
          var x = source.uniform(in: range)
          if draw % 5 == 0 {
            x = Double(
              sign: x.sign, exponentBitPattern: UInt(Double(x.exponentBitPattern) * source.uniform()),
              significandBitPattern: x.significandBitPattern)
            if !range.contains(x) || x.isSubnormal { continue }
          }
          let exact = oracle(function.name, x)
          let nearest = Double(exact)
          if nearest.isSubnormal || nearest == 0 { continue }
          let error = Double((Float80(function.ours(x)) - exact).magnitude / Float80(nearest.ulp))
          if error > worst { (worst, worstArgument) = (error, x) }
        }
      }
      print("\(function.name): worst error \(worst) ulp at \(worstArgument)")
      #expect(worst < 0.85, "\(function.name)(\(worstArgument)), seed 17")
      #expect(worst >= 0.49, "an error below half a unit means that the oracle judged itself")
    }

    @Test("sin and cos keep their accuracy beside their zeros, however large the angle")
    func besideZeros() {
      var source = RandomSource(seed: 18)
      for _ in 0..<100_000 {
        let turns = Double(source.below(1 << source.below(53)) + 1)
        let x = turns * (Double.pi / 2)
        for (ours, exact) in [
          (ElementaryFunctions.sin(x), Foundation.sin(Float80(x))),
          (ElementaryFunctions.cos(x), Foundation.cos(Float80(x))),
        ] {
          #expect((Float80(ours) - exact).magnitude <= 0.85 * Float80(Double(exact).ulp), "\(x), seed 18")
        }
      }
    }

    @Test("pow errs by less than the stated units in the last place")
    func powAccuracy() {
      var source = RandomSource(seed: 19)
      var worst = 0.0
      var worstArguments = (0.0, 0.0)
      for draw in 0..<600_000 {
        let x: Double
        if draw % 3 == 0 {
          x = source.uniform(in: 0.9...1.1)
        } else if draw % 3 == 1 {
          x = source.uniform(in: 0...100)
        } else {
          x = Foundation.exp(source.uniform(in: -700...700))
        }
        // An exponent that keeps the result normal.
        let y = source.uniform(in: -700...700) / Foundation.log(x)

        let exact = Foundation.pow(Float80(x), Float80(y))
        if !Double(exact).isNormal { continue }
        let error = Double(
          (Float80(ElementaryFunctions.pow(x, y)) - exact).magnitude / Float80(Double(exact).ulp))
        if error > worst { (worst, worstArguments) = (error, (x, y)) }
      }
      print("pow: worst error \(worst) ulp at \(worstArguments)")
      #expect(worst < 0.85, "pow\(worstArguments), seed 19")
      #expect(worst >= 0.49)
    }

    @Test("Results below the normal range err by at most one unit of the smallest double")
    func subnormalResults() {
      var source = RandomSource(seed: 23)
      for _ in 0..<100_000 {
        let x = source.uniform(in: -746...(-708))
        let exact = Foundation.exp(Float80(x))
        #expect((Float80(ElementaryFunctions.exp(x)) - exact).magnitude <= 0x1p-1074, "exp(\(x))")
        #expect((Float80(ElementaryFunctions.sigmoid(x)) - exact).magnitude <= 0x1p-1074, "sigmoid(\(x))")
      }
    }
  #endif

  @Test("Known bits on every machine")
  func knownBits() {
    // Computed with 300-bit arithmetic and rounded to nearest; each is far enough from a tie to be exact.
    for (value, expected) in Self.knownValues() { #expect(value == expected) }
  }

  private static func knownValues() -> [(Double, Double)] {
    typealias F = ElementaryFunctions
    return [
      (F.exp(1.0), 0x1.5bf0a8b145769p+1),
      (F.exp(-1.0), 0x1.78b56362cef38p-2),
      (F.exp(0.1), 0x1.1aec7b35a00d4p+0),
      (F.exp(700.25), 0x1.2fd8e4cbfa413p+1010),
      (F.exp(-740.5), Double(bitPattern: 0x33)),
      (F.exp(1e-09), 0x1.000000044b830p+0),
      (F.log(2.0), 0x1.62e42fefa39efp-1),
      (F.log(0.1), -0x1.26bb1bbb55515p+1),
      (F.log(1.5 * 0x1p-1022 * 0x1p-38), -0x1.6f2a4f5736e06p+9),
      (F.log(1.0000001), 0x1.ad7f2847b6492p-24),
      (F.log(1e+300), 0x1.5963447f87fb5p+9),
      (F.log10(2.0), 0x1.34413509f79ffp-2),
      (F.log10(0.3), -0x1.0bb6c34d81502p-1),
      (F.log10(1.5 * 0x1p-1022 * 0x1p-38), -0x1.3eea6b963a932p+8),
      (F.log10(1.0000001), 0x1.750e5ca0b1098p-25),
      (F.tanh(0.1), 0x1.983d7795f413ap-4),
      (F.tanh(0.5), 0x1.d9353d7568af3p-2),
      (F.tanh(-1.25), -0x1.b2523bb6b2deep-1),
      (F.tanh(7.5), 0x1.ffffeb78a3c73p-1),
      (F.tanh(1e-05), 0x1.4f8b588e06854p-17),
      (F.sigmoid(0.1), 0x1.0cca12729afb8p-1),
      (F.sigmoid(-3.5), 0x1.e040681ccad94p-6),
      (F.sigmoid(12.75), 0x1.ffff9e9d54732p-1),
      (F.sigmoid(-700.0), 0x1.14f2b0fb9307fp-1010),
      (F.sigmoid(-745.0), Double(bitPattern: 1)),
      (F.sin(1.0), 0x1.aed548f090ceep-1),
      (F.sin(3.141592653589793), 0x1.1a62633145c07p-53),
      (F.sin(1e+22), -0x1.b453ab76bf397p-1),
      (F.sin(1.7976931348623157e+308), 0x1.452fc98b34e97p-8),
      (F.sin(-100.5), 0x1.fb3f833470ff1p-6),
      (F.sin(0x1.6ac5b262ca1ffp+849), 0x1p+0),
      (F.cos(1.0), 0x1.14a280fb5068cp-1),
      (F.cos(1.5707963267948966), 0x1.1a62633145c07p-54),
      (F.cos(1e+22), 0x1.0be2cef01c8f4p-1),
      (F.cos(1.7976931348623157e+308), -0x1.fffe62ecfab75p-1),
      (F.cos(-100.5), 0x1.ffc12adaecec2p-1),
      (F.cos(0x1.6ac5b262ca1ffp+849), -0x1.14ae72e6ba22fp-61),
      (F.pow(1.5, 2.5), 0x1.60b9fd68a4554p+1),
      (F.pow(10.0, -3.25), 0x1.26d42cce9b24cp-11),
      (F.pow(0.3, 200.5), 0x1.ab17323a9be53p-349),
      (F.pow(1.0000001, 1000000000.0), 0x1.349445c228792p+144),
      (F.pow(3.0, 40.0), 0x1.517168a4523fdp+63),
    ]
  }

  @Test("Edge cases follow IEEE 754")
  func edgeCases() {
    typealias F = ElementaryFunctions
    let infinity = Double.infinity
    #expect(F.exp(0) == 1 && F.exp(-infinity) == 0 && F.exp(infinity) == infinity)
    #expect(F.exp(709.79) == infinity && F.exp(709.78).isFinite && F.exp(-745.2) == 0 && F.exp(-745.1) > 0)
    #expect(F.log(0) == -infinity && F.log(-0.0) == -infinity && F.log(infinity) == infinity && F.log(1) == 0)
    #expect(F.log(-1).isNaN && F.log10(-1).isNaN && F.log(-infinity).isNaN)
    let least = Double.leastNonzeroMagnitude
    #expect(F.log(least) == -744.4400719213812)
    #expect(F.tanh(infinity) == 1 && F.tanh(-infinity) == -1 && F.tanh(-0.0).sign == .minus)
    #expect(F.tanh(least) == least && F.sin(least) == least && F.sin(-0.0).sign == .minus)
    #expect(F.sigmoid(0) == 0.5 && F.sigmoid(infinity) == 1 && F.sigmoid(-infinity) == 0)
    #expect(F.sin(infinity).isNaN && F.cos(-infinity).isNaN && F.cos(0) == 1)
    for function in MeasuredFunction.all { #expect(function.ours(.nan).isNaN, "\(function.name)") }
    for exponent in 0...22 { #expect(F.log10(F.pow(10, Double(exponent))) == Double(exponent)) }
  }

  @Test("pow takes the edge cases of the C standard")
  func powEdgeCases() {
    let values: [Double] = [
      0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, .infinity, -.infinity, .nan, 0x1p53, 0x1p53 + 2, -0x1p60,
      .leastNonzeroMagnitude, 1e308, -1e308,
    ]
    for x in values {
      for y in values {
        let ours = ElementaryFunctions.pow(x, y)
        let expected = Foundation.pow(x, y)
        if expected.isNaN {
          #expect(ours.isNaN, "pow(\(x), \(y))")
        } else {
          let isNear = ours == expected || (ours - expected).magnitude <= expected.ulp
          #expect(isNear && ours.sign == expected.sign, "pow(\(x), \(y))")
        }
      }
    }
    for exponent in -1074...1023 {
      #expect(
        ElementaryFunctions.pow(2, Double(exponent))
          == Double(sign: .plus, exponent: exponent, significand: 1))
    }
  }

  @Test("tanh, sigmoid, exp and log never fall where they rise")
  func monotonic() {
    typealias F = ElementaryFunctions
    var source = RandomSource(seed: 29)
    for _ in 0..<50_000 {
      let x = source.uniform(in: -30...30)
      let above = x.nextUp
      #expect(F.tanh(x) <= F.tanh(above) && F.sigmoid(x) <= F.sigmoid(above) && F.exp(x) <= F.exp(above))
      #expect(F.log(x.magnitude) <= F.log(x.magnitude.nextUp), "\(x)")
      #expect(F.tanh(-x) == -F.tanh(x) && F.sin(-x) == -F.sin(x) && F.cos(-x) == F.cos(x))
    }
  }
}
