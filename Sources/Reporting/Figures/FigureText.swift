/// A line of text at its place in a figure.
package struct FigureText: Hashable, Sendable {
  /// What the text is for, which decides its size and color.
  package enum Role: String, CaseIterable, Sendable {
    case title, subtitle, tick, heading, legend, reference, highlight, value, notice
  }

  /// Where the text stands about its `x`.
  package enum Anchor: String, Sendable {
    case start, middle, end
  }

  /// The text.
  package let text: String
  /// What the text is for.
  package let role: Role
  /// The font size.
  package let size: Double
  /// The place of the anchor.
  package let x: Double
  /// The place of the baseline; for upright text its `y`, for turned text the `y` of the middle.
  package let y: Double
  /// Where the text stands about `x`.
  package let anchor: Anchor
  /// Whether the text is turned to read from bottom to top.
  package let isTurned: Bool
  /// The room it takes, by estimate.
  package let box: FigureBox

  /// The distance between baselines in font sizes.
  package static let lineHeight = 1.25

  /// A line of text with the upper edge of its room at `top`.
  package init(
    _ text: String, role: Role, size: Double, x: Double, top: Double, anchor: Anchor = .start
  ) {
    self.text = text
    self.role = role
    self.size = size
    self.x = x
    self.anchor = anchor
    isTurned = false
    y = top + size * 0.95
    let width = TextMetrics.width(text, size: size)
    let left: Double
    switch anchor {
    case .start: left = x
    case .middle: left = x - width / 2
    case .end: left = x - width
    }
    box = FigureBox(left: left, top: top, right: left + width, bottom: top + size * Self.lineHeight)
  }

  /// A line of text turned to read upward, with the left edge of its room at `left` and its middle at `middle`.
  package init(turned text: String, role: Role, size: Double, left: Double, middle: Double) {
    self.text = text
    self.role = role
    self.size = size
    x = left + size * 0.95
    y = middle
    anchor = .middle
    isTurned = true
    let half = TextMetrics.width(text, size: size) / 2
    box = FigureBox(
      left: left, top: middle - half, right: left + size * Self.lineHeight, bottom: middle + half)
  }

  /// The SVG element.
  package var markup: Markup {
    var attributes = [
      MarkupAttribute("class", "w-\(role.rawValue)"), MarkupAttribute("x", x.coordinate),
      MarkupAttribute("y", y.coordinate), MarkupAttribute("font-size", size.coordinate),
    ]
    if anchor != .start { attributes.append(MarkupAttribute("text-anchor", anchor.rawValue)) }
    if isTurned {
      attributes.append(MarkupAttribute("transform", "rotate(-90 \(x.coordinate) \(y.coordinate))"))
    }
    return .element("text", attributes, [.text(text)])
  }
}

/// The font sizes and distances of a figure, which depend on its width: a narrow figure keeps its text readable by
/// holding less of it.
package struct FigureSizes: Hashable, Sendable {
  /// Whether the figure is for a narrow screen.
  package let isNarrow: Bool
  /// Font sizes.
  package let title, subtitle, body: Double
  /// The empty edge all around.
  package let edge: Double

  /// The sizes for a figure `width` wide.
  package init(width: Double) {
    isNarrow = width < 520
    title = isNarrow ? 15 : 18
    subtitle = isNarrow ? 12.5 : 15
    body = isNarrow ? 12.5 : 15
    edge = isNarrow ? 8 : 14
  }

  /// The height of a line of body text.
  package var line: Double { body * FigureText.lineHeight }

  /// Title and subtitle from the upper left corner, in as many lines as they need.
  package func head(title: String, subtitle: String?, width: Double) -> [FigureText] {
    var texts: [FigureText] = []
    var top = edge
    let parts: [(String?, FigureText.Role, Double)] = [
      (title, .title, self.title), (subtitle, .subtitle, self.subtitle),
    ]
    for (text, role, size) in parts {
      guard let text, !text.isEmpty else { continue }
      for line in TextMetrics.lines(text, size: size * (role == .title ? 1.06 : 1), width: width - 2 * edge) {
        texts.append(FigureText(line, role: role, size: size, x: edge, top: top))
        top += size * FigureText.lineHeight
      }
      top += 2
    }
    return texts
  }
}
