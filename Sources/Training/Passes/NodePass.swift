import Reproducibility

/// What a forward pass is for.
enum PassPurpose {
  /// Running averages, no dropout.
  case inference
  /// Statistics of the mini-batch, dropout drawn from this source.
  case training(RandomSource)
}

/// Forward and backward pass of one node over mini-batches.
protocol NodePass: AnyObject, Sendable {
  /// What is trained.
  var trained: [TrainedValues] { get }
  /// Computes the node's tensor from those it reads.
  func forward(batch: Int, purpose: PassPurpose)
  /// From the gradient of the node's tensor, those of what is trained and of the tensors it reads.
  func backward(batch: Int)
}
