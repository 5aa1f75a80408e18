import Networks

/// Bits that the weights of a layer with a codebook take, part by part, without padding.
public struct CodebookMemory: Sendable, Hashable {
  /// Indices × their bits.
  public let indexBits: Int
  /// Entries of the table × their bits.
  public let codebookBits: Int
  /// Biases × the accumulator's word length.
  public let biasBits: Int
  /// The indices in a canonical Huffman code, with its table of lengths: `HuffmanStream`'s bits.
  public let codedIndexBits: Int

  /// Indices, codebook and biases.
  public var usefulBits: Int { indexBits + codebookBits + biasBits }
  /// The same with the indices coded.
  public var codedBits: Int { codedIndexBits + codebookBits + biasBits }

  /// What `layer` takes on accumulators of `accumulatorBits` bits, or nil if it has no codebook.
  public init?(_ layer: WeightedLayer, accumulatorBits: Int) {
    guard let codebook = layer.codebook else { return nil }
    self.init(
      indexBits: codebook.indices.count * codebook.indexBits,
      codebookBits: codebook.table.count * layer.weightWordLength, biasBits: layer.outputs * accumulatorBits,
      codedIndexBits: HuffmanStream(codebook.indices, indexBits: codebook.indexBits).bitCount)
  }

  private init(indexBits: Int, codebookBits: Int, biasBits: Int, codedIndexBits: Int) {
    self.indexBits = indexBits
    self.codebookBits = codebookBits
    self.biasBits = biasBits
    self.codedIndexBits = codedIndexBits
  }

  /// No bits: where a sum starts.
  public static let none = CodebookMemory(indexBits: 0, codebookBits: 0, biasBits: 0, codedIndexBits: 0)

  /// The sum, part by part.
  public static func + (left: CodebookMemory, right: CodebookMemory) -> CodebookMemory {
    CodebookMemory(
      indexBits: left.indexBits + right.indexBits, codebookBits: left.codebookBits + right.codebookBits,
      biasBits: left.biasBits + right.biasBits,
      codedIndexBits: left.codedIndexBits + right.codedIndexBits)
  }
}
