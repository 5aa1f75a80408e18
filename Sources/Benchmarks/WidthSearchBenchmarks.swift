import Datasets
import Exploration
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors

/// What sharing saves when widths are searched for: choices priced in a thousand layer evaluations (one layer, one sample), beside running each choice from
/// the input. Counts, not times: the same on every machine.
func widthSearchBenchmarks(_ resources: ComputeResources) -> [Benchmark] {
  let choices = randomLeNet(resources)
  let budget = choices.storedBits(universal: 4)
  func benchmark(_ name: String, _ result: SearchResult) -> Benchmark {
    let depth = Double(choices.layers.count)
    let shared = Double(result.layerEvaluations)
    return Benchmark(
      "\(name) on lenet-5, choices that samples are run with", unit: "in 1,000 layer evaluations",
      value: 1000 * Double(result.naiveLayerEvaluations) / depth / shared, reference: 1000 / depth)
  }
  let search = try! WidthSearch(
    choices, calibration: randomCalibration(choices, resources), budget: budget, resources: resources)
  let qed = try! search.qed()
  return [
    benchmark("Qed", qed), benchmark("Q*", try! search.qstar(limit: qed.layerEvaluations / 10)),
    benchmark("enumeration", try! search.enumeration()),
  ]
}

/// LeNet-5 with random weights at every width.
private func randomLeNet(_ resources: ComputeResources) -> MixedPrecision {
  let network = try! NetworkTopology(named: "lenet-5").floatNetwork(
    random: RandomSource(seed: 3), extras: TrainingExtras(), zeroPixel: 0)
  return try! MixedPrecision(
    network, recipe: QuantizationRecipe(weightWordLength: 8), on: .standard, scaledOn: randomImages(64),
    resources: resources)
}

private func randomImages(_ count: Int) -> ImageSet {
  var random = RandomSource(seed: 4)
  return ImageSet(
    height: 28, width: 28, channels: 1, classCount: 10,
    pixels: (0..<count * 784).map { _ in UInt8(random.below(256)) },
    labels: (0..<count).map { _ in UInt8(random.below(10)) })
}

private func randomCalibration(_ choices: MixedPrecision, _ resources: ComputeResources) -> CalibrationSet {
  try! CalibrationSet(
    randomImages(64), count: 64, disturbances: [try! InputDisturbance(.gaussianNoise, severity: 0.1)],
    seed: 5,
    network: choices.network, resources: resources)
}
