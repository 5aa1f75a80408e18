/// The cells that structural bills of logic are written in. What one is worth is a technology's or a gate library's matter.
public enum LogicCell: String, Sendable, Hashable, CaseIterable {
  /// A gate of two inputs that inverts: NAND or NOR.
  case nand
  /// A gate of two inputs that does not: AND or OR.
  case and
  /// Exclusive or of two inputs.
  case xor
  /// One bit of a choice between two words.
  case multiplexer
  /// Adds two bits.
  case halfAdder
  /// Adds three bits in a chain that ripples.
  case fullAdder
  /// A full or half adder within an array of partial products, on average.
  case arrayAdder
  /// The same within a carry-save tree with a fast final adder.
  case treeAdder
  /// A full adder whose one operand is a sign shared with its neighbors, above the product in a multiplier-accumulator.
  case extensionAdder
  /// One bit of a comparison of two words: the carry of their difference.
  case comparator
  /// One bit of what holds a word at the ends of its range.
  case saturation
  /// A node of a parallel-prefix adder: generate, or generate and propagate.
  case prefixNode
  /// One bit of storage, clocked by every edge.
  case flipFlop
}

/// A structural count of cells.
///
/// Bills are exact integers from word lengths and counts; their sum over all blocks of a machine is its logic.
public struct CellBill: Sendable, Hashable {
  private var counts: [LogicCell: Int]

  /// No cells.
  public static let none = CellBill([:])

  /// These counts; what is 0 or below counts nothing, so that an empty range of bits needs no case of its own.
  public init(_ counts: [LogicCell: Int]) {
    self.counts = counts.filter { $0.value > 0 }
  }

  /// How many of `cell`.
  public subscript(cell: LogicCell) -> Int { counts[cell, default: 0] }

  /// Both bills together.
  public static func + (left: CellBill, right: CellBill) -> CellBill {
    CellBill(left.counts.merging(right.counts, uniquingKeysWith: +))
  }

  /// `count` times the bill; a negative count is none.
  public static func * (count: Int, bill: CellBill) -> CellBill {
    CellBill(bill.counts.mapValues { $0 * count })
  }
}

/// What each cell is worth: gate equivalents or µm².
public struct CellPrices: Sendable, Hashable {
  private let prices: [LogicCell: Double]

  /// These prices. Every cell has one.
  public init(_ prices: [LogicCell: Double]) {
    precondition(prices.count == LogicCell.allCases.count, "prices of \(prices.count) cells")
    self.prices = prices
  }

  /// The price of one cell.
  public subscript(cell: LogicCell) -> Double { prices[cell]! }

  /// The price of a bill, added in the order of the cells' declaration.
  public func price(of bill: CellBill) -> Double {
    LogicCell.allCases.reduce(0) { $0 + Double(bill[$1]) * self[$1] }
  }

  /// Prices in NAND gates where nothing but NAND, NOR and NOT of two inputs and flip-flops exist, as in `HardwareModels/rtl/cells.sh`: from
  /// the textbook circuits, nothing fitted. AND is NAND and NOT (1.5), exclusive or four NANDs, a multiplexer three (the inverter of its
  /// select is shared by the word), a half adder four and a NOT, a full adder nine; a prefix node two NANDs for generate and an AND for
  /// propagate, which two nodes in five need; a bit of a comparison is a generate and a propagate; saturation is two gates a bit.
  public static let inverting = CellPrices([
    .nand: 1, .and: 1.5, .xor: 4, .multiplexer: 3, .halfAdder: 4.5, .fullAdder: 9, .arrayAdder: 9,
    .treeAdder: 9,
    .extensionAdder: 9, .comparator: 2.5, .saturation: 2, .prefixNode: 2.6, .flipFlop: 4,
  ])
}
