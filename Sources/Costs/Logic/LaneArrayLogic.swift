import Hardware
import Quantization

/// The logic of a lane array, block by block, as the Verilog twin builds it (`HardwareModels/rtl`).
struct LaneArrayLogic {
  let array: LaneArray
  let sizing: ControlSizing
  let style: ArithmeticStyle

  private var path: OutputPath { array.path }
  private var lanes: Int { array.lanes }
  private var inputs: Int { array.inputsPerCycle }
  /// No more leave than there are lanes, whatever the parts.
  private var drained: Int { min(lanes * widestParts, array.outputsDrainedPerCycle) }
  /// k of the narrowest weights.
  private var widestParts: Int { path.datapath.parts(weightBits: 1) }
  /// An activation with a sign, whatever its format.
  private var operandBits: Int { path.datapath.activationBits + 1 }
  private var saturates: Bool {
    switch path.accumulator.overflow {
    case .saturate: true
    case .wrap, .reject: false
    }
  }

  /// The products of one lane, one of its trees' terms, the sum that its accumulators take, and how many trees it has.
  private var lane: (products: CellBill, termBits: Int, sumBits: Int, trees: Int) {
    let levels = ArithmeticStyle.ceilingLog2(inputs)
    switch path.datapath {
    case .parallel(let bits, _), .codebook(_, let bits, _):
      let product = bits + operandBits
      return (inputs * style.multiplier(bits, operandBits), product, product + levels, 1)
    case .ternary:
      let term = operandBits + 1
      return (inputs * style.ternarySelector(operandBits), term, term + levels, 1)
    case .bitSerial(let bits, _):
      return (inputs * style.bitMask(operandBits), operandBits, operandBits + levels + bits, 1)
    case .decomposable(let bits, _):
      // Slices of two bits, each with a sign, whose sums are shifted and added where weights are wider.
      let slices = max(1, bits / 2)
      let term = 3 + operandBits
      return (inputs * slices * style.multiplier(3, operandBits), term, bits + operandBits + levels, slices)
    }
  }

  /// Multipliers, selectors or masks of all lanes.
  var multipliers: CellBill { lanes * lane.products }

  /// Exact sums of a tap's products, and what joins bit planes or slices.
  var adderTrees: CellBill {
    let lane = lane
    let levels = ArithmeticStyle.ceilingLog2(inputs)
    var bill = lane.trees * style.adderTree(terms: inputs, bits: lane.termBits)
    switch path.datapath {
    case .parallel, .ternary, .codebook: break
    case .bitSerial(let bits, _):
      bill = bill + style.planeAccumulator(sumBits: operandBits + levels, weightBits: bits)
    case .decomposable(let bits, _):
      // Pairs of slices are joined by one adder and gated apart: 2 + 2 bits, 4 + 4, 8 + 8.
      var width = 2
      while width < bits {
        let sum = 2 * width + operandBits + levels
        bill = bill + (bits / (2 * width)) * (style.adder(sum) + CellBill([.multiplexer: sum]))
        width *= 2
      }
    }
    return lanes * bill
  }

  /// Accumulators with their saturation: one for each part of each lane.
  var accumulators: CellBill {
    lanes * lane.trees
      * style.accumulator(bits: path.accumulator.bits, sumBits: lane.sumBits, saturates: saturates)
  }

  /// Register stages of multipliers and adder trees.
  var pipelineRegisters: CellBill {
    let lane = lane
    let stages = array.pipeline.adderTree
    guard stages > 0 else { return .none }
    return lanes * lane.trees
      * (style.register(inputs * lane.termBits) + (stages - 1) * style.register(lane.sumBits))
  }

  /// What brings weights from bank words to multipliers: `unpacker.v`.
  var weightUnpacking: CellBill {
    switch path.datapath {
    case .ternary(_, .twoBits): return .none
    case .ternary(_, .fiveInEightBits):
      let bytes = (inputs + 4) / 5
      return lanes
        * (bytes * style.ternaryDecoder
          + wordShifter(spanBits: 10 * bytes, tapBits: 2 * inputs, units: 5 * bytes))
    case .bitSerial:
      // A word is a bit plane.
      return .none
    case .parallel(let bits, _), .decomposable(let bits, _), .codebook(_, let bits, _):
      let tap = inputs * bits
      // Of the weights as they stand at each width, the layer's.
      let choice = CellBill([.nand: tap * (bits + bits / 2), .and: tap * (bits / 2 - 1)])
      return lanes * (wordShifter(spanBits: tap, tapBits: tap, units: tap) + choice)
    }
  }

  /// The decode tables' entries: 2^B words of W bits in each lane, written one at a time.
  var decodeTables: CellBill {
    switch path.datapath {
    case .parallel, .ternary, .bitSerial, .decomposable: .none
    case .codebook(let indexBits, let bits, _):
      lanes * (style.heldRegister(bits << indexBits) + CellBill([.and: 1 << indexBits]))
    }
  }

  /// What reads V entries of each decode table at once: a tree of multiplexers, a bypass and a gate for what is not read a multiplier, and the decode stages, through
  /// which activations go along.
  var decodeReaders: CellBill {
    switch path.datapath {
    case .parallel, .ternary, .bitSerial, .decomposable: return .none
    case .codebook(let indexBits, let bits, let activationBits):
      let reader = CellBill([.multiplexer: (1 << indexBits) * bits, .and: bits])
      let stage = lanes * style.register(inputs * bits) + style.register(inputs * activationBits)
      return lanes * inputs * reader + array.pipeline.decode * stage
    }
  }

  /// A tap's bits from a word and the one kept before it.
  private func wordShifter(spanBits: Int, tapBits: Int, units: Int) -> CellBill {
    var multiplexers = 0
    for level in 0..<ArithmeticStyle.ceilingLog2(units + 1) {
      // What the finer shifts behind this one still reach.
      multiplexers += min(tapBits + (1 << level) - 1, 2 * spanBits)
    }
    return style.heldRegister(spanBits) + CellBill([.multiplexer: spanBits + multiplexers, .and: spanBits])
  }

  /// The second buffer of the accumulators, which shifts its outputs out: `drain.v`.
  var drain: CellBill {
    let held = lanes * widestParts * path.accumulator.bits
    // What is left, its index and row: each steps by a constant or is loaded, and what is left tells which outputs are valid.
    let stepped = sizing.countBits + sizing.indexBits + sizing.multiplierAddressBits
    return style.heldRegister(held) + style.heldRegister(stepped) + style.incrementer(stepped)
      + CellBill([
        .multiplexer: sizing.multiplierAddressBits, .and: (drained + 1) * sizing.countBits, .flipFlop: 1,
      ])
  }

  /// Requantisers, one an output that is drained in a cycle.
  var requantizers: CellBill {
    drained
      * style.requantizer(
        path.requantizer, accumulatorBits: path.accumulator.bits, resultBits: sizing.resultBits,
        hasTable: path.activationTable != nil, stages: array.pipeline.requantizer)
  }

  /// What turns activations from banks to inputs and outputs to banks, and puts the zero point outside the image.
  var activationRouting: CellBill {
    let bits = path.datapath.activationBits
    let bankBits = max(1, ArithmeticStyle.ceilingLog2(max(inputs, drained)))
    let banks = 1 << bankBits
    let rowBits = max(1, sizing.activationAddressBits - bankBits)
    return CellBill([.multiplexer: banks * bankBits * (2 * bits + 1) + 2 * banks * rowBits])
      + 2 * style.incrementer(rowBits) + CellBill([.multiplexer: inputs * bits, .and: inputs])
      + style.register(array.pipeline.weightRead * bankBits)
  }

  /// Loop counters, addresses, descriptors under way and what accompanies a tap through the pipeline.
  var control: ControlLogic {
    ControlLogic(
      sizing: sizing, offsetBits: offsetBits, activationBits: path.datapath.activationBits, drained: drained,
      weightReadStages: array.pipeline.weightRead, adderTreeStages: array.pipeline.adderTree,
      requantizerStages: array.pipeline.requantizer, style: style)
  }

  /// Bits of a tap's place in a word.
  private var offsetBits: Int {
    switch path.datapath {
    case .parallel(let bits, _), .decomposable(let bits, _), .codebook(_, let bits, _):
      ArithmeticStyle.ceilingLog2(inputs * bits + 1)
    case .ternary(_, .twoBits): ArithmeticStyle.ceilingLog2(2 * inputs + 1)
    case .ternary(_, .fiveInEightBits): ArithmeticStyle.ceilingLog2((inputs + 4) / 5 * 5 + 1)
    case .bitSerial: ArithmeticStyle.ceilingLog2(inputs + 1)
    }
  }
}

extension LaneArrayLogic {
  /// All blocks.
  var all: CellBill {
    [
      multipliers, adderTrees, accumulators, pipelineRegisters, weightUnpacking, decodeTables,
      decodeReaders, drain, requantizers, activationRouting, control.all,
    ].reduce(.none, +)
  }
}
