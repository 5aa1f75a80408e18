/// A mean over independent draws with its interval of 95 % confidence by Student's t: mean ± t · s / √n.
public struct MeanInterval: Sendable, Hashable {
  /// The mean.
  public let mean: Double
  /// Half the width of the interval; nil for a single draw, which has none.
  public let halfWidth: Double?

  /// The interval of `draws`, summed in order.
  /// - Precondition: at least one draw.
  public init(_ draws: [Double]) {
    let statistics = Statistics(draws)
    mean = statistics.mean
    halfWidth =
      draws.count > 1 ? Self.quantile(degreesOfFreedom: draws.count - 1) * statistics.standardError : nil
  }

  /// The interval's ends, or nil for a single draw.
  public var range: ClosedRange<Double>? { halfWidth.map { mean - $0...mean + $0 } }

  /// The 97.5 % quantile of Student's t distribution. Between and beyond the tabulated degrees of freedom that of the next fewer, which is larger.
  package static func quantile(degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    if degreesOfFreedom <= quantiles.count { return quantiles[degreesOfFreedom - 1] }
    return degreesOfFreedom < 40
      ? 2.04227 : degreesOfFreedom < 60 ? 2.02108 : degreesOfFreedom < 120 ? 2.0003 : 1.97993
  }

  /// For 1, 2, … 30 degrees of freedom.
  private static let quantiles = [
    12.70620, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.30600, 2.26216, 2.22814, 2.20099,
    2.17881,
    2.16037, 2.14479, 2.13145, 2.11991, 2.10982, 2.10092, 2.09302, 2.08596, 2.07961, 2.07387, 2.06866,
    2.06390,
    2.05954, 2.05553, 2.05183, 2.04841, 2.04523, 2.04227,
  ]
}
