import Networks

/// Where a network stands in the twin's memories.
package struct TwinLayout: Sendable {
  /// A tile of a layer.
  package struct Tile: Sendable, Hashable {
    /// Its output channels, one a lane.
    package let outputs: Range<Int>
    /// The groups of V input channels that it reads.
    package let channelGroups: Range<Int>
    /// Its first bank word.
    package let firstWord: Int
    /// Its bank words.
    package let words: Int
  }

  /// A layer of the chain.
  package struct Layer: Sendable {
    /// What it computes.
    package let layer: WeightedLayer
    /// What it reads.
    package let source: IntegerTensor
    /// What it makes.
    package let output: IntegerTensor
    /// Its tiles in order.
    package let tiles: [Tile]
    /// Activation words of its input and output; the network's output starts at index 0.
    package let sourceAddress: Int
    /// Where its output goes.
    package let outputAddress: Int
    /// The first row of its multipliers.
    package let multiplierRow: Int
    /// Whether each channel has a multiplier.
    package let hasChannelMultipliers: Bool
    /// The number of its table; 0 where it has none.
    package let table: Int
  }

  /// The layers in order.
  package let layers: [Layer]
  /// Words of a weight bank.
  package let weightWords: Int
  /// Rows of multipliers, a row being as many pairs as outputs leave in a cycle.
  package let multiplierRows: Int
  /// The layers' tables in order.
  package let tables: [LookUpTable]
  /// Words of the activation memory: tensors stand by turns in its two regions.
  package let activationWords: Int

  /// Lays out `network`, which the twin of `lanes` covers.
  package init(_ network: IntegerNetwork, on lanes: LaneArray) {
    let tensors = [network.input] + network.nodes.dropLast().map(\.output)
    func region(_ parity: Int) -> Int {
      tensors.indices.filter { $0 % 2 == parity }.map { tensors[$0].count }.max() ?? 0
    }
    let addresses = [0, region(0)]
    let bank = TwinBank(lanes)
    var layers: [Layer] = []
    var word = 0
    var row = 0
    var tables: [LookUpTable] = []
    for (index, node) in network.nodes.enumerated() {
      guard let layer = network.weightedLayer(of: node) else {
        preconditionFailure("\(node.name) has no weights")
      }
      let tap = bank.units(ofTap: lanes.inputsPerCycle, bits: layer.weightWordLength)
      var tiles: [Tile] = []
      for first in stride(from: 0, to: layer.outputs, by: lanes.lanes) {
        let outputs = first..<min(layer.outputs, first + lanes.lanes)
        let low = layer.channels(ofGroup: layer.group(of: outputs.first!)).first!
        let high = layer.channels(ofGroup: layer.group(of: outputs.last!)).last!
        let groups = low / lanes.inputsPerCycle..<high / lanes.inputsPerCycle + 1
        let units = layer.window.kernel.count * groups.count * tap
        let words = (units + bank.wordUnits - 1) / bank.wordUnits
        tiles.append(Tile(outputs: outputs, channelGroups: groups, firstWord: word, words: words))
        word += words
      }
      let multipliers = node.operation.outputStage!.multiplierCount
      var table = 0
      if case .table(_, let entries) = node.operation.outputStage! {
        table = tables.count
        tables.append(entries)
      }
      let isLast = index == network.nodes.count - 1
      layers.append(
        Layer(
          layer: layer, source: tensors[index], output: node.output, tiles: tiles,
          sourceAddress: addresses[index % 2], outputAddress: isLast ? 0 : addresses[(index + 1) % 2],
          multiplierRow: row, hasChannelMultipliers: multipliers > 1, table: table))
      row += multipliers > 1 ? tiles.count * lanes.drainGroups : multipliers
    }
    self.layers = layers
    weightWords = word
    multiplierRows = row
    self.tables = tables
    activationWords = region(0) + region(1)
  }
}

extension IntegerOutputStage {
  /// The requantisation, if there is one.
  var requantization: Requantization? {
    switch self {
    case .accumulators: nil
    case .clamp(let requantization, _, _), .table(let requantization, _): requantization
    }
  }

  /// Pairs of multiplier and shift that it holds.
  fileprivate var multiplierCount: Int {
    switch requantization {
    case nil: 0
    case .shift: 1
    case .multiplier(let multipliers, _, _), .doublingHighMultiply(let multipliers, _): multipliers.count
    }
  }
}
