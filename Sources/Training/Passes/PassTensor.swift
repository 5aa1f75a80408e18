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
  /// How many nodes read it; one that reads it twice counts twice.
  let readers: Int
  private var readings = 0
  private var added: FloatBuffer?

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

  /// The tensor as its next reader, in the order of the network, sees it.
  func reading() -> PassReading {
    readings += 1
    precondition(readings <= readers, "\(readers) readers were announced")
    // The backward pass comes to the last reader first.
    if readings == readers || gradient == nil {
      return PassReading(self, contribution: gradient, isFirst: true)
    }
    if added == nil { added = FloatBuffer(value.count) }
    return PassReading(self, contribution: added, isFirst: false)
  }
}

/// A tensor as one of its readers sees it: its values, and where the reader's part of the gradient goes.
final class PassReading: @unchecked Sendable {
  let tensor: PassTensor
  /// Memory for the reader's part of the gradient, `[batch, shape]`, or nil where nobody asks for it.
  let contribution: FloatBuffer?
  /// Whether that is the gradient itself, which begins with this reader.
  private let isFirst: Bool

  fileprivate init(_ tensor: PassTensor, contribution: FloatBuffer?, isFirst: Bool) {
    self.tensor = tensor
    self.contribution = contribution
    self.isFirst = isFirst
  }

  var value: FloatBuffer { tensor.value }
  var shape: [Int] { tensor.shape }
  var count: Int { tensor.count }
  var channels: Int { tensor.channels }

  /// Adds what stands in `contribution` for `samples` to the gradient.
  func addContribution(_ samples: Range<Int>, _ instructionSet: InstructionSet) {
    guard !isFirst, let contribution, let gradient = tensor.gradient else { return }
    let first = samples.lowerBound * count
    wl_accumulate(
      instructionSet.kernelVersion, samples.count * count, contribution.base + first, gradient.base + first)
  }
}
