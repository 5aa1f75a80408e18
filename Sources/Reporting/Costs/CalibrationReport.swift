import Costs
import Reproducibility

/// The cost model against its references, as people and scripts read it.
public struct CalibrationReport: Sendable {
  /// The comparison.
  public let calibration: Calibration

  /// A report of `calibration`.
  public init(_ calibration: Calibration) { self.calibration = calibration }

  private static func right(_ name: String, unit: String? = nil, key: String) -> TableColumn {
    TableColumn(name, unit: unit, key: key, alignment: .trailing)
  }

  /// Errors in percent: median and worst of all rows, and medians of the fitted and of the held-out half.
  public func table() throws(ReportTableError) -> ReportTable {
    func percent(_ value: Double?, digits: Int = 1) -> TableCell {
      value.map { .number(100 * $0, digits: digits) } ?? .missing
    }
    return try ReportTable(
      columns: [
        TableColumn("Block", key: "block"), TableColumn("Unit", key: "unit"),
        Self.right("Rows", key: "rows"), Self.right("Median", unit: "%", key: "medianErrorPercent"),
        Self.right("Worst", unit: "%", key: "worstErrorPercent"),
        Self.right("Fitted", unit: "%", key: "fittedMedianErrorPercent"),
        Self.right("Held out", unit: "%", key: "heldOutMedianErrorPercent"),
        Self.right("Worst held out", unit: "%", key: "heldOutWorstErrorPercent"),
        TableColumn("Reference", key: "reference"),
      ],
      rows: calibration.entries.map { entry in
        [
          .text(entry.block), .text(entry.unit), .integer(entry.all.count), percent(entry.all.median),
          percent(entry.all.worst), percent(entry.training?.median), percent(entry.held?.median),
          percent(entry.held?.worst), .text(entry.reference),
        ]
      })
  }

  /// The table without the columns that a narrow terminal has no room for.
  private func narrowTable() throws(ReportTableError) -> ReportTable {
    let whole = try table()
    let kept = [0, 1, 2, 3, 4, 6]
    return try ReportTable(
      columns: kept.map { whole.columns[$0] }, rows: whole.rows.map { row in kept.map { row[$0] } })
  }

  /// The table for a terminal of `width` columns, and what it means.
  public func text(width: Int) throws(ReportTableError) -> String {
    let width = max(width, ReportTable.narrowestWidth)
    let notes = [
      "Errors are |model / reference - 1|. Constants are fitted on one half of the rows of each block, chosen by a digest of the row's key;"
        + " the other half is held out. Blocks without a fitted half are compared only.",
      sentence,
    ]
    return (try width >= 110 ? table() : narrowTable()).text(width: width) + "\n"
      + notes.map { $0.wrapped(to: width).joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  /// The comparison with keys that name units.
  public var json: JSONValue {
    func errors(_ errors: RelativeErrors) -> JSONValue {
      [
        "rows": .integer(errors.count), "medianRelativeError": .number(errors.median),
        "worstRelativeError": .number(errors.worst),
      ]
    }
    return .array(
      calibration.entries.map { entry in
        var object: [String: JSONValue] = [
          "block": .string(entry.block), "reference": .string(entry.reference), "unit": .string(entry.unit),
          "all": errors(entry.all),
        ]
        object["fitted"] = entry.training.map(errors)
        object["heldOut"] = entry.held.map(errors)
        return .object(object)
      })
  }

  /// How near the model is, in one sentence for every report: medians over all rows, with the worst in brackets.
  public var sentence: String {
    func error(_ block: String, unit: String) -> String {
      guard let entry = calibration.entries.first(where: { $0.block == block && $0.unit == unit }) else {
        preconditionFailure("no reference of \(block)")
      }
      return
        "±\(DecimalText.fixed(100 * entry.all.median, digits: 1)) % (worst \(DecimalText.fixed(100 * entry.all.worst, digits: 0)) %)"
    }
    return
      "How far to trust it: against synthesis, multipliers \(error("multiplier", unit: "GE")), multiplier-accumulators"
      + " \(error("multiplier-accumulator", unit: "GE")), ternary processing elements"
      + " \(error("ternary processing element", unit: "GE")), all of the Verilog twin \(error("Verilog twin", unit: "GE"));"
      + " against the SRAM model CACTI, area \(error("memory area", unit: "um2")), leakage \(error("memory leakage", unit: "nW")),"
      + " read energy \(error("memory read energy", unit: "pJ")); against published energies of operations"
      + " \(error("operation energy", unit: "pJ")), of processing elements \(error("processing element energy", unit: "pJ")). Medians over all reference rows;"
      + " published sources differ among themselves by factors of up to four."
  }
}
