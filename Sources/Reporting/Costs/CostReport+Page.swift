import Costs
import Hardware
import Reproducibility

/// A bar chart of a report and the file that holds it alone.
public struct ReportBars: Sendable {
  /// The SVG file's name.
  public let file: String
  /// The chart.
  public let chart: BarChart
  /// What it shows, below it on the page.
  public let caption: String
}

extension CostReport {
  /// All charts: areas by block, then energies by component, and of each network its energy by layer and its memory map.
  public func charts() throws(BarChartError) -> [ReportBars] {
    var charts = [try areaChart(), try logicChart()]
    if machines.contains(where: { $0.network != nil }) { charts.append(try energyChart()) }
    for (index, machine) in machines.enumerated() {
      guard let network = machine.network else { continue }
      let suffix = machines.count > 1 ? "-\(index + 1)" : ""
      charts.append(try layerChart(network, name: names[index], suffix: suffix))
      charts.append(try memoryChart(network, name: names[index], suffix: suffix))
    }
    return charts
  }

  private func areaChart() throws(BarChartError) -> ReportBars {
    let blocks = HardwareBlock.allCases.filter { block in machines.contains { $0.area[block] != nil } }
    return ReportBars(
      file: "area.svg",
      chart: try BarChart(
        title: "Area by block", subtitle: "\(technology.name), \(memoryCell.title) memories",
        axis: ChartAxis("Area", unit: "mm²", including: [0]), parts: blocks.map(\.title),
        bars: zip(names, machines).map { name, machine in
          BarChart.Bar(
            name, values: blocks.map { (machine.area[$0]?.areaSquareMicrometers ?? 0) * 1e-6 })
        }),
      caption:
        "Macros of memories, cells of logic, and the room that wiring and clock tree need between cells.")
  }

  private func logicChart() throws(BarChartError) -> ReportBars {
    let blocks = HardwareBlock.allCases.filter { block in
      machines.contains { ($0.area[block]?.gateEquivalents ?? 0) > 0 }
    }
    return ReportBars(
      file: "logic.svg",
      chart: try BarChart(
        title: "Logic by block", subtitle: "transistors / 4, the same in every technology",
        axis: ChartAxis("Gate equivalents", unit: "thousands", including: [0]), parts: blocks.map(\.title),
        bars: zip(names, machines).map { name, machine in
          BarChart.Bar(name, values: blocks.map { (machine.area[$0]?.gateEquivalents ?? 0) / 1000 })
        }),
      caption: "What the memories of the chart above hide: the cells that word lengths decide.")
  }

  private func energyChart() throws(BarChartError) -> ReportBars {
    let runs = zip(names, machines).compactMap { name, machine in machine.network.map { (name, $0.energy) } }
    let components = EnergyComponent.allCases.filter { component in runs.contains { $0.1[component] > 0 } }
    return ReportBars(
      file: "energy.svg",
      chart: try BarChart(
        title: "Energy of an input by component", axis: ChartAxis("Energy", unit: "µJ", including: [0]),
        parts: components.map(\.title),
        bars: runs.map { name, energy in
          BarChart.Bar(name, values: components.map { energy[$0] * 1e-6 })
        }),
      caption: "Events of one input at the price of the units that do them, leakage over the run's time, and"
        + " what external memory takes.")
  }

  private func layerChart(
    _ network: NetworkCost, name: String, suffix: String
  ) throws(BarChartError) -> ReportBars {
    let energy = network.energy
    let components = EnergyComponent.allCases.filter { energy[$0] > 0 }
    return ReportBars(
      file: "energy-by-layer\(suffix).svg",
      chart: try BarChart(
        title: "Energy by layer", subtitle: "\(network.network) on \(name)",
        axis: ChartAxis("Energy", unit: "µJ", including: [0]), parts: components.map(\.title),
        bars: energy.layers.map { layer in
          BarChart.Bar(layer.layer, values: components.map { layer[$0] * 1e-6 })
        }),
      caption: "Layers in execution order.")
  }

  private func memoryChart(
    _ network: NetworkCost, name: String, suffix: String
  ) throws(BarChartError) -> ReportBars {
    let memory = network.memory
    let residents = memory.regions.filter(\.isResident)
    // Slots and what is free take two of the parts that a reader can tell apart, the layers that get none of their own a third.
    let most = BarChart.mostParts - 3
    let own = residents.count <= most + 1 ? residents : Array(residents.prefix(most))
    let rest = residents.dropFirst(own.count).reduce(0) { $0 + $1.storedBits }
    let parts =
      own.map { ($0.layer, $0.storedBits) }
      + [
        ("\(residents.count - own.count) further layers", rest), ("streaming slots", memory.streamingBits),
        ("free", max(0, memory.freeBits)),
      ].filter { $0.1 > 0 }
    return ReportBars(
      file: "memory-map\(suffix).svg",
      chart: try BarChart(
        title: "Weight memory, from its first word to its last", subtitle: "\(network.network) on \(name)",
        axis: ChartAxis("Bits of all banks", quantity: .memoryBits, including: [0]), parts: parts.map(\.0),
        bars: [BarChart.Bar("weights", values: parts.map { Double($0.1) })]),
      caption:
        "Layers with biases and padding, in the order in which they are stored. All banks share one address.")
  }

  /// The page.
  public func page() throws -> HTMLPage {
    let charts = try charts()
    var sections = [
      PageSection(
        machines.count > 1 ? "Side by side" : "The answer",
        machines.count > 1
          ? [.table(try comparisonTable(), caption: "A figure a row; energies are of one input.")]
          : [.keyFigures(keyFigures(machines[0]))])
    ]
    var area = charts.prefix(2).map { PageBlock.bars($0.chart, caption: $0.caption) }
    for (name, machine) in zip(names, machines) {
      area.append(.table(try areaTable(machine, isWide: true), caption: headline(machine, name: name)))
    }
    sections.append(PageSection("Area", area))
    var memory: [PageBlock] = []
    var energy = charts.filter { $0.file == "energy.svg" }.map {
      PageBlock.bars($0.chart, caption: $0.caption)
    }
    for (index, machine) in machines.enumerated() {
      guard let network = machine.network else { continue }
      let suffix = machines.count > 1 ? "-\(index + 1)" : ""
      func chart(_ file: String) -> [PageBlock] {
        charts.filter { $0.file == file + suffix + ".svg" }.map { .bars($0.chart, caption: $0.caption) }
      }
      memory += chart("memory-map")
      memory.append(
        .table(
          try memoryTable(network.memory, isWide: true),
          caption: "\(names[index]). \(memorySentence(network))"))
      energy += chart("energy-by-layer")
      energy.append(
        .table(
          try energyTable(network.energy, isWide: true),
          caption: "\(names[index]). \(energySentence(machine, network))"))
    }
    if !memory.isEmpty {
      sections.append(PageSection("Weight memory", memory))
      sections.append(PageSection("Energy", energy))
    }
    sections.append(
      PageSection(
        "How far to trust it",
        [.note(calibration.sentence)] + (remarks.isEmpty ? [] : [.list(remarks)]) + [
          .table(
            try calibration.table(),
            caption:
              "The model against every reference figure. Constants are fitted on one half of the rows of each block, chosen by a"
              + " digest of the row's key; the other half is held out.")
        ]))
    sections.append(
      PageSection(
        "How it was made",
        machines.map { .definitions($0.hardware.pageDefinitions()) } + [
          .links(
            [PageLink("results.csv", path: "results.csv"), PageLink("results.json", path: "results.json")]
              + charts.map { PageLink($0.file, path: $0.file) })
        ]))
    return HTMLPage(
      title: title, introduction: introduction,
      sections: sections, footer: "Made by: \(command)")
  }

  private var introduction: String {
    guard machines.count > 1 else { return headline(machines[0], name: names[0]) }
    let areas = zip(names, machines).map { "\($0) \(CostText.area($1.area.areaSquareMicrometers))" }
    return "In \(technology.name), with memories of \(memoryCell.title): \(areas.joined(separator: ", "))."
  }

  private var title: String {
    let network = machines[0].network.map { ", with \($0.network)" } ?? ""
    return machines.count == 1
      ? "What \(names[0]) costs\(network)" : "What \(machines.count) machines cost\(network)"
  }

  private func keyFigures(_ machine: MachineCost) -> [PageKeyFigure] {
    let area = machine.area
    let memories = area.blocks.reduce(0) { $0 + ($1.memory == nil ? 0 : $1.areaSquareMicrometers) }
    var figures = [
      PageKeyFigure(
        "Area", value: CostText.area(area.areaSquareMicrometers),
        remark: "\(PercentText(fraction: memories / area.areaSquareMicrometers, digits: 0)) memories"),
      PageKeyFigure(
        "Logic", value: "\(CostText.gates(area.gateEquivalents)) GE", remark: "transistors / 4"),
      PageKeyFigure("Leakage", value: CostText.power(area.leakageNanowatts * 1e-9)),
    ]
    if let network = machine.network {
      let energy = network.energy
      figures += [
        PageKeyFigure(
          "Energy of an input", value: CostText.energy(energy.chipPicojoules),
          remark: energy[.externalMemory] > 0
            ? "and \(CostText.energy(energy[.externalMemory])) in external memory" : "on the chip"),
        PageKeyFigure(
          "Power", value: CostText.power(energy.chipWatts),
          remark: "at \(QuantityText(machine.hardware.clockMegahertz * 1e6, unit: "Hz")), without pause"),
        PageKeyFigure(
          "Inputs a second",
          value: DecimalText.groupedSignificant(network.mapping.inferencesPerSecond, digits: 3),
          remark: machine.inferencesPerSecondPerSquareMillimeter.map {
            "\(DecimalText.groupedSignificant($0, digits: 3)) a second and mm²"
          }),
      ]
    }
    return figures
  }
}
