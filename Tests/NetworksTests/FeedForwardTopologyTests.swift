import Networks
import Reproducibility
import Tensors
import Testing

@Suite("Feed-forward topologies")
struct FeedForwardTopologyTests {
  @Test("Every topology's name reads back as the topology")
  func namesRoundTrip() throws {
    for layers in FeedForwardTopology.hiddenLayerCounts {
      for units in FeedForwardTopology.unitCounts {
        for activation in ActivationFunction.allCases {
          let topology = try FeedForwardTopology(hiddenLayers: layers, units: units, activation: activation)
          #expect(try FeedForwardTopology(named: topology.description) == topology)
        }
      }
    }
    let papers = try FeedForwardTopology(named: "ffdnn-4x256")
    #expect(papers.hiddenLayers == 4 && papers.units == 256 && papers.activation == .sigmoid)
    let rectified = try FeedForwardTopology(named: "ffdnn-2x64-relu")
    #expect(rectified.hiddenLayers == 2 && rectified.units == 64 && rectified.activation == .relu)
  }

  @Test(
    "Other names are refused, and the message shows how one is written",
    arguments: [
      "", "ffdnn", "ffdnn-", "ffdnn-4", "ffdnn-4x", "ffdnn-x256", "ffdnn-4x256x2", "ffdnn-4x256-",
      "fdnn-4x256",
      "ffdnn-4x256-gelu", "ffdnn-4x256-relu-", "ffdnn-+4x256", "ffdnn-04x256", "ffdnn-4x0256", "ffdnn-4×256",
      "FFDNN-4x256", " ffdnn-4x256", "ffdnn-4x256 ", "ffdnn-4x-256", "ffdnn-4x99999999999999999999",
      "ffdnn-4x256-sigmoid", "lenet-5",
    ])
  func badNames(_ name: String) {
    let error = #expect(throws: NetworkError.self) { try FeedForwardTopology(named: name) }
    #expect(
      error?.description
        == "\(name): no such topology; write ffdnn-LAYERSxUNITS, for example ffdnn-4x256 or ffdnn-2x64-relu")
  }

  @Test("Sizes beyond the ranges are named")
  func sizes() {
    func message(_ name: String) -> String? {
      do {
        _ = try FeedForwardTopology(named: name)
        return nil
      } catch { return error.description }
    }
    #expect(message("ffdnn-5x256") == "ffdnn-5x256: 5 hidden layers; 1 to 4 are possible")
    #expect(message("ffdnn-0x256") == "ffdnn-0x256: 0 hidden layers; 1 to 4 are possible")
    #expect(message("ffdnn-4x3") == "ffdnn-4x3: 3 units a hidden layer; 4 to 1024 are possible")
    #expect(message("ffdnn-4x1025-relu") == "ffdnn-4x1025: 1025 units a hidden layer; 4 to 1024 are possible")
    #expect(message("ffdnn-1x4") == nil && message("ffdnn-4x1024") == nil)
  }

  @Test("Weights and parameters are those counted by hand")
  func counts() throws {
    // 12·4 + 4·4 + 4·3 weights; 4 + 4 + 3 biases more.
    let small = try FeedForwardTopology(hiddenLayers: 2, units: 4, activation: .relu)
    #expect(small.weightCount(inputs: 12, classes: 3) == 76)
    let network = small.network(inputShape: [2, 2, 3], classes: 3, random: RandomSource(seed: 1))
    #expect(network.parameterCount == 87)
    #expect(network.nodes.map(\.name) == ["dense1", "hidden1", "dense2", "hidden2", "logits"])
    #expect(network.shapes["hidden2"] == [4] && network.shapes["logits"] == [3])
    #expect(network.output.name == "logits" && network.name == "ffdnn-2x4-relu")
    // 784·256 + 256·10.
    let wide = try FeedForwardTopology(hiddenLayers: 1, units: 256, activation: .sigmoid)
    #expect(wide.weightCount(inputs: 784, classes: 10) == 203_264)
  }

  @Test(
    "Initial weights fill the stated bounds evenly, biases are zero", arguments: ActivationFunction.allCases)
  func initialWeights(_ activation: ActivationFunction) throws {
    let topology = try FeedForwardTopology(hiddenLayers: 2, units: 100, activation: activation)
    let network = topology.network(inputShape: [200], classes: 50, random: RandomSource(seed: 321))
    // ±g·√(6 / (inputs + outputs)): g = 4 for sigmoids, 1 for ReLU and the logits. √6/√300 = √0.02 …
    let gain = activation == .sigmoid ? 4.0 : 1.0
    let bounds = [gain * 0.141421357, gain * 0.173205081, 0.2]
    let layers = network.nodes.compactMap { node -> FloatDense? in
      if case .dense(let dense) = node.operation { dense } else { nil }
    }
    #expect(layers.map(\.weights.shape) == [[100, 200], [100, 100], [50, 100]])
    for (layer, bound) in zip(layers, bounds) {
      #expect(layer.biases.allSatisfy { $0 == 0 })
      let weights = layer.weights.elements.map { Double($0) }
      let largest = weights.map(abs).max()!
      #expect(largest <= bound * (1 + 1e-6) && largest > 0.99 * bound, "\(largest) of \(bound)")
      // Mean 0 and mean square bound²/3, each within 5 standard errors.
      let count = Double(weights.count)
      #expect(abs(weights.reduce(0, +) / count) < 5 * bound / (3 * count).squareRoot())
      let square = weights.reduce(0) { $0 + $1 * $1 } / count
      #expect(abs(square - bound * bound / 3) < 5 * bound * bound * (4.0 / 45 / count).squareRoot())
    }
    #expect(layers[0].weights.elements.prefix(100) != layers[1].weights.elements.prefix(100))
  }

  @Test("The same seed gives the same network, another seed another, and layers do not share draws")
  func seeds() throws {
    let topology = try FeedForwardTopology(named: "ffdnn-3x8")
    func network(_ seed: UInt64) -> FloatNetwork {
      topology.network(inputShape: [8], classes: 8, random: RandomSource(seed: seed))
    }
    #expect(network(5) == network(5) && network(5) != network(6))
    // All four layers are 8 × 8; the hidden ones have one bound.
    var seen: Set<[Float]> = []
    for node in network(5).nodes {
      if case .dense(let dense) = node.operation { seen.insert(dense.weights.elements) }
    }
    #expect(seen.count == 4)
    // A layer's draws depend on its name only, not on the layers before it.
    let shallow = try FeedForwardTopology(named: "ffdnn-1x8").network(
      inputShape: [8], classes: 8, random: RandomSource(seed: 5))
    #expect(
      shallow.nodes[0] == network(5).nodes[0] && shallow.nodes[2].operation == network(5).nodes[6].operation)
  }

  @Test("The float reference by hand, and weights put in by name")
  func floatReference() throws {
    var network = try FloatNetwork(
      name: "n", inputShape: [2],
      nodes: [
        .init(
          "a", inputs: ["input"],
          .dense(FloatDense(weights: Tensor(shape: [2, 2], elements: [1, 2, -1, 0.5]), biases: [0.5, 0]))),
        .init("r", inputs: ["a"], .activation(.relu)),
        .init(
          "b", inputs: ["r"],
          .dense(FloatDense(weights: Tensor(shape: [1, 2], elements: [2, -4]), biases: [1]))),
        .init("s", inputs: ["b"], .activation(.sigmoid)),
      ])
    // a = (1 + 4 + 0.5, −1 + 1) = (5.5, 0): b = 12; a = (−3 + 2 + 0.5, 3 + 0.5) = (−0.5, 3.5): b = 1 − 14 = −13.
    #expect(abs(network.referenceOutput(of: [1, 2])[0] - 0.9999938558253978) < 1e-15)
    #expect(abs(network.referenceOutput(of: [-3, 1])[0] - 2.260324298e-6) < 1e-14)
    network.replace(
      "b", with: .dense(FloatDense(weights: Tensor(shape: [1, 2], elements: [0, 0]), biases: [0])))
    #expect(network.referenceOutput(of: [1, 2]) == [0.5])
    #expect(network.parameterCount == 9)
  }
}
