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
      // What is told from the cache took as long as it did then.
      func searchTimes(_ name: String) throws -> Substring {
        let text = try String(
          contentsOf: directory.appendingPathComponent("\(name)/timing.json"), encoding: .utf8)
        return text[..<(text.range(of: "\"wallSeconds\"")?.lowerBound ?? text.endIndex)]
      }
      #expect(try searchTimes("again") == searchTimes("one"))
      #expect(try searchTimes("again").contains("\"method\": \"qstar\""))
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

  @Test(
    "A codebook network is compared on a machine with a decode table; one that no such machine runs is refused before anything is searched"
  )
  func comparison() throws {
    try inTrainedDirectory { directory in
      let shared = try BuiltProgram.run(
        ["quantize", "trained.network", "--codebook", "2", "-o", "shared.network", "--quiet"], in: directory)
      #expect(shared.status == 0, "\(shared.error)")
      let fit = try run(["--compare", "shared.network", "--method", "universal"], in: directory)
      #expect(fit.status == 0 && fit.output.contains("shared"), "\(fit.error)")
      let unfit = try run(
        [
          "--compare", "shared.network", "--method", "universal,qed", "--hardware",
          "systolic-weight-stationary",
        ],
        in: directory)
      #expect(unfit.status == 1 && unfit.error.contains("codebook"), "\(unfit.error)")
      // Every answer of a search is told on standard output.
      #expect(unfit.output.isEmpty, "\(unfit.output)")
      let table = try run(["--hardware", "systolic-weight-stationary"], in: directory)
      #expect(table.status == 1 && table.error.contains("no decode table"), "\(table.error)")
    }
  }

  @Test(
    "Networks of several seeds at several budgets: every candidate in every one, and the intervals are over networks"
  )
  func study() throws {
    try inTrainedDirectory { directory in
      let second = try BuiltProgram.run(
        [
          "train", "--network", "cnn-4-6-8", "--epochs", "1", "--seed", "2", "--quiet", "-o",
          "second.network",
        ], in: directory)
      #expect(second.status == 0, "\(second.error)")
      var options = Self.options
      options[options.firstIndex(of: "universal-3")!] = "universal-3,universal-5"
      let outcome = try BuiltProgram.run(
        options + ["--network", "second.network", "--format", "json"], in: directory)
      #expect(outcome.status == 0, "\(outcome.error)")
      struct Report: Decodable {
        struct Interval: Decodable {
          let mean: Double
          let intervalHalfWidth: Double?
        }
        struct Network: Decodable {
          let storedBits: Int?
          let correctSamples: Int
          let survivingSamplesByErrorAndDraw: [[Int]?]
        }
        struct Candidate: Decodable {
          let name: String
          let inputErrorRobustness: Interval
          let rightUnderInputErrors: Interval
          let rightDifferenceToUniversal: Interval?
          let networks: [Network]
        }
        struct Budget: Decodable {
          let budgetBits: Int
          let candidates: [Candidate]
        }
        let budgets: [Budget]
      }
      let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
      #expect(report.budgets.count == 2 && report.budgets[0].budgetBits < report.budgets[1].budgetBits)
      for (number, budget) in report.budgets.enumerated() {
        #expect(budget.candidates.map(\.name) == ["universal", "qed", "qstar", "deep-compression"])
        var shares: [[Double]] = []
        for candidate in budget.candidates {
          #expect(candidate.networks.count == 2)
          // The four input errors come first, the flipped bits last.
          let means = candidate.networks.map { network -> (robustness: Double, right: Double) in
            #expect(
              network.storedBits! <= budget.budgetBits && network.survivingSamplesByErrorAndDraw.count == 5)
            let counts = network.survivingSamplesByErrorAndDraw.prefix(4).flatMap { $0! }
            let survivors = Double(counts.reduce(0, +)) / Double(counts.count)
            return (survivors / Double(network.correctSamples), survivors / 100)
          }
          let mean = (means[0].robustness + means[1].robustness) / 2
          let half = 12.7062 * abs(means[0].robustness - means[1].robustness) / 2
          #expect(abs(candidate.inputErrorRobustness.mean - mean) < 1e-9)
          #expect(abs(candidate.inputErrorRobustness.intervalHalfWidth! - half) < 1e-6)
          shares.append(means.map(\.right))
          let differences = zip(shares.last!, shares[0]).map { $0 - $1 }
          if let told = candidate.rightDifferenceToUniversal {
            #expect(abs(told.mean - (differences[0] + differences[1]) / 2) < 1e-9)
          } else {
            #expect(candidate.name == "universal")
          }
        }
        for name in ["qed", "deep-compression"] {
          for network in 1...2 {
            let file = "robust-report/budget-\(number + 1)-network-\(network)-\(name).network"
            #expect(
              FileManager.default.fileExists(atPath: directory.appendingPathComponent(file).path), "\(file)")
          }
        }
      }
      let other = try BuiltProgram.run(
        ["train", "--network", "cnn-4-6-9", "--epochs", "1", "--quiet", "-o", "other.network"], in: directory)
      #expect(other.status == 0, "\(other.error)")
      let mixed = try run(
        ["--network", "other.network", "--output", "mixed", "--method", "universal"], in: directory)
      #expect(mixed.status == 1 && mixed.error.contains("is not of the topology of"), "\(mixed.error)")
      let both = try run(["--network", "second.network", "--compare", "x.network"], in: directory)
      #expect(both.status == 2 && both.error.contains("give one --network with it"), "\(both.error)")
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
