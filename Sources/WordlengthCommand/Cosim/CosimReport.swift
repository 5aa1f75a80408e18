import Hardware
import Reporting
import Reproducibility

/// What `wordlength cosim` prints.
struct CosimReport {
  let results: [CosimulationResult]
  let simulator: Simulator

  /// Differences shown of each network.
  private static let shownDifferences = 10

  private func sum(_ count: (CosimulationResult) -> Int) -> Int { results.reduce(0) { $0 + count($1) } }

  /// A line for each network that differs, and the totals.
  var text: String {
    var lines: [String] = []
    for result in results where !result.agrees {
      lines.append(
        "\(result.network) on \(result.hardware): \(result.differences.count) differences")
      lines += result.differences.prefix(Self.shownDifferences).map { "  \($0)" }
      if result.differences.count > Self.shownDifferences { lines.append("  ...") }
    }
    let differing = results.count { !$0.agrees }
    lines.append(
      "\(differing == 0 ? "PASS" : "FAIL"): \(results.count) networks, \(sum(\.samples)) inputs,"
        + " \(sum(\.comparedWords)) output words, \(sum { $0.samples * $0.expectedCycles }) cycles in"
        + " \(simulator.rawValue); \(differing) networks differ")
    return lines.map { $0 + "\n" }.joined()
  }

  /// All results; the measured seconds are the simulations', not the networks'.
  var json: JSONValue {
    [
      "passes": .bool(results.allSatisfy(\.agrees)), "simulator": .string(simulator.rawValue),
      "networks": .array(results.map(json)),
    ]
  }

  private func json(_ result: CosimulationResult) -> JSONValue {
    [
      "network": .string(result.network), "hardware": .string(result.hardware),
      "inputs": .integer(result.samples), "comparedWords": .integer(result.comparedWords),
      "expectedCycles": .integer(result.expectedCycles),
      "cycles": .array(result.cycles.map { $0.map { .integer($0) } ?? .null }),
      "differences": .array(result.differences.map { .string("\($0)") }),
      "simulationSeconds": .number(result.seconds), "engineSeconds": .number(result.engineSeconds),
    ]
  }
}

extension ModelAgreement {
  /// A line for each case that differs, and the totals.
  var text: String {
    var lines = differences
    lines.append(
      "\(differences.isEmpty ? "PASS" : "FAIL"): \(cases) networks, \(ran) run and \(cases - ran) refused by both models,"
        + " \(cycles) cycles stepped; \(differences.count) networks differ")
    return lines.map { $0 + "\n" }.joined()
  }

  /// All counts, those of what was drawn too.
  var json: JSONValue {
    [
      "passes": .bool(differences.isEmpty), "networks": .integer(cases), "networksRun": .integer(ran),
      "cycles": .integer(cycles), "drawn": .object(drawn.mapValues { .integer($0) }),
      "differences": .array(differences.map { .string($0) }),
    ]
  }
}
