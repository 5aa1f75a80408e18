import Costs
import Hardware

extension CostReport {
  /// What the terminal shows, within `width` columns, or the narrowest a table can be where that is more.
  public func text(width: Int) throws(ReportTableError) -> String {
    let width = max(width, ReportTable.narrowestWidth)
    var parts: [String] = []
    if machines.count > 1 { parts.append(try comparisonTable().text(width: width)) }
    for (name, machine) in zip(names, machines) {
      parts.append(headline(machine, name: name).wrapped(to: width).joined(separator: "\n"))
      parts.append(try areaTable(machine, isWide: width >= 100).text(width: width))
      guard let network = machine.network else { continue }
      parts.append(
        memorySentence(network).wrapped(to: width).joined(separator: "\n") + "\n"
          + (try memoryTable(network.memory, isWide: width >= 70).text(width: width)))
      parts.append(
        energySentence(machine, network).wrapped(to: width).joined(separator: "\n") + "\n"
          + (try energyTable(network.energy, isWide: width >= 140).text(width: width)))
      if width < 140 { parts.append(try componentTable(network.energy).text(width: width)) }
    }
    parts += (remarks + [calibration.sentence]).map { $0.wrapped(to: width).joined(separator: "\n") }
    return parts.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined(separator: "\n")
  }

  /// What a machine comes to.
  func headline(_ machine: MachineCost, name: String) -> String {
    let area = machine.area
    return
      "\(name) in \(technology.name), memories of \(memoryCell.title): \(CostText.area(area.areaSquareMicrometers)),"
      + " \(CostText.gates(area.gateEquivalents)) gate equivalents of logic,"
      + " \(CostText.power(area.leakageNanowatts * 1e-9)) leakage."
  }

  /// What a network takes of the memories.
  func memorySentence(_ network: NetworkCost) -> String {
    let memory = network.memory
    var text =
      "\(network.network): \(MemoryText(bits: memory.residentBits)) of \(MemoryText(bits: memory.capacityBits)) weight memory"
      + " resident"
    if memory.streamedBits > 0 {
      text +=
        ", \(MemoryText(bits: memory.streamedBits)) streamed through \(MemoryText(bits: memory.streamingBits))"
    }
    if memory.freeBits >= 0 { text += ", \(MemoryText(bits: memory.freeBits)) free" }
    return text
      + ". Activations: at most \(MemoryText(bits: memory.activationPeakBits)) of \(MemoryText(bits: memory.activationCapacityBits))."
  }

  /// What an input costs in time and energy.
  func energySentence(_ machine: MachineCost, _ network: NetworkCost) -> String {
    let energy = network.energy
    var text =
      "An input: \(DecimalText.grouped(network.mapping.cycles)) cycles, \(DurationText(seconds: energy.seconds)),"
      + " \(CostText.energy(energy.chipPicojoules)) on the chip"
    if energy[.externalMemory] > 0 {
      text += " and \(CostText.energy(energy[.externalMemory])) in external memory"
    }
    return text + "; \(CostText.power(energy.chipWatts)) while inputs follow one another."
  }
}
