import Testing
import WordlengthCommand

@Suite("The command line parser")
struct CommandLineParserTests {
  private func arguments(_ line: String) throws -> CommandArguments {
    switch try ProbeCommand.syntax.parse(line.split(separator: " ").map(String.init)) {
    case .run(let arguments): return arguments
    case .help: throw UsageError(command: nil, faults: [])
    }
  }

  private func faults(_ line: String) -> [UsageError.Fault] {
    do {
      _ = try arguments(line)
      return []
    } catch let error as UsageError { return error.faults } catch { return [] }
  }

  @Test(
    "An option reads the same however its value is attached",
    arguments: [
      "net --capacity 64KiB", "net --capacity=64KiB", "net -c 64KiB", "net -c=64KiB", "--capacity 64KiB net",
      "-c 512Kib -- net",
    ])
  func spellings(_ line: String) throws {
    let arguments = try arguments(line)
    #expect(arguments.required(ProbeCommand.capacity) == 524_288)
    #expect(arguments.operands == ["net"])
  }

  @Test("What is not given has its default, or is absent")
  func defaults() throws {
    let arguments = try arguments("net -c 1KiB")
    #expect(arguments.required(ProbeCommand.widths) == [2, 3, 4, 8])
    #expect(arguments.value(ProbeCommand.offset) == nil)
    #expect(arguments.values(ProbeCommand.layer) == [])
    #expect(!arguments.contains(ProbeCommand.quiet) && !arguments.contains(ProbeCommand.seed))
  }

  @Test("A repeated option keeps its values in order")
  func repetition() throws {
    #expect(
      try arguments("net -c 1KiB --layer b --layer a --layer b").values(ProbeCommand.layer) == [
        "b", "a", "b",
      ])
  }

  @Test("Negative numbers are values and not options, and words after -- are operands")
  func dashes() throws {
    #expect(try arguments("net -c 1KiB --offset -3").value(ProbeCommand.offset) == -3)
    #expect(try arguments("net -c 1KiB --offset=-3").value(ProbeCommand.offset) == -3)
    #expect(try arguments("-c 1KiB -- --net -x").operands == ["--net", "-x"])
    #expect(try arguments("- -c 1KiB").operands == ["-"])
  }

  @Test("Every fault of a line is reported, in its order")
  func allFaults() {
    let found = faults(
      "a b c d --capasity 64KiB --widths 2,x,4 --seed --quiet=yes --format yaml --format text --offset 99")
    let kinds = found.map { fault in
      switch fault {
      case .unknownCommand: "command"
      case .unknownOption(let name, let nearest): "\(name) -> \(nearest ?? "")"
      case .missingValue(let option, _): "\(option) without"
      case .unwantedValue(let flag, _): "\(flag) with"
      case .badValue(let option, let text, _, _, _): "\(option) \(text)"
      case .repeatedOption(let option): "\(option) again"
      case .missingOption(let option, _): "\(option) missing"
      case .missingOperand(let name, _): "\(name) missing"
      case .unexpectedOperand(let word): "extra \(word)"
      case .rule: "rule"
      }
    }
    #expect(
      kinds == [
        "--capasity -> --capacity", "--widths 2,x,4", "--seed without", "--quiet with", "--format yaml",
        "--format again", "--offset 99", "extra d",
      ])
  }

  @Test("Missing options and operands are reported")
  func missing() {
    #expect(faults("").count == 2)
    #expect(faults("net").map(\.message.what) == ["--capacity is missing"])
    #expect(faults("--capacity 1KiB").map(\.message.what) == ["NETWORK is missing"])
    #expect(faults("net --capacity").map(\.message.what) == ["--capacity has no value"])
    #expect(faults("net --capacity --quiet").map(\.message.what) == ["--capacity has no value"])
  }

  @Test("One dash too few is recognized, and a name unlike any has no suggestion")
  func nearestNames() {
    #expect(faults("net -c 1KiB -exact") == [.unknownOption("-exact", nearest: "--exact")])
    #expect(faults("net -c 1KiB --zzzzzzzzzzz") == [.unknownOption("--zzzzzzzzzzz", nearest: nil)])
  }

  @Test("Help is given whatever else is wrong")
  func helpWins() throws {
    for line in [["--help"], ["-h"], ["--nonsense", "--help"], ["--capacity", "1", "-h"]] {
      guard case .help = try ProbeCommand.syntax.parse(line) else {
        Issue.record("\(line) is not help")
        continue
      }
    }
    guard case .run = try ProbeCommand.syntax.parse(["-c", "1KiB", "--", "--help"]) else {
      Issue.record("an operand is not help")
      return
    }
  }

  @Test(
    "The canonical line names what changes results, once and in one order, and reads back as itself",
    arguments: [
      ("net -q --seed 7 --capacity 65536B --format json", "wordlength probe --capacity 64KiB --seed 7 net"),
      ("--exact --widths 2,3,4,8 -c=0.5MiB --seed 1 net", "wordlength probe --capacity 512KiB --exact net"),
      (
        "net --layer b --layer a -c 4097b --widths=08,4",
        "wordlength probe --capacity 4097b --widths 8,4 --layer b --layer a net"
      ),
      ("-c 1KiB -- -net", "wordlength probe --capacity 1KiB -- -net"),
    ])
  func canonical(_ line: String, _ expected: String) throws {
    let canonical = try arguments(line).canonicalCommandLine
    #expect(canonical == expected)
    let again = canonical.split(separator: " ").dropFirst(2).joined(separator: " ")
    #expect(try arguments(again).canonicalCommandLine == canonical)
  }

  @Test("Words that a shell would change are quoted")
  func quoting() throws {
    guard case .run(let arguments) = try ProbeCommand.syntax.parse(["my net's $HOME", "-c", "1KiB"]) else {
      return
    }
    #expect(arguments.canonicalCommandLine == "wordlength probe --capacity 1KiB 'my net'\\''s $HOME'")
  }

  @Test("The help names every option and operand, and fits the terminal", arguments: 40...160)
  func helpFits(_ width: Int) {
    let help = ProbeCommand.syntax.help(width: width)
    for option in ProbeCommand.syntax.options { #expect(help.contains("--\(option.name)")) }
    for operand in ProbeCommand.syntax.operands { #expect(help.contains(operand.placeholder)) }
    #expect(help.contains("    wordlength probe lenet-5 --capacity 64KiB\n"))
    #expect(help.contains("default:") && help.contains("required"))
    for line in help.split(separator: "\n") where !line.contains("lenet-5") {
      #expect(line.count <= width, "\(line)")
    }
  }
}
