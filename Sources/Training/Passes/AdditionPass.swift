import CKernels
import Networks
import Quantization
import Tensors

/// The sum of two tensors: of reals, or in the hardware's integers, where each term is requantised first.
final class AdditionPass: SamplePass, @unchecked Sendable {
  private let sources: [PassReading]
  private let target: PassTensor
  private let plan: AdditionPlan?
  private let instructionSet: InstructionSet

  init(
    _ sources: [PassReading], to target: PassTensor, plan: AdditionPlan?, instructionSet: InstructionSet
  ) {
    self.sources = sources
    self.target = target
    self.plan = plan
    self.instructionSet = instructionSet
  }

  var floatsOfSample: Int { 3 * target.count }

  func forward(_ samples: Range<Int>) {
    let first = samples.lowerBound * target.count
    let count = samples.count * target.count
    let a = sources[0].value.base + first
    let b = sources[1].value.base + first
    let y = target.value.base + first
    guard let plan else {
      wl_add(instructionSet.kernelVersion, count, a, b, y)
      return
    }
    for index in 0..<count {
      // Both terms are signals of at most 8 bits, so that sums stay far below 2^24.
      let left = plan.first.applied(to: Int64(a[index]) << Int64(plan.leftShift), channel: 0)
      let right = plan.second.applied(to: Int64(b[index]) << Int64(plan.leftShift), channel: 0)
      y[index] = Float(left + right)
    }
  }

  func backward(_ samples: Range<Int>) {
    guard let gradient = target.gradient else { return }
    let first = samples.lowerBound * target.count
    // A tensor added to itself begins its gradient with the second reading.
    for source in sources.reversed() {
      guard let contribution = source.contribution else { continue }
      (contribution.base + first).update(from: gradient.base + first, count: samples.count * target.count)
      source.addContribution(samples, instructionSet)
    }
  }
}
