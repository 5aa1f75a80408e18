import Foundation
import Reproducibility
import Testing

@Suite("simulate --golden and verify --golden, through the built program")
struct GoldenCommandTests {
  /// Runs `body` in a directory that holds the golden set `golden` of two inputs and a copy of it, `dumps`.
  private func withGoldenSet(_ body: (URL) throws -> Void) throws {
    let directory = try BuiltProgram.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let made = try BuiltProgram.run(
      [
        "simulate", "--network", "cnn-4-4-8", "--input-shape", "12x12x1", "--golden", "golden",
        "--golden-samples", "2", "--quiet",
      ], in: directory)
    #expect(made.status == 0 && made.output.contains("2 inputs run."), "\(made)")
    try FileManager.default.copyItem(
      at: directory.appendingPathComponent("golden"), to: directory.appendingPathComponent("dumps"))
    try body(directory)
  }

  @Test("Equal dumps pass with 0; a wrong word fails with 1, told in text, JSON and JUnit XML")
  func exitStatuses() throws {
    try withGoldenSet { directory in
      func verify(_ words: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(["verify", "--golden", "golden"] + words, in: directory)
      }
      let good = try verify("dumps", "--junit", "good.xml")
      #expect(good.status == 0 && good.error.isEmpty)
      // Five weighted layers have accumulators, and all eight outputs.
      #expect(good.output.hasSuffix("PASS: 13 arrays, 13 match, 0 faulty, 0 not dumped\n"), "\(good.output)")
      let xml = try String(contentsOf: directory.appendingPathComponent("good.xml"), encoding: .utf8)
      #expect(xml.contains("tests=\"13\"") && xml.contains("failures=\"0\""))

      let dump = directory.appendingPathComponent("dumps/03-conv2/accumulators.mem")
      var words = try String(contentsOf: dump, encoding: .utf8).split(whereSeparator: \.isNewline)
        .filter { !$0.hasPrefix("//") }.map(String.init)
      words[4] = words[4] == "000001" ? "000002" : "000001"
      try words.joined(separator: "\n").write(to: dump, atomically: true, encoding: .utf8)
      try FileManager.default.removeItem(at: directory.appendingPathComponent("dumps/01-conv1"))
      let bad = try verify("dumps", "--junit", "bad.xml")
      #expect(bad.status == 1 && bad.output.contains("FAULT: conv2, accumulators: 1 of "))
      // Position 1 of the first input, channel 0 of 4.
      #expect(bad.output.contains("the first at [0, 1, 0] is "))
      #expect(bad.output.hasSuffix("FAIL: 13 arrays, 10 match, 1 faulty, 2 not dumped\n"), "\(bad.output)")
      let failures = try String(contentsOf: directory.appendingPathComponent("bad.xml"), encoding: .utf8)
      #expect(failures.contains("failures=\"1\"") && failures.contains("skipped=\"2\""))
      let json = try verify("dumps", "--format", "json")
      let value = try JSONValue(parsing: Data(json.output.utf8))
      #expect(json.status == 1 && value["passes"] == false)
      guard case .array(let arrays)? = value["arrays"] else {
        Issue.record("no arrays")
        return
      }
      #expect(arrays.compactMap { $0["outcome"] }.filter { $0 == "differs" }.count == 1)
      #expect(arrays[0]["outcome"] == "missing" && arrays[3]["firstDifference"]?["index"] == [0, 1, 0])
    }
  }

  @Test("Directories that are none, or hold nothing that was asked for, are refused")
  func refusals() throws {
    try withGoldenSet { directory in
      func verify(_ words: String...) throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(["verify"] + words, in: directory)
      }
      let none = try verify("--golden", "golden", "nowhere")
      #expect(none.status == 1 && none.error.contains("nowhere: is no directory"), "\(none)")
      let noSet = try verify("--golden", "dumps/01-conv1", "dumps")
      #expect(noSet.status == 1 && noSet.error.contains("manifest.json"), "\(noSet)")
      let two = try verify("--golden", "golden", "dumps", "golden")
      #expect(two.status == 2 && two.error.contains("one directory of dumps, not 2"), "\(two)")
      try FileManager.default.createDirectory(
        at: directory.appendingPathComponent("empty"), withIntermediateDirectories: true)
      let empty = try verify("--golden", "golden", "empty")
      #expect(empty.status == 1 && empty.output.contains("13 not dumped; the first would be "), "\(empty)")
      #expect(empty.output.contains("01-conv1/accumulators.mem"))
    }
  }

  @Test(
    "A golden set is the same, byte for byte, on any number of threads, and its inputs are the run's first")
  func determinism() throws {
    let directory = try BuiltProgram.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    for threads in ["1", "3"] {
      let made = try BuiltProgram.run(
        [
          "simulate", "--network", "ffdnn-2x8", "--input-shape", "4x4x1", "--samples", "5", "--golden",
          "golden\(threads)", "--threads", threads, "--quiet",
        ], in: directory)
      #expect(made.status == 0 && made.output.contains("5 inputs run."), "\(made)")
    }
    func manifest(_ name: String) throws -> Data {
      try Data(contentsOf: directory.appendingPathComponent("\(name)/manifest.json"))
    }
    #expect(try manifest("golden1") == manifest("golden3"))
    #expect(try JSONValue(parsing: manifest("golden1"))["samples"] == 1)
  }
}
