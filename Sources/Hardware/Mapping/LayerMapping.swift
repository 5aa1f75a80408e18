import Networks

/// Clock cycles of a layer for one input, by what they are spent on; they sum to the layer's count.
public struct LayerCycles: Sendable, Hashable {
  /// Accumulating: C cycles for the first position of each tile, max(C, E) for each further one.
  public let compute: Int
  /// Waiting for the last outputs of each tile to leave: E cycles a tile.
  public let drain: Int
  /// The pipeline's fill, once a layer.
  public let pipeline: Int

  /// All cycles, counted from the edge that samples `start` (or that follows the layer before) through the
  /// edge of the last output write.
  public var total: Int { compute + drain + pipeline }
}

/// Bits of weight memory that a layer takes.
public struct LayerMemory: Sendable, Hashable {
  /// Weights × their word length.
  public let usefulWeightBits: Int
  /// Biases × the accumulator's word length.
  public let usefulBiasBits: Int
  /// What the weights occupy, padding included.
  public let storedWeightBits: Int
  /// What the biases occupy, padding included.
  public let storedBiasBits: Int

  /// Weights and biases, without padding.
  public var usefulBits: Int { usefulWeightBits + usefulBiasBits }
  /// What is compared with a capacity.
  public var storedBits: Int { storedWeightBits + storedBiasBits }
}

/// One layer on the lane array: how its work is cut into tiles and taps, and what it costs.
public struct LayerMapping: Sendable, Hashable {
  /// The node's name.
  public let name: String
  /// Output channels.
  public let outputs: Int
  /// Inputs of each output.
  public let inputs: Int
  /// Bits of a weight.
  public let weightBits: Int
  /// `ceil(outputs / P)`.
  public let tiles: Int
  /// N: output positions of a tile; 1 for a fully connected layer.
  public let positions: Int
  /// C: taps of a position, `ceil(inputs / V)` for a fully connected layer.
  public let taps: Int
  /// Multiplications that change a result: outputs × positions × inputs.
  public let usefulMACs: Int
  /// Cycles for one input.
  public let cycles: LayerCycles
  /// Memory.
  public let memory: LayerMemory

  /// Useful multiplications over the multipliers' cycles.
  public func utilization(on array: LaneArray) -> Double {
    Double(usefulMACs) / Double(cycles.total * array.lanes * array.inputsPerCycle)
  }

  /// A fully connected layer on `array`.
  init(_ name: String, _ dense: IntegerDense, on array: LaneArray) {
    self.name = name
    outputs = dense.outputs
    inputs = dense.inputs
    weightBits = dense.weightWordLength
    let lanes = array.lanes
    tiles = (dense.outputs + lanes - 1) / lanes
    positions = 1
    taps = (dense.inputs + array.inputsPerCycle - 1) / array.inputsPerCycle
    usefulMACs = dense.outputs * dense.inputs
    var compute = 0
    var drain = 0
    for tile in 0..<tiles {
      let active = min(lanes, dense.outputs - tile * lanes)
      let leaving = (active + array.outputsDrainedPerCycle - 1) / array.outputsDrainedPerCycle
      compute += taps + (positions - 1) * max(taps, leaving)
      drain += leaving
    }
    cycles = LayerCycles(compute: compute, drain: drain, pipeline: array.pipeline.total)

    // Every lane's bank holds the tile's C words of V weights, whether the lane is active in a ragged last
    // tile or not, since all banks share one address.
    let weightsOfLane = taps * array.inputsPerCycle
    let bitsOfLane =
      if case .ternary(_, .fiveInEightBits) = array.datapath {
        (weightsOfLane + 4) / 5 * 8
      } else {
        weightsOfLane * dense.weightWordLength
      }
    memory = LayerMemory(
      usefulWeightBits: dense.weights.count * dense.weightWordLength,
      usefulBiasBits: dense.biases.count * array.accumulator.bits,
      storedWeightBits: tiles * lanes * bitsOfLane,
      storedBiasBits: tiles * lanes * array.accumulator.bits)
  }
}
