import Foundation

extension JSONValue {
  /// The one text every equal value has: names sorted by their UTF-8 bytes, no white space, doubles as the
  /// shortest decimal that reads back to the same bits (`0.1`, `1.0`, `1e+20`), and in strings only the escapes
  /// that RFC 8259 demands. Digests of this text serve as keys.
  /// - Precondition: every number is finite.
  public var canonicalText: String {
    var text = ""
    appendCanonical(to: &text)
    return text
  }

  /// A text for people: names sorted by their UTF-8 bytes, two spaces a level, an array of scalars on one line
  /// where it stays within 100 characters. Ends with a line feed. Reads back to an equal value.
  /// - Precondition: every number is finite.
  public var indentedText: String {
    var text = ""
    appendIndented(to: &text, depth: 0)
    return text + "\n"
  }

  private func appendCanonical(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value):
      precondition(value.isFinite, "JSON cannot hold \(value)")
      text += value.description
    case .string(let value): Self.appendString(value, to: &text)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.appendCanonical(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in Self.sorted(members).enumerated() {
        if index > 0 { text += "," }
        Self.appendString(member.key, to: &text)
        text += ":"
        member.value.appendCanonical(to: &text)
      }
      text += "}"
    }
  }

  private func appendIndented(to text: inout String, depth: Int) {
    let margin = "\n" + String(repeating: "  ", count: depth)
    switch self {
    case .array(let elements) where !elements.isEmpty:
      if let line = oneLineText {
        text += line
        return
      }
      for (index, element) in elements.enumerated() {
        text += (index > 0 ? "," : "[") + margin + "  "
        element.appendIndented(to: &text, depth: depth + 1)
      }
      text += margin + "]"
    case .object(let members) where !members.isEmpty:
      for (index, member) in Self.sorted(members).enumerated() {
        text += (index > 0 ? "," : "{") + margin + "  "
        Self.appendString(member.key, to: &text)
        text += ": "
        member.value.appendIndented(to: &text, depth: depth + 1)
      }
      text += margin + "}"
    case .null, .bool, .integer, .number, .string, .array, .object:
      appendCanonical(to: &text)
    }
  }

  /// `[1, 2, 3]` for an array of scalars that fits a line of 100 characters, else `nil`.
  private var oneLineText: String? {
    guard case .array(let elements) = self, elements.count <= 50, elements.allSatisfy(\.isScalar) else {
      return nil
    }
    let line = "[" + elements.map(\.canonicalText).joined(separator: ", ") + "]"
    return line.utf8.count <= 100 ? line : nil
  }

  private var isScalar: Bool {
    switch self {
    case .null, .bool, .integer, .number, .string: true
    case .array, .object: false
    }
  }

  private static func sorted(_ members: [String: JSONValue]) -> [(key: String, value: JSONValue)] {
    members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  private static func appendString(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{c}": text += "\\f"
      case "\u{0}"..."\u{1f}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
