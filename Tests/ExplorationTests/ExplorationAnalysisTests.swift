import Datasets
import Exploration
import Foundation
import Hardware
import Networks
import Reproducibility
import Testing

@Suite("Exploration analysis")
struct ExplorationAnalysisTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func results(
    _ settings: ExplorationSettings, dataset: Dataset = tinyDataset()
  ) throws -> ExplorationResults {
    var tiny = TinyExploration(directory: directory.url, settings: settings, dataset: dataset)
    tiny.threads = 2
    try tiny.run()
    return try tiny.results()
  }

  @Test("The answer has the least validation error of what fits, and follows the capacity")
  func answerFollowsTheCapacity() throws {
    var settings = try tinySettings()
    let results = try results(settings)
    let sizes = Set(results.costs.values.map(\.mapping.storedBits)).sorted()
    #expect(sizes.count > 2)
    var answers: Set<DesignPoint> = []
    for capacity in sizes.flatMap({ [$0, $0 + 1] }) + [1 << 30] {
      settings.budget = DesignBudget(weightBits: capacity)
      let kept = try TinyExploration(directory: directory.url, settings: settings).results()
      let analysis = ExplorationAnalysis(kept)
      // The definition: among what fits, fewest errors over both seeds, then bits, then cycles, then order.
      var best: (errors: Int, bits: Int, cycles: Int, design: DesignPoint)?
      for design in settings.designs {
        let mapping = results.costs[design]!.mapping
        let errors = results.designs.filter { $0.design == design }
          .reduce(0) { $0 + $1.evaluation.validationErrors }
        let fits = mapping.storedBits <= capacity
        #expect(analysis.designs.first { $0.design == design }?.fits == fits)
        guard fits else { continue }
        if best.map({ (errors, mapping.storedBits, mapping.cycles) < ($0.errors, $0.bits, $0.cycles) })
          ?? true
        {
          best = (errors, mapping.storedBits, mapping.cycles, design)
        }
      }
      #expect(analysis.answer.design == best?.design, "capacity \(capacity)")
      answers.insert(analysis.answer.design)
    }
    #expect(answers.count > 1, "the capacity never mattered")
  }

  @Test("A design fits where it keeps to every limit of the budget, and the answer keeps to all")
  func budgets() throws {
    var settings = try tinySettings()
    let results = try results(settings)
    func middle(_ quantity: (DesignCost) -> Double) -> Double {
      // Just above a design's, whatever the unit's conversion rounds.
      1.000001 * results.costs.values.map(quantity).sorted()[results.costs.count / 2]
    }
    let area = middle { $0.areaSquareMicrometers * 1e-6 }
    let energy = middle { $0.energyPicojoules * 1e-3 }
    let bits = Int(middle { Double($0.mapping.storedBits) })
    let budgets = [
      DesignBudget(areaSquareMillimeters: area), DesignBudget(energyNanojoules: energy),
      DesignBudget(weightBits: bits, areaSquareMillimeters: area, energyNanojoules: energy),
    ]
    for budget in budgets {
      settings.budget = budget
      let kept = try TinyExploration(directory: directory.url, settings: settings).results()
      let analysis = ExplorationAnalysis(kept)
      for design in analysis.designs {
        let cost = design.cost
        let isWithin =
          (budget[.weightBits] == nil || cost.mapping.storedBits <= bits)
          && (budget[.areaSquareMillimeters] == nil || cost.areaSquareMicrometers <= area * 1e6)
          && (budget[.energyNanojoules] == nil || cost.energyPicojoules <= energy * 1e3)
        #expect(design.fits == isWithin, "\(design.design) in \(budget)")
      }
      #expect(analysis.answer.fits)
      #expect(analysis.designs.contains { !$0.fits })
    }
    settings.budget = DesignBudget(weightBits: bits, energyNanojoules: 1e-6)
    let error = #expect(throws: ExplorationError.self) {
      try TinyExploration(directory: directory.url, settings: settings).explorer()
    }
    #expect(error?.description.contains("--weight-capacity or --energy-budget") == true)
  }

  @Test("More area and energy buy wider weights, and a machine holds its design to the bit")
  func costsGrow() throws {
    let results = try results(try tinySettings())
    for (design, cost) in results.costs {
      #expect(cost.mapping.hardware.weightMemoryBits == cost.mapping.storedBits)
      let wider = DesignPoint(network: design.network, weightBits: 4, method: design.method)
      guard design.weightBits == 2, let other = results.costs[wider] else { continue }
      #expect(cost.areaSquareMicrometers < other.areaSquareMicrometers, "\(design)")
      #expect(cost.energyPicojoules < other.energyPicojoules, "\(design)")
      let expected = cost.mapping.inferencesPerSecond * 1e6 / cost.areaSquareMicrometers
      #expect((cost.inferencesPerSecondPerSquareMillimeter / expected - 1).magnitude < 1e-12)
    }
  }

  @Test("Means, gaps, fronts and ratios are those of the results")
  func summaries() throws {
    let settings = try tinySettings()
    let results = try results(settings)
    let analysis = ExplorationAnalysis(results)
    #expect(analysis.floats.map(\.network) == settings.networks)
    #expect(analysis.designs.map(\.design) == settings.designs)
    // Weights and biases by hand: 25·6 + 6 + 6·4 + 4, and 25·10 + 10 + 10·10 + 10 + 10·4 + 4.
    #expect(analysis.floats.map(\.parameterCount) == [184, 414])
    #expect(analysis.floats.map(\.usefulBits) == [184 * 32, 414 * 32])
    #expect(analysis.curve.points.map(\.bits) == [184 * 32, 414 * 32])
    for (index, float) in analysis.floats.enumerated() {
      let errors = results.floats[2 * index..<2 * index + 2]
      #expect(float.testError.mean == errors.map { Double($0.testErrors) / 80 }.reduce(0, +) / 2)
      #expect(float.validationError.mean == errors.map { Double($0.validationErrors) / 60 }.reduce(0, +) / 2)
      #expect(analysis.curve.points[index].meanError == float.testError.mean)
    }
    let objectives = analysis.designs.map {
      [
        $0.validationError.mean, Double($0.mapping.storedBits), Double($0.mapping.cycles),
        $0.cost.areaSquareMicrometers, $0.cost.energyPicojoules,
        -$0.mapping.inferencesPerSecond / $0.cost.areaSquareMicrometers,
      ]
    }
    for (index, design) in analysis.designs.enumerated() {
      let seeds = results.designs.filter { $0.design == design.design }
      #expect(design.testError.mean == seeds.map { Double($0.evaluation.testErrors) / 80 }.reduce(0, +) / 2)
      let float = analysis.floats.first { $0.network == design.design.network }!
      #expect(design.gapToFloat == design.testError.mean - float.testError.mean)
      #expect(design.overflows == 0 && design.differences.isEmpty)
      let best = seeds.map(\.evaluation.validationErrors).min()!
      #expect(design.bestSeed == seeds.first { $0.evaluation.validationErrors == best }?.seed)
      let isDominated = objectives.contains { other in
        zip(other, objectives[index]).allSatisfy { $0.0 <= $0.1 } && other != objectives[index]
      }
      #expect(design.isOnFront == !isDominated)
      // The ratio is the effective size over useful bits; the interval is at one standard error to either side.
      let size = analysis.curve.effectiveSize(atError: design.testError.mean)
      #expect(design.compression.ratio.value == size.value / Double(design.mapping.usefulBits))
      let interval = try #require(design.compression.interval)
      let spread = design.testError.standardError
      #expect(
        interval.low.value == analysis.curve.effectiveSize(atError: design.testError.mean + spread).value
          / Double(design.mapping.usefulBits))
      #expect(interval.high.value >= interval.low.value)
    }
  }

  @Test("Test labels choose nothing: permuted, they change test errors alone")
  func testErrorsChooseNothing() throws {
    for capacity in [1 << 20, 7000] {
      let settings = try tinySettings(capacityBits: capacity)
      let analysis = ExplorationAnalysis(try results(settings))
      var changed = false
      for seed in 0..<3 as Range<UInt64> {
        let dataset = tinyDataset { labels in
          var order = labels
          var source = RandomSource(seed: seed)
          source.shuffle(&order)
          return order
        }
        let other = ExplorationAnalysis(try results(settings, dataset: dataset))
        #expect(other.answer.design == analysis.answer.design, "seed \(seed)")
        #expect(other.answer.bestSeed == analysis.answer.bestSeed, "seed \(seed)")
        #expect(other.designs.map(\.isOnFront) == analysis.designs.map(\.isOnFront))
        #expect(other.designs.map(\.bestSeed) == analysis.designs.map(\.bestSeed))
        #expect(other.designs.map(\.validationError) == analysis.designs.map(\.validationError))
        #expect(other.floats.map(\.validationError) == analysis.floats.map(\.validationError))
        if other.designs.map(\.testError) != analysis.designs.map(\.testError) { changed = true }
      }
      #expect(changed, "the labels were not permuted")
    }
  }
}
