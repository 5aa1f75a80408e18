import Tensors

/// How the widths of layers are chosen.
public enum WidthMethod: String, Sendable, Hashable, CaseIterable {
  /// One width for all layers.
  case universal
  /// Dynamic programming over layers and memory.
  case qed
  /// The same from coarse to fine, any-time.
  case qstar
  /// Every choice, for networks of few layers.
  case enumeration
}

/// An answer on the way of an any-time search.
public struct SearchAnswer: Sendable, Hashable {
  /// What found it.
  public let stage: String
  /// Layer evaluations when it was found.
  public let layerEvaluations: Int
  /// The choice, priced on all calibration samples.
  public let choice: WidthChoice
}

/// What a search came to.
public struct SearchResult: Sendable, Hashable {
  /// The method.
  public let method: WidthMethod
  /// The answer.
  public let choice: WidthChoice
  /// Answers in the order in which they were found, each better than the one before.
  public let answers: [SearchAnswer]
  /// Layers with weights run, on one calibration sample each.
  public let layerEvaluations: Int
  /// What that would have been had each choice been run from the input.
  public let naiveLayerEvaluations: Int
  /// Why the search ended.
  public let ending: Ending

  /// Why a search ended.
  public enum Ending: String, Sendable, Hashable, CaseIterable {
    /// It had done all it knows to do.
    case finished
    /// Its layer evaluations were spent.
    case evaluationsSpent = "evaluations-spent"
    /// It was stopped from outside.
    case stopped
  }
}

/// Chooses widths for the layers of a network within a budget of stored bits.
public struct WidthSearch {
  private let choices: MixedPrecision
  private let calibration: CalibrationSet
  private let budget: Int
  private let resources: ComputeResources
  private let isStopped: () -> Bool
  private let found: (SearchAnswer) -> Void

  /// A stop from outside.
  private struct Stopped: Error {}

  /// Parts of the budget that Qed tells apart.
  public static let steps = 256

  /// A search.
  /// - Parameters:
  ///   - budget: stored bits of weights and biases.
  ///   - isStopped: is asked often; Q* then ends with its best answer, and so do the others where they have one.
  ///   - found: is told of every better answer.
  /// - Throws: `ExplorationError.budgetTooSmall`.
  public init(
    _ choices: MixedPrecision, calibration: CalibrationSet, budget: Int, resources: ComputeResources,
    isStopped: @escaping () -> Bool = { false }, found: @escaping (SearchAnswer) -> Void = { _ in }
  ) throws(ExplorationError) {
    try choices.check(budget: budget)
    self.choices = choices
    self.calibration = calibration
    self.budget = budget
    self.resources = resources
    self.isStopped = isStopped
    self.found = found
  }

  /// The equal width that fits, or, where the machine's padding lets none fit that a mixture does, the narrowest mixture.
  private var universal: [Int] {
    choices.universal(within: budget)
      ?? choices.layers.map { layer in
        MixedPrecision.widths[layer.storedBits.firstIndex(of: layer.storedBits.min()!)!]
      }
  }

  /// One width for all layers.
  public func universalWidths() throws -> SearchResult {
    let progress = try Progress(self, limit: .max)
    try progress.offer(universal, stage: "universal")
    return progress.result(.universal, .finished)
  }

  /// Qed, and beside it the additive variant; the better of the two on the calibration samples (and of universal widths), then bettered by exchanges.
  public func qed(exchanging: Bool = true) throws -> SearchResult {
    let progress = try Progress(self, limit: .max)
    return try progress.ending(.qed) {
      try progress.offer(universal, stage: "universal")
      try progress.offer(
        AdditiveSearch(progress.evaluator, check: check).widths(for: choices.layers, within: budget),
        stage: "additive")
      let choice = try QedSearch(
        evaluator: progress.evaluator, budget: budget, steps: Self.steps, check: check
      ).run()
      progress.offer(choice, stage: "dynamic program, \(Self.steps) steps")
      if exchanging { try exchange(progress) }
    }
  }

  /// Q*: universal widths at once; then, from coarse to fine in memory and samples, the dynamic program (at the coarsest level beside the additive variant);
  /// with what is left, exchanges on all samples. Every answer is priced on all samples, and only a better one replaces the one
  /// before: it never ends worse than universal widths.
  ///
  /// A level with twice the samples and twice the steps takes two to three times as much as the one before; where not even twice that is left, exchanges
  /// on all samples use the rest better.
  ///
  /// - Parameter limit: layer evaluations that it may use.
  public func qstar(limit: Int) throws -> SearchResult {
    let progress = try Progress(self, limit: limit)
    return try progress.ending(.qstar) {
      try progress.offer(universal, stage: "universal")
      var share = 16
      while share > 1 {
        let part = progress.evaluator.restricted(to: max(1, calibration.count / share))
        let steps = Self.steps / share
        let start =
          share == 16
          ? try AdditiveSearch(part, check: check).widths(for: choices.layers, within: budget)
          : progress.best!.widths
        try progress.offer(
          coarse(part, steps: steps, beside: start), stage: "\(steps) steps, \(part.samples) samples")
        if 2 * part.layerEvaluations > limit - progress.evaluator.layerEvaluations { break }
        share /= 2
      }
      try exchange(progress)
    }
  }

  /// The best choice on the samples of `part` that the dynamic program or `start` leads to.
  private func coarse(_ part: PrefixEvaluator, steps: Int, beside start: [Int]) throws -> [Int] {
    guard part.affords(layers: part.depth) else { throw EvaluationsSpent() }
    let given = WidthChoice(
      widths: start, storedBits: choices.storedBits(start),
      loss: part.loss(of: part.root(), behind: start)!)
    let program = try QedSearch(evaluator: part, budget: budget, steps: steps, check: check).run()
    return program.isBetter(than: given) ? program.widths : start
  }

  /// The best of all choices that fit.
  /// - Throws: `ExplorationError.badSetting` where there are too many.
  public func enumeration() throws -> SearchResult {
    let count = choices.layers.reduce(1.0) { product, _ in product * Double(MixedPrecision.widths.count) }
    guard count <= Double(WidthEnumeration.largestCount) else {
      throw ExplorationError.badSetting(
        "a network of \(choices.layers.count) layers has too many choices of widths to try them all; use qed or qstar"
      )
    }
    let progress = try Progress(self, limit: .max)
    return try progress.ending(.enumeration) {
      let choice = try WidthEnumeration(evaluator: progress.evaluator, budget: budget, check: check).run()
      progress.offer(choice, stage: "enumeration")
    }
  }

  private func exchange(_ progress: Progress) throws {
    _ = try ExchangeDescent(evaluator: progress.evaluator, budget: budget, check: check)
      .run(from: progress.best!) { progress.offer($0, stage: "exchange") }
  }

  private func check() throws {
    if isStopped() { throw Stopped() }
  }

  /// The answers of a search so far.
  private final class Progress {
    let evaluator: PrefixEvaluator
    private(set) var answers: [SearchAnswer] = []
    private let found: (SearchAnswer) -> Void

    init(_ search: WidthSearch, limit: Int) throws {
      evaluator = try PrefixEvaluator(
        search.choices, calibration: search.calibration, resources: search.resources, limit: limit)
      found = search.found
    }

    var best: WidthChoice? { answers.last?.choice }

    /// Prices `widths` on all samples; the first answer is priced whatever the limit, so that there is one.
    func offer(_ widths: [Int], stage: String) throws {
      guard best == nil || evaluator.affords(layers: evaluator.depth) else { throw EvaluationsSpent() }
      let bound = best?.loss.nextUp ?? .infinity
      // What is found to be worse on a part of the samples is no answer.
      guard let loss = evaluator.loss(of: evaluator.root(), behind: widths, below: bound) else { return }
      offer(
        WidthChoice(widths: widths, storedBits: evaluator.choices.storedBits(widths), loss: loss),
        stage: stage)
    }

    func offer(_ choice: WidthChoice, stage: String) {
      guard best.map({ choice.isBetter(than: $0) }) ?? true else { return }
      let answer = SearchAnswer(stage: stage, layerEvaluations: evaluator.layerEvaluations, choice: choice)
      answers.append(answer)
      found(answer)
    }

    func ending(_ method: WidthMethod, _ body: () throws -> Void) throws -> SearchResult {
      do {
        try body()
        let isSpent = !evaluator.affords(layers: 2 * evaluator.depth)
        return result(method, isSpent ? .evaluationsSpent : .finished)
      } catch is EvaluationsSpent {
        return result(method, .evaluationsSpent)
      } catch is Stopped {
        guard best != nil else {
          throw ExplorationError.interrupted(finished: 0, of: 1)
        }
        return result(method, .stopped)
      }
    }

    func result(_ method: WidthMethod, _ ending: SearchResult.Ending) -> SearchResult {
      SearchResult(
        method: method, choice: best!, answers: answers, layerEvaluations: evaluator.layerEvaluations,
        naiveLayerEvaluations: evaluator.naiveLayerEvaluations, ending: ending)
    }
  }
}
