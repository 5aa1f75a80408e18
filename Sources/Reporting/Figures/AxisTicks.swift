import Foundation

/// A labelled place on an axis.
package struct AxisTick: Hashable, Sendable {
  /// The value in the axis's own terms.
  package let value: Double
  /// The text beside it.
  package let label: String
}

/// Round places for the ticks of an axis.
package enum AxisTicks {
  /// Sets of ticks from dense to sparse. In each, values rise strictly, lie inside the scale and have distinct labels.
  ///
  /// Never empty, but a set may hold a single tick where the scale is narrow. Linear axes step by 1, 2 or 5 times a power
  /// of ten, memory by a power of two; logarithmic ones use 1...9, 1-2-5 or 1 in each decade, or each power
  /// of two, and thin out from there; one that spans less than a factor of 4 steps linearly.
  package static func candidates(_ axis: ChartAxis, scale: AxisScale) -> [[AxisTick]] {
    let percent = axis.quantity == .fraction
    let isWide = scale.spread == .logarithmic && scale.high / scale.low >= 4
    let sets: [[AxisTick]]
    switch (axis.quantity, isWide) {
    case (.number, false), (.fraction, false): sets = decimalSteps(scale, percent: percent)
    case (.number, true), (.fraction, true): sets = decades(scale, percent: percent)
    case (.memoryBits, false): sets = memorySteps(scale)
    case (.memoryBits, true): sets = powersOfTwo(scale)
    }
    let distinct = sets.filter { !$0.isEmpty && Set($0.map(\.label)).count == $0.count }
    return distinct.isEmpty ? [[middle(scale, axis: axis)]] : distinct
  }

  /// The most ticks a set may have.
  static let limit = 24

  private static func decimalSteps(_ scale: AxisScale, percent: Bool) -> [[AxisTick]] {
    let factor = percent ? 100.0 : 1
    let (low, high) = (scale.low * factor, scale.high * factor)
    let span = high - low
    var exponent = exponentOfTen(notAbove: span) - 2
    var sets: [[AxisTick]] = []
    // From 1/100 of the span up to the span itself.
    while sets.isEmpty || exponent <= exponentOfTen(notAbove: span) {
      for digit in [1, 2, 5] {
        let step = scaled(digit, exponent: exponent)
        guard span / step <= Double(limit) else { continue }
        var ticks: [AxisTick] = []
        var count = (low / step).rounded(.up)
        while count * step <= high * (1 + 1e-12), let whole = Int(exactly: count) {
          let value = scaled(whole * digit, exponent: exponent) / factor
          if value >= scale.low && value <= scale.high {
            ticks.append(
              AxisTick(
                value: value,
                label: label(whole * digit, exponent: exponent, largest: max(low.magnitude, high.magnitude))))
          }
          count += 1
        }
        sets.append(ticks)
      }
      exponent += 1
    }
    return sets
  }

  private static func decades(_ scale: AxisScale, percent: Bool) -> [[AxisTick]] {
    let factor = percent ? 100.0 : 1
    let first = exponentOfTen(notAbove: scale.low * factor)
    let last = exponentOfTen(notAbove: scale.high * factor)
    func ticks(digits: [Int], every stride: Int) -> [AxisTick] {
      (first...last).filter { $0 % stride == 0 }.flatMap { exponent in
        digits.map { digit in
          AxisTick(
            value: scaled(digit, exponent: exponent) / factor, label: decadeLabel(digit, exponent: exponent))
        }
      }.filter { $0.value >= scale.low && $0.value <= scale.high }
    }
    let all = scale.high / scale.low < 10 ? [Array(1...9)] : []
    let dense = (all + [[1, 2, 5], [1, 3], [1]]).map { ticks(digits: $0, every: 1) }
    return (dense + [2, 3, 5, 10, 20, 50].map { ticks(digits: [1], every: $0) }).filter { $0.count <= limit }
  }

  private static func powersOfTwo(_ scale: AxisScale) -> [[AxisTick]] {
    let powers = (0...60).filter { power in
      let value = Double(1 << power)
      return value >= scale.low && value <= scale.high
    }
    let sets = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20].map { stride in
      powers.filter { $0 % stride == 0 }.map { power in
        AxisTick(value: Double(1 << power), label: MemoryText(bits: 1 << power).description)
      }
    }
    return sets.filter { $0.count <= limit }
  }

  private static func memorySteps(_ scale: AxisScale) -> [[AxisTick]] {
    let (low, high) = (max(0, scale.low), min(scale.high, 0x1p61))
    guard low < high else { return [] }
    let steps: [Int] = (0...61).map { 1 << $0 }
    return steps.filter { (high - low) / Double($0) <= Double(limit) }.map { step -> [AxisTick] in
      let first = Int((low / Double(step)).rounded(.up))
      let last = Int((high / Double(step)).rounded(.down))
      guard first <= last else { return [] }
      return (first...last).map { count in
        AxisTick(
          value: Double(count * step), label: count == 0 ? "0" : MemoryText(bits: count * step).description)
      }
    }
  }

  /// A tick amid a scale so narrow that no round value lies in it.
  private static func middle(_ scale: AxisScale, axis: ChartAxis) -> AxisTick {
    let value = scale.low + (scale.high - scale.low) / 2
    switch axis.quantity {
    case .number: return AxisTick(value: value, label: DecimalText.significant(value, digits: 6))
    case .fraction: return AxisTick(value: value, label: DecimalText.significant(value * 100, digits: 6))
    case .memoryBits:
      let bits = Int(value.rounded())
      return AxisTick(
        value: min(scale.high, max(scale.low, Double(bits))), label: MemoryText(bits: bits).description)
    }
  }

  /// `digit × 10^exponent`, correctly rounded while the power of ten is exact (exponents of size 22 and less).
  package static func scaled(_ digits: Int, exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent.magnitude { power *= 10 }
    return exponent >= 0 ? Double(digits) * power : Double(digits) / power
  }

  /// The largest `e` with `10^e ≤ value`, by comparison with powers and without a logarithm.
  /// - Precondition: `value` is above 0 and finite.
  static func exponentOfTen(notAbove value: Double) -> Int {
    precondition(value > 0 && value.isFinite, "no power of ten is just below \(value)")
    var exponent = 0
    while scaled(1, exponent: exponent + 1) <= value { exponent += 1 }
    while scaled(1, exponent: exponent) > value { exponent -= 1 }
    return exponent
  }

  /// A linear tick's text: positional with grouped digits, or `1.5×10⁷` on axes that reach 10^7 or step below 10^-6.
  private static func label(_ mantissa: Int, exponent: Int, largest: Double) -> String {
    guard mantissa != 0 else { return "0" }
    if largest < 1e7 && exponent >= -6 {
      if exponent < 0 { return DecimalText.decimal(mantissa, exponent: exponent) }
      return DecimalText.grouped(mantissa * (0..<exponent).reduce(1) { power, _ in power * 10 })
        .replacingOccurrences(of: "-", with: "\u{2212}")
    }
    let common = exponentOfTen(notAbove: largest)
    if common == 0 { return DecimalText.decimal(mantissa, exponent: exponent) }
    return
      "\(DecimalText.decimal(mantissa, exponent: exponent - common))×10\(DecimalText.superscript(common))"
  }

  /// A decade's text: positional from 0.0001 to 99 999, else `2×10⁶` and `10⁶`.
  private static func decadeLabel(_ digit: Int, exponent: Int) -> String {
    if (0...4).contains(exponent) {
      return DecimalText.grouped(Int(scaled(digit, exponent: exponent)))
    }
    if (-4..<0).contains(exponent) { return DecimalText.decimal(digit, exponent: exponent) }
    let power = "10\(DecimalText.superscript(exponent))"
    return digit == 1 ? power : "\(digit)×\(power)"
  }
}
