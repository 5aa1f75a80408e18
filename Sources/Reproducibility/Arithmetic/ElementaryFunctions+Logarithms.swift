extension ElementaryFunctions {
  /// The natural logarithm. `log(±0) = −∞`, `log(∞) = ∞`; NaN for negative arguments.
  public static func log(_ x: Double) -> Double {
    logarithmAtEdge(of: x) ?? logarithm(of: x).rounded
  }

  /// The logarithm to the base 10, exact at every power of ten a double holds. Edge cases as `log`.
  public static func log10(_ x: Double) -> Double {
    let reciprocalOfLog10 = DoubleDouble(0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57)
    return logarithmAtEdge(of: x) ?? (reciprocalOfLog10 * logarithm(of: x)).rounded
  }

  /// xʸ, with the edge cases of IEEE 754-2019 section 9.2.1 (`pow` of C): `pow(x, ±0) = 1` and
  /// `pow(1, y) = 1` even for NaN; a negative `x` needs an integral `y`, else NaN.
  public static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if x.isNaN || y.isNaN { return .nan }
    let size = x.magnitude
    if y.isInfinite {
      if size == 1 { return 1 }
      return (size > 1) == (y > 0) ? .infinity : 0
    }
    let parity = Parity(of: y)
    let sign: Double = x.sign == .minus && parity == .odd ? -1 : 1
    if size == 0 || size.isInfinite {
      return (size == 0) == (y > 0) ? sign * 0 : sign * .infinity
    }
    if x < 0 && parity == .notIntegral { return .nan }
    let logarithm = logarithm(of: size)
    let estimate = y * logarithm.high
    if estimate > 710 { return sign * .infinity }
    if estimate < -746 { return sign * 0 }
    return sign * ReducedExponential(of: y * logarithm).value
  }

  /// `log x` where it needs no arithmetic, `nil` for positive finite numbers.
  private static func logarithmAtEdge(of x: Double) -> Double? {
    if x.isNaN || x == .infinity { return x }
    if x == 0 { return -.infinity }
    return x < 0 ? .nan : nil
  }

  /// ln x to about 2⁻⁶⁴ of itself, for a positive finite `x`.
  private static func logarithm(of x: Double) -> DoubleDouble {
    let normal = x.isSubnormal ? x * 0x1p54 : x
    var exponent = Int(normal.exponentBitPattern) - 1023 - (x.isSubnormal ? 54 : 0)
    // x = 2^exponent · m with m in √½...√2.
    var m = Double(sign: .plus, exponentBitPattern: 1023, significandBitPattern: normal.significandBitPattern)
    if m > 1.4142135623730951 {
      m *= 0.5
      exponent += 1
    }
    // ln m = 2·artanh(s) = s·(2 + z·(2/3 + z·(2/5 + …))) with s = (m − 1)/(m + 1), z = s²; |s| < 0.1716.
    let s = DoubleDouble(m - 1) / DoubleDouble(sumOf: m, 1)
    let z = s * s
    var series = 2.0 / 27
    for divisor in stride(from: 25.0, through: 5, by: -2) { series = series * z.high + 2 / divisor }
    let cubic = DoubleDouble(sumOf: 0x1.5555555555555p-1, series * z.high)
    let bracket = DoubleDouble(cubic.high, cubic.low + (0x1.5555555555555p-55 + series * z.low))
    let mantissa = s * (2 + z * bracket)
    if exponent == 0 { return mantissa }
    // ln 2 = head (32 bits, so that k·head is exact) + tail.
    let k = Double(exponent)
    let sum = DoubleDouble(sumOf: k * 0x1.62e42feep-1, mantissa.high)
    return DoubleDouble(
      sumOfLarger: sum.high, andSmaller: sum.low + (mantissa.low + k * 0x1.a39ef35793c76p-33))
  }
}

/// Whether a finite double is an even integer, an odd one, or none.
private enum Parity {
  case even, odd, notIntegral

  init(of y: Double) {
    let size = y.magnitude
    // From 2⁵³ up every double is an even integer.
    if size >= 0x1p53 {
      self = .even
      return
    }
    let integer = Int(size)
    self = Double(integer) != size ? .notIntegral : integer % 2 == 0 ? .even : .odd
  }
}
