import Networks

/// An exploration that cannot start, go on or answer.
public enum ExplorationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No design of the family fits the weight memory.
  case nothingFits(capacityBits: Int, smallestBits: Int, smallest: String)
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
    case .nothingFits(let capacity, let smallest, let name):
      "no design fits a weight memory of \(capacity) bits; the smallest of this family, \(name), takes"
        + " \(smallest) bits (\((smallest + 8191) / 8192)KiB). Use a larger --weight-capacity, fewer --units or"
        + " --word-lengths 2"
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
}
