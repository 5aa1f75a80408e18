import Foundation

/// Where everything in a bar chart stands.
package struct BarChartLayout: Hashable, Sendable {
  /// One part of one bar.
  package struct Part: Hashable, Sendable {
    /// Its place among the chart's parts.
    package let index: Int
    /// Its length in the axis's terms.
    package let value: Double
    /// Its rectangle.
    package let box: FigureBox
  }

  /// The figure's size. The height follows from the number of bars.
  package let width, height: Double
  /// The area of the bars.
  package let plot: FigureBox
  /// The scale of the axis.
  package let scale: AxisScale
  /// Ticks along the axis, by rising value.
  package let ticks: [ChartLayout.Tick]
  /// The parts of each bar.
  package let bars: [[Part]]
  /// The names of the parts.
  package let legend: FigureLegend
  /// Every text but the ticks' and the legend's.
  package let texts: [FigureText]

  /// Lays out `chart` in a figure of this width (at least 280).
  package init(_ chart: BarChart, width: Double) {
    let width = max(width, ChartLayout.leastWidth)
    let sizes = FigureSizes(width: width)
    var texts = sizes.head(title: chart.title, subtitle: chart.subtitle, width: width)
    var top = (texts.map(\.box.bottom).max() ?? sizes.edge) + 6
    if chart.parts.count > 1 {
      let names = chart.parts.enumerated().map { FigureLegend.Name(subject: .segment(color: $0), text: $1) }
      legend = FigureLegend(above: names, sizes: sizes, left: sizes.edge, top: top, right: width - sizes.edge)
      top = (legend.bottom ?? top) + 8
    } else {
      legend = FigureLegend()
    }
    let totals = chart.bars.map { $0.values.reduce(0, +) }
    let scale = AxisScale(chart.axis, values: [0] + totals, margin: 0)
    let totalTexts = totals.map { Self.text($0, axis: chart.axis) }
    let labelRoom = width * 0.32
    let labels = chart.bars.map { TextMetrics.lines($0.label, size: sizes.body, width: labelRoom) }
    let labelWidth = labels.joined().map { TextMetrics.width($0, size: sizes.body) }.max() ?? 0
    let totalWidth = totalTexts.map { TextMetrics.width($0, size: sizes.body) }.max() ?? 0
    let left = sizes.edge + labelWidth + 8
    let right = width - sizes.edge - totalWidth - 8
    let thickness = sizes.isNarrow ? 20.0 : 26
    var bars: [[Part]] = []
    var y = top + 4
    for (index, bar) in chart.bars.enumerated() {
      let height = max(thickness, Double(labels[index].count) * sizes.line)
      let middle = y + height / 2
      for (line, text) in labels[index].enumerated() {
        let offset = Double(line) - Double(labels[index].count) / 2
        texts.append(
          FigureText(
            text, role: .legend, size: sizes.body, x: left - 8, top: middle + offset * sizes.line,
            anchor: .end))
      }
      var sum = 0.0
      var parts: [Part] = []
      for (part, value) in bar.values.enumerated() {
        let (start, end) = (scale.position(sum), scale.position(sum + value))
        sum += value
        parts.append(
          Part(
            index: part, value: value,
            box: FigureBox(
              left: left + start * (right - left), top: middle - thickness / 2,
              right: left + end * (right - left),
              bottom: middle + thickness / 2)))
      }
      bars.append(parts)
      texts.append(
        FigureText(
          totalTexts[index], role: .value, size: sizes.body,
          x: left + scale.position(sum) * (right - left) + 6,
          top: middle - sizes.line / 2))
      y += height + (sizes.isNarrow ? 8 : 10)
    }
    if chart.bars.isEmpty {
      texts.append(
        FigureText("No data", role: .notice, size: sizes.body, x: (left + right) / 2, top: y, anchor: .middle)
      )
      y += sizes.line + 8
    }
    let bottom = y
    plot = FigureBox(left: left, top: top, right: right, bottom: bottom)
    ticks = ChartLayout.readable(
      AxisTicks.candidates(chart.axis, scale: scale).map { set in
        set.map { tick in
          let position = left + scale.position(tick.value) * (right - left)
          return ChartLayout.Tick(
            position: position, value: tick.value,
            text: FigureText(
              tick.label, role: .tick, size: sizes.body, x: position, top: bottom + 8, anchor: .middle))
        }
      }, within: FigureBox(left: 2, top: -.infinity, right: width - 2, bottom: .infinity),
      gap: (sizes.body * 1.6, 0))
    let headings = TextMetrics.lines(chart.axis.heading, size: sizes.body, width: width - 2 * sizes.edge)
    for (index, line) in headings.enumerated() {
      let half = TextMetrics.width(line, size: sizes.body) / 2
      texts.append(
        FigureText(
          line, role: .heading, size: sizes.body,
          x: max(sizes.edge + half, min(width - sizes.edge - half, (left + right) / 2)),
          top: bottom + 12 + sizes.line * Double(index + 1), anchor: .middle))
    }
    height = bottom + 12 + sizes.line * Double(headings.count + 1) + sizes.edge / 2
    self.width = width
    self.scale = scale
    self.bars = bars
    self.texts = texts
  }

  /// Every text of the figure.
  package var allTexts: [FigureText] { texts + ticks.map(\.text) + legend.entries.flatMap(\.texts) }

  /// A length as the axis writes it, with three significant digits.
  private static func text(_ value: Double, axis: ChartAxis) -> String {
    switch axis.quantity {
    case .number:
      return value >= 1e6 || (value > 0 && value < 1e-4)
        ? QuantityText(value, unit: "").description.replacingOccurrences(of: "\u{A0}", with: "")
        : DecimalText.groupedSignificant(value, digits: 3)
    case .fraction: return PercentText(fraction: value, digits: 1).description
    case .memoryBits: return MemoryText(bits: Int(value.rounded())).description
    }
  }
}
