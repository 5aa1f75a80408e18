import Datasets
import Exploration
import Foundation
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing

@Suite("Robustness")
struct RobustnessTests {
  private static let resources = ComputeResources(threads: 1)

  private func measurement(_ images: ImageSet, in directory: URL, draws: Int = 4) throws
    -> RobustnessMeasurement
  {
    let cache = try ResultCache(directory: directory) { damage in Issue.record("\(damage)") }
    return RobustnessMeasurement(
      images, samples: 20, draws: draws, seed: 9, cache: cache, resources: Self.resources)
  }

  @Test("Robustness counts the correct samples whose class survives, on the bit-accurate network")
  func definition() throws {
    try inTemporaryDirectory { directory in
      for seed in UInt64(1)...4 {
        let random = try RandomMixedNetwork(seed: seed)
        let network = try random.choices.integerNetwork([4, 3, 6])
        let images = random.calibration.images
        let measurement = try measurement(images, in: directory)
        let tested = TestedNetwork(network, on: random.choices.hardware)
        let disturbance = try InputDisturbance(.gaussianNoise, severity: 0.3)
        func classes(_ images: ImageSet) -> [Int] {
          let inputs = network.inputs(from: images)
          return (0..<images.count).map { sample in
            let words = inputs[sample * 16..<(sample + 1) * 16].map { Int64($0) }
            let outputs = network.referenceTensors(of: words)[network.output.name]!
            return outputs.firstIndex(of: outputs.max()!)!
          }
        }
        let first = images.subset(0..<20)
        let correct = zip(classes(first), first.labels).map { $0 == Int($1) }
        #expect(try measurement.correctSamples(tested) == correct, "seed \(seed)")
        let point = try #require(
          try measurement.points([tested], correct: [correct], at: .input(disturbance))[0])
        for draw in 0..<4 {
          let disturbed = classes(first.disturbed(by: disturbance, draw: draw, seed: 9))
          let survivors = (0..<20).count { correct[$0] && disturbed[$0] == Int(first.labels[$0]) }
          #expect(point.survivors[draw] == survivors, "seed \(seed), draw \(draw)")
        }
        #expect(point.correct == correct.count { $0 })
        // A second measurement reads what the first kept.
        #expect(
          try measurement.points([tested], correct: [correct], at: .input(disturbance)) == [point])
        let none = try InputDisturbance(.rain, severity: 0)
        let all = try #require(try measurement.points([tested], correct: [correct], at: .input(none))[0])
        #expect(all.draws == [1, 1, 1, 1] && all.robustness.halfWidth == 0)
        // Inverting every bit leaves little; a float network has no bits to invert.
        let float = TestedNetwork(random.network)
        let flips = try measurement.points(
          [float, tested], correct: [correct, correct], at: .weightFlips(rate: 1))
        #expect(flips[0] == nil && flips[1] != nil)
        // All bits stuck: half at 0, half at 1, and so other weights in every draw.
        let stuck = try measurement.points([tested], correct: [correct], at: .stuckWeightBits(rate: 1))
        #expect(stuck[0]!.survivors != point.survivors)
      }
    }
  }

  @Test("The quantiles of Student's t cut off 2.5 % of its density")
  func quantiles() {
    for degrees in [1, 2, 3, 4, 5, 10, 20, 29, 30, 40, 60, 120] {
      let quantile = MeanInterval.quantile(degreesOfFreedom: degrees)
      // Both tails by Simpson's rule over the angle a = atan(t / √ν), whose density is cos^(ν−1) over its own integral.
      func integral(to end: Double) -> Double {
        let steps = 20_000
        let width = end / Double(steps)
        func density(_ index: Int) -> Double {
          ElementaryFunctions.pow(ElementaryFunctions.cos(Double(index) * width), Double(degrees - 1))
        }
        var sum = density(0) + density(steps)
        for index in 1..<steps { sum += density(index) * (index % 2 == 0 ? 2 : 4) }
        return sum * width / 3
      }
      let angle = atan(quantile / Double(degrees).squareRoot())
      let tail = 1 - integral(to: angle) / integral(to: Double.pi / 2)
      #expect(abs(tail - 0.05) < 2e-6, "\(degrees) degrees: \(tail)")
    }
    for (between, above) in [(35, 30), (50, 40), (100, 60), (1000, 120)] {
      #expect(
        MeanInterval.quantile(degreesOfFreedom: between) == MeanInterval.quantile(degreesOfFreedom: above))
    }
  }

  @Test("An interval is the mean plus and minus t standard errors; one draw has none")
  func intervals() {
    let interval = MeanInterval([1, 2, 3, 4])
    #expect(interval.mean == 2.5)
    // s² = 5/3, standard error √(5/12), t₃ = 3.18245.
    #expect(abs(interval.halfWidth! - 3.18245 * 0.645497) < 1e-5)
    #expect(MeanInterval([0.7]).halfWidth == nil && MeanInterval([0.7]).range == nil)
    let error = TestedError.weightFlips(rate: 0.1)
    let one = RobustnessPoint(error: error, survivors: [5, 7, 6], correct: 10)
    let other = RobustnessPoint(error: error, survivors: [4, 6, 5], correct: 10)
    // Paired: a constant difference has no spread.
    #expect(abs(one.difference(to: other).mean - 0.1) < 1e-12)
    #expect(one.difference(to: other).halfWidth! < 1e-9)
    #expect(RobustnessPoint(error: error, survivors: [0, 0], correct: 0).draws == [1, 1])
  }

  @Test("The loss of a sample is what its widths add to the logistic loss, where the float network is right")
  func lossOfSamples() {
    for float in stride(from: -3.0, through: 40, by: 0.37) {
      for margin in stride(from: -60.0, through: 60, by: 0.731) {
        let added = log1p(exp(-margin)) - log1p(exp(-float))
        let expected = float > 0 ? max(0, added) : 0
        let loss = RobustnessLoss.term(margin: margin, floatMargin: float)
        #expect(abs(loss - expected) < 1e-14 * max(1, expected), "\(margin), \(float)")
      }
    }
    #expect(RobustnessLoss.term(margin: -1e300, floatMargin: 1) == 1e300)
    #expect(RobustnessLoss.term(margin: -5, floatMargin: 0) == 0)
  }

  @Test("Over several networks the mean over draws of each counts once, paired network by network")
  func severalNetworks() throws {
    let errors = [TestedError.weightFlips(rate: 0.1), .weightFlips(rate: 0.2)]
    func run(correct: Int, _ survivors: [[Int]]) -> RobustCandidate.Run {
      RobustCandidate.Run(
        layerBits: nil, storedBits: nil, samples: 20, correct: correct,
        points: zip(errors, survivors).map {
          RobustnessPoint(error: $0, survivors: $1, correct: correct)
        }, slice: [])
    }
    let one = RobustCandidate(
      "one", runs: [run(correct: 10, [[9, 7], [6, 6]]), run(correct: 16, [[12, 12], [4, 4]])])
    // Robustness of the networks: (0.8 + 0.6) / 2 and (0.75 + 0.25) / 2; each times the share correct without errors.
    let robustness = try #require(one.interval(.robustness, [0, 1]))
    #expect(abs(robustness.mean - 0.6) < 1e-12)
    // Half the difference of two values is their standard error; t₁ = 12.7062.
    #expect(abs((robustness.halfWidth ?? .nan) - 12.7062 * 0.1) < 1e-9)
    let right = try #require(one.interval(.rightShare, [0, 1]))
    #expect(abs(right.mean - (0.7 * 0.5 + 0.5 * 0.8) / 2) < 1e-12)
    #expect(abs(one.testError.mean - 0.35) < 1e-12)
    let other = RobustCandidate(
      "other", runs: [run(correct: 10, [[8, 6], [5, 5]]), run(correct: 16, [[8, 8], [0, 0]])])
    // 0.7 − 0.6 and 0.5 − 0.25; 0.7 / 0.6 and 0.5 / 0.25.
    let difference = try #require(one.difference(.robustness, to: other, [0, 1]))
    let width = try #require(difference.halfWidth)
    #expect(abs(difference.mean - 0.175) < 1e-12 && abs(width - 12.7062 * 0.075) < 1e-9)
    let ratio = try #require(one.ratio(.robustness, to: other, [0, 1]))
    #expect(abs(ratio.mean - (0.7 / 0.6 + 2) / 2) < 1e-12)
    // A single network's draws count each.
    let single = RobustCandidate("single", runs: [one.runs[0]])
    #expect(try #require(single.interval(.robustness, [0])?.halfWidth) > 0)
    #expect(single.interval(.robustness, [1])?.halfWidth == 0)
    #expect(one.difference(.robustness, to: single, [0]) == nil, "other networks")
  }

  @Test("Deep Compression keeps to the budget, and no layer that lost a bit could have it back")
  func deepCompression() throws {
    var source = RandomSource(seed: 41)
    for draw in 0..<2000 {
      let narrow = (0..<1 + source.below(8)).map { _ in source.below(50) }
      let gains = narrow.map { _ in 1 + source.below(draw % 2 == 0 ? 5 : 60) }
      let wide = zip(narrow, gains).map { $0 + $1 }
      let least = narrow.reduce(0, +)
      let budget = least + source.below(gains.reduce(1, +))
      let isWide = DeepCompression.widened(narrow, to: wide, within: budget)
      let taken = zip(isWide, zip(narrow, wide)).reduce(0) { $0 + ($1.0 ? $1.1.1 : $1.1.0) }
      #expect(taken <= budget, "draw \(draw)")
      for (layer, gain) in gains.enumerated() where !isWide[layer] {
        #expect(taken + gain > budget, "draw \(draw), layer \(layer)")
      }
    }
    try inTemporaryDirectory { directory in
      for seed in UInt64(1)...3 {
        let random = try RandomMixedNetwork(seed: seed)
        let images = random.calibration.images
        let dataset = Dataset(
          name: "random", classNames: ["a", "b", "c", "d"], trainingAndValidation: images, test: images,
          validationCount: 12)
        for width in 2...6 {
          let budget = random.choices.storedBits(universal: width)
          let settings = RobustSettings(
            budgets: [budget], methods: [.deepCompression], kinds: [], severities: [], flipRates: [],
            draws: 1, samples: 10, calibrationSamples: 12, seed: 1, qstarLimit: nil)
          let study = try RobustStudy(
            random.choices, settings: settings, dataset: dataset,
            cache: try ResultCache(directory: directory) { Issue.record("\($0)") },
            resources: Self.resources)
          // A table of 2^b bytes can outweigh the few weights of these networks.
          guard let shared = try? study.deepCompression(budget: budget) else {
            #expect(width < 6, "seed \(seed)")
            continue
          }
          let mapping = try NetworkMapping(shared.network, on: shared.hardware)
          #expect(mapping.storedBits <= budget, "seed \(seed), \(width) bits")
          let indices = shared.network.nodes.compactMap { shared.network.weightedLayer(of: $0)?.codebook }
          #expect(indices.map(\.indexBits) == shared.indexBits)
          #expect(shared.indexBits.max()! - shared.indexBits.min()! <= 1)
          let run = try MachineEngine(shared.network, on: shared.hardware).run(
            shared.network.inputs(from: images), resources: Self.resources)
          #expect(run.classes.count == images.count)
        }
        #expect(throws: ExplorationError.self) {
          let settings = RobustSettings(
            budgets: [random.choices.storedBits(universal: 2)], methods: [.deepCompression], kinds: [],
            severities: [], flipRates: [], draws: 1, samples: 10, calibrationSamples: 12, seed: 1,
            qstarLimit: nil)
          _ = try RobustStudy(
            random.choices, settings: settings, dataset: dataset,
            cache: try ResultCache(directory: directory) { Issue.record("\($0)") },
            resources: Self.resources
          ).deepCompression(budget: 8)
        }
      }
    }
  }

  @Test("A search is kept and read back equal; a damaged file is told and searched again")
  func kept() throws {
    try inTemporaryDirectory { directory in
      let random = try RandomMixedNetwork(seed: 2)
      let dataset = Dataset(
        name: "random", classNames: ["a", "b", "c", "d"], trainingAndValidation: random.calibration.images,
        test: random.calibration.images, validationCount: 12)
      let settings = RobustSettings(
        budgets: [random.choices.storedBits(universal: 4)], methods: [.widths(.qed)], kinds: [.fog, .blur],
        severities: [0.2], flipRates: [0.1], draws: 2, samples: 10, calibrationSamples: 12, seed: 1,
        qstarLimit: nil)
      func study(onDamage: @escaping @Sendable (DamagedResult) -> Void) throws -> RobustStudy {
        try RobustStudy(
          random.choices, settings: settings, dataset: dataset,
          cache: try ResultCache(directory: directory, onDamage: onDamage), resources: Self.resources)
      }
      let budget = settings.budgets[0]
      var told = 0
      let quiet = try study { Issue.record("\($0)") }
      let first = try quiet.search(.qed, budget: budget, after: nil, isStopped: { false }) { _ in told += 1 }
      #expect(told == first.result.answers.count)
      #expect(first.answerSeconds.count == told && first.answerSeconds.sorted() == first.answerSeconds)
      #expect(first.seconds >= first.answerSeconds.last!)
      let again = try quiet.search(.qed, budget: budget, after: nil, isStopped: { true }) { _ in
        Issue.record("searched again")
      }
      #expect(again == first)
      #expect(throws: ExplorationError.self) {
        try quiet.search(.enumeration, budget: budget, after: nil, isStopped: { true }) { _ in }
      }
      let stopped = try quiet.search(.qstar, budget: budget, after: first.result, isStopped: { true }) { _ in
      }
      #expect(stopped.result.ending == .stopped)
      let folder = directory.appendingPathComponent("width-search")
      let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      #expect(files.count == 1, "a stopped search is not kept")
      try Data("damage".utf8).write(to: files[0])
      let damage = DamageCounter()
      let mended = try study { _ in damage.count() }
      #expect(
        try mended.search(.qed, budget: budget, after: nil, isStopped: { false }) { _ in }.result
          == first.result)
      #expect(damage.total == 1)
    }
  }

  @Test("A plane keeps the distances of its three images and passes through them")
  func slice() throws {
    var source = RandomSource(seed: 77)
    let images = ImageSet(
      height: 5, width: 5, channels: 1, classCount: 3,
      pixels: (0..<150).map { _ in UInt8(60 + source.below(120)) }, labels: [0, 0, 1, 1, 2, 2])
    let correct = [false, true, true, true, false, true]
    let slice = try #require(DecisionSlice(images, correct: correct, side: 200))
    #expect(slice.anchors.map(\.sample) == [1, 2, 5])
    for anchor in slice.anchors {
      let point = Int(anchor.row) * 200 + Int(anchor.column)
      let worst = zip(slice.images.image(point), images.image(anchor.sample)).map {
        abs(Int($0) - Int($1))
      }.max()!
      // A point lies within half a pitch of each axis, and an axis changes a pixel by at most its share.
      #expect(worst <= 3, "sample \(anchor.sample)")
    }
    #expect(DecisionSlice(images, correct: [true, true, true, false, false, false], side: 9) == nil)
  }
}

/// Calls `body` with a directory that is gone afterwards.
private func inTemporaryDirectory(_ body: (URL) throws -> Void) throws {
  let directory = try TemporaryDirectory()
  try withExtendedLifetime(directory) { try body(directory.url) }
}

/// Counts calls from any thread.
private final class DamageCounter: @unchecked Sendable {
  private let lock = NSLock()
  private var calls = 0

  func count() { lock.withLock { calls += 1 } }
  var total: Int { lock.withLock { calls } }
}
