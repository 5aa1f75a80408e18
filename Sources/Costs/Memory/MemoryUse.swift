import Hardware

/// What a network takes of a machine's memories: which layer sits where, what is useful, what padding loses.
public struct MemoryUse: Sendable, Hashable {
  /// A layer's weights and biases.
  public struct Region: Sendable, Hashable {
    /// The layer's name.
    public let layer: String
    /// Bits of a weight.
    public let weightBits: Int
    /// Weights and biases without padding.
    public let usefulBits: Int
    /// What they occupy.
    public let storedBits: Int
    /// First bit, over all banks; nil where the layer is streamed.
    public let firstBit: Int?

    /// Padding of ragged tiles, taps and words.
    public var lostBits: Int { storedBits - usefulBits }
    /// Whether it stays in the weight memory.
    public var isResident: Bool { firstBit != nil }
  }

  /// Capacity of the weight memory.
  public let capacityBits: Int
  /// Layers with weights, in execution order; residents one behind the other from bit 0.
  public let regions: [Region]
  /// Two slots of the largest streamed tile, behind the residents; 0 where nothing is streamed.
  public let streamingBits: Int
  /// Capacity of the activation memory.
  public let activationCapacityBits: Int
  /// Most bits of it in use at once.
  public let activationPeakBits: Int

  /// The memories under `mapping`.
  public init(_ mapping: NetworkMapping) {
    var place = 0
    var largestTile = 0
    regions = mapping.layers.filter { $0.weightBits > 0 }.map { layer in
      let memory = layer.memory
      defer { if layer.isResident { place += memory.storedBits } }
      if !layer.isResident, case .lanes(let tiling) = layer.work {
        let tile = tiling.tiles.map { $0.storedWeightBits }.max() ?? 0
        largestTile = max(largestTile, tile + tiling.storedBiasBits)
      }
      return Region(
        layer: layer.name, weightBits: layer.weightBits, usefulBits: memory.usefulBits,
        storedBits: memory.storedBits, firstBit: layer.isResident ? place : nil)
    }
    streamingBits = 2 * largestTile
    capacityBits = mapping.hardware.weightMemoryBits
    activationCapacityBits = mapping.hardware.activationMemory.capacityBits
    activationPeakBits = mapping.activationBits
  }

  /// Bits of the resident layers.
  public var residentBits: Int { regions.reduce(0) { $0 + ($1.isResident ? $1.storedBits : 0) } }
  /// Bits of the streamed layers, which live outside.
  public var streamedBits: Int { regions.reduce(0) { $0 + ($1.isResident ? 0 : $1.storedBits) } }
  /// Weights and biases of all layers without padding.
  public var usefulBits: Int { regions.reduce(0) { $0 + $1.usefulBits } }
  /// Weights and biases of all layers with padding.
  public var storedBits: Int { residentBits + streamedBits }
  /// What neither layers nor slots take; negative where the network does not fit.
  public var freeBits: Int { capacityBits - residentBits - streamingBits }
}
