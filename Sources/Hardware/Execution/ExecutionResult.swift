import Networks

/// Which additions are watched for leaving the accumulator.
public enum OverflowCounting: Sendable, Hashable {
  /// Those of layers where the weights and the activations' range do not exclude it.
  case whereSumsCanOverflow
  /// Those of every layer: all are stepped, so that a count of 0 is an observation and not a proof.
  case everywhere
}

/// What a run gave.
public struct ExecutionResult: Sendable, Hashable {
  /// The network's output tensor for every sample, `[samples, outputs]`: accumulators as they stand where the
  /// last layer is not requantised.
  public let outputs: [Int64]
  /// Values of the output tensor a sample.
  public let outputCount: Int
  /// Additions that left the accumulator (and wrapped or saturated), by layer, over all samples. Layers
  /// whose sums cannot, and layers without accumulators, are at 0.
  public let overflows: [Int]

  /// A result put together from parts of a run.
  public init(outputs: [Int64], outputCount: Int, overflows: [Int]) {
    self.outputs = outputs
    self.outputCount = outputCount
    self.overflows = overflows
  }

  /// The class of every sample: the index of its largest output, ties to the lowest.
  public var classes: [Int] {
    stride(from: 0, to: outputs.count, by: outputCount).map {
      indexOfLargest(outputs[$0..<$0 + outputCount])
    }
  }
}
