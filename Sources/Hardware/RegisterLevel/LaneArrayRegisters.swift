import Networks

/// The lane array at work on one layer: its controller's counters, the taps in its pipeline, accumulators and drain registers.
///
/// A call of `clock` is one clock cycle. Fields hold what registers hold between two edges.
struct LaneArrayRegisters {
  /// What the controller does.
  enum State: Int {
    /// A tile's first tap is due; it may wait for its weights.
    case tileStart
    /// Taps are issued.
    case issue
    /// The next position waits until the drain registers will be free for it.
    case positionWait
    /// The tile's last position leaves.
    case tileTail
    /// All tiles are issued; the pipeline empties.
    case flush
  }

  let program: LaneLayerProgram
  let ports: LayerPorts
  let path: OutputPath

  private(set) var state = State.tileStart
  private(set) var tile = 0
  private(set) var row = 0
  private(set) var column = 0
  private(set) var kernelRow = 0
  private(set) var kernelColumn = 0
  private(set) var group = 0
  private(set) var plane = 0
  /// Output rows of the band: the first, and the one after the last.
  private var firstRow = 0
  private var rowEnd = 0
  /// Outputs whose place in the drain the running position, or the tile's tail, still has to wait for.
  private var drainCredit = 0
  private var image: WeightBankImage
  private var location = WeightTileLocation(firstWord: 0, words: 0, firstStart: 0)
  private var unpacker: WeightUnpacker
  /// The activations of the tap under way, held while its bit planes are issued.
  private var activations: [Int64]

  var taps: TapRegisters
  var drain: DrainRegisters
  private var reading: DelayLine
  private var decoding: DelayLine
  private var adding: DelayLine
  private(set) var table: DecodeTableRegisters
  /// Outputs of the band that are not yet written.
  private var unwritten = 0
  /// Cycles since the last tile's end.
  private var flushed = 0
  /// Whether a tap was issued in the last cycle.
  private(set) var isIssuing = false

  /// The array before a layer whose weights `image` or the weight memory's slots hold.
  init(_ program: LaneLayerProgram, ports: LayerPorts, image: WeightBankImage) {
    let array = program.array
    self.program = program
    self.ports = ports
    self.image = image
    path = array.path
    unpacker = WeightUnpacker(
      array, weightBits: program.layer.storedWordLength, isIndex: program.layer.codebook != nil)
    activations = Array(repeating: 0, count: array.inputsPerCycle)
    let pipeline = array.pipeline
    taps = TapRegisters(
      program, tokens: pipeline.weightRead + pipeline.decode + pipeline.adderTree + 1)
    drain = DrainRegisters(program, ports: ports)
    reading = DelayLine(stages: pipeline.weightRead)
    decoding = DelayLine(stages: pipeline.decode)
    adding = DelayLine(stages: pipeline.adderTree)
    table = DecodeTableRegisters(array)
  }

  /// Sets the counters for a band of output rows.
  mutating func begin(rows: Range<Int>) {
    row = rows.lowerBound
    rowEnd = rows.upperBound
    firstRow = row
    tile = 0
    flushed = 0
    state = .tileStart
    unwritten = rows.count * program.layer.outputPlane.width * program.layer.outputs
  }

  /// Whether the decode table holds the layer's codebook, or there is none.
  var isTableLoaded: Bool { table.entries.count == program.codebook.count }

  /// A clock cycle before the first band: the next entry of the codebook goes from the weight memory to every lane.
  mutating func loadTableEntry(_ events: inout LayerEvents) {
    table.load(program.codebook[table.entries.count], &events)
  }

  /// Whether the band's last output is written.
  var isDone: Bool { unwritten == 0 }

  /// One clock cycle; says what it was spent on.
  mutating func clock(
    _ memory: inout ActivationRegions, _ weights: inout WeightMemoryRegisters, _ events: inout LayerEvents
  ) -> CycleUse {
    drain.leave(&events)
    var token = DelayLine.empty
    let use: CycleUse
    switch state {
    case .tileStart where !weights.nextTileIsReady: use = .weightStall
    case .tileStart:
      (image, location) = weights.startTile(TileExecution(node: ports.node, tile: tile))
      unpacker.startTile(at: location.firstWord)
      token = issueTap(memory, &events)
      use = .compute
    case .issue:
      token = issueTap(memory, &events)
      use = .compute
    case .positionWait, .tileTail: use = .drain
    case .flush: use = .pipeline
    }
    isIssuing = token != DelayLine.empty
    advance()
    let read = reading.shifted(in: token)
    if read != DelayLine.empty, program.layer.codebook != nil {
      taps.decode(read, of: program.layer, by: table, &events)
    }
    let decoded = decoding.shifted(in: read)
    if decoded != DelayLine.empty { taps.addProducts(of: decoded) }
    let added = adding.shifted(in: decoded)
    if added != DelayLine.empty {
      taps.accumulate(added, &events)
      if taps.isLast[added] { drain.copy(taps.accumulators, of: taps.origins[added]) }
    }
    drain.clock(&memory, &events)
    unwritten -= drain.written
    if use == .pipeline { flushed += 1 }
    precondition(
      flushed <= program.array.pipeline.stages, "the pipeline is empty, and \(unwritten) outputs are missing")
    return use
  }

  /// Presents a tap's addresses to the memories; gives its token.
  private mutating func issueTap(_ memory: ActivationRegions, _ events: inout LayerEvents) -> Int {
    let array = program.array
    let current = program.tiles[tile]
    let isFirst = kernelRow == 0 && kernelColumn == 0 && group == 0
    if plane == 0 {
      readActivations(memory)
      events.activationBitsRead += array.inputsPerCycle * ports.inputWordLength
    }
    let token = taps.take(activations)
    if isFirst && plane == 0 {
      drainCredit = current.activeOutputs
      unpacker.restart()
    }
    let isWhole = plane == program.planes - 1
    if isFirst && isWhole {
      taps.readStarts(of: token, from: image, at: location.firstStart)
      events.startBitsRead += program.parts * array.lanes * path.accumulator.bits
    }
    unpacker.take(
      array.inputsPerCycle * program.parts, from: image, into: &taps.weights, at: taps.firstWeight(of: token))
    let products = array.lanes * array.inputsPerCycle * program.parts
    events.multiplications += products
    events.weightBitsRead += products * (program.planes > 1 ? 1 : program.layer.storedWordLength)
    taps.isFirst[token] = isFirst
    taps.firstChannels[token] = (current.firstChannelGroup + group) * array.inputsPerCycle
    taps.planes[token] = plane
    taps.isLast[token] = isLastTap(of: current) && isWhole
    taps.origins[token] = PositionOrigin(
      firstOutput: current.firstOutput, activeOutputs: current.activeOutputs,
      address: (row * program.layer.outputPlane.width + column) * program.layer.outputs)
    return token
  }

  private func isLastTap(of current: LaneTile) -> Bool {
    let kernel = program.layer.window.kernel
    return group == current.channelGroups - 1 && kernelColumn == kernel.width - 1
      && kernelRow == kernel.height - 1
  }

  private mutating func readActivations(_ memory: ActivationRegions) {
    let layer = program.layer
    let imageRow =
      row * layer.window.stride.height + kernelRow * layer.window.dilation.height - layer.window.padding.top
    let imageColumn =
      column * layer.window.stride.width + kernelColumn * layer.window.dilation.width
      - layer.window.padding.left
    let isInside =
      imageRow >= 0 && imageRow < layer.inputPlane.height && imageColumn >= 0
      && imageColumn < layer.inputPlane.width
    let pixel = (imageRow * layer.inputPlane.width + imageColumn) * layer.inputChannels
    let firstChannel = (program.tiles[tile].firstChannelGroup + group) * activations.count
    for index in activations.indices {
      let channel = firstChannel + index
      if channel >= layer.inputChannels {
        // No operand stands here, and a weight that a fault makes of the padding multiplies nothing.
        activations[index] = 0
      } else {
        activations[index] =
          isInside ? memory[ports.sources[0], pixel + channel] : Int64(layer.inputZeroPoint)
      }
    }
  }

  /// The controller's counters at the edge that ends the cycle.
  private mutating func advance() {
    if isIssuing {
      drainCredit -= program.array.outputsDrainedPerCycle
      state = .issue
      advanceTap()
    } else if state == .positionWait || state == .tileTail {
      drainCredit -= program.array.outputsDrainedPerCycle
    }
    if state == .positionWait, drainCredit <= 0 { state = .issue }
    if state == .tileTail, drainCredit <= 0 {
      row = firstRow
      column = 0
      tile += 1
      state = tile == program.tiles.count ? .flush : .tileStart
    }
  }

  private mutating func advanceTap() {
    let kernel = program.layer.window.kernel
    plane += 1
    if plane < program.planes { return }
    plane = 0
    group += 1
    if group < program.tiles[tile].channelGroups { return }
    group = 0
    kernelColumn += 1
    if kernelColumn < kernel.width { return }
    kernelColumn = 0
    kernelRow += 1
    if kernelRow < kernel.height { return }
    kernelRow = 0
    column += 1
    if column == program.layer.outputPlane.width {
      column = 0
      row += 1
    }
    if row < rowEnd {
      state = .positionWait
    } else {
      state = .tileTail
      drainCredit = program.tiles[tile].activeOutputs
    }
  }
}
