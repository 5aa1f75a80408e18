/// The names of what a figure shows, beside or above the data and never over them.
package struct FigureLegend: Hashable, Sendable {
  /// What an entry of the legend stands for.
  package enum Subject: Hashable, Sendable {
    /// A line or markers, by its place among the chart's series.
    case series(Int, look: SeriesLook, drawing: ChartSeries.Drawing)
    /// A part of every bar, by its color.
    case segment(color: Int)
    /// A horizontal reference line, by its place among the chart's reference lines.
    case rule(Int)
    /// What the arrows mean.
    case arrows

    /// The room for the sample left of the text.
    var sampleWidth: Double {
      switch self {
      case .series(_, _, drawing: .lineAndMarkers), .rule: 30
      case .series(_, _, drawing: .markers), .segment, .arrows: 16
      }
    }
  }

  /// An entry before it has a place.
  package struct Name: Hashable, Sendable {
    /// What the entry stands for.
    package let subject: Subject
    /// The text beside the sample.
    package let text: String

    /// Whether the entry stands for a reference line.
    var isRule: Bool {
      switch subject {
      case .rule: true
      case .series, .segment, .arrows: false
      }
    }

    /// The value beside which the entry is best placed: that of the rightmost point.
    func target(in chart: Chart) -> Double? {
      switch subject {
      case .series(let index, _, _): chart.series[index].points.max { $0.x < $1.x }?.y
      case .rule(let index): chart.references[index].value
      case .segment, .arrows: nil
      }
    }
  }

  /// An entry at its place.
  package struct Entry: Hashable, Sendable {
    /// What the entry stands for.
    package let subject: Subject
    /// The left end and the middle of the sample.
    package let sampleLeft, sampleMiddle: Double
    /// The text, in one or more lines.
    package let texts: [FigureText]
  }

  /// The entries, in the order of the chart's series.
  package let entries: [Entry]

  /// The lower edge of the legend, if it has entries.
  package var bottom: Double? { entries.flatMap(\.texts).map(\.box.bottom).max() }

  /// A legend without entries.
  package init() { entries = [] }

  /// The names of `chart`: its series, its labelled horizontal reference lines, and the meaning of arrows where there are any.
  static func entries(of chart: Chart) -> [Name] {
    var names = chart.series.enumerated().map { index, series in
      Name(
        subject: .series(index, look: SeriesLook(series.look ?? index), drawing: series.drawing),
        text: series.points.isEmpty ? "\(series.name) (no points)" : series.name)
    }
    for (index, rule) in chart.references.enumerated()
    where rule.direction == .horizontal && !rule.label.isEmpty {
      names.append(Name(subject: .rule(index), text: rule.label))
    }
    if chart.series.contains(where: { $0.points.contains { $0.meaning != .exact } }) {
      names.append(Name(subject: .arrows, text: "at least, at most"))
    }
    return names
  }

  /// The width of a legend beside the data, or nil where it belongs above: in narrow figures, for markers without lines,
  /// for long names, and where it would be taller than `height`.
  static func besideWidth(_ names: [Name], sizes: FigureSizes, width: Double, height: Double) -> Double? {
    let areLines = names.allSatisfy { name in
      switch name.subject {
      case .series(_, _, drawing: .lineAndMarkers), .rule, .arrows: true
      case .series(_, _, drawing: .markers), .segment: false
      }
    }
    guard !sizes.isNarrow && areLines && !names.isEmpty else { return nil }
    let room = width * 0.2
    let wrapped = names.map { TextMetrics.lines($0.text, size: sizes.body, width: room) }
    let total = wrapped.reduce(0) { $0 + Double($1.count) * sizes.line + 4 }
    guard total <= height && wrapped.allSatisfy({ $0.count <= 2 && !$0.contains { $0.hasSuffix("…") } })
    else {
      return nil
    }
    return 36 + (wrapped.joined().map { TextMetrics.width($0, size: sizes.body) }.max() ?? 0)
  }

  /// Rows of entries from (`left`, `top`) to `right`.
  init(above names: [Name], sizes: FigureSizes, left: Double, top: Double, right: Double) {
    var placed: [Entry] = []
    var (x, y) = (left, top)
    for name in names {
      let sample = name.subject.sampleWidth
      let lines = TextMetrics.lines(name.text, size: sizes.body, width: right - left - sample - 6)
      let widest = lines.map { TextMetrics.width($0, size: sizes.body) }.max() ?? 0
      if x > left && x + sample + 6 + widest > right {
        x = left
        y = (placed.flatMap(\.texts).map(\.box.bottom).max() ?? y) + 3
      }
      placed.append(Self.entry(name, lines: lines, sizes: sizes, left: x, top: y))
      x += sample + 6 + widest + 18
    }
    entries = placed
  }

  /// A column of entries right of the plot, each as near as may be to its target.
  init(
    beside names: [Name], sizes: FigureSizes, left: Double, right: Double, plot: FigureBox, targets: [Double]
  ) {
    let wrapped = names.map {
      TextMetrics.lines($0.text, size: sizes.body, width: right - left - 36 + 0.01)
    }
    let heights = wrapped.map { Double($0.count) * sizes.line + 4 }
    let order = names.indices.sorted { (targets[$0], $0) < (targets[$1], $1) }
    var tops = order.map { targets[$0] - heights[$0] / 2 }
    // Downward until none overlaps the one above it, then upward from the lower edge.
    var least = plot.top
    for (place, index) in order.enumerated() {
      tops[place] = max(tops[place], least)
      least = tops[place] + heights[index]
    }
    var most = max(plot.bottom, plot.top + heights.reduce(0, +))
    for (place, index) in order.enumerated().reversed() {
      tops[place] = min(tops[place], most - heights[index])
      most = tops[place]
    }
    let topOf = Dictionary(uniqueKeysWithValues: zip(order, tops))
    entries = names.indices.map { index in
      Self.entry(
        names[index], lines: wrapped[index], sizes: sizes, left: left, top: (topOf[index] ?? plot.top) + 2)
    }
  }

  private static func entry(
    _ name: Name, lines: [String], sizes: FigureSizes, left: Double, top: Double
  ) -> Entry {
    let texts = lines.enumerated().map { index, line in
      FigureText(
        line, role: .legend, size: sizes.body, x: left + name.subject.sampleWidth + 6,
        top: top + Double(index) * sizes.line)
    }
    return Entry(
      subject: name.subject, sampleLeft: left, sampleMiddle: top + sizes.line * 0.5, texts: texts)
  }
}
