/// A value of the dictionary in a `.npy` header.
enum PythonLiteral: Hashable {
  case string(String)
  case bool(Bool)
  /// A tuple of integers, none of them negative.
  case tuple([Int])
  /// A list, as the descriptor of a structured type is. What it holds does not matter.
  case list
}

/// Reads the part of Python's syntax that headers of `.npy` files are written in.
struct PythonLiteralParser {
  private let text: ArraySlice<UInt8>
  private var position: Int

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    position = text.startIndex
  }

  /// The dictionary that the whole text is, white space around it allowed.
  mutating func dictionary() throws(NumpyArrayFault) -> [String: PythonLiteral] {
    var members: [String: PythonLiteral] = [:]
    try expect("{")
    while !takes("}") {
      let key = try string()
      if members[key] != nil { throw .malformedHeader("it has the key '\(key)' twice") }
      try expect(":")
      members[key] = try value()
      if !takes(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    if position < text.endIndex { throw unexpected("nothing after \"}\"") }
    return members
  }

  private mutating func value() throws(NumpyArrayFault) -> PythonLiteral {
    if takes("(") { return .tuple(try sizes()) }
    if takes("[") {
      try skipList()
      return .list
    }
    skipSpace()
    if text[position...].starts(with: "True".utf8) {
      position += 4
      return .bool(true)
    }
    if text[position...].starts(with: "False".utf8) {
      position += 5
      return .bool(false)
    }
    return .string(try string())
  }

  /// The sizes of a tuple whose parenthesis has been taken.
  private mutating func sizes() throws(NumpyArrayFault) -> [Int] {
    var sizes: [Int] = []
    while !takes(")") {
      sizes.append(try size())
      if takes(",") { continue }
      if sizes.count == 1 { throw unexpected("\",\": a tuple of one is written (n,)") }
      try expect(")")
      break
    }
    return sizes
  }

  private mutating func size() throws(NumpyArrayFault) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < text.endIndex, (48...57).contains(text[position]) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(text[position] - 48))
      if overflow || carry { throw .malformedHeader("a size is above \(Int.max)") }
      value = sum
      position += 1
    }
    if position == start { throw unexpected("a size, 0 or more") }
    // Python 2 wrote long integers so.
    _ = takes("L")
    return value
  }

  /// A string without escapes, in single or double quotes.
  private mutating func string() throws(NumpyArrayFault) -> String {
    let quote: Character = takes("\"") ? "\"" : "'"
    if quote == "'" { try expect("'") }
    let start = position
    while position < text.endIndex, text[position] != quote.asciiValue {
      if text[position] == UInt8(ascii: "\\") { throw unexpected("a string without escapes") }
      position += 1
    }
    let content = text[start..<position]
    try expect(quote)
    guard let string = String(validating: content, as: UTF8.self) else {
      throw .malformedHeader("a string is not UTF-8")
    }
    return string
  }

  /// Passes the rest of a list whose bracket has been taken.
  private mutating func skipList() throws(NumpyArrayFault) {
    var depth = 1
    while depth > 0 {
      if position == text.endIndex { throw unexpected("\"]\"") }
      if text[position] == UInt8(ascii: "[") { depth += 1 }
      if text[position] == UInt8(ascii: "]") { depth -= 1 }
      position += 1
    }
  }

  private mutating func skipSpace() {
    while position < text.endIndex, text[position] == 32 || (9...13).contains(text[position]) {
      position += 1
    }
  }

  /// Passes `character`, and white space before it, if it is next.
  private mutating func takes(_ character: Character) -> Bool {
    skipSpace()
    guard position < text.endIndex, text[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Character) throws(NumpyArrayFault) {
    if !takes(character) { throw unexpected("\"\(character)\"") }
  }

  private func unexpected(_ expected: String) -> NumpyArrayFault {
    let place = "at character \(position - text.startIndex + 1)"
    if position == text.endIndex { return .malformedHeader("it ends \(place), expected \(expected)") }
    return .malformedHeader("byte \(hexadecimal([text[position]])) \(place), expected \(expected)")
  }
}
