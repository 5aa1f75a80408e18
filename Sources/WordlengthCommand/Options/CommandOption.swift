/// How often an option may be given.
package enum OptionRepetition: Hashable, Sendable {
  /// At most once.
  case once
  /// Any number of times; the values are kept in order.
  case repeated
}

/// Whether an option can change results, which decides whether a report names it.
package enum OptionInfluence: Hashable, Sendable {
  /// It belongs to the canonical command line of a report.
  case changesResults
  /// It changes only where and how results appear, such as `--threads` and `--output`.
  case presentationOnly
}

/// An option of a command without its type: what the parser and the help text need.
package struct OptionDeclaration: Sendable {
  /// The name without `--`.
  package let name: String
  /// One letter that may stand for it after a single `-`.
  package let letter: Character?
  /// What it does, for the help text, as a phrase without its default.
  package let help: String
  /// The word for its value; nil for a flag.
  package let placeholder: String?
  /// What a value must be; empty for a flag.
  package let expectation: String
  /// The canonical text of the value that holds where the option is not given.
  package let defaultText: String?
  /// Whether it must be given.
  package let isRequired: Bool
  /// How often it may be given.
  package let repetition: OptionRepetition
  /// Whether it can change results.
  package let influence: OptionInfluence
  /// The canonical text of a value's text, or why it is none.
  package let canonicalText: @Sendable (String) -> Result<String, ValueFault>
}

/// An option with a value.
package struct CommandOption<Value: Sendable>: Sendable {
  /// What the parser and the help text need.
  package let declaration: OptionDeclaration
  /// How its values are written.
  package let format: ValueFormat<Value>
  /// The value where it is not given, if it has one.
  package let defaultValue: Value?

  /// An option `--name VALUE`; with a default it is never required.
  package init(
    _ name: String, letter: Character? = nil, _ format: ValueFormat<Value>, help: String,
    default defaultValue: Value? = nil,
    isRequired: Bool = false, repetition: OptionRepetition = .once,
    influence: OptionInfluence = .changesResults
  ) {
    self.format = format
    self.defaultValue = defaultValue
    declaration = OptionDeclaration(
      name: name, letter: letter, help: help, placeholder: format.placeholder,
      expectation: format.expectation,
      defaultText: defaultValue.map(format.write), isRequired: isRequired && defaultValue == nil,
      repetition: repetition,
      influence: influence, canonicalText: { text in format.read(text).map(format.write) })
  }
}

/// An option without a value, which holds if it is given.
package struct CommandFlag: Sendable {
  /// What the parser and the help text need.
  package let declaration: OptionDeclaration

  /// A flag `--name`.
  package init(
    _ name: String, letter: Character? = nil, help: String, influence: OptionInfluence = .changesResults
  ) {
    declaration = OptionDeclaration(
      name: name, letter: letter, help: help, placeholder: nil, expectation: "", defaultText: nil,
      isRequired: false,
      repetition: .once, influence: influence, canonicalText: { .success($0) })
  }
}

/// The operands of a command: words that are no options, such as files.
package struct OperandDeclaration: Sendable {
  /// The word in the usage line, such as `NETWORK`.
  package let placeholder: String
  /// What it is.
  package let help: String
  /// How many there may be, such as `1...1`, or `1...Int.max` for one or more.
  package let count: ClosedRange<Int>

  /// Operands of one kind; a command's kinds are filled in order, each with as many as it may have.
  package init(_ placeholder: String, help: String, count: ClosedRange<Int> = 1...1) {
    self.placeholder = placeholder
    self.help = help
    self.count = count
  }
}

/// One way to use a command, shown in its help.
package struct CommandExample: Sendable {
  /// The command line after the program's name.
  package let line: String
  /// What it does.
  package let explanation: String

  /// An example.
  package init(_ line: String, _ explanation: String) {
    self.line = line
    self.explanation = explanation
  }
}

/// What a command accepts and what its help says.
package struct CommandSyntax: Sendable {
  /// The command's name.
  package let name: String
  /// What it does, in one line.
  package let summary: String
  /// More about it, in paragraphs.
  package let discussion: [String]
  /// Its operands.
  package let operands: [OperandDeclaration]
  /// Its options, in the order of the help text and of canonical command lines.
  package let options: [OptionDeclaration]
  /// Examples for the help text.
  package let examples: [CommandExample]

  /// The syntax of a command. Every command also has `--help`.
  /// - Precondition: No two options share a name or a letter.
  package init(
    name: String, summary: String, discussion: [String] = [], operands: [OperandDeclaration] = [],
    options: [OptionDeclaration] = [], examples: [CommandExample] = []
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.operands = operands
    self.options = options + [Self.help]
    self.examples = examples
    let names = self.options.map(\.name) + self.options.compactMap { $0.letter.map { "-\($0)" } }
    precondition(Set(names).count == names.count, "options of \(name) share a name: \(names)")
  }

  /// The option `--help` of every command.
  private static let help = CommandFlag(
    "help", letter: "h", help: "print this help", influence: .presentationOnly
  ).declaration
}
