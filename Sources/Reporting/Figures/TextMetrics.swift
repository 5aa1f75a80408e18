/// How much room a text takes in a figure, whose renderer is not known when it is laid out.
package enum TextMetrics {
  /// Widths of the characters U+0020...U+007E in thousandths of the font size: Helvetica's metrics (Adobe AFM),
  /// which Arial and Liberation Sans share.
  private static let widths: [Int] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]

  /// The width of `text` at a font size, 6 percent above Helvetica's to leave room for other sans-serif fonts.
  package static func width(_ text: String, size: Double) -> Double {
    let thousandths = text.reduce(0) { sum, character in
      guard let ascii = character.asciiValue, (0x20...0x7E).contains(ascii) else {
        return sum + (character == "\u{202F}" ? 200 : character.displayWidth * 600)
      }
      return sum + widths[Int(ascii) - 0x20]
    }
    return Double(thousandths) * size * 0.00106
  }

  /// `text` in lines no wider than `width`, broken at spaces; a single word that is wider stands alone on its line
  /// and is cut short with an ellipsis. Always at least one line.
  package static func lines(_ text: String, size: Double, width: Double) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: { $0 == " " || $0.isNewline || $0 == "\t" }) {
      if let last = lines.last, self.width("\(last) \(word)", size: size) <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(shortened(String(word), size: size, width: width))
      }
    }
    return lines.isEmpty ? [""] : lines
  }

  private static func shortened(_ word: String, size: Double, width: Double) -> String {
    guard self.width(word, size: size) > width else { return word }
    var rest = word
    while rest.count > 1 && self.width(rest + "…", size: size) > width { rest.removeLast() }
    return rest + "…"
  }
}

/// A rectangle in a figure; `y` grows downward.
package struct FigureBox: Hashable, Sendable {
  /// The left, upper, right and lower edges.
  package var left, top, right, bottom: Double

  /// A rectangle with these edges.
  package init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// The width, at least 0.
  package var width: Double { right - left }
  /// The height, at least 0.
  package var height: Double { bottom - top }

  /// Whether the two have more than an edge in common.
  package func overlaps(_ other: FigureBox) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }

  /// Whether `other` lies wholly within.
  package func contains(_ other: FigureBox) -> Bool {
    left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom
  }

  /// The box with every edge moved outward.
  package func grown(by distance: Double) -> FigureBox {
    FigureBox(left: left - distance, top: top - distance, right: right + distance, bottom: bottom + distance)
  }
}
