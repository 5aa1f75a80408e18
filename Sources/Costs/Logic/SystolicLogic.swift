import Hardware
import Quantization

/// The logic of a systolic array, block by block: equation (12) for a processing element.
struct SystolicLogic {
  let array: SystolicArray
  let sizing: ControlSizing
  let style: ArithmeticStyle

  private var path: OutputPath { array.path }
  private var elements: Int { array.rows * array.columns }
  private var operandBits: Int { path.datapath.activationBits + 1 }
  private var weightBits: Int { path.datapath.weightBits }
  private var saturates: Bool {
    switch path.accumulator.overflow {
    case .saturate: true
    case .wrap, .reject: false
    }
  }

  /// A product and its bits.
  private var product: (bill: CellBill, bits: Int) {
    switch path.datapath {
    case .parallel(let bits, _), .bitSerial(let bits, _), .decomposable(let bits, _),
      .codebook(_, let bits, _):
      (style.multiplier(bits, operandBits), bits + operandBits)
    case .ternary: (style.ternarySelector(operandBits), operandBits + 1)
    }
  }

  /// Bits of the exact sum that leaves a column whose partial sums go down.
  private var columnSumBits: Int { product.bits + ArithmeticStyle.ceilingLog2(array.rows) }

  /// Multipliers or selectors of all processing elements.
  var multipliers: CellBill { elements * product.bill }

  /// Partial sums that go down a column; none where they stay.
  var adderTrees: CellBill {
    switch array.dataflow {
    case .outputStationary: .none
    case .weightStationary, .inputStationary: elements * style.adder(columnSumBits)
    }
  }

  /// Accumulators: in every processing element, or below every column.
  var accumulators: CellBill {
    let bits = path.accumulator.bits
    switch array.dataflow {
    case .outputStationary:
      // With the multiplexer of the column's result bus.
      return elements
        * (style.accumulator(bits: bits, sumBits: product.bits, saturates: saturates)
          + CellBill([.multiplexer: bits]))
    case .weightStationary, .inputStationary:
      return array.columns * style.accumulator(bits: bits, sumBits: columnSumBits, saturates: saturates)
    }
  }

  /// Operands and partial sums under way, and the skew of the operands at the edges.
  var pipelineRegisters: CellBill {
    let rowSkew = array.rows * (array.rows - 1) / 2
    let columnSkew = array.columns * (array.columns - 1) / 2
    switch array.dataflow {
    case .outputStationary:
      return style.register(
        (elements + rowSkew) * operandBits + (elements + columnSkew) * weightBits)
    case .weightStationary:
      return style.register((elements + rowSkew) * operandBits + elements * columnSumBits)
        + style.heldRegister(elements * weightBits)
    case .inputStationary:
      return style.register((elements + rowSkew) * weightBits + elements * columnSumBits)
        + style.heldRegister(elements * operandBits)
    }
  }

  /// Five weights in eight bits, for each that enters in a cycle.
  var weightUnpacking: CellBill {
    switch path.datapath {
    case .ternary(_, .fiveInEightBits): (weightsPerCycle + 4) / 5 * style.ternaryDecoder
    case .parallel, .ternary, .bitSerial, .decomposable, .codebook: .none
    }
  }

  /// Weights that enter in a cycle: one a column, or one a row.
  var weightsPerCycle: Int {
    switch array.dataflow {
    case .outputStationary, .weightStationary: array.columns
    case .inputStationary: array.rows
    }
  }

  /// Requantisers, one a column.
  var requantizers: CellBill {
    array.columns
      * style.requantizer(
        path.requantizer, accumulatorBits: path.accumulator.bits, resultBits: sizing.resultBits,
        hasTable: path.activationTable != nil, stages: array.requantizerCycles)
  }

  /// What turns activations from banks to rows and outputs to banks.
  var activationRouting: CellBill {
    let wide = max(array.rows, array.columns)
    return CellBill([
      .multiplexer: 2 * wide * path.datapath.activationBits * ArithmeticStyle.ceilingLog2(wide)
        + wide * path.datapath.activationBits
    ])
  }

  /// Loop counters, addresses and descriptors.
  var control: ControlLogic {
    ControlLogic(
      sizing: sizing, offsetBits: 0, activationBits: path.datapath.activationBits, drained: array.columns,
      weightReadStages: 1, adderTreeStages: 0, requantizerStages: array.requantizerCycles, style: style)
  }
}
