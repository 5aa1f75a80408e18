/// A square plot of a function that jumps, as SVG.
struct StepPlot {
  struct Sample {
    let x: Double
    let y: Double
  }

  enum Drawing {
    /// Treads of a stair: a filled end belongs to its tread, an open one does not.
    case steps
    /// A mark for each sample, joined to the axis.
    case points
  }

  let title: String
  let horizontal: String
  let vertical: String
  let drawing: Drawing
  /// In ascending order of x, evenly spaced.
  let samples: [Sample]
  /// What both axes show.
  let range: ClosedRange<Double>

  private static let side = 300.0
  private static let margin = 44.0
  private static let top = 34.0

  var svg: String {
    let width = StepPlot.side + 2 * StepPlot.margin
    let height = StepPlot.side + StepPlot.margin + StepPlot.top
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(text(width)) \(text(height))\" "
        + "width=\"\(text(width))\" height=\"\(text(height))\" role=\"img\" font-family=\"sans-serif\" "
        + "font-size=\"11\">",
      "<title>\(title)</title>",
      "<style>.ink{stroke:#1b3a5c;fill:#1b3a5c}.open{stroke:#1b3a5c;fill:#fff}.grid{stroke:#ddd}"
        + ".axis{stroke:#777}text{fill:#222}"
        + "@media(prefers-color-scheme:dark){.ink{stroke:#9cc7f5;fill:#9cc7f5}"
        + ".open{stroke:#9cc7f5;fill:#111}.grid{stroke:#333}.axis{stroke:#888}text{fill:#ddd}}</style>",
      label(width / 2, 16, title, anchor: "middle"),
    ]
    lines += grid
    lines += drawing == .steps ? steps : points
    lines.append(label(width / 2, height - 6, horizontal, anchor: "middle"))
    lines.append(label(6, StepPlot.top - 8, vertical, anchor: "start"))
    lines.append("</svg>")
    return lines.map { $0 + "\n" }.joined()
  }

  /// A line and a number for every whole value, or every second where the range is wide.
  private var grid: [String] {
    let stride = range.upperBound - range.lowerBound > 12 ? 4 : 1
    var lines: [String] = []
    for value in Int(range.lowerBound)...Int(range.upperBound) where value % stride == 0 {
      let place = Double(value)
      let style = value == 0 ? "axis" : "grid"
      lines.append(line(range.lowerBound, place, range.upperBound, place, style))
      lines.append(line(place, range.lowerBound, place, range.upperBound, style))
      lines.append(label(StepPlot.margin - 6, y(place) + 4, "\(value)", anchor: "end"))
      lines.append(label(x(place), y(range.lowerBound) + 15, "\(value)", anchor: "middle"))
    }
    return lines
  }

  private var steps: [String] {
    var lines: [String] = []
    var marks: [String] = []
    let spacing = samples[1].x - samples[0].x
    var start = samples.startIndex
    while start < samples.endIndex {
      var end = start
      while end + 1 < samples.endIndex, samples[end + 1].y == samples[start].y { end += 1 }
      let height = samples[start].y
      // Jumps lie at whole and half values: a tread that starts or ends one sample beside one is open there.
      let opensLeft = start > samples.startIndex && !isJumpPlace(samples[start].x)
      let opensRight = end < samples.endIndex - 1 && !isJumpPlace(samples[end].x)
      let left = samples[start].x - (opensLeft ? spacing : 0)
      let right = samples[end].x + (opensRight ? spacing : 0)
      lines.append(line(left, height, right, height, "ink", width: 2))
      if start > samples.startIndex { marks.append(mark(left, height, opensLeft ? "open" : "ink")) }
      if end < samples.endIndex - 1 { marks.append(mark(right, height, opensRight ? "open" : "ink")) }
      start = end + 1
    }
    return lines + marks
  }

  private func isJumpPlace(_ x: Double) -> Bool { (2 * x).rounded() == 2 * x }

  private var points: [String] {
    samples.map { line($0.x, 0, $0.x, $0.y, "ink", width: 1) } + samples.map { mark($0.x, $0.y, "ink") }
  }

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String, width: Int = 1
  ) -> String {
    "<line class=\"\(style)\" x1=\"\(text(x(x1)))\" y1=\"\(text(y(y1)))\" x2=\"\(text(x(x2)))\" "
      + "y2=\"\(text(y(y2)))\" stroke-width=\"\(width)\"/>"
  }

  private func mark(_ x: Double, _ y: Double, _ style: String) -> String {
    "<circle class=\"\(style)\" cx=\"\(text(self.x(x)))\" cy=\"\(text(self.y(y)))\" r=\"3\"/>"
  }

  private func label(_ x: Double, _ y: Double, _ content: String, anchor: String) -> String {
    "<text x=\"\(text(x))\" y=\"\(text(y))\" text-anchor=\"\(anchor)\">\(content)</text>"
  }

  private func x(_ value: Double) -> Double {
    StepPlot.margin + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * StepPlot.side
  }

  private func y(_ value: Double) -> Double {
    StepPlot.top + (range.upperBound - value) / (range.upperBound - range.lowerBound) * StepPlot.side
  }

  /// A coordinate in hundredths, without locale and without libm.
  private func text(_ coordinate: Double) -> String {
    let hundredths = Int((coordinate * 100).rounded())
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    return "\(sign)\(whole).\(rest / 10)\(rest % 10 == 0 ? "" : String(rest % 10))"
  }
}
