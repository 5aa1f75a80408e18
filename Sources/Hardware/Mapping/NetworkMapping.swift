import Networks

/// A network on a machine: every layer's tiles, cycles, memory and events. Building it checks that the machine can run
/// the network at all; it says nothing of what the weight memory's capacity admits, which `checkCapacity` does.
///
/// Depends on shapes and word lengths only, and costs time by tiles, not by weights or cycles.
public struct NetworkMapping: Sendable, Hashable {
  /// The machine.
  public let hardware: HardwareDescription
  /// The layers in execution order.
  public let layers: [LayerMapping]
  /// Most bits of activation memory in use at once.
  public var activationBits: Int { schedule.peakBits }
  /// Where tensors live, and the bands of layers.
  package let schedule: ActivationSchedule
  private let name: String
  /// The least capacity of the weight memory with which the network runs.
  private let neededWeightBits: Int

  /// Maps `network` onto `hardware`.
  /// - Throws: `HardwareError` naming the layer, what does not fit and what would.
  public init(_ network: IntegerNetwork, on hardware: HardwareDescription) throws(HardwareError) {
    for node in network.nodes { try MachineFit(network, hardware).check(node) }
    let schedule = try ActivationSchedule(network, in: hardware.activationMemory)
    var layers = zip(network.nodes, schedule.layers).map {
      LayerMapping($0, of: network, schedule: $1, on: hardware)
    }
    var needed = layers.reduce(0) { $0 + $1.memory.storedBits }
    if case .lanes = hardware.array, let external = hardware.externalMemory {
      let streaming = WeightStreaming(layers, schedule: schedule, from: external)
      // Codebooks stay: the tables are loaded whenever their layer begins.
      let codebooks = layers.reduce(0) { $0 + $1.memory.storedCodebookBits }
      needed = WeightResidency.leastCapacity(streaming.demands) + codebooks
      if let residency = WeightResidency(
        streaming.demands, capacity: hardware.weightMemoryBits - codebooks)
      {
        streaming.apply(residency, to: &layers)
      }
    }
    self.hardware = hardware
    self.layers = layers
    self.schedule = schedule
    neededWeightBits = needed
    name = network.name
  }

  /// Cycles for one input, all layers: a layer starts after the last write of the one before.
  public var cycles: Int { layers.reduce(0) { $0 + $1.cycles.total } }

  /// Cycles for a batch of `inputs` inputs, one after another.
  /// - Precondition: `inputs` is at least 1.
  public func cycles(batch inputs: Int) -> Int {
    precondition(inputs > 0, "a batch of \(inputs)")
    return cycles + (inputs - 1) * layers.reduce(0) { $0 + $1.laterCycles.total }
  }

  /// Inputs a second at the machine's clock, each by itself.
  public var inferencesPerSecond: Double { hardware.clockMegahertz * 1e6 / Double(cycles) }
  /// Bits of weights and biases, padding included, resident or streamed.
  public var storedBits: Int { layers.reduce(0) { $0 + $1.memory.storedBits } }
  /// Bits of weights and biases without padding.
  public var usefulBits: Int { layers.reduce(0) { $0 + $1.memory.usefulBits } }
  /// Events of one input, all layers.
  public var events: LayerEvents { layers.reduce(LayerEvents()) { $0 + $1.events } }

  /// Checks that all layers fit the weight memory, or that those which do not can be streamed.
  /// - Throws: `HardwareError.Reason.weightMemoryTooSmall`.
  public func checkCapacity() throws(HardwareError) {
    guard neededWeightBits <= hardware.weightMemoryBits else {
      throw HardwareError(
        .weightMemoryTooSmall(neededBits: neededWeightBits, capacityBits: hardware.weightMemoryBits), at: name
      )
    }
  }
}
