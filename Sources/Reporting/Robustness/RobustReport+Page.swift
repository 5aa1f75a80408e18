import Exploration

extension RobustReport {
  private var machineDefinitions: [PageDefinition] {
    results.hardware.pageDefinitions() + [
      PageDefinition("Network", "\(results.networkName), \(results.layers.count) layers with weights"),
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

  private var sliceBlocks: [PageBlock] {
    guard let slice = results.slice else { return [] }
    let pictures = results.candidates.map { candidate in
      ClassColors.picture(
        candidate.slice, of: slice, summary: "How \(candidate.name) divides the plane into classes")
    }
    let names = slice.anchors.map { results.classNames[$0.label] }
    // Four pictures a row, so that they keep their size on a page's width.
    let rows = stride(from: 0, to: pictures.count, by: 4).map { first -> PageBlock in
      let last = min(first + 4, pictures.count)
      return .pictures(
        PictureGrid(
          columns: results.candidates[first..<last].map(\.name),
          rows: [.init("", pictures: Array(pictures[first..<last]))], width: 12),
        caption: first + 4 < pictures.count
          ? ""
          : "A plane of input space through three test images (squares): \(names[0]) at the lower left, \(names[1]) to its right, \(names[2]) above. A color is the class that the network gives the image at that point."
      )
    }
    return rows
  }

  /// The page.
  func page(charts: [ReportChart]) throws(ReportTableError) -> HTMLPage {
    var sections = [
      PageSection(
        "The answer",
        [
          .table(
            try candidateTable(),
            caption:
              "Robustness: the share of correctly classed samples that stay correct, averaged over all input errors. ± 95 % interval over draws (Student's t); differences are paired draw by draw. Right under errors: the share of all test samples that are classed correctly without and with them, since a network with few right answers may keep them all."
          ), .command(command),
        ]),
      PageSection(
        "Bit widths",
        [.table(try widthTable(), caption: "Bits of a weight by layer; 2 is ternary.")]),
    ]
    let robustness = charts.filter { $0.file.hasPrefix("robustness-") }
    if !robustness.isEmpty {
      sections.append(
        PageSection(
          "Robustness against error size", robustness.map { .chart($0.chart, caption: $0.caption) }))
      var tables: [PageBlock] = [
        .table(try kindTable(), caption: "Mean robustness over the sizes of each kind of error.")
      ]
      if let differences = try differenceTable() {
        tables.append(
          .table(
            differences,
            caption:
              "Differences to equal widths in percentage points; an interval that holds 0 decides nothing."))
      }
      sections.append(PageSection("By kind of error", tables))
    }
    if results.slice != nil { sections.append(PageSection("Decisions in a plane", sliceBlocks)) }
    let searches = charts.filter { $0.file == "loss-against-work.svg" }
    sections.append(
      PageSection(
        "The searches",
        searches.map { .chart($0.chart, caption: $0.caption) } + [
          .table(
            try searchTable(),
            caption:
              "Without sharing, every choice would be run from the input: the work that shared prefixes save."
          )
        ]))
    sections.append(
      PageSection(
        "How it was made",
        [
          .definitions(machineDefinitions),
          .links(
            [PageLink("results.csv", path: "results.csv"), PageLink("results.json", path: "results.json")]
              + charts.map { PageLink($0.file, path: $0.file) }),
        ]))
    return HTMLPage(
      title: "Robust bit widths in \(MemoryText(bits: settings.budgetBits)) of weight memory",
      introduction: answerSentence, sections: sections, footer: "Made by: \(command)")
  }
}
