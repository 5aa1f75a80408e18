import FixedPoint
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing

@Suite("Quantisation plans")
struct QuantizationPlanTests {
  /// Two hidden layers and logits, with random weights and biases.
  private func network(_ activation: ActivationFunction, seed: UInt64 = 421, biases: Double = 0.3) throws
    -> FloatNetwork
  {
    var network = try FeedForwardTopology(hiddenLayers: 2, units: 12, activation: activation)
      .network(inputShape: [4, 2], classes: 5, random: RandomSource(seed: seed))
    var source = RandomSource(seed: seed).split("biases")
    for node in network.nodes {
      guard case .dense(var dense) = node.operation else { continue }
      dense.biases = dense.biases.map { _ in Float(source.normal() * biases) }
      network.replace(node.name, with: .dense(dense))
    }
    return network
  }

  /// Samples of 8-bit pixels as raw bytes.
  private func samples(_ count: Int, seed: UInt64 = 422) -> [[UInt8]] {
    var source = RandomSource(seed: seed)
    return (0..<count).map { _ in (0..<8).map { _ in UInt8(source.below(256)) } }
  }

  /// Outputs of a hidden node of the float network for the samples, by running the network cut after it.
  private func calibration(_ network: FloatNetwork, _ samples: [[UInt8]]) -> (String) -> [Float] {
    { name in
      let end = network.nodes.firstIndex { $0.name == name }!
      let cut = try! FloatNetwork(
        name: "cut", inputShape: network.inputShape, nodes: Array(network.nodes[...end]))
      return samples.flatMap { cut.referenceOutput(of: $0.map { Double($0) / 256 }).map { Float($0) } }
    }
  }

  private func plan(
    _ network: FloatNetwork, _ recipe: QuantizationRecipe, holding held: QuantizationPlan? = nil
  ) throws -> QuantizationPlan {
    try QuantizationPlan(
      network: network, recipe: recipe, calibration: calibration(network, samples(50)), holding: held)
  }

  private func dense(_ network: FloatNetwork, _ name: String) -> FloatDense {
    for node in network.nodes where node.name == name {
      if case .dense(let dense) = node.operation { return dense }
    }
    preconditionFailure("no dense node \(name)")
  }

  @Test(
    "Scales chain: accumulators have step × input scale, signals 2^−b or the calibrated step",
    arguments: ActivationFunction.allCases)
  func scalesChain(_ activation: ActivationFunction) throws {
    let network = try network(activation)
    let recipe = QuantizationRecipe(
      weightWordLength: 4, weightWordLengths: ["dense2": 2], signalWordLength: 6, inputWordLength: 5)
    let plan = try plan(network, recipe)
    #expect(plan.inputScale == 0x1p-5)
    #expect(plan.weights["dense1"]!.inputScale == 0x1p-5)
    for (hidden, name) in [("hidden1", "dense2"), ("hidden2", "logits")] {
      let scale = plan.signals[hidden]!.outputScale
      #expect(plan.weights[name]!.inputScale == scale)
      if activation == .sigmoid { #expect(scale == 0x1p-6) }
      if activation == .tanh { #expect(scale == 0x1p-5) }
    }
    #expect(["dense1", "dense2", "logits"].map { plan.weights[$0]!.weightWordLength } == [4, 2, 4])
    #expect(["dense1", "dense2", "logits"].map { plan.weights[$0]!.quantizers[0].limit } == [7, 1, 7])
    for (name, dense) in plan.weights {
      #expect(dense.accumulatorScale == Double(dense.quantizers[0].step) * dense.inputScale, "\(name)")
      let best = UniformQuantizer.leastSquares(
        for: self.dense(network, name).weights.elements, limit: dense.quantizers[0].limit)
      #expect(dense.quantizers[0] == best, "\(name)")
    }
    for (index, name) in ["hidden1", "hidden2"].enumerated() {
      let made = plan.signals[name]!
      guard case .multiplier(let multipliers, let shifts, _) = made.requantization else {
        return #expect(Bool(false), "\(made.requantization)")
      }
      // The multiplier takes accumulators to the table's address (64 a unit) or to the output's raw values.
      let unit = activation.hasTable ? 1.0 / 64 : made.outputScale
      let factor = plan.weights["dense\(index + 1)"]!.accumulatorScale / unit
      let realized = Double(multipliers[0]) * Double(sign: .plus, exponent: -shifts[0], significand: 1)
      #expect(abs(realized / factor - 1) <= 0x1p-16, "\(name)")
      switch (activation, made.function) {
      case (.sigmoid, .table(let table)), (.tanh, .table(let table)):
        #expect(table.table.entries.count == 1024)
      // The samples are those of a ReLU, far below 6.
      case (.relu6, .clamp(let low, let high)):
        #expect(low == 0 && high == min(63, Int64((6 / made.outputScale).rounded())))
      case (.relu, .clamp(let low, let high)): #expect(low == 0 && high == 63)
      default: #expect(Bool(false), "\(name) computes \(made.function)")
      }
    }
    // A ReLU's scale is the least-squares step of its samples for 2^6 − 1 levels.
    if activation == .relu {
      let outputs = calibration(network, samples(50))("hidden1")
      #expect(
        plan.signals["hidden1"]!.outputScale
          == Double(UniformQuantizer.leastSquares(for: outputs, limit: 63).step))
    }
  }

  @Test("The integer network holds the levels, the nearest biases, the scales and the preprocessing")
  func integerNetwork() throws {
    let network = try network(.relu)
    let recipe = QuantizationRecipe(
      weightWordLength: 3, signalWordLength: 7, inputWordLength: 6, accumulatorWordLength: 20)
    let plan = try plan(network, recipe)
    let integer = try plan.integerNetwork(from: network)
    #expect(integer.nodes.map(\.name) == ["hidden1", "hidden2", "logits"] && integer.name == network.name)
    #expect(integer.input == IntegerTensor(shape: [4, 2], format: try FixedPointFormat(parsing: "ufix6")))
    #expect(integer.preprocessing == InputPreprocessing(numerator: 64, denominator: 256))
    for (node, name) in zip(integer.nodes, ["dense1", "dense2", "logits"]) {
      guard case .dense(let layer) = node.operation else { continue }
      let float = dense(network, name)
      let made = plan.weights[name]!
      #expect(layer.weightWordLength == 3 && layer.weights.shape == float.weights.shape)
      for (raw, x) in zip(layer.weights.elements, float.weights.elements) {
        let inLevels = Double(x) / Double(made.quantizers[0].step)
        #expect(abs(Double(raw)) <= 3 && (abs(Double(raw) - inLevels) <= 0.5 || abs(inLevels) > 3))
      }
      for (raw, bias) in zip(layer.biases, float.biases) {
        #expect(abs(Double(raw) - Double(bias) / made.accumulatorScale) <= 0.5 + 1e-9)
      }
      let isLast = name == "logits"
      #expect(node.output.format.description == (isLast ? "sfix20" : "ufix7") && node.output.zeroPoint == 0)
      #expect(
        integer.scales[node.name]
          == (isLast ? made.accumulatorScale : plan.signals[node.name]!.outputScale))
    }
    #expect(integer.scales["input"] == 0x1p-6 && integer.scales.count == 4)
    #expect(try IntegerNetwork(fileData: integer.fileData, file: "f") == integer)
  }

  @Test("Biases go to nearest, ties away from zero, and saturate at the accumulator's ends")
  func biases() throws {
    let weights = Tensor<Float>(shape: [1, 1], elements: [1])
    let network = try FloatNetwork(
      name: "n", inputShape: [1],
      nodes: [.init("a", inputs: ["input"], .dense(FloatDense(weights: weights, biases: [0])))])
    func integers(_ biases: [Float], bits: Int) throws -> [Int64] {
      // Weight step 1, inputs of 8 bits: a bias of 1 is 256.
      let recipe = QuantizationRecipe(weightWordLength: 2, accumulatorWordLength: bits)
      let plan = try QuantizationPlan(network: network, recipe: recipe, calibration: { _ in [] })
      #expect(plan.weights["a"]!.accumulatorScale == 0x1p-8)
      return plan.biasIntegers(of: biases, named: "a")
    }
    let half: Float = 0x1p-9
    #expect(
      try integers([0, half, -half, 3 * half, -3 * half, half.nextDown, 1, -1], bits: 16)
        == [0, 1, -1, 2, -2, 0, 256, -256])
    #expect(
      try integers([0.49, 0.5, -0.5, -0.502, 1e30, -1e30], bits: 8) == [125, 127, -128, -128, 127, -128])
    #expect(try integers([3e38, -3e38], bits: 64) == [.max, .min])
    #expect(try integers([0x1p54, -0x1p54, -0x1p55, 0x1p55], bits: 64) == [1 << 62, -(1 << 62), .min, .max])
  }

  @Test("A pixel's input word is the nearest of 2^w words, ties up, at most the largest", arguments: 1...8)
  func inputLevels(_ bits: Int) throws {
    let plan = try plan(network(.sigmoid), QuantizationRecipe(weightWordLength: 2, inputWordLength: bits))
    for pixel in UInt8.min...UInt8.max {
      let exact = Double(pixel) * Double(1 << bits) / 256
      let expected = min(Int((exact + 0.5).rounded(.down)), (1 << bits) - 1)
      #expect(plan.inputLevel(ofPixel: pixel) == expected, "\(pixel)")
    }
  }

  @Test(
    "With a shift requantiser every step is the better power of two beside the optimum",
    arguments: ActivationFunction.allCases)
  func powersOfTwo(_ activation: ActivationFunction) throws {
    for seed in 430..<440 as Range<UInt64> {
      let network = try network(activation, seed: seed)
      let recipe = QuantizationRecipe(weightWordLength: 3, requantizer: .shift(rounding: .nearestTiesUp))
      let plan = try plan(network, recipe)
      for (name, made) in plan.weights {
        let values = dense(network, name).weights.elements
        let best = UniformQuantizer.leastSquares(for: values, limit: 3)
        #expect(made.quantizers[0].step.significand == 1, "\(name)")
        let ratio = best.step / made.quantizers[0].step
        #expect(0.5 < ratio && ratio < 2, "\(name)")
        let other = UniformQuantizer(
          step: ratio >= 1 ? made.quantizers[0].step * 2 : made.quantizers[0].step / 2, limit: 3)
        let (chosen, rejected) = (
          made.quantizers[0].squaredError(over: values), other.squaredError(over: values)
        )
        #expect(chosen < rejected || (chosen == rejected && ratio >= 1), "seed \(seed), \(name)")
      }
      for (name, made) in plan.signals {
        guard case .shift(let bits, .nearestTiesUp) = made.requantization else {
          return #expect(Bool(false), "\(made.requantization)")
        }
        let unit = activation.hasTable ? 1.0 / 64 : made.outputScale
        let factor = plan.weights["dense" + name.suffix(1)]!.accumulatorScale / unit
        #expect(Double(sign: .plus, exponent: -bits, significand: 1) == factor, "\(name)")
      }
      _ = try plan.integerNetwork(from: network)
    }
  }

  @Test("Held plans keep signal scales and fit weight steps anew")
  func heldPlans() throws {
    let first = try network(.relu)
    let recipe = QuantizationRecipe(weightWordLength: 3)
    let held = try plan(first, recipe)
    var changed = first
    for name in ["dense1", "dense2", "logits"] {
      var layer = dense(first, name)
      layer.weights.elements = layer.weights.elements.map { $0 * 3 }
      changed.replace(name, with: .dense(layer))
    }
    let refitted = try plan(changed, recipe, holding: held)
    for name in ["hidden1", "hidden2"] {
      #expect(refitted.signals[name]!.outputScale == held.signals[name]!.outputScale)
    }
    #expect(
      abs(refitted.weights["dense1"]!.quantizers[0].step / held.weights["dense1"]!.quantizers[0].step - 3)
        < 1e-5)
    #expect(
      try plan(changed, recipe).signals["hidden1"]!.outputScale
        != held.signals["hidden1"]!.outputScale)
  }

  @Test(
    "The integer network comes near the float one, the nearer the longer the words",
    arguments: ActivationFunction.allCases)
  func comesNear(_ activation: ActivationFunction) throws {
    let network = try network(activation)
    for requantizer in [
      RequantizerKind.multiplier(wordLength: 16, rounding: .nearestTiesUp), .doublingHighMultiply,
    ] {
      var errors: [Double] = []
      for bits in [2, 4, 6, 8] {
        let address = try FixedPointFormat(.signed, wordLength: 13, fractionLength: 9)
        let recipe = QuantizationRecipe(
          weightWordLength: bits, signalWordLength: bits, tableAddress: address, requantizer: requantizer)
        let plan = try plan(network, recipe)
        let integer = try plan.integerNetwork(from: network)
        var error = 0.0
        var power = 0.0
        for sample in samples(40, seed: 423) {
          let truth = network.referenceOutput(of: sample.map { Double($0) / 256 })
          let raw = integer.referenceTensors(of: sample.map { Int64(plan.inputLevel(ofPixel: $0)) })[
            "logits"]!
          for (truth, raw) in zip(truth, raw) {
            let difference = truth - Double(raw) * integer.scales["logits"]!
            error += difference * difference
            power += truth * truth
          }
        }
        errors.append((error / power).squareRoot())
      }
      #expect(zip(errors, errors.dropFirst()).allSatisfy { $1 < $0 / 1.8 }, "\(errors)")
      #expect(errors[3] < 0.02, "\(errors)")
    }
  }

  @Test("Word lengths out of range are all named, with the ranges")
  func badRecipes() throws {
    let network = try network(.sigmoid)
    func message(_ recipe: QuantizationRecipe) -> String? {
      do {
        _ = try plan(network, recipe)
        return nil
      } catch { return "\(error)" }
    }
    #expect(
      message(QuantizationRecipe(weightWordLength: 2)) == nil
        && message(QuantizationRecipe(weightWordLength: 8)) == nil)
    var recipe = QuantizationRecipe(
      weightWordLength: 9, weightWordLengths: ["logits": 1, "dense1": 8, "dense2": 16], signalWordLength: 0,
      inputWordLength: 9, accumulatorWordLength: 7,
      tableAddress: try FixedPointFormat(.signed, wordLength: 17, fractionLength: 6),
      requantizer: .multiplier(wordLength: 32, rounding: .down))
    #expect(
      message(recipe)
        == "weights of 9 bits; 2 to 8 are possible; weights of dense2 of 16 bits; 2 to 8 are possible; "
        + "weights of logits of 1 bits; 2 to 8 are possible; signals of 0 bits; 1 to 8 are possible; "
        + "inputs of 9 bits; 1 to 8 are possible; accumulators of 7 bits; 8 to 64 are possible; "
        + "table addresses of 17 bits; 4 to 16 are possible; "
        + "a requantiser's multiplier of 32 bits; 2 to 31 are possible")
    recipe = QuantizationRecipe(weightWordLength: 3, weightWordLengths: ["dense3": 2])
    #expect(
      message(recipe)
        == "a word length for weights of dense3, which is no layer; there are dense1, dense2, logits")
    for address in [
      try FixedPointFormat(.unsigned, wordLength: 10, fractionLength: 6),
      try FixedPointFormat(.signed, wordLength: 10, fractionLength: -1100),
      try FixedPointFormat(.signed, wordLength: 10, fractionLength: 1100),
    ] {
      #expect(
        message(QuantizationRecipe(weightWordLength: 3, tableAddress: address))
          == "table addresses of format \(address); signed ones with −62 to 62 fraction bits are possible")
    }
  }

  @Test("Activations without sums before them are refused by name")
  func badGraphs() throws {
    let square = FloatOperation.dense(
      FloatDense(weights: Tensor(shape: [2, 2], elements: [1, 0, 0, 1]), biases: [0, 0]))
    func message(_ operations: [(String, FloatOperation)]) -> String? {
      var previous = inputTensorName
      var nodes: [FloatNetwork.Node] = []
      for (name, operation) in operations {
        nodes.append(.init(name, inputs: [previous], operation))
        previous = name
      }
      do {
        let network = try FloatNetwork(name: "n", inputShape: [2], nodes: nodes)
        let plan = try QuantizationPlan(
          network: network, recipe: QuantizationRecipe(weightWordLength: 2), calibration: { _ in [0.5, 1] })
        _ = try plan.integerNetwork(from: network)
        return nil
      } catch { return "\(error)" }
    }
    #expect(message([("a", square), ("r", .activation(.relu)), ("b", square)]) == nil)
    #expect(message([("a", square), ("r", .activation(.sigmoid))]) == nil)
    // Without an activation between them the first layer's sums become signed signals.
    #expect(message([("a", square), ("b", square)]) == nil)
    #expect(
      message([("r", .activation(.relu)), ("b", square)])
        == "r reads input; an activation must follow a layer with accumulators, which it alone reads")
    #expect(
      message([("a", square), ("r", .activation(.relu)), ("s", .activation(.relu)), ("b", square)])
        == "s reads r; an activation must follow a layer with accumulators, which it alone reads")
  }

  @Test("Weights, biases and samples that are not finite are errors, not traps")
  func notFinite() throws {
    let sound = try network(.relu)
    let recipe = QuantizationRecipe(weightWordLength: 3)
    let plan = try plan(sound, recipe)
    for bad in [Float.nan, .infinity, -.infinity] {
      var broken = sound
      var layer = dense(sound, "dense2")
      layer.weights.elements[5] = bad
      broken.replace("dense2", with: .dense(layer))
      let error = #expect(throws: QuantizationError.self) {
        try QuantizationPlan(network: broken, recipe: recipe, calibration: { _ in [1] })
      }
      #expect(
        error?.description
          == "weights of dense2 hold \(bad), which is not a finite number; the training diverged")
      let other = #expect(throws: NetworkError.self) { try plan.integerNetwork(from: broken) }
      #expect(
        other?.description == "dense2: holds \(bad), which is not a finite number; the training diverged"
      )
      layer = dense(sound, "dense2")
      layer.biases[1] = bad
      broken.replace("dense2", with: .dense(layer))
      #expect(throws: NetworkError.self) { try plan.integerNetwork(from: broken) }
      #expect(throws: QuantizationError.self) {
        try QuantizationPlan(network: sound, recipe: recipe, calibration: { _ in [1, bad] })
      }
    }
    // Weights at the float range's ends have steps, powers of two included.
    for requantizer in [RequantizerKind.shift(rounding: .down), .doublingHighMultiply] {
      var huge = sound
      for name in ["dense1", "dense2", "logits"] {
        var layer = dense(sound, name)
        layer.weights.elements = layer.weights.elements.map { $0 < 0 ? -3e38 : 3e38 }
        huge.replace(name, with: .dense(layer))
      }
      var other = recipe
      other.requantizer = requantizer
      #expect(throws: QuantizationError.self) {
        try QuantizationPlan(network: huge, recipe: other, calibration: { _ in [1] })
      }
    }
  }

  @Test("A network whose weights are all zero is quantised to zeros, with step 1")
  func zeroWeights() throws {
    var network = try network(.sigmoid)
    var layer = dense(network, "dense1")
    layer.weights.elements = layer.weights.elements.map { _ in 0 }
    network.replace("dense1", with: .dense(layer))
    let plan = try plan(network, QuantizationRecipe(weightWordLength: 2))
    #expect(plan.weights["dense1"]!.quantizers[0].step == 1)
    guard case .dense(let integer) = try plan.integerNetwork(from: network).nodes[0].operation else { return }
    #expect(integer.weights.elements.allSatisfy { $0 == 0 })
  }
}

extension ActivationFunction {
  /// Whether the hardware looks it up.
  fileprivate var hasTable: Bool {
    switch self {
    case .sigmoid, .tanh: true
    case .relu, .relu6: false
    }
  }
}
