/// What a run of the register-level model gave, all of it observed clock by clock.
public struct RegisterLevelResult: Sendable, Hashable {
  /// The network's output tensor for every input, `[inputs, outputs]`.
  public let outputs: [Int64]
  /// Values of the output tensor an input.
  public let outputCount: Int
  /// Additions that left the accumulator (and wrapped or saturated), by layer, over all inputs.
  public let overflows: [Int]
  /// Clock cycles by what they were spent on, `[inputs][layers]`.
  public let layerCycles: [[LayerCycles]]
  /// What happened, `[inputs][layers]`. A streamed tile's fetch belongs to the input that it is computed for.
  public let events: [[LayerEvents]]
  /// Clock cycles of the whole run, from the edge that samples `start` to the edge of the last write.
  public let cycles: Int
}

/// What one clock cycle was spent on: a field of `LayerCycles`.
enum CycleUse: Int {
  case compute, drain, weightStall, activationStall, pipeline
}

extension LayerCycles {
  /// Counts one cycle.
  mutating func count(_ use: CycleUse) {
    switch use {
    case .compute: compute += 1
    case .drain: drain += 1
    case .weightStall: weightStall += 1
    case .activationStall: activationStall += 1
    case .pipeline: pipeline += 1
    }
  }
}
