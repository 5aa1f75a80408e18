/// The widths with the least sum of single-layer losses within a budget: the loss of each layer at each width with all others at 8 bits.
///
/// Under this separable loss dynamic programming is exact, and it is done without steps: of the choices for the first layers all are kept that no other betters
/// with no more bits.
package struct AdditiveSearch {
  /// Loss by layer and width, narrowest first.
  package let losses: [[Double]]

  /// A search with given losses.
  package init(losses: [[Double]]) { self.losses = losses }

  /// A search with the losses of all layers, measured on the evaluator's samples.
  /// - Throws: `EvaluationsSpent` where the evaluator's limit comes first; what `check` throws.
  init(_ evaluator: PrefixEvaluator, check: () throws -> Void) throws {
    var losses: [[Double]] = []
    let widths = MixedPrecision.widths
    let widest = widths[widths.count - 1]
    func afford(_ layers: Int) throws {
      try check()
      guard evaluator.affords(layers: layers) else { throw EvaluationsSpent() }
    }
    try afford(evaluator.depth)
    var prefix = evaluator.root()
    let base = evaluator.loss(of: prefix, behind: evaluator.choices.layers.map { _ in widest })!
    for layer in 0..<evaluator.depth {
      var own: [Double] = []
      for width in widths.dropLast() {
        try afford(evaluator.depth - layer)
        own.append(evaluator.extended(prefix, by: width)!.loss)
      }
      losses.append(own + [base])
      try afford(1)
      prefix = evaluator.extended(prefix, by: widest, known: base)!.prefix
    }
    self.losses = losses
  }

  /// The widths with the least sum that fit `budget`; of equal sums those with fewer bits.
  /// - Precondition: some choice fits.
  package func widths(for layers: [MixedPrecision.Layer], within budget: Int) -> [Int] {
    struct State {
      let used: Int
      let sum: Double
      let widths: [Int]
    }
    var states = [State(used: 0, sum: 0, widths: [])]
    let least = layers.map { $0.storedBits.min()! }
    for (index, layer) in layers.enumerated() {
      let rest = least[(index + 1)...].reduce(0, +)
      var next: [State] = []
      for state in states {
        for (width, bits) in zip(MixedPrecision.widths, layer.storedBits)
        where state.used + bits + rest <= budget {
          next.append(
            State(
              used: state.used + bits, sum: state.sum + losses[index][width - MixedPrecision.widths[0]],
              widths: state.widths + [width]))
        }
      }
      next.sort { ($0.used, $0.sum) < ($1.used, $1.sum) }
      states = []
      for state in next where states.last.map({ state.sum < $0.sum }) ?? true { states.append(state) }
    }
    return states[states.count - 1].widths
  }
}
