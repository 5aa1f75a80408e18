/// Qed (Kim, Lee, Kim and Seo 2020): widths layer by layer by dynamic programming over stored bits, on prefixes that share their activations.
///
/// After each layer one prefix is kept for each of `steps` equal parts of the budget: the one with the least loss (the layers behind it at 8 bits), of equal
/// ones that with fewer bits. A prefix that another with no more bits equals or betters is dropped; prefixes with which even 8 bits in all layers behind
/// them would fit are one part, for memory then decides nothing. The loss is not separable by layers, so this is a heuristic: what it misses against
/// enumeration is measured by the tests and benchmarks.
///
/// Time: at most `steps` × 7 × layers candidates, each of which runs its own layer and, until its loss is known to be too large, those behind it; a prefix with 8 bits
/// more costs one layer, since its loss is that of the shorter one. Memory: the activations between two layers of at most 2 × `steps` prefixes.
struct QedSearch {
  /// A prefix that is kept.
  private struct State {
    let used: Int
    let candidate: PrefixEvaluator.Candidate

    var loss: Double { candidate.loss }

    /// Whether nothing speaks for `other` beside this.
    func dominates(_ other: State) -> Bool { used <= other.used && loss <= other.loss }
  }

  let evaluator: PrefixEvaluator
  let budget: Int
  /// Parts of the budget that are told apart.
  let steps: Int
  /// Is asked before each candidate.
  let check: () throws -> Void

  /// The best choice found, priced on the evaluator's samples.
  /// - Throws: `EvaluationsSpent` where the evaluator's limit comes first; what `check` throws.
  /// - Precondition: some choice fits the budget.
  func run() throws -> WidthChoice {
    let choices = evaluator.choices
    let reach = choices.reach
    let widths = Array(MixedPrecision.widths.reversed())
    let root = evaluator.root()
    let widest = choices.layers.map { _ in widths[0] }
    try afford(evaluator.depth)
    let start = evaluator.loss(of: root, behind: widest)!
    var states = [State(used: 0, candidate: .init(prefix: root, loss: start))]
    for layer in 0..<evaluator.depth {
      var parts: [Int: State] = [:]
      // The best prefixes first: what they reach spares the others' evaluation.
      for state in states.sorted(by: { ($0.loss, $0.used) < ($1.loss, $1.used) }) {
        for width in widths {
          let used = state.used + choices.layers[layer].storedBits[width - MixedPrecision.widths[0]]
          guard used + reach.least[layer + 1] <= budget else { continue }
          try check()
          let part = used + reach.most[layer + 1] <= budget ? -1 : steps * used / max(budget, 1)
          let bound = parts.reduce(parts[part]?.loss ?? .infinity) { bound, other in
            other.value.used <= used ? min(bound, other.value.loss) : bound
          }
          try afford(width == widths[0] ? 1 : evaluator.depth - layer)
          guard
            let candidate = evaluator.extended(
              state.candidate.prefix, by: width, below: bound, known: width == widths[0] ? state.loss : nil)
          else { continue }
          parts[part] = State(used: used, candidate: candidate)
        }
      }
      states = Self.undominated(parts.values.map { $0 })
    }
    return states.map {
      WidthChoice(widths: $0.candidate.prefix.widths, storedBits: $0.used, loss: $0.loss)
    }.reduce(nil) { (best: WidthChoice?, choice) in
      best.map { choice.isBetter(than: $0) ? choice : $0 } ?? choice
    }!
  }

  private func afford(_ layers: Int) throws {
    guard evaluator.affords(layers: layers) else { throw EvaluationsSpent() }
  }

  private static func undominated(_ states: [State]) -> [State] {
    var kept: [State] = []
    for state in states.sorted(by: { ($0.used, $0.loss) < ($1.used, $1.loss) })
    where kept.last.map({ !$0.dominates(state) }) ?? true { kept.append(state) }
    return kept
  }
}
