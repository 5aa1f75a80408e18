import FixedPoint
import Networks
import Tensors

/// How one dense layer's numbers become integers.
public struct DensePlan: Sendable, Hashable {
  /// Word length of the weights, and their quantiser.
  public let weightWordLength: Int
  /// Step and number of levels of the weights.
  public let quantizer: UniformQuantizer
  /// Real value of one raw step of the layer's input.
  public let inputScale: Double
  /// Real value of one raw step of the accumulator, and so of a bias: weight step × input scale.
  public let accumulatorScale: Double
}

/// How one activation turns accumulators into the next layer's integers.
public struct ActivationPlan: Sendable, Hashable {
  /// What is computed.
  public enum Function: Sendable, Hashable {
    /// A look-up.
    case table(ActivationTable)
    /// A clamp to `0...high`.
    case clamp(high: Int64)
  }
  /// The function.
  public let function: Function
  /// From the accumulator to the table's address or the output's raw value.
  public let requantization: Requantization
  /// Real value of one raw step of the output.
  public let outputScale: Double
}

/// Every step, scale, multiplier and table of a quantised network: fixed when the network is first quantised,
/// and held while it is retrained.
public struct QuantizationPlan: Sendable, Hashable {
  /// What was asked for.
  public let recipe: QuantizationRecipe
  /// Real value of one raw step of the input: 2^−(input word length) for images of 0...1.
  public let inputScale: Double
  /// By dense node's name.
  public let dense: [String: DensePlan]
  /// By activation node's name.
  public let activations: [String: ActivationPlan]

  /// Plans the direct quantisation of `network`: the least-squares step for each layer's weights.
  ///
  /// Where the requantiser can only shift, each step is the power of two (the one below or above the optimum)
  /// with the smaller squared error, ties to the smaller.
  ///
  /// - Parameter calibration: samples of a tensor of the float network by name, for the scale of signals that
  ///   have no fixed range (ReLU outputs).
  /// - Parameter held: a plan whose signal scales are kept, so that only weight steps are fitted anew.
  /// - Throws: `QuantizationError` for word lengths out of range or of unknown layers, weights or samples that are not
  ///   finite, a graph that the integer units cannot follow (each hidden dense layer must feed one activation), or a
  ///   factor beyond the requantiser's reach.
  public init(
    network: FloatNetwork, recipe: QuantizationRecipe, calibration: (String) -> [Float],
    holding held: QuantizationPlan? = nil
  ) throws(QuantizationError) {
    try recipe.check()
    var scales = [inputTensorName: 1 / Double(1 << recipe.inputWordLength)]
    var dense: [String: DensePlan] = [:]
    var activations: [String: ActivationPlan] = [:]
    for node in network.nodes {
      let source = node.inputs[0]
      switch node.operation {
      case .dense(let layer):
        guard let inputScale = scales[source] else {
          throw QuantizationError(
            "\(node.name) reads the accumulators of \(source); an activation must stand between them")
        }
        try Self.checkFinite(layer.weights.elements, "weights of \(node.name)")
        let bits = recipe.weightWordLength(of: node.name)
        let limit = UniformQuantizer.limit(wordLength: bits)
        let quantizer = Self.quantizer(
          for: layer.weights.elements, limit: limit, powerOfTwo: recipe.requantizer.needsPowersOfTwo)
        dense[node.name] = DensePlan(
          weightWordLength: bits, quantizer: quantizer, inputScale: inputScale,
          accumulatorScale: Double(quantizer.step) * inputScale)
      case .activation(let function):
        guard let plan = dense[source] else {
          throw QuantizationError(
            "\(node.name) reads \(source); an activation must follow a layer with accumulators")
        }
        let activation = try Self.plan(
          function, after: plan, recipe: recipe, scale: held?.activations[node.name]?.outputScale,
          samples: { calibration(node.name) })
        activations[node.name] = activation
        scales[node.name] = activation.outputScale
      }
    }
    if let name = recipe.weightWordLengths.keys.sorted().first(where: { dense[$0] == nil }) {
      let known = dense.keys.sorted().joined(separator: ", ")
      throw QuantizationError(
        "a word length for weights of \(name), which is no dense layer; there are \(known)")
    }
    self.recipe = recipe
    self.inputScale = scales[inputTensorName]!
    self.dense = dense
    self.activations = activations
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

  private static func plan(
    _ function: ActivationFunction, after dense: DensePlan, recipe: QuantizationRecipe,
    scale held: Double?, samples: () -> [Float]
  ) throws(QuantizationError) -> ActivationPlan {
    let bits = recipe.signalWordLength
    switch function {
    case .sigmoid:
      let address = recipe.tableAddress
      let unitsPerStep = Double(sign: .plus, exponent: address.fractionLength, significand: 1)
      return ActivationPlan(
        function: .table(.sigmoid(address: address, signalWordLength: bits)),
        requantization: try recipe.requantizer.requantization(factor: dense.accumulatorScale * unitsPerStep),
        outputScale: 1 / Double(1 << bits))
    case .relu:
      let limit = (1 << bits) - 1
      let scale: Double
      if let held {
        scale = held
      } else {
        let samples = samples()
        try checkFinite(samples, "samples of a ReLU's output")
        let isShift = recipe.requantizer.needsPowersOfTwo
        scale = Double(quantizer(for: samples, limit: limit, powerOfTwo: isShift).step)
      }
      return ActivationPlan(
        function: .clamp(high: Int64(limit)),
        requantization: try recipe.requantizer.requantization(factor: dense.accumulatorScale / scale),
        outputScale: scale)
    }
  }

  /// The raw input word of an 8-bit pixel: `min(⌊pixel · 2^w / 256 + 1/2⌋, 2^w − 1)` for w-bit inputs, ties up.
  public func inputLevel(ofPixel pixel: UInt8) -> Int {
    let bits = recipe.inputWordLength
    return min((Int(pixel) << bits + 128) >> 8, 1 << bits - 1)
  }

  /// Biases of dense node `name` at its accumulators' scale: `b / scale` to nearest, ties away from zero,
  /// saturated to the accumulator's range.
  public func biasIntegers(of biases: [Float], named name: String) -> [Int64] {
    let scale = dense[name]!.accumulatorScale
    let high = Double(sign: .plus, exponent: recipe.accumulatorWordLength - 1, significand: 1)
    let most = Int64.max >> (64 - recipe.accumulatorWordLength)
    return biases.map { bias in
      let raw = (Double(bias) / scale).rounded(.toNearestOrAwayFromZero)
      return raw >= high ? most : (raw < -high ? -most - 1 : Int64(raw))
    }
  }

  /// The integer network of `network`'s present weights and biases under this plan.
  /// - Throws: `NetworkError` where a weight or bias is not finite, or a sum with its bias may not fit 64 bits.
  public func integerNetwork(from network: FloatNetwork) throws(NetworkError) -> IntegerNetwork {
    func format(_ signedness: Signedness, _ bits: Int) -> FixedPointFormat {
      try! FixedPointFormat(signedness, wordLength: bits, fractionLength: 0)
    }
    let signal = format(.unsigned, recipe.signalWordLength)
    let input = format(.unsigned, recipe.inputWordLength)
    var scales = [inputTensorName: inputScale]
    var nodes: [IntegerNetwork.Node] = []
    // A dense layer and the activation that reads it are one node, which bears the activation's name.
    for node in network.nodes {
      guard case .dense(let layer) = node.operation else { continue }
      if let bad = (layer.weights.elements + layer.biases).first(where: { !$0.isFinite }) {
        throw NetworkError(at: node.name, "holds \(bad), which is not a finite number; the training diverged")
      }
      let plan = dense[node.name]!
      let consumer = network.nodes.first { $0.inputs.contains(node.name) }
      let activation = consumer.flatMap { activations[$0.name] }
      let stage: IntegerOutputStage =
        switch activation?.function {
        case nil: .accumulators
        case .table(let table): .table(activation!.requantization, table.table)
        case .clamp(let high): .clamp(activation!.requantization, low: 0, high: high)
        }
      let weights = layer.weights.elements.map { Int16(plan.quantizer.level(of: $0)) }
      let name = consumer?.name ?? node.name
      scales[name] = activation?.outputScale ?? plan.accumulatorScale
      nodes.append(
        IntegerNetwork.Node(
          name, inputs: node.inputs,
          .dense(
            IntegerDense(
              weights: Tensor(shape: layer.weights.shape, elements: weights),
              weightWordLength: plan.weightWordLength,
              biases: biasIntegers(of: layer.biases, named: node.name), outputStage: stage)),
          output: IntegerTensor(
            shape: [layer.outputs],
            format: activation == nil ? format(.signed, recipe.accumulatorWordLength) : signal)))
    }
    return try IntegerNetwork(
      name: network.name, input: IntegerTensor(shape: network.inputShape, format: input), nodes: nodes,
      scales: scales,
      preprocessing: InputPreprocessing(numerator: 1 << recipe.inputWordLength, denominator: 256))
  }
}
