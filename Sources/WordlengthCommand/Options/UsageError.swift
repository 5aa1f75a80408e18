/// A command line that cannot be obeyed, with every fault found in it.
package struct UsageError: Error, Equatable, Sendable {
  /// What is wrong with a command line.
  package enum Fault: Equatable, Sendable {
    /// No command has this name.
    case unknownCommand(String, nearest: String?)
    /// The command has no such option.
    case unknownOption(String, nearest: String?)
    /// The option stands at the end or before another option without its value.
    case missingValue(option: String, expected: String)
    /// A flag was given a value with `=`.
    case unwantedValue(flag: String, value: String)
    /// The option's value cannot be read.
    case badValue(option: String, text: String, what: String, expected: String, help: String?)
    /// The option may be given once.
    case repeatedOption(String)
    /// The option must be given.
    case missingOption(String, expected: String)
    /// An operand must be given.
    case missingOperand(String, help: String)
    /// There are more words than operands.
    case unexpectedOperand(String)
    /// A rule of the command about its options together is broken.
    case rule(what: String, help: String)
  }

  /// The command, if one was recognized.
  package let command: String?
  /// Every fault, in the order of the command line.
  package let faults: [Fault]

  /// Faults of a command line.
  package init(command: String?, faults: [Fault]) {
    self.command = command
    self.faults = faults
  }

  /// The messages, one for each fault.
  package var messages: [ConsoleMessage] { faults.map(\.message) }

  /// The command line that prints the help.
  package var helpLine: String { command.map { "wordlength \($0) --help" } ?? "wordlength --help" }
}

extension UsageError.Fault {
  /// The fault as people read it.
  package var message: ConsoleMessage {
    switch self {
    case .unknownCommand(let name, let nearest):
      ConsoleMessage("unknown command \"\(name)\"", help: nearest.map { "did you mean \"\($0)\"?" })
    case .unknownOption(let name, let nearest):
      ConsoleMessage("unknown option \(name)", help: nearest.map { "did you mean \($0)?" })
    case .missingValue(let option, let expected): ConsoleMessage("\(option) has no value", expected: expected)
    case .unwantedValue(let flag, let value):
      ConsoleMessage("\(flag) takes no value, but \"\(value)\" was given", help: "write \(flag) alone")
    case .badValue(let option, let text, let what, let expected, let help):
      ConsoleMessage("\(option): \"\(text)\" \(what)", expected: expected, help: help)
    case .repeatedOption(let option):
      ConsoleMessage("\(option) is given more than once", help: "give it once")
    case .missingOption(let option, let expected):
      ConsoleMessage("\(option) is missing", expected: "\(option) with \(expected)")
    case .missingOperand(let placeholder, let help):
      ConsoleMessage("\(placeholder) is missing", expected: help)
    case .unexpectedOperand(let word):
      ConsoleMessage(
        "unexpected word \"\(word)\"", help: "options start with --; quote words that contain spaces")
    case .rule(let what, let help): ConsoleMessage(what, help: help)
    }
  }
}
