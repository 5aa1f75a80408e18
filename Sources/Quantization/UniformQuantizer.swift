/// The papers' uniform quantiser with M levels (M odd): `q(x) = sgn(x) · min(⌊|x|/Δ + 1/2⌋, (M − 1)/2)`,
/// value `q · Δ`. Ties go away from zero. A word length of b bits has M = 2^b − 1 levels; 2 bits are ternary.
///
/// Sung, Shin and Hwang 2015, equation (1).
public struct UniformQuantizer: Sendable, Hashable {
  /// Δ, the distance between levels, positive.
  public let step: Float
  /// (M − 1)/2, the largest level.
  public let limit: Int

  /// A quantiser of `2 · limit + 1` levels.
  /// - Precondition: both are positive, `step` finite.
  public init(step: Float, limit: Int) {
    precondition(step > 0 && step.isFinite && limit > 0, "step \(step), limit \(limit)")
    self.step = step
    self.limit = limit
  }

  /// The largest level of a signed word of `bits` bits with M = 2^b − 1 levels: 1, 3, 7, … for 2, 3, 4, …
  public static func limit(wordLength bits: Int) -> Int { (1 << (bits - 1)) - 1 }

  /// The level of `x`. The quotient is formed in double: two floats' quotient that is not a tie lies at least
  /// 2^−25 from one (both have 24 significant bits), far more than double's rounding can move it.
  public func level(of x: Float) -> Int {
    let level = min((Double(abs(x)) / Double(step) + 0.5).rounded(.down), Double(limit))
    return x < 0 ? -Int(level) : Int(level)
  }

  /// `q(x) · Δ`.
  public func value(of x: Float) -> Float { Float(level(of: x)) * step }

  /// Σ (x − Δ·q(x))², summed in order in double.
  public func squaredError(over values: [Float]) -> Double {
    values.reduce(0) { sum, x in
      let difference = Double(x) - Double(step) * Double(level(of: x))
      return sum + difference * difference
    }
  }
}
