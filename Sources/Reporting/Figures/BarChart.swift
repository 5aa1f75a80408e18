/// Horizontal bars made of parts, such as the area of several designs by block, that draw themselves as SVG.
public struct BarChart: Hashable, Sendable {
  /// One bar.
  public struct Bar: Hashable, Sendable {
    /// The text left of the bar.
    public let label: String
    /// The length of each part, in the order of the chart's parts.
    public let values: [Double]

    /// A bar of parts.
    public init(_ label: String, values: [Double]) {
      self.label = label
      self.values = values
    }
  }

  /// The title above the chart.
  public let title: String
  /// The line below the title.
  public let subtitle: String?
  /// What the figure shows, in words.
  public let summary: String
  /// The axis of the lengths. It starts at 0.
  public let axis: ChartAxis
  /// The names of the parts, in the order of the legend and from the left within each bar. At most `mostParts`.
  public let parts: [String]
  /// The bars, from the top.
  public let bars: [Bar]

  /// The most parts a reader can tell apart.
  public static let mostParts = 16

  /// A chart of stacked bars.
  /// - Parameter axis: Linear; a logarithmic length has no parts.
  /// - Throws: `BarChartError` with every value below 0 or without a place on the axis, every bar with too few or too many
  ///   values, more than `mostParts` parts, or a logarithmic axis.
  public init(
    title: String, subtitle: String? = nil, summary: String? = nil, axis: ChartAxis, parts: [String],
    bars: [Bar]
  ) throws(BarChartError) {
    var faults: [String] = []
    if axis.spread == .logarithmic {
      faults.append("the axis is logarithmic; stacked parts need a linear one")
    }
    if parts.count > Self.mostParts {
      faults.append("\(parts.count) parts; at most \(Self.mostParts) can be told apart")
    }
    for bar in bars {
      if bar.values.count != parts.count {
        faults.append("bar \"\(bar.label)\": \(bar.values.count) values where \(parts.count) parts are named")
      }
      for (part, value) in zip(parts, bar.values) where !(value >= 0 && axis.accepts(value)) {
        faults.append(
          "bar \"\(bar.label)\", part \"\(part)\": \(value) cannot be drawn; expected \(axis.acceptance), not below 0"
        )
      }
      if faults.isEmpty && !axis.accepts(bar.values.reduce(0, +)) {
        faults.append("bar \"\(bar.label)\": the sum cannot be drawn; expected \(axis.acceptance)")
      }
    }
    guard faults.isEmpty else { throw BarChartError(title: title, faults: faults) }
    self.title = title
    self.subtitle = subtitle
    self.axis = axis
    self.parts = parts
    self.bars = bars
    self.summary =
      summary ?? "\(title). \(axis.heading) of \(bars.map(\.label).joined(separator: ", "))"
      + (parts.count > 1 ? ", by \(parts.joined(separator: ", "))." : ".")
  }
}

/// A bar chart that cannot be drawn, with every fault found.
public struct BarChartError: Error, Equatable, CustomStringConvertible {
  /// The chart's title.
  public let title: String
  /// Every fault: where, what, and what was expected.
  public let faults: [String]

  /// One line per fault.
  public var description: String { faults.map { "bar chart \"\(title)\": \($0)" }.joined(separator: "\n") }
}
