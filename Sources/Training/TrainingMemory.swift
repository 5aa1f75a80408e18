import Networks
import Quantization

/// Memory that training a network takes at most, counted before any of it is asked for.
public struct TrainingMemory: Sendable, Hashable {
  /// Bytes that each sample of a mini-batch adds: its tensors, their gradients and their padded copies.
  public let bytesOfSample: Int
  /// Bytes whatever the batch: weights, their gradients, what the optimizer keeps, copies in the kernels' layout.
  public let fixedBytes: Int

  /// The memory of `network`; of a quantised pass where `isQuantized`.
  public init(of network: FloatNetwork, optimizer: Optimizer, isQuantized: Bool) {
    let word = MemoryLayout<Float>.stride
    func count(_ tensor: String) -> Int {
      (tensor == inputTensorName ? network.inputShape : network.shapes[tensor]!).reduce(1, *)
    }
    var sample = count(inputTensorName)
    var fixed = 0
    for node in network.nodes {
      // A value and a gradient; of an addition of reals or a signal behind sums as many again.
      let size = count(node.name)
      sample += 2 * size
      let hasSums: Bool
      switch node.operation {
      case .dense: hasSums = true
      case .addition:
        hasSums = true
        sample += 2 * size
      case .convolution(let convolution):
        hasSums = true
        let shape = node.inputs[0] == inputTensorName ? network.inputShape : network.shapes[node.inputs[0]]!
        let padding = convolution.window.padding
        sample +=
          (shape[0] + padding.top + padding.bottom) * (shape[1] + padding.left + padding.right) * shape[2]
        // Packed and flipped filters.
        fixed += 2 * convolution.weights.count
      case .maximumPooling, .averagePooling, .dropout, .batchNormalization: hasSums = false
      case .activation:
        hasSums = false
        if isQuantized { sample += size }
      }
      if isQuantized, hasSums { sample += 2 * size }
      let parameters = node.operation.parameters.reduce(0) { $0 + $1.values.count }
      // Values, gradients, the optimizer's slots, and the quantised factors.
      fixed += parameters * (2 + optimizer.slotCount + (isQuantized ? 1 : 0))
    }
    bytesOfSample = word * sample
    fixedBytes = word * fixed
  }

  /// Bytes for mini-batches of `batch` samples.
  public func bytes(batch: Int) -> Int { fixedBytes + batch * bytesOfSample }

  /// Samples of the largest mini-batch that `bytes` hold; 0 where not even one is possible.
  public func largestBatch(in bytes: Int) -> Int { max(0, (bytes - fixedBytes) / bytesOfSample) }
}
