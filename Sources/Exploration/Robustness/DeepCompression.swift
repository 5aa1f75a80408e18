import Hardware
import Networks
import Quantization

/// Deep Compression (Han, Mao and Dally 2016) in a given memory: the weights of each layer share the values of a codebook found by k-means, with as many bits of an index
/// as fit. The machine decodes indices in its datapath; what they would take in a Huffman code is told beside.
///
/// Among the layers, as few weights as a simple rule finds have one bit less than the others: while the budget is passed, of the layers that still have the more bits,
/// the smallest that brings the network within the budget by itself loses one, or, where none does, the largest. Nothing is pruned.
public struct DeepCompression: Sendable {
  /// Bits of an index, layer by layer.
  public let indexBits: [Int]
  /// How weights are shared, by which centroids may also be retrained.
  public let plan: QuantizationPlan
  /// The network with centroids as k-means left them.
  public let network: IntegerNetwork
  /// The machine with a decode table.
  public let hardware: HardwareDescription

  /// Word length of a codebook's entries.
  private static let entryBits = 8
  /// Bits of an index at most: an entry for every value that entries can have.
  private static let mostIndexBits = 8

  /// Shares the weights of `choices`' network within `budget` stored bits.
  /// - Throws: `ExplorationError.badSetting` where even one bit an index does not fit; `HardwareError` where the machine has no decode table.
  init(_ choices: MixedPrecision, budget: Int) throws {
    let machine = choices.hardware.withCodebook(
      indexBits: Self.mostIndexBits, weightBits: Self.entryBits)
    func plan(_ bits: [Int]) throws -> QuantizationPlan {
      var recipe = choices.recipe
      recipe.granularity = .layer
      recipe.weightWordLength = Self.entryBits
      recipe.weightWordLengths = [:]
      recipe.codebook = CodebookRecipe(
        indexBits: bits[0],
        indexBitsByLayer: Dictionary(uniqueKeysWithValues: zip(choices.layers.map(\.name), bits)))
      return try choices.plan(recipe)
    }
    func storedBits(_ bits: Int) throws -> [Int] {
      let network = try plan(choices.layers.map { _ in bits }).integerNetwork(from: choices.network)
      let mapping = try NetworkMapping(network, on: machine)
      return zip(network.nodes, mapping.layers).filter { $0.0.operation.hasWeights }.map {
        $0.1.memory.storedBits
      }
    }
    var bits = Self.mostIndexBits
    var wider: [Int]?
    var stored = try storedBits(bits)
    while stored.reduce(0, +) > budget {
      guard bits > 1 else {
        throw ExplorationError.badSetting(
          "a budget of \(budget) bits is too small for deep-compression, which takes at least \(stored.reduce(0, +)) bits with one bit a weight; use a larger budget or other methods"
        )
      }
      bits -= 1
      wider = stored
      stored = try storedBits(bits)
    }
    let chosen = wider.map { Self.widened(stored, to: $0, within: budget) } ?? stored.map { _ in false }
    indexBits = chosen.map { bits + ($0 ? 1 : 0) }
    self.plan = try plan(indexBits)
    network = try self.plan.integerNetwork(from: choices.network)
    hardware = machine
  }

  /// Which layers take what `wide` says rather than what `narrow` says, so that the sum is within `budget`, as all of `narrow` are.
  package static func widened(_ narrow: [Int], to wide: [Int], within budget: Int) -> [Bool] {
    var isWide = narrow.map { _ in true }
    let gains = zip(narrow, wide).map { $1 - $0 }
    var excess = wide.reduce(0, +) - budget
    while excess > 0 {
      let left = isWide.indices.filter { isWide[$0] }
      let sufficient = left.filter { gains[$0] >= excess }
      let layer =
        sufficient.min { gains[$0] < gains[$1] } ?? left.max { gains[$0] < gains[$1] }!
      isWide[layer] = false
      excess -= gains[layer]
    }
    return isWide
  }
}
