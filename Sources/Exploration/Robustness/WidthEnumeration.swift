/// Every choice of widths that fits the budget, priced one by one: the measure of the other searches on small networks.
struct WidthEnumeration {
  let evaluator: PrefixEvaluator
  let budget: Int
  /// Is asked before each candidate.
  let check: () throws -> Void

  /// The most choices that are enumerated.
  static let largestCount = 1 << 18

  /// The best choice of all.
  /// - Precondition: some choice fits the budget, and the evaluator has no limit.
  func run() throws -> WidthChoice {
    var best: WidthChoice?
    try visit(evaluator.root(), used: 0, reach: evaluator.choices.reach.least, best: &best)
    return best!
  }

  private func visit(
    _ prefix: PrefixEvaluator.Prefix, used: Int, reach: [Int], best: inout WidthChoice?
  ) throws {
    let layer = prefix.widths.count
    let stored = evaluator.choices.layers[layer].storedBits
    for (width, bits) in zip(MixedPrecision.widths, stored)
    where used + bits + reach[layer + 1] <= budget {
      try check()
      if layer == evaluator.depth - 1 {
        // The next greater number admits equal losses, among which fewer bits decide.
        let bound = best?.loss.nextUp ?? .infinity
        guard let candidate = evaluator.extended(prefix, by: width, below: bound) else { continue }
        let choice = WidthChoice(
          widths: candidate.prefix.widths, storedBits: used + bits, loss: candidate.loss)
        if best.map({ choice.isBetter(than: $0) }) ?? true { best = choice }
      } else {
        let longer = evaluator.extended(prefix, by: width, known: 0)!.prefix
        try visit(longer, used: used + bits, reach: reach, best: &best)
      }
    }
  }
}
