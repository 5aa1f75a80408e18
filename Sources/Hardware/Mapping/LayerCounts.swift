/// Clock cycles of a layer for one input, by what they are spent on; they sum to the layer's count.
/// See the contract, equations (2) to (6).
public struct LayerCycles: Sendable, Hashable {
  /// Cycles in which the array or the vector unit takes in operands.
  public package(set) var compute = 0
  /// Cycles in which a lane array waits for outputs to leave.
  public package(set) var drain = 0
  /// Cycles in which a lane array waits for streamed weights.
  public package(set) var weightStall = 0
  /// Cycles in which tensors come from or go to external memory.
  public package(set) var activationStall = 0
  /// Descriptor, decode table's load and pipeline stages.
  public package(set) var pipeline = 0

  /// All counts at 0.
  package init() {}

  /// No cycles: where a sum starts.
  public static let none = LayerCycles()

  /// All cycles, counted from the edge that samples `start` (or of the last write of the layer before) to the edge of the
  /// last output write.
  public var total: Int { compute + drain + weightStall + activationStall + pipeline }

  /// The sum, part by part.
  public static func + (left: LayerCycles, right: LayerCycles) -> LayerCycles {
    var sum = left
    sum.compute += right.compute
    sum.drain += right.drain
    sum.weightStall += right.weightStall
    sum.activationStall += right.activationStall
    sum.pipeline += right.pipeline
    return sum
  }
}

/// Bits of weight memory that a layer takes.
public struct LayerMemory: Sendable, Hashable {
  /// Weights × their word length; × the bits of an index where the layer has a codebook.
  public package(set) var usefulWeightBits = 0
  /// Biases × the accumulator's word length.
  public package(set) var usefulBiasBits = 0
  /// Entries of the codebook × their word length; 0 where there is none.
  public package(set) var usefulCodebookBits = 0
  /// What the weights occupy, padding included.
  public package(set) var storedWeightBits = 0
  /// What the biases occupy, padding included.
  public package(set) var storedBiasBits = 0
  /// What the codebook occupies: once, whatever the number of lanes.
  public package(set) var storedCodebookBits = 0

  /// All counts at 0.
  package init() {}

  /// Weights, biases and codebook, without padding.
  public var usefulBits: Int { usefulWeightBits + usefulBiasBits + usefulCodebookBits }
  /// What is compared with a capacity.
  public var storedBits: Int { storedWeightBits + storedBiasBits + storedCodebookBits }
  /// The part of it that may stay in external memory: a codebook is always resident.
  var streamableBits: Int { storedWeightBits + storedBiasBits }
}

/// What happens in a layer for one input, counted; energy is a price on these. Definitions: the contract's table.
public struct LayerEvents: Sendable, Hashable {
  /// Operations of multipliers, selectors or bit-serial gates, idle ones in a working array included.
  public package(set) var multiplications = 0
  /// Additions into accumulators.
  public package(set) var accumulations = 0
  /// Values that pass a requantiser.
  public package(set) var requantizations = 0
  /// Values that pass the activation table.
  public package(set) var tableLookups = 0
  /// Elements compared, summed or added by the vector unit.
  public package(set) var vectorOperations = 0
  /// Weights looked up in decode tables.
  public package(set) var decodeTableReads = 0
  /// Bits written into the lanes' decode tables.
  public package(set) var decodeTableBitsWritten = 0
  /// Bits read from the weight memory, codebooks included.
  public package(set) var weightBitsRead = 0
  /// Bits of accumulator start values read.
  public package(set) var startBitsRead = 0
  /// Bits read from the activation memory.
  public package(set) var activationBitsRead = 0
  /// Bits of outputs written.
  public package(set) var activationBitsWritten = 0
  /// Bits that cross the chip's edge: streamed weights, tensors loaded and stored.
  public package(set) var externalBits = 0

  /// All counts at 0.
  package init() {}

  /// The sum, event by event.
  public static func + (left: LayerEvents, right: LayerEvents) -> LayerEvents {
    var sum = left
    sum.multiplications += right.multiplications
    sum.accumulations += right.accumulations
    sum.requantizations += right.requantizations
    sum.tableLookups += right.tableLookups
    sum.vectorOperations += right.vectorOperations
    sum.decodeTableReads += right.decodeTableReads
    sum.decodeTableBitsWritten += right.decodeTableBitsWritten
    sum.weightBitsRead += right.weightBitsRead
    sum.startBitsRead += right.startBitsRead
    sum.activationBitsRead += right.activationBitsRead
    sum.activationBitsWritten += right.activationBitsWritten
    sum.externalBits += right.externalBits
    return sum
  }
}
