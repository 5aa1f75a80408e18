import Hardware

/// The area of a machine, block by block. The blocks sum to the whole.
///
/// Counted: everything between the memories' macros and the clock's edge. Not counted: pads, the external memory's interface, clock
/// generation, test logic.
public struct HardwareArea: Sendable, Hashable {
  /// The machine.
  public let hardware: HardwareDescription
  /// The technology.
  public let technology: Technology
  /// The transistors of its memories.
  public let memoryCell: MemoryCell
  /// Blocks that the machine has, in the order of `HardwareBlock`.
  public let blocks: [BlockArea]

  /// The area of `hardware`.
  /// - Throws: `CostError` where a memory is beyond the model.
  public init(
    _ hardware: HardwareDescription, in technology: Technology, memoryCell: MemoryCell = .lowStandbyPower
  ) throws(CostError) {
    self.hardware = hardware
    self.technology = technology
    self.memoryCell = memoryCell
    let sizing = ControlSizing(hardware)
    var memories: [HardwareBlock: MemoryBanks] = [:]
    for plan in MemoryPlan.all(hardware, sizing: sizing) {
      memories[plan.block] = try plan.banks(cell: memoryCell, in: technology)
    }
    let logic = Self.logic(hardware, sizing: sizing)
    let gates = technology.gatePrices
    let areas = technology.areaPrices
    let cells = logic.values.reduce(CellBill.none, +)
    blocks = HardwareBlock.allCases.compactMap { block in
      if let memory = memories[block] {
        return BlockArea(
          block: block, bill: .none, memory: memory, gateEquivalents: 0,
          areaSquareMicrometers: memory.areaSquareMicrometers)
      }
      if block == .placement {
        let share = 1 / technology.placementDensity.value - 1
        return BlockArea(
          block: block, bill: .none, memory: nil, gateEquivalents: 0,
          areaSquareMicrometers: share * areas.price(of: cells))
      }
      guard let bill = logic[block], bill != .none else { return nil }
      return BlockArea(
        block: block, bill: bill, memory: nil, gateEquivalents: gates.price(of: bill),
        areaSquareMicrometers: areas.price(of: bill))
    }
  }

  /// One block; nil where the machine has none.
  public subscript(block: HardwareBlock) -> BlockArea? { blocks.first { $0.block == block } }

  /// Area of the whole machine in µm².
  public var areaSquareMicrometers: Double { blocks.reduce(0) { $0 + $1.areaSquareMicrometers } }
  /// Gate equivalents of its logic.
  public var gateEquivalents: Double { blocks.reduce(0) { $0 + $1.gateEquivalents } }
  /// Leakage of logic and memories in nW.
  public var leakageNanowatts: Double {
    gateEquivalents * technology.leakagePerGateEquivalent.value
      + blocks.reduce(0) { $0 + ($1.memory?.leakageNanowatts ?? 0) }
  }

  /// The memories whose figures stand on less than the table, with why.
  public var extrapolated: [BlockArea] {
    blocks.filter { ($0.memory?.bank.coverage ?? .covered) != .covered }
  }

  /// The access time of the weight memory and the time that the machine's read cycles grant; nil where the memory is fast enough.
  public var slowWeightMemory: (accessNanoseconds: Double, grantedNanoseconds: Double)? {
    guard let bank = self[.weightMemory]?.memory?.bank else { return nil }
    let stages: Int
    switch hardware.array {
    case .lanes(let lanes): stages = max(1, lanes.pipeline.weightRead)
    case .systolic: stages = 1
    }
    let granted = Double(stages) * 1000 / hardware.clockMegahertz
    return bank.accessNanoseconds > granted ? (bank.accessNanoseconds, granted) : nil
  }

  private static func logic(
    _ hardware: HardwareDescription, sizing: ControlSizing
  ) -> [HardwareBlock: CellBill] {
    let style = ArithmeticStyle.leastArea
    var logic: [HardwareBlock: CellBill]
    switch hardware.array {
    case .lanes(let array):
      let lanes = LaneArrayLogic(array: array, sizing: sizing, style: style)
      logic = [
        .multipliers: lanes.multipliers, .adderTrees: lanes.adderTrees, .accumulators: lanes.accumulators,
        .pipelineRegisters: lanes.pipelineRegisters, .weightUnpacking: lanes.weightUnpacking,
        .decodeTables: lanes.decodeTables, .decodeReaders: lanes.decodeReaders, .drain: lanes.drain,
        .requantizers: lanes.requantizers,
        .activationRouting: lanes.activationRouting, .control: lanes.control.all,
      ]
    case .systolic(let array):
      let grid = SystolicLogic(array: array, sizing: sizing, style: style)
      logic = [
        .multipliers: grid.multipliers, .adderTrees: grid.adderTrees, .accumulators: grid.accumulators,
        .pipelineRegisters: grid.pipelineRegisters, .weightUnpacking: grid.weightUnpacking,
        .requantizers: grid.requantizers, .activationRouting: grid.activationRouting,
        .control: grid.control.all,
      ]
    }
    if let unit = hardware.vectorUnit {
      logic[.vectorUnit] =
        unit.elementsPerCycle
        * vectorElement(hardware.path, sizing: sizing, stages: unit.pipelineCycles, style)
    }
    return logic
  }

  /// One element of the vector unit: maximum, sum, and a requantiser that brings operands to one scale or divides a sum. Results of
  /// additions pass the array's requantisers, which are idle then.
  private static func vectorElement(
    _ path: OutputPath, sizing: ControlSizing, stages: Int, _ style: ArithmeticStyle
  ) -> CellBill {
    let bits = path.datapath.activationBits
    let sum = path.accumulator.bits
    return style.comparator(bits + 1) + CellBill([.multiplexer: bits + 1]) + style.adder(sum)
      + style.clearedRegister(sum)
      + style.requantizer(
        path.requantizer, accumulatorBits: sum, resultBits: sizing.resultBits, hasTable: false,
        stages: max(0, stages - 1))
  }
}
