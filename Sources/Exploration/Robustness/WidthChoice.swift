/// A choice of widths with its price and its robustness loss on the calibration samples.
public struct WidthChoice: Sendable, Hashable {
  /// Bits of a weight, layer by layer.
  public let widths: [Int]
  /// Stored bits on the machine.
  public let storedBits: Int
  /// Robustness loss over all calibration samples.
  public let loss: Double

  /// A choice.
  public init(widths: [Int], storedBits: Int, loss: Double) {
    self.widths = widths
    self.storedBits = storedBits
    self.loss = loss
  }

  /// Whether this is the better answer: less loss, then fewer bits, then the lower widths in front.
  func isBetter(than other: WidthChoice) -> Bool {
    if loss != other.loss { return loss < other.loss }
    if storedBits != other.storedBits { return storedBits < other.storedBits }
    return widths.lexicographicallyPrecedes(other.widths)
  }
}

extension MixedPrecision {
  /// The least and the most stored bits of the layers from each on; one more entry than layers, the last 0.
  var reach: (least: [Int], most: [Int]) {
    var least = [0]
    var most = [0]
    for layer in layers.reversed() {
      least.append(least[least.count - 1] + layer.storedBits.min()!)
      most.append(most[most.count - 1] + layer.storedBits.max()!)
    }
    return (least.reversed(), most.reversed())
  }

  /// Checks that some choice fits `budget`.
  /// - Throws: `ExplorationError.budgetTooSmall` with the least that is possible.
  public func check(budget: Int) throws(ExplorationError) {
    let least = reach.least[0]
    if budget < least { throw .budgetTooSmall(budgetBits: budget, leastBits: least) }
  }
}

/// A search gave up because its layer evaluations are spent.
struct EvaluationsSpent: Error {}
