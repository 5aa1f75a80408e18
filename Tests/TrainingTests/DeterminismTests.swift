import Datasets
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing
import Training

@Suite("Trained bits")
struct DeterminismTests {
  private static let settings = TrainingSettings(
    epochs: 3, retrainingEpochs: 3, batchSize: 32, learningRate: 0.2, momentum: 0.9, weightDecay: 1e-4)

  /// Threads and kernels that this processor can run.
  private var allResources: [ComputeResources] {
    InstructionSet.allCases.filter(\.isAvailable).flatMap { instructionSet in
      (1...3).map { ComputeResources(threads: $0, instructionSet: instructionSet) }
    }
  }

  private func expectSameBits(
    _ network: FloatNetwork, _ images: ImageSet, epochs: Int, plan: QuantizationPlan?, _ label: String
  ) throws {
    let start = TrainingState(network: network)
    let reference = try stateAfterEpochs(
      epochs, from: start, images, Self.settings, plan: plan,
      resources: ComputeResources(threads: 1, instructionSet: .portable))
    let isTrained = reference.network != network
    #expect(isTrained, "\(label): nothing was trained")
    for resources in allResources {
      let state = try stateAfterEpochs(
        epochs, from: start, images, Self.settings, plan: plan, resources: resources)
      // As a single truth: a failure is not to print half a million weights.
      let isSame = state == reference
      #expect(isSame, "\(label), \(resources)")
    }
  }

  @Test(
    "They are the same on any number of threads and any instruction set",
    arguments: ActivationFunction.allCases, [nil, 2, 3, 8])
  func resourcesDoNotMatter(activation: ActivationFunction, bits: Int?) throws {
    let images = noisyPrototypes(count: 75, height: 5, width: 5, seed: 61)
    let network = try randomNetwork(layers: 2, units: 19, activation, for: images, seed: 62)
    let plan = try bits.map {
      try quantizationPlan(network, QuantizationRecipe(weightWordLength: $0), images: images)
    }
    try expectSameBits(
      network, images, epochs: 2, plan: plan, "\(activation), \(bits.map { "\($0) bits" } ?? "float")")
  }

  @Test("They are the same where products are large enough to be split", arguments: [nil, 3])
  func splitProducts(bits: Int?) throws {
    // 32 samples × 520 units × 81 inputs is past what one thread does alone, and 520 × 520 weights past what is
    // stepped in one part.
    let images = noisyPrototypes(count: 64, height: 9, width: 9, seed: 63)
    let network = try randomNetwork(layers: 2, units: 520, .relu, for: images, seed: 64)
    let plan = try bits.map {
      try quantizationPlan(network, QuantizationRecipe(weightWordLength: $0), images: images)
    }
    try expectSameBits(network, images, epochs: 1, plan: plan, bits.map { "\($0) bits" } ?? "float")
  }

  @Test("Going on from a saved state gives what an uninterrupted run gives", arguments: [nil, 2, 8])
  func resumedRunsAreTheSame(bits: Int?) throws {
    let images = noisyPrototypes(count: 70, seed: 65)
    for activation in ActivationFunction.allCases {
      let network = try randomNetwork(layers: 1, units: 12, activation, for: images, seed: 66)
      let plan = try bits.map {
        try quantizationPlan(network, QuantizationRecipe(weightWordLength: $0), images: images)
      }
      let start = TrainingState(network: network)
      let whole = try stateAfterEpochs(3, from: start, images, Self.settings, plan: plan)
      #expect(whole.epoch == 3)
      for first in 1...2 {
        let part = try stateAfterEpochs(first, from: start, images, Self.settings, plan: plan)
        let resumed = try stateAfterEpochs(3 - first, from: part, images, Self.settings, plan: plan)
        #expect(resumed == whole, "\(activation), stopped after \(first)")
        // The velocities and the epoch are part of what a run goes on from.
        let forgotten = TrainingState(network: part.network, epoch: part.epoch)
        #expect(try stateAfterEpochs(3 - first, from: forgotten, images, Self.settings, plan: plan) != whole)
      }
    }
  }

  @Test("Another seed gives another order of samples, and so other bits")
  func seedsMatter() throws {
    let images = noisyPrototypes(count: 70, seed: 67)
    let network = try randomNetwork(layers: 1, units: 8, .sigmoid, for: images, seed: 68)
    let states = try [UInt64(1), 2].map { seed in
      let trainer = try Trainer(
        TrainingState(network: network), training: images, validation: images, settings: Self.settings,
        random: RandomSource(seed: seed), resources: ComputeResources(threads: 1))
      _ = try trainer.runEpoch()
      return trainer.state
    }
    #expect(states[0] != states[1])
  }
}
