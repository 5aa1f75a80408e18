import Networks

/// An exploration that cannot start, go on or answer.
public enum ExplorationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No design of the family keeps to the budget. Tells the least that any takes of what is limited.
  case nothingFits(budget: DesignBudget, least: [DesignBudget.Quantity: Double], smallest: String)
  /// No choice of widths fits the budget of stored bits.
  case budgetTooSmall(budgetBits: Int, leastBits: Int)
  /// Stopped on request; what was finished is kept.
  case interrupted(finished: Int, of: Int)
  /// A directory or file cannot be written.
  case cannotWrite(path: String, reason: String, help: String)
  /// A setting makes no sense.
  case badSetting(String)
  /// A kept result cannot be used.
  case damaged(String)
  /// A step failed: which, and why.
  case failed(task: String, reason: String)

  /// The message: what, where, and what helps.
  public var description: String {
    switch self {
    case .nothingFits(let budget, let least, let name):
      Self.nothingFits(budget, least: least, smallest: name)
    case .budgetTooSmall(let budget, let least):
      "a budget of \(budget) bits is too small: this network takes at least \(least) bits"
        + " (\((least + 8191) / 8192)KiB) on this machine, with ternary weights, biases and padding. Use at least so much, or a smaller network"
    case .interrupted(let finished, let total):
      "stopped after \(finished) of \(total) steps; what is finished is kept, and the same command goes on from there"
    case .cannotWrite(let path, let reason, let help): "\(path): cannot write: \(reason); \(help)"
    case .badSetting(let message): message
    case .damaged(let message): message
    case .failed(let task, let reason): "\(task): \(reason)"
    }
  }

  private static func nothingFits(
    _ budget: DesignBudget, least: [DesignBudget.Quantity: Double], smallest: String
  ) -> String {
    var limits: [String] = []
    var options: [String] = []
    if let bits = budget.weightBits, let lowest = least[.weightBits] {
      let needed = Int(lowest)
      limits.append(
        "a weight memory of \(bits) bits; the smallest of this family, \(smallest), takes \(needed) bits"
          + " (\((needed + 8191) / 8192)KiB)")
      options.append("--weight-capacity")
    }
    if let area = budget[.areaSquareMillimeters], let lowest = least[.areaSquareMillimeters] {
      limits.append("an area of \(area) mm²; the least of this family is \(lowest) mm²")
      options.append("--area-budget")
    }
    if let energy = budget[.energyNanojoules], let lowest = least[.energyNanojoules] {
      limits.append("an energy of \(energy) nJ an inference; the least of this family is \(lowest) nJ")
      options.append("--energy-budget")
    }
    return "no design fits " + limits.joined(separator: ", and ") + ". Use a larger "
      + options.joined(separator: " or ") + ", fewer --units or --word-lengths 2"
  }
}
