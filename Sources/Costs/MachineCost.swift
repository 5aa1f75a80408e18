import Hardware
import Networks

/// What a network costs on a machine.
public struct NetworkCost: Sendable, Hashable {
  /// The network's name.
  public let network: String
  /// The network on the machine.
  public let mapping: NetworkMapping
  /// What it takes of the memories.
  public let memory: MemoryUse
  /// Energy of one input.
  public let energy: RunEnergy
}

/// What a machine costs, and, where one is asked for, a network on it.
public struct MachineCost: Sendable, Hashable {
  /// The machine's area.
  public let area: HardwareArea
  /// The network on it.
  public let network: NetworkCost?

  /// The machine.
  public var hardware: HardwareDescription { area.hardware }

  /// The cost of a machine alone.
  /// - Throws: `CostError` where a memory is beyond the model.
  public init(
    _ hardware: HardwareDescription, in technology: Technology, memoryCell: MemoryCell = .lowStandbyPower
  ) throws(CostError) {
    area = try HardwareArea(hardware, in: technology, memoryCell: memoryCell)
    network = nil
  }

  /// The cost of a mapped network and its machine. That the network fits the weight memory is the caller's to check.
  /// - Throws: `CostError` where a memory is beyond the model.
  public init(
    _ mapping: NetworkMapping, of network: String, in technology: Technology,
    memoryCell: MemoryCell = .lowStandbyPower
  ) throws(CostError) {
    let area = try HardwareArea(mapping.hardware, in: technology, memoryCell: memoryCell)
    self.area = area
    self.network = NetworkCost(
      network: network, mapping: mapping, memory: MemoryUse(mapping),
      energy: RunEnergy(mapping, area: area))
  }

  /// Inputs a second and mm² of the machine; nil without a network.
  public var inferencesPerSecondPerSquareMillimeter: Double? {
    network.map { $0.mapping.inferencesPerSecond / (area.areaSquareMicrometers * 1e-6) }
  }
}
