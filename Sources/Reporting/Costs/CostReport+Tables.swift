import Costs
import Hardware

extension CostReport {
  private static func right(_ name: String, unit: String? = nil) -> TableColumn {
    TableColumn(name, unit: unit, alignment: .trailing)
  }

  /// Blocks of a machine; the last row is their sum.
  func areaTable(_ machine: MachineCost, isWide: Bool) throws(ReportTableError) -> ReportTable {
    let area = machine.area
    var rows = area.blocks.map { block in
      [
        TableCell.text(block.block.title),
        block.memory == nil && block.block != .placement
          ? .text(CostText.gates(block.gateEquivalents)) : .missing,
        .text(CostText.area(block.areaSquareMicrometers)),
        .number(100 * block.areaSquareMicrometers / area.areaSquareMicrometers, digits: 1),
        .text(block.memory.map(Self.words) ?? ""),
      ]
    }
    rows.append([
      .text("all"), .text(CostText.gates(area.gateEquivalents)),
      .text(CostText.area(area.areaSquareMicrometers)),
      .number(100, digits: 1), .text(""),
    ])
    let columns = [
      TableColumn("Block"), Self.right("Gates", unit: "GE"), Self.right("Area"),
      Self.right("Share", unit: "%"),
      TableColumn("Macros"),
    ]
    let kept = isWide ? columns.count : columns.count - 1
    return try ReportTable(
      columns: Array(columns.prefix(kept)), rows: rows.map { Array($0.prefix(kept)) })
  }

  /// `16 × 32 KiB, words of 32 bits`.
  private static func words(_ memory: MemoryBanks) -> String {
    let text = "\(memory.count) × \(MemoryText(bits: memory.bank.bits)), words of \(memory.bank.wordBits)"
    return memory.bank.coverage == .covered ? text : text + " (\(memory.bank.coverage.words))"
  }

  /// Which layer sits where, and what padding loses.
  func memoryTable(_ memory: MemoryUse, isWide: Bool) throws(ReportTableError) -> ReportTable {
    var rows = memory.regions.map { region in
      [
        TableCell.text(region.layer), .integer(region.weightBits), .text(Self.place(region)),
        .text(MemoryText(bits: region.usefulBits).description),
        .text(MemoryText(bits: region.storedBits).description),
        .number(100 * Double(region.lostBits) / Double(region.storedBits), digits: 1),
      ]
    }
    let lost = memory.storedBits == 0 ? 0 : 1 - Double(memory.usefulBits) / Double(memory.storedBits)
    rows.append([
      .text("all"), .missing, .text(""), .text(MemoryText(bits: memory.usefulBits).description),
      .text(MemoryText(bits: memory.storedBits).description), .number(100 * lost, digits: 1),
    ])
    let columns = [
      TableColumn("Layer"), Self.right("Bits"), TableColumn("Place"), Self.right("Useful"),
      Self.right("Stored"), Self.right("Lost", unit: "%"),
    ]
    let kept = isWide ? [0, 1, 2, 3, 4, 5] : [0, 2, 3, 4, 5]
    return try ReportTable(
      columns: kept.map { columns[$0] }, rows: rows.map { row in kept.map { row[$0] } })
  }

  private static func place(_ region: MemoryUse.Region) -> String {
    guard let first = region.firstBit else { return "streamed" }
    return "from \(MemoryText(bits: first))"
  }

  /// Energy of an input by layer: the components that any layer has; the last row is the sum.
  func energyTable(_ energy: RunEnergy, isWide: Bool) throws(ReportTableError) -> ReportTable {
    let groups = isWide ? EnergyGroup.fine : EnergyGroup.coarse
    let present = groups.filter { $0.picojoules(of: energy) > 0 }
    func cells(_ name: String, _ value: (EnergyGroup) -> Double, total: Double) -> [TableCell] {
      [.text(name)] + present.map { .text(CostText.energy(value($0))) } + [.text(CostText.energy(total))]
    }
    return try ReportTable(
      columns: [TableColumn("Layer")] + present.map { Self.right($0.title) } + [Self.right("All")],
      rows: energy.layers.map { layer in
        cells(layer.layer, { $0.picojoules(of: layer) }, total: layer.total)
      } + [cells("all", { $0.picojoules(of: energy) }, total: energy.totalPicojoules)])
  }

  /// Energy of an input by component.
  func componentTable(_ energy: RunEnergy) throws(ReportTableError) -> ReportTable {
    try ReportTable(
      columns: [TableColumn("Component"), Self.right("Energy"), Self.right("Share", unit: "%")],
      rows: EnergyComponent.allCases.filter { energy[$0] > 0 }.map { component in
        [
          .text(component.title), .text(CostText.energy(energy[component])),
          .number(100 * energy[component] / energy.totalPicojoules, digits: 1),
        ]
      } + [[.text("all"), .text(CostText.energy(energy.totalPicojoules)), .number(100, digits: 1)]])
  }

  /// The machines side by side, a figure a row.
  func comparisonTable() throws(ReportTableError) -> ReportTable {
    func row(_ name: String, _ value: (MachineCost) -> String?) -> [TableCell] {
      [.text(name)] + machines.map { value($0).map { .text($0) } ?? .missing }
    }
    var rows = [
      row("Area") { CostText.area($0.area.areaSquareMicrometers) },
      row("Logic (GE)") { CostText.gates($0.area.gateEquivalents) },
      row("Memories") { machine in
        CostText.area(
          machine.area.blocks.reduce(0) { $0 + ($1.memory == nil ? 0 : $1.areaSquareMicrometers) })
      },
      row("Weight memory") { MemoryText(bits: $0.hardware.weightMemoryBits).description },
      row("Leakage") { CostText.power($0.area.leakageNanowatts * 1e-9) },
      row("Clock") { QuantityText($0.hardware.clockMegahertz * 1e6, unit: "Hz").description },
    ]
    if machines.contains(where: { $0.network != nil }) {
      rows += [
        row("Stored weights") { $0.network.map { MemoryText(bits: $0.memory.storedBits).description } },
        row("Streamed weights") { $0.network.map { MemoryText(bits: $0.memory.streamedBits).description } },
        row("Cycles") { $0.network.map { DecimalText.grouped($0.mapping.cycles) } },
        row("Inferences/s") {
          $0.network.map { DecimalText.groupedSignificant($0.mapping.inferencesPerSecond, digits: 3) }
        },
        row("Inferences/s/mm²") {
          $0.inferencesPerSecondPerSquareMillimeter.map { DecimalText.groupedSignificant($0, digits: 3) }
        },
        row("Energy on chip") { $0.network.map { CostText.energy($0.energy.chipPicojoules) } },
        row("Energy outside") { $0.network.map { CostText.energy($0.energy[.externalMemory]) } },
        row("Power on chip") { $0.network.map { CostText.power($0.energy.chipWatts) } },
      ]
    }
    return try ReportTable(
      columns: [TableColumn("Figure")] + names.map { Self.right($0) }, rows: rows)
  }

  /// The machines' names, numbered where two share one.
  var names: [String] {
    machines.enumerated().map { index, machine in
      let name = machine.hardware.name
      return machines.filter { $0.hardware.name == name }.count > 1 ? "\(name) (\(index + 1))" : name
    }
  }

  /// Every figure, one a row.
  public func csvTable() throws(ReportTableError) -> ReportTable {
    var rows: [[TableCell]] = []
    for (name, machine) in zip(names, machines) {
      func add(_ part: String, _ item: String, _ figure: String, _ value: Double, _ unit: String) {
        rows.append([
          .text(name), .text(part), .text(item), .text(figure), .number(value, digits: 3), .text(unit),
        ])
      }
      for block in machine.area.blocks {
        add("area", block.block.rawValue, "area", block.areaSquareMicrometers, "um2")
        if block.bill != .none { add("area", block.block.rawValue, "gates", block.gateEquivalents, "GE") }
        if let memory = block.memory {
          add("area", block.block.rawValue, "capacity", Double(memory.count * memory.bank.bits), "bit")
          add("area", block.block.rawValue, "leakage", memory.leakageNanowatts, "nW")
        }
      }
      add("area", "all", "area", machine.area.areaSquareMicrometers, "um2")
      add("area", "all", "gates", machine.area.gateEquivalents, "GE")
      add("area", "all", "leakage", machine.area.leakageNanowatts, "nW")
      guard let network = machine.network else { continue }
      for region in network.memory.regions {
        add("memory", region.layer, "useful", Double(region.usefulBits), "bit")
        add("memory", region.layer, "stored", Double(region.storedBits), "bit")
        if let first = region.firstBit { add("memory", region.layer, "first", Double(first), "bit") }
      }
      for layer in network.energy.layers {
        for component in EnergyComponent.allCases where layer[component] > 0 {
          add("energy", layer.layer, component.rawValue, layer[component], "pJ")
        }
      }
      add("energy", "all", "total", network.energy.totalPicojoules, "pJ")
      add("energy", "all", "onChip", network.energy.chipPicojoules, "pJ")
      add("energy", "all", "powerOnChip", network.energy.chipWatts, "W")
      add("speed", "all", "inferencesPerSecond", network.mapping.inferencesPerSecond, "1/s")
    }
    return try ReportTable(
      columns: ["machine", "part", "item", "figure", "value", "unit"].map { TableColumn($0, key: $0) },
      rows: rows)
  }
}

/// Components that a table or a chart shows as one.
struct EnergyGroup {
  let title: String
  let components: [EnergyComponent]

  /// Every component for itself.
  static let fine = EnergyComponent.allCases.map { EnergyGroup(title: $0.title, components: [$0]) }
  /// The few that fit a narrow terminal.
  static let coarse = [
    EnergyGroup(
      title: "Memories", components: [.weightMemory, .activationMemory, .accumulatorMemory, .tables]),
    EnergyGroup(
      title: "Logic",
      components: [.multipliers, .adderTrees, .accumulators, .requantizers, .vectorUnit, .control]),
    EnergyGroup(title: "Leakage", components: [.leakage]),
    EnergyGroup(title: "External", components: [.externalMemory]),
  ]

  func picojoules(of layer: LayerEnergy) -> Double { components.reduce(0) { $0 + layer[$1] } }
  func picojoules(of energy: RunEnergy) -> Double { components.reduce(0) { $0 + energy[$1] } }
}
