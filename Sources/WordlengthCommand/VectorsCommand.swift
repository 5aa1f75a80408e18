import FixedPoint
import Foundation
import Reproducibility

/// `wordlength vectors`: writes arithmetic vectors for other people's hardware, and the documentation of the modes.
package enum VectorsCommand: Command {
  private static let first = CommandOption(
    "first", .fixedPointFormat, help: "the first operand's format, or the only one's")
  private static let second = CommandOption("second", .fixedPointFormat, help: "the second operand's format")
  private static let result = CommandOption(
    "result", .fixedPointFormat, help: "the result's format, where it does not follow the operands")
  private static let rounding = CommandOption(
    "rounding", .all(Rounding.allCases, .list(.roundingRule)),
    help: "rounding rules, by their HLS names or ours, or all", default: [.down])
  private static let overflow = CommandOption(
    "overflow", .all(Overflow.sharedByVendors, .list(.overflowMode)),
    help: "overflow modes, by their HLS names, or all four that both HLS libraries have", default: [.wrap])
  private static let exhaustiveBits = CommandOption(
    "exhaustive-bits", .count(0...24), help: "enumerate operands that have together at most so many bits",
    default: 12)
  private static let rows = CommandOption(
    "rows", .count(0...10_000_000),
    help: "rows drawn for each pair of modes where operands are not enumerated",
    default: 1000)
  private static let steps = CommandOption(
    "steps", .count(1...1_000_000), help: "steps of each multiply-accumulate", default: 8)
  private static let seed = CommandOption(
    "seed", .count(0 ... .max), help: "the seed of the draws", default: 1)
  private static let name = CommandOption(
    "name", .text("NAME", "a name of letters, digits and _"), help: "the stem of file and module names",
    default: "vectors", influence: .presentationOnly)
  private static let verilog = CommandFlag(
    "verilog", help: "also write $readmemh images, self-checking benches and reference modules")
  private static let output = CommandOption(
    "output", letter: "o", .text("DIR", "a directory"),
    help: "write files there; without it the CSV goes to standard output", influence: .presentationOnly)
  private static let document = CommandOption(
    "document", .text("DIR", "a directory"),
    help: "write tables and plots of every mode there, and no vectors", influence: .presentationOnly)

  /// What it accepts and what its help says.
  package static let syntax = CommandSyntax(
    name: "vectors", summary: "write arithmetic test vectors for other people's hardware",
    discussion: [
      "OPERATION is one of \(VectorOperation.allCases.map(\.rawValue).joined(separator: ", ")). Small operands are "
        + "enumerated; for larger ones boundary patterns are crossed with each other and with seeded draws. The "
        + "CSV is what \"wordlength verify\" reads.",
      "With --verilog each pair of modes gets NAME.hex, NAME_bench.v and NAME_reference.v; Icarus runs them with "
        + "\"iverilog -g2012 -DDUT=your_module NAME_bench.v your_module.v\".",
    ],
    operands: [OperandDeclaration("OPERATION", help: "what is computed", count: 0...1)],
    options: [
      first.declaration, second.declaration, result.declaration, rounding.declaration, overflow.declaration,
      exhaustiveBits.declaration, rows.declaration, steps.declaration, seed.declaration, verilog.declaration,
      name.declaration, output.declaration, document.declaration,
    ],
    examples: [
      CommandExample(
        "vectors mul_assign --first sfix8_En4 --second sfix8_En4 --result sfix8_En4 --rounding RND_CONV "
          + "--overflow SAT --verilog -o out", "A multiplier with its bench:"),
      CommandExample("vectors add --first ufix4 --second sfix4_En2", "All sums of two small formats:"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    if let path = arguments.value(document) {
      if let operation = arguments.operands.first {
        throw usage("\(operation) and --document exclude each other", "leave one of them out")
      }
      let directory = try OutputDirectory(claiming: path)
      for file in ModeDocumentation.files { try directory.write(file.text, to: file.name) }
      return .success
    }
    guard let word = arguments.operands.first else {
      throw UsageError(command: "vectors", faults: [.missingOperand("OPERATION", help: "what is computed")])
    }
    let recipe = try recipe(word, arguments)
    let stem = arguments.required(name)
    guard stem.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
      throw usage("--name: \"\(stem)\" cannot name a Verilog module", "use letters, digits and _")
    }
    let csv = try recipe.csv()
    guard let path = arguments.value(output) else {
      if arguments.contains(verilog) { throw usage("--verilog needs a directory", "add --output DIR") }
      console.output.write(csv)
      return .success
    }
    var files = [(name: "\(stem).csv", text: csv)]
    if arguments.contains(verilog) {
      for bench in try benches(recipe, stem) {
        files += [
          ("\(bench.name).hex", bench.memory), ("\(bench.name)_bench.v", bench.bench),
          ("\(bench.name)_reference.v", bench.reference),
        ]
      }
    }
    let directory = try OutputDirectory(claiming: path)
    for file in files { try directory.write(file.text, to: file.name) }
    return .success
  }

  private static func recipe(_ word: String, _ arguments: CommandArguments) throws(UsageError) -> VectorRecipe
  {
    guard let operation = VectorOperation(rawValue: word) else {
      let words = VectorOperation.allCases.map(\.rawValue)
      let nearest = nearestName(to: word, among: words).map { "did you mean \"\($0)\"?" }
      throw usage(
        "\"\(word)\" is not an operation", nearest ?? "use one of \(words.joined(separator: ", "))")
    }
    do {
      return try VectorRecipe(
        operation, first: arguments.value(first), second: arguments.value(second),
        destination: arguments.value(result), roundings: arguments.required(rounding),
        overflows: arguments.required(overflow), exhaustiveBits: arguments.required(exhaustiveBits),
        drawnRows: arguments.required(rows), steps: arguments.required(steps),
        seed: UInt64(arguments.required(seed)))
    } catch {
      throw usage(error.description, "operands are --first and --second, the result's format is --result")
    }
  }

  private static func benches(_ recipe: VectorRecipe, _ stem: String) throws(UsageError) -> [VerilogBench] {
    do {
      return try VerilogBench.benches(for: recipe, name: stem)
    } catch {
      throw usage(error.description, "leave --verilog out, or change the formats")
    }
  }

  private static func usage(_ what: String, _ help: String) -> UsageError {
    UsageError(command: "vectors", faults: [.rule(what: what, help: help)])
  }
}

extension ValueFormat where Value == FixedPointFormat {
  /// A number format, as MATLAB or HLS spell it.
  fileprivate static var fixedPointFormat: ValueFormat {
    ValueFormat(
      placeholder: "FORMAT", expectation: "a number format, such as sfix8_En4 or ap_fixed<8,4>",
      read: { text in
        do throws(FormatError) {
          return .success(try FixedPointFormat(parsing: text))
        } catch {
          switch error.reason {
          case .unreadable(_, let expected):
            return .failure(ValueFault("is not a number format", help: "write \(expected)"))
          case .wordLengthOutOfRange, .fractionLengthOutOfRange:
            return .failure(ValueFault("is not possible", help: error.description))
          }
        }
      }, write: \.description)
  }
}

extension ValueFormat where Value == Rounding {
  fileprivate static var roundingRule: ValueFormat {
    let names = Rounding.allCases.map(\.vectorName)
    return ValueFormat(
      placeholder: "RULE", expectation: "one of \(names.joined(separator: ", "))",
      read: { text in
        if let rule = Rounding(named: text) { return .success(rule) }
        let nearest = nearestName(to: text, among: names + Rounding.allCases.map(\.rawValue))
        return .failure(ValueFault("is not a rounding rule", help: nearest.map { "did you mean \"\($0)\"?" }))
      }, write: \.vectorName)
  }
}

extension ValueFormat where Value == Overflow {
  fileprivate static var overflowMode: ValueFormat {
    ValueFormat(
      placeholder: "MODE", expectation: "one of WRAP, SAT, SAT_SYM, SAT_ZERO, WRAP:n, WRAP_SM:n",
      read: { text in
        Overflow(named: text).map { .success($0) } ?? .failure(ValueFault("is not an overflow mode"))
      }, write: \.hlsName)
  }
}

extension ValueFormat {
  /// Values by `format`, or the word `all` for `every`.
  fileprivate static func all<Element: Equatable & Sendable>(
    _ every: [Element], _ format: ValueFormat<[Element]>
  ) -> ValueFormat where Value == [Element] {
    ValueFormat(
      placeholder: format.placeholder, expectation: "\(format.expectation), or all",
      read: { $0 == "all" ? .success(every) : format.read($0) },
      write: { $0 == every ? "all" : format.write($0) })
  }
}
