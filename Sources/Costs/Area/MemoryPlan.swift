import Hardware
import Quantization

extension ControlSizing {
  /// Layers, tiles and multipliers that a machine has room for: a description does not say. Assumed: 32 layers, 256 tiles, and 256
  /// multipliers with their shifts for each output that is drained in a cycle.
  private static let assumed = (layers: 5, tiles: 8, multipliers: 8)

  /// The widths that a description's memories and word lengths ask for. Activations are addressed by the byte, whatever their word length.
  public init(_ hardware: HardwareDescription) {
    let path = hardware.path
    let address = max(1, ArithmeticStyle.ceilingLog2(hardware.activationMemory.capacityBits) - 3)
    let table = path.activationTable
    let (banks, word) = MemoryPlan.weightBanks(hardware)
    self.init(
      // An unsigned activation or entry takes a sign bit.
      resultBits: max(
        path.accumulator.bits, path.datapath.activationBits + 1, table?.addressBits ?? 0,
        (table?.outputBits ?? 0) + 1),
      layerAddressBits: Self.assumed.layers, tileAddressBits: Self.assumed.tiles,
      weightAddressBits: max(
        1, ArithmeticStyle.ceilingLog2((hardware.weightMemoryBits + banks * word - 1) / (banks * word))),
      multiplierAddressBits: Self.assumed.multipliers, activationAddressBits: address, indexBits: address,
      tableSelectBits: table == nil ? 0 : 1, countBits: 16)
  }
}

/// One memory of a machine: how its capacity is cut into banks.
struct MemoryPlan {
  let block: HardwareBlock
  let count: Int
  let bits: Int
  let wordBits: Int

  /// Operands of neighboring rows or columns of a systolic array that share a bank.
  private static let neighbors = 16

  /// The banks, as a technology makes them.
  func banks(cell: MemoryCell, in technology: Technology) throws(CostError) -> MemoryBanks {
    MemoryBanks(
      count: count,
      bank: try MemoryMacro(block.title, bits: bits, wordBits: wordBits, cell: cell, in: technology))
  }

  /// All memories of a machine.
  static func all(_ hardware: HardwareDescription, sizing: ControlSizing) -> [MemoryPlan] {
    let path = hardware.path
    let (weightBanks, weightWord) = weightBanks(hardware)
    let (activationBanks, activationWord) = activationBanks(hardware)
    func shared(_ block: HardwareBlock, _ bits: Int, _ banks: Int, _ word: Int) -> MemoryPlan {
      MemoryPlan(block: block, count: banks, bits: (bits + banks - 1) / banks, wordBits: word)
    }
    var plans = [
      shared(.weightMemory, hardware.weightMemoryBits, weightBanks, weightWord),
      shared(.activationMemory, hardware.activationMemory.capacityBits, activationBanks, activationWord),
    ]
    let control: ControlLogic
    let requantizers: Int
    switch hardware.array {
    case .lanes(let array):
      let logic = LaneArrayLogic(array: array, sizing: sizing, style: .leastArea)
      control = logic.control
      requantizers = control.drained
    case .systolic(let array):
      control = SystolicLogic(array: array, sizing: sizing, style: .leastArea).control
      requantizers = array.columns
      switch array.dataflow {
      case .outputStationary: break
      case .weightStationary, .inputStationary:
        // Each output has its accumulator until its last fold: as many as the activation memory holds outputs of 8 bits.
        let accumulators = hardware.activationMemory.capacityBits / 8
        let columns = min(array.columns, neighbors)
        plans.append(
          shared(
            .accumulatorMemory, max(1, accumulators) * path.accumulator.bits,
            (array.columns + columns - 1) / columns, columns * path.accumulator.bits))
      }
    }
    if let table = path.activationTable {
      plans.append(
        MemoryPlan(
          block: .tableMemory, count: requantizers, bits: table.outputBits << table.addressBits,
          wordBits: table.outputBits))
    }
    let descriptors =
      control.layerDescriptorBits << sizing.layerAddressBits
      + control.tileDescriptorBits << sizing.tileAddressBits
    let pairs = requantizers * (multiplierBits(path.requantizer) + 7) << sizing.multiplierAddressBits
    plans.append(
      MemoryPlan(
        block: .descriptorMemory, count: 1, bits: descriptors + pairs,
        wordBits: control.layerDescriptorBits))
    return plans
  }

  private static func multiplierBits(_ kind: RequantizerKind) -> Int {
    switch kind {
    case .shift: 0
    case .multiplier(let wordLength, _): wordLength
    case .doublingHighMultiply: 31
    }
  }

  /// Banks of the weight memory and the bits of a bank's word: one a lane, or one for each sixteen neighbors whose weights enter at once.
  static func weightBanks(_ hardware: HardwareDescription) -> (count: Int, wordBits: Int) {
    switch hardware.array {
    case .lanes(let array):
      switch array.path.datapath {
      // A tap reads one word, as many bytes as its weights fill.
      case .ternary(_, .fiveInEightBits): return (array.lanes, (array.inputsPerCycle + 4) / 5 * 8)
      case .parallel, .ternary(_, .twoBits), .bitSerial, .decomposable, .codebook:
        return (array.lanes, array.bankWordBits)
      }
    case .systolic(let array):
      let entering =
        switch array.dataflow {
        case .outputStationary, .weightStationary: array.columns
        case .inputStationary: array.rows
        }
      return banks(entering, bits: array.path.datapath.weightBits)
    }
  }

  /// Banks of the activation memory: an element each, as many as are read or written at once; of a systolic array, sixteen
  /// neighbors each.
  private static func activationBanks(_ hardware: HardwareDescription) -> (count: Int, wordBits: Int) {
    let bits = hardware.path.datapath.activationBits
    switch hardware.array {
    case .lanes(let array):
      let drained = min(array.lanes * array.path.datapath.parts(weightBits: 1), array.outputsDrainedPerCycle)
      return (1 << max(1, ArithmeticStyle.ceilingLog2(max(array.inputsPerCycle, drained))), bits)
    case .systolic(let array): return banks(max(array.rows, array.columns), bits: bits)
    }
  }

  private static func banks(_ operands: Int, bits: Int) -> (count: Int, wordBits: Int) {
    let together = min(operands, neighbors)
    return ((operands + together - 1) / together, together * bits)
  }
}
