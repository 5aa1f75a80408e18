import Exploration
import Hardware
import Networks

extension ExplorationReport {
  private static func right(_ name: String, unit: String? = nil) -> TableColumn {
    TableColumn(name, unit: unit, alignment: .trailing)
  }

  /// Designs with errors, memory and speed; by default those of the Pareto front, from small to large.
  public func designTable(_ designs: [DesignSummary]) throws(ReportTableError) -> ReportTable {
    try ReportTable(
      columns: [
        TableColumn("Network"), TableColumn("Weights"),
        Self.right("Test error", unit: "%"), Self.right("Validation", unit: "%"),
        Self.right("Gap to float", unit: "points"), Self.right("Stored weights"),
        Self.right("Cycles"), Self.right("Inferences/s"), Self.right("ECR"), TableColumn("Fits"),
      ],
      rows: designs.map { design in
        [
          .text(design.design.network),
          .text(ReportWords.weights(design.design)),
          .text(ReportWords.percent(design.testError)), .text(ReportWords.percent(design.validationError)),
          .text(ReportWords.percent(design.gapToFloat)),
          .text(MemoryText(bits: design.mapping.storedBits).description),
          .integer(design.mapping.cycles),
          .text(DecimalText.groupedSignificant(design.mapping.inferencesPerSecond, digits: 3)),
          .text(ReportWords.ratio(design.compression)), .text(design.fits ? "yes" : "no"),
        ]
      })
  }

  /// The same, with fewer and narrower columns: it fits a terminal of 80.
  func narrowDesignTable(_ designs: [DesignSummary]) throws(ReportTableError) -> ReportTable {
    try ReportTable(
      columns: [
        TableColumn("Network"), TableColumn("Weights"), Self.right("Error", unit: "%"),
        Self.right("Stored"), Self.right("Cycles"), Self.right("Inf/s"), Self.right("ECR"),
      ],
      rows: designs.map { design in
        [
          .text(design.design.network),
          .text(ReportWords.weights(design.design)), .text(ReportWords.percent(design.testError)),
          .text(MemoryText(bits: design.mapping.storedBits).description),
          .integer(design.mapping.cycles),
          .text(QuantityText(design.mapping.inferencesPerSecond, unit: "").description),
          .text(ReportWords.ratio(design.compression.ratio)),
        ]
      })
  }

  /// The front's designs by increasing memory.
  public var frontDesigns: [DesignSummary] {
    analysis.designs.filter(\.isOnFront).sorted {
      ($0.mapping.storedBits, $0.mapping.cycles) < ($1.mapping.storedBits, $1.mapping.cycles)
    }
  }

  /// Memory and cycles of the answer, layer by layer.
  public func layerTable() throws(ReportTableError) -> ReportTable {
    let mapping = analysis.answer.mapping
    var rows = mapping.layers.map { layer in
      [
        TableCell.text(layer.name), .text("\(layer.inputs) → \(layer.outputs)"), .integer(layer.tiles),
        .integer(layer.taps), .integer(layer.memory.usefulWeightBits), .integer(layer.memory.usefulBiasBits),
        .integer(layer.memory.storedBits), .integer(layer.cycles.compute), .integer(layer.cycles.drain),
        .integer(layer.cycles.pipeline), .integer(layer.cycles.total),
        .number(100 * layer.utilization, digits: 1),
      ]
    }
    func sum(_ part: (LayerMapping) -> Int) -> TableCell {
      .integer(mapping.layers.reduce(0) { $0 + part($1) })
    }
    rows.append([
      .text("all"), .missing, sum(\.tiles), .missing, sum(\.memory.usefulWeightBits),
      sum(\.memory.usefulBiasBits), sum(\.memory.storedBits), sum(\.cycles.compute), sum(\.cycles.drain),
      sum(\.cycles.pipeline), sum(\.cycles.total), .missing,
    ])
    return try ReportTable(
      columns: [
        TableColumn("Layer"), TableColumn("Shape"), Self.right("Tiles"), Self.right("Taps"),
        Self.right("Useful weights", unit: "bits"), Self.right("Useful biases", unit: "bits"),
        Self.right("Stored", unit: "bits"), Self.right("Compute", unit: "cycles"),
        Self.right("Drain", unit: "cycles"), Self.right("Pipeline", unit: "cycles"),
        Self.right("Total", unit: "cycles"), Self.right("Utilization", unit: "%"),
      ], rows: rows)
  }

  /// The same, with fewer columns: it fits a terminal of 80.
  func narrowLayerTable() throws(ReportTableError) -> ReportTable {
    let mapping = analysis.answer.mapping
    let layers = mapping.layers.map { layer in
      [
        TableCell.text(layer.name), .text("\(layer.inputs) → \(layer.outputs)"),
        .integer(layer.memory.usefulBits), .integer(layer.memory.storedBits),
        .integer(layer.cycles.compute), .integer(layer.cycles.drain), .integer(layer.cycles.pipeline),
        .integer(layer.cycles.total),
      ]
    }
    let all: [TableCell] = [
      .text("all"), .missing, .integer(mapping.usefulBits), .integer(mapping.storedBits),
      .integer(mapping.layers.reduce(0) { $0 + $1.cycles.compute }),
      .integer(mapping.layers.reduce(0) { $0 + $1.cycles.drain }),
      .integer(mapping.layers.reduce(0) { $0 + $1.cycles.pipeline }), .integer(mapping.cycles),
    ]
    return try ReportTable(
      columns: [
        TableColumn("Layer"), TableColumn("Shape"), Self.right("Useful bits"), Self.right("Stored bits"),
        Self.right("Compute"), Self.right("Drain"), Self.right("Fill"), Self.right("Cycles"),
      ], rows: layers + [all])
  }

  /// Test errors of one method by network (rows) and word length (columns), each in `words`.
  public func errorTable(
    _ method: QuantizationMethod, _ words: (Statistics) -> String
  ) throws(ReportTableError) -> ReportTable {
    try ReportTable(
      columns: [TableColumn("Network"), Self.right("Float")]
        + settings.weightWordLengths.map { Self.right(ReportWords.wordLength($0)) },
      rows: analysis.floats.map { float in
        [
          .text(float.network), .text(words(float.testError)),
        ]
          + analysis.designs.filter { $0.design.network == float.network && $0.design.method == method }.map {
            .text(words($0.testError))
          }
      })
  }

  /// Effective compression ratios by network (rows) and word length (columns), of the last method explored, each in `words`.
  public func compressionTable(_ words: (EffectiveCompression) -> String) throws(ReportTableError)
    -> ReportTable
  {
    let method = settings.methods[settings.methods.count - 1]
    return try ReportTable(
      columns: [TableColumn("Network")]
        + settings.weightWordLengths.map { Self.right(ReportWords.wordLength($0)) },
      rows: settings.networks.map { network in
        [.text(network)]
          + settings.weightWordLengths.map { bits in
            let design = DesignPoint(network: network, weightBits: bits, method: method)
            let summary = analysis.designs.first { $0.design == design }
            return summary.map { .text(words($0.compression)) } ?? .missing
          }
      })
  }

  /// Every design and float network, one a row, with plain numbers.
  func csvTable() throws(ReportTableError) -> ReportTable {
    let keys = [
      "network", "weightBits", "method", "seeds", "meanTestError", "testErrorStandardError",
      "meanValidationError", "gapToFloat", "usefulBits", "storedBits", "cycles", "inferencesPerSecond",
      "effectiveCompressionRatio", "effectiveCompressionBound", "effectiveCompressionLow",
      "effectiveCompressionHigh", "fitsCapacity", "isOnParetoFront", "differingSamples",
      "accumulatorOverflows",
    ]
    func number(_ value: Double) -> TableCell { .number(value, digits: 6) }
    let floats = analysis.floats.map { float -> [TableCell] in
      [
        .text(float.network), .integer(32), .text("float"), .integer(float.testError.count),
        number(float.testError.mean), number(float.testError.standardError),
        number(float.validationError.mean), number(0), .integer(float.usefulBits),
      ] + Array(repeating: .missing, count: keys.count - 9)
    }
    let designs = analysis.designs.map { design -> [TableCell] in
      let interval = design.compression.interval
      return [
        .text(design.design.network), .integer(design.design.weightBits),
        .text(design.design.method.rawValue), .integer(design.testError.count),
        number(design.testError.mean), number(design.testError.standardError),
        number(design.validationError.mean), number(design.gapToFloat),
        .integer(design.mapping.usefulBits), .integer(design.mapping.storedBits),
        .integer(design.mapping.cycles), number(design.mapping.inferencesPerSecond),
        number(design.compression.ratio.value), .text(design.compression.ratio.kind),
        interval.map { number($0.low.value) } ?? .missing,
        interval.map { number($0.high.value) } ?? .missing, .text(design.fits ? "true" : "false"),
        .text(design.isOnFront ? "true" : "false"), .integer(design.differences.values.reduce(0, +)),
        .integer(design.overflows),
      ]
    }
    return try ReportTable(columns: keys.map { TableColumn($0, key: $0) }, rows: floats + designs)
  }
}

extension EffectiveSize {
  /// `value`, `at_least` or `at_most`, for scripts.
  var kind: String {
    switch self {
    case .bits: "value"
    case .atLeast: "at_least"
    case .atMost: "at_most"
    }
  }
}
