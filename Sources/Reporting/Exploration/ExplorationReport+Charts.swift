import Exploration
import Networks

/// A chart of a report and the file that holds it alone.
public struct ReportChart: Sendable {
  /// The SVG file's name.
  public let file: String
  /// The chart.
  public let chart: Chart
  /// What it shows, below it on the page.
  public let caption: String
}

extension ExplorationReport {
  private var dataName: String { analysis.results.dataset.name }
  private var seedWords: String {
    settings.seeds.count == 1 ? "one seed" : "mean of \(settings.seeds.count) seeds, bars: ± 1 standard error"
  }

  /// The designs of the last method explored (retrained, where both are) of one word length, by size.
  private func series(bits: Int) -> [DesignSummary] {
    let method = settings.methods[settings.methods.count - 1]
    return analysis.designs.filter { $0.design.weightBits == bits && $0.design.method == method }
      .sorted { $0.mapping.usefulBits < $1.mapping.usefulBits }
  }

  private func bar(_ statistics: Statistics) -> ClosedRange<Double>? {
    statistics.count > 1
      ? statistics.mean - statistics.standardError...statistics.mean + statistics.standardError : nil
  }

  /// All charts of the report.
  public func charts() throws(ChartError) -> [ReportChart] {
    [try errorAgainstMemory(), try compressionAgainstSize(), try gapAgainstSize()]
  }

  private func errorAgainstMemory() throws(ChartError) -> ReportChart {
    var all = [
      ChartSeries(
        "float (32 bits)",
        points: analysis.floats.sorted { $0.usefulBits < $1.usefulBits }.map {
          ChartPoint(
            x: Double($0.usefulBits), y: $0.testError.mean, interval: bar($0.testError),
            note: $0.network)
        })
    ]
    for bits in settings.weightWordLengths {
      all.append(
        ChartSeries(
          ReportWords.wordLength(bits),
          points: series(bits: bits).map {
            ChartPoint(
              x: Double($0.mapping.storedBits), y: $0.testError.mean, interval: bar($0.testError),
              note: $0.design.description)
          }))
    }
    let answer = analysis.answer
    return ReportChart(
      file: "error-against-memory.svg",
      chart: try Chart(
        title: "Test error against weight memory",
        subtitle: "\(dataName), on the hardware, \(seedWords)",
        horizontal: ChartAxis("Weight memory (stored bits)", spread: .logarithmic, quantity: .memoryBits),
        vertical: ChartAxis("Test error", spread: .logarithmic, quantity: .fraction),
        series: all,
        references: [
          ReferenceLine(.vertical, at: Double(settings.weightCapacityBits), label: "capacity")
        ],
        highlights: [
          ChartHighlight(
            x: Double(answer.mapping.storedBits), y: answer.testError.mean,
            label: "\(answer.design.network), \(ReportWords.wordLength(answer.design.weightBits))")
        ]),
      caption:
        "Each line is a word length over networks of growing size; the float family is counted with 32 bits"
        + " a parameter. At a given memory the lowest line is the word length to build.")
  }

  private func compressionAgainstSize() throws(ChartError) -> ReportChart {
    ReportChart(
      file: "effective-compression.svg",
      chart: try Chart(
        title: "Effective compression ratio against network size",
        subtitle: "memory of the float network of equal error / memory of the quantized one; arrows: bounds",
        horizontal: ChartAxis("Weights and biases", spread: .logarithmic),
        vertical: ChartAxis("Effective compression ratio", spread: .linear, including: [0]),
        series: settings.weightWordLengths.enumerated().map { index, bits in
          ChartSeries(
            ReportWords.wordLength(bits),
            points: series(bits: bits).map { point(of: $0) }, look: index + 1)
        }),
      caption:
        "A ratio of 16 would be all that 2 instead of 32 bits can give at no loss. Where the error lies on the"
        + " float curve's plateau or beyond its ends, the ratio is only bounded: arrows up mean at least, arrows"
        + " down at most.")
  }

  private func point(of design: DesignSummary) -> ChartPoint {
    let meaning: ChartPoint.Meaning =
      switch design.compression.ratio {
      case .bits: .exact
      case .atLeast: .atLeast
      case .atMost: .atMost
      }
    let interval = design.compression.interval.map { interval in
      min(interval.low.value, interval.high.value)...max(interval.low.value, interval.high.value)
    }
    return ChartPoint(
      x: Double(parameterCount(design.design.network)), y: design.compression.ratio.value,
      interval: meaning == .exact ? interval : nil, meaning: meaning, note: design.design.description)
  }

  private func parameterCount(_ network: String) -> Int {
    analysis.floats.first { $0.network == network }!.parameterCount
  }

  private func gapAgainstSize() throws(ChartError) -> ReportChart {
    ReportChart(
      file: "gap-to-float.svg",
      chart: try Chart(
        title: "Gap to float against network size",
        subtitle: "test error on the hardware minus that of the float network of the same shape",
        horizontal: ChartAxis("Weights and biases", spread: .logarithmic),
        vertical: ChartAxis("Gap", unit: "percentage points", including: [0]),
        series: settings.weightWordLengths.enumerated().map { index, bits in
          ChartSeries(
            ReportWords.wordLength(bits),
            points: series(bits: bits).map { design in
              ChartPoint(
                x: Double(parameterCount(design.design.network)), y: 100 * design.gapToFloat,
                interval: bar(design.testError).map { range in
                  let float = design.testError.mean - design.gapToFloat
                  return 100 * (range.lowerBound - float)...100 * (range.upperBound - float)
                }, note: design.design.description)
            }, look: index + 1)
        },
        references: [ReferenceLine(.horizontal, at: 0, label: "float")]),
      caption:
        "Small networks pay for few bits, since every connection counts; larger ones have connections to"
        + " spare, and retraining makes use of them.")
  }
}
