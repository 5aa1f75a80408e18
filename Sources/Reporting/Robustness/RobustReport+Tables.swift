import Exploration

extension RobustReport {
  private static func right(_ name: String, unit: String? = nil) -> TableColumn {
    TableColumn(name, unit: unit, alignment: .trailing)
  }

  private static func cell(_ interval: MeanInterval?) -> TableCell {
    interval.map { .text(percent($0)) } ?? .missing
  }

  /// Every network: memory, error without an error on the input, mean robustness, difference to equal widths.
  func candidateTable() throws(ReportTableError) -> ReportTable {
    try ReportTable(
      columns: [
        TableColumn("Network"), Self.right("Stored"), Self.right("Test error", unit: "%"),
        Self.right("Robustness", unit: "%"), Self.right("To universal", unit: "points"),
        Self.right("Right under errors", unit: "%"),
      ],
      rows: results.candidates.map { candidate in
        let difference = baseline.flatMap { baseline in
          candidate.name == baseline.name ? nil : candidate.difference(to: baseline, inputErrors)
        }
        return [
          .text(candidate.name),
          candidate.storedBits.map { .text(MemoryText(bits: $0).description) } ?? .missing,
          .text(ReportWords.percent(1 - Double(candidate.correct) / Double(results.testSamples))),
          Self.cell(inputErrors.isEmpty ? nil : candidate.robustness(inputErrors)),
          Self.cell(inputErrors.isEmpty ? nil : difference),
          Self.cell(
            inputErrors.isEmpty ? nil : candidate.rightShare(inputErrors, of: results.testSamples)),
        ]
      })
  }

  /// Bits of a weight: layers down, methods across.
  func widthTable() throws(ReportTableError) -> ReportTable {
    let mixed = results.candidates.filter { $0.widths != nil }
    return try ReportTable(
      columns: [TableColumn("Layer"), Self.right("8 bits take")] + mixed.map { Self.right($0.name) },
      rows: results.layers.enumerated().map { index, layer in
        [.text(layer.name), .text(MemoryText(bits: layer.storedBits.last!).description)]
          + mixed.map { .integer($0.widths![index]) }
      })
  }

  /// Mean robustness by kind of error.
  func kindTable() throws(ReportTableError) -> ReportTable {
    try ReportTable(
      columns: [TableColumn("Error")] + results.candidates.map { Self.right($0.name, unit: "%") },
      rows: kinds.map { kind in
        [.text(kind)] + results.candidates.map { Self.cell($0.robustness(errors(ofKind: kind))) }
      })
  }

  /// Differences to equal widths by kind of error.
  func differenceTable() throws(ReportTableError) -> ReportTable? {
    guard let baseline else { return nil }
    let others = results.candidates.dropFirst().filter { $0.name != baseline.name }
    guard !others.isEmpty else { return nil }
    return try ReportTable(
      columns: [TableColumn("Error")] + others.map { Self.right($0.name, unit: "points") },
      rows: kinds.map { kind in
        [.text(kind)] + others.map { Self.cell($0.difference(to: baseline, errors(ofKind: kind))) }
      })
  }

  /// What each search took and came to.
  func searchTable() throws(ReportTableError) -> ReportTable {
    try ReportTable(
      columns: [
        TableColumn("Method"), Self.right("Loss"), Self.right("Stored"), Self.right("Layer evaluations"),
        Self.right("Without sharing"), Self.right("Saved", unit: "×"), TableColumn("Found by"),
        TableColumn("Ended"),
      ],
      rows: results.searches.map { search in
        [
          .text(search.method.rawValue), .number(search.choice.loss, digits: 4),
          .text(MemoryText(bits: search.choice.storedBits).description), .integer(search.layerEvaluations),
          .integer(search.naiveLayerEvaluations),
          search.layerEvaluations > 0
            ? .number(Double(search.naiveLayerEvaluations) / Double(search.layerEvaluations), digits: 2)
            : .missing, .text(search.answers.last!.stage), .text(search.ending.rawValue),
        ]
      })
  }

  /// Every network at every error, one a row, with plain numbers.
  func csvTable() throws(ReportTableError) -> ReportTable {
    let keys = [
      "network", "error", "size", "draws", "robustness", "intervalHalfWidth", "differenceToUniversal",
      "differenceIntervalHalfWidth", "correctSamples", "testSamples", "storedBits",
    ]
    func number(_ value: Double?) -> TableCell { value.map { .number($0, digits: 6) } ?? .missing }
    var rows: [[TableCell]] = []
    for candidate in results.candidates {
      for (index, error) in results.errors.enumerated() {
        guard let point = candidate.points[index] else { continue }
        let difference = baseline.flatMap { baseline in
          candidate.name == baseline.name ? nil : baseline.points[index].map { point.difference(to: $0) }
        }
        rows.append([
          .text(candidate.name), .text(error.kind), number(error.size), .integer(point.survivors.count),
          number(point.robustness.mean), number(point.robustness.halfWidth), number(difference?.mean),
          number(difference?.halfWidth), .integer(candidate.correct), .integer(results.testSamples),
          candidate.storedBits.map { .integer($0) } ?? .missing,
        ])
      }
    }
    return try ReportTable(columns: keys.map { TableColumn($0, key: $0) }, rows: rows)
  }
}
