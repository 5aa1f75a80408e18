import Foundation
import Reproducibility
import Testing

@Suite("robust, through the built program")
struct RobustCommandTests {
  private static let options = [
    "robust", "--network", "trained.network", "--budget", "universal-3", "--errors", "gaussian-noise,fog",
    "--severities", "0.1,0.3", "--flip-rates", "0.01", "--draws", "2", "--samples", "100",
    "--calibration-samples", "60", "--quiet",
  ]

  /// A directory with a network trained for an epoch.
  private func inTrainedDirectory(_ body: (URL) throws -> Void) throws {
    let directory = try BuiltProgram.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let outcome = try BuiltProgram.run(
      ["train", "--network", "cnn-4-6-8", "--epochs", "1", "--quiet"], in: directory)
    #expect(outcome.status == 0, "\(outcome.error)")
    try body(directory)
  }

  private func run(_ more: [String] = [], in directory: URL) throws -> BuiltProgram.Outcome {
    try BuiltProgram.run(Self.options + more, in: directory)
  }

  private func files(_ directory: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.path)
    where name != "timing.json" {
      files[name] = try Data(contentsOf: directory.appendingPathComponent(name))
    }
    return files
  }

  @Test(
    "The same bytes on one thread and two from empty caches, and again from a full one, which searches nothing"
  )
  func reproducible() throws {
    try inTrainedDirectory { directory in
      for (name, threads) in [("one", "1"), ("two", "2")] {
        let outcome = try run(
          ["--output", name, "--cache", "cache-\(name)", "--threads", threads], in: directory)
        #expect(outcome.status == 0, "\(outcome.error)")
      }
      let first = try files(directory.appendingPathComponent("one"))
      #expect(try files(directory.appendingPathComponent("two")) == first)
      for name in [
        "index.html", "results.csv", "results.json", "command.txt", "qed.network", "qstar.network",
      ] {
        #expect(first[name] != nil, "\(name)")
      }
      let page = String(decoding: first["index.html"]!, as: UTF8.self)
      #expect(
        !page.contains("src=\"http") && !page.contains("href=\"http") && page.contains("data:image/png"))
      let again = try run(["--output", "again", "--cache", "cache-one"], in: directory)
      #expect(again.status == 0, "\(again.error)")
      #expect(try files(directory.appendingPathComponent("again")) == first)
      let timing = try Data(contentsOf: directory.appendingPathComponent("again/timing.json"))
      #expect(String(decoding: timing, as: UTF8.self).contains("\"answerSeconds\": {}"))
    }
  }

  @Test(
    "JSON on standard output is the report's; the networks run; retrained ones and others are measured too")
  func networks() throws {
    try inTrainedDirectory { directory in
      let plain = try run(["--method", "universal", "--output", "plain"], in: directory)
      #expect(plain.status == 0, "\(plain.error)")
      let outcome = try run(
        [
          "--method", "universal,qed", "--retrain", "1", "--learning-rate", "0.01", "--compare",
          "plain/universal.network", "--format", "json",
        ], in: directory)
      #expect(outcome.status == 0, "\(outcome.error)")
      let report = try Data(contentsOf: directory.appendingPathComponent("robust-report/results.json"))
      #expect(Data(outcome.output.utf8) == report)
      for name in ["universal, retrained", "qed, retrained", "float"] {
        #expect(outcome.output.contains("\"name\": \"\(name)\""), "\(name)")
      }
      let simulated = try BuiltProgram.run(
        ["simulate", "--network", "robust-report/qed-retrained.network", "--dataset", "glyphs"], in: directory
      )
      #expect(simulated.status == 0, "\(simulated.error)")
    }
  }

  @Test("A network to compare that the machine cannot run is refused before anything is searched")
  func unfitComparison() throws {
    try inTrainedDirectory { directory in
      let shared = try BuiltProgram.run(
        ["quantize", "trained.network", "--codebook", "2", "-o", "shared.network", "--quiet"], in: directory)
      #expect(shared.status == 0, "\(shared.error)")
      let outcome = try run(["--compare", "shared.network"], in: directory)
      #expect(outcome.status == 1 && outcome.error.contains("codebook"), "\(outcome.error)")
      // Every answer of a search is told on standard output.
      #expect(outcome.output.isEmpty, "\(outcome.output)")
    }
  }

  @Test("Bad input ends in one message that says what helps, and leaves nothing behind")
  func refused() throws {
    try inTrainedDirectory { directory in
      let cases: [(arguments: [String], status: Int32, message: String)] = [
        (["--budget", "100b"], 1, "this network takes at least"),
        (["--budget", "universal-9"], 2, "names no width from 2 to 8"),
        (["--errors", "fogg"], 2, "did you mean \"fog\"?"),
        (["--severities", "0.1,1.5"], 2, "is out of range"),
        (["--severities", "-0.1"], 2, "is out of range"),
        (["--method", "magic"], 2, "not among the choices"),
        (["--dataset", "fashion-mnist", "--data-directory", "nowhere"], 1, "no such file"),
        (["--compare", "trained.network"], 1, "an integer network"),
      ]
      for (arguments, status, message) in cases {
        // Each option is given once: those of the case instead of the usual ones.
        var usual = Self.options
        for option in arguments where option.hasPrefix("--") {
          if let index = usual.firstIndex(of: option) { usual.removeSubrange(index...index + 1) }
        }
        let outcome = try BuiltProgram.run(usual + arguments, in: directory)
        #expect(outcome.status == status && outcome.error.contains(message), "\(arguments): \(outcome.error)")
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(!left.contains("robust-report"), "\(arguments)")
      }
      let missing = try BuiltProgram.run(["robust"], in: directory)
      #expect(missing.status == 2 && missing.error.contains("--network is missing"), "\(missing.error)")
    }
  }

  @Test("A preview needs no network, and shows every kind at every severity")
  func preview() throws {
    let directory = try BuiltProgram.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let outcome = try BuiltProgram.run(
      ["robust", "--preview", "--severities", "0.2,0.5", "--output", "sheet"], in: directory)
    #expect(outcome.status == 0, "\(outcome.error)")
    let page = String(
      decoding: try Data(contentsOf: directory.appendingPathComponent("sheet/contact-sheet.html")),
      as: UTF8.self)
    #expect(page.components(separatedBy: "data:image/png").count - 1 == 3 * 9 * 3)
    #expect(page.contains("occlusion at severity 0.5"))
  }
}
