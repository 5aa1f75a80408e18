import Datasets
import FixedPoint
import Foundation
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing
import Training

/// The gradients that a training step takes, read from the velocities that it leaves: with one batch, learning
/// rate 1 and no velocity before, they are the negative gradients.
@Suite("Gradients")
struct GradientTests {
  private static let oneStep = TrainingSettings(
    epochs: 1, retrainingEpochs: 0, batchSize: 1000, learningRate: 1, schedule: .constant, momentum: 0)

  private func gradients(
    _ network: FloatNetwork, _ images: ImageSet, plan: QuantizationPlan? = nil
  ) throws -> [String: FloatDense] {
    try stateAfterEpochs(1, from: TrainingState(network: network), images, Self.oneStep, plan: plan)
      .velocities.mapValues { velocity in
        FloatDense(
          weights: Tensor(shape: velocity.weights.shape, elements: velocity.weights.elements.map { -$0 }),
          biases: velocity.biases.map { -$0 })
      }
  }

  /// Mean cross-entropy in double, by the network's reference and the C library's functions.
  private func loss(_ network: FloatNetwork, _ images: ImageSet) -> Double {
    (0..<images.count).reduce(0) { sum, sample in
      let logits = network.referenceOutput(of: images.image(sample).map { Double($0) / 256 })
      let largest = logits.max()!
      let total = logits.reduce(0) { $0 + Foundation.exp($1 - largest) }
      return sum + Foundation.log(total) + largest - logits[Int(images.labels[sample])]
    } / Double(images.count)
  }

  @Test(
    "They are the slopes of the loss, for every layer and activation",
    arguments: ActivationFunction.allCases, [1, 2, 3])
  func slopesOfTheLoss(activation: ActivationFunction, layers: Int) throws {
    var source = RandomSource(seed: 41).split("\(activation) \(layers)")
    var checked = 0
    var skipped = 0
    for number in 0..<4 {
      let images = noisyPrototypes(
        count: 1 + source.below(20), height: 1 + source.below(4), width: 1 + source.below(5),
        classes: 2 + source.below(4), seed: UInt64(number))
      let network = try randomNetwork(
        layers: layers, units: 4 + source.below(9), activation, for: images, seed: UInt64(number))
      let found = try gradients(network, images)
      for (name, layer) in network.denseLayers {
        for _ in 0..<12 {
          let isBias = source.below(4) == 0
          let index = source.below(isBias ? layer.outputs : layer.weights.count)
          func slope(_ distance: Float) -> Double {
            var ends: [(parameter: Float, loss: Double)] = []
            for shift in [-distance, distance] {
              var moved = layer
              if isBias { moved.biases[index] += shift } else { moved.weights.elements[index] += shift }
              var other = network
              other.replace(name, with: .dense(moved))
              ends.append(
                (isBias ? moved.biases[index] : moved.weights.elements[index], loss(other, images)))
            }
            return (ends[1].loss - ends[0].loss) / Double(ends[1].parameter - ends[0].parameter)
          }
          let coarse = slope(0x1p-9)
          let fine = slope(0x1p-10)
          // Near a kink of ReLU there is no slope for differences to find, which shows in their disagreement.
          if abs(coarse - fine) > 4e-5 {
            skipped += 1
            continue
          }
          let gradient = Double(
            isBias ? found[name]!.biases[index] : found[name]!.weights.elements[index])
          #expect(
            abs(gradient - fine) < 1e-4 + 1e-3 * abs(fine),
            "\(activation), case \(number), \(name) \(isBias ? "bias" : "weight") \(index): \(gradient), not \(fine)"
          )
          checked += 1
        }
      }
    }
    #expect(checked > 60 && skipped * 10 < checked, "\(checked) checked, \(skipped) skipped")
  }

  /// The straight-through gradients by plain loops in double over the integer network: the slope of the
  /// unquantised function, 1 through rounding, 0 where clipped; weights and signals by their quantised values.
  private func straightThrough(
    _ network: FloatNetwork, _ plan: QuantizationPlan, _ images: ImageSet
  ) throws -> [String: (weights: [Double], biases: [Double])] {
    let integers = try plan.integerNetwork(from: network)
    var gradients: [String: (weights: [Double], biases: [Double])] = [:]
    for (name, layer) in network.denseLayers {
      gradients[name] = (Array(repeating: 0, count: layer.weights.count), layer.biases.map { _ in 0 })
    }
    let layers = network.denseLayers
    for sample in 0..<images.count {
      let input = images.image(sample).map { Int64(plan.inputLevel(ofPixel: $0)) }
      let tensors = integers.referenceTensors(of: input)
      // Of each layer: its input's integers, and its accumulators.
      var sources: [[Int64]] = []
      var sums: [[Int64]] = []
      for node in integers.nodes {
        guard case .dense(let dense) = node.operation else { continue }
        let x = tensors[node.inputs[0]]!
        sources.append(x)
        sums.append(
          (0..<dense.outputs).map { output in
            (0..<dense.inputs).reduce(dense.biases[output]) { $0 + Int64(dense.weights[output, $1]) * x[$1] }
          })
      }
      let logits = sums[layers.count - 1].map {
        Double($0) * plan.weights[layers.last!.name]!.accumulatorScale
      }
      let largest = logits.max()!
      let total = logits.reduce(0) { $0 + Foundation.exp($1 - largest) }
      var delta = logits.enumerated().map { index, logit in
        (Foundation.exp(logit - largest) / total - (index == Int(images.labels[sample]) ? 1 : 0))
          / Double(images.count)
      }
      for index in layers.indices.reversed() {
        let (name, layer) = layers[index]
        let dense = plan.weights[name]!
        for output in 0..<layer.outputs {
          for input in 0..<layer.inputs {
            gradients[name]!.weights[output * layer.inputs + input] +=
              delta[output] * Double(sources[index][input]) * dense.inputScale
          }
          gradients[name]!.biases[output] += delta[output]
        }
        if index == 0 { break }
        let levels = layer.weights.elements.map { Double(dense.quantizers[0].value(of: $0)) }
        let activation = plan.signals["hidden\(index)"]!
        let before = sums[index - 1]
        delta = (0..<layer.inputs).map { input in
          let gradient = (0..<layer.outputs).reduce(0) { $0 + delta[$1] * levels[$1 * layer.inputs + input] }
          switch activation.function {
          case .clamp(_, let high):
            return before[input] > 0 && sources[index][input] < high ? gradient : 0
          case .table:
            let address = activation.requantization.applied(to: before[input], channel: 0)
            let ends = plan.recipe.tableAddress
            if address <= Int64(ends.minimumRaw) || address >= Int64(ends.maximumRaw) { return 0 }
            let argument = Double(address) * Foundation.exp2(-Double(ends.fractionLength))
            if activation.isSigned {
              let tangent = Foundation.tanh(argument)
              return gradient * (1 - tangent * tangent)
            }
            let sigmoid = 1 / (1 + Foundation.exp(-argument))
            return gradient * sigmoid * (1 - sigmoid)
          }
        }
      }
    }
    return gradients
  }

  @Test(
    "Quantised, they pass through rounding unchanged and stop where clipped",
    arguments: ActivationFunction.allCases, [2, 3, 8])
  func straightThroughRounding(activation: ActivationFunction, bits: Int) throws {
    for (number, requantizer) in requantizers.enumerated() {
      let images = noisyPrototypes(count: 15, seed: UInt64(number))
      let network = try randomNetwork(layers: 2, units: 9, activation, for: images, seed: UInt64(number))
      // A table of narrow range, so that some addresses are at its ends.
      let recipe = QuantizationRecipe(
        weightWordLength: bits, signalWordLength: number % 2 == 0 ? 8 : 4,
        tableAddress: try FixedPointFormat(.signed, wordLength: 8, fractionLength: 6),
        requantizer: requantizer)
      let plan = try quantizationPlan(network, recipe, images: images)
      let found = try gradients(network, images, plan: plan)
      for (name, expected) in try straightThrough(network, plan, images) {
        let pairs = Array(
          zip(found[name]!.weights.elements + found[name]!.biases, expected.weights + expected.biases))
        let scale = pairs.reduce(1e-6) { max($0, abs($1.1)) }
        for (index, (gradient, wanted)) in pairs.enumerated() {
          #expect(
            abs(Double(gradient) - wanted) < 1e-4 * scale,
            "\(activation), \(bits) bits, \(requantizer), \(name)[\(index)]: \(gradient), not \(wanted)")
        }
      }
    }
  }
}
