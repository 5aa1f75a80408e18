/// The options and operands of one command line, all of them checked.
package struct CommandArguments: Sendable {
  /// The syntax they obey.
  package let syntax: CommandSyntax
  /// The texts given for each option, by its name, in order.
  private let given: [String: [String]]
  /// The words that are no options, in order.
  package let operands: [String]

  init(syntax: CommandSyntax, given: [String: [String]], operands: [String]) {
    self.syntax = syntax
    self.given = given
    self.operands = operands
  }

  /// Whether a flag was given.
  package func contains(_ flag: CommandFlag) -> Bool { given[flag.declaration.name] != nil }

  /// Whether an option was given, rather than left to its default.
  package func contains<Value>(_ option: CommandOption<Value>) -> Bool {
    given[option.declaration.name] != nil
  }

  /// The option's value, or its default, or nil where it has neither.
  package func value<Value>(_ option: CommandOption<Value>) -> Value? {
    values(option).last ?? option.defaultValue
  }

  /// The value of an option that is required or has a default.
  /// - Precondition: The option is declared so, and is one of the command's.
  package func required<Value>(_ option: CommandOption<Value>) -> Value {
    guard let value = value(option) else {
      preconditionFailure("--\(option.declaration.name) is neither required nor has a default")
    }
    return value
  }

  /// The values of an option in the order given; empty where it was not given, whatever its default.
  package func values<Value>(_ option: CommandOption<Value>) -> [Value] {
    given[option.declaration.name, default: []].compactMap { text in
      switch option.format.read(text) {
      case .success(let value): value
      // The parser has read every text once, and reading depends on nothing else.
      case .failure(let fault): preconditionFailure("--\(option.declaration.name) \(text): \(fault.what)")
      }
    }
  }

  /// The command line in canonical form: what can change results, each value in its one spelling, options in the order of
  /// their declaration and only where they differ from their defaults, and words quoted for a POSIX shell where they need it.
  package var canonicalCommandLine: String {
    var words = ["wordlength", syntax.name]
    for option in syntax.options where option.influence == .changesResults {
      for text in given[option.name, default: []] {
        guard option.placeholder != nil else {
          words.append("--\(option.name)")
          continue
        }
        let canonical = (try? option.canonicalText(text).get()) ?? text
        if option.repetition == .once && canonical == option.defaultText { continue }
        words += ["--\(option.name)", canonical]
      }
    }
    if operands.contains(where: { $0.hasPrefix("-") }) { words.append("--") }
    return (words + operands).map(Self.quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let plain = "-._/,:=+@%"
    if !word.isEmpty
      && word.allSatisfy({ ($0.isASCII && ($0.isLetter || $0.isNumber)) || plain.contains($0) })
    {
      return word
    }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
