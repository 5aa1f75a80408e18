extension ElementaryFunctions {
  /// The sine of `x` radians, for every finite `x`. `sin(±0) = ±0`; NaN for infinities.
  public static func sin(_ x: Double) -> Double {
    if !x.isFinite { return .nan }
    // x − x³/6: the cubic term is below a quarter ulp.
    if x.magnitude < 0x1p-27 { return x }
    let angle = ReducedAngle(of: x.magnitude)
    let result = angle.quadrant % 2 == 0 ? sineNearZero(angle.rest) : cosineNearZero(angle.rest)
    return (angle.quadrant >= 2) == (x < 0) ? result : -result
  }

  /// The cosine of `x` radians, for every finite `x`. NaN for infinities.
  public static func cos(_ x: Double) -> Double {
    if !x.isFinite { return .nan }
    let angle = ReducedAngle(of: x.magnitude)
    let result = angle.quadrant % 2 == 0 ? cosineNearZero(angle.rest) : sineNearZero(angle.rest)
    return angle.quadrant == 1 || angle.quadrant == 2 ? -result : result
  }

  /// r − r³/3! + r⁵/5! − …, for |r| ≤ π/4.
  private static func sineNearZero(_ r: DoubleDouble) -> Double {
    let z = r.high * r.high
    var series = -1.0 / 121_645_100_408_832_000
    series = series * z + 1.0 / 355_687_428_096_000
    series = series * z - 1.0 / 1_307_674_368_000
    series = series * z + 1.0 / 6_227_020_800
    series = series * z - 1.0 / 39_916_800
    series = series * z + 1.0 / 362_880
    series = series * z - 1.0 / 5_040
    series = series * z + 1.0 / 120
    series = series * z - 1.0 / 6
    return r.high + (r.high * z * series + r.low * (1 - 0.5 * z))
  }

  /// 1 − r²/2! + r⁴/4! − …, for |r| ≤ π/4.
  private static func cosineNearZero(_ r: DoubleDouble) -> Double {
    let square = r * r
    let z = square.high
    var series = 1.0 / 2_432_902_008_176_640_000
    series = series * z - 1.0 / 6_402_373_705_728_000
    series = series * z + 1.0 / 20_922_789_888_000
    series = series * z - 1.0 / 87_178_291_200
    series = series * z + 1.0 / 479_001_600
    series = series * z - 1.0 / 3_628_800
    series = series * z + 1.0 / 40_320
    series = series * z - 1.0 / 720
    series = series * z + 1.0 / 24
    let leading = DoubleDouble(sumOfLarger: 1, andSmaller: -0.5 * z)
    return leading.high + (leading.low - 0.5 * square.low + z * z * series)
  }
}

/// An angle as `quadrant · π/2 + rest`, modulo 2π, with |rest| ≤ π/4 and the quadrant in `0...3`.
///
/// Payne and Hanek, "Radian reduction for trigonometric functions", SIGNUM Newsletter 18(1), 1983: of the
/// product with 2/π only the bits that survive modulo 4 are formed, so huge angles cost no more than small ones.
private struct ReducedAngle {
  let quadrant: Int
  let rest: DoubleDouble

  /// - Precondition: `x` is finite and not negative.
  init(of x: Double) {
    if x < 0.785 {
      quadrant = 0
      rest = DoubleDouble(x)
      return
    }
    // x = significand · 2^exponent. Bits of 2/π worth 2^(2−exponent) or more give multiples of 4: skip them and
    // take the next 192. The 137 bits or more below the point leave 2⁻⁷⁵ of the smallest rest a double can have.
    let significand = x.significandBitPattern | 1 << 52
    let exponent = Int(x.exponentBitPattern) - 1023 - 52
    let position = exponent - 2 + 64
    let window = (0..<3).map { Self.twoOverPi(at: position + 64 * $0) }
    let low = significand.multipliedFullWidth(by: window[2])
    let middle = significand.multipliedFullWidth(by: window[1])
    let middleSum = middle.low.addingReportingOverflow(low.high)
    let high = significand &* window[0] &+ middle.high &+ (middleSum.overflow ? 1 : 0)
    // The 192-bit product has 2 bits before the point.
    let fraction =
      UInt128(high << 2 | middleSum.partialValue >> 62) << 64
      | UInt128(middleSum.partialValue << 2 | low.low >> 62)
    let isAboveHalf = fraction >> 127 == 1
    quadrant = (Int(high >> 62) + (isAboveHalf ? 1 : 0)) % 4
    let size = isAboveHalf ? 0 &- fraction : fraction
    let sign: Double = isAboveHalf ? -1 : 1
    let shift = size.leadingZeroBitCount
    let aligned = size << UInt128(shift)
    let head = Double(UInt64(truncatingIfNeeded: aligned >> 75)) * 0x1p-53
    let tail = Double(UInt64(truncatingIfNeeded: aligned >> 11)) * 0x1p-117
    let scale = sign * Double.powerOfTwo(-shift)
    let halfPi = DoubleDouble(0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54)
    rest = DoubleDouble(scale * head, scale * tail) * halfPi
  }

  /// 64 bits of 2/π from `position` on, where position 64 is the bit worth 1/2 and earlier bits are 0.
  private static func twoOverPi(at position: Int) -> UInt64 {
    let (word, bit) = position.quotientAndRemainder(dividingBy: 64)
    let first = twoOverPi[word] << UInt64(bit)
    return bit == 0 ? first : first | twoOverPi[word + 1] >> UInt64(64 - bit)
  }

  /// A zero word, then the first 1280 bits of 2/π.
  private static let twoOverPi: [UInt64] = [
    0x0000_0000_0000_0000, 0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561, 0xb724_6e3a_424d_d2e0, 0x0649_2eea_09d1_921c, 0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484, 0xe99c_7026_b45f_7e41, 0x3991_d639_8353_39f4, 0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f, 0xef2f_118b_5a0a_6d1f, 0x6d36_7ecf_27cb_09b7, 0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b, 0x3d07_39f7_8a52_92ea, 0x6bfb_5fb1_1f8d_5d08, 0x5603_3046_fc7b_6bab,
    0xf0cf_bc20_9af4_361d,
  ]
}
