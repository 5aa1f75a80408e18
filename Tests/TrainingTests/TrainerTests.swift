import Datasets
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing
import Training

@Suite("Trainer")
struct TrainerTests {
  private let images = noisyPrototypes(count: 60, seed: 71)

  private func makeTrainer(
    _ network: FloatNetwork, _ settings: TrainingSettings, plan: QuantizationPlan? = nil,
    validation: ImageSet? = nil
  ) throws -> Trainer {
    try Trainer(
      TrainingState(network: network), training: images, validation: validation ?? images,
      settings: settings, plan: plan, random: RandomSource(seed: 72), resources: ComputeResources(threads: 1))
  }

  @Test("The rate falls in equal steps to its last, or stays")
  func schedules() {
    var settings = TrainingSettings(epochs: 5, learningRate: 0.5, schedule: .linear(final: 0.25))
    // Halved by eighths: exact in binary.
    #expect((0..<5).map { settings.learningRate(epoch: $0) } == [0.5, 0.40625, 0.3125, 0.21875, 0.125])
    settings.epochs = 1
    #expect(settings.learningRate(epoch: 0) == 0.5)
    settings.epochs = 5
    settings.schedule = .constant
    #expect((0..<5).map { settings.learningRate(epoch: $0) } == Array(repeating: 0.5, count: 5))
  }

  @Test("A step is v ← momentum · v − rate · (g + decay · w), w ← w + v, in single precision, each epoch")
  func momentumStep() throws {
    // One batch an epoch. A twin with rate 1, no momentum and no decay leaves −g as its velocity.
    let settings = TrainingSettings(
      epochs: 4, retrainingEpochs: 0, batchSize: 60, learningRate: 0.3, schedule: .linear(final: 0.1),
      momentum: 0.8, weightDecay: 0.01)
    let twin = TrainingSettings(
      epochs: 4, retrainingEpochs: 0, batchSize: 60, learningRate: 1, schedule: .constant, momentum: 0)
    let network = try randomNetwork(layers: 1, units: 7, .sigmoid, for: images, seed: 73)
    var state = TrainingState(network: network)
    for epoch in 0..<4 {
      let slopes = try stateAfterEpochs(
        1, from: TrainingState(network: state.network, epoch: epoch), images, twin
      ).velocities
      let after = try stateAfterEpochs(1, from: state, images, settings)
      // 0.3, 0.21, 0.12, 0.03
      let rate = Float(0.3 * (1 - 0.9 * Double(epoch) / 3))
      func stepped(_ w: Float, _ v: Float, _ g: Float) -> (w: Float, v: Float) {
        let slope = g.addingProduct(Float(0.01), w)
        let velocity = (Float(0.8) * v).addingProduct(-rate, slope)
        return (w + velocity, velocity)
      }
      for (name, layer) in state.network.denseLayers {
        let velocity = state.velocities[name]
        let made = after.network.denseLayers.first { $0.name == name }!.layer
        for index in 0..<layer.weights.count {
          let expected = stepped(
            layer.weights.elements[index], velocity?.weights.elements[index] ?? 0,
            -slopes[name]!.weights.elements[index])
          #expect(made.weights.elements[index] == expected.w, "epoch \(epoch), \(name)[\(index)]")
          #expect(after.velocities[name]!.weights.elements[index] == expected.v)
        }
        for index in 0..<layer.outputs {
          let expected = stepped(
            layer.biases[index], velocity?.biases[index] ?? 0, -slopes[name]!.biases[index])
          #expect(made.biases[index] == expected.w, "epoch \(epoch), bias \(index) of \(name)")
          #expect(after.velocities[name]!.biases[index] == expected.v)
        }
      }
      state = after
    }
    #expect(state.epoch == 4)
  }

  @Test("A learnable set is learned, in float and with two bits", arguments: [nil, 2])
  func learns(bits: Int?) throws {
    let settings = TrainingSettings(epochs: 20, retrainingEpochs: 0, batchSize: 10, learningRate: 0.1)
    for activation in ActivationFunction.allCases {
      let network = try randomNetwork(layers: 1, units: 16, activation, for: images, seed: 74)
      let plan = try bits.map {
        try quantizationPlan(network, QuantizationRecipe(weightWordLength: $0), images: images)
      }
      let fresh = noisyPrototypes(count: 100, seed: 75)
      let trainer = try makeTrainer(network, settings, plan: plan, validation: fresh)
      let reports = try (0..<20).map { _ in try trainer.runEpoch() }
      #expect(reports.map(\.epoch) == Array(0..<20))
      #expect(reports[19].loss < 0.3 * reports[0].loss, "\(activation): \(reports.map(\.loss))")
      #expect(reports[19].validationErrors <= 5, "\(activation): \(reports.map(\.validationErrors))")
      // What an epoch reports is what a classifier of its network finds.
      let classifier = Classifier(
        trainer.state.network, plan: trainer.plan, resources: ComputeResources(threads: 1))
      #expect(errorCount(classifier.classes(of: fresh), fresh.labels) == reports[19].validationErrors)
    }
  }

  @Test("Steps are held, unless they are to be fitted anew; signal scales are held in any case")
  func refittedSteps() throws {
    var settings = TrainingSettings(epochs: 3, retrainingEpochs: 3, batchSize: 10, learningRate: 0.2)
    let network = try randomNetwork(layers: 1, units: 10, .relu, for: images, seed: 76)
    let start = try quantizationPlan(network, QuantizationRecipe(weightWordLength: 3), images: images)
    let held = try makeTrainer(network, settings, plan: start)
    for _ in 0..<3 { _ = try held.runEpoch() }
    #expect(held.plan == start)
    settings.refitsSteps = true
    let refitted = try makeTrainer(network, settings, plan: start)
    _ = try refitted.runEpoch()
    #expect(refitted.plan == start, "at the start of the first epoch the steps are those of the plan")
    let weights = refitted.state.network
    _ = try refitted.runEpoch()
    let found = try #require(refitted.plan)
    for (name, layer) in weights.denseLayers {
      #expect(found.weights[name]!.quantizers[0] == .leastSquares(for: layer.weights.elements, limit: 3))
      #expect(found.weights[name]!.quantizers[0] != start.weights[name]!.quantizers[0])
    }
    #expect(found.signals["hidden1"]!.outputScale == start.signals["hidden1"]!.outputScale)
    #expect(found.signals["hidden1"]!.requantization != start.signals["hidden1"]!.requantization)
    #expect(refitted.state != held.state)
  }

  @Test("A run that diverges says so and names network, epoch and rate; nothing infinite is left in it")
  func divergence() throws {
    for activation in ActivationFunction.allCases {
      for bits in [nil, 2, 8] {
        for requantizer in requantizers {
          for refits in [false, true] {
            let settings = TrainingSettings(
              epochs: 200, retrainingEpochs: 200, batchSize: 20, learningRate: 1e38, schedule: .constant,
              refitsSteps: refits)
            let network = try randomNetwork(layers: 1, units: 6, activation, for: images, seed: 77)
            let recipe = bits.map { QuantizationRecipe(weightWordLength: $0, requantizer: requantizer) }
            let plan = try recipe.map { try quantizationPlan(network, $0, images: images) }
            let trainer = try makeTrainer(network, settings, plan: plan)
            var epoch = 0
            let error = #expect(throws: TrainingError.self) {
              while epoch < 200 {
                _ = try trainer.runEpoch()
                epoch += 1
                #expect(
                  trainer.state.network.denseLayers.allSatisfy {
                    $0.layer.weights.elements.allSatisfy(\.isFinite) && $0.layer.biases.allSatisfy(\.isFinite)
                  }, "epoch \(epoch)")
              }
            }
            // Steps fitted to enormous weights may be what cannot go on.
            if case .quantization = error, refits { continue }
            #expect(
              error == .diverged(network: network.name, epoch: epoch, learningRate: 1e38),
              "\(activation), \(String(describing: recipe))")
          }
        }
      }
    }
    #expect(
      TrainingError.diverged(network: "net", epoch: 2, learningRate: 8).description
        == "net: training diverged in epoch 3: the loss or a weight is not finite at learning rate 8.0."
        + " Use a smaller --learning-rate.")
  }

  @Test("Images of another shape are refused, to train and to validate")
  func shapes() throws {
    let network = try randomNetwork(layers: 1, units: 6, .relu, for: images, seed: 78)
    let other = noisyPrototypes(count: 10, height: 5, width: 4, seed: 79)
    let expected = TrainingError.shapeMismatch(
      network: network.name, expected: [4, 4, 1], samples: [5, 4, 1])
    #expect(throws: expected) { try makeTrainer(network, TrainingSettings(), validation: other) }
    #expect(throws: expected) {
      try Trainer(
        TrainingState(network: network), training: other, validation: images, settings: TrainingSettings(),
        random: RandomSource(seed: 1), resources: ComputeResources(threads: 1))
    }
    #expect(
      expected.description
        == "ffdnn-1x6-relu: reads inputs of shape [4, 4, 1], but the samples have shape [5, 4, 1]")
    let classes = noisyPrototypes(count: 10, classes: 4, seed: 80)
    #expect(
      throws: TrainingError.badSetting(
        "ffdnn-1x6-relu: has 3 outputs for 3 classes to train and 4 to validate")
    ) { try makeTrainer(network, TrainingSettings(), validation: classes) }
    let none = images.subset([])
    #expect(throws: TrainingError.badSetting("ffdnn-1x6-relu: there is no sample to train on")) {
      try Trainer(
        TrainingState(network: network), training: none, validation: images, settings: TrainingSettings(),
        random: RandomSource(seed: 1), resources: ComputeResources(threads: 1))
    }
  }

  @Test("Every setting out of range is named, all at once")
  func settings() throws {
    let network = try randomNetwork(layers: 1, units: 6, .relu, for: images, seed: 81)
    let changes: [(inout TrainingSettings) -> Void] = [
      { $0.batchSize = 0 }, { $0.epochs = 0 }, { $0.retrainingEpochs = 51 }, { $0.retrainingEpochs = -1 },
      { $0.learningRate = 0 }, { $0.learningRate = -.infinity }, { $0.learningRate = .nan },
      { $0.learningRate = 1e39 }, { $0.schedule = .linear(final: -0.1) },
      { $0.schedule = .linear(final: .nan) },
      { $0.momentum = 1 }, { $0.momentum = -0.1 }, { $0.momentum = .nan }, { $0.weightDecay = -1 },
      { $0.weightDecay = .infinity },
    ]
    for (index, change) in changes.enumerated() {
      var settings = TrainingSettings()
      change(&settings)
      let error = #expect(throws: TrainingError.self, "change \(index)") {
        try makeTrainer(network, settings)
      }
      guard case .badSetting = error else {
        Issue.record("change \(index) gives \(String(describing: error))")
        continue
      }
    }
    var settings = TrainingSettings(retrainingEpochs: 0)
    settings.batchSize = -1
    settings.learningRate = 0
    settings.momentum = 2
    #expect(
      throws: TrainingError.badSetting(
        "a batch size of -1; at least 1 is needed; a learning rate of 0.0; a positive number is needed;"
          + " a momentum of 2.0; 0 up to, but not, 1 are possible")
    ) { try makeTrainer(network, settings) }
    #expect(throws: Never.self) { try makeTrainer(network, TrainingSettings()) }
  }

  @Test("Settings that can change a weight have different keys")
  func keys() {
    let changes: [(inout TrainingSettings) -> Void] = [
      { _ in }, { $0.batchSize = 5 }, { $0.epochs = 60 }, { $0.retrainingEpochs = 5 },
      { $0.learningRate = 1 },
      { $0.schedule = .constant }, { $0.schedule = .linear(final: 0.5) }, { $0.momentum = 0 },
      { $0.weightDecay = 0.1 }, { $0.refitsSteps = true },
    ]
    let keys = changes.map { change in
      var settings = TrainingSettings()
      change(&settings)
      return settings.key.canonicalText
    }
    #expect(Set(keys).count == changes.count)
  }

  @Test("A network that does not end with a fully connected layer cannot be trained, and is told so")
  func badGraphs() throws {
    let dense = FloatDense(weights: Tensor(shape: [3, 16], repeating: 0.1), biases: [0, 0, 0])
    let nodes = [
      FloatNetwork.Node("dense", inputs: [inputTensorName], .dense(dense)),
      FloatNetwork.Node("logits", inputs: ["dense"], .activation(.sigmoid)),
    ]
    let network = try FloatNetwork(name: "net", inputShape: [4, 4, 1], nodes: nodes)
    #expect(
      throws: TrainingError.badSetting("net: must end with a fully connected layer to be trained")
    ) { try makeTrainer(network, TrainingSettings()) }
  }
}
