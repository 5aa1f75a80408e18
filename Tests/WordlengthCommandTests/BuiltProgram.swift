import Foundation

/// The built program beside the test bundle, run in a process of its own.
struct BuiltProgram {
  /// What a run came to.
  struct Outcome {
    let status: Int32
    let output: String
    let error: String
  }

  static let binary: URL = {
    let bundle =
      Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL ?? Bundle.main.executableURL
    let folder = (bundle ?? URL(fileURLWithPath: CommandLine.arguments[0])).deletingLastPathComponent()
    return folder.appendingPathComponent("wordlength")
  }()

  /// A new empty directory; the caller removes it.
  static func temporaryDirectory() throws -> URL {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("wordlength-test-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  /// Starts the program in `directory`; its streams go to the files `output` and `error` there, so that no pipe can
  /// fill up. `environment` is added to the test's own.
  static func start(
    _ arguments: [String], in directory: URL, environment: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = directory
    process.standardInput = FileHandle.nullDevice
    for (name, set) in [
      ("output", { process.standardOutput = $0 }), ("error", { process.standardError = $0 }),
    ] as [(String, (FileHandle) -> Void)] {
      let file = directory.appendingPathComponent(name)
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
      set(try FileHandle(forWritingTo: file))
    }
    try process.run()
    return process
  }

  static func outcome(of process: Process, in directory: URL) throws -> Outcome {
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: directory.appendingPathComponent(name)), as: UTF8.self)
    }
    return Outcome(status: process.terminationStatus, output: try text("output"), error: try text("error"))
  }

  static func run(
    _ arguments: [String], in directory: URL, environment: [String: String] = [:]
  ) throws -> Outcome {
    try outcome(of: try start(arguments, in: directory, environment: environment), in: directory)
  }
}
