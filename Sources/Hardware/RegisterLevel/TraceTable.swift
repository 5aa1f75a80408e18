/// A trace as comma-separated values: a row of names, then a row a clock cycle, numbers in decimal.
public struct TraceTable {
  private let width: Int
  private var pending: String

  /// The table of a machine's signals.
  public init(_ signals: [TraceSignal]) {
    width = signals.count
    pending = signals.map(\.name).joined(separator: ",") + "\n"
  }

  /// Appends a cycle: values in the order of the signals.
  /// - Precondition: one value a signal.
  public mutating func append(_ values: [Int64]) {
    precondition(values.count == width, "\(values.count) values for \(width) signals")
    pending += values.map { String($0) }.joined(separator: ",") + "\n"
  }

  /// The text since the last call. Call once more after the last cycle.
  public mutating func takeText() -> String {
    defer { pending = "" }
    return pending
  }
}
