import CKernels
import Networks
import Tensors

/// A function of each element in float.
final class ActivationPass: NodePass, @unchecked Sendable {
  private let function: ActivationFunction
  private let source: PassTensor
  private let target: PassTensor
  private let resources: ComputeResources

  init(
    _ function: ActivationFunction, from source: PassTensor, to target: PassTensor,
    resources: ComputeResources
  ) {
    self.function = function
    self.source = source
    self.target = target
    self.resources = resources
  }

  var trained: [TrainedValues] { [] }

  func forward(batch: Int, purpose: PassPurpose) {
    let version = resources.instructionSet.kernelVersion
    resources.forEachPart(of: batch * target.count) { part in
      let x = self.source.value.base + part.lowerBound
      let y = self.target.value.base + part.lowerBound
      switch self.function {
      case .sigmoid: wl_sigmoid(version, part.count, x, y)
      case .relu: wl_relu(version, part.count, x, y)
      case .tanh: wl_tanh(version, part.count, x, y)
      case .relu6: wl_relu6(version, part.count, x, y)
      }
    }
  }

  func backward(batch: Int) {
    guard let gradient = target.gradient, let contribution = source.nextContribution() else { return }
    let version = resources.instructionSet.kernelVersion
    resources.forEachPart(of: batch * target.count) { part in
      let y = self.target.value.base + part.lowerBound
      let d = contribution.base + part.lowerBound
      // The two are one where nobody else reads the source.
      if contribution !== gradient {
        d.update(from: gradient.base + part.lowerBound, count: part.count)
      }
      switch self.function {
      case .sigmoid: wl_sigmoid_gradient(version, part.count, y, d)
      case .relu: wl_relu_gradient(version, part.count, y, d)
      case .tanh: wl_tanh_gradient(version, part.count, y, d)
      case .relu6: wl_relu6_gradient(version, part.count, y, d)
      }
    }
    source.addContribution(batch: batch, resources: resources)
  }
}
