import Networks

/// Tensors as arrays of elements, a region each: region 0 is the network's input, region i + 1 what node i makes.
struct ActivationRegions {
  private(set) var elements: [[Int64]]

  init(_ program: MachineProgram) {
    elements = program.regionSizes.map { Array(repeating: 0, count: $0) }
  }

  /// Element `address` of a region.
  subscript(region: Int, address: Int) -> Int64 { elements[region][address] }

  /// Puts the network's input into region 0.
  mutating func load(_ values: some Collection<Int32>) {
    for (address, value) in values.enumerated() { elements[0][address] = Int64(value) }
  }

  /// The edge at which a layer's results are written.
  mutating func write(_ line: inout OutputLine, to ports: LayerPorts, _ events: inout LayerEvents) {
    line.clock(writingTo: &elements[ports.target])
    events.activationBitsWritten += line.written * ports.outputWordLength
  }
}

/// A layer's connections to memories and output stage.
struct LayerPorts {
  /// Index of its node.
  let node: Int
  /// Regions that it reads.
  let sources: [Int]
  /// Zero points of those.
  let sourceZeroPoints: [Int]
  /// Word lengths of those.
  let sourceWordLengths: [Int]
  /// The region that it writes.
  let target: Int
  /// Bits of an element written.
  let outputWordLength: Int
  /// The written tensor's zero point.
  let outputZeroPoint: Int

  /// Bits of an element of the first tensor read.
  var inputWordLength: Int { sourceWordLengths[0] }

  /// What `stage` makes of accumulator `x`; counts what it passes.
  func leave(_ stage: IntegerOutputStage, _ x: Int64, channel: Int, _ events: inout LayerEvents) -> Int64 {
    switch stage {
    case .accumulators: break
    case .clamp: events.requantizations += 1
    case .table:
      events.requantizations += 1
      events.tableLookups += 1
    }
    return RequantizerArithmetic.output(x, of: stage, channel: channel, zeroPoint: outputZeroPoint)
  }
}

/// The unit that executes a layer.
enum LayerUnit {
  case lanes(LaneLayerProgram)
  case systolic(WeightedLayer, starts: [Int64])
  case pooling(IntegerPooling, image: IntegerTensor, output: IntegerTensor)
  case addition(IntegerAddition, output: IntegerTensor)
}

/// A network laid into a machine's memories: what every run of the register-level model starts from.
struct MachineProgram {
  let hardware: HardwareDescription
  let units: [LayerUnit]
  let ports: [LayerPorts]
  let schedule: ActivationSchedule
  let names: [String]
  let regionSizes: [Int]
  /// Tiles of the layers that stay.
  let residentWeights: WeightBankImage
  /// By node, the index of its first tile in `residentWeights`; nil where the layer is streamed or not the lane array's.
  let residentTiles: [Int?]
  /// By node, an image of each streamed tile.
  let streamedTiles: [[WeightBankImage]]
  /// The lane array's tiles of one input in execution order.
  let tileOrder: [TileExecution]

  /// - Throws: `HardwareError` where a start value does not fit the accumulator, or `faults` are of a machine without banks.
  init(
    _ network: IntegerNetwork, mapping: NetworkMapping, faults: WeightMemoryFaults? = nil
  ) throws(HardwareError) {
    hardware = mapping.hardware
    _ = try faults?.banks(of: hardware)
    schedule = mapping.schedule
    names = network.nodes.map { "\(network.name), layer \($0.name)" }
    regionSizes = [network.input.count] + network.nodes.map(\.output.count)
    var regions = [inputTensorName: 0]
    for (index, node) in network.nodes.enumerated() { regions[node.name] = index + 1 }
    var units: [LayerUnit] = []
    var ports: [LayerPorts] = []
    for (index, node) in network.nodes.enumerated() {
      let sources = node.inputs.map { network.tensor($0)! }
      ports.append(
        LayerPorts(
          node: index, sources: node.inputs.map { regions[$0]! }, sourceZeroPoints: sources.map(\.zeroPoint),
          sourceWordLengths: sources.map(\.format.wordLength), target: index + 1,
          outputWordLength: node.output.format.wordLength, outputZeroPoint: node.output.zeroPoint))
      switch node.operation {
      case .pooling(let pooling):
        units.append(.pooling(pooling, image: sources[0], output: node.output))
      case .addition(let addition): units.append(.addition(addition, output: node.output))
      case .dense, .convolution:
        units.append(try Self.weighted(network.weightedLayer(of: node)!, on: hardware, at: names[index]))
      }
    }
    self.units = units
    self.ports = ports
    var resident = WeightBankImage(wordBits: 1, startBits: 1, lanes: 1)
    if case .lanes(let array) = hardware.array { resident = WeightBankImage(array) }
    var residentTiles: [Int?] = []
    var streamedTiles: [[WeightBankImage]] = []
    var order: [TileExecution] = []
    for (index, unit) in units.enumerated() {
      var first: Int?
      var streamed: [WeightBankImage] = []
      if case .lanes(let program) = unit {
        if mapping.layers[index].isResident {
          first = resident.tiles.count
          for tile in program.tiles.indices {
            resident.append(tile: tile, of: program)
            faults.map { resident.disturbLastTile($0, layer: network.nodes[index].name, tile: tile) }
          }
        } else {
          for tile in program.tiles.indices {
            var image = WeightBankImage(program.array)
            image.append(tile: tile, of: program)
            faults.map { image.disturbLastTile($0, layer: network.nodes[index].name, tile: tile) }
            streamed.append(image)
          }
        }
        for _ in schedule.layers[index].bands {
          order += program.tiles.indices.map { TileExecution(node: index, tile: $0) }
        }
      }
      residentTiles.append(first)
      streamedTiles.append(streamed)
    }
    residentWeights = resident
    self.residentTiles = residentTiles
    self.streamedTiles = streamedTiles
    tileOrder = order
  }

  private static func weighted(
    _ layer: WeightedLayer, on hardware: HardwareDescription, at location: String
  ) throws(HardwareError) -> LayerUnit {
    let accumulator = hardware.path.accumulator
    let starts = LaneLayerProgram.starts(of: layer)
    let reach: Int128 = 1 << Int128(accumulator.bits - 1)
    if let start = starts.first(where: { $0 < -reach || $0 >= reach }) {
      throw HardwareError(
        .biasDoesNotFit(bias: start, accumulatorBits: accumulator.bits), at: location)
    }
    switch hardware.array {
    case .lanes(let array): return .lanes(LaneLayerProgram(layer, on: array))
    case .systolic: return .systolic(layer, starts: starts.map { Int64($0) })
    }
  }
}
