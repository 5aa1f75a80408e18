import CKernels
import Networks
import Tensors

/// A function of each element in float.
final class ActivationPass: SamplePass, @unchecked Sendable {
  private let function: ActivationFunction
  private let source: PassReading
  private let target: PassTensor
  private let instructionSet: InstructionSet

  init(
    _ function: ActivationFunction, from source: PassReading, to target: PassTensor,
    instructionSet: InstructionSet
  ) {
    self.function = function
    self.source = source
    self.target = target
    self.instructionSet = instructionSet
  }

  var floatsOfSample: Int { source.count + target.count }

  func forward(_ samples: Range<Int>) {
    let version = instructionSet.kernelVersion
    let count = samples.count * target.count
    let x = source.value.base + samples.lowerBound * target.count
    let y = target.value.base + samples.lowerBound * target.count
    switch function {
    case .sigmoid: wl_sigmoid(version, count, x, y)
    case .relu: wl_relu(version, count, x, y)
    case .tanh: wl_tanh(version, count, x, y)
    case .relu6: wl_relu6(version, count, x, y)
    }
  }

  func backward(_ samples: Range<Int>) {
    guard let gradient = target.gradient, let contribution = source.contribution else { return }
    let version = instructionSet.kernelVersion
    let first = samples.lowerBound * target.count
    let count = samples.count * target.count
    let y = target.value.base + first
    let d = contribution.base + first
    // The two are one where nobody else reads the source.
    if contribution !== gradient { d.update(from: gradient.base + first, count: count) }
    switch function {
    case .sigmoid: wl_sigmoid_gradient(version, count, y, d)
    case .relu: wl_relu_gradient(version, count, y, d)
    case .tanh: wl_tanh_gradient(version, count, y, d)
    case .relu6: wl_relu6_gradient(version, count, y, d)
    }
    source.addContribution(samples, instructionSet)
  }
}
