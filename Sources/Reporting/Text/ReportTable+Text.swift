extension ReportTable {
  /// The narrowest width that `text(width:)` keeps to.
  public static let narrowestWidth = 20

  /// The table for a terminal of `width` columns; no line is wider, and nothing is cut off.
  ///
  /// Columns stand two spaces apart under a rule. Where the natural widths do not fit, headings break at spaces, then
  /// cells of the widest text columns break over several lines; numbers never break. Where even that does not
  /// fit, each row becomes a record of `heading: value` lines. Widths below `narrowestWidth` count as that.
  /// Every line ends with `\n`.
  public func text(width: Int) -> String {
    let width = max(width, Self.narrowestWidth)
    let lines = columnWidths(fitting: width).map(grid) ?? records(width: width)
    return lines.map { $0 + "\n" }.joined()
  }

  private static let gap = 2
  /// A text column is not squeezed below this, as it would be a column of letters.
  private static let narrowestText = 10

  /// Widths whose sum with the gaps is at most `width`, or nil where the columns cannot be squeezed that far.
  ///
  /// First headings break, then cells between words, then long words.
  private func columnWidths(fitting width: Int) -> [Int]? {
    let available = width - Self.gap * (columns.count - 1)
    var natural: [Int] = []
    var floors: [[Int]] = [[], [], []]
    for (index, column) in columns.enumerated() {
      let heading = column.heading.singleLine
      let word = heading.widestWord
      let cells = rows.map { $0[index] }
      let widest = cells.map(\.shown.widestLine).max() ?? 0
      let words = cells.map { $0.breaks ? $0.shown.widestWord : $0.shown.widestLine }.max() ?? 0
      let fixed = cells.filter { !$0.breaks }.map(\.shown.widestLine).max() ?? 0
      natural.append(max(heading.displayWidth, widest, 2))
      floors[0].append(max(word, widest, 2))
      floors[1].append(max(word, words, min(widest, Self.narrowestText), 2))
      floors[2].append(max(word, fixed, min(widest, Self.narrowestText), 2))
    }
    var widths = natural
    for floor in floors {
      // One column of width at a time from the widest that can give, the leftmost among equals.
      while widths.reduce(0, +) > available {
        let givers = widths.indices.filter { widths[$0] > floor[$0] }
        guard let widest = givers.max(by: { (widths[$0], $1) < (widths[$1], $0) }) else { break }
        widths[widest] -= 1
      }
    }
    return widths.reduce(0, +) <= available ? widths : nil
  }

  private func grid(widths: [Int]) -> [String] {
    let headings = columns.map(\.heading)
    let rule = widths.map { String(repeating: "─", count: $0) }
    var lines = gridLines(headings, widths: widths, standing: .onTheRule)
    lines.append(rule.joined(separator: String(repeating: " ", count: Self.gap)))
    for row in rows {
      lines += gridLines(row.map(\.shown), widths: widths, standing: .fromTheTop)
    }
    return lines
  }

  /// Where the shorter cells of a row of several lines stand.
  private enum Standing { case fromTheTop, onTheRule }

  private func gridLines(_ cells: [String], widths: [Int], standing: Standing) -> [String] {
    let wrapped = zip(cells, widths).map { cell, width in cell.wrapped(to: max(width, 2)) }
    let height = wrapped.map(\.count).max() ?? 0
    return (0..<height).map { line in
      let parts = columns.indices.map { index -> String in
        let offset = standing == .onTheRule ? height - wrapped[index].count : 0
        let position = line - offset
        let piece = wrapped[index].indices.contains(position) ? wrapped[index][position] : ""
        return piece.padded(to: widths[index], alignment: columns[index].alignment)
      }
      return parts.joined(separator: String(repeating: " ", count: Self.gap)).withoutTrailingSpaces
    }
  }

  /// Rows one below another, for a terminal too narrow for columns.
  private func records(width: Int) -> [String] {
    if rows.isEmpty { return columns.flatMap { "\($0.heading): –".wrapped(to: width) } }
    var lines: [String] = []
    for (index, row) in rows.enumerated() {
      if index > 0 { lines.append("") }
      for (column, cell) in zip(columns, row) {
        let whole = "\(column.heading.singleLine): \(cell.shown.singleLine)"
        if whole.displayWidth <= width {
          lines.append(whole)
        } else {
          lines += "\(column.heading):".wrapped(to: width)
          lines += cell.shown.wrapped(to: width - 2).map { "  " + $0 }
        }
      }
    }
    return lines.map(\.withoutTrailingSpaces)
  }
}

extension TableCell {
  /// Whether the cell may continue on a second line.
  fileprivate var breaks: Bool {
    switch self {
    case .text: true
    case .integer, .number, .missing: false
    }
  }
}

extension String {
  fileprivate var widestLine: Int {
    split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { String($0).singleLine.displayWidth }.max() ?? 0
  }

  fileprivate var widestWord: Int { singleLine.split(separator: " ").map(\.displayWidth).max() ?? 0 }

  fileprivate var withoutTrailingSpaces: String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }
}
