import FixedPoint
import Networks
import Tensors

/// How the numbers of one layer with weights become integers.
public struct WeightPlan: Sendable, Hashable {
  /// Word length of the weights, or of the codebook's entries where they share values.
  public let weightWordLength: Int
  /// Which weights share a value, or nil where each is quantised by itself.
  public let sharing: WeightSharing?
  /// Step and number of levels of the weights: one for the layer, or one an output channel.
  public let quantizers: [UniformQuantizer]
  /// Real value of one raw step of the layer's input.
  public let inputScale: Double

  /// The quantiser of output channel `channel`.
  public func quantizer(channel: Int) -> UniformQuantizer {
    quantizers.count == 1 ? quantizers[0] : quantizers[channel]
  }

  /// Real value of one raw step of the accumulator of `channel`, and so of its bias: weight step × input scale.
  public func accumulatorScale(channel: Int) -> Double {
    Double(quantizer(channel: channel).step) * inputScale
  }

  /// The codebook of `weights`, the layer's present ones: each entry is the quantised mean of its members.
  ///
  /// `weights` of a trained or shared layer are equal where their indices are, so that the mean is any of them.
  func codebook(of weights: [Float], at location: String) throws(NetworkError) -> WeightCodebook? {
    guard let sharing else { return nil }
    let table = sharing.centroids(of: weights).map { Int16(quantizers[0].level(of: $0)) }
    return try WeightCodebook(
      indexBits: sharing.indexBits, table: table, indices: sharing.indices, at: location)
  }

  /// Real value of one raw step of all accumulators.
  /// - Precondition: the layer has one step.
  public var accumulatorScale: Double {
    precondition(quantizers.count == 1, "accumulators of several scales")
    return accumulatorScale(channel: 0)
  }
}

/// How sums turn into the next layer's integers.
public struct SignalPlan: Sendable, Hashable {
  /// What is computed.
  public enum Function: Sendable, Hashable {
    /// A look-up.
    case table(ActivationTable)
    /// A clamp to `low...high`.
    case clamp(low: Int64, high: Int64)
  }
  /// The function.
  public let function: Function
  /// From the sum to the table's address or the output's raw value.
  public let requantization: Requantization
  /// Real value of one raw step of the output.
  public let outputScale: Double
  /// Whether raw outputs may be negative.
  public let isSigned: Bool

  /// What follows the sums in the integer network.
  var outputStage: IntegerOutputStage {
    switch function {
    case .table(let table): .table(requantization, table.table)
    case .clamp(let low, let high): .clamp(requantization, low: low, high: high)
    }
  }
}

/// How the terms of an addition come to one scale: the larger of the two is kept, and both are raised by 2^leftShift.
public struct AdditionPlan: Sendable, Hashable {
  /// Bits by which terms are raised before they are requantised.
  public let leftShift: Int
  /// Of the first term.
  public let first: Requantization
  /// Of the second term.
  public let second: Requantization
  /// Real value of one raw step of the sum.
  public let sumScale: Double
}

/// Every step, scale, multiplier and table of a quantised network: fixed when the network is first quantised,
/// and held while it is retrained.
public struct QuantizationPlan: Sendable, Hashable {
  /// What was asked for.
  public let recipe: QuantizationRecipe
  /// Real value of one raw step of the input: 2^−(input word length), as pixels are read as 256ths.
  public let inputScale: Double
  /// The raw input word that stands for 0.
  public let inputZeroPoint: Int
  /// By the name of the node with weights.
  public let weights: [String: WeightPlan]
  /// By the name of the node that makes the signal: an activation, or a layer or addition without one.
  public let signals: [String: SignalPlan]
  /// By the name of the addition.
  public let additions: [String: AdditionPlan]

  /// Plans the direct quantisation of `network`: the least-squares step for each layer's weights, or each output channel's.
  ///
  /// Where the requantiser can only shift, each step is the power of two (the one below or above the optimum)
  /// with the smaller squared error, ties to the smaller. The last layer has one step, since its accumulators are compared.
  ///
  /// - Parameter calibration: samples of a tensor of the float network by name, for the scale of signals that
  ///   have no fixed range (all but outputs of sigmoid and tanh).
  /// Where weights share values, each layer's are clustered first, and the step is that of the shared weights.
  ///
  /// - Parameter held: a plan whose signal scales, and which weights share a value, are kept, so that only weight steps are fitted anew.
  /// - Parameter steps: steps by layer that are taken instead of fitted ones, as `steps` of a plan gives them.
  /// - Parameter resources: threads for the fits of output channels; they change nothing.
  /// - Throws: `QuantizationError` for word lengths out of range or of unknown layers, weights or samples that are not
  ///   finite, a graph that the integer units cannot follow, or a factor beyond the requantiser's reach.
  public init(
    network: FloatNetwork, recipe: QuantizationRecipe, calibration: (String) -> [Float],
    holding held: QuantizationPlan? = nil, steps: [String: [Float]] = [:],
    resources: ComputeResources = ComputeResources(threads: 1)
  ) throws(QuantizationError) {
    try recipe.check()
    var drafting = PlanDraft(
      network: network, recipe: recipe, held: held, steps: steps, resources: resources)
    for node in network.nodes { try drafting.add(node, calibration: calibration) }
    let named = Set(recipe.weightWordLengths.keys).union(recipe.codebook?.indexBitsByLayer.keys ?? [:].keys)
    if let name = named.sorted().first(where: { !drafting.isWordLengthUsed($0) }) {
      let known = drafting.weights.keys.sorted().joined(separator: ", ")
      throw QuantizationError("a word length for weights of \(name), which is no layer; there are \(known)")
    }
    self.recipe = recipe
    inputScale = drafting.scales[inputTensorName]!
    inputZeroPoint = recipe.inputLevel(ofPixel: network.zeroPixel)
    weights = drafting.weights
    signals = drafting.signals
    additions = drafting.additions
  }

  /// `network` with the weights of layers that have a codebook in their centroids' places: what retraining starts from.
  public func sharingWeights(of network: FloatNetwork) -> FloatNetwork {
    var result = network
    for node in network.nodes {
      guard let sharing = weights[node.name]?.sharing else { continue }
      switch node.operation {
      case .dense(var dense):
        dense.weights.elements = sharing.shared(dense.weights.elements)
        result.replace(node.name, with: .dense(dense))
      case .convolution(var convolution):
        convolution.weights.elements = sharing.shared(convolution.weights.elements)
        result.replace(node.name, with: .convolution(convolution))
      case .activation, .batchNormalization, .maximumPooling, .averagePooling, .dropout, .addition: break
      }
    }
    return result
  }

  /// The steps of all weights by layer: with the network and the recipe, all that a plan is made of but signal scales.
  public var steps: [String: [Float]] { weights.mapValues { $0.quantizers.map(\.step) } }

  /// The raw input word of an 8-bit pixel: `min(⌊pixel · 2^w / 256 + 1/2⌋, 2^w − 1)` for w-bit inputs, ties up.
  public func inputLevel(ofPixel pixel: UInt8) -> Int { recipe.inputLevel(ofPixel: Int(pixel)) }

  /// Biases of node `name` at its accumulators' scale: `b / scale` to nearest, ties away from zero,
  /// saturated to the accumulator's range.
  public func biasIntegers(of biases: [Float], named name: String) -> [Int64] {
    let plan = weights[name]!
    let high = Double(sign: .plus, exponent: recipe.accumulatorWordLength - 1, significand: 1)
    let most = Int64.max >> (64 - recipe.accumulatorWordLength)
    return biases.enumerated().map { channel, bias in
      let raw = (Double(bias) / plan.accumulatorScale(channel: channel)).rounded(.toNearestOrAwayFromZero)
      return raw >= high ? most : (raw < -high ? -most - 1 : Int64(raw))
    }
  }
}

extension QuantizationRecipe {
  /// The raw input word of an 8-bit pixel.
  func inputLevel(ofPixel pixel: Int) -> Int {
    let bits = inputWordLength
    return min((pixel << bits + 128) >> 8, 1 << bits - 1)
  }
}
