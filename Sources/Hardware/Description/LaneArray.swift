/// Cycles that a layer pays once, beside those of its tiles: the fill of the pipeline.
public struct PipelineCycles: Sendable, Hashable {
  /// Reading the layer's descriptor.
  public let descriptor: Int
  /// From a weight address to its word.
  public let weightRead: Int
  /// Register stages of the decode table, which every layer's weights pass; 0 on a datapath without one.
  public let decode: Int
  /// Register stages of multipliers and adder tree.
  public let adderTree: Int
  /// Register stages of requantiser and activation.
  public let requantizer: Int

  /// From a layer's last issued cycle to its last write, beside the drain.
  public var stages: Int { weightRead + decode + adderTree + requantizer }

  init(descriptor: Int, weightRead: Int, decode: Int = 0, adderTree: Int, requantizer: Int) {
    self.descriptor = descriptor
    self.weightRead = weightRead
    self.decode = decode
    self.adderTree = adderTree
    self.requantizer = requantizer
  }
}

/// The lane array: P lanes, each with a bank of the weight memory and V multipliers that feed an adder tree
/// and an accumulator.
public struct LaneArray: Sendable, Hashable {
  /// P: output channels computed at once.
  public let lanes: Int
  /// V: activations broadcast to all lanes in a cycle, and multipliers in a lane.
  public let inputsPerCycle: Int
  /// D: outputs that leave through the requantiser in a cycle.
  public let outputsDrainedPerCycle: Int
  /// Multipliers, accumulators, requantiser and table.
  public package(set) var path: OutputPath
  /// The pipeline's stages.
  public let pipeline: PipelineCycles

  /// Bits of a bank's word: tiles are padded to a whole number of them.
  public var bankWordBits: Int {
    switch path.datapath {
    case .parallel(let bits, _), .decomposable(let bits, _), .codebook(_, let bits, _):
      inputsPerCycle * bits
    case .ternary(_, .twoBits): 2 * inputsPerCycle
    case .ternary(_, .fiveInEightBits): 8
    case .bitSerial: inputsPerCycle
    }
  }
}
