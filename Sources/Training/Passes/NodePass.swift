import Reproducibility

/// What a forward pass is for.
enum PassPurpose {
  /// Running averages, no dropout.
  case inference
  /// Statistics of the mini-batch, dropout drawn from this source.
  case training(RandomSource)
}

/// Forward and backward pass of one node over mini-batches: a `SamplePass` or a `BatchPass`.
protocol NodePass: AnyObject, Sendable {
  /// What is trained.
  var trained: [TrainedValues] { get }
}

/// A node in which samples do not meet, but in the gradients of what is trained. Threads share out samples, and take
/// each through several such nodes while its tensors are near.
protocol SamplePass: NodePass {
  /// Floats of one sample that the node reads and writes.
  var floatsOfSample: Int { get }
  /// What a forward pass needs once a mini-batch, before its samples.
  func prepareForward()
  /// Computes the node's tensor of `samples` from those it reads.
  func forward(_ samples: Range<Int>)
  /// What a backward pass needs once a mini-batch, before its samples.
  func prepareBackward()
  /// From the gradient of the node's tensor, those of the tensors it reads.
  func backward(_ samples: Range<Int>)
  /// Work in any order, after all samples' gradients are there, that leaves the gradients of what is trained; each
  /// number is summed over all samples in order.
  func gradientTasks(batch: Int) -> [@Sendable () -> Void]
}

extension SamplePass {
  var trained: [TrainedValues] { [] }
  func prepareForward() {}
  func prepareBackward() {}
  func gradientTasks(batch: Int) -> [@Sendable () -> Void] { [] }
}

/// A node that takes a mini-batch as a whole, and shares out its work itself.
protocol BatchPass: NodePass {
  /// Computes the node's tensor from those it reads.
  func forward(batch: Int, purpose: PassPurpose)
  /// From the gradient of the node's tensor, those of what is trained and of the tensors it reads.
  func backward(batch: Int)
}
