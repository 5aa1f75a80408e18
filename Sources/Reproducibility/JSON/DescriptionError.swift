/// One fault of a description: where and what.
public struct JSONFault: Hashable, Sendable, CustomStringConvertible {
  /// The JSON path of the fault (`array.lanes`, `layers[2].weights`). Empty for the whole file.
  public let path: String
  /// What was found, what was expected and, where known, what helps.
  public let message: String

  /// The fault `message` at `path`.
  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  /// `array.lanes: 0 is not in 1...4096`.
  public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

/// All faults of a description file. Thrown while reading, never while running.
public struct DescriptionError: Error, Hashable, CustomStringConvertible {
  /// The name of the file, as the user gave it.
  public let file: String
  /// Every fault, in the order of reading. Never empty.
  public let faults: [JSONFault]

  /// The error that `file` has `faults`.
  /// - Precondition: `faults` is not empty.
  public init(file: String, faults: [JSONFault]) {
    precondition(!faults.isEmpty, "an error of \(file) without a fault")
    self.file = file
    self.faults = faults
  }

  /// One line a fault: file, path, message.
  public var description: String { faults.map { "\(file): \($0)" }.joined(separator: "\n") }
}

/// The faults found so far while a description is read; shared by the readers of all its objects.
public final class JSONFaults {
  /// The faults in the order in which they were noted.
  public private(set) var noted: [JSONFault] = []

  /// No faults.
  public init() {}

  /// Notes a fault.
  public func note(_ message: String, at path: String) {
    noted.append(JSONFault(path: path, message: message))
  }
}
