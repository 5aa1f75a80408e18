import Exploration

/// What a machine costs, along the horizontal axis of a chart.
enum CostAxis: String {
  case area, energy

  fileprivate var quantity: DesignBudget.Quantity {
    switch self {
    case .area: .areaSquareMillimeters
    case .energy: .energyNanojoules
    }
  }

  fileprivate var axis: ChartAxis {
    switch self {
    case .area: ChartAxis("Area of the machine", unit: "mm²", spread: .logarithmic)
    case .energy: ChartAxis("Energy of an inference", unit: "nJ", spread: .logarithmic)
    }
  }
}

extension ExplorationReport {
  /// Designs' test error against what their machines cost.
  func errorAgainst(_ cost: CostAxis) throws(ChartError) -> ReportChart {
    ReportChart(
      file: "error-against-\(cost.rawValue).svg",
      chart: try Chart(
        title: "Test error against \(cost.rawValue)", subtitle: costSubtitle, horizontal: cost.axis,
        vertical: ChartAxis("Test error", spread: .logarithmic, quantity: .fraction),
        series: settings.weightWordLengths.enumerated().map { index, bits in
          ChartSeries(
            ReportWords.wordLength(bits),
            points: series(bits: bits).map {
              ChartPoint(
                x: $0.cost[cost.quantity], y: $0.testError.mean, interval: bar($0.testError),
                note: $0.design.description)
            }, look: index + 1)
        },
        references: settings.budget[cost.quantity].map {
          [ReferenceLine(.vertical, at: $0, label: "budget")]
        } ?? []),
      caption: "Each design on a machine of its own word length whose weight memory just holds it.")
  }

  /// Designs' effective compression ratio against what their machines cost.
  func compressionAgainst(_ cost: CostAxis) throws(ChartError) -> ReportChart {
    ReportChart(
      file: "compression-against-\(cost.rawValue).svg",
      chart: try Chart(
        title: "Effective compression ratio against \(cost.rawValue)", subtitle: costSubtitle,
        horizontal: cost.axis,
        vertical: ChartAxis("Effective compression ratio", spread: .linear, including: [0]),
        series: settings.weightWordLengths.enumerated().map { index, bits in
          ChartSeries(
            ReportWords.wordLength(bits),
            points: series(bits: bits).map { point(of: $0, x: $0.cost[cost.quantity]) }, look: index + 1)
        }),
      caption: "What the same memory of weights comes to in silicon; arrows mean bounds, as above.")
  }

  private var costSubtitle: String {
    "\(analysis.results.dataset.name), \(settings.hardware.name) in \(settings.technology.name)"
  }
}
