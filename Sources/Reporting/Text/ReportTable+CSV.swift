extension ReportTable {
  /// The table as CSV: a header of column keys, then one record per row, each ended by `\n`.
  ///
  /// Quoting is that of RFC 4180: a field with a comma, a quote or a line break stands in quotes, with inner quotes doubled.
  /// Line ends are `\n` instead of the RFC's CRLF, as `diff` and Unix tools expect. Numbers are exact (the shortest
  /// text that reads back as the same `Double`), a missing value is an empty field, and empty text is `""`, so that the two differ.
  public var csv: String {
    let header = columns.map { Self.quoted($0.key) }
    let records = rows.map { $0.map(Self.field) }
    return ([header] + records).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// The table as a Markdown pipe table, for a README or a code review.
  public var markdown: String {
    let header = columns.map { Self.markdownField($0.heading) }
    let rule = columns.map { $0.alignment == .trailing ? "---:" : "---" }
    let records = rows.map { $0.map { Self.markdownField($0.shown) } }
    return ([header, rule] + records).map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  private static func field(_ cell: TableCell) -> String {
    switch cell {
    case .text(let text): quoted(text)
    case .integer(let value): String(value)
    case .number(let value, _): "\(value)"
    case .missing: ""
    }
  }

  private static func quoted(_ text: String) -> String {
    // Scalars, not characters: "\r\n" is one character and would hide the line feed.
    let needsQuotes = text.isEmpty || text.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
    guard needsQuotes else { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { result += "\"" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }

  private static func markdownField(_ text: String) -> String {
    var result = ""
    for character in text.singleLine {
      if "\\|<>&*_`[]".contains(character) { result += "\\" }
      result.append(character)
    }
    return result
  }
}
