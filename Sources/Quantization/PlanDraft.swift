import FixedPoint
import Networks
import Tensors

/// A plan in the making, node by node.
struct PlanDraft {
  let network: FloatNetwork
  let recipe: QuantizationRecipe
  let held: QuantizationPlan?
  /// Steps by layer that are taken instead of fitted ones.
  let steps: [String: [Float]]
  /// For the fits of output channels.
  let resources: ComputeResources
  /// Real value of one raw step, by the name of the tensor, where it is integers between layers.
  var scales: [String: Double]
  var weights: [String: WeightPlan] = [:]
  var signals: [String: SignalPlan] = [:]
  var additions: [String: AdditionPlan] = [:]
  /// What sums count, by the name of the node: one scale, or one a channel.
  private var sumScales: [String: [Double]] = [:]

  init(
    network: FloatNetwork, recipe: QuantizationRecipe, held: QuantizationPlan?, steps: [String: [Float]],
    resources: ComputeResources
  ) {
    self.resources = resources
    self.steps = steps
    self.network = network
    self.recipe = recipe
    self.held = held
    scales = [inputTensorName: 1 / Double(1 << recipe.inputWordLength)]
  }

  /// Whether a word length under `name` is that of a layer, or of the signal that follows it.
  func isWordLengthUsed(_ name: String) -> Bool {
    weights[name] != nil
      || network.nodes.contains { $0.name == name && weights[$0.inputs[0]] != nil && isActivation($0) }
  }

  private func isActivation(_ node: FloatNetwork.Node) -> Bool {
    if case .activation = node.operation { true } else { false }
  }

  /// The activation that alone reads the tensor `name`, if one does.
  private func activation(after name: String) -> FloatNetwork.Node? {
    let readers = network.nodes.filter { $0.inputs.contains(name) }
    return readers.count == 1 && isActivation(readers[0]) ? readers[0] : nil
  }

  private func scale(of name: String, readBy node: FloatNetwork.Node) throws(QuantizationError) -> Double {
    guard let scale = scales[name] else {
      throw QuantizationError(
        "\(node.name) reads the sums of \(name); an activation must stand between them")
    }
    return scale
  }

  mutating func add(_ node: FloatNetwork.Node, calibration: (String) -> [Float]) throws(QuantizationError) {
    switch node.operation {
    case .dense(let dense):
      try addWeights(dense.weights.elements, outputs: dense.outputs, of: node, calibration)
    case .convolution(let convolution):
      try addWeights(convolution.weights.elements, outputs: convolution.biases.count, of: node, calibration)
    case .addition:
      try addAddition(node, calibration)
    case .activation(let function):
      guard let sums = sumScales[node.inputs[0]] else {
        throw QuantizationError(
          "\(node.name) reads \(node.inputs[0]); an activation must follow a layer with accumulators, which it alone reads"
        )
      }
      try addSignal(of: node.name, function, sums: sums, calibration)
    case .maximumPooling, .averagePooling, .dropout:
      scales[node.name] = try scale(of: node.inputs[0], readBy: node)
    case .batchNormalization:
      throw QuantizationError(
        "\(node.name) normalizes batches; fold it into its layer before the network is quantized")
    }
  }

  private mutating func addWeights(
    _ elements: [Float], outputs: Int, of node: FloatNetwork.Node, _ calibration: (String) -> [Float]
  ) throws(QuantizationError) {
    let inputScale = try scale(of: node.inputs[0], readBy: node)
    try Self.checkFinite(elements, "weights of \(node.name)")
    let follower = activation(after: node.name)
    let bits = recipe.weightWordLengths[follower?.name ?? node.name] ?? recipe.weightWordLength(of: node.name)
    let sharing = sharing(of: elements, names: [follower?.name, node.name].compactMap { $0 })
    let elements = sharing?.shared(elements) ?? elements
    let limit = UniformQuantizer.limit(wordLength: bits)
    let isPowerOfTwo = recipe.requantizer.needsPowersOfTwo
    let isLast = node.name == network.output.name
    let quantizers: [UniformQuantizer]
    if let given = steps[node.name], given.count == 1 || given.count == outputs {
      quantizers = given.map { UniformQuantizer(step: $0, limit: limit) }
    } else if recipe.granularity == .layer || isLast {
      quantizers = [Self.quantizer(for: elements, limit: limit, powerOfTwo: isPowerOfTwo)]
    } else {
      let width = elements.count / outputs
      var fitted = [UniformQuantizer](repeating: UniformQuantizer(step: 1, limit: limit), count: outputs)
      fitted.withUnsafeMutableBufferPointer { fitted in
        // Each channel is written once.
        nonisolated(unsafe) let fitted = fitted
        resources.forEach(outputs) { output in
          fitted[output] = Self.quantizer(
            for: Array(elements[output * width..<(output + 1) * width]), limit: limit,
            powerOfTwo: isPowerOfTwo)
        }
      }
      quantizers = fitted
    }
    let plan = WeightPlan(
      weightWordLength: bits, sharing: sharing, quantizers: quantizers, inputScale: inputScale)
    weights[node.name] = plan
    sumScales[node.name] = quantizers.indices.map { plan.accumulatorScale(channel: $0) }
    if follower == nil, !isLast {
      try addSignal(of: node.name, nil, sums: sumScales[node.name]!, calibration)
    }
  }

  /// Which of a layer's weights share a value; `names` are its own, the one that bears its word length first.
  private func sharing(of elements: [Float], names: [String]) -> WeightSharing? {
    guard let codebook = recipe.codebook else { return nil }
    if let held, held.recipe.codebook == codebook {
      return held.weights[names[names.count - 1]]?.sharing
    }
    let bits = names.compactMap { codebook.indexBitsByLayer[$0] }.first ?? codebook.indexBits
    return WeightSharing(
      clustering: elements, indexBits: bits, prunedFraction: codebook.prunedFraction)
  }

  private mutating func addAddition(
    _ node: FloatNetwork.Node, _ calibration: (String) -> [Float]
  ) throws(QuantizationError) {
    let first = try scale(of: node.inputs[0], readBy: node)
    let second = try scale(of: node.inputs[1], readBy: node)
    // The embedded runtimes' choice: both terms in units of twice the larger scale, raised so that little is lost.
    let largest = 2 * max(first, second)
    let leftShift = 12
    let plan = AdditionPlan(
      leftShift: leftShift, first: try recipe.requantizer.requantization(factor: first / largest),
      second: try recipe.requantizer.requantization(factor: second / largest),
      sumScale: largest / Double(1 << leftShift))
    additions[node.name] = plan
    sumScales[node.name] = [plan.sumScale]
    if activation(after: node.name) == nil {
      try addSignal(of: node.name, nil, sums: [plan.sumScale], calibration)
    }
  }

  /// The signal that `function` (nil for none) makes of sums of the given scales.
  private mutating func addSignal(
    of name: String, _ function: ActivationFunction?, sums: [Double], _ calibration: (String) -> [Float]
  ) throws(QuantizationError) {
    let bits = recipe.signalWordLength
    func requantization(_ factor: (Double) -> Double) throws(QuantizationError) -> Requantization {
      try recipe.requantizer.requantization(factors: sums.map(factor))
    }
    switch function {
    case .sigmoid, .tanh:
      let address = recipe.tableAddress
      let unitsPerStep = Double(sign: .plus, exponent: address.fractionLength, significand: 1)
      let isSigned = function == .tanh
      signals[name] = SignalPlan(
        function: .table(
          isSigned
            ? .tanh(address: address, signalWordLength: bits)
            : .sigmoid(address: address, signalWordLength: bits)),
        requantization: try requantization { $0 * unitsPerStep },
        outputScale: 1 / Double(1 << (isSigned ? bits - 1 : bits)), isSigned: isSigned)
    case .relu, .relu6, nil:
      let isSigned = function == nil
      let limit = (1 << (isSigned ? bits - 1 : bits)) - 1
      let scale: Double
      if let held = held?.signals[name]?.outputScale {
        scale = held
      } else {
        let samples = calibration(name)
        try Self.checkFinite(samples, "samples of \(name)")
        scale = Double(
          Self.quantizer(for: samples, limit: max(limit, 1), powerOfTwo: recipe.requantizer.needsPowersOfTwo)
            .step)
      }
      var high = Int64(limit)
      if function == .relu6 { high = min(high, max(1, Int64((6 / scale).rounded(.toNearestOrAwayFromZero)))) }
      signals[name] = SignalPlan(
        function: .clamp(low: isSigned ? -Int64(limit) : 0, high: high),
        requantization: try requantization { $0 / scale }, outputScale: scale, isSigned: isSigned)
    }
    scales[name] = signals[name]!.outputScale
  }

  private static func checkFinite(_ values: [Float], _ what: String) throws(QuantizationError) {
    if let bad = values.first(where: { !$0.isFinite }) {
      throw QuantizationError("\(what) hold \(bad), which is not a finite number; the training diverged")
    }
  }

  private static func quantizer(for values: [Float], limit: Int, powerOfTwo: Bool) -> UniformQuantizer {
    let best = UniformQuantizer.leastSquares(for: values, limit: limit)
    guard powerOfTwo else { return best }
    let below = UniformQuantizer(step: best.step.binade, limit: limit)
    let above = UniformQuantizer(step: min(best.step.binade, 0x1p126) * 2, limit: limit)
    return below.squaredError(over: values) <= above.squaredError(over: values) ? below : above
  }
}
