import Datasets
import FixedPoint
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing
import Training

@Suite("Quantised forward pass")
struct QuantizedPassTests {
  @Test(
    "Every tensor is the integer network's, value for value",
    arguments: ActivationFunction.allCases, Array(2...8))
  func equalsTheIntegerNetwork(activation: ActivationFunction, bits: Int) throws {
    var source = RandomSource(seed: 51).split("\(activation) \(bits)")
    for requantizer in requantizers {
      for round in 0..<3 {
        let images = noisyPrototypes(
          count: 20, height: 3 + source.below(4), width: 3 + source.below(4), noise: 100, seed: UInt64(round))
        let network = try randomNetwork(
          layers: 1 + source.below(3), units: 4 + source.below(40), activation, for: images,
          seed: UInt64(round))
        let recipe = QuantizationRecipe(
          weightWordLength: bits, weightWordLengths: source.below(2) == 0 ? [:] : ["logits": 8],
          signalWordLength: 1 + source.below(8), inputWordLength: 1 + source.below(8),
          tableAddress: try FixedPointFormat(
            .signed, wordLength: 4 + source.below(9), fractionLength: source.below(7)),
          requantizer: requantizer)
        let plan = try quantizationPlan(network, recipe, images: images)
        let integers = try plan.integerNetwork(from: network)
        let resources = ComputeResources(
          threads: 1 + source.below(3),
          instructionSet: InstructionSet.allCases.last { $0.isAvailable && source.below(2) == 0 } ?? .portable
        )
        let classifier = Classifier(network, plan: plan, resources: resources)
        let expected = (0..<images.count).map { sample in
          integers.referenceTensors(of: images.image(sample).map { Int64(plan.inputLevel(ofPixel: $0)) })
        }
        for name in integers.nodes.map(\.name) + [inputTensorName] {
          let values = classifier.values(of: name, over: images, count: images.count)
          #expect(
            values == expected.flatMap { $0[name]! }.map { Float($0) },
            "\(name), \(recipe), \(resources)")
        }
        #expect(
          classifier.classes(of: images)
            == expected.map { UInt8(indexOfLargest($0[integers.output.name]!)) }, "\(recipe)")
      }
    }
  }

  @Test("A signal of a few bits takes all its values, so that the comparison sees more than zeros")
  func signalsVary() throws {
    let images = noisyPrototypes(count: 60, seed: 1)
    for activation in ActivationFunction.allCases {
      for requantizer in requantizers {
        let network = try randomNetwork(layers: 1, units: 24, activation, for: images, seed: 2)
        let recipe = QuantizationRecipe(weightWordLength: 8, signalWordLength: 2, requantizer: requantizer)
        let classifier = Classifier(
          network, plan: try quantizationPlan(network, recipe, images: images),
          resources: ComputeResources(threads: 1))
        #expect(
          Set(classifier.values(of: "hidden1", over: images, count: 60))
            == (activation == .tanh ? [-1, 0, 1] : [0, 1, 2, 3]),
          "\(activation), \(requantizer)")
      }
    }
  }

  @Test("The float pass is the double-precision reference to single precision")
  func floatPassIsTheReference() throws {
    for activation in ActivationFunction.allCases {
      let images = noisyPrototypes(count: 300, seed: 3)
      let network = try randomNetwork(layers: 3, units: 20, activation, for: images, seed: 4)
      let classifier = Classifier(network, plan: nil, resources: ComputeResources(threads: 2))
      let logits = classifier.values(of: "logits", over: images, count: 300)
      let classes = classifier.classes(of: images)
      for sample in 0..<300 {
        let expected = network.referenceOutput(of: images.image(sample).map { Double($0) / 256 })
        for (index, value) in expected.enumerated() {
          #expect(
            abs(Double(logits[sample * 3 + index]) - value) < 1e-5 * (1 + abs(value)),
            "\(activation), sample \(sample)")
        }
        let largest = expected.max()!
        #expect(expected[Int(classes[sample])] > largest - 1e-4, "\(activation), sample \(sample)")
      }
      #expect(errorCount(classes, classes) == 0)
      #expect(errorCount(classes, classes.map { ($0 + 1) % 3 }) == 300)
    }
  }
}
