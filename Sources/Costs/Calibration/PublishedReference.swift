/// The published energies of `technology/reference/published.csv`, all at 45 nm.
struct PublishedReference: Sendable {
  /// One published operation.
  struct Row: Sendable {
    /// Who published it.
    let source: String
    /// What is done.
    let operation: String
    /// The unit that does it.
    let bill: CellBill
    /// pJ.
    let energy: Double
    /// Leakage of the unit in nW, where it is published.
    let leakage: Double?
  }

  /// All rows.
  let rows: [Row]

  /// The rows of the product's table.
  static let embedded = PublishedReference(ReferenceTable(PackageResources.published_csv))

  init(_ table: ReferenceTable) {
    rows = table.rows.map { row in
      let bits = row.integer("a_bits")!
      let operation = row.text("operation")
      let style = ArithmeticStyle.leastArea
      let bill: CellBill
      switch operation {
      case "add": bill = style.adder(bits)
      case "mul": bill = style.multiplier(bits, bits)
      // Operands, product and a sum of eight bits more, as in the synthesised multiplier-accumulators.
      case "pe":
        bill =
          style.multiplier(bits, bits) + style.register(2 * bits)
          + CellBill([.fullAdder: 2 * bits, .extensionAdder: 8]) + style.clearedRegister(2 * bits + 8)
      case let other: preconditionFailure("a published row of the unknown operation \(other)")
      }
      return Row(
        source: row.text("source"), operation: "\(operation) \(bits)", bill: bill,
        energy: row.number("energy_pj")!, leakage: row.number("leakage_uw").map { 1000 * $0 })
    }
  }

  /// Median of Horowitz's energies over the gate equivalents of their units; Bit Fusion's are held.
  func energyPerGateEquivalent(_ prices: CellPrices) -> PhysicalConstant {
    PhysicalConstant(
      Technology.significant(
        Statistic.median(
          rows.filter { $0.source == "horowitz" }.map { 1000 * $0.energy / prices.price(of: $0.bill) })),
      unit: "fJ",
      source:
        "median of the integer operations of Horowitz, ISSCC 2014, over the gate equivalents of their units")
  }

  /// Median of Bit Fusion's leakages over the gate equivalents of their processing elements.
  func leakagePerGateEquivalent(_ prices: CellPrices) -> PhysicalConstant {
    let leaking = rows.compactMap { row in row.leakage.map { $0 / prices.price(of: row.bill) } }
    return PhysicalConstant(
      Technology.significant(Statistic.median(leaking)), unit: "nW",
      source: "median of the processing elements of Bit Fusion, ISCA 2018, over their gate equivalents")
  }
}

/// Order statistics.
enum Statistic {
  /// The middle value, or the mean of the two.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
