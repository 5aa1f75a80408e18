import Networks

/// One layer on the machine: how its work is cut, and what it costs.
public struct LayerMapping: Sendable, Hashable {
  /// How the work is cut.
  package enum Work: Sendable, Hashable {
    /// A weighted layer in tiles of the lane array.
    case lanes(LaneTiling)
    /// A weighted layer in folds of the systolic array: of each band, one group's.
    case systolic([SystolicFolds])
    /// A pooling or an addition.
    case vector
  }

  /// The node's name.
  public let name: String
  /// Output channels.
  public let outputs: Int
  /// Products of each output, or elements of a pooling's window; 2 for an addition.
  public let inputs: Int
  /// Bits of a weight in memory, those of its index where the layer has a codebook; 0 where there are none.
  public let weightBits: Int
  /// Tiles of the lane array, folds of the systolic one, channel groups of the vector unit.
  public let tiles: Int
  /// N: output positions.
  public let positions: Int
  /// C: taps of a position (of the tile that has most), steps of a fold, or taps of a window.
  public let taps: Int
  /// Multiplications of the layer as networks count them: outputs × positions × inputs, padding included.
  public let usefulMACs: Int
  /// Multipliers of the array in this layer; 0 in the vector unit.
  public let multipliers: Int
  /// Bands of output rows; 1 where the layer runs in one piece.
  public let bands: Int
  /// Whether the weights stay in the weight memory. True where there are none.
  public package(set) var isResident = true
  /// Cycles for one input, the first of a batch.
  public package(set) var cycles: LayerCycles
  /// Cycles for each further input of a batch: they differ where the first tile's weights are streamed.
  public package(set) var laterCycles: LayerCycles
  /// Weight memory.
  public let memory: LayerMemory
  /// What happens for one input.
  public package(set) var events: LayerEvents
  /// How its work is cut.
  package let work: Work
  /// Output rows, which bands cut.
  private let outputRows: Int
  /// Descriptor and decode table's load.
  private let setupCycles: Int

  /// Useful multiplications over the multipliers' cycles, for a single input; 0 in the vector unit.
  public var utilization: Double {
    multipliers == 0 ? 0 : Double(usefulMACs) / Double(cycles.total * multipliers)
  }

  /// Maps `node` of `network` onto `hardware`, weights resident. Word lengths have been checked.
  init(
    _ node: IntegerNetwork.Node, of network: IntegerNetwork, schedule: ActivationSchedule.Layer,
    on hardware: HardwareDescription
  ) {
    let source = network.tensor(node.inputs[0])!
    let width = node.output.plane.width
    // A fully connected layer makes its output at one position, whatever the shape it gives to it.
    let isDense = if case .dense = node.operation { true } else { false }
    let positions = schedule.bands.map { isDense ? 1 : $0.count * width }
    name = node.name
    outputRows = node.outputRows
    bands = schedule.bands.count
    self.positions = positions.reduce(0, +)
    var cycles = LayerCycles()
    for bits in schedule.loadedBits + schedule.storedBits where bits > 0 {
      cycles.activationStall += hardware.externalMemory!.activationCycles(bits: bits)
    }
    var events: LayerEvents
    var memory = LayerMemory()
    var setupCycles = hardware.descriptorCycles
    if let layer = network.weightedLayer(of: node) {
      outputs = layer.outputs
      inputs = layer.inputsPerOutput
      weightBits = layer.storedWordLength
      usefulMACs = outputs * self.positions * inputs
      multipliers = hardware.multipliers(weightBits: weightBits)
      let accumulatorBits = hardware.path.accumulator.bits
      memory.usefulWeightBits = layer.weights.count * weightBits
      memory.usefulBiasBits = layer.outputs * accumulatorBits
      memory.usefulCodebookBits = (layer.codebook?.table.count ?? 0) * layer.weightWordLength
      events = LayerEvents()
      switch hardware.array {
      case .lanes(let array):
        let tiling = LaneTiling(layer, on: array)
        work = .lanes(tiling)
        tiles = tiling.tiles.count
        taps = tiling.tiles.map(\.taps).max()!
        memory.storedWeightBits = tiling.tiles.reduce(0) { $0 + $1.storedWeightBits }
        memory.storedBiasBits = tiling.tiles.count * tiling.storedBiasBits
        memory.storedCodebookBits = tiling.storedCodebookBits
        setupCycles += tiling.codebookEntries
        events = tiling.loadEvents
        for positions in positions {
          for tile in tiling.tiles {
            cycles.compute += tiling.computeCycles(tile, positions: positions)
            cycles.drain += tiling.drainCycles(tile, positions: positions)
          }
          cycles.pipeline += array.pipeline.stages
          events =
            events
            + tiling.events(
              positions: positions, weightBits: weightBits, activationBits: source.format.wordLength)
        }
      case .systolic(let array):
        let folds = positions.map {
          SystolicFolds(
            positions: $0, filters: layer.outputs / layer.groups, depth: layer.inputsPerOutput, on: array)
        }
        work = .systolic(folds)
        tiles = layer.groups * folds.reduce(0) { $0 + $1.rowFolds * $1.columnFolds }
        taps = folds[0].steps
        memory.storedWeightBits = layer.groups * folds[0].storedDepth * folds[0].storedFilters * weightBits
        memory.storedBiasBits = layer.groups * folds[0].storedFilters * accumulatorBits
        for folds in folds {
          cycles.compute += layer.groups * folds.cycles
          cycles.pipeline += array.requantizerCycles
          let group = folds.events(
            weightBits: weightBits, activationBits: source.format.wordLength,
            accumulatorBits: accumulatorBits)
          for _ in 0..<layer.groups { events = events + group }
        }
      }
      events.countOutputs(of: layer.outputStage, count: outputs * self.positions)
    } else {
      let unit = hardware.vectorUnit!
      work = .vector
      weightBits = 0
      multipliers = 0
      usefulMACs = 0
      outputs = node.output.channels
      tiles = (outputs + unit.elementsPerCycle - 1) / unit.elementsPerCycle
      taps = node.operation.vectorTaps
      inputs = taps
      cycles.compute = self.positions * tiles * taps
      cycles.pipeline += bands * unit.pipelineCycles
      events = node.operation.vectorEvents(reading: source, making: node.output)
      // An addition's two taps read tensors of their own word lengths.
      let tapBits = node.inputs.reduce(0) { $0 + network.tensor($1)!.format.wordLength }
      events.activationBitsRead =
        self.positions * tiles * (taps / node.inputs.count) * unit.elementsPerCycle * tapBits
    }
    events.activationBitsWritten = outputs * self.positions * node.output.format.wordLength
    events.externalBits = (schedule.loadedBits + schedule.storedBits).reduce(0, +)
    cycles.pipeline += setupCycles
    self.setupCycles = setupCycles
    self.cycles = cycles
    laterCycles = cycles
    self.memory = memory
    self.events = events
  }
}

extension LayerEvents {
  /// Counts what `count` values pass in an output stage.
  mutating func countOutputs(of stage: IntegerOutputStage, count: Int) {
    switch stage {
    case .accumulators: break
    case .clamp: requantizations += count
    case .table:
      requantizations += count
      tableLookups += count
    }
  }
}

extension IntegerOperation {
  /// Elements of a vector layer's window; 0 for a layer with weights.
  var vectorTaps: Int {
    switch self {
    case .dense, .convolution: 0
    case .pooling(let pooling): pooling.window.kernel.count
    case .addition: 2
    }
  }

  /// What a vector layer does, reads and writes of memory left out.
  fileprivate func vectorEvents(reading source: IntegerTensor, making output: IntegerTensor) -> LayerEvents {
    var events = LayerEvents()
    switch self {
    case .dense, .convolution: break
    case .pooling(let pooling):
      let window = pooling.window
      let rows = (0..<output.plane.height).reduce(0) { sum, row in
        sum
          + (0..<window.kernel.height).filter {
            0..<source.plane.height ~= window.imageRow(output: row, tap: $0)
          }.count
      }
      let columns = (0..<output.plane.width).reduce(0) { sum, column in
        sum
          + (0..<window.kernel.width).filter {
            0..<source.plane.width ~= window.imageColumn(output: column, tap: $0)
          }.count
      }
      events.vectorOperations = rows * columns * output.channels
    case .addition(let addition):
      events.vectorOperations = 2 * output.count
      events.requantizations = 2 * output.count
      events.countOutputs(of: addition.outputStage, count: output.count)
    }
    return events
  }
}

extension LayerMapping {
  /// Output positions of a band of output rows.
  func positions(ofBand rows: Range<Int>) -> Int { positions * rows.count / outputRows }

  /// Pipeline cycles that each band pays: all but the descriptor and the decode table's load.
  var stageCycles: Int { (cycles.pipeline - setupCycles) / bands }
}
