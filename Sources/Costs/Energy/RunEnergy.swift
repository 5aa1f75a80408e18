import Hardware

/// Where the energy of a run goes.
public enum EnergyComponent: String, Sendable, Hashable, CaseIterable {
  case weightMemory, activationMemory, accumulatorMemory, tables, decodeTables, multipliers, adderTrees,
    accumulators,
    requantizers, vectorUnit, control, leakage, externalMemory

  /// What a report calls it.
  public var title: String {
    switch self {
    case .weightMemory: "Weight memory"
    case .activationMemory: "Activation memory"
    case .accumulatorMemory: "Accumulator memory"
    case .tables: "Activation tables"
    case .decodeTables: "Decode tables"
    case .multipliers: "Multipliers"
    case .adderTrees: "Adder trees"
    case .accumulators: "Accumulators"
    case .requantizers: "Requantizers"
    case .vectorUnit: "Vector unit"
    case .control: "Control"
    case .leakage: "Leakage"
    case .externalMemory: "External memory"
    }
  }
}

/// Energy of one layer for one input.
public struct LayerEnergy: Sendable, Hashable {
  /// The layer's name.
  public let layer: String
  /// pJ by component; components without energy are left out.
  public let picojoules: [EnergyComponent: Double]

  /// pJ of one component.
  public subscript(component: EnergyComponent) -> Double { picojoules[component, default: 0] }
  /// pJ of the layer, external memory included.
  public var total: Double { EnergyComponent.allCases.reduce(0) { $0 + self[$1] } }
}

/// Energy of a run of one input: its events, each at the price of the unit that does it, and leakage over its time.
///
/// An operation of a unit costs the technology's energy per gate equivalent times the unit's, whatever the operands: equation (13). True toggles
/// are not looked at. External memory is told apart.
public struct RunEnergy: Sendable, Hashable {
  /// Layers in execution order.
  public let layers: [LayerEnergy]
  /// Duration of the run.
  public let seconds: Double

  /// The energy of one input under `mapping` on the machine of `area`.
  /// - Precondition: the area is of the mapping's machine.
  public init(_ mapping: NetworkMapping, area: HardwareArea) {
    precondition(area.hardware == mapping.hardware, "the area is another machine's")
    let prices = UnitEnergies(area)
    layers = zip(mapping.layers, mapping.schedule.layers).map { layer, schedule in
      LayerEnergy(layer: layer.name, picojoules: prices.energy(of: layer, schedule: schedule))
    }
    seconds = Double(mapping.cycles) / (mapping.hardware.clockMegahertz * 1e6)
  }

  /// pJ of one component over all layers.
  public subscript(component: EnergyComponent) -> Double { layers.reduce(0) { $0 + $1[component] } }
  /// pJ of an input, external memory included.
  public var totalPicojoules: Double { EnergyComponent.allCases.reduce(0) { $0 + self[$1] } }
  /// pJ of an input on the chip.
  public var chipPicojoules: Double { totalPicojoules - self[.externalMemory] }
  /// Mean power on the chip in W while inputs follow one another without pause.
  public var chipWatts: Double { chipPicojoules * 1e-12 / seconds }
  /// The same of the external memory.
  public var externalWatts: Double { self[.externalMemory] * 1e-12 / seconds }
}

/// pJ of each kind of event on a machine.
private struct UnitEnergies {
  private let area: HardwareArea
  /// pJ to read a start value: an access of a word as wide as the accumulator, or of the bank's where that is wider.
  private let startPicojoules: Double

  init(_ area: HardwareArea) {
    self.area = area
    guard let bank = area[.weightMemory]?.memory?.bank else {
      preconditionFailure("a machine without weight memory")
    }
    do {
      startPicojoules = try MemoryMacro(
        HardwareBlock.weightMemory.title, bits: bank.bits,
        wordBits: max(bank.wordBits, area.hardware.path.accumulator.bits), cell: area.memoryCell,
        in: area.technology
      ).readPicojoules
    } catch {
      preconditionFailure("a bank that has a price, with a word of an accumulator: \(error)")
    }
  }

  /// pJ of an operation of all units of a block.
  private func operation(_ block: HardwareBlock) -> Double {
    (area[block]?.gateEquivalents ?? 0) * area.technology.energyPerGateEquivalent.value / 1000
  }

  private func memory(_ block: HardwareBlock) -> MemoryBanks? { area[block]?.memory }

  func energy(of layer: LayerMapping, schedule: ActivationSchedule.Layer) -> [EnergyComponent: Double] {
    let events = layer.events
    let units = units(weightBits: layer.weightBits)
    let loaded = schedule.loadedBits.reduce(0, +)
    let stored = schedule.storedBits.reduce(0, +)
    var energy: [EnergyComponent: Double] = [:]
    let multiplication = Double(events.multiplications) / Double(units.multipliers)
    energy[.multipliers] =
      multiplication * (operation(.multipliers) + operation(.weightUnpacking) + operation(.pipelineRegisters))
    // Reads are shared out among all readers, written bits among all entries.
    let indexBits = area.hardware.path.datapath.indexBits
    if indexBits > 0 {
      let entryBits = units.tables * area.hardware.path.datapath.weightBits << indexBits
      energy[.decodeTables] =
        Double(events.decodeTableReads) / Double(units.multipliers) * operation(.decodeReaders)
        + Double(events.decodeTableBitsWritten) / Double(entryBits) * operation(.decodeTables)
    }
    energy[.adderTrees] = multiplication * operation(.adderTrees)
    energy[.accumulators] =
      Double(events.accumulations) / Double(units.accumulators) * operation(.accumulators)
    // The drain moves as many outputs at once as there are requantisers.
    energy[.requantizers] =
      Double(events.requantizations) / Double(units.requantizers)
      * (operation(.requantizers) + operation(.drain))
    if let unit = area.hardware.vectorUnit {
      energy[.vectorUnit] =
        Double(events.vectorOperations) / Double(unit.elementsPerCycle) * operation(.vectorUnit)
    }
    energy[.control] = Double(layer.cycles.total) * (operation(.control) + operation(.activationRouting))
    let accesses = LayerAccesses(layer, on: area.hardware)
    if let weights = memory(.weightMemory) {
      // Bits of streamed tiles are written before they are read.
      energy[.weightMemory] =
        accesses.weightWords * weights.bank.readPicojoules + accesses.startValues * startPicojoules
        + Double(events.externalBits - loaded - stored) * weights.writePicojoulesPerBit
    }
    if let activations = memory(.activationMemory)?.bank {
      let elements = Double(activations.wordBits / area.hardware.path.datapath.activationBits)
      // A narrower tensor's elements take the same words.
      energy[.activationMemory] =
        (accesses.activationReads + Double(stored) / accesses.writtenBits) / elements
        * activations.readPicojoules
        + (accesses.activationWrites + Double(loaded) / accesses.readBits) / elements
        * activations.writePicojoules
    }
    if let accumulators = memory(.accumulatorMemory) {
      energy[.accumulatorMemory] =
        Double(events.accumulations * area.hardware.path.accumulator.bits)
        * (accumulators.readPicojoulesPerBit + accumulators.writePicojoulesPerBit)
    }
    if let table = memory(.tableMemory) {
      energy[.tables] = Double(events.tableLookups) * table.bank.readPicojoules
    }
    // nW · cycles / MHz = 10⁻¹⁵ J.
    energy[.leakage] =
      area.leakageNanowatts * Double(layer.cycles.total) / area.hardware.clockMegahertz * 1e-3
    energy[.externalMemory] = Double(events.externalBits) * area.technology.externalEnergyPerBit.value
    return energy.filter { $0.value > 0 }
  }

  /// Units of each kind among which a block's operation is shared, in a layer with weights of `weightBits` bits.
  private func units(
    weightBits: Int
  ) -> (multipliers: Int, accumulators: Int, requantizers: Int, tables: Int) {
    switch area.hardware.array {
    case .lanes(let array):
      let datapath = array.path.datapath
      let parts = weightBits == 0 ? 1 : datapath.parts(weightBits: weightBits)
      let widest = datapath.parts(weightBits: 1)
      return (
        array.lanes * array.inputsPerCycle * parts, array.lanes * widest,
        min(array.lanes * widest, array.outputsDrainedPerCycle), array.lanes
      )
    case .systolic(let array):
      let accumulators =
        switch array.dataflow {
        case .outputStationary: array.rows * array.columns
        case .weightStationary, .inputStationary: array.columns
        }
      return (array.rows * array.columns, accumulators, array.columns, 0)
    }
  }
}
