/// Where everything in a chart stands. Tests judge it; the drawing only reads it.
package struct ChartLayout: Hashable, Sendable {
  /// A tick at its place along its axis, in figure coordinates; minor ticks have no text.
  package struct Tick: Hashable, Sendable {
    /// The `x` of a tick on the horizontal axis, the `y` of one on the vertical axis.
    package let position: Double
    /// The value there.
    package let value: Double
    /// The label.
    package let text: FigureText
  }

  /// The figure's size.
  package let width, height: Double
  /// Font sizes and distances.
  package let sizes: FigureSizes
  /// The area of the data.
  package private(set) var plot: FigureBox
  /// The scales of the axes.
  package let horizontal, vertical: AxisScale
  /// The ticks of the axes, in rising order of their values.
  package private(set) var horizontalTicks: [Tick] = []
  package private(set) var verticalTicks: [Tick] = []
  /// The legend.
  package private(set) var legend: FigureLegend
  /// Every text but the ticks' and the legend's.
  package internal(set) var texts: [FigureText]
  /// The upper ends of vertical reference lines, by their place among the chart's reference lines.
  package private(set) var ruleTops: [Int: Double] = [:]
  /// Lines from highlights to labels that stand apart from them, as pairs of ends.
  package internal(set) var leaders: [FigurePath] = []

  /// The least size a chart can be drawn in.
  package static let leastWidth = 280.0
  /// Height below which titles and axes leave no room for a plot.
  package static let leastHeight = 220.0

  /// Lays out `chart` in a figure of this size, or of the least size where it is smaller.
  package init(_ chart: Chart, width: Double, height: Double) {
    self.width = max(width, Self.leastWidth)
    let sizes = FigureSizes(width: self.width)
    self.sizes = sizes
    let points = chart.series.flatMap(\.points)
    let rules = chart.references
    horizontal = AxisScale(
      chart.horizontal,
      values: points.map(\.x) + chart.highlights.map(\.x)
        + rules.filter { $0.direction == .vertical }.map(\.value))
    let hasArrows = points.contains { $0.meaning != .exact }
    vertical = AxisScale(
      chart.vertical,
      values: points.flatMap { [$0.y] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
        + chart.highlights.map(\.y) + rules.filter { $0.direction == .horizontal }.map(\.value),
      margin: hasArrows ? 0.08 : 0.05)

    texts = sizes.head(title: chart.title, subtitle: chart.subtitle, width: self.width)
    var top = (texts.map(\.box.bottom).max() ?? sizes.edge) + 6
    let titleLines = TextMetrics.lines(
      chart.horizontal.heading, size: sizes.body, width: self.width - 2 * sizes.edge)
    let foot = 8 + sizes.line + 4 + Double(titleLines.count) * sizes.line + sizes.edge / 2
    let entries = FigureLegend.entries(of: chart)
    let room = max(height, Self.leastHeight) - top - foot
    let beside = FigureLegend.besideWidth(
      entries, sizes: sizes, width: self.width, height: room - 2 * sizes.line)
    if beside == nil {
      // Rules get their labels in the plot then.
      let names = entries.filter { !$0.isRule }
      legend = FigureLegend(
        above: names, sizes: sizes, left: sizes.edge, top: top, right: self.width - sizes.edge)
      top = legend.bottom.map { $0 + 2 } ?? top
    } else {
      legend = FigureLegend()
    }
    // A long legend or title makes the figure taller rather than the plot flat.
    let ruleRows = rules.count { $0.direction == .vertical && !$0.label.isEmpty }
    let leastPlot = min(240, 0.44 * self.width) + (Double(ruleRows) + 0.5) * sizes.line
    self.height = max(height, Self.leastHeight, top + foot + leastPlot)
    plot = FigureBox(left: 0, top: top, right: 0, bottom: self.height - foot)

    // The labels of the vertical axis decide where the plot begins, and only then the horizontal axis has its length.
    let verticalCandidates = AxisTicks.candidates(chart.vertical, scale: vertical)
    let heading = TextMetrics.lines(chart.vertical.heading, size: sizes.body, width: plot.height)
    let headingWidth = Double(heading.count) * sizes.line
    let first = verticalTicks(from: verticalCandidates, right: 0)
    let labels = first.map(\.text.box.width).max() ?? 0
    plot.left = sizes.edge + headingWidth + 6 + labels + 9
    plot.right = self.width - (beside.map { $0 + 14 } ?? 0) - sizes.edge - 4
    placeRuleLabels(chart)
    verticalTicks = verticalTicks(from: verticalCandidates, right: plot.left)
    horizontalTicks = horizontalTicks(from: AxisTicks.candidates(chart.horizontal, scale: horizontal))
    if beside != nil {
      legend = FigureLegend(
        beside: entries, sizes: sizes, left: plot.right + 14, right: self.width - sizes.edge, plot: plot,
        targets: entries.map { entry in y(entry.target(in: chart) ?? vertical.low) })
    }
    placeHeadings(chart, vertical: heading, horizontal: titleLines)
    placeLabelsInPlot(chart, legendHoldsRules: beside != nil)
    if points.isEmpty {
      texts.append(
        FigureText(
          "No data", role: .notice, size: sizes.body, x: (plot.left + plot.right) / 2,
          top: (plot.top + plot.bottom - sizes.line) / 2, anchor: .middle))
    }
  }

  /// The `x` of a value of the horizontal axis.
  package func x(_ value: Double) -> Double { plot.left + horizontal.position(value) * plot.width }

  /// The `y` of a value of the vertical axis.
  package func y(_ value: Double) -> Double { plot.bottom - vertical.position(value) * plot.height }

  /// Every text of the figure.
  package var allTexts: [FigureText] {
    texts + horizontalTicks.map(\.text) + verticalTicks.map(\.text) + legend.entries.flatMap(\.texts)
  }

  private func verticalTicks(from candidates: [[AxisTick]], right: Double) -> [Tick] {
    let sets = candidates.map { set in
      set.map { tick in
        let position = y(tick.value)
        return Tick(
          position: position, value: tick.value,
          text: FigureText(
            tick.label, role: .tick, size: sizes.body, x: right - 9, top: position - sizes.line / 2,
            anchor: .end))
      }
    }
    let bounds = FigureBox(
      left: -.infinity, top: plot.top - sizes.line / 2, right: .infinity, bottom: plot.bottom + sizes.line / 2
    )
    return Self.readable(sets, within: bounds, gap: (0, sizes.line * 0.7))
  }

  private func horizontalTicks(from candidates: [[AxisTick]]) -> [Tick] {
    let sets = candidates.map { set in
      set.map { tick in
        let position = x(tick.value)
        return Tick(
          position: position, value: tick.value,
          text: FigureText(
            tick.label, role: .tick, size: sizes.body, x: position, top: plot.bottom + 8, anchor: .middle))
      }
    }
    let bounds = FigureBox(left: 2, top: -.infinity, right: width - 2, bottom: .infinity)
    return Self.readable(sets, within: bounds, gap: (sizes.body * 0.9, 0))
  }

  /// The densest set whose labels keep `gap` from one another, without those that leave `bounds`; where none does,
  /// the most that remain of a set when every label too close to the one before it is dropped.
  static func readable(_ sets: [[Tick]], within bounds: FigureBox, gap: (Double, Double)) -> [Tick] {
    func spread(_ ticks: [Tick]) -> [Tick] {
      ticks.reduce(into: []) { kept, tick in
        guard let last = kept.last?.text.box else { return kept.append(tick) }
        let room = FigureBox(
          left: last.left - gap.0, top: last.top - gap.1, right: last.right + gap.0,
          bottom: last.bottom + gap.1)
        if !room.overlaps(tick.text.box) { kept.append(tick) }
      }
    }
    let sets = sets.map { $0.filter { bounds.contains($0.text.box) } }
    return sets.first { spread($0).count == $0.count && $0.count >= 2 }
      ?? sets.map(spread).max { $0.count < $1.count } ?? []
  }

  private mutating func placeHeadings(_ chart: Chart, vertical: [String], horizontal: [String]) {
    for (index, line) in vertical.enumerated() {
      texts.append(
        FigureText(
          turned: line, role: .heading, size: sizes.body, left: sizes.edge + Double(index) * sizes.line,
          middle: (plot.top + plot.bottom) / 2))
    }
    for (index, line) in horizontal.enumerated() {
      // In the middle of the plot, but never past the figure's edge.
      let half = TextMetrics.width(line, size: sizes.body) / 2
      let middle = max(sizes.edge + half, min(width - sizes.edge - half, (plot.left + plot.right) / 2))
      texts.append(
        FigureText(
          line, role: .heading, size: sizes.body, x: middle,
          top: plot.bottom + 8 + sizes.line + 4 + Double(index) * sizes.line, anchor: .middle))
    }
  }

  /// Puts the labels of vertical reference lines in rows above the plot, where no data are, and lowers the plot.
  private mutating func placeRuleLabels(_ chart: Chart) {
    var rows: [[(index: Int, text: FigureText)]] = []
    for (index, rule) in chart.references.enumerated()
    where rule.direction == .vertical && !rule.label.isEmpty {
      let lines = TextMetrics.lines(rule.label, size: sizes.body, width: width - 2 * sizes.edge)
      let line = lines.count == 1 ? lines[0] : lines[0] + " …"
      let half = TextMetrics.width(line, size: sizes.body) / 2
      let middle = max(sizes.edge + half, min(width - sizes.edge - half, x(rule.value)))
      let text = FigureText(line, role: .reference, size: sizes.body, x: middle, top: 0, anchor: .middle)
      let row = rows.firstIndex { $0.allSatisfy { !$0.text.box.grown(by: 5).overlaps(text.box) } }
      if let row {
        rows[row].append((index, text))
      } else {
        rows.append([(index, text)])
      }
    }
    // Row 0 stands next to the plot.
    let start = plot.top
    // Half the label of a tick at the very top stands above the plot.
    plot.top += Double(rows.count) * sizes.line + sizes.line / 2 + 1
    for (number, row) in rows.enumerated() {
      let top = start + Double(rows.count - 1 - number) * sizes.line
      for (index, text) in row {
        texts.append(
          FigureText(text.text, role: .reference, size: sizes.body, x: text.x, top: top, anchor: .middle))
        let place = x(chart.references[index].value)
        let crosses = rows[..<number].joined().contains {
          $0.text.box.left - 3 < place && place < $0.text.box.right + 3
        }
        if !crosses { ruleTops[index] = top + sizes.line }
      }
    }
  }
}
