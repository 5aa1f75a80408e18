extension ChartLayout {
  /// A place for a label and where its leader starts, if it needs one.
  private struct Candidate {
    let texts: [FigureText]
    let isApart: Bool

    var box: FigureBox {
      let boxes = texts.map(\.box)
      return FigureBox(
        left: boxes.map(\.left).min() ?? 0, top: boxes.map(\.top).min() ?? 0,
        right: boxes.map(\.right).max() ?? 0, bottom: boxes.map(\.bottom).max() ?? 0)
    }
  }

  /// Labels horizontal reference lines (unless the legend does) and highlights where they cover least of the data,
  /// and never one another if any place avoids it.
  mutating func placeLabelsInPlot(_ chart: Chart, legendHoldsRules: Bool) {
    guard !chart.highlights.isEmpty || (!legendHoldsRules && !chart.references.isEmpty) else { return }
    let obstacles = obstacles(of: chart)
    var placed = chart.highlights.map { highlight in
      let (x, y) = (x(highlight.x), y(highlight.y))
      return FigureBox(left: x - 10, top: y - 10, right: x + 10, bottom: y + 10)
    }
    func best(_ candidates: [Candidate]) -> Candidate? {
      let bounds = plot.grown(by: -2)
      let costs = candidates.map { candidate in
        let room = candidate.box.grown(by: 1.5)
        let inside = bounds.contains(candidate.box) ? 0 : 10_000
        return inside + 1000 * placed.count { $0.overlaps(room) } + obstacles.count { $0.overlaps(room) }
      }
      guard let least = costs.min(), let index = costs.firstIndex(of: least) else { return nil }
      return candidates[index]
    }
    for highlight in chart.highlights {
      guard let choice = best(candidates(for: highlight)) else { continue }
      texts += choice.texts
      placed.append(choice.box)
      if choice.isApart { leaders.append(leader(from: (x(highlight.x), y(highlight.y)), to: choice.box)) }
    }
    for rule in chart.references
    where rule.direction == .horizontal && !legendHoldsRules && !rule.label.isEmpty {
      guard let choice = best(candidates(for: rule)) else { continue }
      texts += choice.texts
      placed.append(choice.box)
    }
  }

  private func candidates(for rule: ReferenceLine) -> [Candidate] {
    let line = TextMetrics.lines(rule.label, size: sizes.body, width: plot.width - 12)
    let text = line.count == 1 ? line[0] : line[0] + " …"
    let places: [(Double, FigureText.Anchor)] = [
      (plot.right - 5, .end), (plot.left + 6, .start), ((plot.left + plot.right) / 2, .middle),
    ]
    return places.flatMap { place, anchor in
      [y(rule.value) - sizes.line - 1, y(rule.value) + 2].map { top in
        Candidate(
          texts: [FigureText(text, role: .reference, size: sizes.body, x: place, top: top, anchor: anchor)],
          isApart: false)
      }
    }
  }

  /// Places around the ring, near ones first, then ever farther ones with a leader.
  private func candidates(for highlight: ChartHighlight) -> [Candidate] {
    let (centerX, centerY) = (x(highlight.x), y(highlight.y))
    let lines = TextMetrics.lines(highlight.label, size: sizes.body * 1.06, width: plot.width * 0.45)
    let half = Double(lines.count) * sizes.line / 2
    let directions: [(Double, Double)] = [
      (1, 0), (-1, 0), (0, -1), (0, 1), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7),
    ]
    return [13.0, 30, 50, 75, 100, 130, 160].flatMap { distance in
      directions.map { direction in
        let x = centerX + direction.0 * distance
        // Above and below, the whole block clears the ring; at the sides it is centered on it.
        let middle = centerY + direction.1 * (distance + half)
        let anchor: FigureText.Anchor = direction.0 > 0 ? .start : direction.0 < 0 ? .end : .middle
        let texts = lines.enumerated().map { index, line in
          FigureText(
            line, role: .highlight, size: sizes.body, x: x, top: middle - half + Double(index) * sizes.line,
            anchor: anchor)
        }
        return Candidate(texts: texts, isApart: distance > 13)
      }
    }
  }

  /// A line from the edge of the ring to the nearest point of the label.
  private func leader(from center: (Double, Double), to box: FigureBox) -> FigurePath {
    let end = (min(box.right, max(box.left, center.0)), min(box.bottom, max(box.top, center.1)))
    let (dx, dy) = (end.0 - center.0, end.1 - center.1)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 11 else { return FigurePath(points: [end, end]) }
    return FigurePath(points: [(center.0 + dx / length * 10, center.1 + dy / length * 10), end])
  }

  /// The rooms of markers, lines, error bars and rules.
  private func obstacles(of chart: Chart) -> [FigureBox] {
    var boxes: [FigureBox] = []
    for series in chart.series {
      let places = series.points.map { (x($0.x), y($0.y)) }
      for (place, point) in zip(places, series.points) {
        boxes.append(
          FigureBox(left: place.0 - 5, top: place.1 - 5, right: place.0 + 5, bottom: place.1 + 5))
        if let interval = point.interval {
          boxes.append(
            FigureBox(
              left: place.0 - 4, top: y(interval.upperBound), right: place.0 + 4,
              bottom: y(interval.lowerBound)))
        }
      }
      guard series.drawing == .lineAndMarkers else { continue }
      for (start, end) in zip(places, places.dropFirst()) {
        let (dx, dy) = (end.0 - start.0, end.1 - start.1)
        let steps = max(1, Int(((dx * dx + dy * dy).squareRoot() / 6).rounded(.up)))
        for step in 0..<steps {
          let part = (Double(step) + 0.5) / Double(steps)
          let (x, y) = (start.0 + part * dx, start.1 + part * dy)
          boxes.append(FigureBox(left: x - 3, top: y - 3, right: x + 3, bottom: y + 3))
        }
      }
    }
    for rule in chart.references {
      switch rule.direction {
      case .vertical:
        let place = x(rule.value)
        boxes.append(FigureBox(left: place - 1, top: plot.top, right: place + 1, bottom: plot.bottom))
      case .horizontal:
        let place = y(rule.value)
        boxes.append(FigureBox(left: plot.left, top: place - 1, right: plot.right, bottom: place + 1))
      }
    }
    return boxes
  }
}
