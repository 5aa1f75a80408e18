import Datasets
import Exploration
import FixedPoint
import Foundation
import Hardware
import Networks
import Reproducibility
import Synchronization
import Tensors
import Testing
import Training

/// Noisy prototypes: hard enough that designs differ in their errors.
func tinyImages(count: Int, seed: UInt64) -> ImageSet {
  let size = 25
  let classes = 4
  var source = RandomSource(seed: 500).split("prototypes")
  let prototypes = (0..<classes).map { _ in (0..<size).map { _ in source.below(2) * 150 + 50 } }
  source = RandomSource(seed: seed).split("samples")
  var pixels: [UInt8] = []
  var labels: [UInt8] = []
  for _ in 0..<count {
    let label = source.below(classes)
    labels.append(UInt8(label))
    for value in prototypes[label] { pixels.append(UInt8(min(max(value + source.below(401) - 200, 0), 255))) }
  }
  return ImageSet(height: 5, width: 5, channels: 1, classCount: classes, pixels: pixels, labels: labels)
}

/// A set of 150 training, 60 validation and 80 test images; `relabel` changes the test labels.
func tinyDataset(relabel: ([UInt8]) -> [UInt8] = { $0 }) -> Dataset {
  let test = tinyImages(count: 80, seed: 2)
  return Dataset(
    name: "tiny", classNames: ["a", "b", "c", "d"], trainingAndValidation: tinyImages(count: 210, seed: 1),
    test: ImageSet(
      height: 5, width: 5, channels: 1, classCount: 4, pixels: test.pixels, labels: relabel(test.labels)),
    validationCount: 60)
}

/// Two networks, word lengths 2 and 4, both methods, two seeds.
func tinySettings(capacityBits: Int = 1 << 20, refitsSteps: Bool = false) throws -> ExplorationSettings {
  ExplorationSettings(
    networks: ["ffdnn-1x6", "ffdnn-2x10-relu"],
    weightWordLengths: [2, 4], methods: [.direct, .retrained], signalBits: 8, inputBits: 8, seeds: [3, 8],
    training: TrainingSettings(
      epochs: 4, retrainingEpochs: 2, batchSize: 16, learningRate: 0.1, refitsSteps: refitsSteps),
    hardware: .standard, ternaryPacking: .twoBits, weightCapacityBits: capacityBits)
}

/// An explorer over a directory, with what it was told of damage.
struct TinyExploration {
  let directory: URL
  var settings: ExplorationSettings
  var dataset = tinyDataset()
  var threads = 1

  func explorer() throws -> Explorer {
    try Explorer(
      settings, dataset: dataset,
      cache: try ResultCache(directory: directory) { damage in
        Issue.record("\(damage)")
      }, resources: ComputeResources(threads: threads))
  }

  /// Runs all of it, or a shard.
  func run(shard: Shard? = nil) throws {
    try explorer().run(shard: shard, isInterrupted: { false }, report: { _ in })
  }

  func results() throws -> ExplorationResults { try explorer().results() }

  /// Every file in the cache, by path below it.
  func files() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
      let url = directory.appendingPathComponent(name)
      if (try url.resourceValues(forKeys: [.isRegularFileKey])).isRegularFile == true {
        files[name] = try Data(contentsOf: url)
      }
    }
    return files
  }
}

/// The standard machine with another accumulator.
func standardMachine(accumulatorBits: Int, overflow: String) throws -> HardwareDescription {
  let text = HardwareDescription.standard.json.canonicalText
  let changed = text.replacingOccurrences(
    of: "\"accumulator\":{\"bits\":24,\"overflow\":\"saturate\"}",
    with: "\"accumulator\":{\"bits\":\(accumulatorBits),\"overflow\":\"\(overflow)\"}")
  return try HardwareDescription(parsing: Data(changed.utf8), file: "changed.json")
}
