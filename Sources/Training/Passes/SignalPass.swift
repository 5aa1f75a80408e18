import CKernels
import Networks
import Quantization
import Tensors

/// What follows accumulators in the hardware: requantiser and clamp or table, in integers held as floats.
final class SignalPass: NodePass, @unchecked Sendable {
  private(set) var plan: SignalPlan
  private let source: PassTensor
  private let target: PassTensor
  private let resources: ComputeResources
  /// Table addresses of the last forward pass.
  private let addresses: FloatBuffer
  private var table: FloatBuffer?
  private var slopes: FloatBuffer?

  init(
    _ plan: SignalPlan, from source: PassTensor, to target: PassTensor, resources: ComputeResources
  ) {
    self.plan = plan
    self.source = source
    self.target = target
    self.resources = resources
    if case .table = plan.function {
      addresses = FloatBuffer(target.value.count)
    } else {
      addresses = FloatBuffer(0)
    }
    setPlan(plan)
  }

  var trained: [TrainedValues] { [] }

  /// Takes a new plan of the same kind.
  func setPlan(_ plan: SignalPlan) {
    self.plan = plan
    if case .table(let own) = plan.function {
      table = FloatBuffer(own.table.entries.map { Float($0) })
      slopes = FloatBuffer(own.slopes)
    }
  }

  func forward(batch: Int, purpose: PassPurpose) {
    let version = resources.instructionSet.kernelVersion
    resources.forEachPart(of: batch * target.count, unit: target.channels) { part in
      let first = part.lowerBound
      let requantized = (self.table == nil ? self.target.value : self.addresses).base + first
      self.plan.requantize(
        version, self.source.value.base + first, part.count, channels: self.target.channels,
        into: requantized)
      if let table = self.table {
        wl_look_up(
          version, part.count, self.plan.lowestRequantized, table.base, requantized,
          self.target.value.base + first)
      }
    }
  }

  /// The slope of the unquantised function at the rounded argument, 1 through every rounding, 0 where clipped.
  func backward(batch: Int) {
    guard let gradient = target.gradient, let contribution = source.nextContribution() else { return }
    let version = resources.instructionSet.kernelVersion
    resources.forEachPart(of: batch * target.count) { part in
      let first = part.lowerBound
      let d = contribution.base + first
      if contribution !== gradient { d.update(from: gradient.base + first, count: part.count) }
      if let slopes = self.slopes {
        wl_look_up_gradient(
          version, part.count, self.plan.lowestRequantized, slopes.base, self.addresses.base + first, d)
      } else {
        self.plan.clipGradient(
          version, part.count, accumulators: self.source.value.base + first,
          outputs: self.target.value.base + first, gradient: d)
      }
    }
    source.addContribution(batch: batch, resources: resources)
  }
}
