import FixedPoint
import Quantization

/// Units of the datapath, built in a style.
extension ArithmeticStyle {
  /// A ternary weight times a word of `bits` bits: −x, 0 or +x, of as many bits and a carry's room.
  ///
  /// Bit i of −x is x_i exclusive-or whether any lower bit is 1: an exclusive or, a gate of the chain, a gate that asks for the
  /// negative, and one that asks for a weight other than 0.
  public func ternarySelector(_ bits: Int) -> CellBill {
    CellBill([.xor: bits, .nand: bits, .and: 2 * (bits - 1) + 1])
  }

  /// A bit of a weight times a word of `bits` bits.
  public func bitMask(_ bits: Int) -> CellBill { CellBill([.and: bits]) }

  /// `bits` flip-flops that take a word at every edge.
  public func register(_ bits: Int) -> CellBill { CellBill([.flipFlop: bits]) }

  /// `bits` flip-flops that take a word where they are told to, and keep theirs otherwise.
  public func heldRegister(_ bits: Int) -> CellBill { CellBill([.flipFlop: bits, .multiplexer: bits]) }

  /// `bits` flip-flops with a synchronous reset.
  public func clearedRegister(_ bits: Int) -> CellBill { CellBill([.flipFlop: bits, .and: bits]) }

  /// An accumulator of `bits` bits to which sums of `sumBits` bits are added from a start value.
  public func accumulator(bits: Int, sumBits: Int, saturates: Bool) -> CellBill {
    let wide = max(bits, sumBits) + 1
    let bill = CellBill([.multiplexer: bits]) + adder(wide) + heldRegister(bits)
    guard saturates else { return bill }
    return bill + CellBill([.saturation: bits]) + equality(wide - bits + 1)
  }

  /// A register that sums a tap's bit planes: shifted plane by plane, the last one subtracted.
  public func planeAccumulator(sumBits: Int, weightBits: Int) -> CellBill {
    let wide = sumBits + weightBits
    return CellBill([.xor: sumBits, .and: wide]) + adder(sumBits + 1) + register(wide)
      + (weightBits > 1 ? CellBill([.multiplexer: wide]) : .none)
  }

  /// A shift by −62 … 62 with one rounding, then saturation: `rounding_shift.v`.
  public func roundingShift(valueBits: Int, resultBits: Int, rounding: Rounding) -> CellBill {
    let work = max(valueBits, resultBits) + 1
    let levels = min(6, Self.ceilingLog2(work + 1))
    let leftLevels = min(6, Self.ceilingLog2(resultBits))
    // Right, and one bit behind the point; then left, and whether what leaves is all sign.
    var bill = CellBill([
      .multiplexer: levels * (work + 1) + leftLevels * resultBits, .and: leftLevels * work,
    ])
    switch rounding {
    case .down: break
    case .nearestTiesUp: bill = bill + incrementer(work)
    case .up, .towardZero, .awayFromZero, .nearestTiesDown, .nearestTiesTowardZero, .nearestTiesAwayFromZero,
      .nearestTiesToEven, .nearestTiesToOdd:
      // Whether anything stands below the point: a mask of the amount, and the tree of what it leaves.
      bill = bill + incrementer(work) + CellBill([.and: 3 * (work + 1)])
    }
    return bill + CellBill([.multiplexer: resultBits, .saturation: resultBits])
  }

  /// Requantiser, zero point and clamp of one output a cycle, its pipeline registers included: `requantizer.v`.
  public func requantizer(
    _ kind: RequantizerKind, accumulatorBits: Int, resultBits: Int, hasTable: Bool, stages: Int
  ) -> CellBill {
    let scaledBits = resultBits + 2
    var bill: CellBill
    let productBits: Int
    let shift: CellBill
    switch kind {
    case .shift(let rounding):
      productBits = accumulatorBits
      bill = .none
      shift = roundingShift(valueBits: productBits, resultBits: scaledBits, rounding: rounding)
    case .multiplier(let wordLength, let rounding):
      productBits = accumulatorBits + wordLength
      // The multiplier is unsigned: one bit more in two's complement.
      bill = multiplier(accumulatorBits, wordLength + 1)
      shift = roundingShift(valueBits: productBits, resultBits: scaledBits, rounding: rounding)
    case .doublingHighMultiply:
      let raisedBits = accumulatorBits + 30
      productBits = raisedBits + 32
      bill = CellBill([.multiplexer: 5 * raisedBits]) + multiplier(raisedBits, 32)
      shift =
        incrementer(productBits - 30) + CellBill([.saturation: 32])
        + roundingShift(valueBits: 32, resultBits: scaledBits, rounding: .nearestTiesAwayFromZero)
    }
    bill = bill + shift
    // Zero point, the two bounds, then table and bypass.
    bill = bill + adder(scaledBits + 1) + 2 * comparator(scaledBits + 1)
    bill = bill + CellBill([.multiplexer: 2 * (scaledBits + 1) + (hasTable ? 2 : 1) * resultBits])
    let widths = [productBits + 7 + accumulatorBits, scaledBits + accumulatorBits]
    for stage in 0..<stages { bill = bill + register(stage < 2 ? widths[stage] : resultBits) }
    return bill
  }

  /// Five ternary weights from eight bits: four remainders, each by two comparisons with constants and a subtraction.
  public var ternaryDecoder: CellBill {
    CellBill([.and: 9 * 7 + 5]) + 4 * adder(8)
  }
}
