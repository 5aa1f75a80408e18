import Exploration
import Foundation
import Reproducibility
import Synchronization
import Testing

@Suite("Result cache")
struct ResultCacheTests {
  /// A cache whose damage reports and computations are counted.
  private final class Counted: Sendable {
    let damaged = Mutex<[DamagedResult]>([])
    let made = Mutex(0)
    let directory: URL

    init(_ directory: URL) { self.directory = directory }

    func cache() throws -> ResultCache {
      try ResultCache(directory: directory) { result in self.damaged.withLock { $0.append(result) } }
    }

    /// Asks for the "result" of `number`: a few numbers and their digest.
    func ask(_ number: Int, stage: CacheStage = .evaluation) throws -> [Int32] {
      try cache().result(stage, ["number": .integer(number)]) { container, _ in
        try container.elements("numbers")
      } make: {
        made.withLock { $0 += 1 }
        let numbers = (0..<5).map { Int32(number * 100 + $0) }
        return (
          numbers,
          Container(kind: "", content: ["count": 5], blobs: [Blob("numbers", numbers)])
        )
      }
    }

    /// Every file in the cache, by path below it.
    func files() throws -> [String: Data] {
      var files: [String: Data] = [:]
      for name in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
        let url = directory.appendingPathComponent(name)
        if (try url.resourceValues(forKeys: [.isRegularFileKey])).isRegularFile == true {
          files[name] = try Data(contentsOf: url)
        }
      }
      return files
    }
  }

  @Test("A second asking computes nothing; another key or stage does")
  func hits() throws {
    let directory = try TemporaryDirectory()
    let counted = Counted(directory.url)
    #expect(try counted.ask(1) == [100, 101, 102, 103, 104])
    #expect(try counted.ask(1) == [100, 101, 102, 103, 104])
    #expect(counted.made.withLock { $0 } == 1)
    #expect(try counted.ask(2) == [200, 201, 202, 203, 204])
    #expect(counted.made.withLock { $0 } == 2)
    _ = try counted.ask(1, stage: .floatTraining)
    #expect(counted.made.withLock { $0 } == 3)
    #expect(counted.damaged.withLock { $0 }.isEmpty)
    let cache = try counted.cache()
    #expect(cache.contains(.evaluation, ["number": 1]) && cache.contains(.floatTraining, ["number": 1]))
    #expect(!cache.contains(.evaluation, ["number": 3]) && !cache.contains(.quantizedNetwork, ["number": 1]))
    #expect(try counted.files().count == 3)
  }

  @Test("Every damage is reported by file name, and the same bytes are made again")
  func damage() throws {
    let directory = try TemporaryDirectory()
    let counted = Counted(directory.url)
    _ = try counted.ask(1)
    let (name, whole) = try #require(try counted.files().first)
    _ = try counted.ask(2)
    let other = try #require(try counted.files().first { $0.key != name }?.value)
    let file = directory.url.appendingPathComponent(name)
    var damages: [(what: String, bytes: Data)] = [("empty", Data()), ("another key's", other)]
    // The container's own tests flip every bit; each making of a result waits for the disk.
    for length in stride(from: 1, to: whole.count, by: 29) {
      damages.append(("cut to \(length)", whole.prefix(length)))
    }
    for index in stride(from: 0, to: whole.count, by: 5) {
      var bytes = whole
      bytes[bytes.startIndex + index] ^= 1 << UInt8(index % 8)
      damages.append(("a bit of byte \(index) flipped", bytes))
    }
    damages.append(("longer", whole + [0]))
    for (number, damage) in damages.enumerated() {
      try damage.bytes.write(to: file)
      #expect(try counted.ask(1) == [100, 101, 102, 103, 104], "\(damage.what)")
      let reports = counted.damaged.withLock { $0 }
      #expect(reports.count == number + 1, "\(damage.what)")
      #expect(reports.last?.file == file.path, "\(damage.what)")
      #expect(reports.last?.fault.isEmpty == false)
      #expect(try Data(contentsOf: file) == whole, "\(damage.what)")
    }
    #expect(counted.made.withLock { $0 } == damages.count + 2)
    #expect(try counted.files().count == 2, "something was left beside the results")
    let last = try #require(counted.damaged.withLock { $0.last })
    #expect("\(last)" == "\(file.path) is damaged and is computed again: \(last.fault)")
  }

  @Test("A computation that fails leaves nothing")
  func failures() throws {
    struct Failure: Error {}
    let directory = try TemporaryDirectory()
    let counted = Counted(directory.url)
    #expect(throws: Failure.self) {
      try counted.cache().result(.evaluation, ["number": 1]) { _, _ in
        1
      } make: {
        throw Failure()
      }
    }
    #expect(try counted.files().isEmpty)
  }

  @Test("A directory that cannot be made or written is named, with what helps")
  func unwritable() throws {
    let directory = try TemporaryDirectory()
    // A file stands where a folder must be.
    let blocked = directory.url.appendingPathComponent("blocked")
    try Data().write(to: blocked)
    let error = #expect(throws: ExplorationError.self) {
      try ResultCache(directory: blocked) { _ in }
    }
    guard case .cannotWrite(let path, let reason, let help) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path == blocked.appendingPathComponent("float-training").path)
    #expect(!reason.isEmpty && help == "choose another directory with --cache")
    #expect(error?.description == "\(path): cannot write: \(reason); \(help)")
    // A result whose place is taken by a directory cannot be kept.
    let counted = Counted(directory.url.appendingPathComponent("cache"))
    _ = try counted.ask(1)
    let name = try #require(try counted.files().keys.first)
    let file = counted.directory.appendingPathComponent(name)
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
    #expect(
      throws: ExplorationError.cannotWrite(
        path: file.path, reason: "Is a directory", help: "free some space or choose another --cache")
    ) { try counted.ask(1) }
  }
}
