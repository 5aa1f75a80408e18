/// A text that is not JSON: what is wrong and where.
public struct JSONSyntaxError: Error, Hashable, CustomStringConvertible {
  /// What was found and what was expected.
  public let message: String
  /// The line of the first wrong byte, from 1.
  public let line: Int
  /// The column of the first wrong byte in its line, from 1, counted in characters.
  public let column: Int

  /// `line 3, column 7: expected …`.
  public var description: String { "line \(line), column \(column): \(message)" }
}
