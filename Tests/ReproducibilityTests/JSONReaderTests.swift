import Foundation
import Reproducibility
import Testing

private enum Overflow: String, CaseIterable { case wrap, saturate }

private struct LaneArray: Equatable {
  let lanes: Int
  let voltage: Double
  let overflow: Overflow
  let name: String
  let isGated: Bool
  let widths: [Int]
  let memories: [String]

  init?(_ reader: JSONReader) {
    let lanes = reader.integer("lanes", in: 1...4096)
    let voltage = reader.number("voltage", in: 0.5...1.2, default: 0.9)
    let overflow = reader.choice("overflow", of: Overflow.self, default: .saturate)
    let name = reader.string("name")
    let isGated = reader.flag("gated", default: false)
    let widths = reader.integers("widths", in: 1...16, count: 1...3)
    var memories: [String?] = []
    for memory in reader.contains("memories") ? reader.objects("memories") ?? [] : [] {
      memories.append(memory.string("kind"))
      memory.finish()
    }
    if let inner = reader.object("array") {
      for key in inner.keys { _ = inner.number(key) }
      inner.finish()
    }
    if let lanes, lanes % 2 == 1, lanes > 1 { reader.note("odd, expected an even number", at: "lanes") }
    reader.finish()
    guard let lanes, let voltage, let overflow, let name, let isGated, let widths else { return nil }
    self.lanes = lanes
    self.voltage = voltage
    self.overflow = overflow
    self.name = name
    self.isGated = isGated
    self.widths = widths
    self.memories = memories.compactMap(\.self)
  }
}

@Suite("Descriptions")
struct JSONReaderTests {
  @Test("A right description is read, with its defaults")
  func rightDescription() throws {
    let text = """
      {"lanes": 16, "overflow": "wrap", "name": "edge", "widths": [4, 8], "voltage": 1,
       "memories": [{"kind": "sram"}], "array": {"x": 1, "y": 2.5}}
      """
    let array = try JSONReader.read(Data(text.utf8), file: "edge.json") { LaneArray($0) }
    #expect(array.lanes == 16 && array.voltage == 1 && array.overflow == .wrap && !array.isGated)
    #expect(array.widths == [4, 8] && array.memories == ["sram"])
  }

  @Test("All faults are reported at once, in the order of reading, each with its path")
  func allFaults() {
    let text = """
      {"lane": 16, "overflow": "saturat", "name": 3, "gated": 1, "widths": [4, 17, "a"], "voltage": 1.5,
       "memories": [{"kind": "sram", "kinds": 1}, {}, 5], "array": {"x": 1, "y": []}, "colour": null}
      """
    let error = #expect(throws: DescriptionError.self) {
      try JSONReader.read(Data(text.utf8), file: "edge.json") { LaneArray($0) }
    }
    #expect(
      error?.description == """
        edge.json: lanes: missing; expected an integer in 1...4096
        edge.json: voltage: found a number (1.5), expected a number in 0.5...1.2
        edge.json: overflow: found a string ("saturat"), expected one of "wrap", "saturate"; \
        did you mean "saturate"?
        edge.json: name: found an integer (3), expected a string
        edge.json: gated: found an integer (1), expected true or false
        edge.json: widths[1]: found an integer (17), expected an integer in 1...16
        edge.json: widths[2]: found a string ("a"), expected an integer in 1...16
        edge.json: memories[2]: found an integer (5), expected an object
        edge.json: array.y: found an array, expected a number
        edge.json: colour: unknown member; known here: array, gated, lanes, memories, name, overflow, \
        voltage, widths
        edge.json: lane: unknown member; did you mean "lanes"?
        """)
  }

  @Test("Faults within elements and rules between members are reported too")
  func innerFaults() {
    let text = """
      {"lanes": 3, "name": "x", "widths": [], "memories": [{"kind": "sram", "king": 1}, {}], "array": {}}
      """
    let error = #expect(throws: DescriptionError.self) {
      try JSONReader.read(Data(text.utf8), file: "f") { LaneArray($0) }
    }
    #expect(
      error?.faults.map(\.description) == [
        "widths: 0 elements, expected in 1...3",
        "memories[0].king: unknown member; known here: kind",
        "memories[1].kind: missing; expected a string",
        "lanes: odd, expected an even number",
      ])
  }

  @Test(
    "What is not JSON, or not an object, is one fault", arguments: [("[1", "not JSON"), ("[1]", "an array")])
  func notAnObject(_ text: String, _ words: String) {
    let error = #expect(throws: DescriptionError.self) {
      try JSONReader.read(Data(text.utf8), file: "f.json") { LaneArray($0) }
    }
    #expect(error?.faults.count == 1 && error?.description.contains(words) == true)
    #expect(error?.description.hasPrefix("f.json: ") == true)
  }

  @Test(
    "The nearest name is the one a reader would mean",
    arguments: [
      ("lane", "lanes"), ("LANES", "lanes"), ("lnaes", "lanes"), ("fasion-mnist", "fashion-mnist"),
      ("accumulatorBit", "accumulatorBits"), ("x", nil), ("weights", nil), ("", nil),
    ] as [(String, String?)])
  func nearestNames(_ name: String, _ expected: String?) {
    let known = ["lanes", "fashion-mnist", "accumulatorBits", "mnist", "glyphs"]
    #expect(nearestName(to: name, among: known) == expected)
  }
}
