import FixedPoint
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing

@Suite("Integer networks of random weights")
struct RandomIntegerNetworkTests {
  private func network(
    _ name: String, _ recipe: QuantizationRecipe = QuantizationRecipe(weightWordLength: 8), seed: UInt64 = 1,
    inputShape: [Int]? = nil
  ) throws -> IntegerNetwork {
    try NetworkTopology(named: name, inputShape: inputShape)
      .integerNetwork(recipe: recipe, weights: .random(RandomSource(seed: seed)))
  }

  @Test("Same seed, same bytes, on any machine; another seed, another network")
  func seeds() throws {
    let one = try network("lenet-5").fileData
    #expect(try network("lenet-5").fileData == one)
    #expect(try network("lenet-5", seed: 2).fileData != one)
    // Recorded on x86-64.
    #expect(
      SHA256Digest(of: one).description == "db07ba0b0c5b05264f0b35ca46700c9ee4ecede90fd6056343ed59997e451b6e")
  }

  /// Every node's weights, their word length and its biases.
  private func parameters(_ network: IntegerNetwork) -> [String: (
    weights: [Int16], bits: Int, biases: [Int64]
  )] {
    var parameters: [String: (weights: [Int16], bits: Int, biases: [Int64])] = [:]
    for node in network.nodes {
      switch node.operation {
      case .dense(let dense):
        parameters[node.name] = (dense.weights.elements, dense.weightWordLength, dense.biases)
      case .convolution(let convolution):
        parameters[node.name] = (
          convolution.weights.elements, convolution.weightWordLength, convolution.biases
        )
      case .pooling, .addition: break
      }
    }
    return parameters
  }

  @Test("Weights fill ±(2^(b−1) − 1) evenly, layers by their own word lengths", arguments: 2...8)
  func weightRange(_ bits: Int) throws {
    let recipe = QuantizationRecipe(
      weightWordLength: bits, weightWordLengths: ["hidden1": 2], requantizer: .shift(rounding: .nearestTiesUp)
    )
    for (name, layer) in parameters(try network("lenet-5", recipe)) {
      let expectedBits = name == "hidden1" ? 2 : bits
      let most = Int16((1 << (expectedBits - 1)) - 1)
      #expect(layer.bits == expectedBits, "\(name)")
      #expect(layer.weights.allSatisfy { -most...most ~= $0 }, "\(name)")
      guard layer.weights.count > 2000 else { continue }
      #expect(layer.weights.min() == -most && layer.weights.max() == most, "\(name)")
      let values = 2 * Int(most) + 1
      let counts = layer.weights.reduce(into: [Int16: Int]()) { $0[$1, default: 0] += 1 }
      let mean = Double(layer.weights.count) / Double(values)
      // Six standard deviations of a count.
      #expect(
        counts.values.allSatisfy { abs(Double($0) - mean) < 6 * mean.squareRoot() + 1 }, "\(name): \(counts)")
    }
  }

  @Test("Zero weights make the same network but for weights and biases")
  func zeroWeights() throws {
    let topology = try NetworkTopology(named: "resnet-8")
    let recipe = QuantizationRecipe(weightWordLength: 4)
    let zero = try topology.integerNetwork(recipe: recipe, weights: .zero)
    let random = try topology.integerNetwork(recipe: recipe, weights: .random(RandomSource(seed: 3)))
    #expect(
      parameters(zero).values.allSatisfy {
        $0.weights.allSatisfy { $0 == 0 } && $0.biases.allSatisfy { $0 == 0 }
      })
    #expect(zero.nodes.map(\.output) == random.nodes.map(\.output))
    #expect(zero.nodes.map(\.inputs) == random.nodes.map(\.inputs))
    #expect(zero.input == random.input && zero != random)
  }

  /// One network whose signals are looked at.
  struct Case: CustomTestStringConvertible {
    let name: String
    let recipe: QuantizationRecipe
    var testDescription: String { "\(name), \(recipe.weightWordLength) bits, \(recipe.requantizer)" }
  }

  private static let cases: [Case] = [
    Case(name: "lenet-5", recipe: QuantizationRecipe(weightWordLength: 8)),
    Case(name: "lenet-5", recipe: QuantizationRecipe(weightWordLength: 2, signalWordLength: 4)),
    Case(
      name: "lenet-caffe",
      recipe: QuantizationRecipe(weightWordLength: 5, requantizer: .shift(rounding: .nearestTiesUp))),
    Case(
      name: "resnet-8", recipe: QuantizationRecipe(weightWordLength: 4, requantizer: .doublingHighMultiply)),
    Case(name: "ds-cnn", recipe: QuantizationRecipe(weightWordLength: 8)),
    Case(
      name: "ds-cnn", recipe: QuantizationRecipe(weightWordLength: 3, requantizer: .shift(rounding: .down))),
    Case(name: "cnn-8-8-16", recipe: QuantizationRecipe(weightWordLength: 8)),
    Case(name: "ffdnn-4x64", recipe: QuantizationRecipe(weightWordLength: 8)),
    Case(name: "ffdnn-3x64-relu", recipe: QuantizationRecipe(weightWordLength: 2)),
  ]

  @Test("No layer's signals are stuck at a value or driven into their ends", arguments: cases)
  func signals(_ example: Case) throws {
    let network = try network(example.name, example.recipe, seed: 5)
    var source = RandomSource(seed: 6)
    let inputs = (0..<3).map { _ in (0..<network.input.count).map { _ in Int64(source.below(256)) } }
    let runs = inputs.map { network.referenceTensors(of: $0) }
    for node in network.nodes {
      let values = runs.flatMap { $0[node.name]! }
      let counts = values.reduce(into: [Int64: Int]()) { $0[$1, default: 0] += 1 }
      let label = "\(node.name) of \(example.testDescription)"
      // ReLU puts half of a symmetric signal at zero; more than that would be a signal that dies out.
      #expect(counts.values.max()! < values.count * 4 / 5, "\(label): \(counts.count) values")
      let format = node.output.format
      let possible = min(values.count, 1 << format.wordLength)
      #expect(counts.count > min(possible / 4, 64), "\(label): \(counts.count) of \(possible) values")
      let atEnds = values.count {
        Int128($0) == format.maximumRaw || format.isSigned && Int128($0) == format.minimumRaw
      }
      #expect(atEnds * 5 < values.count, "\(label): \(atEnds) of \(values.count) at an end")
    }
  }

  @Test("A recipe that cannot be is refused")
  func impossibleRecipes() throws {
    #expect(throws: QuantizationError.self) {
      try network("lenet-5", QuantizationRecipe(weightWordLength: 9))
    }
  }
}
