import Exploration

extension RobustReport {
  /// For each budget: robustness against error size by kind, then what the searches found against their work.
  func charts() throws(ChartError) -> [[ReportChart]] {
    var all: [[ReportChart]] = []
    for (number, budget) in results.budgets.enumerated() {
      var charts: [ReportChart] = []
      for isRetrained in [false, true] {
        if let chart = try rightChart(budget, number: number, isRetrained: isRetrained) {
          charts.append(chart)
        }
      }
      for kind in kinds { charts.append(try chart(ofKind: kind, budget, number: number)) }
      if let chart = try searchChart(budget, number: number) { charts.append(chart) }
      all.append(charts)
    }
    return all
  }

  /// A line for each candidate that `isShown` of its score at each of `sizes`, which name the errors that have that size.
  private func lines(
    _ score: RobustScore, _ sizes: [(size: Double, errors: [Int])], _ budget: RobustBudget,
    where isShown: (RobustCandidate) -> Bool
  ) -> [ChartSeries] {
    candidates(of: budget).enumerated().compactMap { look, candidate -> ChartSeries? in
      guard isShown(candidate) else { return nil }
      let points = sizes.compactMap { size, errors -> ChartPoint? in
        guard let interval = candidate.interval(score, errors) else { return nil }
        return ChartPoint(
          x: size, y: interval.mean, interval: interval.range,
          note: "\(candidate.name): \(Self.percent(interval)) %")
      }
      return points.isEmpty ? nil : ChartSeries(candidate.name, points: points, look: look)
    }
  }

  private func chart(
    ofKind kind: String, _ budget: RobustBudget, number: Int
  ) throws(ChartError) -> ReportChart {
    let indices = errors(ofKind: kind)
    let isInMemory = !results.errors[indices[0]].isOnInput
    return ReportChart(
      file: fileName("robustness-\(kind).svg", budget: number),
      chart: try Chart(
        title: "Robustness under \(Self.words(kind))",
        subtitle: "correct samples that stay correct; bars: 95 % intervals over \(spread)",
        horizontal: isInMemory
          ? ChartAxis("Share of faulty weight bits", spread: .logarithmic) : ChartAxis("Severity"),
        vertical: ChartAxis("Robustness", quantity: .fraction),
        // Centroids are retrained in Deep Compression; of the others as they were found, so that lines can be told apart.
        series: lines(.robustness, indices.map { (results.errors[$0].size, [$0]) }, budget) {
          !$0.isRetrained || $0.method == RobustMethod.deepCompression.name
        }),
      caption: isInMemory
        ? "Each stored bit of the weight banks is faulty with the given probability; the float network has no such bits."
        : "Severity 0 leaves images as they are; all networks see the same drawn errors on the same \(DecimalText.grouped(results.testSamples)) test samples."
    )
  }

  /// The share right under errors against their severity, all kinds of input errors together.
  private func rightChart(
    _ budget: RobustBudget, number: Int, isRetrained: Bool
  ) throws(ChartError) -> ReportChart? {
    guard !inputErrors.isEmpty, budget.candidates.contains(where: { $0.isRetrained == isRetrained }) else {
      return nil
    }
    let sizes = Set(inputErrors.map { results.errors[$0].size }).sorted().map { size in
      (size: size, errors: inputErrors.filter { results.errors[$0].size == size })
    }
    return ReportChart(
      file: fileName("right-under-errors\(isRetrained ? "-retrained" : "").svg", budget: number),
      chart: try Chart(
        title: "Right without and with errors\(isRetrained ? ", retrained" : "")",
        subtitle: "mean over all kinds of input errors; bars: 95 % intervals over \(spread)",
        horizontal: ChartAxis("Severity"), vertical: ChartAxis("Share of test samples", quantity: .fraction),
        series: lines(.rightShare, sizes, budget) {
          $0.isRetrained == isRetrained || $0.method == results.float.method
        }),
      caption:
        "Unlike robustness, this share does not flatter a network that gives few right answers and keeps them."
    )
  }

  static func words(_ kind: String) -> String { kind.replacing("-", with: " ") }

  /// Of the first network.
  private func searchChart(_ budget: RobustBudget, number: Int) throws(ChartError) -> ReportChart? {
    let series = budget.searches[0].compactMap { search -> ChartSeries? in
      let points = search.answers.filter { $0.layerEvaluations > 0 }.map {
        ChartPoint(x: Double($0.layerEvaluations), y: $0.choice.loss, note: $0.stage)
      }
      guard let last = points.last else { return nil }
      // The last answer holds to the search's end.
      let end = ChartPoint(
        x: Double(max(search.layerEvaluations, 1)), y: last.y, note: search.ending.rawValue)
      let look = candidates(of: budget).firstIndex { $0.name == search.method.rawValue }
      return ChartSeries(search.method.rawValue, points: points + [end], look: look)
    }
    guard !series.isEmpty else { return nil }
    return ReportChart(
      file: fileName("loss-against-work.svg", budget: number),
      chart: try Chart(
        title: "Robustness loss against work",
        subtitle:
          "best answer so far, on \(DecimalText.grouped(settings.calibrationSamples)) calibration samples\(results.networks.count > 1 ? ", first network" : "")",
        horizontal: ChartAxis("Layer evaluations", spread: .logarithmic),
        vertical: ChartAxis("Robustness loss", unit: "nats", including: [0]), series: series),
      caption:
        "A layer evaluation is one layer with weights on one calibration sample. Q* answers early and gets better; measured times stand in timing.json."
    )
  }
}
