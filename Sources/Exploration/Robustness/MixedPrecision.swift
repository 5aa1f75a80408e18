import Datasets
import Hardware
import Networks
import Quantization
import Tensors
import Training

/// A float network quantised directly at every width, layer by layer, from which any choice of widths is put together.
///
/// Signals keep the scales of one calibration, so that a layer's integers depend on its own width alone: what a network computes up to a layer is the
/// same in all choices that agree up to there.
public struct MixedPrecision: Sendable {
  /// A layer with weights.
  public struct Layer: Sendable, Hashable {
    /// The node of the integer network, by which recipes know it too.
    public let name: String
    /// Stored bits on the machine, padding and biases included, by width, narrowest first.
    public let storedBits: [Int]

    /// A layer.
    package init(name: String, storedBits: [Int]) {
      self.name = name
      self.storedBits = storedBits
    }
  }

  /// Bits that a weight may have; 2 is ternary.
  public static let widths = Array(2...8)

  /// The layers with weights, in execution order.
  public let layers: [Layer]
  /// The float network, batch normalisation folded.
  public let network: FloatNetwork
  /// The machine, with memories that hold any choice.
  public let hardware: HardwareDescription
  /// The integer network at each width, narrowest first.
  let networks: [IntegerNetwork]
  /// The plan at each width, narrowest first; their signal scales are the same.
  private let plans: [QuantizationPlan]
  /// Everything of the recipe but the widths of layers.
  let recipe: QuantizationRecipe

  /// Quantises `network` at every width.
  /// - Parameters:
  ///   - recipe: everything but the width of weights.
  ///   - calibration: samples of a tensor of the float network by name, as for `QuantizationPlan`.
  /// - Throws: `QuantizationError`, `NetworkError`; `HardwareError` where the machine cannot run some width.
  public init(
    _ network: FloatNetwork, recipe: QuantizationRecipe, on hardware: HardwareDescription,
    resources: ComputeResources = ComputeResources(threads: 1), calibration: (String) -> [Float]
  ) throws {
    let machine = hardware.withWeightMemory(bits: 1 << 60).withActivationMemory(bits: 1 << 60)
    var base = recipe
    base.weightWordLengths = [:]
    base.weightWordLength = Self.widths[Self.widths.count - 1]
    let widest = try QuantizationPlan(
      network: network, recipe: base, calibration: calibration, resources: resources)
    var networks: [IntegerNetwork] = []
    var plans: [QuantizationPlan] = []
    var stored: [[Int]] = []
    for width in Self.widths {
      base.weightWordLength = width
      let plan =
        base == widest.recipe
        ? widest
        : try QuantizationPlan(
          network: network, recipe: base, calibration: calibration, holding: widest, resources: resources)
      plans.append(plan)
      let integers = try plan.integerNetwork(from: network)
      let mapping = try NetworkMapping(integers, on: machine)
      stored.append(mapping.layers.map(\.memory.storedBits))
      networks.append(integers)
    }
    layers = networks[0].nodes.indices.filter { networks[0].nodes[$0].operation.hasWeights }.map { node in
      Layer(name: networks[0].nodes[node].name, storedBits: stored.map { $0[node] })
    }
    self.networks = networks
    self.plans = plans
    self.network = network
    self.recipe = base
    self.hardware = machine
  }

  /// Quantises `network` at every width, signal scales found by the first thousand of `images`.
  /// - Throws: as above.
  public init(
    _ network: FloatNetwork, recipe: QuantizationRecipe, on hardware: HardwareDescription,
    scaledOn images: ImageSet, resources: ComputeResources
  ) throws {
    try self.init(network, recipe: recipe, on: hardware, resources: resources) { name in
      Classifier(network, plan: nil, resources: resources).values(of: name, over: images, count: 1000)
    }
  }

  /// Stored bits of a choice of widths.
  public func storedBits(_ widths: [Int]) -> Int {
    zip(layers, widths).reduce(0) { $0 + $1.0.storedBits[$1.1 - Self.widths[0]] }
  }

  /// Stored bits of all layers at one width.
  public func storedBits(universal width: Int) -> Int { storedBits(layers.map { _ in width }) }

  /// The equal width with the most bits that fits `budget`, or nil where none does.
  public func universal(within budget: Int) -> [Int]? {
    Self.widths.last { storedBits(universal: $0) <= budget }.map { width in layers.map { _ in width } }
  }

  /// The plan with these widths, by which a network of this shape may also be retrained.
  /// - Throws: `QuantizationError` where `network`'s weights cannot be quantised so.
  public func plan(_ widths: [Int]) throws(QuantizationError) -> QuantizationPlan {
    var recipe = recipe
    recipe.weightWordLengths = Dictionary(
      uniqueKeysWithValues: zip(layers, widths).map { ($0.name, $1) })
    // Steps by the names of the float network's layers, in the order of which both kinds of layers stand.
    var steps: [String: [Float]] = [:]
    let names = network.nodes.map(\.name).filter { plans[0].weights[$0] != nil }
    for (name, width) in zip(names, widths) { steps[name] = plans[width - Self.widths[0]].steps[name] }
    return try QuantizationPlan(
      network: network, recipe: recipe, calibration: { _ in [] }, holding: plans[0], steps: steps)
  }

  /// The plan by another recipe for weights; signals keep their scales.
  /// - Throws: `QuantizationError` where `network`'s weights cannot be quantised so.
  func plan(_ recipe: QuantizationRecipe) throws(QuantizationError) -> QuantizationPlan {
    try QuantizationPlan(network: network, recipe: recipe, calibration: { _ in [] }, holding: plans[0])
  }

  /// The integer network with these widths, one a layer.
  /// - Throws: `NetworkError` where some sum may not fit 64 bits.
  public func integerNetwork(_ widths: [Int]) throws(NetworkError) -> IntegerNetwork {
    precondition(widths.count == layers.count, "\(widths.count) widths for \(layers.count) layers")
    var rest = widths[...]
    let base = networks[0]
    var scales = base.scales
    var nodes: [IntegerNetwork.Node] = []
    for index in base.nodes.indices {
      guard base.nodes[index].operation.hasWeights else {
        nodes.append(base.nodes[index])
        continue
      }
      let own = networks[rest.removeFirst() - Self.widths[0]]
      nodes.append(own.nodes[index])
      scales[own.nodes[index].name] = own.scales[own.nodes[index].name]
    }
    return try IntegerNetwork(
      name: base.name, input: base.input, nodes: nodes, scales: scales, preprocessing: base.preprocessing)
  }
}

extension IntegerOperation {
  /// Whether it is a layer whose weights have a width.
  var hasWeights: Bool {
    switch self {
    case .dense, .convolution: true
    case .pooling, .addition: false
    }
  }
}
