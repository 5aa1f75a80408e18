import Tensors

/// The weights of a layer as indices into a table of integers that they share: Deep Compression's codebook (Han, Mao and Dally 2016, section 3).
public struct WeightCodebook: Sendable, Hashable {
  /// Bits of an index, 1...8.
  public let indexBits: Int
  /// The integers that weights share, 2^`indexBits` of them, index 0 first.
  public let table: [Int16]
  /// The index of each weight, in the order of the layer's weights.
  public private(set) var indices: [UInt8]

  /// A codebook.
  /// - Throws: `NetworkError` at `location` for index bits out of range, a table of another size, or an index beyond it.
  public init(
    indexBits: Int, table: [Int16], indices: [UInt8], at location: String = "codebook"
  ) throws(NetworkError) {
    guard 1...8 ~= indexBits else {
      throw NetworkError(at: location, "codebook indices of \(indexBits) bits; 1...8 are possible")
    }
    guard table.count == 1 << indexBits else {
      throw NetworkError(
        at: location,
        "a codebook of \(table.count) entries; indices of \(indexBits) bits need \(1 << indexBits)")
    }
    if let place = indices.firstIndex(where: { $0 >= table.count }) {
      throw NetworkError(
        at: location,
        "weight \(place) has codebook index \(indices[place]); the table has \(table.count) entries")
    }
    self.indexBits = indexBits
    self.table = table
    self.indices = indices
  }

  /// The weights that the indices stand for.
  public var weights: [Int16] { indices.map { table[Int($0)] } }

  /// The same table with other indices.
  /// - Precondition: each has an entry.
  package func replacing(indices: [UInt8]) -> WeightCodebook {
    for index in indices {
      precondition(Int(index) < table.count, "index \(index) into a table of \(table.count) entries")
    }
    var codebook = self
    codebook.indices = indices
    return codebook
  }
}

/// The weights of a layer as they are kept: as they are, or as indices into a codebook.
public enum StoredWeights: Sendable, Hashable {
  /// Each weight by itself.
  case integers(Tensor<Int16>)
  /// Indices of weights of this shape.
  case indices(WeightCodebook, shape: [Int])

  /// The weights themselves.
  /// - Precondition: as many indices as the shape has elements.
  public var weights: Tensor<Int16> {
    switch self {
    case .integers(let weights): weights
    case .indices(let codebook, let shape): Tensor(shape: shape, elements: codebook.weights)
    }
  }

  /// The codebook, where there is one.
  public var codebook: WeightCodebook? {
    switch self {
    case .integers: nil
    case .indices(let codebook, _): codebook
    }
  }
}
