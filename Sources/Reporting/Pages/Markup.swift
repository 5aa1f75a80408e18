/// A piece of an XML, SVG or HTML document, escaped by construction: no text or attribute can end an element.
///
/// The rendering is both well-formed XML and valid HTML, so one figure serves as a file and inside a page.
public indirect enum Markup: Hashable, Sendable {
  /// An element with its attributes, written in the order given, and its content.
  case element(String, [MarkupAttribute], [Markup])
  /// Text; `<`, `>`, `&` and quotes are escaped, and characters XML forbids become U+FFFD.
  case text(String)
  /// The text of a style sheet, written as it is. It must hold neither `<` nor `&`.
  case styleSheet(String)

  /// Elements that have no content in HTML or are drawn shapes in SVG: written `<br/>`, all others with an end tag.
  private static let voidNames: Set<String> = [
    "br", "circle", "col", "hr", "img", "line", "link", "meta", "path", "polygon", "polyline", "rect",
  ]

  /// The document text: an element that holds text stands on one line, any other has one line per child.
  public var rendered: String {
    var output = ""
    write(to: &output)
    return output
  }

  private func write(to output: inout String) {
    switch self {
    case .text(let text):
      output += text.escapedForMarkup
    case .styleSheet(let rules):
      precondition(!rules.contains("<") && !rules.contains("&"), "a style sheet holds < or &: \(rules)")
      output += rules
    case .element(let name, let attributes, let children):
      output += "<\(name)"
      for attribute in attributes { output += " \(attribute.name)=\"\(attribute.value.escapedForMarkup)\"" }
      if children.isEmpty && Self.voidNames.contains(name) {
        output += "/>"
        return
      }
      output += ">"
      let holdsText = children.contains { child in
        switch child {
        case .text, .styleSheet: true
        case .element: false
        }
      }
      for child in children {
        if !holdsText { output += "\n" }
        child.write(to: &output)
      }
      if !holdsText && !children.isEmpty { output += "\n" }
      output += "</\(name)>"
    }
  }
}

/// One attribute of an element.
public struct MarkupAttribute: Hashable, Sendable {
  /// The attribute's name, such as `class`.
  public let name: String
  /// The value before escaping.
  public let value: String

  /// An attribute `name="value"`.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension Markup {
  /// An element whose attributes are names and values in the order of writing.
  package static func node(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []
  ) -> Markup {
    .element(name, attributes.map { MarkupAttribute($0.key, $0.value) }, children)
  }

  /// An element that holds only text.
  package static func node(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String
  ) -> Markup {
    .element(name, attributes.map { MarkupAttribute($0.key, $0.value) }, [.text(text)])
  }
}

extension String {
  /// The text with `&`, `<`, `>` and both quotes as character references, safe in content and in attributes.
  ///
  /// Characters that XML 1.0 (section 2.2) forbids even as references become U+FFFD.
  package var escapedForMarkup: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // A bare carriage return would be read back as a line feed.
      case "\r": result += "&#13;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
