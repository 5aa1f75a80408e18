/// A message to the user: what happened, where, what was expected, and what helps.
package struct ConsoleMessage: Hashable, Sendable {
  /// How grave it is.
  package enum Severity: String, Sendable {
    /// The command cannot go on.
    case error
    /// The result is as asked, but something deserves attention.
    case note
  }

  /// What happened.
  package let what: String
  /// The file and line, JSON path or layer.
  package let location: String?
  /// What was expected.
  package let expected: String?
  /// What helps.
  package let help: String?

  /// A message.
  package init(_ what: String, location: String? = nil, expected: String? = nil, help: String? = nil) {
    self.what = what
    self.location = location
    self.expected = expected
    self.help = help
  }

  /// The message as printed: `wordlength: error: WHERE: WHAT`, and indented lines for what was expected and what helps.
  package func text(_ severity: Severity) -> String {
    var text = "wordlength: \(severity.rawValue): " + (location.map { "\($0): " } ?? "") + what + "\n"
    if let expected { text += "  expected: \(expected)\n" }
    if let help { text += "  help: \(help)\n" }
    return text
  }
}

/// A run that failed, with what the user needs to know. Exit status 1.
package struct CommandFailure: Error, Hashable, Sendable {
  /// The messages, at least one.
  package let messages: [ConsoleMessage]

  /// A failure with its message.
  package init(_ message: ConsoleMessage) { messages = [message] }

  /// A failure with all its messages.
  /// - Precondition: There is at least one.
  package init(messages: [ConsoleMessage]) {
    precondition(!messages.isEmpty, "a failure without a message")
    self.messages = messages
  }
}

/// How a process ends.
package enum CommandStatus: Int32, Sendable {
  /// The command did what was asked.
  case success = 0
  /// A check or a run failed.
  case failure = 1
  /// The command line cannot be obeyed.
  case usage = 2
  /// The user interrupted the run: 128 + SIGINT, as shells report it.
  case interrupted = 130
}
