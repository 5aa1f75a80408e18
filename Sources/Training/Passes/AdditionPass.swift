import CKernels
import Networks
import Quantization
import Tensors

/// The sum of two tensors: of reals, or in the hardware's integers, where each term is requantised first.
final class AdditionPass: NodePass, @unchecked Sendable {
  private let sources: [PassTensor]
  private let target: PassTensor
  private let plan: AdditionPlan?
  private let resources: ComputeResources

  init(_ sources: [PassTensor], to target: PassTensor, plan: AdditionPlan?, resources: ComputeResources) {
    self.sources = sources
    self.target = target
    self.plan = plan
    self.resources = resources
  }

  var trained: [TrainedValues] { [] }

  func forward(batch: Int, purpose: PassPurpose) {
    let version = resources.instructionSet.kernelVersion
    resources.forEachPart(of: batch * target.count) { part in
      let a = self.sources[0].value.base + part.lowerBound
      let b = self.sources[1].value.base + part.lowerBound
      let y = self.target.value.base + part.lowerBound
      guard let plan = self.plan else {
        wl_add(version, part.count, a, b, y)
        return
      }
      for index in 0..<part.count {
        // Both terms are signals of at most 8 bits, so that sums stay far below 2^24.
        let first = plan.first.applied(to: Int64(a[index]) << Int64(plan.leftShift), channel: 0)
        let second = plan.second.applied(to: Int64(b[index]) << Int64(plan.leftShift), channel: 0)
        y[index] = Float(first + second)
      }
    }
  }

  func backward(batch: Int) {
    guard let gradient = target.gradient else { return }
    for source in sources {
      guard let contribution = source.nextContribution() else { continue }
      contribution.base.update(from: gradient.base, count: batch * target.count)
      source.addContribution(batch: batch, resources: resources)
    }
  }
}
