import Datasets
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// Images of `classes` drawn prototypes with noise: learnable, and different for every seed.
func noisyPrototypes(
  count: Int, height: Int = 4, width: Int = 4, classes: Int = 3, noise: Int = 60, seed: UInt64
) -> ImageSet {
  let size = height * width
  var source = RandomSource(seed: 1000).split("prototypes \(size) \(classes)")
  let prototypes = (0..<classes).map { _ in (0..<size).map { _ in source.below(2) * 195 + 30 } }
  source = RandomSource(seed: seed).split("samples")
  var pixels: [UInt8] = []
  var labels: [UInt8] = []
  for _ in 0..<count {
    let label = source.below(classes)
    labels.append(UInt8(label))
    for value in prototypes[label] {
      pixels.append(UInt8(min(max(value + source.below(2 * noise + 1) - noise, 0), 255)))
    }
  }
  return ImageSet(
    height: height, width: width, channels: 1, classCount: classes, pixels: pixels, labels: labels)
}

/// A feed-forward network for `images` with random weights and, unlike a fresh one, random biases.
func randomNetwork(
  layers: Int, units: Int, _ activation: ActivationFunction, for images: ImageSet, seed: UInt64
) throws -> FloatNetwork {
  let topology = try FeedForwardTopology(hiddenLayers: layers, units: units, activation: activation)
  let random = RandomSource(seed: seed)
  var network = topology.network(
    inputShape: [images.height, images.width, images.channels], classes: images.classCount, random: random)
  for node in network.nodes {
    guard case .dense(var dense) = node.operation else { continue }
    var source = random.split("biases of \(node.name)")
    dense.biases = dense.biases.map { _ in Float(source.uniform(in: -0.5...0.5)) }
    network.replace(node.name, with: .dense(dense))
  }
  return network
}

/// The plan of `network` under `recipe`, calibrated on `images`.
func quantizationPlan(
  _ network: FloatNetwork, _ recipe: QuantizationRecipe, images: ImageSet
) throws -> QuantizationPlan {
  try QuantizationPlan(network: network, recipe: recipe) { name in
    Classifier(network, plan: nil, resources: ComputeResources(threads: 1)).values(
      of: name, over: images, count: 100)
  }
}

/// The requantisers that a machine can have.
let requantizers: [RequantizerKind] = [
  .multiplier(wordLength: 16, rounding: .nearestTiesUp),
  .multiplier(wordLength: 31, rounding: .nearestTiesUp),
  .multiplier(wordLength: 12, rounding: .nearestTiesToEven), .multiplier(wordLength: 8, rounding: .down),
  .shift(rounding: .nearestTiesUp), .shift(rounding: .towardZero), .doublingHighMultiply,
]

extension FloatNetwork {
  /// The dense nodes with their layers, in order.
  var denseLayers: [(name: String, layer: FloatDense)] {
    nodes.compactMap { node in
      if case .dense(let dense) = node.operation { (node.name, dense) } else { nil }
    }
  }
}

/// One epoch of `settings` from `network`, and the state after it.
func stateAfterEpochs(
  _ epochs: Int, from state: TrainingState, _ training: ImageSet, _ settings: TrainingSettings,
  plan: QuantizationPlan? = nil, resources: ComputeResources = ComputeResources(threads: 1)
) throws -> TrainingState {
  let trainer = try Trainer(
    state, training: training, validation: training, settings: settings, plan: plan,
    random: RandomSource(seed: 77), resources: resources)
  for _ in 0..<epochs { _ = try trainer.runEpoch() }
  return trainer.state
}

extension TrainingState {
  /// The velocities of fully connected layers in the shapes of the layers.
  var velocities: [String: FloatDense] {
    var velocities: [String: FloatDense] = [:]
    for node in network.nodes {
      guard case .dense(let dense) = node.operation, let weights = slots["\(node.name).weights"]?.first,
        let biases = slots["\(node.name).biases"]?.first
      else { continue }
      velocities[node.name] = FloatDense(
        weights: Tensor(shape: dense.weights.shape, elements: weights), biases: biases)
    }
    return velocities
  }
}
