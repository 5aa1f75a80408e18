import Datasets
import FixedPoint
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing
import Training

@Suite("Image layers in the hardware's integers")
struct QuantizedImagePassTests {
  private func recipes() throws -> [QuantizationRecipe] {
    [
      QuantizationRecipe(weightWordLength: 8),
      QuantizationRecipe(weightWordLength: 2, signalWordLength: 4, inputWordLength: 6),
      QuantizationRecipe(weightWordLength: 3, signalWordLength: 5, requantizer: .doublingHighMultiply),
      QuantizationRecipe(
        weightWordLength: 4, signalWordLength: 6, requantizer: .shift(rounding: .nearestTiesToEven)),
      QuantizationRecipe(weightWordLength: 3, granularity: .outputChannel),
      QuantizationRecipe(
        weightWordLength: 5, requantizer: .doublingHighMultiply, granularity: .outputChannel),
    ]
  }

  @Test(
    "The trainer's tensors are those of the integer network, value by value",
    arguments: LayerNetworks.Kind.allCases, [0, 128])
  func tensorsAreEqual(kind: LayerNetworks.Kind, zeroPixel: Int) throws {
    var networks = LayerNetworks(source: RandomSource(seed: 61).split("\(kind) \(zeroPixel)"))
    let images = noisyPrototypes(count: 12, height: 4, width: 5, classes: 3, seed: 3)
    var values: Set<Float> = []
    for (number, recipe) in try recipes().enumerated() {
      let drawn = try networks.network(kind, inputShape: [4, 5, 1], classes: 3)
      let network = try FloatNetwork(
        name: drawn.name, inputShape: drawn.inputShape, nodes: drawn.nodes, zeroPixel: zeroPixel
      ).foldingBatchNormalization()
      let plan = try quantizationPlan(network, recipe, images: images)
      let integers = try plan.integerNetwork(from: network)
      let classifier = Classifier(network, plan: plan, resources: ComputeResources(threads: 2))
      let inputs = (0..<images.count).map { sample in
        images.image(sample).map { Int64(plan.inputLevel(ofPixel: $0)) }
      }
      let expected = inputs.map { integers.referenceTensors(of: $0) }
      for node in integers.nodes {
        let found = classifier.values(of: node.name, over: images, count: images.count)
        let size = node.output.count
        for sample in 0..<images.count {
          #expect(
            found[sample * size..<(sample + 1) * size].map { Int64($0) } == expected[sample][node.name]!,
            "\(kind), recipe \(number), \(node.name), sample \(sample)")
        }
        values.formUnion(found)
      }
    }
    #expect(values.count > 40, "\(kind): only \(values.count) values were seen")
  }

  @Test("A retrained network is classed by the hardware as by the trainer, and learns")
  func retrainedOnHardware() throws {
    let images = noisyPrototypes(count: 300, height: 8, width: 8, classes: 4, noise: 60, seed: 11)
    let topology = try NetworkTopology(named: "cnn-8-12-16", inputShape: [8, 8, 1], classes: 4)
    for normalizes in [false, true] {
      let network = try topology.floatNetwork(
        random: RandomSource(seed: 9), extras: TrainingExtras(normalizesBatches: normalizes))
      let settings = TrainingSettings(
        epochs: 6, retrainingEpochs: 0, batchSize: 20, learningRate: 0.05, schedule: .constant)
      let trained = try stateAfterEpochs(6, from: TrainingState(network: network), images, settings).network
      let folded = try trained.foldingBatchNormalization()
      let recipe = QuantizationRecipe(
        weightWordLength: 2, granularity: normalizes ? .outputChannel : .layer)
      let plan = try quantizationPlan(folded, recipe, images: images)
      var gentle = settings
      gentle.learningRate = 0.01
      let retrained = try stateAfterEpochs(
        6, from: TrainingState(network: folded), images, gentle, plan: plan
      ).network
      func errors(_ network: FloatNetwork) throws -> Int {
        let integers = try plan.integerNetwork(from: network)
        let engine = try MachineEngine(
          integers,
          on: HardwareDescription.standard.withWeightMemory(bits: 1 << 40).withActivationMemory(bits: 1 << 40)
        )
        let classes = try engine.run(integers.inputs(from: images), resources: .all).classes
        let own = Classifier(network, plan: plan, resources: .all).classes(of: images)
        #expect(classes == own.map { Int($0) }, "normalized: \(normalizes)")
        return errorCount(classes, images.labels)
      }
      let direct = try errors(folded)
      let after = try errors(retrained)
      let float = errorCount(
        Classifier(folded, plan: nil, resources: .all).classes(of: images), images.labels)
      #expect(
        float < 15 && after < direct && after < 60,
        "float \(float), direct \(direct), retrained \(after) of 300 wrong")
    }
  }
}
