/// The parts that a machine's area is told in.
public enum HardwareBlock: String, Sendable, Hashable, CaseIterable {
  case weightMemory, activationMemory, accumulatorMemory, tableMemory, descriptorMemory, multipliers,
    adderTrees, accumulators, pipelineRegisters, weightUnpacking, decodeTables, decodeReaders, drain,
    requantizers, activationRouting,
    vectorUnit, control, placement

  /// What a report calls it.
  public var title: String {
    switch self {
    case .weightMemory: "Weight memory"
    case .activationMemory: "Activation memory"
    case .accumulatorMemory: "Accumulator memory"
    case .tableMemory: "Activation tables"
    case .descriptorMemory: "Descriptor memory"
    case .multipliers: "Multipliers"
    case .adderTrees: "Adder trees"
    case .accumulators: "Accumulators"
    case .pipelineRegisters: "Pipeline registers"
    case .weightUnpacking: "Weight unpacking"
    case .decodeTables: "Decode tables"
    case .decodeReaders: "Decode table readers"
    case .drain: "Drain buffers"
    case .requantizers: "Requantizers"
    case .activationRouting: "Activation routing"
    case .vectorUnit: "Vector unit"
    case .control: "Control"
    case .placement: "Wiring and clock"
    }
  }
}

/// Equal banks of a memory.
public struct MemoryBanks: Sendable, Hashable {
  /// How many.
  public let count: Int
  /// One of them.
  public let bank: MemoryMacro

  /// Area of all banks in µm².
  public var areaSquareMicrometers: Double { Double(count) * bank.areaSquareMicrometers }
  /// Leakage of all banks in nW.
  public var leakageNanowatts: Double { Double(count) * bank.leakageNanowatts }
  /// pJ to read a bit of a word.
  public var readPicojoulesPerBit: Double { bank.readPicojoules / Double(bank.wordBits) }
  /// pJ to write a bit of a word.
  public var writePicojoulesPerBit: Double { bank.writePicojoules / Double(bank.wordBits) }
}

/// One block of a machine.
public struct BlockArea: Sendable, Hashable {
  /// Which.
  public let block: HardwareBlock
  /// Its cells; none in memories.
  public let bill: CellBill
  /// Its memory; nil in logic.
  public let memory: MemoryBanks?
  /// Gate equivalents (transistors / 4) of its logic.
  public let gateEquivalents: Double
  /// Its area in µm²: macros, or cells without the room between them.
  public let areaSquareMicrometers: Double
}
