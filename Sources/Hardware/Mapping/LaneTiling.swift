import Networks

/// A weighted layer cut into the lane array's tiles.
package struct LaneTiling: Sendable, Hashable {
  /// The outputs that the lanes compute side by side.
  package struct Tile: Sendable, Hashable {
    /// Output channels.
    package let outputs: Range<Int>
    /// Groups of V input channels that its outputs read, the first to the last.
    package let channelGroups: Range<Int>
    /// Taps of a position.
    package let taps: Int
    /// Bits of its weights in all banks, padding included.
    package let storedWeightBits: Int
  }

  /// The tiles in execution order.
  package let tiles: [Tile]
  /// k: outputs that a lane computes at once.
  package let parts: Int
  /// Cycles of a tap.
  package let cyclesPerTap: Int
  /// Bits of a tile's start values, idle lanes' included.
  package let storedBiasBits: Int
  /// Entries of the layer's codebook, each of which takes a cycle to load; 0 where there is none.
  package let codebookEntries: Int
  private let array: LaneArray

  /// The tiles of `layer`, whose weights the array's datapath takes.
  package init(_ layer: WeightedLayer, on array: LaneArray) {
    self.array = array
    let bits = layer.storedWordLength
    codebookEntries = layer.codebook?.table.count ?? 0
    parts = array.path.datapath.parts(weightBits: bits)
    cyclesPerTap = array.path.datapath.cyclesPerTap(weightBits: bits)
    let width = array.lanes * parts
    storedBiasBits = width * array.path.accumulator.bits
    var tiles: [Tile] = []
    for first in stride(from: 0, to: layer.outputs, by: width) {
      let outputs = first..<min(layer.outputs, first + width)
      let low = layer.channels(ofGroup: layer.group(of: outputs.lowerBound)).lowerBound
      let high = layer.channels(ofGroup: layer.group(of: outputs.upperBound - 1)).upperBound
      let groups = low / array.inputsPerCycle..<(high - 1) / array.inputsPerCycle + 1
      let taps = layer.window.kernel.count * groups.count
      let weights = taps * parts * array.inputsPerCycle
      let word = array.bankWordBits
      let laneBits =
        if case .ternary(_, .fiveInEightBits) = array.path.datapath {
          (weights + 4) / 5 * 8
        } else {
          (weights * bits + word - 1) / word * word
        }
      tiles.append(
        Tile(
          outputs: outputs, channelGroups: groups, taps: taps, storedWeightBits: array.lanes * laneBits))
    }
    self.tiles = tiles
  }

  /// Cycles in which the tile takes in operands, over `positions` positions.
  func computeCycles(_ tile: Tile, positions: Int) -> Int { positions * tile.taps * cyclesPerTap }

  /// Cycles in which it waits for outputs to leave: with C and E of equation (1),
  /// `(N − 1) · max(E − C, 0) + E`.
  func drainCycles(_ tile: Tile, positions: Int) -> Int {
    let leaving = (tile.outputs.count + array.outputsDrainedPerCycle - 1) / array.outputsDrainedPerCycle
    return (positions - 1) * max(leaving - tile.taps * cyclesPerTap, 0) + leaving
  }

  /// Bits of the codebook in the weight memory, where it stands once for all lanes at the multipliers' width.
  var storedCodebookBits: Int { codebookEntries * array.path.datapath.weightBits }

  /// Bits of a tile in the weight memory.
  func storedBits(_ tile: Tile) -> Int { tile.storedWeightBits + storedBiasBits }

  /// What happens over `positions` positions, reading activations of `activationBits` bits with `weightBits`-bit weights.
  /// Writing outputs is not counted.
  func events(positions: Int, weightBits: Int, activationBits: Int) -> LayerEvents {
    var events = LayerEvents()
    let multipliers = array.lanes * array.inputsPerCycle * parts
    for tile in tiles {
      let taps = positions * tile.taps
      events.multiplications += multipliers * taps * cyclesPerTap
      events.accumulations += array.lanes * parts * taps
      events.weightBitsRead += multipliers * weightBits * taps
      events.startBitsRead += storedBiasBits * positions
      events.activationBitsRead += array.inputsPerCycle * activationBits * taps
      if codebookEntries > 0 { events.decodeTableReads += multipliers * taps }
    }
    return events
  }

  /// What happens when the layer's codebook is brought into the tables of all lanes.
  var loadEvents: LayerEvents {
    var events = LayerEvents()
    events.weightBitsRead = storedCodebookBits
    events.decodeTableBitsWritten = array.lanes * storedCodebookBits
    return events
  }
}
