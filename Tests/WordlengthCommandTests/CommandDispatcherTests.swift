import Foundation
import Testing
import WordlengthCommand

@Suite("The program")
struct CommandDispatcherTests {
  private func run(_ line: String, width: Int = 80) -> (status: CommandStatus, output: String, error: String)
  {
    let recording = Recording()
    let dispatcher = CommandDispatcher(
      commands: [ProbeCommand.self], console: recording.console(width: width))
    let status = dispatcher.run(line.split(separator: " ").map(String.init))
    return (status, recording.output, recording.error)
  }

  @Test(
    "Each way to end has its exit status, and only success is silent on standard error",
    arguments: [
      ("probe net -c 1KiB", CommandStatus.success), ("probe check -c 1KiB", .failure),
      ("probe fail -c 1KiB", .failure),
      ("probe strange -c 1KiB", .failure), ("probe interrupt -c 1KiB", .interrupted),
      ("probe rule -c 1KiB", .usage),
      ("probe", .usage), ("prob", .usage), ("--nonsense", .usage), ("help nonsense", .usage), ("", .success),
      ("--help", .success),
      ("--version", .success), ("help", .success), ("help probe", .success), ("probe --help", .success),
    ])
  func statuses(_ line: String, _ status: CommandStatus) {
    let result = run(line)
    #expect(result.status == status)
    switch status {
    case .success: #expect(result.error == "" && result.output != "")
    case .failure where line.hasPrefix("probe check"): #expect(result.error == "")
    case .failure, .usage, .interrupted:
      #expect(result.output == "" && result.error.hasPrefix("wordlength: error: "), "\(result)")
    }
  }

  @Test("A failure says where, what, what was expected, and what helps")
  func failureText() {
    #expect(
      run("probe fail -c 1KiB").error == "wordlength: error: a.json: x: it failed\n  expected: y\n  help: z\n"
    )
  }

  @Test("Usage faults are printed all together, with where to find help")
  func usageText() {
    #expect(
      run("probe net --capacity 4096 --widts 3").error == """
        wordlength: error: --capacity: "4096" has no unit
          expected: a size with its unit, such as 64KiB (bytes) or 512Kib (bits)
          help: write 4096B for bytes, 4096b for bits, or 4096KiB for 1024 bytes each
        wordlength: error: unknown option --widts
          help: did you mean --widths?
        Run "wordlength probe --help" for help.

        """)
    #expect(run("prob").error.contains("did you mean \"probe\"?"))
  }

  @Test("The program's help lists every command and fits the terminal", arguments: [40, 80, 120])
  func helpText(_ width: Int) {
    let help = run("", width: width).output
    #expect(help.contains("  probe  shows what was asked for\n"))
    for line in help.split(separator: "\n") { #expect(line.count <= width) }
  }
}

@Suite("The built program")
struct BuiltProgramTests {
  /// The program beside the test bundle.
  private static let binary: URL = {
    let bundle =
      Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL ?? Bundle.main.executableURL
    let folder = (bundle ?? URL(fileURLWithPath: CommandLine.arguments[0])).deletingLastPathComponent()
    return folder.appendingPathComponent("wordlength")
  }()

  private func run(_ arguments: [String]) throws -> (status: Int32, output: String, error: String) {
    let process = Process()
    process.executableURL = Self.binary
    process.arguments = arguments
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    try process.run()
    // The texts are far smaller than a pipe holds, so the order of reading cannot block.
    let texts = [output, error].map {
      String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    process.waitUntilExit()
    return (process.terminationStatus, texts[0], texts[1])
  }

  @Test("It answers on standard output with status 0")
  func answers() throws {
    #expect(try run(["--version"]) == (0, "wordlength \(CommandDispatcher.version)\n", ""))
    for arguments in [[], ["--help"], ["help"]] {
      let result = try run(arguments)
      #expect(result.status == 0 && result.error == "" && result.output.contains("wordlength COMMAND"))
    }
  }

  @Test("It refuses on standard error with status 2")
  func refuses() throws {
    for arguments in [["nonsense"], ["--nonsense"], ["help", "nonsense"]] {
      let result = try run(arguments)
      #expect(
        result.status == 2 && result.output == "" && result.error.hasPrefix("wordlength: error: unknown "))
    }
  }

  @Test("Every command of the program has a help text that names it")
  func commandsHaveHelp() throws {
    for command in allCommands {
      let result = try run([command.syntax.name, "--help"])
      #expect(result.status == 0 && result.output.contains("wordlength \(command.syntax.name)"))
    }
  }
}
