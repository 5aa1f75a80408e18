import Foundation
import Reproducibility
import Testing

@Suite("JSON values")
struct JSONValueTests {
  @Test("Both texts of a random value read back to that value, and canonical text is a fixed point")
  func roundTrips() throws {
    var source = RandomSource(seed: 31)
    for trial in 0..<2000 {
      let value = randomValue(&source, depth: 4)
      let canonical = value.canonicalText
      #expect(try JSONValue(parsing: Data(canonical.utf8)) == value, "seed 31, trial \(trial)")
      #expect(try JSONValue(parsing: Data(value.indentedText.utf8)) == value, "seed 31, trial \(trial)")
      #expect(try JSONValue(parsing: Data(value.indentedText.utf8)).canonicalText == canonical)
      #expect(!canonical.contains("\n") && value.indentedText.hasSuffix("\n"))
    }
  }

  @Test("Foundation reads our texts to the same values")
  func foundationAgrees() throws {
    var source = RandomSource(seed: 37)
    for trial in 0..<500 {
      let value = JSONValue.array([randomValue(&source, depth: 4)])
      for text in [value.canonicalText, value.indentedText] {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        #expect(isEqual(object, value), "seed 37, trial \(trial): \(text)")
      }
    }
  }

  @Test("Doubles of every size are written so that they read back to the same bits")
  func doubles() throws {
    var source = RandomSource(seed: 41)
    for _ in 0..<20_000 {
      let number = Double(bitPattern: source.next())
      guard number.isFinite else { continue }
      let text = JSONValue.number(number).canonicalText
      guard case .number(let read) = try JSONValue(parsing: Data(text.utf8)) else {
        Issue.record("\(text) is not a number")
        continue
      }
      #expect(read.bitPattern == number.bitPattern, "\(text)")
    }
  }

  @Test("Canonical text is what its definition says")
  func canonicalExamples() {
    let value: JSONValue = [
      "b": [1, 1.0, -0.0, 1e20, 0.1, true, nil], "a": ["é": "\u{1}\"\\/\n\t", "z": [:], "Z": []],
    ]
    #expect(
      value.canonicalText
        == #"{"a":{"Z":[],"z":{},"é":"\u0001\"\\/\n\t"},"b":[1,1.0,-0.0,1e+20,0.1,true,null]}"#)
    #expect(
      value.indentedText == """
        {
          "a": {
            "Z": [],
            "z": {},
            "é": "\\u0001\\"\\\\/\\n\\t"
          },
          "b": [1, 1.0, -0.0, 1e+20, 0.1, true, null]
        }

        """)
    let long = JSONValue.array((0..<60).map { .integer($0) })
    #expect(long.indentedText.split(separator: "\n").count == 62)
  }

  @Test("Escapes and white space of every kind are read")
  func readingExamples() throws {
    let text =
      "\u{feff} {\"a\" :\t[ \"\\ud83d\\ude00\\u00e9\\/\\b\\f\\n\\r\\t\\\"\\\\\" , 1E2,-0,-7,1.5e-3 ]\r\n}\n"
    #expect(
      try JSONValue(parsing: Data(text.utf8)) == ["a": ["😀é/\u{8}\u{c}\n\r\t\"\\", 100.0, -0.0, -7, 0.0015]])
    #expect(try JSONValue(parsing: Data("9223372036854775807".utf8)) == .integer(.max))
    #expect(try JSONValue(parsing: Data("9223372036854775808".utf8)) == .number(0x1p63))
  }

  @Test(
    "Every fault is named with its line and column",
    arguments: [
      ("", 1, 1, "expected a value, found the end of the text"),
      ("{\"a\":1,\n \"b\":}", 2, 6, "expected a value, found \"}\""),
      ("[1,2", 1, 5, "expected \",\" or \"]\", found the end of the text"),
      ("[1,]", 1, 4, "expected a value, found \"]\""),
      ("{\"a\":1,}", 1, 8, "expected a name in quotes, found \"}\""),
      ("{\"a\":1,\"a\":2}", 1, 8, "the name \"a\" is given twice"),
      ("{\"a\" 1}", 1, 6, "expected \":\" after the name \"a\", found \"1\""),
      ("[1] é", 1, 5, "expected the end of the text, found \"é\""),
      ("\n\n[01]", 3, 2, "a number cannot start with 0"),
      ("[1.]", 1, 4, "expected a digit, found \"]\""),
      ("[-]", 1, 3, "expected a digit, found \"]\""),
      ("[1e400]", 1, 2, "1e400 is beyond the largest double, 1.8e308"),
      ("[nan]", 1, 2, "expected a value, found \"n\""),
      ("[\"éé\\x\"]", 1, 5, "unknown escape in a string"),
      ("[\"\\u12\"]", 1, 3, "\\u must be followed by four hexadecimal digits"),
      ("[\"\\ud800\"]", 1, 3, "half of a surrogate pair"),
      ("[\"\\udc00\\ud800\"]", 1, 3, "half of a surrogate pair"),
      ("[\"abc", 1, 2, "the string that starts here does not end"),
      ("[\"a\nb\"]", 1, 4, "a control character in a string must be written as an escape"),
      (String(repeating: "[", count: 513), 1, 513, "more than 512 levels of nesting"),
    ])
  func faults(_ text: String, _ line: Int, _ column: Int, _ message: String) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Data(text.utf8)) }
    #expect(error?.description == "line \(line), column \(column): \(message)")
  }

  @Test("No cut, flip or random bytes make the reader trap")
  func damagedTexts() {
    var source = RandomSource(seed: 43)
    let text = Data(randomValue(&source, depth: 5).indentedText.utf8)
    for length in 0..<min(text.count, 400) { _ = try? JSONValue(parsing: text.prefix(length)) }
    for _ in 0..<3000 {
      var damaged = text
      damaged[source.below(damaged.count)] = UInt8(source.below(256))
      _ = try? JSONValue(parsing: damaged)
    }
    let notUTF8 = Data([0x5b, 0x22, 0xff, 0x22, 0x5d])
    let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: notUTF8) }
    #expect(error?.message == "the string that starts here is not UTF-8")
  }

  private func randomValue(_ source: inout RandomSource, depth: Int) -> JSONValue {
    switch source.below(depth == 0 ? 5 : 7) {
    case 0: return .null
    case 1: return .bool(source.below(2) == 0)
    case 2: return .integer(Int(truncatingIfNeeded: source.next()) >> source.below(64))
    case 3: return .number(source.normal() * [1, 1e-300, 1e300, 1e15][source.below(4)])
    case 4: return .string(randomString(&source))
    case 5: return .array((0..<source.below(6)).map { _ in randomValue(&source, depth: depth - 1) })
    default:
      var members: [String: JSONValue] = [:]
      for _ in 0..<source.below(6) {
        members[randomString(&source)] = randomValue(&source, depth: depth - 1)
      }
      return .object(members)
    }
  }

  private func randomString(_ source: inout RandomSource) -> String {
    let letters: [Character] = [
      "a", "B", "\"", "\\", "\n", "\u{0}", "\u{1f}", "é", "😀", "/", "\u{2028}", "\r\n",
    ]
    return String((0..<source.below(8)).map { _ in letters[source.below(letters.count)] })
  }

  private func isEqual(_ object: Any, _ value: JSONValue) -> Bool {
    switch value {
    case .null: return object is NSNull
    case .bool(let flag): return (object as? NSNumber)?.boolValue == flag
    case .integer(let integer): return (object as? NSNumber)?.intValue == integer
    case .number(let number):
      // JSONSerialization reads decimals to within a few units in the last place only.
      guard let read = (object as? NSNumber)?.doubleValue else { return false }
      return (read - number).magnitude <= 8 * number.ulp
    case .string(let string): return object as? String == string
    case .array(let elements):
      guard let objects = object as? [Any], objects.count == elements.count else { return false }
      return zip(objects, elements).allSatisfy { isEqual($0, $1) }
    case .object(let members):
      guard let objects = object as? [String: Any], objects.count == members.count else { return false }
      return members.allSatisfy { name, member in objects[name].map { isEqual($0, member) } ?? false }
    }
  }
}
