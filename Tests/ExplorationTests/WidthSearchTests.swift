import Datasets
import Exploration
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing

@Suite("Search for the widths of layers")
struct WidthSearchTests {
  private static let resources = ComputeResources(threads: 1)

  private func search(
    _ random: RandomMixedNetwork, budget: Int, threads: Int = 1,
    found: @escaping (SearchAnswer) -> Void = { _ in }
  ) throws -> WidthSearch {
    try WidthSearch(
      random.choices, calibration: random.calibration, budget: budget,
      resources: ComputeResources(threads: threads), found: found)
  }

  /// Between the narrowest and the widest choice, a different share for every seed.
  private func budget(_ random: RandomMixedNetwork, seed: UInt64) -> Int {
    let least = random.choices.storedBits(universal: 2)
    let most = random.choices.storedBits(universal: 8)
    return least + (most - least) * Int(1 + seed * 7 % 19) / 21
  }

  @Test(
    "A mixture is the network that the recipe with these widths gives, and its stored bits are the machine's")
  func mixtures() throws {
    for seed in UInt64(1)...6 {
      let random = try RandomMixedNetwork(seed: seed)
      var source = RandomSource(seed: seed)
      for _ in 0..<8 {
        let widths = random.choices.layers.map { _ in 2 + source.below(7) }
        let mixed = try random.choices.integerNetwork(widths)
        // Signals are calibrated on the same samples: with the widest recipe's scales nothing else is left to differ.
        let plan = try random.choices.plan(widths)
        #expect(mixed == (try plan.integerNetwork(from: random.network)), "seed \(seed), \(widths)")
        let mapping = try NetworkMapping(mixed, on: random.choices.hardware)
        #expect(random.choices.storedBits(widths) == mapping.storedBits, "seed \(seed), \(widths)")
      }
    }
  }

  @Test("Enumeration finds what the plain references find, on 50 networks; Qed is held against it")
  func enumeration() throws {
    var gaps: [Double] = []
    var exact = 0
    var universal = 0
    for seed in UInt64(1)...50 {
      let random = try RandomMixedNetwork(seed: seed)
      let budget = budget(random, seed: seed)
      let label: Comment = "seed \(seed), budget \(budget)"
      var best = (loss: Double.infinity, bits: Int.max)
      for widths in random.everyChoice {
        let bits = random.choices.storedBits(widths)
        guard bits <= budget else { continue }
        let loss = try random.referenceLoss(widths)
        if (loss, bits) < best { best = (loss, bits) }
      }
      let enumerated = try search(random, budget: budget).enumeration()
      #expect(enumerated.choice.loss == best.loss && enumerated.choice.storedBits == best.bits, label)
      #expect(try random.referenceLoss(enumerated.choice.widths) == best.loss, label)
      let qed = try search(random, budget: budget).qed()
      let own = try random.referenceLoss(qed.choice.widths)
      #expect(own == qed.choice.loss && own >= best.loss && qed.choice.storedBits <= budget, label)
      let equal = try search(random, budget: budget).universalWidths()
      #expect(qed.choice.loss <= equal.choice.loss, label)
      #expect(qed.layerEvaluations < qed.naiveLayerEvaluations, label)
      if equal.choice.loss <= best.loss { universal += 1 }
      if own == best.loss { exact += 1 }
      // Loss left out of what there is to win over equal widths.
      if equal.choice.loss > best.loss { gaps.append((own - best.loss) / (equal.choice.loss - best.loss)) }
    }
    let mean = gaps.reduce(0, +) / Double(max(gaps.count, 1))
    print(
      "Qed against enumeration on 50 networks: exact on \(exact), universal exact on \(universal), mean share of the gain missed"
        + " \(mean), largest \(gaps.max() ?? 0)")
    #expect(exact >= 25 && mean < 0.1, "exact on \(exact), mean gap \(mean)")
  }

  @Test("The additive variant is exact under its own separable loss")
  func additive() {
    for seed in UInt64(1)...200 {
      var source = RandomSource(seed: seed)
      var layers: [MixedPrecision.Layer] = []
      // Few distinct losses, so that ties occur; not always falling with width.
      var losses: [[Double]] = []
      for index in 0..<1 + source.below(4) {
        var bits = [10 + source.below(50)]
        while bits.count < 7 { bits.append(bits[bits.count - 1] + source.below(40)) }
        layers.append(MixedPrecision.Layer(name: "\(index)", storedBits: bits))
        losses.append((0..<7).map { width in Double((6 - width) * 3 + source.below(7)) })
      }
      func price(_ choice: [Int]) -> (sum: Double, bits: Int) {
        var price = (sum: 0.0, bits: 0)
        for (layer, index) in choice.enumerated() {
          price.sum += losses[layer][index]
          price.bits += layers[layer].storedBits[index]
        }
        return price
      }
      let least = price(layers.map { _ in 0 }).bits
      let most = price(layers.map { _ in 6 }).bits
      let budget = least + source.below(most - least + 1)
      var best = (sum: Double.infinity, bits: Int.max)
      var choice = [Int](repeating: 0, count: layers.count)
      func enumerate(_ layer: Int) {
        guard layer < layers.count else {
          let own = price(choice)
          if own.bits <= budget, own < best { best = own }
          return
        }
        for index in 0..<7 {
          choice[layer] = index
          enumerate(layer + 1)
        }
      }
      enumerate(0)
      let widths = AdditiveSearch(losses: losses).widths(for: layers, within: budget)
      let found = price(widths.map { $0 - 2 })
      #expect(found == best, "seed \(seed)")
    }
  }

  @Test("Q* keeps its limit, answers better and better, and never ends worse than universal widths")
  func qstar() throws {
    for seed in UInt64(1)...12 {
      let random = try RandomMixedNetwork(seed: seed, samples: 64)
      let budget = budget(random, seed: seed)
      let equal = try search(random, budget: budget).universalWidths()
      let whole = try search(random, budget: budget).qed()
      var before = Double.infinity
      for limit in [
        0, 1000, whole.layerEvaluations / 10, whole.layerEvaluations, 10 * whole.layerEvaluations,
      ] {
        var told: [SearchAnswer] = []
        let result = try search(random, budget: budget) { told.append($0) }.qstar(limit: limit)
        let label: Comment = "seed \(seed), limit \(limit)"
        #expect(result.layerEvaluations <= max(limit, equal.layerEvaluations), label)
        #expect(result.choice.loss <= equal.choice.loss && result.choice.storedBits <= budget, label)
        #expect(told == result.answers && told.last?.choice == result.choice, label)
        #expect(try random.referenceLoss(result.choice.widths) == result.choice.loss, label)
        for (one, next) in zip(told, told.dropFirst()) {
          #expect(next.choice.loss <= one.choice.loss && next.layerEvaluations >= one.layerEvaluations, label)
        }
        if limit == 0 { #expect(result.choice == equal.choice && result.ending == .evaluationsSpent, label) }
        before = min(before, result.choice.loss)
      }
      #expect(before <= equal.choice.loss)
    }
  }

  @Test("Threads change nothing, and a stop ends Q* with its best answer")
  func threadsAndStops() throws {
    let random = try RandomMixedNetwork(seed: 3, samples: 200)
    let budget = budget(random, seed: 3)
    let one = try search(random, budget: budget).qed()
    #expect(try search(random, budget: budget, threads: 3).qed() == one)
    var asked = 0
    let stopped = try WidthSearch(
      random.choices, calibration: random.calibration, budget: budget, resources: Self.resources,
      isStopped: {
        asked += 1
        return asked > 20
      }
    ).qstar(limit: .max)
    #expect(stopped.ending == .stopped && !stopped.answers.isEmpty)
  }

  @Test("Qed's prefixes are priced with the layers behind them at 8 bits, and shared layers are run once")
  func prefixes() throws {
    let random = try RandomMixedNetwork(seed: 5)
    let evaluator = try PrefixEvaluator(
      random.choices, calibration: random.calibration, resources: Self.resources)
    let first = try #require(evaluator.extended(evaluator.root(), by: 3))
    #expect(first.loss == (try random.referenceLoss([3, 8, 8])))
    #expect(evaluator.layerEvaluations == 3 * 24)
    let second = try #require(evaluator.extended(first.prefix, by: 2))
    #expect(second.loss == (try random.referenceLoss([3, 2, 8])))
    #expect(evaluator.layerEvaluations == 5 * 24 && evaluator.naiveLayerEvaluations == 6 * 24)
    #expect(evaluator.loss(of: second.prefix, behind: [4]) == (try random.referenceLoss([3, 2, 4])))
    #expect(evaluator.extended(first.prefix, by: 2, below: second.loss) == nil, "equal is not below")
  }

  @Test("A budget below the least possible is refused with the least; no calibration data too")
  func refused() throws {
    let random = try RandomMixedNetwork(seed: 5)
    let least = random.choices.storedBits(universal: 2)
    #expect(throws: ExplorationError.budgetTooSmall(budgetBits: least - 1, leastBits: least)) {
      try search(random, budget: least - 1)
    }
    // Padding may give more than two bits for nothing.
    #expect(try search(random, budget: least).qed().choice.storedBits == least)
    let none = random.calibration.images.subset([Int]())
    #expect(throws: ExplorationError.self) {
      try CalibrationSet(
        none, count: 10, disturbances: [], seed: 1, network: random.network, resources: Self.resources)
    }
  }
}
