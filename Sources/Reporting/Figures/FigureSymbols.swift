extension SeriesLook {
  /// A line in the look's color and dashes.
  func line(_ path: FigurePath) -> Markup {
    var attributes = [MarkupAttribute("class", "w-line w-stroke\(color)")]
    if !dashes.isEmpty {
      attributes.append(
        MarkupAttribute("stroke-dasharray", dashes.map(\.coordinate).joined(separator: " ")))
    }
    return .element("path", attributes + [MarkupAttribute("d", path.data)], [])
  }

  /// The look's marker around (`x`, `y`), with a text for those who point at it.
  func symbol(x: Double, y: Double, note: String?) -> Markup {
    .node(
      "path", ["class": "w-marker w-fill\(color)", "d": outline(x: x, y: y, radius: 4.4).data],
      note.map { [.node("title", text: $0)] } ?? [])
  }
}

extension FigurePath {
  /// The class of a part of a bar: eight full colors, then the same eight pale.
  static func partClass(_ index: Int) -> String { "w-fill\(index % 8)" + (index < 8 ? "" : " w-pale") }

  /// An arrow of 16 units, shortened where it would leave the plot.
  static func arrow(from place: (Double, Double), meaning: ChartPoint.Meaning, within plot: FigureBox)
    -> String
  {
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
}

extension FigureLegend.Entry {
  /// The line, marker, patch or arrows left of the text.
  var sample: Markup {
    let (left, y) = (sampleLeft, sampleMiddle)
    let right = left + subject.sampleWidth
    switch subject {
    case .series(_, let look, let drawing):
      let marker = look.symbol(x: (left + right) / 2, y: y, note: nil)
      switch drawing {
      case .lineAndMarkers:
        return .element("g", [], [look.line(FigurePath(points: [(left, y), (right, y)])), marker])
      case .markers: return marker
      }
    case .rule:
      return .node("path", ["class": "w-rule", "d": FigurePath(points: [(left, y), (right, y)]).data])
    case .segment(let color):
      return .node(
        "rect",
        [
          "class": FigurePath.partClass(color), "x": (left + 2).coordinate, "y": (y - 6).coordinate,
          "width": "12",
          "height": "12",
        ])
    case .arrows:
      let middle = (left + right) / 2
      let bounds = FigureBox(left: left, top: y - 8, right: right, bottom: y + 8)
      return .node(
        "path",
        [
          "class": "w-bar w-arrow",
          "d": FigurePath.arrow(from: (middle - 4, y + 8), meaning: .atLeast, within: bounds)
            + FigurePath.arrow(from: (middle + 4, y - 8), meaning: .atMost, within: bounds),
        ])
    }
  }
}
