extension BarChart {
  /// The chart as an SVG file, `width` units wide (at least 280) and as tall as its bars need.
  ///
  /// The same bytes for the same chart and width. Below 520 units wide it is laid out for narrow screens.
  public func svg(width: Double = 720) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + markup(width: width, prefix: "figure", style: .embedded).rendered + "\n"
  }

  /// The chart as an `svg` element for a page.
  /// - Parameter prefix: The start of every identifier in the element; it must differ among the figures of a page.
  public func markup(width: Double, prefix: String, style: FigureStyle) -> Markup {
    let layout = BarChartLayout(self, width: width)
    let plot = layout.plot
    let lines = layout.ticks.map { tick in
      FigurePath(points: [(tick.position, plot.top), (tick.position, plot.bottom + 5)]).data
    }
    var content: [Markup] = [
      .node("path", ["class": "w-grid", "d": lines.joined()]),
      .node(
        "path",
        [
          "class": "w-axis",
          "d": FigurePath(points: [(plot.left, plot.top), (plot.left, plot.bottom)]).data,
        ]),
    ]
    content += layout.bars.joined().filter { $0.box.width > 0 }.map { part in
      .node(
        "rect",
        [
          "class": FigurePath.partClass(part.index), "x": part.box.left.coordinate,
          "y": part.box.top.coordinate,
          "width": part.box.width.coordinate, "height": part.box.height.coordinate,
        ], [.node("title", text: "\(parts[part.index]): \(part.value)")])
    }
    content += layout.legend.entries.map(\.sample)
    content += layout.allTexts.map(\.markup)
    return FigureFrame(title: title, summary: summary, width: layout.width, height: layout.height)
      .markup(prefix: prefix, style: style, content: content)
  }
}
