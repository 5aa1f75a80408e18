import FixedPoint
import Networks
import Reproducibility
import Tensors

/// Which integers stand for the weights of a topology that nobody has trained.
public enum UntrainedWeights: Sendable {
  /// Uniform over the symmetric range of the word length, every layer from its own split of the source.
  case random(RandomSource)
  /// Zeros: for questions that only shapes decide.
  case zero
}

extension NetworkTopology {
  /// An integer network of this shape with untrained weights, quantised as `recipe` says: for cycles, memory and area before any
  /// training, and for speed.
  ///
  /// Scales are chosen so that signals use their formats: with sums of standard deviation s = √K · σ(w) · √mean(x²), K products each, a ReLU's
  /// output format ends near 2.5 s, a table's argument has a standard deviation near 2. Weights of b bits are uniform in ±(2^(b−1) − 1); biases uniform in
  /// ±s/4. Nothing is promised of what the network computes but that it is the same everywhere.
  ///
  /// - Throws: `QuantizationError` where the recipe is not possible or a factor is out of the requantiser's reach.
  public func integerNetwork(
    recipe: QuantizationRecipe, weights: UntrainedWeights
  ) throws(QuantizationError) -> IntegerNetwork {
    try recipe.check()
    var drawing = UntrainedDrawing(topology: self, recipe: recipe, weights: weights)
    do {
      for layer in layers { try drawing.add(layer, isLast: layer.name == layers.last?.name) }
      return try IntegerNetwork(
        name: name, input: drawing.input, nodes: drawing.nodes,
        preprocessing: InputPreprocessing(
          numerator: (1 << recipe.inputWordLength) - 1, denominator: 255))
    } catch let error as QuantizationError {
      throw error
    } catch {
      throw QuantizationError("\(error)")
    }
  }
}

/// The nodes of an untrained network in the making, and the mean square of every tensor's values.
private struct UntrainedDrawing {
  let topology: NetworkTopology
  let recipe: QuantizationRecipe
  let weights: UntrainedWeights
  let input: IntegerTensor
  var nodes: [IntegerNetwork.Node] = []
  private var meanSquares: [String: Double]
  private let table: ActivationTable

  init(topology: NetworkTopology, recipe: QuantizationRecipe, weights: UntrainedWeights) {
    self.topology = topology
    self.recipe = recipe
    self.weights = weights
    input = IntegerTensor(shape: topology.inputShape, format: Self.format(.unsigned, recipe.inputWordLength))
    let most = Double(input.format.maximumRaw)
    meanSquares = [inputTensorName: most * most / 3]
    table = ActivationTable.sigmoid(
      address: recipe.tableAddress, signalWordLength: recipe.signalWordLength)
  }

  private static func format(_ signedness: Signedness, _ bits: Int) -> FixedPointFormat {
    // Within 1...64 by the recipe's checks.
    try! FixedPointFormat(signedness, wordLength: bits, fractionLength: 0)
  }

  private func tensor(_ name: String) -> IntegerTensor {
    name == inputTensorName ? input : nodes.first { $0.name == name }!.output
  }

  mutating func add(_ layer: NetworkTopology.Layer, isLast: Bool) throws {
    switch layer.operation {
    case .convolution(let outputs, let window, let groups):
      let channels = topology.shape(of: layer.inputs[0])[2] / groups
      let shape = [outputs, window.kernel.height, window.kernel.width, channels]
      let drawn = draw(layer, shape: shape)
      let (stage, output) = try stage(layer, deviation: drawn.deviation, isLast: isLast)
      append(
        layer,
        .convolution(
          IntegerConvolution(
            weights: drawn.weights, weightWordLength: drawn.bits, biases: drawn.biases, window: window,
            groups: groups, outputStage: stage)), output)
    case .dense(let outputs):
      let drawn = draw(layer, shape: [outputs, topology.shape(of: layer.inputs[0]).reduce(1, *)])
      let (stage, output) = try stage(layer, deviation: drawn.deviation, isLast: isLast)
      append(
        layer,
        .dense(
          IntegerDense(
            weights: drawn.weights, weightWordLength: drawn.bits, biases: drawn.biases, outputStage: stage)),
        output)
    case .maximumPooling(let window): pool(layer, .maximum, window)
    case .averagePooling(let window): pool(layer, .average(rounding: .nearestTiesAwayFromZero), window)
    case .addition:
      // Half of each term, raised by 4 bits so that halving loses nothing.
      let half = try recipe.requantizer.requantization(factor: 0.5)
      let squares = meanSquares[layer.inputs[0]]! + meanSquares[layer.inputs[1]]!
      let (stage, output) = try stage(layer, deviation: 8 * squares.squareRoot(), isLast: isLast)
      append(
        layer, .addition(IntegerAddition(leftShift: 4, first: half, second: half, outputStage: stage)),
        output)
    }
  }

  private mutating func append(
    _ layer: NetworkTopology.Layer, _ operation: IntegerOperation, _ output: IntegerTensor
  ) {
    nodes.append(IntegerNetwork.Node(layer.name, inputs: layer.inputs, operation, output: output))
  }

  private mutating func pool(
    _ layer: NetworkTopology.Layer, _ kind: IntegerPooling.Kind, _ window: SlidingWindow
  ) {
    let source = tensor(layer.inputs[0])
    meanSquares[layer.name] = meanSquares[layer.inputs[0]]!
    append(
      layer,
      .pooling(
        IntegerPooling(
          kind, window: window, low: Int64(source.format.minimumRaw), high: Int64(source.format.maximumRaw))),
      IntegerTensor(shape: layer.outputShape, format: source.format, zeroPoint: source.zeroPoint))
  }

  /// A layer's weights and biases, and the standard deviation of its sums.
  private func draw(
    _ layer: NetworkTopology.Layer, shape: [Int]
  ) -> (weights: Tensor<Int16>, biases: [Int64], bits: Int, deviation: Double) {
    let bits = recipe.weightWordLength(of: layer.name)
    let most = (1 << (bits - 1)) - 1
    let products = Double(shape.dropFirst().reduce(1, *))
    let deviation = (products * Double(most * (most + 1)) / 3 * meanSquares[layer.inputs[0]]!).squareRoot()
    let count = shape.reduce(1, *)
    switch weights {
    case .zero:
      return (
        Tensor(shape: shape, repeating: 0), Array(repeating: 0, count: shape[0]), bits, deviation
      )
    case .random(let source):
      var draws = source.split("weights of \(layer.name)")
      var biasDraws = source.split("biases of \(layer.name)")
      let reach = Int(deviation / 4)
      return (
        Tensor(shape: shape, elements: (0..<count).map { _ in Int16(draws.below(2 * most + 1) - most) }),
        (0..<shape[0]).map { _ in Int64(biasDraws.below(2 * reach + 1) - reach) }, bits, deviation
      )
    }
  }

  /// What follows sums of this standard deviation, and the tensor that it makes.
  private mutating func stage(
    _ layer: NetworkTopology.Layer, deviation: Double, isLast: Bool
  ) throws(QuantizationError) -> (IntegerOutputStage, IntegerTensor) {
    func tensor(_ format: FixedPointFormat) -> IntegerTensor {
      IntegerTensor(shape: layer.outputShape, format: format)
    }
    let bits = recipe.signalWordLength
    switch layer.activation {
    case nil where isLast:
      meanSquares[layer.name] = deviation * deviation
      return (.accumulators, tensor(Self.format(.signed, recipe.accumulatorWordLength)))
    case .tanh:
      let units = Double(1 << max(recipe.tableAddress.fractionLength, 0))
      let (requantization, _) = try requantization(2 * units / deviation)
      // The mean square of tanh(x) for x normal with deviation 2 is near 0.6.
      meanSquares[layer.name] = 0.6 * Double(1 << (2 * bits - 2))
      let own = ActivationTable.tanh(address: recipe.tableAddress, signalWordLength: bits)
      return (.table(requantization, own.table), tensor(Self.format(.signed, bits)))
    case .sigmoid:
      let units = Double(1 << max(recipe.tableAddress.fractionLength, 0))
      let (requantization, _) = try requantization(2 * units / deviation)
      let output = tensor(Self.format(.unsigned, bits))
      // The mean square of σ(x) for x normal with deviation 2 is near 0.33.
      meanSquares[layer.name] = 0.33 * Double(1 << (2 * bits))
      return (.table(requantization, table.table), output)
    case nil, .relu, .relu6:
      let isSigned = layer.activation == nil
      let format = Self.format(isSigned ? .signed : .unsigned, bits)
      let most = Double(format.maximumRaw)
      let (requantization, factor) = try requantization(max(most, 1) / (2.5 * deviation))
      let scaled = factor * deviation
      meanSquares[layer.name] = scaled * scaled * (isSigned ? 1 : 0.5)
      let low = isSigned ? Int64(format.minimumRaw) : 0
      return (.clamp(requantization, low: low, high: Int64(format.maximumRaw)), tensor(format))
    }
  }

  /// The requantisation nearest to `factor`, and the factor that it realises.
  private func requantization(
    _ factor: Double
  ) throws(QuantizationError) -> (Requantization, factor: Double) {
    guard recipe.requantizer.needsPowersOfTwo else {
      return (try recipe.requantizer.requantization(factor: factor), factor)
    }
    // The power of two below or at √2 times the factor.
    let power = ElementaryFunctions.pow(2, Double((factor * 0x1.6a09e667f3bcdp0).exponent))
    return (try recipe.requantizer.requantization(factor: power), power)
  }
}
