import CKernels
import Quantization
import Tensors

/// Weights and biases of a layer with, in a quantised run, the levels that forward and backward passes use.
final class WeightedParameters: @unchecked Sendable {
  let outputs: Int
  let inputs: Int
  let weights: TrainedValues
  let biases: TrainedValues
  /// What the passes multiply with: the float weights, or integer-valued q(w)/Δ. `[outputs, inputs]`.
  let factors: FloatBuffer
  /// What sums start at: float biases, or integers at the accumulator's scale.
  let starts: FloatBuffer
  /// The layer's plan in a quantised run.
  private(set) var plan: WeightPlan?

  init(weights: TrainedValues, biases: TrainedValues, isQuantized: Bool) {
    self.weights = weights
    self.biases = biases
    outputs = biases.values.count
    inputs = weights.values.count / outputs
    factors = isQuantized ? FloatBuffer(weights.values.count) : weights.values
    starts = isQuantized ? FloatBuffer(outputs) : biases.values
  }

  /// Quantises the present weights and biases by the plan of node `name`.
  func quantize(by plan: QuantizationPlan, node name: String, resources: ComputeResources) {
    let own = plan.weights[name]!
    self.plan = own
    let version = resources.instructionSet.kernelVersion
    if own.quantizers.count == 1 {
      let quantizer = own.quantizers[0]
      resources.forEachPart(of: weights.values.count) { part in
        wl_quantize(
          version, part.count, quantizer.step, Float(quantizer.limit),
          self.weights.values.base + part.lowerBound,
          self.factors.base + part.lowerBound)
      }
    } else {
      resources.forEach(outputs) { output in
        wl_quantize(
          version, self.inputs, own.quantizers[output].step, Float(own.quantizers[output].limit),
          self.weights.values.base + output * self.inputs, self.factors.base + output * self.inputs)
      }
    }
    let integers = plan.biasIntegers(of: biases.values.values, named: name)
    for (index, value) in integers.enumerated() { starts.base[index] = Float(value) }
  }

  /// Puts each weight that shares a value in its centroid's place.
  func shareWeights(by plan: QuantizationPlan, node name: String) {
    guard let sharing = plan.weights[name]!.sharing else { return }
    for (index, weight) in sharing.shared(weights.values.values).enumerated() {
      weights.values.base[index] = weight
    }
  }

  /// Gives every weight that shares a value the gradient of its centroid: the sum of its members' gradients (Han, Mao and Dally 2016, equation (3)), in
  /// double, over fixed parts of the layer and then over the parts. The gradient of pruned weights is 0. Members of a centroid that start equal are thereby
  /// changed equally, and pruned weights not at all.
  func shareGradient(resources: ComputeResources) {
    guard let sharing = plan?.sharing else { return }
    let count = weights.values.count
    let part = 1 << 15
    let parts = (count + part - 1) / part
    let entries = sharing.entries
    let gradient = weights.gradient.base
    var sums = [Double](repeating: 0, count: parts * entries)
    sharing.indices.withUnsafeBufferPointer { indices in
      sums.withUnsafeMutableBufferPointer { sums in
        // Parts write disjoint ranges of both.
        nonisolated(unsafe) let sums = sums
        nonisolated(unsafe) let gradient = gradient
        nonisolated(unsafe) let indices = indices
        resources.forEach(parts) { number in
          for place in number * part..<min((number + 1) * part, count) {
            sums[number * entries + Int(indices[place])] += Double(gradient[place])
          }
        }
        for number in stride(from: 1, to: parts, by: 1) {
          for entry in 0..<entries { sums[entry] += sums[number * entries + entry] }
        }
        if sharing.reservesZero { sums[0] = 0 }
        resources.forEach(parts) { number in
          for place in number * part..<min((number + 1) * part, count) {
            gradient[place] = Float(sums[Int(indices[place])])
          }
        }
      }
    }
  }

  /// What a weight's gradient is multiplied with, so that it is that of a real weight: a step of the input.
  var inputScale: Float { plan.map { Float($0.inputScale) } ?? 1 }

  /// What an input's gradient is multiplied with where all outputs share one step of the weights, or nil where each has its own.
  var commonStep: Float? {
    guard let plan else { return 1 }
    return plan.quantizers.count == 1 ? plan.quantizers[0].step : nil
  }

  /// Multiplies the gradient of the outputs of `samples`, of `elements` each, with each output's own step: `scaled` takes it.
  func scaleByStep(_ gradient: FloatBuffer, _ samples: Range<Int>, elements: Int, into scaled: FloatBuffer) {
    let steps = plan!.quantizers.map(\.step)
    for index in samples.lowerBound * elements..<samples.upperBound * elements {
      scaled.base[index] = gradient.base[index] * steps[index % outputs]
    }
  }
}
