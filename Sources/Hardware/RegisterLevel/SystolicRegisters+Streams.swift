/// What enters and leaves the grid while a fold runs.
extension SystolicRegisters {
  /// Loads the stationary operands of row `row`.
  mutating func loadRow(_ row: Int, _ memory: ActivationRegions, _ events: inout LayerEvents) {
    let term = fold.firstRow + row
    for column in 0..<array.columns {
      let index = fold.firstColumn + column
      var value: Int64 = 0
      switch array.dataflow {
      case .outputStationary: preconditionFailure("an output-stationary array loads no operand")
      case .weightStationary:
        if term < product.terms, index < product.filters {
          value = product.weight(term, filter: index, group: fold.group)
          events.weightBitsRead += layer.weightWordLength
        }
      case .inputStationary:
        if term < product.terms, index < product.positions {
          value = product.activation(term, position: index, group: fold.group, in: memory)
          events.activationBitsRead += ports.inputWordLength
        }
      }
      grid.stationary[row * array.columns + column] = value
    }
  }

  /// A cycle of a fold whose sums stay; whether it is the fold's last.
  mutating func streamMeeting(_ memory: ActivationRegions, _ events: inout LayerEvents) -> Bool {
    let left = (0..<array.rows).map { row -> SystolicOperand in
      guard let step = leftFeeder.step(of: row) else { return .none }
      var operand = SystolicOperand(value: 0, step: step, isLast: leftFeeder.isLast(step))
      let position = fold.firstRow + row
      if position < product.positions {
        operand.value = product.activation(step, position: position, group: fold.group, in: memory)
        events.activationBitsRead += ports.inputWordLength
      }
      return operand
    }
    let top = (0..<array.columns).map { column -> SystolicOperand in
      guard let step = topFeeder.step(of: column) else { return .none }
      var operand = SystolicOperand(value: 0, step: step, isLast: topFeeder.isLast(step))
      let filter = fold.firstColumn + column
      if filter < product.filters {
        operand.value = product.weight(step, filter: filter, group: fold.group)
        events.weightBitsRead += layer.weightWordLength
      }
      return operand
    }
    leftFeeder.clock()
    topFeeder.clock()
    var isEnd = false
    var meetings: [(row: Int, column: Int, SystolicOperand, SystolicOperand)] = []
    grid.clockMeeting(left: { left[$0] }, top: { top[$0] }) { meetings.append(($0, $1, $2, $3)) }
    var buses = Array(repeating: false, count: array.columns)
    for (row, column, activation, weight) in meetings {
      events.multiplications += 1
      isEnd = isEnd || activation.isLast && row == array.rows - 1 && column == array.columns - 1
      let position = fold.firstRow + row
      let filter = fold.firstColumn + column
      guard position < product.positions, filter < product.filters else { continue }
      let channel = product.channel(filter: filter, group: fold.group)
      let index = row * array.columns + column
      if activation.step == 0 {
        grid.stationary[index] = starts[channel]
        events.startBitsRead += array.path.accumulator.bits
      }
      grid.stationary[index] = adder.sum(grid.stationary[index], activation.value * weight.value)
      events.accumulations += 1
      guard activation.isLast else { continue }
      precondition(!buses[column], "two sums of column \(column) complete at one edge")
      buses[column] = true
      leave(grid.stationary[index], position: position, channel: channel, &events)
    }
    return isEnd
  }

  /// A cycle of a fold whose operands stay; whether it is the fold's last.
  mutating func streamFlowing(_ memory: ActivationRegions, _ events: inout LayerEvents) -> Bool {
    let left = (0..<array.rows).map { row -> SystolicOperand in
      guard let step = leftFeeder.step(of: row) else { return .none }
      var operand = SystolicOperand(value: 0, step: step, isLast: leftFeeder.isLast(step))
      let term = fold.firstRow + row
      guard term < product.terms else { return operand }
      switch array.dataflow {
      case .outputStationary: preconditionFailure("an output-stationary array keeps its sums")
      case .weightStationary:
        operand.value = product.activation(term, position: step, group: fold.group, in: memory)
        events.activationBitsRead += ports.inputWordLength
      case .inputStationary:
        operand.value = product.weight(term, filter: step, group: fold.group)
        events.weightBitsRead += layer.weightWordLength
      }
      return operand
    }
    leftFeeder.clock()
    var isEnd = false
    var multiplications = 0
    var sums: [(column: Int, SystolicOperand)] = []
    grid.clockFlowing(left: { left[$0] }, multiplied: { multiplications += 1 }) { sums.append(($0, $1)) }
    events.multiplications += multiplications
    for (column, sum) in sums {
      isEnd = isEnd || sum.isLast && column == array.columns - 1
      let held = fold.firstColumn + column
      let position: Int
      let filter: Int
      switch array.dataflow {
      case .outputStationary: preconditionFailure("an output-stationary array keeps its sums")
      case .weightStationary: (position, filter) = (sum.step, held)
      case .inputStationary: (position, filter) = (held, sum.step)
      }
      guard position < product.positions, filter < product.filters else { continue }
      let channel = product.channel(filter: filter, group: fold.group)
      let index = sum.step * array.columns + column
      if fold.firstRow == 0 {
        accumulators[index] = starts[channel]
        events.startBitsRead += array.path.accumulator.bits
      }
      accumulators[index] = adder.sum(accumulators[index], sum.value)
      events.accumulations += 1
      if fold.firstRow + array.rows >= product.terms {
        leave(accumulators[index], position: position, channel: channel, &events)
      }
    }
    return isEnd
  }

  /// A finished sum enters its column's requantizer at the edge at which it completes.
  private mutating func leave(_ sum: Int64, position: Int, channel: Int, _ events: inout LayerEvents) {
    let value = ports.leave(layer.outputStage, sum, channel: channel, &events)
    line.enter(
      OutputWord(value: value, address: product.address(position: position, channel: channel)))
  }
}
