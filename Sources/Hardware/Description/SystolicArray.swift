/// What stays in the processing elements of a systolic array while a fold runs.
public enum Dataflow: String, Sendable, Hashable, CaseIterable {
  /// Sums stay; activations enter from the left and weights from the top.
  case outputStationary
  /// Weights stay; activations enter from the left, partial sums go down.
  case weightStationary
  /// Activations stay; weights enter from the left, partial sums go down.
  case inputStationary
}

/// A grid of processing elements, each of which multiplies, adds and passes its operands on every cycle.
public struct SystolicArray: Sendable, Hashable {
  /// R.
  public let rows: Int
  /// C.
  public let columns: Int
  /// What stays.
  public let dataflow: Dataflow
  /// Multipliers, accumulators, requantisers and tables (one a column).
  public package(set) var path: OutputPath
  /// Cycles to read a layer's descriptor.
  public let descriptorCycles: Int
  /// Register stages of requantiser and activation.
  public let requantizerCycles: Int
}
