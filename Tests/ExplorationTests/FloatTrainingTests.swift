import Exploration
import Networks
import Reproducibility
import Tensors
import Testing
import Training

@Suite("Float training")
struct FloatTrainingTests {
  private let resources = ComputeResources(threads: 1)

  private func run(_ settings: TrainingSettings, in directory: TemporaryDirectory) throws -> FloatTraining {
    let cache = try ResultCache(directory: directory.url) { Issue.record("\($0)") }
    var exploration = try tinySettings()
    exploration.training = settings
    return try FloatTraining.run(
      "ffdnn-1x6", seed: 4, settings: exploration,
      dataset: tinyDataset(), cache: cache, resources: resources, checkpoint: {})
  }

  @Test("The midpoint is all that the later epochs depend on; the network is the best of them")
  func midpoint() throws {
    let directory = try TemporaryDirectory()
    let settings = TrainingSettings(epochs: 7, retrainingEpochs: 4, batchSize: 16, learningRate: 0.1)
    let result = try run(settings, in: directory)
    #expect(result.midpoint.epoch == 3 && result.losses.count == 7)
    // The float reference, gone on with from the midpoint.
    let dataset = tinyDataset()
    let trainer = try Trainer(
      result.midpoint, training: dataset.training, validation: dataset.validation, settings: settings,
      random: RandomSource(seed: 4).split("ffdnn-1x6").split("sample order"), resources: resources)
    var best: (errors: Int, network: FloatNetwork)?
    for epoch in 3..<7 {
      let report = try trainer.runEpoch()
      #expect(report.loss == result.losses[epoch], "epoch \(epoch)")
      if report.validationErrors < best?.errors ?? .max {
        best = (report.validationErrors, trainer.state.network)
      }
    }
    #expect(result.validationErrors == best?.errors)
    #expect(result.network == best?.network)
    let classes = Classifier(result.network, plan: nil, resources: resources).classes(of: dataset.test)
    #expect(result.testErrors == errorCount(classes, dataset.test.labels))
    // Kept and read back, it is the same.
    #expect(try run(settings, in: directory) == result)
  }

  @Test("Where nothing is retrained, the network and the midpoint are those of the last epoch")
  func withoutRetraining() throws {
    let directory = try TemporaryDirectory()
    let result = try run(
      TrainingSettings(epochs: 3, retrainingEpochs: 0, batchSize: 16, learningRate: 0.1), in: directory)
    #expect(result.midpoint.epoch == 3)
    #expect(result.network == result.midpoint.network)
  }
}
