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
    content += layout.legend.entries.map(\.sample)
    content += layout.allTexts.map(\.markup)
    return FigureFrame(title: title, summary: summary, width: layout.width, height: layout.height)
      .markup(prefix: prefix, style: style, content: content)
  }

  /// Grid lines, axes and tick marks.
  private func grid(_ layout: ChartLayout) -> [Markup] {
    let plot = layout.plot
    var lines: [[(Double, Double)]] = []
    var marks: [[(Double, Double)]] = [
      [(plot.left, plot.top), (plot.left, plot.bottom), (plot.right, plot.bottom)]
    ]
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
      .node("path", ["class": "w-grid", "d": path(lines)]),
      .node("path", ["class": "w-axis", "d": path(marks)]),
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
      bars += FigurePath.arrow(from: place, meaning: point.meaning, within: layout.plot)
    }
    if !bars.isEmpty { parts.append(.node("path", ["class": "w-bar w-stroke\(look.color)", "d": bars])) }
    if series.drawing == .lineAndMarkers && places.count > 1 {
      parts.append(look.line(FigurePath(points: places)))
    }
    for (place, point) in zip(places, series.points) {
      parts.append(look.symbol(x: place.0, y: place.1, note: point.note))
    }
    return .element("g", [], parts)
  }
}
