/// Which layers stay in the weight memory and which are streamed: the contract's equation (5), by exact search.
package struct WeightResidency: Sendable, Hashable {
  /// What a layer asks for.
  package struct Demand: Sendable, Hashable {
    /// Bits of the whole layer.
    package let storedBits: Int
    /// Bits of its largest tile.
    package let largestTileBits: Int
    /// Cycles lost in one input if it is streamed.
    package let stall: Int
    /// Bits fetched for one input if it is streamed.
    package let externalBits: Int

    /// What one layer asks for.
    package init(storedBits: Int, largestTileBits: Int, stall: Int, externalBits: Int) {
      self.storedBits = storedBits
      self.largestTileBits = largestTileBits
      self.stall = stall
      self.externalBits = externalBits
    }
  }

  /// For each layer, whether it stays.
  package let isResident: [Bool]

  /// The best choice for these layers, or nil where none fits. All stay where all fit.
  ///
  /// For each possible size of the streaming slots, the layers with larger tiles must stay; of the others, the set that saves most is found among
  /// all that no other dominates (fewer bits and a better saving): Nemhauser and Ullmann's list for the knapsack problem.
  package init?(_ demands: [Demand], capacity: Int) {
    if demands.reduce(0, { $0 + $1.storedBits }) <= capacity {
      isResident = demands.map { _ in true }
      return
    }
    var best: Choice?
    for slot in Set(demands.map(\.largestTileBits)).sorted() {
      var choices = [Choice(bits: 2 * slot, stall: 0, externalBits: 0, stays: [])]
      for demand in demands {
        let kept = choices.map { $0.keeping(demand) }
        let streamed = demand.largestTileBits > slot ? [] : choices.map { $0.streaming(demand) }
        choices = Choice.undominated((kept + streamed).filter { $0.bits <= capacity })
      }
      // A choice that streams nothing needs no slots, and would have fitted above; it still counts here, with
      // slots that it wastes.
      for choice in choices where best.map({ choice.isBetter(than: $0) }) ?? true { best = choice }
    }
    guard let best else { return nil }
    isResident = best.stays
  }

  /// The least capacity with which these layers can run at all.
  package static func leastCapacity(_ demands: [Demand]) -> Int {
    let all = demands.reduce(0) { $0 + $1.storedBits }
    return Set(demands.map(\.largestTileBits)).map { slot in
      2 * slot + demands.filter { $0.largestTileBits > slot }.reduce(0) { $0 + $1.storedBits }
    }.reduce(all, min)
  }

  private struct Choice {
    var bits: Int
    var stall: Int
    var externalBits: Int
    var stays: [Bool]

    func keeping(_ demand: Demand) -> Choice {
      Choice(
        bits: bits + demand.storedBits, stall: stall, externalBits: externalBits, stays: stays + [true])
    }

    func streaming(_ demand: Demand) -> Choice {
      Choice(
        bits: bits, stall: stall + demand.stall, externalBits: externalBits + demand.externalBits,
        stays: stays + [false])
    }

    /// Less stall, then fewer external bits, then the earlier layer kept. Strict.
    func isBetter(than other: Choice) -> Bool {
      if stall != other.stall { return stall < other.stall }
      if externalBits != other.externalBits { return externalBits < other.externalBits }
      for (mine, theirs) in zip(stays, other.stays) where mine != theirs { return mine }
      return false
    }

    /// Those than which no other has at most as many bits and is better. Any set of further layers serves a
    /// dominating choice as well, so that nothing is lost.
    static func undominated(_ choices: [Choice]) -> [Choice] {
      var kept: [Choice] = []
      let ordered = choices.sorted { $0.bits == $1.bits ? $0.isBetter(than: $1) : $0.bits < $1.bits }
      for choice in ordered where kept.last.map({ choice.isBetter(than: $0) }) ?? true { kept.append(choice) }
      return kept
    }
  }
}
