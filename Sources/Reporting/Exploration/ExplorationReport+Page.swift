import Exploration
import Networks
import Quantization

extension ExplorationReport {
  /// The answer in one sentence.
  public var answerSentence: String {
    let answer = analysis.answer
    return
      "With \(MemoryText(bits: settings.weightCapacityBits)) of weight memory, build \(answer.design.network)"
      + " with \(ReportWords.adjective(answer.design.weightBits)) weights, \(answer.design.method.rawValue):"
      + " \(ReportWords.percent(answer.testError)) % test error, \(MemoryText(bits: answer.mapping.storedBits)) stored,"
      + " \(DecimalText.grouped(answer.mapping.cycles)) cycles an inference"
      + " (\(DecimalText.groupedSignificant(answer.mapping.inferencesPerSecond, digits: 3)) a second at"
      + " \(QuantityText(answer.mapping.hardware.clockMegahertz * 1e6, unit: "Hz")))."
  }

  /// Whether trainer and hardware agree on every test sample, and if not, where and why.
  public var agreementSentence: String {
    let samples = analysis.results.dataset.testCount * settings.seeds.count
    let runs = analysis.designs.count
    var causes: [DifferenceCause: Int] = [:]
    for design in analysis.designs { causes.merge(design.differences, uniquingKeysWith: +) }
    let total = causes.values.reduce(0, +)
    let overflows = analysis.designs.reduce(0) { $0 + $1.overflows }
    let start =
      "Of \(DecimalText.grouped(samples * runs)) classifications (\(ReportWords.count(runs, "design")), \(ReportWords.count(settings.seeds.count, "seed")),"
      + " \(DecimalText.grouped(analysis.results.dataset.testCount)) test samples), the trainer's forward pass and the"
      + " hardware give a different class in \(DecimalText.grouped(total))"
    let reasons = DifferenceCause.allCases.compactMap { cause -> String? in
      guard let count = causes[cause] else { return nil }
      let words =
        switch cause {
        case .accumulatorOverflow: "an accumulator overflowed"
        case .floatSumBeyond24Bits: "the trainer's sum passed 2^24, beyond exact single precision"
        case .unexplained: "no cause was found, which is a fault of this program"
        }
      return "\(DecimalText.grouped(count)) because \(words)"
    }
    let additions =
      overflows == 0
      ? " No addition left an accumulator."
      : " \(DecimalText.grouped(overflows)) additions left an accumulator and were handled as the machine does it."
    return start + (reasons.isEmpty ? "." : ": \(reasons.joined(separator: "; ")).") + additions
  }

  /// The papers' claims as these figures have them, one line a claim; empty where ternary was not explored
  /// with both methods.
  public var findings: [String] {
    guard let found = PaperFindings(analysis, weightBits: 2), let small = found.rows.first,
      let large = found.rows.last
    else { return [] }
    func gap(_ row: PaperFindings.Row) -> String {
      let text = ReportWords.percent(row.retrainedGap)
      return settings.seeds.count > 1
        ? "\(text) ± \(ReportWords.percent(row.retrainedGapStandardError)) points at \(row.network)"
        : "\(text) points at \(row.network)"
    }
    let shares = found.rows.compactMap(\.closedShare)
    let direct = found.rows.map(\.directError.mean)
    let floats = found.rows.map(\.floatError.mean)
    return [
      "Direct ternary quantization is poor: \(found.directIsPoor.rawValue). Test errors of"
        + " \(ReportWords.percent(direct.min()!)) to \(ReportWords.percent(direct.max()!)) %, float"
        + " \(ReportWords.percent(floats.min()!)) to \(ReportWords.percent(floats.max()!)) %.",
      "Retraining closes most of the gap: \(found.retrainingClosesMost.rawValue)."
        + (shares.isEmpty
          ? ""
          : " It closes \(ReportWords.percent(shares.min()!)) to \(ReportWords.percent(shares.max()!)) % of it."),
      "The gap between float and retrained ternary shrinks as the network grows: \(found.gapShrinks.rawValue)."
        + " \(gap(small)), \(gap(large)).",
    ]
  }

  private var machineDefinitions: [PageDefinition] {
    return analysis.answer.mapping.hardware.pageDefinitions(datapathOf: "the answer") + [
      PageDefinition(
        "Signals", "\(settings.signalBits) bits between layers, \(settings.inputBits) bits at the input")
    ]
  }

  private var dataDefinitions: [PageDefinition] {
    let data = analysis.results.dataset
    let training = settings.training
    return [
      PageDefinition(
        "Data",
        "\(data.name): \(data.imageShape.map(String.init).joined(separator: " × ")), \(data.classCount) classes"
      ),
      PageDefinition(
        "Samples",
        "\(DecimalText.grouped(data.trainingCount)) train, \(DecimalText.grouped(data.validationCount)) choose,"
          + " \(DecimalText.grouped(data.testCount)) only report"),
      PageDefinition(
        "Training",
        "\(training.epochs) epochs in all, of which retraining replaces the last \(training.retrainingEpochs);"
          + " mini-batches of \(training.batchSize), learning rate \(training.learningRate), momentum \(training.momentum);"
          + " of the last \(training.retrainingEpochs) epochs the one with the fewest validation errors is kept"
      ),
      PageDefinition("Seeds", settings.seeds.map(String.init).joined(separator: ", ")),
      PageDefinition("Digest of the data", data.digest),
    ]
  }

  /// The page.
  public func page(charts: [ReportChart]) throws(ReportTableError) -> HTMLPage {
    let answer = analysis.answer
    var sections = [
      PageSection(
        "The answer",
        [
          .keyFigures([
            PageKeyFigure(
              "Build", value: "\(answer.design.network)",
              remark: "\(ReportWords.wordLength(answer.design.weightBits)), \(answer.design.method.rawValue)"),
            PageKeyFigure(
              "Test error", value: "\(ReportWords.percent(answer.testError.mean)) %",
              remark: "on the hardware, bit for bit"),
            PageKeyFigure(
              "Weight memory", value: "\(MemoryText(bits: answer.mapping.storedBits))",
              remark: "of \(MemoryText(bits: settings.weightCapacityBits)), padding included"),
            PageKeyFigure(
              "Cycles", value: DecimalText.grouped(answer.mapping.cycles),
              remark:
                "\(DecimalText.groupedSignificant(answer.mapping.inferencesPerSecond, digits: 3)) inferences/s"
            ),
            PageKeyFigure(
              "Effective compression", value: ReportWords.ratio(answer.compression.ratio),
              remark: "against float of equal error"),
          ]),
          .paragraph(agreementSentence),
          .command(command),
        ]),
      PageSection(
        "Error against memory",
        [.chart(charts[0].chart, caption: charts[0].caption)]),
      PageSection(
        "Pareto front",
        [
          .paragraph(
            "Designs that no other beats in validation error, stored weight bits and cycles at once. Validation"
              + " chooses; the test error only reports."),
          .table(try designTable(frontDesigns), caption: "The front, by weight memory."),
        ]),
      PageSection(
        "Layers of the answer",
        [.table(try layerTable(), caption: "Memory and cycles of \(answer.design).")]),
      PageSection(
        "Compression and gap",
        [
          .chart(charts[1].chart, caption: charts[1].caption),
          .table(
            try compressionTable { ReportWords.ratio($0) },
            caption: "Effective compression ratio, in brackets at ± 1 standard error of the mean error."),
          .chart(charts[2].chart, caption: charts[2].caption),
        ]),
      PageSection(
        "All errors",
        try settings.methods.map { method throws(ReportTableError) in
          .table(
            try errorTable(method) { ReportWords.percent($0) },
            caption:
              "Test error in percent, \(method.rawValue), on the hardware; float by the trainer. ± 1 standard error."
          )
        }),
    ]
    if !findings.isEmpty {
      sections.append(PageSection("What the papers found", [.list(findings)]))
    }
    sections.append(
      PageSection(
        "How it was made",
        [
          .definitions(machineDefinitions + dataDefinitions),
          .links(
            [PageLink("results.csv", path: "results.csv"), PageLink("results.json", path: "results.json")]
              + charts.map { PageLink($0.file, path: $0.file) }),
        ]))
    return HTMLPage(
      title: "Which network fits \(MemoryText(bits: settings.weightCapacityBits)) of weight memory?",
      introduction: answerSentence, sections: sections,
      footer: "Made by: \(command)")
  }

  /// What the terminal shows, within `width` columns, or the narrowest a table can be where that is more.
  public func text(width: Int) throws(ReportTableError) -> String {
    let width = max(width, ReportTable.narrowestWidth)
    var parts = [
      answerSentence.wrapped(to: width).joined(separator: "\n"),
      "Pareto front of validation error, stored bits and cycles; test errors:\n"
        + (try narrowDesignTable(frontDesigns).text(width: width)),
      "Layers of \(analysis.answer.design), cycles an inference:\n"
        + (try narrowLayerTable().text(width: width)),
      "Effective compression ratio:\n"
        + (try compressionTable { ReportWords.ratio($0.ratio) }.text(width: width)),
      agreementSentence.wrapped(to: width).joined(separator: "\n"),
    ]
    for method in settings.methods.reversed() {
      parts.insert(
        "Test errors in %, \(method.rawValue):\n"
          + (try errorTable(method) { ReportWords.percent($0.mean) }.text(width: width)), at: 3)
    }
    if !findings.isEmpty {
      parts.append(findings.flatMap { ("- " + $0).wrapped(to: width) }.joined(separator: "\n"))
    }
    return parts.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n")
  }
}
