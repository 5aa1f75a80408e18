import CKernels
import Networks
import Quantization
import Tensors

/// What follows accumulators in the hardware: requantiser and clamp or table, in integers held as floats.
final class SignalPass: SamplePass, @unchecked Sendable {
  private(set) var plan: SignalPlan
  private let source: PassReading
  private let target: PassTensor
  private let instructionSet: InstructionSet
  /// Table addresses of the last forward pass.
  private let addresses: FloatBuffer
  private var table: FloatBuffer?
  private var slopes: FloatBuffer?

  init(
    _ plan: SignalPlan, from source: PassReading, to target: PassTensor, instructionSet: InstructionSet
  ) {
    self.plan = plan
    self.source = source
    self.target = target
    self.instructionSet = instructionSet
    if case .table = plan.function {
      addresses = FloatBuffer(target.value.count)
    } else {
      addresses = FloatBuffer(0)
    }
    setPlan(plan)
  }

  /// Takes a new plan of the same kind.
  func setPlan(_ plan: SignalPlan) {
    self.plan = plan
    if case .table(let own) = plan.function {
      table = FloatBuffer(own.table.entries.map { Float($0) })
      slopes = FloatBuffer(own.slopes)
    }
  }

  var floatsOfSample: Int { source.count + target.count }

  func forward(_ samples: Range<Int>) {
    let version = instructionSet.kernelVersion
    let first = samples.lowerBound * target.count
    let count = samples.count * target.count
    let requantized = (table == nil ? target.value : addresses).base + first
    plan.requantize(version, source.value.base + first, count, channels: target.channels, into: requantized)
    if let table {
      wl_look_up(
        version, count, plan.lowestRequantized, table.base, requantized, target.value.base + first)
    }
  }

  /// The slope of the unquantised function at the rounded argument, 1 through every rounding, 0 where clipped.
  func backward(_ samples: Range<Int>) {
    guard let gradient = target.gradient, let contribution = source.contribution else { return }
    let version = instructionSet.kernelVersion
    let first = samples.lowerBound * target.count
    let count = samples.count * target.count
    let d = contribution.base + first
    if contribution !== gradient { d.update(from: gradient.base + first, count: count) }
    if let slopes {
      wl_look_up_gradient(version, count, plan.lowestRequantized, slopes.base, addresses.base + first, d)
    } else {
      plan.clipGradient(
        version, count, accumulators: source.value.base + first, outputs: target.value.base + first,
        gradient: d)
    }
    source.addContribution(samples, instructionSet)
  }
}
