/// The synthesised blocks of `technology/reference/logic.csv`, each with the bill that the model gives it.
struct LogicReference: Sendable {
  /// A synthesised block.
  struct Row: Sendable {
    /// Which kind of block, as the calibration lists it.
    let block: String
    /// What the row is known by.
    let key: String
    /// The model's bill.
    let bill: CellBill
    /// Transistors / 4.
    let gateEquivalents: Double
    /// µm² of NanGate's 45 nm library.
    let area: Double
    /// Which half.
    fileprivate(set) var half = ReferenceHalf.held
    /// Whether constants may be fitted on it. Words of one or two bits collapse into a handful of gates, which no count of cells foresees:
    /// they are only compared.
    var isFitted: Bool { !block.contains(" bit") }
  }

  /// Every row that the model has a bill for.
  let rows: [Row]

  /// The rows of the product's table.
  static let embedded = LogicReference(ReferenceTable(PackageResources.logic_csv))

  init(_ table: ReferenceTable) {
    var rows = table.rows.map { row in
      let module = row.text("module")
      let arch = row.text("arch")
      let style = arch == "op" ? ArithmeticStyle.operators : .leastArea
      let shape = Shape(
        weightBits: row.integer("w_bits"), bits: row.integer("a_bits")!,
        accumulatorBits: row.integer("acc_bits"))
      return Row(
        block: Self.block(module, shape, style), key: row.key(["module", "arch", "w_bits", "a_bits"]),
        bill: Self.bill(module, shape, style), gateEquivalents: row.number("gate_equivalents")!,
        area: row.number("um2_nangate45")!)
    }
    for block in Set(rows.map(\.block)) {
      let places = rows.indices.filter { rows[$0].block == block }
      for (place, half) in zip(places, ReferenceHalf.split(places.map { rows[$0].key })) {
        rows[place].half = half
      }
    }
    self.rows = rows
  }

  /// Word lengths of a row.
  private struct Shape {
    let weightBits: Int?
    let bits: Int
    let accumulatorBits: Int?
    /// Whether an operand has one bit, which makes a multiplier a mask.
    var isNarrow: Bool { min(weightBits ?? 2, bits) < 2 }
  }

  private static func block(_ module: String, _ shape: Shape, _ style: ArithmeticStyle) -> String {
    let suffix = style == .operators ? ", operators" : ""
    return switch module {
    case "mul": (shape.isNarrow ? "multiplier, 1 bit" : "multiplier") + suffix
    case "mac": (shape.isNarrow ? "multiplier-accumulator, 1 bit" : "multiplier-accumulator") + suffix
    case "add": "adder" + suffix
    case "satadd": "saturating adder" + suffix
    case "ternmul", "ternsel": shape.bits < 2 ? "selector, 1 bit" : "ternary selector"
    case "binmul", "binsel": shape.bits < 2 ? "selector, 1 bit" : "binary selector"
    case "ternmac", "ternpe": "ternary processing element"
    case "binmac", "binpe": "binary processing element"
    case "dff", "dffe", "dffr": "register"
    case "requantvar": "variable requantizer"
    case "requantfix": "fixed requantizer"
    case "max": shape.bits < 4 ? "maximum, 2 bits" : "maximum"
    case "relu": "rectifier"
    case "mux2": "multiplexer"
    case let other: preconditionFailure("a reference row of the unknown module \(other)")
    }
  }

  /// Reset, clear and enable are as the reference's Verilog has them.
  private static func bill(_ module: String, _ shape: Shape, _ style: ArithmeticStyle) -> CellBill {
    let bits = shape.bits
    let accumulator = shape.accumulatorBits ?? 0
    let sign = CellBill([.xor: bits])
    let select = CellBill([.xor: bits, .nand: bits, .and: 1])
    // Beyond the operand, its sign is added.
    func element(_ operand: CellBill) -> CellBill {
      operand + CellBill([.fullAdder: accumulator - 1]) + style.clearedRegister(accumulator)
    }
    // Operand registers come with a gate each.
    func operands(_ count: Int) -> CellBill { CellBill([.flipFlop: count, .nand: count]) }
    switch module {
    case "mul": return style.multiplier(shape.weightBits!, bits)
    case "mac":
      let product = shape.weightBits! + bits
      if style == .operators {
        return style.multiplier(shape.weightBits!, bits) + style.adder(accumulator)
          + style.clearedRegister(accumulator)
      }
      // A weight of one bit masks what is then subtracted.
      let narrow = CellBill([.and: bits * shape.weightBits!])
      return (shape.isNarrow ? narrow : style.multiplier(shape.weightBits!, bits))
        + CellBill([.fullAdder: product, .extensionAdder: accumulator - product])
        + style.clearedRegister(accumulator)
    case "add": return style.adder(bits)
    case "satadd": return style.adder(bits) + CellBill([.saturation: bits, .xor: 1])
    case "ternmul": return style.ternarySelector(bits)
    case "ternsel": return select
    case "binmul": return CellBill([.xor: bits, .and: 2 * (bits - 1)])
    case "binsel": return sign
    case "ternmac": return element(select)
    case "ternpe": return element(select) + operands(bits + 2)
    case "binmac": return element(sign)
    case "binpe": return element(sign) + operands(bits + 1)
    case "dff": return style.register(bits)
    case "dffe": return style.heldRegister(bits)
    case "dffr": return style.clearedRegister(bits)
    case "requantvar":
      let levels = ArithmeticStyle.ceilingLog2(shape.weightBits!)
      return CellBill([.multiplexer: shape.weightBits! * levels]) + style.incrementer(shape.weightBits!)
    case "requantfix":
      return style.incrementer(bits) + CellBill([.and: shape.weightBits!])
    case "max": return style.comparator(bits) + CellBill([.multiplexer: bits])
    case "relu": return CellBill([.and: bits - 1])
    case "mux2": return CellBill([.multiplexer: bits])
    case let other: preconditionFailure("a reference row of the unknown module \(other)")
    }
  }
}
