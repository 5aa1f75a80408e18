import CKernels
import Networks
import Quantization
import Tensors

/// A dense layer's float weights and biases with their velocities and gradients, and, in a quantised run, the
/// levels that forward and backward passes use.
final class DenseParameters {
  let name: String
  let outputs: Int
  let inputs: Int
  let weights: FloatBuffer
  let biases: FloatBuffer
  let weightVelocity: FloatBuffer
  let biasVelocity: FloatBuffer
  let weightGradient: FloatBuffer
  let biasGradient: FloatBuffer
  /// Integer-valued weights q(w)/Δ.
  let levels: FloatBuffer
  /// Integer-valued biases at the accumulator's scale.
  let biasLevels: FloatBuffer

  init(_ name: String, _ dense: FloatDense, velocity: FloatDense?) {
    self.name = name
    outputs = dense.outputs
    inputs = dense.inputs
    weights = FloatBuffer(dense.weights.elements)
    biases = FloatBuffer(dense.biases)
    weightVelocity = velocity.map { FloatBuffer($0.weights.elements) } ?? FloatBuffer(weights.count)
    biasVelocity = velocity.map { FloatBuffer($0.biases) } ?? FloatBuffer(biases.count)
    weightGradient = FloatBuffer(weights.count)
    biasGradient = FloatBuffer(biases.count)
    levels = FloatBuffer(weights.count)
    biasLevels = FloatBuffer(biases.count)
  }

  /// The float weights and biases as a layer.
  var layer: FloatDense { dense(weights, biases) }
  /// The velocities in the shape of a layer.
  var velocity: FloatDense { dense(weightVelocity, biasVelocity) }

  private func dense(_ weights: FloatBuffer, _ biases: FloatBuffer) -> FloatDense {
    FloatDense(
      weights: Tensor(shape: [outputs, inputs], elements: weights.values), biases: biases.values)
  }

  /// Brings levels up to date with the float weights and biases.
  func quantize(by plan: QuantizationPlan, resources: ComputeResources) {
    let quantizer = plan.dense[name]!.quantizer
    let version = resources.instructionSet.kernelVersion
    resources.forEachPart(of: weights.count) { part in
      wl_quantize(
        version, part.count, quantizer.step, Float(quantizer.limit), self.weights.base + part.lowerBound,
        self.levels.base + part.lowerBound)
    }
    let integers = plan.biasIntegers(of: biases.values, named: name)
    for (index, value) in integers.enumerated() { biasLevels.base[index] = Float(value) }
  }

  /// Whether every weight and bias is a finite number.
  var isFinite: Bool { weights.isFinite && biases.isFinite }

  /// One step of gradient descent with momentum.
  func step(rate: Float, momentum: Float, decay: Float, resources: ComputeResources) {
    let version = resources.instructionSet.kernelVersion
    resources.forEachPart(of: weights.count) { part in
      wl_momentum_step(
        version, part.count, rate, momentum, decay, self.weightGradient.base + part.lowerBound,
        self.weightVelocity.base + part.lowerBound, self.weights.base + part.lowerBound)
    }
    wl_momentum_step(
      version, biases.count, rate, momentum, decay, biasGradient.base, biasVelocity.base, biases.base)
  }
}

extension DenseParameters: @unchecked Sendable {}

extension ComputeResources {
  /// Runs element-wise work over `0..<count`, split among the threads where it is long enough to pay.
  func forEachPart(of count: Int, _ body: @Sendable (Range<Int>) -> Void) {
    if count < 1 << 15 {
      body(0..<count)
    } else {
      let parts = ranges(of: count, unit: 1024)
      forEach(parts.count) { body(parts[$0]) }
    }
  }
}
