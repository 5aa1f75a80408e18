import Foundation

/// The lines of a file of any size, read a block at a time.
struct VectorFileReader {
  /// The longest line that is read whole. Longer ones are cut off, and so found to be malformed.
  static let longestLine = 1 << 24

  private let handle: FileHandle
  private let path: String
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  /// - Throws: `VectorFileError` if the file cannot be opened.
  init(path: String) throws(VectorFileError) {
    self.path = path
    do {
      handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    } catch {
      throw VectorFileError(path: path, problem: "cannot be opened for reading.")
    }
  }

  /// The next line without its line end (`\n` or `\r\n`); nil after the last.
  ///
  /// - Throws: `VectorFileError` if reading fails.
  mutating func next() throws(VectorFileError) -> ArraySlice<UInt8>? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffer[start..<end]
        start = end + 1
        return VectorFileReader.trimmed(line)
      }
      if isAtEnd {
        if start == buffer.count { return nil }
        let line = buffer[start...]
        start = buffer.count
        return VectorFileReader.trimmed(line)
      }
      buffer.removeSubrange(..<start)
      start = 0
      if buffer.count > VectorFileReader.longestLine {
        // Keeps the head of the line, which then has too few columns, and drops what follows of it.
        buffer.removeSubrange(VectorFileReader.longestLine...)
        searched = buffer.count
        try skipToLineEnd()
        continue
      }
      searched = buffer.count
      let block = try block()
      isAtEnd = block.isEmpty
      buffer.append(contentsOf: block)
    }
  }

  private mutating func skipToLineEnd() throws(VectorFileError) {
    while true {
      let block = try block()
      if let end = block.firstIndex(of: UInt8(ascii: "\n")) {
        buffer.append(contentsOf: block[end...])
        return
      }
      if block.isEmpty {
        isAtEnd = true
        return
      }
    }
  }

  private func block() throws(VectorFileError) -> Data {
    do {
      return try handle.read(upToCount: 1 << 20) ?? Data()
    } catch {
      throw VectorFileError(path: path, problem: "cannot be read; is it a regular file?")
    }
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }
}

/// A vector file that cannot be judged at all.
public struct VectorFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it, and what would help.
  public let problem: String

  /// An error about the file at `path`.
  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  /// File and problem in one line.
  public var description: String { "\(path): \(problem)" }
}
