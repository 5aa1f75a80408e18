import Reproducibility

/// The map from an axis's values to lengths along it: `low` is at 0 and `high` at 1.
package struct AxisScale: Hashable, Sendable {
  /// The value at the axis's start.
  package let low: Double
  /// The value at the axis's end, above `low`.
  package let high: Double
  /// How values spread between them.
  package let spread: ChartAxis.Spread

  /// The scale of `axis` for `values`, all of which `axis` accepts: they, and the axis's own values, lie inside it
  /// with a margin of `margin` of the axis at either end.
  ///
  /// A margin never carries a linear axis from values of one sign past 0, so that an axis from 0 starts at 0.
  /// Equal values get an axis around them; without any value the axis is one unit or one decade long.
  package init(_ axis: ChartAxis, values: [Double], margin: Double = 0.05) {
    spread = axis.spread
    let all = (values + axis.including).filter(axis.accepts)
    let least = all.min()
    let most = all.max()
    switch axis.spread {
    case .linear:
      let (least, most) = (least ?? 0, most ?? 1)
      var span = most - least
      // Below this the values are equal as far as tick labels could tell them apart.
      if span <= 1e-9 * max(least.magnitude, most.magnitude) {
        span = max(least.magnitude, most.magnitude)
        if span == 0 { span = 1 }
        low = least == 0 ? 0 : least - span / 4
        high = most + span / 4
        return
      }
      let length = span / (1 - 2 * margin)
      low = least >= 0 && least - margin * length < 0 ? 0 : least - margin * length
      // Nor past the whole, which no share exceeds.
      let whole = axis.quantity == .fraction && most <= 1 ? 1 : Double.infinity
      high = most <= 0 && most + margin * length > 0 ? 0 : min(whole, most + margin * length)
    case .logarithmic:
      let (start, end) = axis.quantity == .memoryBits ? (8192.0, 65536.0) : (1, 10)
      let (least, most) = (least ?? start, most ?? end)
      if most / least <= 1 + 1e-9 {
        low = least / 2
        high = most * 2
        return
      }
      // The margin of a tiny range would vanish in rounding, and with it the distance between low and high.
      let ratio = ElementaryFunctions.pow(most / least, margin / (1 - 2 * margin))
      low = least / ratio
      high = most * ratio
    }
  }

  /// The place of `value`, clamped to `0...1`.
  package func position(_ value: Double) -> Double {
    let fraction: Double
    switch spread {
    case .linear:
      // Halves, so that the difference of two numbers of 10^100 stays finite with room to spare.
      fraction = (value / 2 - low / 2) / (high / 2 - low / 2)
    case .logarithmic:
      fraction = value <= low ? 0 : ElementaryFunctions.log(value / low) / ElementaryFunctions.log(high / low)
    }
    return min(1, max(0, fraction))
  }
}
