import Foundation

extension JSONValue {
  /// The value that `text`, UTF-8 encoded JSON by the letter of RFC 8259, stands for.
  ///
  /// Foundation's readers take trailing commas, keep either value of a name given twice, and often cannot say
  /// where a fault is; a description file must not be misread in silence, so this reader refuses all of these
  /// with the line and column. A byte order mark is skipped. At most 512 levels of nesting.
  public init(parsing text: Data) throws(JSONSyntaxError) {
    let bytes = [UInt8](text)
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }
}

private struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  mutating func document() throws(JSONSyntaxError) -> JSONValue {
    skipSpace()
    let value = try value()
    skipSpace()
    if position < bytes.count { throw fault("expected the end of the text, found \(found)") }
    return value
  }

  private mutating func value() throws(JSONSyntaxError) -> JSONValue {
    switch peek {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      try enter()
      let value = bytes[position - 1] == UInt8(ascii: "{") ? try object() : try array()
      depth -= 1
      return value
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"): return try number()
    case let byte? where isDigit(byte): return try number()
    default:
      for (word, value) in [("null", JSONValue.null), ("true", true), ("false", false)]
      where bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw fault("expected a value, found \(found)")
    }
  }

  private mutating func enter() throws(JSONSyntaxError) {
    if depth == 512 { throw fault("more than 512 levels of nesting") }
    depth += 1
    position += 1
  }

  private mutating func array() throws(JSONSyntaxError) -> JSONValue {
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(elements) }
    while true {
      skipSpace()
      elements.append(try value())
      skipSpace()
      if take("]") { return .array(elements) }
      if !take(",") { throw fault("expected \",\" or \"]\", found \(found)") }
    }
  }

  private mutating func object() throws(JSONSyntaxError) -> JSONValue {
    var members: [String: JSONValue] = [:]
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      let start = position
      if peek != UInt8(ascii: "\"") { throw fault("expected a name in quotes, found \(found)") }
      let name = try string()
      if members[name] != nil { throw fault("the name \"\(name)\" is given twice", at: start) }
      skipSpace()
      if !take(":") { throw fault("expected \":\" after the name \"\(name)\", found \(found)") }
      skipSpace()
      members[name] = try value()
      skipSpace()
      if take("}") { return .object(members) }
      if !take(",") { throw fault("expected \",\" or \"}\", found \(found)") }
    }
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    _ = take("-")
    if take("0") {
      if isDigit(peek) { throw fault("a number cannot start with 0", at: start) }
    } else {
      try digits()
    }
    var isInteger = true
    if take(".") {
      isInteger = false
      try digits()
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, text != "-0", let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw fault("\(text) is beyond the largest double, 1.8e308", at: start)
    }
    return .number(number)
  }

  private mutating func digits() throws(JSONSyntaxError) {
    if !isDigit(peek) { throw fault("expected a digit, found \(found)") }
    while isDigit(peek) { position += 1 }
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    let start = position
    position += 1
    var content: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: content, as: UTF8.self) else {
          throw fault("the string that starts here is not UTF-8", at: start)
        }
        position += 1
        return string
      case UInt8(ascii: "\\"):
        content.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20:
        throw fault("a control character in a string must be written as an escape")
      default:
        content.append(byte)
        position += 1
      }
    }
    throw fault("the string that starts here does not end", at: start)
  }

  private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let start = position
    position += 1
    let letter = peek
    position += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try hexadecimalUnit(escapeStart: start)
      if let scalar = Unicode.Scalar(unit) { return scalar }
      // A surrogate: only a high one directly followed by an escaped low one means a character.
      if unit < 0xdc00, take("\\"), take("u") {
        let second = try hexadecimalUnit(escapeStart: start)
        if (0xdc00...0xdfff).contains(second) {
          return Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (second - 0xdc00))!
        }
      }
      throw fault("half of a surrogate pair", at: start)
    default: throw fault("unknown escape in a string", at: start)
    }
  }

  private mutating func hexadecimalUnit(escapeStart: Int) throws(JSONSyntaxError) -> UInt32 {
    let digits = bytes[min(position, bytes.count)..<min(position + 4, bytes.count)]
    guard digits.count == 4, digits.allSatisfy(\.isHexadecimalDigit) else {
      throw fault("\\u must be followed by four hexadecimal digits", at: escapeStart)
    }
    position += 4
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)!
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func isDigit(_ byte: UInt8?) -> Bool {
    if let byte { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) } else { false }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    if peek != UInt8(ascii: character) { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || (0x09...0x0a).contains(byte) || byte == 0x0d { position += 1 }
  }

  /// What stands at the position, for messages.
  private var found: String {
    guard position < bytes.count else { return "the end of the text" }
    let rest = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
    return rest.first.map { "\"\($0)\"" } ?? "nothing"
  }

  private func fault(_ message: String, at place: Int? = nil) -> JSONSyntaxError {
    let before = bytes[..<min(place ?? position, bytes.count)]
    let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    let column = String(decoding: before[lineStart...], as: UTF8.self).count + 1
    return JSONSyntaxError(message: message, line: before.count { $0 == 0x0a } + 1, column: column)
  }
}
