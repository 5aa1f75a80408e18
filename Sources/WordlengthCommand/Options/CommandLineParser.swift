import Reproducibility

/// What a command line asks for.
package enum CommandRequest: Sendable {
  /// The command's help.
  case help
  /// The command itself.
  case run(CommandArguments)
}

extension CommandSyntax {
  /// Reads the words after the command's name.
  ///
  /// Options are `--name VALUE`, `--name=VALUE` or `-x VALUE`, flags `--name` or `-x`, anywhere among the operands; after `--`
  /// every word is an operand. A value may start with `-` only after `=` or if it is a number. `--help` anywhere wins over any fault.
  /// - Throws: `UsageError` with every fault.
  package func parse(_ words: [String]) throws(UsageError) -> CommandRequest {
    var reading = CommandLineReading(syntax: self)
    reading.read(words)
    if reading.given["help"] != nil { return .help }
    reading.checkRequirements()
    guard reading.faults.isEmpty else { throw UsageError(command: name, faults: reading.faults) }
    return .run(CommandArguments(syntax: self, given: reading.given, operands: reading.operands))
  }
}

/// The state of reading one command line.
private struct CommandLineReading {
  let syntax: CommandSyntax
  var given: [String: [String]] = [:]
  var operands: [String] = []
  var faults: [UsageError.Fault] = []
  /// Options with a fault, which are not also reported as missing.
  private var mentioned: Set<String> = []

  init(syntax: CommandSyntax) { self.syntax = syntax }

  mutating func read(_ words: [String]) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        return
      }
      guard word.hasPrefix("-") && word != "-" && Double(word) == nil else {
        operands.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = declaration(parts[0]) else {
        let near = nearest(parts[0])
        faults.append(.unknownOption(parts[0], nearest: near))
        // The next word is its value where the option that was meant takes one; left as an operand it would be a second fault.
        let takesValue = near.flatMap(declaration).map { $0.placeholder != nil } ?? (operandLimit == 0)
        if let near { mentioned.insert(String(near.drop { $0 == "-" })) }
        if parts.count == 1, takesValue, let next = rest.first, !next.hasPrefix("-") { rest.removeFirst() }
        continue
      }
      let shown = "--\(option.name)"
      let isRepeated = !mentioned.insert(option.name).inserted
      var value = parts.count == 2 ? parts[1] : nil
      if option.placeholder == nil {
        if let value { faults.append(.unwantedValue(flag: shown, value: value)) }
        // Saying a flag twice says nothing else than saying it once.
        given[option.name] = [""]
        continue
      }
      if value == nil, let next = rest.first, next == "-" || !next.hasPrefix("-") || Double(next) != nil {
        value = rest.removeFirst()
      }
      if isRepeated && option.repetition == .once {
        let fault = UsageError.Fault.repeatedOption(shown)
        if !faults.contains(fault) { faults.append(fault) }
      }
      guard let value else {
        faults.append(.missingValue(option: shown, expected: option.expectation))
        continue
      }
      switch option.canonicalText(value) {
      case .success: given[option.name, default: []].append(value)
      case .failure(let fault):
        faults.append(
          .badValue(
            option: shown, text: value, what: fault.what, expected: option.expectation, help: fault.help))
      }
    }
  }

  mutating func checkRequirements() {
    for option in syntax.options where option.isRequired && !mentioned.contains(option.name) {
      faults.append(.missingOption("--\(option.name)", expected: option.expectation))
    }
    var filled = 0
    for operand in syntax.operands {
      if operands.count - filled < operand.count.lowerBound {
        faults.append(.missingOperand(operand.placeholder, help: operand.help))
      }
      filled = min(
        operands.count,
        filled.addingReportingOverflow(operand.count.upperBound).overflow
          ? .max : filled + operand.count.upperBound)
    }
    faults += operands.dropFirst(operandLimit).map { .unexpectedOperand($0) }
  }

  /// How many operands the command takes at most.
  private var operandLimit: Int {
    syntax.operands.reduce(0) { sum, operand in
      let (total, isOverflowing) = sum.addingReportingOverflow(operand.count.upperBound)
      return isOverflowing ? .max : total
    }
  }

  private func declaration(_ word: String) -> OptionDeclaration? {
    syntax.options.first { option in
      word == "--\(option.name)" || option.letter.map { word == "-\($0)" } ?? false
    }
  }

  private func nearest(_ word: String) -> String? {
    // One dash too few is the likeliest slip.
    if declaration("-" + word) != nil { return "-" + word }
    return nearestName(to: String(word.drop { $0 == "-" }), among: syntax.options.map(\.name)).map {
      "--\($0)"
    }
  }
}
