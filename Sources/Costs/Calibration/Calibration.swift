/// How near the model comes to a block's reference figures.
public struct CalibrationEntry: Sendable, Hashable {
  /// What is compared.
  public let block: String
  /// Against what.
  public let reference: String
  /// The unit of the figures.
  public let unit: String
  /// Errors |model / reference − 1| over all rows, both halves.
  public let all: RelativeErrors
  /// Over the rows that constants were fitted on; none where nothing was fitted.
  public let training: RelativeErrors?
  /// Over the rows that were held out; none where constants were fitted on all.
  public let held: RelativeErrors?
}

/// Relative errors of some rows.
public struct RelativeErrors: Sendable, Hashable {
  /// Rows.
  public let count: Int
  /// Middle of the absolute relative errors.
  public let median: Double
  /// Largest of them.
  public let worst: Double

  init?(_ errors: [Double]) {
    guard !errors.isEmpty else { return nil }
    count = errors.count
    median = Statistic.median(errors)
    worst = errors.max()!
  }
}

/// The model against every committed reference figure.
public struct Calibration: Sendable, Hashable {
  /// One entry a block and figure, in a fixed order.
  public let entries: [CalibrationEntry]

  /// The comparison with the product's technologies and references.
  public static let embedded = Calibration(Technology.embedded)

  /// The comparison of these technologies, which must have the names of the embedded ones.
  package init(_ technologies: [String: Technology]) {
    entries =
      Self.logic(technologies["45nm"]!) + Self.memories(technologies) + Self.twin()
      + Self.published(technologies["45nm"]!)
  }

  private struct Comparison {
    let half: ReferenceHalf
    let error: Double

    init(_ half: ReferenceHalf, model: Double, reference: Double) {
      self.half = half
      error = (model / reference - 1).magnitude
    }
  }

  private static func entry(
    _ block: String, _ reference: String, unit: String, isFitted: Bool, _ rows: [Comparison]
  ) -> CalibrationEntry {
    func errors(_ half: ReferenceHalf) -> RelativeErrors? {
      isFitted ? RelativeErrors(rows.filter { $0.half == half }.map(\.error)) : nil
    }
    return CalibrationEntry(
      block: block, reference: reference, unit: unit, all: RelativeErrors(rows.map(\.error))!,
      training: errors(.training), held: isFitted ? errors(.held) : RelativeErrors(rows.map(\.error)))
  }

  private static func logic(_ technology: Technology) -> [CalibrationEntry] {
    let rows = LogicReference.embedded.rows
    var blocks: [String] = []
    for row in rows where !blocks.contains(row.block) { blocks.append(row.block) }
    return blocks.sorted().flatMap { block in
      let members = rows.filter { $0.block == block }
      let isFitted = members[0].isFitted
      return [
        entry(
          block, "synthesis, transistors / 4", unit: "GE", isFitted: isFitted,
          members.map {
            Comparison(
              $0.half, model: technology.gatePrices.price(of: $0.bill), reference: $0.gateEquivalents)
          }),
        entry(
          block, "synthesis, NanGate 45 nm", unit: "um2", isFitted: isFitted,
          members.map {
            Comparison($0.half, model: technology.areaPrices.price(of: $0.bill), reference: $0.area)
          }),
      ]
    }
  }

  private static func memories(_ technologies: [String: Technology]) -> [CalibrationEntry] {
    MemoryReference.Figure.allCases.map { figure in
      entry(
        figure.rawValue, "CACTI 7.0.3DD, 1 KiB to 4 MiB, five nodes", unit: figure.unit, isFitted: true,
        MemoryReference.embedded.rows.map { row in
          let model = MemoryModel(technologies[row.technology]!.memories[row.cell]!)
          return Comparison(
            row.half, model: model.figure(figure, bits: row.bits, word: row.word),
            reference: row.figures[figure]!)
        })
    }
  }

  private static func twin() -> [CalibrationEntry] {
    [
      entry(
        "Verilog twin", "Yosys, NAND, NOR and NOT gates", unit: "GE", isFitted: false,
        TwinReference.embedded.rows.map {
          Comparison(.held, model: $0.modeled, reference: $0.gateEquivalents)
        })
    ]
  }

  private static func published(_ technology: Technology) -> [CalibrationEntry] {
    // The energy of a gate is the median of Horowitz's operations, all of them; nothing is fitted to Bit Fusion's energies.
    let titles: [(source: String, block: String, reference: String, half: ReferenceHalf)] = [
      ("horowitz", "operation energy", "Horowitz, ISSCC 2014", .training),
      ("bitfusion", "processing element energy", "Bit Fusion, ISCA 2018", .held),
    ]
    return titles.map { title in
      entry(
        title.block, title.reference, unit: "pJ", isFitted: true,
        PublishedReference.embedded.rows.filter { $0.source == title.source }.map {
          Comparison(
            title.half,
            model: technology.gatePrices.price(of: $0.bill) * technology.energyPerGateEquivalent.value / 1000,
            reference: $0.energy)
        })
    }
  }
}

extension MemoryReference.Figure {
  /// The unit of the figure.
  fileprivate var unit: String {
    switch self {
    case .area: "um2"
    case .leakage: "nW"
    case .readEnergy, .writeEnergy: "pJ"
    case .accessTime: "ns"
    }
  }
}
