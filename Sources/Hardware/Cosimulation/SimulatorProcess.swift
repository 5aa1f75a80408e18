import Foundation

/// A Verilog simulator that can run the twin.
public enum Simulator: String, Sendable, Hashable, CaseIterable {
  /// Icarus Verilog: `iverilog` and `vvp`. Starts at once, runs slowly.
  case icarus
  /// Verilator with a C++ compiler and `make`: takes seconds to build, runs fast.
  case verilator

  /// The programs that it needs.
  package var programs: [String] {
    switch self {
    case .icarus: ["iverilog", "vvp"]
    case .verilator: ["verilator", "make", "g++"]
    }
  }

  /// The first of its programs that is missing on this system, or nil.
  package var missingProgram: String? { programs.first { ChildProcess.path(of: $0) == nil } }

  /// How to get it.
  var installation: String {
    switch self {
    case .icarus:
      "install Icarus Verilog (Debian, Ubuntu: apt-get install iverilog; macOS: brew install icarus-verilog)"
    case .verilator:
      "install Verilator 5 (Debian, Ubuntu: apt-get install verilator g++ make; macOS: brew install verilator)"
    }
  }
}

/// A co-simulation that did not come to a result.
public enum CosimulationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A program is not on the path.
  case simulatorMissing(program: String, installation: String)
  /// A program ended with a failure.
  case simulatorFailed(program: String, status: Int32, lastLines: [String])
  /// The simulation printed a line that is none of the bench's.
  case unreadableLine(String)
  /// A file of the simulation cannot be written or read.
  case file(path: String, reason: String)

  /// The whole message.
  public var description: String {
    switch self {
    case .simulatorMissing(let program, let installation):
      "\(program) is not on the path; \(installation)"
    case .simulatorFailed(let program, let status, let lines):
      "\(program) ended with status \(status):\n" + lines.map { "    \($0)" }.joined(separator: "\n")
    case .unreadableLine(let line): "the simulation printed \"\(line)\", which is no line of the test bench"
    case .file(let path, let reason): "\(path): \(reason)"
    }
  }
}

/// A program that is run to its end in a directory.
struct ChildProcess {
  let program: String
  let arguments: [String]
  let directory: URL

  /// The path of `program`, or nil if no directory of `PATH` has it.
  static func path(of program: String) -> String? {
    if program.contains("/") { return program }
    return (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs it with its output going to `log` in the directory, and gives the log.
  /// - Throws: `simulatorMissing`, or `simulatorFailed` with the log's last lines.
  func run(log name: String, installation: String) throws(CosimulationError) -> String {
    guard let path = Self.path(of: program) else {
      throw .simulatorMissing(program: program, installation: installation)
    }
    let log = directory.appendingPathComponent(name)
    let process = Process()
    do {
      // A file: a pipe would fill up while nobody reads it.
      try Data().write(to: log)
      let handle = try FileHandle(forWritingTo: log)
      defer { try? handle.close() }
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
      process.currentDirectoryURL = directory
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = handle
      process.standardError = handle
      try process.run()
      process.waitUntilExit()
      let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
      if process.terminationReason == .exit, process.terminationStatus == 0 { return text }
      throw CosimulationError.simulatorFailed(
        program: program, status: process.terminationStatus,
        lastLines: text.split(whereSeparator: \.isNewline).suffix(8).map(String.init))
    } catch let error as CosimulationError {
      throw error
    } catch {
      throw .file(path: log.path, reason: error.localizedDescription)
    }
  }
}
