import CKernels
import Reproducibility
import Tensors

/// How a gradient changes a weight. g is the gradient, w the weight, λ the weight decay, η the learning rate.
public enum Optimizer: String, Sendable, Hashable, CaseIterable {
  /// v = μ·v − η·(g + λ·w); w = w + v, with the momentum μ of the settings.
  case momentum = "sgdMomentum"
  /// Tieleman and Hinton 2012: s = 0.9·s + 0.1·g²; w = w − η·g / (√s + 10⁻⁸), g with the decay λ·w added.
  case rmsProp
  /// Zeiler 2012: s = 0.95·s + 0.05·g²; d = g·√(u + 10⁻⁶) / √(s + 10⁻⁶); u = 0.95·u + 0.05·d²; w = w − η·d.
  case adaDelta
  /// Kingma and Ba 2015, with β₁ = 0.9, β₂ = 0.999 and 10⁻⁸.
  case adam

  /// Numbers that it keeps beside each weight.
  var slotCount: Int {
    switch self {
    case .momentum, .rmsProp: 1
    case .adaDelta, .adam: 2
    }
  }
}

/// Numbers that are trained: one parameter of one node, with its gradient and the optimizer's memory.
final class TrainedValues: @unchecked Sendable {
  /// `weights`, `biases`, `scale` or `shift`.
  let name: String
  let values: FloatBuffer
  let gradient: FloatBuffer
  let slots: [FloatBuffer]

  /// - Parameter slots: the optimizer's memory from a run that goes on, or nil to start at zero.
  init(_ name: String, _ values: [Float], slots: [[Float]]?, optimizer: Optimizer) {
    self.name = name
    self.values = FloatBuffer(values)
    gradient = FloatBuffer(values.count)
    self.slots =
      slots.map { $0.map { FloatBuffer($0) } }
      ?? (0..<optimizer.slotCount).map { _ in FloatBuffer(values.count) }
  }

  /// One step of the optimizer. `step` counts mini-batches from 1, over all epochs.
  func update(settings: TrainingSettings, rate: Float, step: Int, resources: ComputeResources) {
    let version = resources.instructionSet.kernelVersion
    let decay = Float(settings.weightDecay)
    resources.forEachPart(of: values.count) { part in
      let first = part.lowerBound
      let w = self.values.base + first
      let g = self.gradient.base + first
      switch settings.optimizer {
      case .momentum:
        wl_momentum_step(
          version, part.count, rate, Float(settings.momentum), decay, g, self.slots[0].base + first, w)
      case .rmsProp:
        wl_rmsprop_step(version, part.count, rate, 0.9, 1e-8, decay, g, self.slots[0].base + first, w)
      case .adaDelta:
        wl_adadelta_step(
          version, part.count, rate, 0.95, 1e-6, decay, g, self.slots[0].base + first,
          self.slots[1].base + first, w)
      case .adam:
        let corrections = [0.9, 0.999].map { Float(1 - ElementaryFunctions.pow($0, Double(step))) }
        wl_adam_step(
          version, part.count, rate, 0.9, 0.999, 1e-8, corrections[0], corrections[1], decay, g,
          self.slots[0].base + first, self.slots[1].base + first, w)
      }
    }
  }
}
