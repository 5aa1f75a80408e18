import Synchronization
import WordlengthCommand

/// A command with every kind of option, for the tests of the parser, the help and the dispatcher.
enum ProbeCommand: Command {
  static let capacity = CommandOption(
    "capacity", letter: "c", .memorySize, help: "the on-chip weight memory that the design may use",
    isRequired: true)
  static let widths = CommandOption(
    "widths", .list(.count(1...16)), help: "weight word lengths to try, in bits", default: [2, 3, 4, 8])
  static let layer = CommandOption(
    "layer", .text("NAME", "the name of a layer"), help: "a layer to report", repetition: .repeated)
  static let format = CommandOption(
    "format", .choice([("text", "text"), ("json", "json")], placeholder: "FORMAT"),
    help: "the form of the output",
    default: "text", influence: .presentationOnly)
  static let seed = CommandOption(
    "seed", .count(0 ... .max), help: "the seed of every random draw", default: 1)
  static let offset = CommandOption("offset", .count(-8...8), help: "a signed number")
  static let quiet = CommandFlag(
    "quiet", letter: "q", help: "print no progress", influence: .presentationOnly)
  static let exact = CommandFlag("exact", help: "search without a limit")

  static let syntax = CommandSyntax(
    name: "probe", summary: "shows what was asked for",
    discussion: [
      "It exists to be parsed, and its discussion is long enough to be wrapped on any ordinary terminal."
    ],
    operands: [
      OperandDeclaration("NETWORK", help: "a file or the name of a topology"),
      OperandDeclaration("FILE", help: "more files", count: 0...2),
    ],
    options: [
      capacity.declaration, widths.declaration, layer.declaration, format.declaration, seed.declaration,
      offset.declaration, quiet.declaration, exact.declaration,
    ],
    examples: [CommandExample("probe lenet-5 --capacity 64KiB", "Show LeNet-5 under 64 KiB:")])

  struct StrangeError: Error, CustomStringConvertible { var description: String { "strange" } }

  static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    switch arguments.operands[0] {
    case "fail":
      throw CommandFailure(ConsoleMessage("it failed", location: "a.json: x", expected: "y", help: "z"))
    case "interrupt": throw InterruptionError()
    case "strange": throw StrangeError()
    case "rule":
      throw UsageError(
        command: "probe", faults: [.rule(what: "a and b exclude each other", help: "give one")])
    case "check": return .failure
    default:
      console.output.write("ran\n")
      return .success
    }
  }
}

/// A console that keeps what is written.
final class Recording: Sendable {
  private let texts = Mutex((output: "", error: ""))
  var output: String { texts.withLock { $0.output } }
  var error: String { texts.withLock { $0.error } }

  func console(width: Int = 80, isTerminal: Bool = false) -> Console {
    Console(
      output: .init(isTerminal: isTerminal, width: { width }) { text in
        self.texts.withLock { $0.output += text }
      },
      error: .init(isTerminal: isTerminal, width: { width }) { text in
        self.texts.withLock { $0.error += text }
      })
  }
}
