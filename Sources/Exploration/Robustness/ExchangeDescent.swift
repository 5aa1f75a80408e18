/// Betters a choice of widths by exchanges until none helps: one layer narrower by one to three bits, another wider by as much as then fits; or one layer at any
/// other width alone.
struct ExchangeDescent {
  let evaluator: PrefixEvaluator
  let budget: Int
  /// Is asked before each candidate.
  let check: () throws -> Void

  /// A choice from which no exchange leads to less loss. `found` is told of every better choice on the way.
  /// - Throws: what `check` throws; ends early, with the best choice so far, where the evaluator's limit comes first.
  func run(from start: WidthChoice, found: (WidthChoice) -> Void) throws -> WidthChoice {
    var best = start
    var prefixes = Prefixes(evaluator)
    while let better = try pass(best, &prefixes) {
      best = better
      found(best)
    }
    return best
  }

  /// The first better neighbor; nil where there is none, or the limit comes first.
  private func pass(_ best: WidthChoice, _ prefixes: inout Prefixes) throws -> WidthChoice? {
    for widths in neighbors(of: best.widths) {
      try check()
      let common = zip(widths, best.widths).prefix { $0 == $1 }.count
      guard evaluator.affords(layers: 2 * evaluator.depth - common) else { return nil }
      let prefix = prefixes.prefix(of: best.widths, layers: common)
      let rest = Array(widths[common...])
      guard let loss = evaluator.loss(of: prefix, behind: rest, below: best.loss) else { continue }
      return WidthChoice(widths: widths, storedBits: evaluator.choices.storedBits(widths), loss: loss)
    }
    return nil
  }

  /// Choices within the budget, one exchange away: those that differ late first, since they share the most.
  private func neighbors(of widths: [Int]) -> [[Int]] {
    let range = MixedPrecision.widths
    func fits(_ widths: [Int]) -> Bool { evaluator.choices.storedBits(widths) <= budget }
    var neighbors: [[Int]] = []
    for layer in widths.indices.reversed() {
      for width in range.reversed() where width != widths[layer] {
        var alone = widths
        alone[layer] = width
        if fits(alone) { neighbors.append(alone) }
      }
    }
    for narrowed in widths.indices.reversed() {
      for less in 1...3 where widths[narrowed] - less >= range[0] {
        for widened in widths.indices.reversed() where widened != narrowed {
          var pair = widths
          pair[narrowed] -= less
          let widest = range.last { width in
            pair[widened] = width
            return fits(pair)
          }
          guard let widest, widest > widths[widened] else { continue }
          pair[widened] = widest
          neighbors.append(pair)
        }
      }
    }
    return neighbors
  }

  /// The prefixes of the present choice, run once.
  private struct Prefixes {
    private let evaluator: PrefixEvaluator
    private var kept: [PrefixEvaluator.Prefix]

    init(_ evaluator: PrefixEvaluator) {
      self.evaluator = evaluator
      kept = [evaluator.root()]
    }

    mutating func prefix(of widths: [Int], layers: Int) -> PrefixEvaluator.Prefix {
      let same = zip(widths, kept[kept.count - 1].widths).prefix { $0 == $1 }.count
      kept.removeLast(kept.count - 1 - min(same, kept.count - 1))
      while kept.count <= layers {
        let next = evaluator.extended(kept[kept.count - 1], by: widths[kept.count - 1], known: 0)!
        kept.append(next.prefix)
      }
      return kept[layers]
    }
  }
}
