/// A network that cannot be built: what is wrong, and at which node.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The node or tensor where the fault is, or the network's name.
  public let location: String
  /// What is wrong, what was expected, what would help.
  public let message: String

  /// A fault at `location`.
  public init(at location: String, _ message: String) {
    self.location = location
    self.message = message
  }

  /// `location: message`.
  public var description: String { "\(location): \(message)" }
}
