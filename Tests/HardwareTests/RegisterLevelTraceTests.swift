import Foundation
import Hardware
import Testing

@Suite("Register-level traces")
struct RegisterLevelTraceTests {
  /// A drawn machine with stalls, and what its run and trace gave.
  private func traced(
    _ number: Int
  ) throws -> (RegisterLevelModel, RegisterLevelResult, rows: [[Int64]])? {
    let drawn = ModelAgreement(seed: 21).machine(number)
    guard let model = try? RegisterLevelModel(drawn.network, on: drawn.hardware) else { return nil }
    var rows: [[Int64]] = []
    guard let result = try? model.run(drawn.inputs, tracing: { rows.append($0) }) else { return nil }
    #expect(try model.run(drawn.inputs) == result, "a trace changes nothing")
    return (model, result, rows)
  }

  @Test("A trace has a row a cycle, and its states add up to the cycles counted")
  func statesAddUp() throws {
    for number in 0..<60 {
      guard let (model, result, rows) = try traced(number) else { continue }
      #expect(rows.count == result.cycles)
      let column = Dictionary(
        uniqueKeysWithValues: model.traceSignals.enumerated().map { ($1.name, $0) })
      #expect(rows.map { $0[column["cycle"]!] } == (0..<result.cycles).map { Int64($0) })
      let sum = result.layerCycles.joined().reduce(LayerCycles(), +)
      func count(_ signal: String) -> Int { rows.filter { $0[column[signal]!] == 1 }.count }
      #expect(count("weight_stall") == sum.weightStall, "case \(number)")
      #expect(count("activation_stall") == sum.activationStall, "case \(number)")
      #expect(count("issue_valid") == sum.compute, "case \(number)")
      for (signal, row) in model.traceSignals.enumerated().flatMap({ signal in rows.map { (signal, $0) } }) {
        let spare = 64 - signal.element.width
        let value = row[signal.offset]
        let kept =
          signal.element.isSigned
          ? (value << spare) >> spare : Int64(bitPattern: (UInt64(bitPattern: value) << spare) >> spare)
        if kept != value { Issue.record("case \(number): \(value) in \(signal.element)") }
      }
    }
  }

  @Test("A value change dump read back gives every signal in every cycle")
  func dumpReadsBack() throws {
    for number in 0..<12 {
      guard let (model, _, rows) = try traced(number) else { continue }
      var dump = ValueChangeDump(model.traceSignals, clockMegahertz: 100)
      var text = ""
      for row in rows {
        dump.append(row)
        text += dump.takeText()
      }
      let read = try ReadDump(text)
      #expect(read.timescale == "1 ns")
      #expect(read.names == ["clk"] + model.traceSignals.map(\.name))
      #expect(read.cycles.count == rows.count)
      for (cycle, row) in rows.enumerated() {
        for (index, signal) in model.traceSignals.enumerated() {
          let mask = UInt64.max >> UInt64(64 - signal.width)
          let expected = UInt64(bitPattern: row[index]) & mask
          if read.cycles[cycle][index] != expected {
            Issue.record("case \(number), cycle \(cycle), \(signal.name): \(read.cycles[cycle][index])")
          }
        }
      }
    }
  }

  @Test(
    "The time unit is the longest that half a clock period is a whole number of",
    arguments: [
      (100.0, "1 ns", 5), (12.5, "10 ns", 4), (200.0, "100 ps", 25), (0.001, "100 us", 5),
      (300.0, "1 fs", 1_666_667),
    ])
  func timescale(megahertz: Double, unit: String, half: Int) {
    var dump = ValueChangeDump([TraceSignal("a", width: 1)], clockMegahertz: megahertz)
    dump.append([0])
    let text = dump.takeText()
    #expect(text.contains("$timescale \(unit) $end"))
    #expect(text.hasSuffix("#\(half)\n0!\n"))
  }

  @Test("The table has a row of names and a row a cycle")
  func table() {
    var table = TraceTable([TraceSignal("a", width: 8), TraceSignal("b", width: 8, isSigned: true)])
    table.append([1, -2])
    table.append([3, 4])
    #expect(table.takeText() == "a,b\n1,-2\n3,4\n")
    #expect(table.takeText() == "")
  }
}

/// A value change dump as a viewer reads it: the signals' values at each rising edge of `clk`.
private struct ReadDump {
  var timescale = ""
  var names: [String] = []
  /// `[cycles, signals]`, `clk` left out.
  var cycles: [[UInt64]] = []

  struct Malformed: Error { let line: String }

  init(_ text: String) throws {
    let parts = text.components(separatedBy: "$enddefinitions $end\n")
    guard parts.count == 2 else { throw Malformed(line: "no end of definitions") }
    var codes: [String: Int] = [:]
    for line in parts[0].split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      switch words[0] {
      case "$timescale": timescale = words[1...2].joined(separator: " ")
      case "$var":
        guard codes.updateValue(names.count, forKey: words[3]) == nil else {
          throw Malformed(line: String(line))
        }
        names.append(words[4])
      case "$version", "$scope", "$upscope": break
      default: throw Malformed(line: String(line))
      }
    }
    var values = Array(repeating: UInt64(0), count: names.count)
    var time = -1
    var isRisen = false
    func sample(_ cycles: inout [[UInt64]]) { cycles.append(Array(values.dropFirst())) }
    for line in parts[1].split(separator: "\n") {
      if line.hasPrefix("#") {
        guard let next = Int(line.dropFirst()), next > time else { throw Malformed(line: String(line)) }
        if isRisen { sample(&cycles) }
        isRisen = false
        time = next
      } else if line.hasPrefix("b") {
        let words = line.dropFirst().split(separator: " ")
        guard words.count == 2, let value = UInt64(words[0], radix: 2), let code = codes[String(words[1])]
        else { throw Malformed(line: String(line)) }
        values[code] = value
      } else if line.hasPrefix("0") || line.hasPrefix("1") {
        guard let code = codes[String(line.dropFirst())] else { throw Malformed(line: String(line)) }
        values[code] = line.hasPrefix("1") ? 1 : 0
        if code == 0, line.hasPrefix("1") { isRisen = true }
      } else if line != "$dumpvars" && line != "$end" {
        throw Malformed(line: String(line))
      }
    }
  }
}
