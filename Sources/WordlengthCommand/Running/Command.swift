import Reporting
import Reproducibility

/// One command of the program. A command is one type in one file, named in `allCommands`.
package protocol Command: Sendable {
  /// What it accepts and what its help says.
  static var syntax: CommandSyntax { get }

  /// Does what the arguments ask for.
  ///
  /// Thrown errors end the command: `UsageError` with status 2, `CommandFailure` and any other with status 1, and
  /// `InterruptionError` with status 130.
  static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus
}

/// The program: picks the command, and turns every way a command can end into messages and an exit status.
package struct CommandDispatcher: Sendable {
  /// The commands, in the order of the help text.
  package let commands: [any Command.Type]
  /// Where everything is printed.
  package let console: Console

  /// The version that `--version` prints, by semantic versioning.
  package static let version = "0.1.0"

  /// A program of these commands.
  package init(commands: [any Command.Type], console: Console) {
    self.commands = commands
    self.console = console
  }

  /// Obeys the words after the program's name.
  package func run(_ words: [String]) -> CommandStatus {
    guard let first = words.first else {
      console.output.write(help)
      return .success
    }
    switch first {
    case "--help", "-h": return printHelp(words.dropFirst())
    case "help": return printHelp(words.dropFirst())
    case "--version":
      console.output.write("wordlength \(Self.version)\n")
      return .success
    default: break
    }
    guard let command = command(first) else { return reject(unknown(first)) }
    do {
      switch try command.syntax.parse(Array(words.dropFirst())) {
      case .help:
        console.output.write(command.syntax.help(width: console.output.width()))
        return .success
      case .run(let arguments): return try command.run(arguments, console: console)
      }
    } catch let error as UsageError {
      return reject(error)
    } catch let error as CommandFailure {
      for message in error.messages { console.report(message, .error) }
      return .failure
    } catch is InterruptionError {
      console.report(ConsoleMessage("interrupted"), .error)
      return .interrupted
    } catch {
      console.report(ConsoleMessage("\(error)"), .error)
      return .failure
    }
  }

  /// The help text of the program: its commands, and where to read on.
  package var help: String {
    let width = max(40, console.output.width())
    let introduction =
      "Wordlength trains, quantizes, executes and prices neural networks for fixed-point hardware, bit for bit."
    var lines = introduction.wrapped(to: width) + [""]
    lines += ["Usage:", "  wordlength COMMAND [options]", ""]
    if !commands.isEmpty {
      lines += HelpRow.section(
        "Commands:", commands.map { HelpRow(term: $0.syntax.name, text: $0.syntax.summary) }, width: width)
    }
    lines += HelpRow.section(
      "Options:",
      [
        HelpRow(term: "--help", text: "print this help; after a command, print that command's help"),
        HelpRow(term: "--version", text: "print the version"),
      ], width: width)
    return lines.dropLast().map { $0 + "\n" }.joined()
  }

  private func printHelp(_ words: ArraySlice<String>) -> CommandStatus {
    guard let name = words.first else {
      console.output.write(help)
      return .success
    }
    guard let command = command(name) else { return reject(unknown(name)) }
    console.output.write(command.syntax.help(width: console.output.width()))
    return .success
  }

  private func command(_ name: String) -> (any Command.Type)? { commands.first { $0.syntax.name == name } }

  private func unknown(_ name: String) -> UsageError {
    if name.hasPrefix("-") {
      return UsageError(
        command: nil,
        faults: [.unknownOption(name, nearest: nearestName(to: name, among: ["--help", "--version"]))])
    }
    return UsageError(
      command: nil,
      faults: [.unknownCommand(name, nearest: nearestName(to: name, among: commands.map { $0.syntax.name }))])
  }

  private func reject(_ error: UsageError) -> CommandStatus {
    for message in error.messages { console.report(message, .error) }
    console.error.write("Run \"\(error.helpLine)\" for help.\n")
    return .usage
  }
}
