/// How adders and multipliers are built.
public enum ArithmeticStyle: Sendable, Hashable {
  /// Least area: ripple-carry adders, arrays of partial products. What machines are priced with.
  case leastArea
  /// What Yosys and ABC make of `+` and `*` with all their effort: carry-save trees, restructured.
  case operators
  /// What Yosys makes of them gate by gate: carry-save trees and Brent and Kung's parallel-prefix adders as they stand. The Verilog twin
  /// is compared in this style, since `cells.sh` maps without restructuring.
  case literalOperators
}

extension ArithmeticStyle {
  /// A sum of two words of `bits` bits, no carry out.
  public func adder(_ bits: Int) -> CellBill {
    switch self {
    case .leastArea, .operators:
      // The first bit has no carry in, the last makes none.
      return bits < 2
        ? CellBill([.xor: bits]) : CellBill([.fullAdder: bits - 2, .halfAdder: 1, .xor: 2])
    case .literalOperators:
      // Propagate, generate (which shares a gate with propagate) and sum of each bit; no carry leaves the last one.
      return CellBill([.xor: 2 * bits - 1, .nand: bits / 2, .prefixNode: Self.prefixNodes(bits - 1)])
    }
  }

  /// A word plus or minus one bit.
  public func incrementer(_ bits: Int) -> CellBill { CellBill([.halfAdder: bits]) }

  /// Whether one word of `bits` bits is below another.
  public func comparator(_ bits: Int) -> CellBill {
    switch self {
    case .leastArea, .operators: CellBill([.comparator: bits - 1])
    case .literalOperators:
      CellBill([.comparator: bits, .prefixNode: bits - 1])
    }
  }

  /// Whether a word of `bits` bits equals another: for each bit three gates that tell a difference, and one of the tree.
  public func equality(_ bits: Int) -> CellBill { CellBill([.nand: 3 * bits, .and: bits - 1]) }

  /// A two's complement product of `left` × `right` bits, full width: equation (3) or (4).
  public func multiplier(_ left: Int, _ right: Int) -> CellBill {
    let (narrow, wide) = (min(left, right), max(left, right))
    if narrow < 1 { return .none }
    // A weight of one bit is 0 or −1: the word masked and negated.
    if narrow == 1 { return CellBill([.and: wide, .halfAdder: wide - 1]) }
    switch self {
    case .leastArea:
      return CellBill([.and: left * right, .arrayAdder: (left - 1) * (right - 1)])
    case .operators:
      return CellBill([.and: left * right, .treeAdder: (left - 1) * (right - 1)])
    case .literalOperators:
      // Each level widens the rows by half a bit on average, and brings the low bits down to one.
      let levels = Self.carrySaveLevels(narrow)
      return CellBill([
        .and: left * right, .arrayAdder: (narrow - 2) * (wide + levels / 2 - 1),
        .halfAdder: left + right - 2,
      ]) + adder(left + right - levels - 1)
    }
  }

  /// The exact sum of `terms` words of `bits` bits: equation (5) or (6).
  public func adderTree(terms: Int, bits: Int) -> CellBill {
    guard terms > 1 else { return .none }
    switch self {
    case .leastArea, .operators:
      var bill = CellBill.none
      var (left, width) = (terms, bits)
      while left > 1 {
        width += 1
        bill = bill + (left / 2) * adder(width)
        left = (left + 1) / 2
      }
      return bill
    case .literalOperators:
      // From the second layer on the lowest bit has two operands, at the end one.
      let layers = terms - 2
      return CellBill([.arrayAdder: layers * bits - max(0, layers - 1), .halfAdder: layers - 1])
        + adder(bits + Self.ceilingLog2(terms) - (layers > 0 ? 1 : 0))
    }
  }

  /// The levels of full adders that bring `rows` rows down to two.
  static func carrySaveLevels(_ rows: Int) -> Int {
    var (left, levels) = (rows, 0)
    while left > 2 {
      left = left / 3 * 2 + left % 3
      levels += 1
    }
    return levels
  }

  /// Nodes of Brent and Kung's prefix graph over `bits` bits: 2·bits − 2 − ⌊log₂ bits⌋.
  static func prefixNodes(_ bits: Int) -> Int {
    bits < 2 ? 0 : 2 * bits - 2 - (Int.bitWidth - 1 - bits.leadingZeroBitCount)
  }

  /// The least n with 2^n ≥ `value`.
  static func ceilingLog2(_ value: Int) -> Int {
    value <= 1 ? 0 : Int.bitWidth - (value - 1).leadingZeroBitCount
  }
}
