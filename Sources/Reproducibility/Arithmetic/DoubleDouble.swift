/// An unevaluated sum `high + low` of two doubles, carrying about 106 bits.
///
/// The operations are Dekker's and Knuth's error-free transformations (Dekker, "A floating-point technique for
/// extending the available precision", Numerische Mathematik 18, 1971); `fma` gives a product's exact error.
struct DoubleDouble {
  var high: Double
  var low: Double

  init(_ high: Double, _ low: Double = 0) {
    self.high = high
    self.low = low
  }

  /// `a + b` without error.
  init(sumOf a: Double, _ b: Double) {
    high = a + b
    let shadow = high - a
    low = (a - (high - shadow)) + (b - shadow)
  }

  /// `a + b` without error, where |a| ≥ |b| or a = 0.
  init(sumOfLarger a: Double, andSmaller b: Double) {
    high = a + b
    low = b - (high - a)
  }

  /// `a · b` without error, short of underflow.
  init(productOf a: Double, _ b: Double) {
    high = a * b
    low = (-high).addingProduct(a, b)
  }

  /// The nearest double. Its error is half a unit in the last place beyond that of the pair itself.
  var rounded: Double { high + low }

  static func + (left: Double, right: DoubleDouble) -> DoubleDouble {
    let sum = DoubleDouble(sumOf: left, right.high)
    return DoubleDouble(sumOfLarger: sum.high, andSmaller: sum.low + right.low)
  }

  static func * (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let product = DoubleDouble(productOf: left.high, right.high)
    let cross = left.high * right.low + left.low * right.high
    return DoubleDouble(sumOfLarger: product.high, andSmaller: product.low + cross)
  }

  static func * (left: Double, right: DoubleDouble) -> DoubleDouble { DoubleDouble(left) * right }

  /// The quotient: the quotient of the high parts and one correction by its exact remainder.
  static func / (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let quotient = left.high / right.high
    let remainder = left.high.addingProduct(-quotient, right.high) + (left.low - quotient * right.low)
    return DoubleDouble(sumOfLarger: quotient, andSmaller: remainder / right.high)
  }
}

extension Double {
  /// 2^exponent.
  /// - Precondition: `exponent` is in `-1022...1023`.
  static func powerOfTwo(_ exponent: Int) -> Double {
    precondition((-1022...1023).contains(exponent), "2^\(exponent) is not a normal double")
    return Double(bitPattern: UInt64(exponent + 1023) << 52)
  }

  /// `self · 2^exponent`, rounded once (to nearest, ties to even), for a `self` near 1 and any
  /// exponent in `-1080...1030`.
  func scaledByPowerOfTwo(_ exponent: Int) -> Double {
    if exponent < -1000 { return self * .powerOfTwo(-1000) * .powerOfTwo(exponent + 1000) }
    if exponent > 1000 { return self * .powerOfTwo(1000) * .powerOfTwo(exponent - 1000) }
    return self * .powerOfTwo(exponent)
  }
}
