import Exploration

extension RobustReport {
  private var machineDefinitions: [PageDefinition] {
    results.hardware.pageDefinitions() + [
      PageDefinition(
        "Networks",
        "\(results.networkName), \(results.layers.count) layers with weights; SHA-256 of each file:")
    ]
      + results.networks.map { PageDefinition($0.file, $0.digest) } + [
        PageDefinition(
          "Widths are chosen on",
          "\(DecimalText.grouped(settings.calibrationSamples)) validation samples, in turn without an error and with each kind and severity"
        ),
        PageDefinition(
          "Tested on",
          "the first \(DecimalText.grouped(results.testSamples)) test samples of \(results.datasetName), \(settings.draws) draws of each error, seed \(settings.seed)"
        ), PageDefinition("Digest of the data", results.datasetDigest),
      ]
  }

  private func sliceBlocks(_ budget: RobustBudget) -> [PageBlock] {
    guard let slice = results.slice else { return [] }
    let candidates = candidates(of: budget)
    let pictures = candidates.map { candidate in
      ClassColors.picture(
        candidate.runs[0].slice, of: slice, summary: "How \(candidate.name) divides the plane into classes")
    }
    let names = slice.anchors.map { results.classNames[$0.label] }
    // Four pictures a row, so that they keep their size on a page's width.
    return stride(from: 0, to: pictures.count, by: 4).map { first -> PageBlock in
      let last = min(first + 4, pictures.count)
      return .pictures(
        PictureGrid(
          columns: candidates[first..<last].map(\.name),
          rows: [.init("", pictures: Array(pictures[first..<last]))], width: 12),
        caption: first + 4 < pictures.count
          ? ""
          : "A plane of input space through three test images (squares): \(names[0]) at the lower left, \(names[1]) to its right, \(names[2]) above. A color is the class that the\(results.networks.count > 1 ? " first" : "") network gives the image at that point."
      )
    }
  }

  /// `title`, with the budget where there are several.
  private func heading(_ title: String, _ budget: RobustBudget) -> String {
    results.budgets.count > 1
      ? "\(MemoryText(bits: budget.bits)): \(title)" : title.prefix(1).uppercased() + title.dropFirst()
  }

  private func answerSection(_ budget: RobustBudget, isFirst: Bool) throws(ReportTableError) -> PageSection {
    let alike =
      budget.candidates.contains { $0.isRetrained } ? "of retrained networks to retrained equal widths, " : ""
    var blocks: [PageBlock] = [
      .paragraph(answerSentence(budget)),
      .table(
        try candidateTable(budget, RobustScore.allCases),
        caption:
          "Robustness: the share of correctly classed samples that stay correct, averaged over all input errors. Right under errors: the share of all test samples that are classed correctly without and with them, since a network with few right answers may keep them all. ± 95 % interval over \(spread) (Student's t); differences are paired, \(alike)and one whose interval holds 0 decides nothing."
      ),
    ]
    let coded = budget.candidates.filter { !$0.isRetrained }.flatMap { candidate in
      candidate.runs.compactMap(\.codedBits).map { "\(MemoryText(bits: $0))" }
    }
    if !coded.isEmpty {
      blocks.append(
        .paragraph(
          "Deep Compression's indices are stored as the machine reads them. In a Huffman code, which a machine would have to decode into such a memory, weights, tables and biases would take \(coded.joined(separator: ", "))."
        ))
    }
    if isFirst { blocks.append(.command(command)) }
    return PageSection(heading("the answer", budget), blocks)
  }

  private func kindSection(_ budget: RobustBudget) throws(ReportTableError) -> PageSection {
    var tables: [PageBlock] = []
    for (score, words) in [
      (RobustScore.robustness, "Robustness"),
      (.rightShare, "The share of test samples right without and with an error"),
    ] {
      tables.append(
        .table(
          try kindTable(score, budget), caption: "\(words), mean over the sizes of each kind, in percent."))
      if let differences = try differenceTable(score, budget) {
        tables.append(
          .table(
            differences,
            caption: "\(words): differences to equal widths. An interval that holds 0 decides nothing."))
      }
    }
    return PageSection(heading("by kind of error", budget), tables)
  }

  private func searchSection(
    _ budget: RobustBudget, charts: [ReportChart]
  ) throws(ReportTableError) -> PageSection {
    var blocks = charts.map { PageBlock.chart($0.chart, caption: $0.caption) }
    if let table = try incrementTable(budget) {
      blocks.append(.table(table, caption: "Q* beside Qed. Times stand in timing.json."))
    }
    blocks.append(
      .table(
        try searchTable(budget),
        caption:
          "Without sharing, every choice would be run from the input: the work that shared prefixes save."))
    return PageSection(heading("the searches", budget), blocks)
  }

  /// The page.
  func page(charts: [[ReportChart]]) throws(ReportTableError) -> HTMLPage {
    var sections: [PageSection] = []
    for (number, budget) in results.budgets.enumerated() {
      sections.append(try answerSection(budget, isFirst: number == 0))
      sections.append(
        PageSection(
          heading("bit widths", budget),
          [
            .table(
              try widthTable(budget),
              caption:
                "Bits of a weight by layer; 2 is ternary. Of deep-compression: bits of an index.\(results.networks.count > 1 ? " Where networks differ, one after another." : "")"
            )
          ]))
      let (searches, robustness) = (
        charts[number].filter { $0.file.hasSuffix("loss-against-work.svg") },
        charts[number].filter { !$0.file.hasSuffix("loss-against-work.svg") }
      )
      if !robustness.isEmpty {
        sections.append(
          PageSection(
            heading("robustness against error size", budget),
            robustness.map { .chart($0.chart, caption: $0.caption) }))
        sections.append(try kindSection(budget))
      }
      if results.slice != nil {
        sections.append(PageSection(heading("decisions in a plane", budget), sliceBlocks(budget)))
      }
      if budget.searches.contains(where: { !$0.isEmpty }) {
        sections.append(try searchSection(budget, charts: searches))
      }
    }
    sections.append(
      PageSection(
        "How it was made",
        [
          .definitions(machineDefinitions),
          .links(
            [PageLink("results.csv", path: "results.csv"), PageLink("results.json", path: "results.json")]
              + charts.joined().map { PageLink($0.file, path: $0.file) }),
        ]))
    let budgets = results.budgets.map { "\(MemoryText(bits: $0.bits))" }.joined(separator: " and ")
    return HTMLPage(
      title: "Robust bit widths in \(budgets) of weight memory",
      introduction:
        "\(results.networkName)\(results.networks.count > 1 ? ", \(results.networks.count) networks" : ""): the bits of each layer's weights, chosen by several methods within the same memory, under errors on the input and in the memory.",
      sections: sections, footer: "Made by: \(command)")
  }
}
