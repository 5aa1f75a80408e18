import Networks

/// A product of M positions, `filters` filters and K inputs cut into folds of a systolic array.
public struct SystolicFolds: Sendable, Hashable {
  /// M: output positions.
  public let positions: Int
  /// Filters: output channels of a group.
  public let filters: Int
  /// K: products of an output.
  public let depth: Int
  private let array: SystolicArray

  /// The folds of a product on `array`. All extents are at least 1.
  public init(positions: Int, filters: Int, depth: Int, on array: SystolicArray) {
    self.positions = positions
    self.filters = filters
    self.depth = depth
    self.array = array
  }

  private static func pieces(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }

  /// Folds that hold other rows: of positions or of inputs.
  public var rowFolds: Int {
    switch array.dataflow {
    case .outputStationary: Self.pieces(positions, array.rows)
    case .weightStationary, .inputStationary: Self.pieces(depth, array.rows)
    }
  }

  /// Folds that hold other columns: of filters or of positions.
  public var columnFolds: Int {
    switch array.dataflow {
    case .outputStationary, .weightStationary: Self.pieces(filters, array.columns)
    case .inputStationary: Self.pieces(positions, array.columns)
    }
  }

  /// T: steps in which operands enter.
  public var steps: Int {
    switch array.dataflow {
    case .outputStationary: depth
    case .weightStationary: positions
    case .inputStationary: filters
    }
  }

  /// Cycles of a fold: T + R + C − 2, and R more where a stationary operand is loaded first.
  public var cyclesPerFold: Int {
    let streaming = steps + array.rows + array.columns - 2
    return switch array.dataflow {
    case .outputStationary: streaming
    case .weightStationary, .inputStationary: array.rows + streaming
    }
  }

  /// Cycles of all folds, which never overlap. A count: the last cycle's index is one less.
  public var cycles: Int { rowFolds * columnFolds * cyclesPerFold }

  /// Weights that enter the array.
  public var weightReads: Int {
    switch array.dataflow {
    case .outputStationary: depth * filters * rowFolds
    case .weightStationary: depth * filters
    case .inputStationary: depth * filters * columnFolds
    }
  }

  /// Activations that enter the array.
  public var activationReads: Int {
    switch array.dataflow {
    case .outputStationary, .weightStationary: positions * depth * columnFolds
    case .inputStationary: positions * depth
    }
  }

  /// Additions into accumulators.
  public var accumulations: Int {
    switch array.dataflow {
    case .outputStationary: positions * filters * depth
    case .weightStationary, .inputStationary: positions * filters * rowFolds
    }
  }

  /// Filters that the weight memory has room for.
  var storedFilters: Int {
    switch array.dataflow {
    case .outputStationary, .weightStationary: Self.pieces(filters, array.columns) * array.columns
    case .inputStationary: filters
    }
  }

  /// Inputs of a filter that the weight memory has room for.
  var storedDepth: Int {
    switch array.dataflow {
    case .outputStationary: depth
    case .weightStationary, .inputStationary: Self.pieces(depth, array.rows) * array.rows
    }
  }

  /// What happens, with weights and activations of these bits; writing outputs is not counted.
  func events(weightBits: Int, activationBits: Int, accumulatorBits: Int) -> LayerEvents {
    var events = LayerEvents()
    events.multiplications = array.rows * array.columns * steps * rowFolds * columnFolds
    events.accumulations = accumulations
    events.weightBitsRead = weightBits * weightReads
    events.startBitsRead = accumulatorBits * positions * filters
    events.activationBitsRead = activationBits * activationReads
    return events
  }
}
