import Networks

/// Where a position's outputs belong.
struct PositionOrigin {
  /// The first output channel of its tile.
  let firstOutput: Int
  /// Output channels of its tile.
  let activeOutputs: Int
  /// Element address of the position's channel 0.
  let address: Int
}

/// The decode tables of all lanes, which hold the same entries: registers that are loaded when their layer begins.
struct DecodeTableRegisters {
  private let weightBits: Int
  private let lanes: Int
  private(set) var entries: [Int16] = []

  init(_ array: LaneArray) {
    weightBits = array.path.datapath.weightBits
    lanes = array.lanes
  }

  /// A cycle: the next word of the weight memory is written into the table of every lane.
  mutating func load(_ word: UInt16, _ events: inout LayerEvents) {
    let unused = UInt16.bitWidth - weightBits
    entries.append(Int16(bitPattern: word << UInt16(unused)) >> Int16(unused))
    events.weightBitsRead += weightBits
    events.decodeTableBitsWritten += lanes * weightBits
  }
}

/// Multipliers, adder trees, tap registers and accumulators of all lanes, and the taps on their way through them.
///
/// A tap in the pipeline is a token: its numbers stand in one place while the delay lines move the token's number from stage to stage. Values
/// of lanes stand lane by lane, of a lane part by part.
struct TapRegisters {
  /// P · k: accumulators.
  let units: Int
  private let inputs: Int
  private let tokens: Int
  private let isBitSerial: Bool
  private let lastPlane: Int
  private let parts: Int
  private var nextToken = 0

  /// `[tokens, units, V]`: weights read, or a bit of each, or, before they pass the decode table, indices.
  var weights: [Int16]
  /// Whether a tap is its position's first.
  var isFirst: [Bool]
  /// Whether it is its position's last cycle.
  var isLast: [Bool]
  /// The bit plane of each tap's cycle; 0 where weights are whole.
  var planes: [Int]
  /// The position of each tap.
  var origins: [PositionOrigin]
  /// The input channel of each tap's first multiplier.
  var firstChannels: [Int]
  private var activations: [Int64]
  private var starts: [Int64]
  private var sums: [Int64]
  private var tapSums: [Int64]
  /// The accumulators.
  private(set) var accumulators: [Int64]
  /// Their adders.
  private(set) var adder: AccumulatorAdder

  /// Registers for `tokens` taps at once.
  init(_ program: LaneLayerProgram, tokens: Int) {
    let array = program.array
    units = array.lanes * program.parts
    inputs = array.inputsPerCycle
    parts = program.parts
    self.tokens = tokens
    switch array.path.datapath {
    case .parallel, .ternary, .decomposable, .codebook: isBitSerial = false
    case .bitSerial: isBitSerial = true
    }
    lastPlane = program.planes - 1
    weights = Array(repeating: 0, count: tokens * units * inputs)
    isFirst = Array(repeating: false, count: tokens)
    isLast = isFirst
    planes = Array(repeating: 0, count: tokens)
    origins = Array(
      repeating: PositionOrigin(firstOutput: 0, activeOutputs: 0, address: 0), count: tokens)
    firstChannels = Array(repeating: 0, count: tokens)
    activations = Array(repeating: 0, count: tokens * inputs)
    starts = Array(repeating: 0, count: tokens * units)
    sums = starts
    tapSums = Array(repeating: 0, count: units)
    accumulators = tapSums
    adder = AccumulatorAdder(array.path.accumulator)
  }

  /// A token for a tap with these activations; the one that entered as many cycles ago as there are tokens has left.
  mutating func take(_ values: [Int64]) -> Int {
    let token = nextToken
    nextToken = nextToken + 1 == tokens ? 0 : nextToken + 1
    for index in values.indices { activations[token * inputs + index] = values[index] }
    return token
  }

  /// Where a token's weights begin in `weights`.
  func firstWeight(of token: Int) -> Int { token * units * inputs }

  /// Reads every accumulator's start value from address `first` on.
  mutating func readStarts(of token: Int, from image: WeightBankImage, at first: Int) {
    for unit in 0..<units {
      starts[token * units + unit] = image.starts[unit / parts][first + unit % parts]
    }
  }

  /// The decode table: puts each index's entry in its place, and 0 where the output does not read the channel, whatever index stands there.
  mutating func decode(
    _ token: Int, of layer: WeightedLayer, by table: DecodeTableRegisters, _ events: inout LayerEvents
  ) {
    for unit in 0..<units {
      let first = (token * units + unit) * inputs
      for index in 0..<inputs {
        let isRead = LaneLayerProgram.reads(
          layer, output: origins[token].firstOutput + unit, channel: firstChannels[token] + index)
        weights[first + index] = isRead ? table.entries[Int(weights[first + index])] : 0
        events.decodeTableReads += 1
      }
    }
  }

  /// Multiplies and adds: the exact sum of each unit's V products.
  mutating func addProducts(of token: Int) {
    for unit in 0..<units {
      var sum: Int64 = 0
      let first = (token * units + unit) * inputs
      for index in 0..<inputs {
        sum += Int64(weights[first + index]) * activations[token * inputs + index]
      }
      sums[token * units + unit] = sum
    }
  }

  /// The edge at which a tap's sums enter the accumulators; a bit plane's enter the tap registers, whose last completes the tap.
  mutating func accumulate(_ token: Int, _ events: inout LayerEvents) {
    for unit in 0..<units {
      var term = sums[token * units + unit]
      if isBitSerial {
        let plane = planes[token]
        let held = plane == 0 ? 0 : tapSums[unit]
        let raised = term << Int64(plane)
        term = plane == lastPlane ? held - raised : held + raised
        tapSums[unit] = term
        if plane < lastPlane { continue }
      }
      // Only faulty weights give an idle unit anything to add, and nothing of it leaves.
      if unit >= origins[token].activeOutputs {
        events.accumulations += 1
        continue
      }
      let base = isFirst[token] ? starts[token * units + unit] : accumulators[unit]
      accumulators[unit] = adder.sum(base, term)
      events.accumulations += 1
    }
  }
}

/// The drain registers: a finished position's accumulators, which leave D a cycle through the requantizer.
struct DrainRegisters {
  private let program: LaneLayerProgram
  private let ports: LayerPorts
  private let width: Int
  private var values: [Int64] = []
  private var origin = PositionOrigin(firstOutput: 0, activeOutputs: 0, address: 0)
  private var next = 0
  private var line: OutputLine
  /// Whether an output left the drain registers in the last cycle.
  private(set) var isLeaving = false

  init(_ program: LaneLayerProgram, ports: LayerPorts) {
    self.program = program
    self.ports = ports
    width = program.array.outputsDrainedPerCycle
    values.reserveCapacity(program.parts * program.array.lanes)
    line = OutputLine(
      stages: program.array.pipeline.requantizer, width: min(width, program.parts * program.array.lanes))
  }

  /// Outputs written at the last edge.
  var written: Int { line.written }
  /// The last output written.
  var lastWritten: OutputWord { line.lastWritten }

  /// A cycle: the next D outputs leave, lowest channel first.
  mutating func leave(_ events: inout LayerEvents) {
    let end = min(next + width, origin.activeOutputs)
    isLeaving = next < end
    while next < end {
      let channel = origin.firstOutput + next
      let value = ports.leave(program.layer.outputStage, values[next], channel: channel, &events)
      line.enter(OutputWord(value: value, address: origin.address + channel))
      next += 1
    }
  }

  /// The edge at which a position's accumulators are copied.
  mutating func copy(_ accumulators: [Int64], of position: PositionOrigin) {
    precondition(next == origin.activeOutputs, "a position ends while the one before it still leaves")
    values.removeAll(keepingCapacity: true)
    values.append(contentsOf: accumulators)
    origin = position
    next = 0
  }

  /// The edge that ends a cycle: outputs move through the requantizer's stages and are written.
  mutating func clock(_ memory: inout ActivationRegions, _ events: inout LayerEvents) {
    memory.write(&line, to: ports, &events)
  }
}
