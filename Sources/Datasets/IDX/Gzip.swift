import Dispatch
import Foundation
import Reproducibility

/// Files that may be gzipped. The system's `gzip` does the work.
enum Gzip {
  /// The bytes of `file`, decompressed if it starts with the two magic bytes of RFC 1952.
  static func contents(of file: URL) throws(DatasetError) -> Data {
    let data: Data
    do {
      data = try WholeFile.read(file)
    } catch {
      throw DatasetError(.unreadable(error.reason), at: file.path)
    }
    return data.starts(with: [0x1f, 0x8b]) ? try decompressed(file) : data
  }

  private static func decompressed(_ file: URL) throws(DatasetError) -> Data {
    let process = Process()
    // `env` finds gzip on the search path, wherever the system keeps it.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc"]
    let output = Pipe()
    let messages = Pipe()
    process.standardOutput = output
    process.standardError = messages
    do {
      process.standardInput = try FileHandle(forReadingFrom: file)
      try process.run()
    } catch {
      throw DatasetError(
        .damagedCompression("gzip did not start: \(error.localizedDescription)"), at: file.path)
    }
    // Both pipes are emptied while gzip runs: it stops when either is full.
    let messageReader = PipeReader(messages.fileHandleForReading)
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let text = String(decoding: messageReader.finish(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      let reason = lines.filter { !$0.isEmpty }.joined(separator: "; ")
      throw DatasetError(
        .damagedCompression(reason.isEmpty ? "exit status \(process.terminationStatus)" : reason),
        at: file.path)
    }
    return data
  }
}

/// Reads a pipe to its end on another thread.
private final class PipeReader: @unchecked Sendable {
  // Written by the reading thread before it leaves the group, read after waiting for the group.
  private var data = Data()
  private let group = DispatchGroup()

  init(_ handle: FileHandle) {
    DispatchQueue.global().async(group: group) { [self] in data = handle.readDataToEndOfFile() }
  }

  /// What came through the pipe. Waits for its end.
  func finish() -> Data {
    group.wait()
    return data
  }
}
