import Costs
import Foundation
import Hardware
import Reporting
import Reproducibility
import Testing

@Suite("cost, through the built program")
struct CostCommandTests {
  private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("HardwareModels")
    .standardizedFileURL

  private func cost(
    _ words: [String], environment: [String: String] = [:], prepare: (URL) throws -> Void = { _ in },
    check: (URL, BuiltProgram.Outcome) throws -> Void
  ) throws {
    let directory = try BuiltProgram.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    try prepare(directory)
    try check(
      directory, try BuiltProgram.run(["cost"] + words, in: directory, environment: environment))
  }

  private func number(_ value: JSONValue?) throws -> Double {
    switch value {
    case .number(let number)?: return number
    case .integer(let integer)?: return Double(integer)
    case .null?, .bool?, .string?, .array?, .object?, nil: throw CocoaError(.coderValueNotFound)
    }
  }

  private func elements(_ value: JSONValue?) throws -> [JSONValue] {
    guard case .array(let elements)? = value else { throw CocoaError(.coderValueNotFound) }
    return elements
  }

  @Test("The JSON's blocks sum to the area, its layers and components to the energy")
  func conservation() throws {
    try cost([
      "--hardware", "lane-array", "--hardware", "weights-ternary", "--network", "lenet-5", "--format", "json",
    ]) { _, outcome in
      #expect(outcome.status == 0 && outcome.error.isEmpty, "\(outcome.error)")
      let report = try JSONValue(parsing: Data(outcome.output.utf8))
      let machines = try elements(report["machines"])
      #expect(machines.count == 2)
      for machine in machines {
        let blocks = try elements(machine["blocks"]).reduce(0) {
          $0 + (try number($1["areaSquareMicrometers"]))
        }
        let area = try number(machine["areaSquareMicrometers"])
        #expect(abs(blocks / area - 1) < 1e-9)
        let network = machine["network"]
        let layers = try elements(network?["layers"]).reduce(0) { $0 + (try number($1["picojoules"])) }
        let chip = try number(network?["chipPicojoules"])
        let external = try number(network?["externalPicojoules"])
        #expect(abs(layers / (chip + external) - 1) < 1e-9)
      }
      #expect(try elements(report["modelErrors"]).count > 20)
    }
  }

  @Test("Text fits the terminal, at 40, 80 and 160 columns, and states the errors", arguments: [40, 80, 160])
  func fitsTheTerminal(_ width: Int) throws {
    for words in [
      [], ["--network", "resnet-8"], ["--calibration"],
      ["--hardware", "bit-serial", "--hardware", "systolic-weight-stationary", "--network", "lenet-5"],
    ] {
      try cost(words, environment: ["COLUMNS": "\(width)"]) { _, outcome in
        #expect(outcome.status == 0, "\(outcome.error)")
        let widest = outcome.output.split(separator: "\n").map { String($0).displayWidth }.max() ?? 0
        #expect(widest <= width, "\(words): \(widest) columns")
        #expect(outcome.output.contains("against") && outcome.output.contains("%"))
      }
    }
  }

  @Test(
    "A report directory holds the page, charts, results and the canonical command, the same bytes each time")
  func reportDirectory() throws {
    let words = ["--hardware", "weights-4-bit", "--network", "cnn-4-4-8", "--output", "out"]
    var first: [String: Data] = [:]
    for _ in 0..<2 {
      try cost(words) { directory, outcome in
        #expect(outcome.status == 0, "\(outcome.error)")
        let out = directory.appendingPathComponent("out")
        let names = try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
        #expect(
          names == [
            "area.svg", "command.txt", "energy-by-layer.svg", "energy.svg", "index.html", "logic.svg",
            "memory-map.svg",
            "results.csv", "results.json",
          ])
        var files: [String: Data] = [:]
        for name in names { files[name] = try Data(contentsOf: out.appendingPathComponent(name)) }
        if first.isEmpty { first = files }
        #expect(first == files)
        #expect(
          String(decoding: files["command.txt"]!, as: UTF8.self)
            == "wordlength cost --hardware weights-4-bit --network cnn-4-4-8\n")
        #expect(String(decoding: files["index.html"]!, as: UTF8.self).contains("against synthesis"))
      }
    }
  }

  @Test("The CSV's areas sum to its whole")
  func csv() throws {
    try cost(["--format", "csv", "--technology", "90nm"]) { _, outcome in
      #expect(outcome.status == 0)
      let rows = outcome.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
      #expect(rows[0] == ["machine", "part", "item", "figure", "value", "unit"])
      let areas = rows.dropFirst().filter { $0[3] == "area" }
      let parts = areas.filter { $0[2] != "all" }.reduce(0) { $0 + (Double($1[4]) ?? .nan) }
      let whole = Double(areas.first { $0[2] == "all" }![4])!
      #expect(abs(parts / whole - 1) < 1e-9)
    }
  }

  @Test("The fit writes the committed technology files, to the byte")
  func fit() throws {
    try cost(["--fit", "made"]) { directory, outcome in
      #expect(outcome.status == 0, "\(outcome.error)")
      for name in Technology.embedded.keys {
        let file = "node-\(name).json"
        let made = try Data(contentsOf: directory.appendingPathComponent("made/\(file)"))
        let committed = try Data(contentsOf: Self.models.appendingPathComponent("technology/\(file)"))
        #expect(made == committed)
      }
    }
  }

  @Test("A technology file is read, and a faulty one is told fault by fault")
  func technologyFiles() throws {
    let file = try String(
      contentsOf: Self.models.appendingPathComponent("technology/node-45nm.json"), encoding: .utf8)
    func text(_ words: [String], _ text: String) throws -> BuiltProgram.Outcome {
      var result: BuiltProgram.Outcome?
      try cost(words, prepare: { try Data(text.utf8).write(to: $0.appendingPathComponent("mine.json")) }) {
        result = $1
      }
      return result!
    }
    let good = try text(
      ["--technology", "mine.json"],
      file.replacingOccurrences(of: "\"name\": \"45nm\"", with: "\"name\": \"mine\""))
    #expect(good.status == 0 && good.output.contains("not one of the product's technologies"))
    let faulty = file.replacingOccurrences(of: "\"placementDensity\"", with: "\"placmentDensity\"")
      .replacingOccurrences(of: "\"unit\": \"fJ\"", with: "\"unit\": \"pJ\"")
    let bad = try text(["--technology", "mine.json"], faulty)
    #expect(bad.status == 1 && bad.output.isEmpty)
    for part in [
      "placementDensity: missing", "placmentDensity: unknown member", "energyPerGateEquivalent.unit",
    ] {
      #expect(bad.error.contains(part), "\(bad.error)")
    }
  }

  @Test("Bad input ends in a message that says what is wrong, and leaves no directory behind")
  func badInput() throws {
    let description = try String(
      contentsOf: Self.models.appendingPathComponent("lane-array.json"), encoding: .utf8)
    let cases: [(words: [String], status: Int32, parts: [String])] = [
      (["--technology", "45mn"], 1, ["did you mean 45nm?", "90nm, 65nm, 45nm, 32nm, 22nm"]),
      (["--hardware", "lane-aray"], 1, ["did you mean lane-array?"]),
      (["--hardware", "huge.json"], 1, ["Weight memory: a bank of", "1 KiB to 4 MiB"]),
      (["--hardware", "empty.json"], 1, ["weightMemory.capacityBits", "found an integer (0)"]),
      (["--network", "no-such"], 1, ["a topology"]),
      (["--network", "vgg-16", "--hardware", "ternary-small"], 1, ["ternary-small"]),
      (["--weight-bits", "4"], 2, ["--weight-bits is for a network"]),
      (["--calibration", "--network", "lenet-5"], 2, ["--network has no meaning beside --calibration"]),
      (["--memory-cell", "fast"], 2, ["--memory-cell"]),
      (["--hardwar", "lane-array"], 2, ["did you mean --hardware?"]),
    ]
    for (words, status, parts) in cases {
      try cost(
        words + (status == 1 ? ["--output", "out"] : []),
        prepare: { directory in
          for (name, bits) in [("huge", "1125899906842624"), ("empty", "0")] {
            try Data(description.replacingOccurrences(of: "4194304", with: bits).utf8)
              .write(to: directory.appendingPathComponent("\(name).json"))
          }
        }
      ) { directory, outcome in
        #expect(outcome.status == status && outcome.output.isEmpty, "\(words): \(outcome)")
        for part in parts { #expect(outcome.error.contains(part), "\(words): \(outcome.error)") }
        #expect(!FileManager.default.fileExists(atPath: directory.appendingPathComponent("out").path))
      }
    }
  }

  @Test("The help names every option and shows examples, at 80 and 40 columns", arguments: [40, 80])
  func help(_ width: Int) throws {
    try cost(["--help"], environment: ["COLUMNS": "\(width)"]) { _, outcome in
      #expect(outcome.status == 0)
      for option in [
        "--hardware", "--network", "--technology", "--memory-cell", "--calibration", "--fit", "--output",
      ] {
        #expect(outcome.output.contains(option))
      }
      #expect(outcome.output.contains("wordlength cost --network lenet-5 --output cost"))
    }
  }
}
