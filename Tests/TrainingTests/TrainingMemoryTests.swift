import Networks
import Reproducibility
import Tensors
import Testing
import Training

@Suite("Memory of training")
struct TrainingMemoryTests {
  private let images = noisyPrototypes(count: 60, seed: 71)

  @Test(
    "A fully connected network takes two floats a value, and four a parameter with a momentum, worked by hand"
  )
  func feedForward() throws {
    let network = try FeedForwardTopology(hiddenLayers: 1, units: 4, activation: .sigmoid).network(
      inputShape: [2, 2, 1], classes: 2, random: RandomSource(seed: 1))
    let float = TrainingMemory(of: network, optimizer: .momentum, isQuantized: false)
    // Inputs once; sums, sigmoids and logits with their gradients.
    #expect(float.bytesOfSample == 4 * (4 + 2 * (4 + 4 + 2)))
    // Weights and biases of 20 + 10 parameters: values, gradients, velocities.
    #expect(float.fixedBytes == 4 * 30 * 3)
    let quantized = TrainingMemory(of: network, optimizer: .adam, isQuantized: true)
    #expect(quantized.bytesOfSample == float.bytesOfSample + 4 * (2 * (4 + 2) + 4))
    #expect(quantized.fixedBytes == 4 * 30 * 5)
    #expect(float.largestBatch(in: float.bytes(batch: 7)) == 7)
    #expect(float.largestBatch(in: float.bytes(batch: 7) - 1) == 6)
    #expect(float.largestBatch(in: 0) == 0)
  }

  @Test("A mini-batch that does not fit is refused with the largest that does, which then trains")
  func refusal() throws {
    let network = try randomNetwork(layers: 1, units: 7, .sigmoid, for: images, seed: 73)
    let limit = TrainingMemory(of: network, optimizer: .momentum, isQuantized: false).bytes(batch: 10)
    func train(batch: Int) throws {
      let trainer = try Trainer(
        TrainingState(network: network), training: images, validation: images,
        settings: TrainingSettings(epochs: 1, retrainingEpochs: 0, batchSize: batch),
        random: RandomSource(seed: 72),
        resources: ComputeResources(threads: 1), memory: limit)
      _ = try trainer.runEpoch()
    }
    let error = #expect(throws: TrainingError.self) { try train(batch: 11) }
    let message = try #require(error).description
    #expect(message.contains("mini-batches of 11 samples") && message.contains("--batch-size of at most 10"))
    try train(batch: 10)
    // More than there are samples stands for all of them.
    #expect(throws: TrainingError.self) { try train(batch: 1 << 40) }
  }
}
