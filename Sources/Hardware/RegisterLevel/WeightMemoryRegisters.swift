/// A tile of a weighted layer, one of those that an input's run executes in order; a banded layer's occur once a band.
struct TileExecution: Equatable {
  let node: Int
  let tile: Int
}

/// The weight memory with its streaming engine: the resident region, two slots, and the counters of the fetch under way.
struct WeightMemoryRegisters {
  /// Tiles of resident layers.
  private let resident: WeightBankImage
  /// By node, the index of its first tile in `resident`; nil where the layer is streamed or has no weights.
  private let residentTiles: [Int?]
  /// External memory: by node, an image of each tile. Empty where the layer is not streamed.
  private let external: [[WeightBankImage]]
  private let port: ExternalMemory?
  /// Weighted tiles of one input, in execution order.
  private let order: [TileExecution]
  private let inputs: Int

  /// The tile that computes next, as an index of `order`, and its input.
  private var next = 0
  private var nextInput = 0
  private var slots: [WeightBankImage?] = [nil, nil]
  private var fillingSlot = 0
  private var latency = 0
  private var remainingBits = 0

  /// Whether a fetch is under way.
  var isBusy: Bool { latency > 0 || remainingBits > 0 }

  /// The memory before edge 0 of a run of `inputs` inputs, at which the fetch of a streamed first tile begins.
  init(_ program: MachineProgram, inputs: Int) {
    resident = program.residentWeights
    residentTiles = program.residentTiles
    external = program.streamedTiles
    port = program.hardware.externalMemory
    order = program.tileOrder
    self.inputs = inputs
    beginFetch()
  }

  /// Whether the tile that computes next is in the memory.
  var nextTileIsReady: Bool { residentTiles[order[next].node] != nil || !isBusy }

  /// The next tile issues its first tap: gives its weights, and begins to fetch the tile after it.
  mutating func startTile(_ tile: TileExecution) -> (image: WeightBankImage, location: WeightTileLocation) {
    precondition(order[next] == tile, "tile \(tile) computes where \(order[next]) is expected")
    let image: WeightBankImage
    let location: WeightTileLocation
    if let first = residentTiles[tile.node] {
      image = resident
      location = resident.tiles[first + tile.tile]
    } else {
      image = slots[fillingSlot]!
      location = image.tiles[0]
      fillingSlot = 1 - fillingSlot
    }
    next += 1
    if next == order.count {
      next = 0
      nextInput += 1
    }
    beginFetch()
    return (image, location)
  }

  private mutating func beginFetch() {
    guard nextInput < inputs, !order.isEmpty, residentTiles[order[next].node] == nil, let port else { return }
    precondition(!isBusy, "a fetch begins while another is under way")
    latency = port.latencyCycles
    remainingBits = external[order[next].node][order[next].tile].storedBits
  }

  /// One edge: a cycle of latency passes, or bits arrive.
  /// - Parameter count: is told the input, the node and the number of bits that arrived.
  mutating func clock(count: (_ input: Int, _ node: Int, _ bits: Int) -> Void) {
    guard isBusy, let port else { return }
    if latency > 0 {
      latency -= 1
      return
    }
    let arriving = min(port.weightBitsPerCycle, remainingBits)
    count(nextInput, order[next].node, arriving)
    remainingBits -= arriving
    if remainingBits == 0 { slots[fillingSlot] = external[order[next].node][order[next].tile] }
  }
}
