import CKernels
import Networks
import Quantization
import Tensors

/// Memory and code for forward and backward passes of one network over mini-batches, in float or, given a
/// plan, in the hardware's integers held as floats.
///
/// In a quantised pass a tensor holds integers: raw signals, or accumulators behind a dense layer. Sums of
/// products are exact while they stay below 2^24, and are then the hardware's accumulators. Gradients are
/// always those of real values.
final class NetworkPass {
  let network: FloatNetwork
  private(set) var plan: QuantizationPlan?
  let batchCapacity: Int
  let resources: ComputeResources
  let parameters: [String: DenseParameters]
  /// Samples, `[batch, features]`: pixels / 256 in float, raw words in a quantised pass.
  let input: FloatBuffer
  private var values: [String: FloatBuffer] = [:]
  /// Table addresses of quantised activations.
  private var addresses: [String: FloatBuffer] = [:]
  /// Gradients of dense outputs; an activation's gradient is turned into its dense layer's in place.
  private var gradients: [String: FloatBuffer] = [:]
  private var tables: [String: FloatBuffer] = [:]
  private var slopes: [String: FloatBuffer] = [:]
  private let workspace = ProductWorkspace()
  private var version: wl_isa { resources.instructionSet.kernelVersion }

  init(
    _ network: FloatNetwork, velocities: [String: FloatDense] = [:], plan: QuantizationPlan?,
    batchCapacity: Int, resources: ComputeResources
  ) {
    self.network = network
    self.batchCapacity = batchCapacity
    self.resources = resources
    input = FloatBuffer(batchCapacity * network.inputShape.reduce(1, *))
    var parameters: [String: DenseParameters] = [:]
    for node in network.nodes {
      let size = batchCapacity * network.shapes[node.name]!.reduce(1, *)
      values[node.name] = FloatBuffer(size)
      switch node.operation {
      case .dense(let dense):
        parameters[node.name] = DenseParameters(node.name, dense, velocity: velocities[node.name])
        gradients[node.name] = FloatBuffer(size)
      case .activation:
        addresses[node.name] = FloatBuffer(size)
        gradients[node.name] = gradients[node.inputs[0]]
      }
    }
    self.parameters = parameters
    values[inputTensorName] = input
    setPlan(plan)
  }

  /// Takes a (new) plan and quantises the present weights by it.
  func setPlan(_ plan: QuantizationPlan?) {
    self.plan = plan
    guard let plan else { return }
    for (name, activation) in plan.activations {
      if case .table(let table) = activation.function {
        tables[name] = FloatBuffer(table.table.entries.map { Float($0) })
        slopes[name] = FloatBuffer(table.slopes)
      }
    }
    quantize()
  }

  /// Brings the levels up to date with the weights.
  func quantize() {
    guard let plan else { return }
    for layer in parameters.values { layer.quantize(by: plan, resources: resources) }
  }

  /// The values of tensor `name` after `forward`.
  func tensor(_ name: String) -> FloatBuffer { values[name]! }

  /// The gradient of tensor `name` in real units; `backward` starts from the output's.
  func gradient(_ name: String) -> FloatBuffer { gradients[name]! }

  /// Computes every tensor for `batch` samples in `input`.
  func forward(batch: Int) {
    for node in network.nodes {
      let source = values[node.inputs[0]]!
      let target = values[node.name]!
      switch node.operation {
      case .dense:
        let layer = parameters[node.name]!
        let isQuantized = plan != nil
        resources.multiply(
          MatrixView(source.base, rows: batch, columns: layer.inputs),
          MatrixView(
            (isQuantized ? layer.levels : layer.weights).base, rows: layer.outputs, columns: layer.inputs
          ).transposed,
          into: target.base, initial: (isQuantized ? layer.biasLevels : layer.biases).base,
          workspace: workspace)
      case .activation(let function):
        let count = batch * network.shapes[node.name]!.reduce(1, *)
        let version = version
        if let activation = plan?.activations[node.name] {
          let address = addresses[node.name]!
          let table = tables[node.name]
          resources.forEachPart(of: count) { part in
            activation.apply(
              version, part, accumulators: source, addresses: address, table: table, into: target)
          }
        } else {
          resources.forEachPart(of: count) { part in
            let x = source.base + part.lowerBound
            let y = target.base + part.lowerBound
            switch function {
            case .sigmoid: wl_sigmoid(version, part.count, x, y)
            case .relu: wl_relu(version, part.count, x, y)
            }
          }
        }
      }
    }
  }

  /// From the output's gradient, the gradients of all weights and biases for the batch that `forward` saw.
  func backward(batch: Int) {
    for node in network.nodes.reversed() {
      let source = node.inputs[0]
      let gradient = gradients[node.name]!
      switch node.operation {
      case .dense:
        let layer = parameters[node.name]!
        let dense = plan?.dense[node.name]
        let outputGradient = MatrixView(gradient.base, rows: batch, columns: layer.outputs)
        resources.multiply(
          outputGradient.transposed,
          MatrixView(values[source]!.base, rows: batch, columns: layer.inputs),
          into: layer.weightGradient.base, scale: dense.map { Float($0.inputScale) } ?? 1,
          workspace: workspace)
        wl_sum_rows(version, batch, layer.outputs, 1, gradient.base, layer.biasGradient.base)
        if let target = gradients[source] {
          let weights = dense == nil ? layer.weights : layer.levels
          resources.multiply(
            outputGradient, MatrixView(weights.base, rows: layer.outputs, columns: layer.inputs),
            into: target.base, scale: dense?.quantizer.step ?? 1, workspace: workspace)
        }
      case .activation(let function):
        let count = batch * network.shapes[node.name]!.reduce(1, *)
        let version = version
        let output = values[node.name]!
        let accumulators = values[source]!
        if let activation = plan?.activations[node.name] {
          let address = addresses[node.name]!
          let slope = slopes[node.name]
          resources.forEachPart(of: count) { part in
            activation.backPropagate(
              version, part, accumulators: accumulators, addresses: address, slopes: slope, outputs: output,
              gradient: gradient)
          }
        } else {
          resources.forEachPart(of: count) { part in
            let y = output.base + part.lowerBound
            let d = gradient.base + part.lowerBound
            switch function {
            case .sigmoid: wl_sigmoid_gradient(version, part.count, y, d)
            case .relu: wl_relu_gradient(version, part.count, y, d)
            }
          }
        }
      }
    }
  }

  /// The network with the present float weights.
  var trainedNetwork: FloatNetwork {
    var result = network
    for (name, layer) in parameters { result.replaceDense(name, with: layer.layer) }
    return result
  }
}

extension NetworkPass: @unchecked Sendable {}
