import Networks

/// How large the twin's memories and words must be for some networks: what a description leaves open.
package struct TwinNeeds: Hashable, Sendable {
  /// Bits of an output word, and of the layers' zero points and clamps.
  package private(set) var resultBits: Int
  /// Layers of the longest network.
  private(set) var layers = 1
  /// Tiles of a network.
  private(set) var tiles = 1
  /// Words of a weight bank.
  private(set) var weightWords = 1
  /// Rows of multipliers.
  private(set) var multiplierRows = 1
  /// Tables of a network.
  private(set) var tables = 1
  /// Words of the activation memory.
  private(set) var activations = 1
  /// Elements of a network's output.
  private(set) var outputs = 1
  private let banks: Int
  private let lanes: Int

  /// What every network needs on `lanes`.
  package init(_ lanes: LaneArray) {
    let path = lanes.path
    // An unsigned activation or entry takes a sign bit.
    resultBits = max(
      path.accumulator.bits, path.datapath.activationBits + 1, path.activationTable?.addressBits ?? 0,
      (path.activationTable?.outputBits ?? 0) + 1)
    banks = max(2, max(lanes.inputsPerCycle, lanes.drained))
    self.lanes = lanes.lanes
  }

  /// Grows to hold `layout` of `network`.
  mutating func add(_ network: IntegerNetwork, _ layout: TwinLayout) {
    layers = max(layers, network.nodes.count)
    tiles = max(tiles, layout.layers.reduce(0) { $0 + $1.tiles.count })
    weightWords = max(weightWords, layout.weightWords)
    multiplierRows = max(multiplierRows, layout.multiplierRows)
    tables = max(tables, layout.tables.count)
    activations = max(activations, layout.activationWords)
    outputs = max(outputs, network.output.output.count)
    for node in network.nodes {
      var values = [Int64(node.output.zeroPoint)]
      if case .clamp(_, let low, let high) = node.operation.outputStage { values += [low, high] }
      for value in values {
        resultBits = max(resultBits, 65 - (value < 0 ? ~value : value).leadingZeroBitCount)
      }
    }
  }

  var layerAddressBits: Int { Self.addressBits(layers) }
  var tileAddressBits: Int { Self.addressBits(tiles) }
  var weightAddressBits: Int { Self.addressBits(weightWords) }
  /// Also holds the step from tile to tile, which is the number of a drain's cycles and so less than the lanes.
  var multiplierAddressBits: Int { Self.addressBits(max(multiplierRows, lanes + 1)) }
  var tableSelectBits: Int { Self.addressBits(tables) }
  /// At least four rows in each bank.
  var activationAddressBits: Int { Self.addressBits(max(activations, 4 * banks)) }
  /// Holds an output's index as well as an address, and the number of lanes.
  var indexBits: Int {
    max(activationAddressBits, Self.addressBits(outputs), Self.addressBits(lanes + 1))
  }

  /// Bits that address `words` words: at least 1.
  private static func addressBits(_ words: Int) -> Int {
    max(1, Int.bitWidth - (words - 1).leadingZeroBitCount)
  }
}
