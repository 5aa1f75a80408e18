import CKernels
import Reproducibility
import Tensors

/// Zeros a share of its input while a network is trained in float, and raises the rest so that the mean stays.
final class DropoutPass: BatchPass, @unchecked Sendable {
  private let name: String
  private let rate: Double
  private let source: PassReading
  private let target: PassTensor
  private let resources: ComputeResources
  /// Which values the last training pass kept: 1, or 0.
  private var mask: [UInt8]
  private var isDropping = false

  init(
    _ name: String, rate: Double, from source: PassReading, to target: PassTensor, resources: ComputeResources
  ) {
    self.name = name
    self.rate = rate
    self.source = source
    self.target = target
    self.resources = resources
    mask = Array(repeating: 1, count: target.value.count)
  }

  var trained: [TrainedValues] { [] }
  private var scale: Float { Float(1 / (1 - rate)) }

  func forward(batch: Int, purpose: PassPurpose) {
    let count = batch * target.count
    switch purpose {
    case .inference:
      isDropping = false
      target.value.base.update(from: source.value.base, count: count)
    case .training(let random):
      isDropping = rate > 0
      var draws = random.split(name)
      for index in 0..<count { mask[index] = draws.uniform() < rate ? 0 : 1 }
      wl_scale_by_mask(
        resources.instructionSet.kernelVersion, count, scale, mask, source.value.base, target.value.base)
    }
  }

  func backward(batch: Int) {
    guard let gradient = target.gradient, let contribution = source.contribution else { return }
    let count = batch * target.count
    if isDropping {
      wl_scale_by_mask(
        resources.instructionSet.kernelVersion, count, scale, mask, gradient.base, contribution.base)
    } else if contribution !== gradient {
      contribution.base.update(from: gradient.base, count: count)
    }
    source.addContribution(0..<batch, resources.instructionSet)
  }
}
