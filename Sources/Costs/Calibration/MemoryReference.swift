/// The memories of `technology/reference/sram.csv`.
struct MemoryReference: Sendable {
  /// What is compared of each memory.
  enum Figure: String, Sendable, CaseIterable {
    case area = "memory area"
    case leakage = "memory leakage"
    case readEnergy = "memory read energy"
    case writeEnergy = "memory write energy"
    case accessTime = "memory access time"
  }

  /// One memory of one technology and cell.
  struct Row: Sendable {
    /// What the row is known by.
    let key: String
    /// Name of the technology: `45nm`.
    let technology: String
    /// Its cell.
    let cell: MemoryCell
    /// Capacity in bits.
    let bits: Double
    /// Word in bits.
    let word: Double
    /// µm², nW, pJ a word, pJ a word, ns.
    let figures: [Figure: Double]
    /// Which half.
    fileprivate(set) var half = ReferenceHalf.held
  }

  /// All rows.
  let rows: [Row]

  /// The rows of the product's table.
  static let embedded = MemoryReference(ReferenceTable(PackageResources.sram_csv))

  init(_ table: ReferenceTable) {
    var rows = table.rows.map { row in
      Row(
        key: row.key(["tech_nm", "cell", "size_bytes", "word_bits"]),
        technology: row.text("tech_nm") + "nm",
        cell: row.text("cell") == "itrs-lstp" ? .lowStandbyPower : .highPerformance,
        bits: 8 * row.number("size_bytes")!, word: row.number("word_bits")!,
        figures: [
          .area: 1e6 * row.number("area_mm2")!,
          // Subthreshold and gate leakage flow at once.
          .leakage: 1e6 * (row.number("leakage_mw")! + row.number("gate_leakage_mw")!),
          .readEnergy: 1e3 * row.number("read_energy_nj")!,
          .writeEnergy: 1e3 * row.number("write_energy_nj")!, .accessTime: row.number("access_ns")!,
        ])
    }
    for technology in Set(rows.map(\.technology)) {
      for cell in MemoryCell.allCases {
        let places = rows.indices.filter { rows[$0].technology == technology && rows[$0].cell == cell }
        for (place, half) in zip(places, ReferenceHalf.split(places.map { rows[$0].key })) {
          rows[place].half = half
        }
      }
    }
    self.rows = rows
  }
}

extension MemoryModel {
  /// What the model says of a reference memory.
  func figure(_ figure: MemoryReference.Figure, bits: Double, word: Double) -> Double {
    switch figure {
    case .area: area(bits: bits, word: word)
    case .leakage: leakage(bits: bits)
    case .readEnergy: readEnergy(bits: bits, word: word)
    case .writeEnergy: writeEnergy(bits: bits, word: word)
    case .accessTime: accessTime(bits: bits)
    }
  }
}
