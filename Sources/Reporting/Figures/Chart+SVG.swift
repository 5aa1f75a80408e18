extension Chart {
  /// The chart as an SVG file.
  ///
  /// The same bytes for the same chart and size. It draws at `width` × `height` units (at least 280 × 220) and grows taller
  /// only where its texts need more room; it scales to any size. Below 520 units wide it is laid out for narrow screens.
  public func svg(width: Double = 720, height: Double = 440) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + markup(width: width, height: height, prefix: "figure", style: .embedded).rendered + "\n"
  }

  /// The chart as an `svg` element for a page.
  /// - Parameter prefix: The start of every identifier in the element; it must differ among the figures of a page.
  public func markup(width: Double, height: Double, prefix: String, style: FigureStyle) -> Markup {
    let layout = ChartLayout(self, width: width, height: height)
    var content = grid(layout)
    content += rules(layout)
    for (index, series) in series.enumerated() {
      let look = SeriesLook(series.look ?? index)
      content.append(drawing(of: series, look: look, layout))
    }
    content += highlights.map { highlight in
      .node(
        "circle",
        [
          "class": "w-ring", "cx": layout.x(highlight.x).coordinate, "cy": layout.y(highlight.y).coordinate,
          "r": "9.5",
        ])
    }
    content += layout.leaders.map { .node("path", ["class": "w-ring", "d": $0.data]) }
    content += layout.legend.entries.map { sample($0) }
    content += layout.allTexts.map(\.markup)
    return FigureFrame(title: title, summary: summary, width: layout.width, height: layout.height)
      .markup(prefix: prefix, style: style, content: content)
  }

  /// Grid lines, axes and tick marks.
  private func grid(_ layout: ChartLayout) -> [Markup] {
    let plot = layout.plot
    var lines: [[(Double, Double)]] = []
    var marks: [[(Double, Double)]] = [[(plot.left, plot.top), (plot.left, plot.bottom), (plot.right, plot.bottom)]]
    for tick in layout.horizontalTicks {
      lines.append([(tick.position, plot.top), (tick.position, plot.bottom)])
      marks.append([(tick.position, plot.bottom), (tick.position, plot.bottom + 5)])
    }
    for tick in layout.verticalTicks {
      lines.append([(plot.left, tick.position), (plot.right, tick.position)])
      marks.append([(plot.left - 5, tick.position), (plot.left, tick.position)])
    }
    func path(_ lines: [[(Double, Double)]]) -> String { lines.map { FigurePath(points: $0).data }.joined() }
    return [
      .node("path", ["class": "w-grid", "d": path(lines)]), .node("path", ["class": "w-axis", "d": path(marks)]),
    ]
  }

  private func rules(_ layout: ChartLayout) -> [Markup] {
    references.enumerated().map { index, rule in
      let path: FigurePath
      switch rule.direction {
      case .vertical:
        let place = layout.x(rule.value)
        path = FigurePath(points: [
          (place, layout.ruleTops[index] ?? layout.plot.top), (place, layout.plot.bottom),
        ])
      case .horizontal:
        let place = layout.y(rule.value)
        path = FigurePath(points: [(layout.plot.left, place), (layout.plot.right, place)])
      }
      return .node("path", ["class": "w-rule", "d": path.data])
    }
  }

  /// One series: error bars and arrows below the line, and the line below the markers.
  private func drawing(of series: ChartSeries, look: SeriesLook, _ layout: ChartLayout) -> Markup {
    var parts: [Markup] = []
    let places = series.points.map { (layout.x($0.x), layout.y($0.y)) }
    var bars = ""
    for (place, point) in zip(places, series.points) {
      if let interval = point.interval {
        let (top, bottom) = (layout.y(interval.upperBound), layout.y(interval.lowerBound))
        bars += FigurePath(points: [(place.0, top), (place.0, bottom)]).data
        bars += FigurePath(points: [(place.0 - 4, top), (place.0 + 4, top)]).data
        bars += FigurePath(points: [(place.0 - 4, bottom), (place.0 + 4, bottom)]).data
      }
      bars += arrow(from: place, meaning: point.meaning, plot: layout.plot)
    }
    if !bars.isEmpty { parts.append(.node("path", ["class": "w-bar w-stroke\(look.color)", "d": bars])) }
    if series.drawing == .lineAndMarkers && places.count > 1 {
      parts.append(line(FigurePath(points: places), look: look))
    }
    for (place, point) in zip(places, series.points) {
      parts.append(marker(x: place.0, y: place.1, look: look, note: point.note))
    }
    return .element("g", [], parts)
  }

  /// An arrow of 16 units, shortened where it would leave the plot.
  private func arrow(from place: (Double, Double), meaning: ChartPoint.Meaning, plot: FigureBox) -> String {
    let end: Double
    switch meaning {
    case .exact: return ""
    case .atLeast: end = max(plot.top, place.1 - 17)
    case .atMost: end = min(plot.bottom, place.1 + 17)
    }
    let wing = end < place.1 ? 4.5 : -4.5
    return FigurePath(points: [place, (place.0, end)]).data
      + FigurePath(points: [(place.0 - 3.5, end + wing), (place.0, end), (place.0 + 3.5, end + wing)]).data
  }

  private func line(_ path: FigurePath, look: SeriesLook) -> Markup {
    var attributes = [MarkupAttribute("class", "w-line w-stroke\(look.color)")]
    if !look.dashes.isEmpty {
      attributes.append(
        MarkupAttribute("stroke-dasharray", look.dashes.map(\.coordinate).joined(separator: " ")))
    }
    return .element("path", attributes + [MarkupAttribute("d", path.data)], [])
  }

  private func marker(x: Double, y: Double, look: SeriesLook, note: String?) -> Markup {
    .node(
      "path", ["class": "w-marker w-fill\(look.color)", "d": look.outline(x: x, y: y, radius: 4.4).data],
      note.map { [.node("title", text: $0)] } ?? [])
  }

  private func sample(_ entry: FigureLegend.Entry) -> Markup {
    let (left, y) = (entry.sampleLeft, entry.sampleMiddle)
    let right = left + entry.subject.sampleWidth
    switch entry.subject {
    case .series(_, let look, let drawing):
      let marker = marker(x: (left + right) / 2, y: y, look: look, note: nil)
      switch drawing {
      case .lineAndMarkers:
        return .element("g", [], [line(FigurePath(points: [(left, y), (right, y)]), look: look), marker])
      case .markers: return marker
      }
    case .rule: return .node("path", ["class": "w-rule", "d": FigurePath(points: [(left, y), (right, y)]).data])
    case .segment(let color):
      return .node(
        "rect",
        [
          "class": "w-fill\(color)", "x": (left + 2).coordinate, "y": (y - 6).coordinate, "width": "12",
          "height": "12",
        ])
    case .arrows:
      let middle = (left + right) / 2
      let bounds = FigureBox(left: left, top: y - 8, right: right, bottom: y + 8)
      return .node(
        "path",
        [
          "class": "w-bar w-arrow",
          "d": arrow(from: (middle - 4, y + 8), meaning: .atLeast, plot: bounds)
            + arrow(from: (middle + 4, y - 8), meaning: .atMost, plot: bounds),
        ])
    }
  }
}
