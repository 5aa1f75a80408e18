import Foundation
import Testing
import WordlengthCommand

@Suite("verify and vectors")
struct VectorCommandTests {
  private func run(_ words: String...) -> (status: CommandStatus, output: String, error: String) {
    let recording = Recording()
    let dispatcher = CommandDispatcher(
      commands: [VerifyCommand.self, VectorsCommand.self], console: recording.console())
    let status = dispatcher.run(words)
    return (status, recording.output, recording.error)
  }

  private func inTemporaryDirectory(_ body: (URL) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory)
  }

  @Test("What vectors writes, verify passes; after a change it fails, with status 1 and JUnit XML")
  func roundTrip() throws {
    try inTemporaryDirectory { directory in
      let made = run(
        "vectors", "mul_assign", "--first", "sfix5_En2", "--second", "ap_ufixed<4,1>", "--result",
        "sfix4_En1",
        "--rounding", "all", "--overflow", "SAT,WRAP:2", "--verilog", "-o", directory.path, "--name",
        "product")
      #expect(made.status == .success && made.output.isEmpty, "\(made)")
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      #expect(names.count == 1 + 20 * 3 && names.contains("product_RND_CONV_SAT_bench.v"))
      let csv = directory.appendingPathComponent("product.csv")
      let good = run("verify", csv.path)
      #expect(
        good.status == .success && good.output.contains("\nPASS: 1 files, 10240 rows, 10240 match"), "\(good)"
      )

      var lines = try String(contentsOf: csv, encoding: .utf8).split(separator: "\n").map(String.init)
      // Row 5, a · b with b = 3 or so, whose result becomes one that its format has but the product has not.
      lines[5] = lines[5].replacing(",exact", with: "")
      lines[6] = String(lines[6].dropLast(",exact".count).dropLast()) + "7,exact"
      try Data(lines.joined(separator: "\n").utf8).write(to: csv)
      let junit = directory.appendingPathComponent("out.xml")
      let bad = run(
        "verify", csv.path, "--junit", junit.path, directory.appendingPathComponent("none.csv").path)
      #expect(bad.status == .failure)
      #expect(bad.output.contains("product.csv:6: malformed:") && bad.output.contains("product.csv:7: m"))
      #expect(bad.output.contains("FAIL: 1 files") && bad.error.contains("none.csv: cannot be opened"))
      let xml = try String(contentsOf: junit, encoding: .utf8)
      #expect(xml.contains("none.csv") && xml.contains("</testsuites>"))
      let json = run("verify", csv.path, "--format", "json")
      #expect(json.status == .failure && json.output.contains("\"malformedRows\""))
    }
  }

  @Test("Without a directory the CSV goes to standard output, the same for the same seed")
  func standardOutput() {
    let one = run(
      "vectors", "add", "--first", "sfix20_En4", "--second", "ufix20", "--rows", "50", "--seed", "9")
    let two = run(
      "vectors", "add", "--first", "sfix20_En4", "--second", "ufix20", "--rows", "50", "--seed", "9")
    let other = run(
      "vectors", "add", "--first", "sfix20_En4", "--second", "ufix20", "--rows", "50", "--seed", "8")
    #expect(one.status == .success && one.output.hasPrefix("op,w1,i1,s1,"))
    #expect(one.output == two.output && one.output != other.output)
  }

  @Test("The documentation's files are written")
  func documentation() throws {
    try inTemporaryDirectory { directory in
      #expect(run("vectors", "--document", directory.path).status == .success)
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      #expect(names.contains("modes.md") && names.contains("rounding-nearest-ties-to-even.svg"))
    }
  }

  @Test(
    "A command line that makes no sense is a usage error with a reason",
    arguments: [
      (["vectors"], "OPERATION is missing"), (["vectors", "ad"], "did you mean \"add\"?"),
      (["vectors", "add", "--first", "sfix8"], "add needs a second operand's format."),
      (
        ["vectors", "add", "--first", "sfix80", "--second", "sfix8"],
        "a word length of 80 bits is not possible"
      ),
      (["vectors", "add", "--first", "float", "--second", "sfix8"], "is not a number format"),
      (["vectors", "neg", "--first", "sfix8", "--verilog"], "--verilog needs a directory"),
      (["vectors", "neg", "--first", "sfix8", "--name", "a-b"], "cannot name a Verilog module"),
      (["vectors", "neg_assign", "--first", "sfix8", "--rounding", "RND_CON"], "did you mean \"RND_CONV\"?"),
      (["vectors", "neg_assign", "--first", "sfix8", "--overflow", "CLIP"], "is not an overflow mode"),
      (["vectors", "neg", "--document", "x"], "exclude each other"), (["verify"], "FILE is missing"),
    ])
  func usageErrors(_ words: [String], _ message: String) {
    let recording = Recording()
    let status = CommandDispatcher(
      commands: [VerifyCommand.self, VectorsCommand.self], console: recording.console(width: 400)
    ).run(words)
    #expect(status == .usage && recording.error.contains(message), "\(recording.error)")
  }
}
