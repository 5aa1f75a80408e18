/// One measured point of a series.
public struct ChartPoint: Hashable, Sendable {
  /// What the value `y` says about the true one.
  public enum Meaning: Hashable, Sendable {
    /// The value itself.
    case exact
    /// The true value is at least `y`: drawn with an arrow up.
    case atLeast
    /// The true value is at most `y`: drawn with an arrow down.
    case atMost
  }

  /// The place on the horizontal axis.
  public let x: Double
  /// The place on the vertical axis.
  public let y: Double
  /// The interval of `y`, drawn as an error bar; what lies beyond the axis is cut off at its end.
  public let interval: ClosedRange<Double>?
  /// What `y` says about the true value.
  public let meaning: Meaning
  /// A text shown when the reader points at it, such as the design's name.
  public let note: String?

  /// A point at (`x`, `y`).
  public init(
    x: Double, y: Double, interval: ClosedRange<Double>? = nil, meaning: Meaning = .exact, note: String? = nil
  ) {
    self.x = x
    self.y = y
    self.interval = interval
    self.meaning = meaning
    self.note = note
  }
}

/// Points that belong together, under one name in the legend.
public struct ChartSeries: Hashable, Sendable {
  /// Whether the points are joined.
  public enum Drawing: Hashable, Sendable {
    /// Markers joined by straight lines in the order of the points.
    case lineAndMarkers
    /// Markers alone.
    case markers
  }

  /// The name in the legend.
  public let name: String
  /// The points, in the order in which a line joins them.
  public let points: [ChartPoint]
  /// Whether the points are joined.
  public let drawing: Drawing
  /// Which of the 64 looks the series has, so that it is the same in several charts; without one, its place in the chart.
  public let look: Int?

  /// A series of points; it may be empty.
  public init(
    _ name: String, points: [ChartPoint], drawing: Drawing = .lineAndMarkers, look: Int? = nil
  ) {
    self.name = name
    self.points = points
    self.drawing = drawing
    self.look = look
  }
}

/// A line across the whole plot at one value, such as a capacity.
public struct ReferenceLine: Hashable, Sendable {
  /// The axis on which the value lies.
  public enum Direction: Hashable, Sendable {
    /// A vertical line at a value of the horizontal axis.
    case vertical
    /// A horizontal line at a value of the vertical axis.
    case horizontal
  }

  /// The axis on which the value lies.
  public let direction: Direction
  /// The value.
  public let value: Double
  /// The text beside the line.
  public let label: String

  /// A line at `value` with its text.
  public init(_ direction: Direction, at value: Double, label: String) {
    self.direction = direction
    self.value = value
    self.label = label
  }
}

/// A place of the chart that is pointed out, such as the answer.
public struct ChartHighlight: Hashable, Sendable {
  /// The place on the horizontal axis.
  public let x: Double
  /// The place on the vertical axis.
  public let y: Double
  /// The text beside it.
  public let label: String

  /// A ring around (`x`, `y`) with a text.
  public init(x: Double, y: Double, label: String) {
    self.x = x
    self.y = y
    self.label = label
  }
}

/// An XY chart that draws itself as SVG.
public struct Chart: Hashable, Sendable {
  /// The title above the chart.
  public let title: String
  /// The line below the title, saying what was measured and how.
  public let subtitle: String?
  /// What the figure shows, in words, for those who do not see it.
  public let summary: String
  /// The horizontal axis.
  public let horizontal: ChartAxis
  /// The vertical axis.
  public let vertical: ChartAxis
  /// The series, in the order of the legend; later ones are drawn above earlier ones.
  public let series: [ChartSeries]
  /// Lines across the plot.
  public let references: [ReferenceLine]
  /// Places that are pointed out.
  public let highlights: [ChartHighlight]

  /// A chart of `series`, which may be none.
  /// - Parameter summary: The figure in words; without it, the titles of chart and axes and the names of the series.
  /// - Throws: `ChartError` with every value that has no place on its axis.
  public init(
    title: String, subtitle: String? = nil, summary: String? = nil, horizontal: ChartAxis,
    vertical: ChartAxis,
    series: [ChartSeries], references: [ReferenceLine] = [], highlights: [ChartHighlight] = []
  ) throws(ChartError) {
    var faults: [ChartError.Fault] = []
    func check(_ value: Double, on axis: ChartAxis, _ location: @autoclosure () -> String) {
      guard !axis.accepts(value) else { return }
      faults.append(.init(location: location(), value: "\(value)", expected: axis.acceptance))
    }
    for axis in [horizontal, vertical] {
      for value in axis.including { check(value, on: axis, "axis \"\(axis.title)\", including") }
    }
    for one in series {
      for (index, point) in one.points.enumerated() {
        check(point.x, on: horizontal, "series \"\(one.name)\", point \(index), x")
        check(point.y, on: vertical, "series \"\(one.name)\", point \(index), y")
        guard let interval = point.interval else { continue }
        // An interval may reach past a logarithmic axis's end, where it is cut off, but must be of numbers.
        for end in [interval.lowerBound, interval.upperBound] where !(end.magnitude <= 1e100) {
          faults.append(
            .init(
              location: "series \"\(one.name)\", point \(index), interval", value: "\(end)",
              expected: "a finite number of at most 1e100 in size"))
        }
      }
    }
    for line in references {
      let axis = line.direction == .vertical ? horizontal : vertical
      check(line.value, on: axis, "reference line \"\(line.label)\"")
    }
    for highlight in highlights {
      check(highlight.x, on: horizontal, "highlight \"\(highlight.label)\", x")
      check(highlight.y, on: vertical, "highlight \"\(highlight.label)\", y")
    }
    guard faults.isEmpty else { throw ChartError(title: title, faults: faults) }
    self.title = title
    self.subtitle = subtitle
    self.horizontal = horizontal
    self.vertical = vertical
    self.series = series
    self.references = references
    self.highlights = highlights
    let names = series.map(\.name).joined(separator: ", ")
    self.summary =
      summary
      ?? "\(title). \(vertical.heading) against \(horizontal.heading)."
      + (names.isEmpty ? "" : " Series: \(names).")
  }
}

/// A chart that cannot be drawn, with every fault found.
public struct ChartError: Error, Equatable, CustomStringConvertible {
  /// A value that has no place on its axis.
  public struct Fault: Equatable, Sendable {
    /// Where the value stands.
    public let location: String
    /// The value as text, since one that is no number equals nothing.
    public let value: String
    /// What the axis accepts.
    public let expected: String
  }

  /// The chart's title.
  public let title: String
  /// Every fault, in the order of the series.
  public let faults: [Fault]

  /// One line per fault: where, what, and what was expected.
  public var description: String {
    faults.map { "chart \"\(title)\": \($0.location): \($0.value) cannot be drawn; expected \($0.expected)" }
      .joined(separator: "\n")
  }
}
