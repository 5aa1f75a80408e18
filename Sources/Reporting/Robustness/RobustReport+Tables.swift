import Exploration

extension RobustReport {
  private static func right(_ name: String, unit: String? = nil) -> TableColumn {
    TableColumn(name, unit: unit, alignment: .trailing)
  }

  private static func cell(_ interval: MeanInterval?) -> TableCell {
    interval.map { .text(percent($0)) } ?? .missing
  }

  /// What is said of each network, once where all say the same.
  private static func each<Value>(_ values: [Value], _ text: (Value) -> String) -> TableCell {
    let texts = values.map(text)
    return .text(Set(texts).count == 1 ? texts[0] : texts.joined(separator: ", "))
  }

  private static func columns(_ score: RobustScore) -> [TableColumn] {
    switch score {
    case .robustness: [right("Robustness", unit: "%"), right("to universal", unit: "points")]
    case .rightShare: [right("Right under errors", unit: "%"), right("to universal", unit: "points")]
    }
  }

  /// `score` of a candidate over all input errors, and its difference to equal widths.
  private func cells(
    _ score: RobustScore, _ candidate: RobustCandidate, _ budget: RobustBudget
  ) -> [TableCell] {
    inputErrors.isEmpty
      ? [.missing, .missing]
      : [
        Self.cell(candidate.interval(score, inputErrors)),
        Self.cell(difference(score, of: candidate, in: budget, inputErrors)),
      ]
  }

  /// Every candidate: the most memory that one of its networks takes, error without an error on the input, and `scores` with their differences to equal widths.
  func candidateTable(
    _ budget: RobustBudget, _ scores: [RobustScore]
  ) throws(ReportTableError) -> ReportTable {
    try ReportTable(
      columns: [TableColumn("Network"), Self.right("Stored"), Self.right("Test error", unit: "%")]
        + scores.flatMap { Self.columns($0) },
      rows: candidates(of: budget).map { candidate in
        let stored = candidate.runs.compactMap(\.storedBits).max()
        return [
          .text(candidate.name), stored.map { .text(MemoryText(bits: $0).description) } ?? .missing,
          Self.cell(candidate.testError),
        ] + scores.flatMap { cells($0, candidate, budget) }
      })
  }

  /// One score of every candidate.
  func scoreTable(_ budget: RobustBudget, _ score: RobustScore) throws(ReportTableError) -> ReportTable {
    try ReportTable(
      columns: [TableColumn("Network")] + Self.columns(score),
      rows: candidates(of: budget).map { [.text($0.name)] + cells(score, $0, budget) })
  }

  /// Bits of a weight: layers down, candidates across; of each network where they differ.
  func widthTable(_ budget: RobustBudget) throws(ReportTableError) -> ReportTable {
    let mixed = budget.candidates.filter { !$0.runs.contains { $0.layerBits == nil } && !$0.isRetrained }
    return try ReportTable(
      columns: [TableColumn("Layer"), Self.right("8 bits take")] + mixed.map { Self.right($0.name) },
      rows: results.layers.enumerated().map { index, layer in
        [.text(layer.name), .text(MemoryText(bits: layer.storedBits.last!).description)]
          + mixed.map { Self.each($0.runs) { String($0.layerBits![index]) } }
      })
  }

  /// The mean score by kind of error.
  func kindTable(_ score: RobustScore, _ budget: RobustBudget) throws(ReportTableError) -> ReportTable {
    let candidates = candidates(of: budget)
    return try ReportTable(
      columns: [TableColumn("Error")] + candidates.map { Self.right($0.name, unit: "%") },
      rows: kinds.map { kind in
        [.text(kind)] + candidates.map { Self.cell($0.interval(score, errors(ofKind: kind))) }
      })
  }

  /// Differences of a score to equal widths by kind of error.
  func differenceTable(
    _ score: RobustScore, _ budget: RobustBudget
  ) throws(ReportTableError) -> ReportTable? {
    let others = budget.candidates.filter { baseline(for: $0, in: budget) != nil }
    guard !others.isEmpty else { return nil }
    return try ReportTable(
      columns: [TableColumn("Error")] + others.map { Self.right($0.name, unit: "points") },
      rows: kinds.map { kind in
        [.text(kind)] + others.map { Self.cell(difference(score, of: $0, in: budget, errors(ofKind: kind))) }
      })
  }

  /// What each search took and came to, network by network.
  func searchTable(_ budget: RobustBudget) throws(ReportTableError) -> ReportTable {
    let isOne = results.networks.count == 1
    return try ReportTable(
      columns: [
        TableColumn("Method"), Self.right("Loss"), Self.right("Stored"), Self.right("Layer evaluations"),
        Self.right("Without sharing"), Self.right("Saved", unit: "×"), TableColumn("Found by"),
        TableColumn("Ended"),
      ],
      rows: budget.searches.enumerated().flatMap { number, searches in
        searches.map { search in
          [
            .text(search.method.rawValue + (isOne ? "" : ", network \(number + 1)")),
            .number(search.choice.loss, digits: 4),
            .text(MemoryText(bits: search.choice.storedBits).description), .integer(search.layerEvaluations),
            .integer(search.naiveLayerEvaluations),
            search.layerEvaluations > 0
              ? .number(Double(search.naiveLayerEvaluations) / Double(search.layerEvaluations), digits: 2)
              : .missing, .text(search.answers.last!.stage), .text(search.ending.rawValue),
          ]
        }
      })
  }

  /// What Q* (the incremental search) comes to beside Qed, as shares of Qed's; nil where one is missing.
  func incrementTable(_ budget: RobustBudget) throws(ReportTableError) -> ReportTable? {
    guard let qstar = budget.candidate(.qstar),
      let qed = budget.candidate(.qed), !inputErrors.isEmpty
    else { return nil }
    let evaluations = budget.searches.compactMap { searches -> Double? in
      guard let own = searches.first(where: { $0.method == .qstar }),
        let whole = searches.first(where: { $0.method == .qed })
      else { return nil }
      return Double(own.layerEvaluations) / Double(whole.layerEvaluations)
    }
    return try ReportTable(
      columns: [
        TableColumn("Share of Qed's"), Self.right("Layer evaluations", unit: "%"),
        Self.right("Robustness", unit: "%"), Self.right("Right under errors", unit: "%"),
      ],
      rows: [
        [
          .text("qstar"), evaluations.isEmpty ? .missing : Self.each(evaluations) { ReportWords.percent($0) },
          Self.cell(qstar.ratio(.robustness, to: qed, inputErrors)),
          Self.cell(qstar.ratio(.rightShare, to: qed, inputErrors)),
        ]
      ])
  }

  /// Every candidate of every network at every error, one a row, with plain numbers; intervals are over draws.
  func csvTable() throws(ReportTableError) -> ReportTable {
    let keys = [
      "budgetBits", "network", "candidate", "error", "size", "draws", "robustness", "intervalHalfWidth",
      "differenceToUniversal", "differenceIntervalHalfWidth", "correctSamples", "testSamples", "storedBits",
    ]
    func number(_ value: Double?) -> TableCell { value.map { .number($0, digits: 6) } ?? .missing }
    var rows: [[TableCell]] = []
    func add(_ candidate: RobustCandidate, budget: RobustBudget?) {
      let baseline = budget.flatMap { self.baseline(for: candidate, in: $0) }
      for (network, run) in candidate.runs.enumerated() {
        for (index, error) in results.errors.enumerated() {
          guard let point = run.points[index] else { continue }
          let difference = baseline.flatMap { baseline in
            baseline.runs[network].points[index].map { point.difference(to: $0) }
          }
          rows.append([
            budget.map { .integer($0.bits) } ?? .missing, .integer(network + 1), .text(candidate.name),
            .text(error.kind), number(error.size), .integer(point.survivors.count),
            number(point.robustness.mean), number(point.robustness.halfWidth), number(difference?.mean),
            number(difference?.halfWidth), .integer(run.correct), .integer(run.samples),
            run.storedBits.map { .integer($0) } ?? .missing,
          ])
        }
      }
    }
    add(results.float, budget: nil)
    for budget in results.budgets {
      for candidate in budget.candidates { add(candidate, budget: budget) }
    }
    return try ReportTable(columns: keys.map { TableColumn($0, key: $0) }, rows: rows)
  }
}
