import Datasets
import Foundation
import Networks
import Reproducibility
import Tensors
import Testing
import Training

@Suite("Image layers in training")
struct LayerGradientTests {
  private static let oneStep = TrainingSettings(
    epochs: 1, retrainingEpochs: 0, batchSize: 1000, learningRate: 1, schedule: .constant, momentum: 0)

  /// Mean cross-entropy in double.
  private func loss(_ network: FloatNetwork, _ images: ImageSet) throws -> Double {
    let samples = (0..<images.count).map { images.image($0).map { Double($0) / 256 } }
    let logits = try network.batchLogits(samples, isTraining: true)
    return zip(logits, images.labels).reduce(0) { sum, pair in
      let largest = pair.0.max()!
      let total = pair.0.reduce(0) { $0 + Foundation.exp($1 - largest) }
      return sum + Foundation.log(total) + largest - pair.0[Int(pair.1)]
    } / Double(images.count)
  }

  private func images(_ number: Int) -> ImageSet {
    noisyPrototypes(count: 5, height: 4, width: 5, classes: 3, seed: UInt64(number))
  }

  /// The operation with one trained number moved, or nil where it has no such number.
  private func moved(
    _ operation: FloatOperation, _ parameter: String, _ index: Int, by shift: Float
  ) -> FloatOperation? {
    switch (operation, parameter) {
    case (.dense(var dense), "weights"):
      dense.weights.elements[index] += shift
      return .dense(dense)
    case (.dense(var dense), "biases"):
      dense.biases[index] += shift
      return .dense(dense)
    case (.convolution(var convolution), "weights"):
      convolution.weights.elements[index] += shift
      return .convolution(convolution)
    case (.convolution(var convolution), "biases"):
      convolution.biases[index] += shift
      return .convolution(convolution)
    case (.batchNormalization(var normalization), "scale"):
      normalization.scale[index] += shift
      return .batchNormalization(normalization)
    case (.batchNormalization(var normalization), "shift"):
      normalization.shift[index] += shift
      return .batchNormalization(normalization)
    default: return nil
    }
  }

  @Test(
    "Gradients are the slopes of the loss, for every layer on random shapes",
    arguments: LayerNetworks.Kind.allCases)
  func slopesOfTheLoss(kind: LayerNetworks.Kind) throws {
    var networks = LayerNetworks(source: RandomSource(seed: 51).split(kind.rawValue))
    var checked = 0
    var skipped = 0
    for number in 0..<4 {
      let images = images(number)
      let network = try networks.network(kind, inputShape: [4, 5, 1], classes: 3)
      let state = try stateAfterEpochs(1, from: TrainingState(network: network), images, Self.oneStep)
      for node in network.nodes {
        for (name, values) in node.operation.parameters {
          // With rate 1 and no velocity before, the velocity is the negative gradient.
          let velocity = state.slots["\(node.name).\(name)"]![0]
          for _ in 0..<6 {
            let index = networks.source.below(values.count)
            func slope(_ distance: Float) throws -> Double {
              var ends: [Double] = []
              for shift in [-distance, distance] {
                var other = network
                other.replace(node.name, with: moved(node.operation, name, index, by: shift)!)
                ends.append(try loss(other, images))
              }
              let reach = Double((values[index] + distance) - (values[index] - distance))
              return (ends[1] - ends[0]) / reach
            }
            let coarse = try slope(0x1p-8)
            let fine = try slope(0x1p-9)
            // Where another element becomes the maximum the loss has a kink.
            if abs(coarse - fine) > 1e-4 {
              skipped += 1
              continue
            }
            #expect(
              abs(-Double(velocity[index]) - fine) < 2e-4 + 2e-3 * abs(fine),
              "\(kind), case \(number), \(node.name).\(name)[\(index)]: \(-velocity[index]), not \(fine)")
            checked += 1
          }
        }
      }
    }
    #expect(checked > 60 && skipped * 5 < checked, "\(kind): \(checked) checked, \(skipped) skipped")
  }

  @Test("Classes are those of the plain reference, for every layer", arguments: LayerNetworks.Kind.allCases)
  func forwardIsTheReference(kind: LayerNetworks.Kind) throws {
    var networks = LayerNetworks(source: RandomSource(seed: 52).split(kind.rawValue))
    for number in 0..<6 {
      let images = images(number)
      let network = try networks.network(kind, inputShape: [4, 5, 1], classes: 3)
      let classifier = Classifier(network, plan: nil, resources: ComputeResources(threads: 1))
      let found = classifier.values(of: "logits", over: images, count: images.count)
      for sample in 0..<images.count {
        let expected = network.referenceOutput(of: images.image(sample).map { Double($0) / 256 })
        for (index, logit) in expected.enumerated() {
          #expect(abs(Double(found[sample * 3 + index]) - logit) < 1e-4, "\(kind), case \(number)")
        }
      }
    }
  }

  @Test(
    "Threads and instruction sets change no bit of a trained network", arguments: LayerNetworks.Kind.allCases)
  func resourcesDoNotMatter(kind: LayerNetworks.Kind) throws {
    var networks = LayerNetworks(source: RandomSource(seed: 53).split(kind.rawValue))
    let images = noisyPrototypes(count: 40, height: 4, width: 5, classes: 3, seed: 7)
    let network = try networks.network(kind, inputShape: [4, 5, 1], classes: 3)
    var settings = TrainingSettings(epochs: 2, retrainingEpochs: 0, batchSize: 7, learningRate: 0.1)
    settings.augmentation = ImageAugmentation(shift: 1, mirrors: true)
    for optimizer in Optimizer.allCases {
      settings.optimizer = optimizer
      var expected: TrainingState?
      for instructionSet in InstructionSet.allCases where instructionSet.isAvailable {
        for threads in [1, 2, 3] {
          let trainer = try Trainer(
            TrainingState(network: network), training: images, validation: images, settings: settings,
            random: RandomSource(seed: 5),
            resources: ComputeResources(threads: threads, instructionSet: instructionSet))
          for _ in 0..<2 { _ = try trainer.runEpoch() }
          if let expected {
            #expect(trainer.state == expected, "\(kind), \(optimizer), \(threads) threads, \(instructionSet)")
          } else {
            expected = trainer.state
          }
        }
      }
    }
  }

  @Test("Folding batch normalization changes nothing but rounding")
  func folding() throws {
    var networks = LayerNetworks(source: RandomSource(seed: 54))
    for number in 0..<10 {
      let network = try networks.network(.normalized, inputShape: [4, 5, 1], classes: 3)
      let folded = try network.foldingBatchNormalization()
      #expect(!folded.nodes.contains { if case .batchNormalization = $0.operation { true } else { false } })
      let images = images(number)
      for sample in 0..<images.count {
        let input = images.image(sample).map { Double($0) / 256 }
        for (a, b) in zip(network.referenceOutput(of: input), folded.referenceOutput(of: input)) {
          #expect(abs(a - b) < 1e-5, "case \(number)")
        }
      }
    }
  }
}
