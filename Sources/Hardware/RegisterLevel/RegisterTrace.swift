/// A register or wire that a trace shows.
public struct TraceSignal: Sendable, Hashable {
  /// Its name, a Verilog identifier.
  public let name: String
  /// Bits.
  public let width: Int
  /// Whether its values are two's complement.
  public let isSigned: Bool

  /// A signal.
  /// - Precondition: `width` is in 1...64.
  public init(_ name: String, width: Int, isSigned: Bool = false) {
    precondition(1...64 ~= width, "a signal of \(width) bits")
    self.name = name
    self.width = width
    self.isSigned = isSigned
  }
}

/// What the machine as a whole does in a cycle; the value of the trace's `state`.
public enum MachineState: Int, Sendable, Hashable, CaseIterable {
  /// Reads a layer's descriptor.
  case descriptor = 0
  /// Loads a tensor or a band from external memory.
  case load = 1
  /// A tile waits for its weights.
  case weightStall = 2
  /// Operands are taken in.
  case compute = 3
  /// Waits for outputs to leave.
  case drain = 4
  /// The pipeline empties.
  case flush = 5
  /// Stores a tensor or a band to external memory.
  case store = 6
  /// Brings a codebook into the decode tables.
  case tableLoad = 7
}

/// The registers that a trace shows, in one cycle.
struct TraceProbe {
  /// Accumulators shown.
  static let accumulatorCount = 4

  var cycle = 0
  var state = MachineState.descriptor
  var input = 0
  var layer = 0
  /// Tile, fold or channel group.
  var tile = 0
  /// Output position.
  var position = 0
  /// Kernel tap and channel group, or step of a fold, counted from 0.
  var tap = 0
  var issueValid = false
  var drainValid = false
  var accumulators = Array(repeating: Int64(0), count: accumulatorCount)
  var outputValid = false
  var output = OutputWord(value: 0, address: 0)
  var weightStall = false
  var activationStall = false
  var fetchBusy = false

  /// The signals of a machine, in the order of `values`.
  static func signals(accumulatorBits: Int) -> [TraceSignal] {
    [
      TraceSignal("cycle", width: 48), TraceSignal("state", width: 3), TraceSignal("input_index", width: 32),
      TraceSignal("layer", width: 16), TraceSignal("tile", width: 24), TraceSignal("position", width: 24),
      TraceSignal("tap", width: 32), TraceSignal("issue_valid", width: 1),
    ]
      + (0..<accumulatorCount).map {
        TraceSignal("accumulator\($0)", width: accumulatorBits, isSigned: true)
      } + [
        TraceSignal("drain_valid", width: 1), TraceSignal("output_valid", width: 1),
        TraceSignal("output_address", width: 32), TraceSignal("output_value", width: 64, isSigned: true),
        TraceSignal("weight_stall", width: 1), TraceSignal("activation_stall", width: 1),
        TraceSignal("fetch_busy", width: 1),
      ]
  }

  /// Their values.
  var values: [Int64] {
    [
      Int64(cycle), Int64(state.rawValue), Int64(input), Int64(layer), Int64(tile), Int64(position),
      Int64(tap), issueValid ? 1 : 0,
    ] + accumulators + [
      drainValid ? 1 : 0, outputValid ? 1 : 0, Int64(output.address), output.value, weightStall ? 1 : 0,
      activationStall ? 1 : 0, fetchBusy ? 1 : 0,
    ]
  }
}

extension TraceProbe {
  /// Takes over what the lane array's registers hold in the cycle that begins.
  mutating func showRegisters(_ lanes: LaneArrayRegisters) {
    let kernel = lanes.program.layer.window.kernel
    tile = lanes.tile
    position = lanes.row * lanes.program.layer.outputPlane.width + lanes.column
    let groups = lanes.tile < lanes.program.tiles.count ? lanes.program.tiles[lanes.tile].channelGroups : 1
    tap = (lanes.kernelRow * kernel.width + lanes.kernelColumn) * groups + lanes.group
    // Lanes 0 to 3, part 0 of each.
    for lane in 0..<min(Self.accumulatorCount, lanes.program.array.lanes) {
      accumulators[lane] = lanes.taps.accumulators[lane * lanes.program.parts]
    }
  }

  /// Takes over what the lane array did in the cycle that ends.
  mutating func showWires(_ lanes: LaneArrayRegisters) {
    issueValid = lanes.isIssuing
    drainValid = lanes.drain.isLeaving
    outputValid = lanes.drain.written > 0
    output = lanes.drain.lastWritten
  }

  /// Takes over what the systolic array's registers hold in the cycle that begins: of row 0 where sums stay in the array, else the
  /// accumulators of the first step.
  mutating func showRegisters(_ systolic: SystolicRegisters) {
    tile = systolic.foldNumber
    position = systolic.fold.firstRow
    tap = systolic.step
    for column in 0..<min(Self.accumulatorCount, systolic.array.columns) {
      switch systolic.array.dataflow {
      case .outputStationary: accumulators[column] = systolic.grid.stationary[column]
      case .weightStationary, .inputStationary:
        accumulators[column] = systolic.accumulators.isEmpty ? 0 : systolic.accumulators[column]
      }
    }
  }

  /// Takes over what the systolic array did in the cycle that ends.
  mutating func showWires(_ systolic: SystolicRegisters) {
    issueValid = systolic.isIssuing
    drainValid = false
    outputValid = systolic.written > 0
    output = systolic.lastWritten
  }

  /// Takes over what the vector unit's registers hold in the cycle that begins.
  mutating func showRegisters(_ vector: VectorUnitRegisters) {
    tile = vector.group
    position = vector.row * vector.outputWidth + vector.column
    tap = vector.kernelRow * vector.kernelWidth + vector.kernelColumn
  }

  /// Takes over what the vector unit did in the cycle that ends.
  mutating func showWires(_ vector: VectorUnitRegisters) {
    issueValid = vector.isIssuing
    drainValid = false
    outputValid = vector.written > 0
    output = vector.lastWritten
  }
}
