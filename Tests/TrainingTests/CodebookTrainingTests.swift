import Datasets
import Foundation
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing
import Training

@Suite("Retraining of shared weights")
struct CodebookTrainingTests {
  private func recipes() -> [QuantizationRecipe] {
    [
      QuantizationRecipe(weightWordLength: 8, codebook: CodebookRecipe(indexBits: 3)),
      QuantizationRecipe(
        weightWordLength: 8, signalWordLength: 5, codebook: CodebookRecipe(indexBits: 1, prunedFraction: 0.3)),
      QuantizationRecipe(
        weightWordLength: 5, requantizer: .shift(rounding: .nearestTiesUp),
        codebook: CodebookRecipe(indexBits: 4, prunedFraction: 0.7)),
      QuantizationRecipe(
        weightWordLength: 4, requantizer: .doublingHighMultiply,
        codebook: CodebookRecipe(indexBits: 2, indexBitsByLayer: ["logits": 8])),
    ]
  }

  private func weights(_ network: FloatNetwork) -> [String: [Float]] {
    var weights: [String: [Float]] = [:]
    for node in network.nodes {
      switch node.operation {
      case .dense(let dense): weights[node.name] = dense.weights.elements
      case .convolution(let convolution): weights[node.name] = convolution.weights.elements
      case .activation, .batchNormalization, .maximumPooling, .averagePooling, .dropout, .addition: break
      }
    }
    return weights
  }

  @Test(
    "The trainer's tensors are those of the integer network, value by value",
    arguments: [LayerNetworks.Kind.convolution, .grouped, .depthwise, .residual])
  func tensorsAreEqual(kind: LayerNetworks.Kind) throws {
    var networks = LayerNetworks(source: RandomSource(seed: 751).split("\(kind)"))
    let images = noisyPrototypes(count: 12, height: 4, width: 5, classes: 3, seed: 3)
    var values: Set<Float> = []
    for (number, recipe) in recipes().enumerated() {
      let network = try networks.network(kind, inputShape: [4, 5, 1], classes: 3)
      let plan = try quantizationPlan(network, recipe, images: images)
      let integers = try plan.integerNetwork(from: network)
      #expect(integers.nodes.allSatisfy { integers.weightedLayer(of: $0).map { $0.codebook != nil } ?? true })
      let classifier = Classifier(network, plan: plan, resources: ComputeResources(threads: 2))
      for sample in 0..<images.count {
        let expected = integers.referenceTensors(
          of: images.image(sample).map { Int64(plan.inputLevel(ofPixel: $0)) })
        for node in integers.nodes {
          let found = classifier.values(of: node.name, over: images, count: images.count)
          let size = node.output.count
          #expect(
            found[sample * size..<(sample + 1) * size].map { Int64($0) } == expected[node.name]!,
            "\(kind), recipe \(number), \(node.name), sample \(sample)")
          values.formUnion(found)
        }
      }
    }
    #expect(values.count > 40, "\(kind): only \(values.count) values were seen")
  }

  /// One step of plain gradient descent shows every gradient. The oracle is the trainer without codebooks, at the same integers: its weights' gradients,
  /// which other tests hold against differences of the loss, are summed here.
  @Test(
    "The gradient of a centroid is the sum of its members'; that of pruned weights is 0", arguments: [0, 0.4])
  func gradients(prunedFraction: Double) throws {
    let images = noisyPrototypes(count: 24, height: 5, width: 5, seed: 752)
    let network = try randomNetwork(layers: 2, units: 19, .relu, for: images, seed: 753)
    let shared = try quantizationPlan(
      network,
      QuantizationRecipe(
        weightWordLength: 8, codebook: CodebookRecipe(indexBits: 3, prunedFraction: prunedFraction)),
      images: images)
    let start = shared.sharingWeights(of: network)
    let plain = try QuantizationPlan(
      network: start, recipe: QuantizationRecipe(weightWordLength: 8), calibration: { _ in [] },
      holding: shared, steps: shared.steps)
    let before = try shared.integerNetwork(from: start)
    let plainBefore = try plain.integerNetwork(from: start)
    #expect(
      before.nodes.map { before.weightedLayer(of: $0)!.weights }
        == plainBefore.nodes.map { plainBefore.weightedLayer(of: $0)!.weights })
    let settings = TrainingSettings(
      epochs: 1, retrainingEpochs: 1, batchSize: 24, learningRate: 1, schedule: .constant, momentum: 0)
    func changes(_ plan: QuantizationPlan) throws -> [String: [Double]] {
      let state = try stateAfterEpochs(1, from: TrainingState(network: start), images, settings, plan: plan)
      let after = weights(state.network)
      return weights(start).reduce(into: [:]) { changes, layer in
        changes[layer.key] = zip(after[layer.key]!, layer.value).map { Double($0) - Double($1) }
      }
    }
    let single = try changes(plain)
    for (name, changes) in try changes(shared) {
      let sharing = try #require(shared.weights[name]?.sharing)
      var sums = Array(repeating: 0.0, count: sharing.entries)
      var sizes = sums
      for (index, change) in zip(sharing.indices, single[name]!) {
        sums[Int(index)] += change
        sizes[Int(index)] += abs(change) + 1e-6
      }
      if prunedFraction > 0 { sums[0] = 0 }
      #expect(sums.contains { abs($0) > 1e-3 }, "\(name) has no gradient")
      for (index, change) in zip(sharing.indices, changes) {
        #expect(abs(change - sums[Int(index)]) <= 1e-5 * sizes[Int(index)] + 1e-6, "\(name), entry \(index)")
      }
    }
  }

  @Test(
    "Members stay equal and pruned weights 0 under every optimizer; no sample is classed differently by the hardware",
    arguments: Optimizer.allCases, [0, 0.5])
  func retrained(optimizer: Optimizer, prunedFraction: Double) throws {
    let images = noisyPrototypes(count: 200, height: 6, width: 6, classes: 4, noise: 60, seed: 754)
    let topology = try NetworkTopology(named: "cnn-4-6-8", inputShape: [6, 6, 1], classes: 4)
    let network = try stateAfterEpochs(
      6, from: TrainingState(network: try topology.floatNetwork(random: RandomSource(seed: 9))), images,
      TrainingSettings(
        epochs: 6, retrainingEpochs: 0, batchSize: 20, learningRate: 0.05, schedule: .constant)
    ).network
    let recipe = QuantizationRecipe(
      weightWordLength: 8, codebook: CodebookRecipe(indexBits: 2, prunedFraction: prunedFraction))
    let plan = try quantizationPlan(network, recipe, images: images)
    let settings = TrainingSettings(
      epochs: 3, retrainingEpochs: 3, batchSize: 32,
      learningRate: optimizer == .adaDelta ? 0.1 : 0.001, schedule: .constant, optimizer: optimizer,
      weightDecay: 1e-3)
    let state = try stateAfterEpochs(
      3, from: TrainingState(network: network), images, settings, plan: plan)
    let before = weights(plan.sharingWeights(of: network))
    for (name, weights) in weights(state.network) {
      let sharing = try #require(plan.weights[name]?.sharing)
      var values: [UInt8: Set<Float>] = [:]
      for (index, weight) in zip(sharing.indices, weights) { values[index, default: []].insert(weight) }
      #expect(values.values.allSatisfy { $0.count == 1 }, "\(name): members differ")
      #expect(weights != before[name], "\(name) was not trained")
      if prunedFraction > 0 {
        #expect(values[0] == [0] && weights.filter { $0 == 0 }.count >= weights.count / 2)
      }
    }
    let integers = try plan.integerNetwork(from: state.network)
    let hardware = HardwareDescription.embedded["codebook"]!
      .withWeightMemory(bits: 1 << 40).withActivationMemory(bits: 1 << 40)
    let result = try MachineEngine(integers, on: hardware).run(
      integers.inputs(from: images), resources: .all)
    let own = Classifier(state.network, plan: plan, resources: .all).classes(of: images)
    #expect(result.classes == own.map { Int($0) })
    #expect(Set(own).count > 1)
  }

  @Test("Retraining lowers the loss, and steps may be fitted anew while weights stay shared")
  func learns() throws {
    let images = noisyPrototypes(count: 300, height: 5, width: 5, seed: 755)
    let network = try randomNetwork(layers: 2, units: 24, .relu, for: images, seed: 756)
    for refits in [false, true] {
      let plan = try quantizationPlan(
        network, QuantizationRecipe(weightWordLength: 8, codebook: CodebookRecipe(indexBits: 3)),
        images: images)
      var settings = TrainingSettings(
        epochs: 8, retrainingEpochs: 8, batchSize: 20, learningRate: 0.005, schedule: .constant,
        optimizer: .adam)
      settings.refitsSteps = refits
      let trainer = try Trainer(
        TrainingState(network: network), training: images, validation: images, settings: settings, plan: plan,
        random: RandomSource(seed: 5), resources: .all)
      let losses = try (0..<8).map { _ in try trainer.runEpoch().loss }
      #expect(losses[7] < losses[0] / 2, "refitting \(refits): \(losses)")
      for (name, own) in try #require(trainer.plan).weights {
        #expect(own.sharing == plan.weights[name]!.sharing)
      }
    }
  }

  @Test("The same bits on any number of threads and any instruction set")
  func resourcesDoNotMatter() throws {
    // 260 × 260 weights are more than one part of the gradients' sums.
    let images = noisyPrototypes(count: 64, height: 9, width: 9, seed: 757)
    let network = try randomNetwork(layers: 2, units: 260, .relu, for: images, seed: 758)
    let plan = try quantizationPlan(
      network,
      QuantizationRecipe(
        weightWordLength: 8, codebook: CodebookRecipe(indexBits: 4, prunedFraction: 0.25)), images: images)
    let settings = TrainingSettings(
      epochs: 2, retrainingEpochs: 2, batchSize: 32, learningRate: 0.001, momentum: 0.9, weightDecay: 1e-4)
    func state(_ resources: ComputeResources) throws -> TrainingState {
      try stateAfterEpochs(
        2, from: TrainingState(network: network), images, settings, plan: plan, resources: resources)
    }
    let reference = try state(ComputeResources(threads: 1, instructionSet: .portable))
    for instructionSet in InstructionSet.allCases where instructionSet.isAvailable {
      for threads in 1...3 {
        let isSame =
          try state(ComputeResources(threads: threads, instructionSet: instructionSet)) == reference
        #expect(isSame, "\(instructionSet), \(threads) threads")
      }
    }
  }

  @Test("A run goes on from its checkpoint with the bits it would have had")
  func checkpoint() throws {
    let images = noisyPrototypes(count: 90, height: 5, width: 5, seed: 759)
    let dataset = Dataset(
      name: "drawn", classNames: ["a", "b", "c"], trainingAndValidation: images, test: images,
      validationCount: 20)
    let network = try randomNetwork(layers: 1, units: 12, .relu, for: images, seed: 760)
    let plan = try quantizationPlan(
      network,
      QuantizationRecipe(weightWordLength: 6, codebook: CodebookRecipe(indexBits: 2, prunedFraction: 0.2)),
      images: images)
    let settings = TrainingSettings(
      epochs: 4, retrainingEpochs: 4, batchSize: 16, learningRate: 0.002, refitsSteps: true)
    func run(resuming checkpoint: (data: Data, file: String)? = nil) throws -> TrainingRun {
      try TrainingRun(
        network, dataset: dataset, settings: settings, plan: plan, random: RandomSource(seed: 3),
        resources: .all, key: "k", resuming: checkpoint)
    }
    let whole = try run()
    while !whole.isFinished { _ = try whole.runEpoch() }
    let first = try run()
    for _ in 0..<2 { _ = try first.runEpoch() }
    let second = try run(resuming: (first.checkpoint, "c"))
    while !second.isFinished { _ = try second.runEpoch() }
    let isSame = second.checkpoint == whole.checkpoint && second.bestPlan == whole.bestPlan
    #expect(isSame)
  }
}
