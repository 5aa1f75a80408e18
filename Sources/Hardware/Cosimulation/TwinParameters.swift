import FixedPoint
import Networks
import Quantization

/// The Verilog parameters of the twin: those that a description fixes, and the address bits of memories, made large enough for given
/// images.
package struct TwinParameters: Hashable, Sendable {
  /// Name and value, in the order of `lane_array.v`.
  package var members: [(name: String, value: Int)] {
    fixed.map { ($0.name, $0.value) } + [
      ("ResultBits", needs.resultBits), ("LayerAddressBits", needs.layerAddressBits),
      ("TileAddressBits", needs.tileAddressBits), ("WeightAddressBits", needs.weightAddressBits),
      ("MultiplierAddressBits", needs.multiplierAddressBits), ("TableSelectBits", needs.tableSelectBits),
      ("ActivationAddressBits", needs.activationAddressBits), ("IndexBits", needs.indexBits),
      ("HostBits", hostBits),
    ]
  }

  /// What depends on the networks.
  package let needs: TwinNeeds
  /// Bits of a word that the host writes: the longest of all memories'.
  package let hostBits: Int
  private let fixed: [Parameter]

  private struct Parameter: Hashable, Sendable {
    let name: String
    let value: Int
  }

  /// The parameters of a machine's twin that holds networks with these needs.
  package init(_ lanes: LaneArray, needs: TwinNeeds) {
    self.needs = needs
    let path = lanes.path
    let bank = TwinBank(lanes)
    let unit = TwinRequantizer(path.requantizer)
    let tableAddressBits = path.activationTable?.addressBits ?? 0
    let tableBits = path.activationTable?.outputBits ?? 1
    hostBits = [
      32, needs.resultBits, bank.wordBits, path.accumulator.bits, unit.multiplierBits + 7, tableBits,
      path.datapath.activationBits,
    ].max()!
    let saturates =
      switch path.accumulator.overflow {
      case .saturate: 1
      // A network whose sums could overflow is refused before it runs, so that the twin of such a machine may do either.
      case .wrap, .reject: 0
      }
    fixed = [
      Parameter(name: "Lanes", value: lanes.lanes), Parameter(name: "Inputs", value: lanes.inputsPerCycle),
      Parameter(name: "Drained", value: lanes.drained), Parameter(name: "Packing", value: bank.packing),
      Parameter(name: "WeightBits", value: path.datapath.weightBits),
      Parameter(name: "ActivationBits", value: path.datapath.activationBits),
      Parameter(name: "AccumulatorBits", value: path.accumulator.bits),
      Parameter(name: "Saturate", value: saturates), Parameter(name: "RequantizerKind", value: unit.kind),
      Parameter(name: "MultiplierBits", value: unit.multiplierBits),
      Parameter(name: "Rounding", value: unit.rounding),
      Parameter(name: "TableAddressBits", value: tableAddressBits),
      Parameter(name: "TableBits", value: tableBits),
      Parameter(name: "DescriptorCycles", value: lanes.pipeline.descriptor),
      Parameter(name: "WeightReadCycles", value: lanes.pipeline.weightRead),
      Parameter(name: "AdderTreeCycles", value: lanes.pipeline.adderTree),
      Parameter(name: "RequantizerCycles", value: lanes.pipeline.requantizer),
    ]
  }
}

extension LaneArray {
  /// Outputs that really leave in a cycle: no more than there are lanes.
  var drained: Int { min(lanes, outputsDrainedPerCycle) }
  /// Cycles of a full tile's drain.
  var drainGroups: Int { (lanes + drained - 1) / drained }
}

/// How the twin's lanes hold weights.
struct TwinBank {
  /// 0: multipliers' weights, 1: ternary in two bits, 2: ternary, five in eight bits.
  let packing: Int
  /// Bits of a bank word. With five weights in eight bits a word has as many bytes as a tap's weights fill, since a tap reads one
  /// word.
  let wordBits: Int
  /// Units of a word: bits, or ternary weights.
  let wordUnits: Int

  init(_ lanes: LaneArray) {
    let inputs = lanes.inputsPerCycle
    switch lanes.path.datapath {
    case .parallel(let bits, _), .bitSerial(let bits, _), .decomposable(let bits, _),
      .codebook(_, let bits, _):
      packing = 0
      wordBits = inputs * bits
      wordUnits = wordBits
    case .ternary(_, .twoBits):
      packing = 1
      wordBits = 2 * inputs
      wordUnits = wordBits
    case .ternary(_, .fiveInEightBits):
      packing = 2
      wordBits = (inputs + 4) / 5 * 8
      wordUnits = (inputs + 4) / 5 * 5
    }
  }

  /// Units of the weights of one tap, of `bits` bits each.
  func units(ofTap inputs: Int, bits: Int) -> Int { packing == 2 ? inputs : inputs * bits }
}

/// The requantiser's parameters.
private struct TwinRequantizer {
  let kind: Int
  let multiplierBits: Int
  let rounding: Int

  init(_ unit: RequantizerKind) {
    switch unit {
    case .shift(let rounding): (kind, multiplierBits, self.rounding) = (0, 1, rounding.twinNumber)
    case .multiplier(let bits, let rounding):
      (kind, multiplierBits, self.rounding) = (1, bits, rounding.twinNumber)
    case .doublingHighMultiply: (kind, multiplierBits, rounding) = (2, 31, 0)
    }
  }
}

extension Rounding {
  /// The number of the rule in `rounding_shift.v`.
  fileprivate var twinNumber: Int {
    switch self {
    case .down: 0
    case .up: 1
    case .towardZero: 2
    case .awayFromZero: 3
    case .nearestTiesDown: 4
    case .nearestTiesUp: 5
    case .nearestTiesTowardZero: 6
    case .nearestTiesAwayFromZero: 7
    case .nearestTiesToEven: 8
    case .nearestTiesToOdd: 9
    }
  }
}
