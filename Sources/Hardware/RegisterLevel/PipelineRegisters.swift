/// Register stages through which a number moves, one stage a cycle; `empty` stands for a bubble.
struct DelayLine {
  /// What an idle stage holds.
  static let empty = -1

  private var registers: [Int]
  private var oldest = 0

  /// A line of `stages` registers; none lets values through in the same cycle.
  init(stages: Int) { registers = Array(repeating: Self.empty, count: stages) }

  /// One edge: takes `value` in and gives what entered as many cycles ago as there are stages.
  mutating func shifted(in value: Int) -> Int {
    if registers.isEmpty { return value }
    let leaving = registers[oldest]
    registers[oldest] = value
    oldest = oldest + 1 == registers.count ? 0 : oldest + 1
    return leaving
  }
}

/// A result on its way to memory: raw value and element address.
struct OutputWord {
  var value: Int64
  var address: Int
}

/// The registers between the edge at which results are made and the one at which they are written; several results may move side by side.
struct OutputLine {
  private var stages: [[OutputWord]]
  private var entering = 0
  /// Results written at the last edge.
  private(set) var written = 0
  /// The last result written.
  private(set) var lastWritten = OutputWord(value: 0, address: 0)

  /// A line of `stages` registers for up to `width` results a cycle.
  init(stages: Int, width: Int) {
    self.stages = Array(repeating: [], count: stages + 1)
    for index in self.stages.indices { self.stages[index].reserveCapacity(width) }
  }

  /// Takes in a result that is made in this cycle.
  mutating func enter(_ word: OutputWord) { stages[entering].append(word) }

  /// The edge that ends the cycle: writes what has passed all stages.
  mutating func clock(writingTo memory: inout [Int64]) {
    // The slot after the entering one holds what entered as many cycles ago as there are stages; without stages it is the same.
    let leaving = entering + 1 == stages.count ? 0 : entering + 1
    written = stages[leaving].count
    for word in stages[leaving] { memory[word.address] = word.value }
    if let last = stages[leaving].last { lastWritten = last }
    stages[leaving].removeAll(keepingCapacity: true)
    entering = leaving
  }
}

/// The adder of an accumulator: wraps or saturates, and counts when it does.
struct AccumulatorAdder {
  /// Word length and what a sum beyond it does.
  let accumulator: Accumulator
  /// Sums that left the accumulator.
  private(set) var overflows = 0
  /// The last sum that did.
  private(set) var lastOverflow: Int128 = 0
  private let lowest: Int128
  private let highest: Int128

  init(_ accumulator: Accumulator) {
    self.accumulator = accumulator
    highest = (1 << Int128(accumulator.bits - 1)) - 1
    lowest = -highest - 1
  }

  /// What the accumulator holds after `term` is added to `value`.
  mutating func sum(_ value: Int64, _ term: Int64) -> Int64 {
    let exact = Int128(value) + Int128(term)
    if exact >= lowest && exact <= highest { return Int64(exact) }
    overflows += 1
    lastOverflow = exact
    switch accumulator.overflow {
    case .wrap:
      let dropped = Int128(128 - accumulator.bits)
      return Int64((exact << dropped) >> dropped)
    case .saturate: return Int64(exact < 0 ? lowest : highest)
    // The run ends at this layer with an error; the value is not used.
    case .reject: return Int64(exact < 0 ? lowest : highest)
    }
  }

  /// Bits that the last overflowing sum would have needed.
  var neededBits: Int {
    let magnitude = lastOverflow < 0 ? ~lastOverflow : lastOverflow
    return 129 - magnitude.leadingZeroBitCount
  }
}
