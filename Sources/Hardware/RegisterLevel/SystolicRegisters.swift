import Networks

/// A systolic array at work on one layer: its folds, the grid, and the accumulators below it.
struct SystolicRegisters {
  /// What the array does.
  enum State: Int {
    /// A stationary operand enters, one row a cycle.
    case load
    /// Operands stream through the grid.
    case stream
    /// All folds have run; the requantizers empty.
    case flush
  }

  let array: SystolicArray
  let layer: WeightedLayer
  let starts: [Int64]
  let ports: LayerPorts

  private(set) var state = State.load
  private(set) var fold = SystolicFold()
  /// Folds that have run.
  private(set) var foldNumber = 0
  /// Cycles of this state: rows loaded, or cycles streamed.
  private(set) var step = 0
  var product: SystolicProduct
  var grid: SystolicGrid
  var leftFeeder: SkewedFeeder
  var topFeeder: SkewedFeeder
  /// Accumulators below the columns, `[steps, columns]`; unused where sums stay in the grid.
  var accumulators: [Int64] = []
  var adder: AccumulatorAdder
  var line: OutputLine
  /// Bubbles behind the last fold: the run waits for their end even where a ragged fold's last sum left earlier.
  private var emptying: DelayLine
  private var hasEnded = false
  /// Whether operands were taken in in the last cycle.
  private(set) var isIssuing = false

  /// The array before a layer.
  init(_ layer: WeightedLayer, starts: [Int64], ports: LayerPorts, on array: SystolicArray) {
    self.array = array
    self.layer = layer
    self.starts = starts
    self.ports = ports
    product = SystolicProduct(layer, ports: ports, rows: 0..<1)
    grid = SystolicGrid(rows: array.rows, columns: array.columns)
    leftFeeder = SkewedFeeder(lines: array.rows, length: 0)
    topFeeder = leftFeeder
    adder = AccumulatorAdder(array.path.accumulator)
    line = OutputLine(stages: array.requantizerCycles, width: array.columns)
    emptying = DelayLine(stages: array.requantizerCycles)
  }

  /// Whether the layer, or a band of it, has ended.
  var isDone: Bool { hasEnded }
  /// Outputs written at the last edge.
  var written: Int { line.written }
  /// The last output written.
  var lastWritten: OutputWord { line.lastWritten }

  /// Starts a band of output rows.
  mutating func begin(rows: Range<Int>) {
    product = SystolicProduct(layer, ports: ports, rows: rows)
    emptying = DelayLine(stages: array.requantizerCycles)
    hasEnded = false
    fold = SystolicFold()
    foldNumber = 0
    beginFold()
  }

  /// Steps T of a fold.
  var steps: Int {
    switch array.dataflow {
    case .outputStationary: product.terms
    case .weightStationary: product.positions
    case .inputStationary: product.filters
    }
  }

  private mutating func beginFold() {
    step = 0
    leftFeeder = SkewedFeeder(lines: array.rows, length: steps)
    switch array.dataflow {
    case .outputStationary:
      topFeeder = SkewedFeeder(lines: array.columns, length: steps)
      state = .stream
    case .weightStationary, .inputStationary:
      state = .load
      if fold.firstRow == 0 { accumulators = Array(repeating: 0, count: steps * array.columns) }
    }
  }

  /// One clock cycle; says what it was spent on.
  mutating func clock(_ memory: inout ActivationRegions, _ events: inout LayerEvents) -> CycleUse {
    var endToken = DelayLine.empty
    isIssuing = state != .flush
    let use: CycleUse
    switch state {
    case .load:
      loadRow(step, memory, &events)
      step += 1
      if step == array.rows {
        state = .stream
        step = 0
      }
      use = .compute
    case .stream:
      let isEnd: Bool
      switch array.dataflow {
      case .outputStationary: isEnd = streamMeeting(memory, &events)
      case .weightStationary, .inputStationary: isEnd = streamFlowing(memory, &events)
      }
      step += 1
      if isEnd, !advanceFold() {
        state = .flush
        endToken = 0
      }
      use = .compute
    case .flush: use = .pipeline
    }
    hasEnded = emptying.shifted(in: endToken) != DelayLine.empty
    memory.write(&line, to: ports, &events)
    return use
  }

  /// Extents of what rows and columns hold.
  private var extents: (rows: Int, columns: Int) {
    switch array.dataflow {
    case .outputStationary: (product.positions, product.filters)
    case .weightStationary: (product.terms, product.filters)
    case .inputStationary: (product.terms, product.positions)
    }
  }

  /// Sets the next fold, those over rows innermost; false where there is none.
  private mutating func advanceFold() -> Bool {
    foldNumber += 1
    fold.firstRow += array.rows
    if fold.firstRow >= extents.rows {
      fold.firstRow = 0
      fold.firstColumn += array.columns
    }
    if fold.firstColumn >= extents.columns {
      fold.firstColumn = 0
      fold.group += 1
    }
    if fold.group == layer.groups { return false }
    beginFold()
    return true
  }
}
