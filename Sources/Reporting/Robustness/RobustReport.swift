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

  /// The candidate of equal widths that others are compared with.
  var baseline: RobustCandidate? { results.candidates.first { $0.name == WidthMethod.universal.rawValue } }

  /// The files of the report directory, but for networks and times, which the caller has.
  public func files() throws -> [ReportFile] {
    let charts = try charts()
    return [
      ReportFile("index.html", text: try page(charts: charts).html),
      ReportFile("results.csv", text: try csvTable().csv),
      ReportFile("results.json", text: json.indentedText), ReportFile("command.txt", text: command + "\n"),
    ] + charts.map { ReportFile($0.file, text: $0.chart.svg()) }
  }

  /// What the terminal shows, within `width` columns, or the narrowest a table can be where that is more.
  public func text(width: Int) throws(ReportTableError) -> String {
    let width = max(width, ReportTable.narrowestWidth)
    let parts = [
      answerSentence.wrapped(to: width).joined(separator: "\n"),
      "Candidates:\n" + (try candidateTable().text(width: width)),
      "Bits of a weight by layer:\n" + (try widthTable().text(width: width)),
      "Searches:\n" + (try searchTable().text(width: width)),
    ]
    return parts.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n")
  }

  /// The answer in a few sentences, honest where a method does not win.
  public var answerSentence: String {
    let budget =
      "\(results.networkName) with weights in \(MemoryText(bits: settings.budgetBits)) (stored, padding and biases included)."
    guard !inputErrors.isEmpty else { return budget }
    let parts = results.candidates.dropFirst().compactMap { candidate -> String? in
      guard let robustness = candidate.robustness(inputErrors) else { return nil }
      var text = "\(candidate.name) \(Self.percent(robustness)) %"
      if let baseline, baseline.name != candidate.name,
        let difference = candidate.difference(to: baseline, inputErrors)
      {
        text += " (\(Self.verdict(difference)))"
      }
      return text
    }
    return budget + " Mean robustness over all input errors: " + parts.joined(separator: ", ") + "."
  }

  /// `91.20 ± 0.30` in percent; the mean alone where there is one draw.
  static func percent(_ interval: MeanInterval) -> String {
    let mean = ReportWords.percent(interval.mean)
    return interval.halfWidth.map { "\(mean) ± \(ReportWords.percent($0))" } ?? mean
  }

  /// A difference to equal widths in words: gain, loss, or neither where the interval holds 0.
  static func verdict(_ difference: MeanInterval) -> String {
    let points = "\(percent(difference)) points"
    guard let range = difference.range else { return "\(points), one draw" }
    if range.contains(0) { return "\(points) to universal: no difference beyond the draws" }
    return difference.mean > 0 ? "+\(points) to universal" : "\(points) to universal: worse"
  }
}
