import Exploration
import Reproducibility

/// A study of robust widths as people and scripts read it: terminal text, page, charts, CSV and JSON.
///
/// It formats what the results say and computes nothing but means over errors. The same results give the same bytes.
public struct RobustReport: Sendable {
  /// What is reported.
  public let results: RobustResults
  /// The canonical command that makes the report.
  public let command: String

  /// A report of `results`, made by `command`.
  public init(_ results: RobustResults, command: String) {
    self.results = results
    self.command = command
  }

  var settings: RobustSettings { results.settings }

  /// Indices of the errors of `kind`, in order of size.
  func errors(ofKind kind: String) -> [Int] {
    results.errors.indices.filter { results.errors[$0].kind == kind }
      .sorted { results.errors[$0].size < results.errors[$1].size }
  }

  /// The kinds of errors, in order of their first occurrence.
  var kinds: [String] {
    var kinds: [String] = []
    for error in results.errors where !kinds.contains(error.kind) { kinds.append(error.kind) }
    return kinds
  }

  /// Indices of all errors on the input.
  var inputErrors: [Int] {
    results.errors.indices.filter { results.errors[$0].isOnInput }
  }

  /// The float networks, then what a budget's methods made of them.
  func candidates(of budget: RobustBudget) -> [RobustCandidate] { [results.float] + budget.candidates }

  /// The candidate of equal widths that `candidate` is compared with: retrained, where it is; nil for that one itself.
  func baseline(for candidate: RobustCandidate, in budget: RobustBudget) -> RobustCandidate? {
    candidate.method == WidthMethod.universal.rawValue
      ? nil : budget.candidate(.universal, isRetrained: candidate.isRetrained)
  }

  /// `candidate`'s score less that of equal widths; nil for equal widths themselves.
  func difference(
    _ score: RobustScore, of candidate: RobustCandidate, in budget: RobustBudget, _ errors: [Int]
  ) -> MeanInterval? {
    guard !errors.isEmpty, let baseline = baseline(for: candidate, in: budget) else { return nil }
    return candidate.difference(score, to: baseline, errors)
  }

  /// Over what intervals are taken.
  var spread: String {
    results.networks.count > 1 ? "\(results.networks.count) networks" : "\(settings.draws) draws"
  }

  /// `name` for files of one budget among several.
  func fileName(_ name: String, budget: Int) -> String {
    results.budgets.count > 1 ? "budget-\(budget + 1)-\(name)" : name
  }

  /// The files of the report directory, but for networks and times, which the caller has.
  public func files() throws -> [ReportFile] {
    let charts = try charts()
    return [
      ReportFile("index.html", text: try page(charts: charts).html),
      ReportFile("results.csv", text: try csvTable().csv),
      ReportFile("results.json", text: json.indentedText), ReportFile("command.txt", text: command + "\n"),
    ] + charts.joined().map { ReportFile($0.file, text: $0.chart.svg()) }
  }

  /// What the terminal shows, within `width` columns, or the narrowest a table can be where that is more.
  public func text(width: Int) throws(ReportTableError) -> String {
    let width = max(width, ReportTable.narrowestWidth)
    var parts: [String] = []
    for budget in results.budgets {
      parts += [
        answerSentence(budget).wrapped(to: width).joined(separator: "\n"),
        "Candidates:\n" + (try candidateTable(budget, [.robustness]).text(width: width)),
        "Right without and with errors:\n" + (try scoreTable(budget, .rightShare).text(width: width)),
        "Bits of a weight by layer:\n" + (try widthTable(budget).text(width: width)),
      ]
      if budget.searches.contains(where: { !$0.isEmpty }) {
        parts.append("Searches:\n" + (try searchTable(budget).text(width: width)))
      }
      if let table = try incrementTable(budget) {
        parts.append("Q* beside Qed:\n" + table.text(width: width))
      }
    }
    return parts.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n")
  }

  /// What was studied within a budget.
  func subject(_ budget: RobustBudget) -> String {
    "\(results.networkName)\(results.networks.count > 1 ? " (\(results.networks.count) networks)" : "") with weights in \(MemoryText(bits: budget.bits)) (stored, padding and biases included)."
  }

  /// The answer in a few sentences, honest where a method does not win.
  func answerSentence(_ budget: RobustBudget) -> String {
    guard !inputErrors.isEmpty else { return subject(budget) }
    // The retrained stand in the table.
    let parts = budget.candidates.filter { !$0.isRetrained }.compactMap { candidate -> String? in
      let words = [(RobustScore.robustness, "robustness"), (.rightShare, "right under errors")].compactMap {
        score, words -> String? in
        difference(score, of: candidate, in: budget, inputErrors).map { "\(words) \(Self.signed($0)) points" }
      }
      return words.isEmpty ? nil : "\(candidate.name) \(words.joined(separator: ", "))"
    }
    guard !parts.isEmpty else { return subject(budget) }
    return subject(budget) + " Under all input errors, to universal: " + parts.joined(separator: "; ")
      + ". An interval that holds 0 shows no difference beyond the \(spread)."
  }

  /// `91.20 ± 0.30` in percent; the mean alone where there is no interval.
  static func percent(_ interval: MeanInterval) -> String {
    let mean = ReportWords.percent(interval.mean)
    return interval.halfWidth.map { "\(mean) ± \(ReportWords.percent($0))" } ?? mean
  }

  /// The same with a plus before a gain.
  static func signed(_ interval: MeanInterval) -> String {
    (interval.mean > 0 ? "+" : "") + percent(interval)
  }
}
