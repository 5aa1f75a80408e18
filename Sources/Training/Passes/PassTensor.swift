import CKernels
import Tensors

/// One tensor of a network over mini-batches: its values, and the gradient of the loss with respect to them, in real units.
final class PassTensor: @unchecked Sendable {
  /// Extents of one sample.
  let shape: [Int]
  /// Elements of one sample.
  let count: Int
  /// `[batch, shape]`.
  let value: FloatBuffer
  /// `[batch, shape]`; nil where nobody asks for it.
  let gradient: FloatBuffer?
  /// How many nodes read it.
  let readers: Int
  private var isGradientBegun = false
  private var contribution: FloatBuffer?

  /// - Parameter gradient: memory that the tensor's producer and reader share, or nil for memory of its own.
  init(
    shape: [Int], batchCapacity: Int, readers: Int, needsGradient: Bool = true,
    sharing gradient: FloatBuffer? = nil
  ) {
    self.shape = shape
    count = shape.reduce(1, *)
    self.readers = readers
    value = FloatBuffer(batchCapacity * count)
    self.gradient = needsGradient ? gradient ?? FloatBuffer(batchCapacity * count) : nil
  }

  /// Channels: the last extent.
  var channels: Int { shape[shape.count - 1] }

  /// Memory for the next contribution to the gradient, or nil where nobody asks for it. `addContribution` must follow.
  func nextContribution() -> FloatBuffer? {
    guard let gradient else { return nil }
    if !isGradientBegun { return gradient }
    if contribution == nil { contribution = FloatBuffer(gradient.count) }
    return contribution
  }

  /// Adds what was written to the memory that `nextContribution` gave.
  func addContribution(batch: Int, resources: ComputeResources) {
    if isGradientBegun, let gradient, let contribution {
      let version = resources.instructionSet.kernelVersion
      resources.forEachPart(of: batch * count) { part in
        wl_accumulate(
          version, part.count, contribution.base + part.lowerBound, gradient.base + part.lowerBound)
      }
    }
    isGradientBegun = true
  }

  /// Forgets the last mini-batch's gradient.
  func beginBackward() { isGradientBegun = false }
}
