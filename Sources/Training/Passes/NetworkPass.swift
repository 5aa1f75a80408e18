import CKernels
import Networks
import Quantization
import Tensors

/// Memory and code for forward and backward passes of one network over mini-batches, in float or, given a
/// plan, in the hardware's integers held as floats.
///
/// In a quantised pass a tensor holds integers: raw signals, or accumulators behind a layer with weights. Sums of
/// products are exact while they stay below 2^24, and are then the hardware's accumulators. Gradients are
/// always those of real values.
final class NetworkPass: @unchecked Sendable {
  /// A node with weights, in the order of the network.
  private struct Weighted {
    let name: String
    let parameters: WeightedParameters
  }

  let network: FloatNetwork
  private(set) var plan: QuantizationPlan?
  let batchCapacity: Int
  let resources: ComputeResources
  /// Samples, `[batch, features]`: reals in float, raw words in a quantised pass.
  let input: FloatBuffer
  /// Everything that is trained, by `node.parameter`, in the order of the network.
  let trained: [(name: String, values: TrainedValues)]
  private let tensors: [String: PassTensor]
  private let stages: [PassStage]
  private let weighted: [Weighted]
  private let signals: [String: SignalPass]
  private let normalizations: [String: BatchNormalizationPass]

  /// - Parameter slots: the optimizer's memory by `node.parameter`; what is left out starts at zero.
  init(
    _ network: FloatNetwork, slots: [String: [[Float]]] = [:], optimizer: Optimizer = .momentum,
    plan: QuantizationPlan?, batchCapacity: Int, resources: ComputeResources
  ) {
    self.network = network
    self.plan = plan
    self.batchCapacity = batchCapacity
    self.resources = resources
    var builder = PassBuilder(
      network, slots: slots, optimizer: optimizer, plan: plan, batchCapacity: batchCapacity,
      resources: resources)
    for node in network.nodes { builder.add(node) }
    tensors = builder.tensors
    stages = PassStage.stages(of: builder.passes.map(\.pass), resources: resources)
    weighted = builder.weighted.map { Weighted(name: $0.name, parameters: $0.parameters) }
    signals = builder.signals
    normalizations = builder.normalizations
    input = builder.tensors[inputTensorName]!.value
    trained = builder.passes.flatMap { name, pass in
      pass.trained.map { ("\(name).\($0.name)", $0) }
    }
    shareWeights()
    quantize()
  }

  /// Takes a new plan of the same kind and quantises the present weights by it.
  func setPlan(_ plan: QuantizationPlan) {
    self.plan = plan
    for (name, pass) in signals { pass.setPlan(plan.signals[name]!) }
    shareWeights()
    quantize()
  }

  private func shareWeights() {
    guard let plan else { return }
    for layer in weighted { layer.parameters.shareWeights(by: plan, node: layer.name) }
  }

  /// Gives weights that share a value the gradient of their centroid.
  func shareGradients() {
    for layer in weighted { layer.parameters.shareGradient(resources: resources) }
  }

  /// Brings the levels up to date with the weights.
  func quantize() {
    guard let plan else { return }
    for layer in weighted {
      layer.parameters.quantize(by: plan, node: layer.name, resources: resources)
    }
  }

  /// The values of tensor `name` after `forward`.
  func tensor(_ name: String) -> FloatBuffer { tensors[name]!.value }

  /// The gradient of the network's output in real units: `backward` starts from it.
  var outputGradient: FloatBuffer { tensors[network.output.name]!.gradient! }

  /// The gradient of tensor `name` after `backward`, or nil where nobody asks for it.
  func gradient(_ name: String) -> FloatBuffer? { tensors[name]!.gradient }

  /// Computes every tensor for `batch` samples in `input`.
  func forward(batch: Int, purpose: PassPurpose = .inference) {
    for stage in stages { stage.forward(batch: batch, purpose: purpose) }
  }

  /// From the output's gradient, the gradients of everything trained for the batch that `forward` saw.
  func backward(batch: Int) {
    for stage in stages.reversed() { stage.backward(batch: batch) }
  }

  /// The network with the present float weights.
  var trainedNetwork: FloatNetwork {
    var result = network
    let values = Dictionary(uniqueKeysWithValues: trained.map { ($0.name, $0.values) })
    for node in network.nodes {
      switch node.operation {
      case .dense(var dense):
        dense.weights.elements = values["\(node.name).weights"]!.values.values
        dense.biases = values["\(node.name).biases"]!.values.values
        result.replace(node.name, with: .dense(dense))
      case .convolution(var convolution):
        convolution.weights.elements = values["\(node.name).weights"]!.values.values
        convolution.biases = values["\(node.name).biases"]!.values.values
        result.replace(node.name, with: .convolution(convolution))
      case .batchNormalization:
        result.replace(node.name, with: .batchNormalization(normalizations[node.name]!.normalization))
      case .activation, .maximumPooling, .averagePooling, .dropout, .addition: break
      }
    }
    return result
  }

  /// The optimizer's memory by `node.parameter`.
  var slots: [String: [[Float]]] {
    Dictionary(uniqueKeysWithValues: trained.map { ($0.name, $0.values.slots.map(\.values)) })
  }

  /// Whether everything trained is a finite number.
  var isFinite: Bool { trained.allSatisfy { $0.values.values.isFinite } }
}

/// Puts the passes of a network together node by node.
private struct PassBuilder {
  let network: FloatNetwork
  let slots: [String: [[Float]]]
  let optimizer: Optimizer
  let plan: QuantizationPlan?
  let batchCapacity: Int
  let resources: ComputeResources
  private let workspace = ProductWorkspace()
  private var readers: [String: Int] = [:]
  var tensors: [String: PassTensor] = [:]
  var passes: [(name: String, pass: any NodePass)] = []
  var weighted: [(name: String, parameters: WeightedParameters)] = []
  var signals: [String: SignalPass] = [:]
  var normalizations: [String: BatchNormalizationPass] = [:]

  init(
    _ network: FloatNetwork, slots: [String: [[Float]]], optimizer: Optimizer, plan: QuantizationPlan?,
    batchCapacity: Int, resources: ComputeResources
  ) {
    self.network = network
    self.slots = slots
    self.optimizer = optimizer
    self.plan = plan
    self.batchCapacity = batchCapacity
    self.resources = resources
    for node in network.nodes { for input in node.inputs { readers[input, default: 0] += 1 } }
    tensors[inputTensorName] = PassTensor(
      shape: network.inputShape, batchCapacity: batchCapacity, readers: readers[inputTensorName]!,
      needsGradient: false)
  }

  /// A tensor for what `node` makes. A function of single elements shares the gradient's memory with its source where nobody else reads
  /// that.
  private func tensor(of node: FloatNetwork.Node, elementwise source: PassTensor? = nil) -> PassTensor {
    let shared = source.flatMap { $0.readers == 1 ? $0.gradient : nil }
    return PassTensor(
      shape: network.shapes[node.name]!, batchCapacity: batchCapacity,
      readers: readers[node.name, default: 0],
      sharing: shared)
  }

  private func trained(_ node: FloatNetwork.Node) -> [TrainedValues] {
    node.operation.parameters.map { name, values in
      TrainedValues(name, values, slots: slots["\(node.name).\(name)"], optimizer: optimizer)
    }
  }

  mutating func add(_ node: FloatNetwork.Node) {
    let sources = node.inputs.map { tensors[$0]! }
    let readings = sources.map { $0.reading() }
    switch node.operation {
    case .dense:
      let target = accumulators(of: node)
      let parameters = weights(of: node)
      append(
        node,
        DensePass(parameters, from: readings[0], to: target, resources: resources, workspace: workspace))
      finish(node, target)
    case .convolution(let convolution):
      let target = accumulators(of: node)
      let parameters = weights(of: node)
      let pass: any NodePass
      let channels = sources[0].channels
      if convolution.groups > 1, convolution.groups == channels, channels == parameters.outputs {
        pass = DepthwisePass(
          parameters, window: convolution.window, from: readings[0], to: target,
          batchCapacity: batchCapacity, instructionSet: resources.instructionSet)
      } else {
        pass = ConvolutionPass(
          parameters, window: convolution.window, groups: convolution.groups, from: readings[0], to: target,
          batchCapacity: batchCapacity, resources: resources)
      }
      append(node, pass)
      finish(node, target)
    case .activation(let function):
      let target = tensor(of: node, elementwise: sources[0])
      if let signal = plan?.signals[node.name] {
        let pass = SignalPass(
          signal, from: readings[0], to: target, instructionSet: resources.instructionSet)
        signals[node.name] = pass
        append(node, pass)
      } else {
        append(
          node,
          ActivationPass(
            function, from: readings[0], to: target, instructionSet: resources.instructionSet))
      }
      tensors[node.name] = target
    case .batchNormalization(let normalization):
      let target = tensor(of: node, elementwise: sources[0])
      let values = trained(node)
      let pass = BatchNormalizationPass(
        normalization, scale: values[0], shift: values[1], from: readings[0], to: target, resources: resources
      )
      normalizations[node.name] = pass
      append(node, pass)
      tensors[node.name] = target
    case .maximumPooling(let window):
      addPooling(node, .maximum, window, readings[0])
    case .averagePooling(let window):
      addPooling(
        node, plan.map { .roundedAverage($0.recipe.averageRounding) } ?? .average, window, readings[0])
    case .dropout(let rate):
      let target = tensor(of: node, elementwise: sources[0])
      // Integers are not dropped.
      append(
        node,
        DropoutPass(
          node.name, rate: plan == nil ? rate : 0, from: readings[0], to: target, resources: resources))
      tensors[node.name] = target
    case .addition:
      let target = accumulators(of: node)
      append(
        node,
        AdditionPass(
          readings, to: target, plan: plan?.additions[node.name], instructionSet: resources.instructionSet))
      finish(node, target)
    }
  }

  private mutating func append(_ node: FloatNetwork.Node, _ pass: any NodePass) {
    passes.append((node.name, pass))
  }

  private mutating func addPooling(
    _ node: FloatNetwork.Node, _ kind: PoolingPass.Kind, _ window: SlidingWindow, _ source: PassReading
  ) {
    let target = tensor(of: node)
    append(
      node,
      PoolingPass(
        kind, window: window, from: source, to: target, batchCapacity: batchCapacity,
        instructionSet: resources.instructionSet))
    tensors[node.name] = target
  }

  private mutating func weights(of node: FloatNetwork.Node) -> WeightedParameters {
    let values = trained(node)
    let parameters = WeightedParameters(weights: values[0], biases: values[1], isQuantized: plan != nil)
    weighted.append((node.name, parameters))
    return parameters
  }

  /// Where sums of `node` go: its tensor, or, where a signal of its own follows, memory that only the signal reads.
  private func accumulators(of node: FloatNetwork.Node) -> PassTensor {
    guard plan?.signals[node.name] != nil else { return tensor(of: node) }
    return PassTensor(shape: network.shapes[node.name]!, batchCapacity: batchCapacity, readers: 1)
  }

  /// Names the tensor that `node` makes, behind a signal where one follows.
  private mutating func finish(_ node: FloatNetwork.Node, _ sums: PassTensor) {
    guard let signal = plan?.signals[node.name] else {
      tensors[node.name] = sums
      return
    }
    let target = tensor(of: node, elementwise: sums)
    let pass = SignalPass(
      signal, from: sums.reading(), to: target, instructionSet: resources.instructionSet)
    signals[node.name] = pass
    append(node, pass)
    tensors[node.name] = target
  }
}

extension ComputeResources {
  /// Runs element-wise work over `0..<count`, split among the threads at multiples of `unit` where it is long enough to pay.
  func forEachPart(of count: Int, unit: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
    if count < 1 << 15 {
      body(0..<count)
    } else {
      let parts = ranges(of: count, unit: unit * ((1024 + unit - 1) / unit))
      forEach(parts.count) { body(parts[$0]) }
    }
  }
}
