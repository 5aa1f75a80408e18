import Hardware
import Networks
import Reproducibility

/// What a simulation found, as people and scripts read it.
public struct SimulationReport: Sendable {
  /// What the outputs come to over samples whose labels are known.
  public struct Accuracy: Sendable, Hashable {
    /// Samples.
    public let samples: Int
    /// Samples whose largest output is not their label's.
    public let errors: Int

    /// An accuracy.
    public init(samples: Int, errors: Int) {
      self.samples = samples
      self.errors = errors
    }
  }

  /// The network on the machine.
  public let mapping: NetworkMapping
  /// The network's name.
  public let network: String
  /// Inputs that were run, or that the batch's cycles are for.
  public let samples: Int
  /// What the run gave, or nil where only cycles were asked for.
  public let result: ExecutionResult?
  /// Over samples with labels.
  public let accuracy: Accuracy?
  /// Which model ran: `engine` or `registers`.
  public let model: String

  /// A report.
  public init(
    mapping: NetworkMapping, network: String, samples: Int, result: ExecutionResult?, accuracy: Accuracy?,
    model: String
  ) {
    self.mapping = mapping
    self.network = network
    self.samples = samples
    self.result = result
    self.accuracy = accuracy
    self.model = model
  }

  /// Cycles by layer and cause, then memory, events and what was computed, for a terminal of `width` columns. Widths below
  /// `ReportTable.narrowestWidth` count as that.
  public func text(width: Int) throws(ReportTableError) -> String {
    let hardware = mapping.hardware
    let width = max(width, ReportTable.narrowestWidth)
    var lines =
      "\(network) on \(hardware.name), \(QuantityText(hardware.clockMegahertz * 1e6, unit: "Hz"))"
      .wrapped(to: width)
    lines.append("")
    // The table of layers is for wide terminals; a narrow one gets the causes in fewer columns.
    lines.append(try (width >= 110 ? layerTable() : narrowLayerTable()).text(width: width))
    let time = DurationText(seconds: Double(mapping.cycles) / (hardware.clockMegahertz * 1e6))
    let rate = QuantityText(mapping.inferencesPerSecond, unit: "inputs/s")
    lines += "\(DecimalText.grouped(mapping.cycles)) cycles an input = \(time), \(rate)".wrapped(to: width)
    if samples > 1 {
      lines += "\(DecimalText.grouped(mapping.cycles(batch: samples))) cycles for all \(samples) inputs"
        .wrapped(to: width)
    }
    lines.append("")
    lines += memoryLines.flatMap { $0.wrapped(to: width) }
    lines += eventLines.flatMap { $0.wrapped(to: width) }
    if let result {
      lines.append("")
      lines += resultLines(result).flatMap { $0.wrapped(to: width) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var memoryLines: [String] {
    let hardware = mapping.hardware
    // A streamed layer's codebook stays.
    let resident = mapping.layers.reduce(0) {
      $0 + ($1.isResident ? $1.memory.storedBits : $1.memory.storedCodebookBits)
    }
    let codebooks = mapping.layers.reduce(0) { $0 + $1.memory.usefulCodebookBits }
    let streamed = mapping.layers.filter { !$0.isResident }
    var weights =
      "Weight memory: \(MemoryText(bits: resident)) of \(MemoryText(bits: hardware.weightMemoryBits)) hold"
      + " \(streamed.isEmpty ? "all weights and biases" : "the resident layers")"
      + " (\(MemoryText(bits: mapping.usefulBits)) without padding"
      + (codebooks > 0 ? ", \(MemoryText(bits: codebooks)) of them codebooks)" : ")")
    if !streamed.isEmpty {
      let bits = streamed.reduce(0) { $0 + $1.memory.storedBits - $1.memory.storedCodebookBits }
      weights +=
        "; \(streamed.count) of \(mapping.layers.count) layers, \(MemoryText(bits: bits)), are streamed"
    }
    let banded = mapping.layers.filter { $0.bands > 1 }.count
    return [
      weights + ".",
      "Activation memory: at most \(MemoryText(bits: mapping.activationBits)) of"
        + " \(MemoryText(bits: hardware.activationMemory.capacityBits)) in use"
        + (banded > 0 ? "; \(banded) layers run in bands." : "."),
    ]
  }

  private var eventLines: [String] {
    let events = mapping.events
    var line =
      "Events an input: \(QuantityText(Double(events.multiplications), unit: "")) multiplications,"
      + " \(QuantityText(Double(events.accumulations), unit: "")) accumulations,"
      + " \(QuantityText(Double(events.requantizations), unit: "")) requantizations;"
      + " read \(MemoryText(bits: events.weightBitsRead)) of weights and \(MemoryText(bits: events.activationBitsRead))"
      + " of activations, written \(MemoryText(bits: events.activationBitsWritten))"
    if events.decodeTableReads > 0 {
      line += "; \(QuantityText(Double(events.decodeTableReads), unit: "")) weights decoded"
    }
    if events.externalBits > 0 {
      line += "; \(MemoryText(bits: events.externalBits)) from and to external memory"
    }
    return [line + "."]
  }

  private func resultLines(_ result: ExecutionResult) -> [String] {
    var lines: [String] = []
    if let accuracy {
      let share = Double(accuracy.errors) / Double(accuracy.samples)
      lines.append(
        "\(DecimalText.grouped(accuracy.errors)) of \(DecimalText.grouped(accuracy.samples)) classified wrongly,"
          + " \(PercentText(fraction: share)).")
    } else {
      lines.append("\(DecimalText.grouped(samples)) \(samples == 1 ? "input" : "inputs") run.")
    }
    let overflows = zip(mapping.layers, result.overflows).filter { $1 > 0 }
    lines.append(
      overflows.isEmpty
        ? "No addition left its accumulator."
        : "Additions that left their accumulator: "
          + overflows.map { "\($0.name) \(DecimalText.grouped($1))" }.joined(separator: ", ") + ".")
    return lines
  }

  private static func right(_ name: String, unit: String? = nil) -> TableColumn {
    TableColumn(name, unit: unit, alignment: .trailing)
  }

  /// Cycles of one input by layer and cause; the causes sum to the total.
  public func layerTable() throws(ReportTableError) -> ReportTable {
    var rows = mapping.layers.map { layer in
      [
        TableCell.text(layer.name), .integer(layer.outputs), .integer(layer.positions), .integer(layer.taps),
        .integer(layer.tiles), .text(layer.residency), .integer(layer.cycles.compute),
        .integer(layer.cycles.drain), .integer(layer.cycles.weightStall),
        .integer(layer.cycles.activationStall), .integer(layer.cycles.pipeline),
        .integer(layer.cycles.total),
        layer.multipliers == 0 ? .missing : .number(100 * layer.utilization, digits: 1),
      ]
    }
    rows.append(
      [.text("all"), .missing, .missing, .missing, .missing, .missing] + sums(all: true) + [.missing])
    return try ReportTable(
      columns: [
        TableColumn("Layer"), Self.right("Outputs"), Self.right("Positions"), Self.right("Taps"),
        Self.right("Tiles"), TableColumn("Weights"), Self.right("Compute"), Self.right("Drain"),
        Self.right("Weight stall"), Self.right("Act. stall"), Self.right("Pipeline"),
        Self.right("Cycles"), Self.right("Use", unit: "%"),
      ], rows: rows)
  }

  /// The same, with fewer columns: it fits a terminal of 80.
  func narrowLayerTable() throws(ReportTableError) -> ReportTable {
    var rows = mapping.layers.map { layer in
      [
        TableCell.text(layer.name), .integer(layer.cycles.compute), .integer(layer.cycles.drain),
        .integer(layer.cycles.weightStall + layer.cycles.activationStall),
        .integer(layer.cycles.pipeline), .integer(layer.cycles.total),
        layer.multipliers == 0 ? .missing : .number(100 * layer.utilization, digits: 1),
      ]
    }
    rows.append([.text("all")] + sums(all: false) + [.missing])
    return try ReportTable(
      columns: [
        TableColumn("Layer"), Self.right("Compute"), Self.right("Drain"), Self.right("Stall"),
        Self.right("Pipeline"), Self.right("Cycles"), Self.right("Use", unit: "%"),
      ], rows: rows)
  }

  private func sums(all: Bool) -> [TableCell] {
    let sum = mapping.layers.reduce(LayerCycles.none) { $0 + $1.cycles }
    let stalls =
      all ? [sum.weightStall, sum.activationStall] : [sum.weightStall + sum.activationStall]
    return ([sum.compute, sum.drain] + stalls + [sum.pipeline, sum.total]).map { .integer($0) }
  }
}

extension LayerMapping {
  fileprivate var residency: String {
    if weightBits == 0 { return "–" }
    let what = memory.usefulCodebookBits > 0 ? "-bit indices" : " bits"
    return "\(weightBits)\(what), \(isResident ? "resident" : "streamed")"
  }
}
