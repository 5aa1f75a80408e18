/// How the weights of a network come to share values: a codebook for each layer.
public struct CodebookRecipe: Sendable, Hashable {
  /// Bits of an index, 1...8, in layers that `indexBitsByLayer` does not name: 2^b values a layer.
  public var indexBits: Int
  /// Bits of an index by the name of the layer (or of its activation), where they differ.
  public var indexBitsByLayer: [String: Int]
  /// The share of each layer's weights, those of smallest magnitude, that becomes exactly 0: from 0 up to, but not, 1.
  public var prunedFraction: Double

  /// A recipe.
  public init(indexBits: Int, indexBitsByLayer: [String: Int] = [:], prunedFraction: Double = 0) {
    self.indexBits = indexBits
    self.indexBitsByLayer = indexBitsByLayer
    self.prunedFraction = prunedFraction
  }

  /// What is out of range.
  var faults: [String] {
    var faults: [String] = []
    if !(1...8 ~= indexBits) {
      faults.append("codebook indices of \(indexBits) bits; 1 to 8 are possible")
    }
    for (name, bits) in indexBitsByLayer.sorted(by: { $0.key < $1.key }) where !(1...8 ~= bits) {
      faults.append("codebook indices of \(name) of \(bits) bits; 1 to 8 are possible")
    }
    if !(prunedFraction >= 0 && prunedFraction < 1) {
      faults.append("a pruned share of \(prunedFraction); 0 up to, but not, 1 are possible")
    }
    return faults
  }
}
