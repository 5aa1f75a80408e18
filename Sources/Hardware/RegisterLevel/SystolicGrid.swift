/// An operand on its way through the grid: a value, the step of the fold that it belongs to, and whether it is the fold's last.
struct SystolicOperand {
  /// Raw value; 0 beyond the fold's ragged edge.
  var value: Int64
  /// The step; `DelayLine.empty` where the register holds no operand.
  var step: Int
  /// Whether no operand follows.
  var isLast: Bool

  /// A register that holds nothing.
  static let none = SystolicOperand(value: 0, step: DelayLine.empty, isLast: false)

  var isValid: Bool { step != DelayLine.empty }
}

/// What feeds one edge of the grid: line i starts one cycle after line i − 1 and then gives one operand a cycle.
struct SkewedFeeder {
  private var steps: [Int]
  private var isStarted: [Bool]
  private let length: Int

  /// A feeder of `lines` lines that give `length` operands each.
  init(lines: Int, length: Int) {
    steps = Array(repeating: 0, count: lines)
    isStarted = Array(repeating: false, count: lines)
    isStarted[0] = true
    self.length = length
  }

  /// The step that line `line` gives in this cycle, or nil.
  func step(of line: Int) -> Int? { isStarted[line] && steps[line] < length ? steps[line] : nil }

  /// Whether `step` is a line's last.
  func isLast(_ step: Int) -> Bool { step == length - 1 }

  /// The edge: lines count, and each starts the next.
  mutating func clock() {
    for line in steps.indices.reversed() {
      if isStarted[line] {
        if steps[line] < length { steps[line] += 1 }
      } else if line > 0, isStarted[line - 1] {
        isStarted[line] = true
      }
    }
  }
}

/// R × C processing elements: operands move right and down by one a cycle, from register to register.
struct SystolicGrid {
  let rows: Int
  let columns: Int
  /// Operands that have entered each element from the left, row by row.
  private var rightward: [SystolicOperand]
  /// Operands or partial sums that have entered each element from above.
  private var downward: [SystolicOperand]
  /// What stays in each element: a sum, or an operand.
  var stationary: [Int64]

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    rightward = Array(repeating: .none, count: rows * columns)
    downward = rightward
    stationary = Array(repeating: 0, count: rows * columns)
  }

  /// One cycle of an array whose sums stay: every element multiplies what comes from the left with what comes from above.
  /// - Parameters:
  ///   - left: the operand that enters a row.
  ///   - top: the operand that enters a column.
  ///   - multiply: is told row, column, both operands.
  mutating func clockMeeting(
    left: (_ row: Int) -> SystolicOperand, top: (_ column: Int) -> SystolicOperand,
    multiply: (_ row: Int, _ column: Int, SystolicOperand, SystolicOperand) -> Void
  ) {
    // From the last element backward, so that each finds its neighbors' registers as they were before the edge.
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() {
        let index = row * columns + column
        let fromLeft = column == 0 ? left(row) : rightward[index - 1]
        let fromAbove = row == 0 ? top(column) : downward[index - columns]
        precondition(
          fromLeft.step == fromAbove.step, "operands of steps \(fromLeft.step) and \(fromAbove.step) meet")
        if fromLeft.isValid { multiply(row, column, fromLeft, fromAbove) }
        rightward[index] = fromLeft
        downward[index] = fromAbove
      }
    }
  }

  /// One cycle of an array whose operands stay: each element adds its product to the partial sum from above.
  /// - Parameters:
  ///   - left: the operand that enters a row.
  ///   - multiplied: is told that an element multiplied.
  ///   - leave: is told the column and the partial sum that leaves below.
  mutating func clockFlowing(
    left: (_ row: Int) -> SystolicOperand, multiplied: () -> Void,
    leave: (_ column: Int, SystolicOperand) -> Void
  ) {
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() {
        let index = row * columns + column
        let fromLeft = column == 0 ? left(row) : rightward[index - 1]
        rightward[index] = fromLeft
        guard fromLeft.isValid else {
          downward[index] = .none
          continue
        }
        let above =
          row == 0
          ? SystolicOperand(value: 0, step: fromLeft.step, isLast: fromLeft.isLast)
          : downward[index - columns]
        precondition(
          above.step == fromLeft.step, "a sum of step \(above.step) meets step \(fromLeft.step)")
        var sum = above
        sum.value += stationary[index] * fromLeft.value
        multiplied()
        downward[index] = sum
        if row == rows - 1 { leave(column, sum) }
      }
    }
  }
}
