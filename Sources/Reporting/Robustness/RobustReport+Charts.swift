import Exploration

extension RobustReport {
  /// Robustness against error size by kind, then what the searches found against their work.
  func charts() throws(ChartError) -> [ReportChart] {
    var charts: [ReportChart] = []
    for kind in kinds { charts.append(try chart(ofKind: kind)) }
    if let chart = try searchChart() { charts.append(chart) }
    return charts
  }

  private func chart(ofKind kind: String) throws(ChartError) -> ReportChart {
    let indices = errors(ofKind: kind)
    let isInMemory = !results.errors[indices[0]].isOnInput
    let series = results.candidates.enumerated().compactMap { number, candidate -> ChartSeries? in
      let points = indices.compactMap { index -> ChartPoint? in
        guard let point = candidate.points[index] else { return nil }
        let interval = point.robustness
        return ChartPoint(
          x: results.errors[index].size, y: interval.mean, interval: interval.range,
          note: "\(candidate.name): \(Self.percent(interval)) %")
      }
      return points.isEmpty ? nil : ChartSeries(candidate.name, points: points, look: number)
    }
    return ReportChart(
      file: "robustness-\(kind).svg",
      chart: try Chart(
        title: "Robustness under \(Self.words(kind))",
        subtitle: "correct samples that stay correct; bars: 95 % intervals over \(settings.draws) draws",
        horizontal: isInMemory
          ? ChartAxis("Share of faulty weight bits", spread: .logarithmic) : ChartAxis("Severity"),
        vertical: ChartAxis("Robustness", quantity: .fraction), series: series),
      caption: isInMemory
        ? "Each stored bit of the weight banks is faulty with the given probability; the float network has no such bits."
        : "Severity 0 leaves images as they are; all networks see the same drawn errors on the same \(DecimalText.grouped(results.testSamples)) test samples."
    )
  }

  static func words(_ kind: String) -> String { kind.replacing("-", with: " ") }

  private func searchChart() throws(ChartError) -> ReportChart? {
    let series = results.searches.compactMap { search -> ChartSeries? in
      let points = search.answers.filter { $0.layerEvaluations > 0 }.map {
        ChartPoint(x: Double($0.layerEvaluations), y: $0.choice.loss, note: $0.stage)
      }
      guard let last = points.last else { return nil }
      // The last answer holds to the search's end.
      let end = ChartPoint(
        x: Double(max(search.layerEvaluations, 1)), y: last.y, note: search.ending.rawValue)
      let look = results.candidates.firstIndex { $0.name == search.method.rawValue }
      return ChartSeries(search.method.rawValue, points: points + [end], look: look)
    }
    guard !series.isEmpty else { return nil }
    return ReportChart(
      file: "loss-against-work.svg",
      chart: try Chart(
        title: "Robustness loss against work",
        subtitle:
          "best answer so far, on \(DecimalText.grouped(settings.calibrationSamples)) calibration samples",
        horizontal: ChartAxis("Layer evaluations", spread: .logarithmic),
        vertical: ChartAxis("Robustness loss", unit: "logits", including: [0]), series: series),
      caption:
        "A layer evaluation is one layer with weights on one calibration sample. Q* answers early and gets better; measured times stand in timing.json."
    )
  }
}
