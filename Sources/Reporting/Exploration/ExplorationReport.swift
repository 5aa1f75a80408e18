import Exploration
import Foundation
import Hardware
import Networks
import Reproducibility

/// A file of a report directory.
public struct ReportFile: Hashable, Sendable {
  /// Its name in the directory.
  public let name: String
  /// Its bytes.
  public let data: Data

  /// A file of bytes.
  public init(_ name: String, data: Data) {
    self.name = name
    self.data = data
  }

  /// A file of UTF-8 text.
  public init(_ name: String, text: String) {
    self.init(name, data: Data(text.utf8))
  }
}

/// An exploration as people and scripts read it: terminal text, page, charts, CSV and JSON.
///
/// It formats what the analysis says and computes nothing. The same analysis gives the same bytes.
public struct ExplorationReport: Sendable {
  /// What is reported.
  public let analysis: ExplorationAnalysis
  /// The canonical command that makes the report.
  public let command: String

  /// A report of `analysis`, made by `command`.
  public init(_ analysis: ExplorationAnalysis, command: String) {
    self.analysis = analysis
    self.command = command
  }

  /// How far areas and energies can be trusted, in words.
  var trustSentence: String {
    CalibrationReport(.embedded).sentence
      + (analysis.designs.contains { $0.cost.isExtrapolated }
        ? " * marks machines with a memory outside what the reference figures cover." : "")
  }

  var settings: ExplorationSettings { analysis.results.settings }

  /// The files of the report directory, but for the network and the times that the caller has.
  public func files() throws -> [ReportFile] {
    let charts = try charts()
    return [
      ReportFile("index.html", text: try page(charts: charts).html),
      ReportFile("results.csv", text: try csvTable().csv),
      ReportFile("results.json", text: json.indentedText),
      ReportFile("command.txt", text: command + "\n"),
    ] + charts.map { ReportFile($0.file, text: $0.chart.svg()) }
  }
}

/// Names of designs and figures as the report writes them.
enum ReportWords {
  /// `ternary` or `4 bits`, as a column or a series is called.
  static func wordLength(_ bits: Int) -> String { bits == 2 ? "ternary" : "\(bits) bits" }

  /// `ternary` or `4-bit`, before a noun.
  static func adjective(_ bits: Int) -> String { bits == 2 ? "ternary" : "\(bits)-bit" }

  /// `ternary, direct`, `4 bits, retrained`.
  static func weights(_ design: DesignPoint) -> String {
    "\(wordLength(design.weightBits)), \(design.method.rawValue)"
  }

  /// `16 KiB of weight memory and 0.5 mm²`.
  static func budget(_ budget: DesignBudget) -> String {
    var parts: [String] = []
    if let bits = budget.weightBits { parts.append("\(MemoryText(bits: bits)) of weight memory") }
    if let area = budget[.areaSquareMillimeters] { parts.append("\(area) mm²") }
    if let energy = budget[.energyNanojoules] { parts.append("\(energy) nJ an inference") }
    return parts.joined(separator: parts.count > 2 ? ", " : " and ")
  }

  /// Area in mm² with three significant digits.
  static func area(_ cost: DesignCost) -> String {
    DecimalText.groupedSignificant(cost[.areaSquareMillimeters], digits: 3)
      + (cost.isExtrapolated ? " *" : "")
  }

  /// Energy in nJ with three significant digits.
  static func energy(_ cost: DesignCost) -> String {
    DecimalText.groupedSignificant(cost[.energyNanojoules], digits: 3)
  }

  /// `1 seed`, `3 seeds`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(DecimalText.grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// `12.41`, in percent with two digits.
  static func percent(_ fraction: Double) -> String { DecimalText.fixed(fraction * 100, digits: 2) }

  /// `12.41 ± 0.20`, mean and standard error in percent; the mean alone for a single seed.
  static func percent(_ statistics: Statistics) -> String {
    statistics.count > 1
      ? "\(percent(statistics.mean)) ± \(percent(statistics.standardError))" : percent(statistics.mean)
  }

  /// `5.2`, `≥ 5.2` or `≤ 5.2`.
  static func ratio(_ size: EffectiveSize) -> String {
    let number = DecimalText.fixed(size.value, digits: 1)
    return switch size {
    case .bits: number
    case .atLeast: "≥ \(number)"
    case .atMost: "≤ \(number)"
    }
  }

  /// `5.2 (4.8 … 5.9)`.
  static func ratio(_ compression: EffectiveCompression) -> String {
    guard let interval = compression.interval else { return ratio(compression.ratio) }
    let low = ratio(interval.low)
    let high = ratio(interval.high)
    return low == high ? ratio(compression.ratio) : "\(ratio(compression.ratio)) (\(low) … \(high))"
  }
}
