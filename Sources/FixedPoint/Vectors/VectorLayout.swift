/// The columns of a vector file, as its header line names them.
///
/// Fifteen columns, `op` to `r`, and then `ref` or nothing; or, in lists of known differences, `r_ac`,
/// `r_ap` and `r_exact` in place of `r`, of which the last is judged.
public struct VectorLayout: Hashable, Sendable {
  /// The names of all columns, in order.
  public let columns: [String]
  /// The column that holds the expected result.
  let result: Int

  private static let inputs = [
    "op", "w1", "i1", "s1", "w2", "i2", "s2", "a", "b", "q", "o", "wo", "io", "so",
  ]

  /// The layout that `wordlength vectors` writes; `ref` is `exact` in each of its rows.
  public static let standard = VectorLayout(columns: inputs + ["r", "ref"], result: inputs.count)

  private init(columns: [String], result: Int) {
    self.columns = columns
    self.result = result
  }

  /// The layout of a header line; nil if it is not one of the three.
  init?(header: String) {
    let known = [["r", "ref"], ["r"], ["r_ac", "r_ap", "r_exact"]]
    guard let ending = known.first(where: { header == (VectorLayout.inputs + $0).joined(separator: ",") })
    else { return nil }
    columns = VectorLayout.inputs + ending
    result = columns.firstIndex(of: ending.count == 3 ? "r_exact" : "r") ?? 0
  }

  /// The header line, without a line end.
  public var header: String { columns.joined(separator: ",") }
}

/// A column of a vector row that cannot be read.
public struct VectorError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The column's name in the header; nil if the line as a whole is at fault.
  public let column: String?
  /// What stands there.
  public let found: String
  /// What was expected.
  public let expected: String

  /// One sentence without file and line, which the caller adds.
  public var description: String {
    let place = column.map { "column \($0): " } ?? ""
    // A damaged file may hold a line of any length.
    let shown = found.count > 80 ? found.prefix(77) + "..." : found[...]
    return "\(place)found \"\(shown)\", expected \(expected)"
  }
}
