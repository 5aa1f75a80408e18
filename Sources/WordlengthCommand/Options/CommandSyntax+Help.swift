import Reporting

extension CommandSyntax {
  /// The help text for a terminal of `width` columns (at least 40): usage, operands, options and examples. No line is wider
  /// unless a single word is; examples are never broken, so that they can be copied.
  package func help(width: Int) -> String {
    let width = max(width, 40)
    var usage = "wordlength \(name)"
    for operand in operands {
      let word = operand.count.upperBound > 1 ? "\(operand.placeholder)..." : operand.placeholder
      usage += operand.count.lowerBound == 0 ? " [\(word)]" : " \(word)"
    }
    for option in options where option.isRequired { usage += " --\(option.name) \(option.placeholder ?? "")" }
    usage += " [options]"
    var sections = [
      (["\(summary.prefix(1).uppercased())\(summary.dropFirst())."] + discussion).flatMap {
        $0.wrapped(to: width) + [""]
      }
    ]
    sections.append(["Usage:"] + HelpRow.hanging(usage, indent: 2, width: width) + [""])
    if !operands.isEmpty {
      sections.append(
        HelpRow.section(
          "Operands:", operands.map { HelpRow(term: $0.placeholder, text: $0.help) }, width: width))
    }
    sections.append(HelpRow.section("Options:", options.map(HelpRow.init), width: width))
    if !examples.isEmpty {
      let lines = examples.flatMap { example in
        HelpRow.hanging(example.explanation, indent: 2, width: width) + [
          "    wordlength \(example.line)", "",
        ]
      }
      sections.append(["Examples:"] + lines)
    }
    return sections.joined().map { $0 + "\n" }.joined()
  }
}

/// A term and its explanation in the help text.
struct HelpRow {
  let term: String
  let text: String

  init(term: String, text: String) {
    self.term = term
    self.text = text
  }

  init(_ option: OptionDeclaration) {
    let letter = option.letter.map { "-\($0), " } ?? ""
    term = "\(letter)--\(option.name)" + (option.placeholder.map { " \($0)" } ?? "")
    var notes: [String] = []
    if option.isRequired { notes.append("required") }
    switch option.repetition {
    case .once: break
    case .repeated: notes.append("may be repeated")
    }
    if let defaultText = option.defaultText { notes.append("default: \(defaultText)") }
    text = option.help + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
  }

  /// A heading and rows whose explanations stand in one column; a term too wide for its column has its line alone.
  static func section(_ heading: String, _ rows: [HelpRow], width: Int) -> [String] {
    let limit = min(30, width / 2 - 4)
    let terms = rows.map(\.term.displayWidth).filter { $0 <= limit }.max() ?? 8
    let indent = 2 + terms + 2
    let lines = rows.flatMap { row -> [String] in
      let text = row.text.wrapped(to: width - indent)
      let margin = String(repeating: " ", count: indent)
      if row.term.displayWidth > terms { return ["  \(row.term)"] + text.map { margin + $0 } }
      return ["  " + row.term.padded(to: terms) + "  " + text[0]] + text.dropFirst().map { margin + $0 }
    }
    return [heading] + lines + [""]
  }

  /// A paragraph whose lines after the first are indented further.
  static func hanging(_ text: String, indent: Int, width: Int) -> [String] {
    let lines = text.wrapped(to: width - indent - 2)
    return lines.enumerated().map { String(repeating: " ", count: $0 == 0 ? indent : indent + 2) + $1 }
  }
}
