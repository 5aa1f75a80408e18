/// Address and field widths of a machine's control: what its memories need, beside its description.
public struct ControlSizing: Sendable, Hashable {
  /// Outputs, zero points and clamps.
  public var resultBits: Int
  /// Layers of a network.
  public var layerAddressBits: Int
  /// Tiles of a network.
  public var tileAddressBits: Int
  /// Words of a weight bank.
  public var weightAddressBits: Int
  /// Rows of multipliers and shifts.
  public var multiplierAddressBits: Int
  /// Elements of the activation memory.
  public var activationAddressBits: Int
  /// Indices of outputs.
  public var indexBits: Int
  /// Tables of a network.
  public var tableSelectBits: Int
  /// Loop counters.
  public var countBits: Int
}

/// The logic that steps a machine through layers, tiles, positions and taps: `sequencer.v`, `address_generator.v` and the registers of
/// `lane_array.v`.
struct ControlLogic {
  let sizing: ControlSizing
  /// Bits of a tap's place in a word; 0 where a word is a tap.
  let offsetBits: Int
  let activationBits: Int
  /// Outputs that leave in a cycle.
  let drained: Int
  let weightReadStages: Int
  let adderTreeStages: Int
  let requantizerStages: Int
  let style: ArithmeticStyle

  /// All of it.
  var all: CellBill { sequencer + addressGenerator + descriptors + accompaniment }

  private var sequencer: CellBill {
    let count = sizing.countBits
    let address = sizing.layerAddressBits + sizing.tileAddressBits
    // Six loops: counter, comparison with its end, return to 0; then the pause between positions and its pace.
    let loop =
      style.register(count) + style.equality(count) + style.incrementer(count)
      + CellBill([.multiplexer: count, .and: count])
    let pause =
      style.register(count) + style.incrementer(count) + CellBill([.multiplexer: count, .and: 2 * count])
    return 6 * loop + 2 * pause + CellBill([.and: 3 * count]) + style.heldRegister(address)
      + style.incrementer(address) + CellBill([.and: address, .flipFlop: 2, .nand: 40])
  }

  private var addressGenerator: CellBill {
    let address = sizing.activationAddressBits
    let row = sizing.countBits + 1
    // Of rows, positions, kernel rows and pixels, addresses that step or return; of rows and columns, coordinates; then the tap's sum.
    var bill = 4 * (style.adder(address) + style.register(address)) + style.adder(address)
    bill = bill + 4 * (style.adder(row) + style.register(row)) + 2 * style.comparator(row)
    bill = bill + CellBill([.multiplexer: 8 * address + 8 * row])
    bill = bill + style.incrementer(address) + style.heldRegister(address)
    // The end of a tap in its word, held against the word's constant length.
    bill =
      bill + style.adder(offsetBits + 1) + style.incrementer(offsetBits + 1)
      + CellBill([.and: 2 * (offsetBits + 1)]) + style.heldRegister(offsetBits)
    bill =
      bill + style.incrementer(sizing.weightAddressBits)
      + style.heldRegister(sizing.weightAddressBits) + CellBill([.multiplexer: sizing.weightAddressBits])
    bill =
      bill + style.adder(sizing.indexBits) + style.incrementer(sizing.indexBits)
      + 2 * style.heldRegister(sizing.indexBits)
    return bill + style.incrementer(sizing.multiplierAddressBits)
      + style.heldRegister(sizing.multiplierAddressBits)
  }

  /// Bits of a layer's descriptor: loop ends and coordinates, addresses and steps, formats and flags.
  var layerDescriptorBits: Int {
    13 * sizing.countBits + 2 + 5 * sizing.activationAddressBits + offsetBits + 5 + activationBits
      + 2 * sizing.indexBits + sizing.multiplierAddressBits + 3 * sizing.resultBits + sizing.tableSelectBits
      + 6
  }

  /// Bits of a tile's descriptor.
  var tileDescriptorBits: Int {
    3 * sizing.countBits + sizing.activationAddressBits + sizing.weightAddressBits
  }

  private var descriptors: CellBill { style.heldRegister(layerDescriptorBits + tileDescriptorBits) }

  private var accompaniment: CellBill {
    let position = 3 + sizing.indexBits + sizing.multiplierAddressBits + sizing.countBits
    return style.register(
      (weightReadStages + adderTreeStages) * (position + 1) + weightReadStages * (offsetBits + 2)
        + adderTreeStages * sizing.tileAddressBits + requantizerStages * (drained + 1 + sizing.indexBits))
  }
}
