import Foundation
import Reproducibility
import Testing

@Suite("Whole files")
struct WholeFileTests {
  @Test("What is written is read back, over an old file too, and no temporary file stays")
  func writesAndReads() throws {
    let directory = try TemporaryDirectory()
    let file = directory.url.appendingPathComponent("a.bin")
    var source = RandomSource(seed: 47)
    for size in [0, 1, 3_000_000, 10] {
      let data = Data((0..<size).map { _ in UInt8(truncatingIfNeeded: source.next()) })
      try WholeFile.write(data, to: file)
      #expect(try WholeFile.read(file) == data)
      #expect(try names(in: directory) == ["a.bin"])
    }
  }

  @Test("Readers see the old bytes or the new ones, never a mixture, while many threads write")
  func neverAMixture() throws {
    let directory = try TemporaryDirectory()
    let file = directory.url.appendingPathComponent("shared")
    try WholeFile.write(Data(repeating: 0, count: 100_000), to: file)
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      for _ in 0..<10 {
        if index % 2 == 0 {
          #expect(throws: Never.self) {
            try WholeFile.write(Data(repeating: UInt8(index + 1), count: 100_000), to: file)
          }
        } else {
          let data = (try? WholeFile.read(file)) ?? Data()
          #expect(data.count == 100_000 && Set(data).count == 1)
        }
      }
    }
    #expect(try names(in: directory) == ["shared"])
  }

  @Test("A failure says the path and the reason, and leaves nothing behind")
  func failures() throws {
    let directory = try TemporaryDirectory()
    let inner = directory.url.appendingPathComponent("inner")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
    let expected: [(URL, String)] = [
      (inner, "\(inner.path): cannot write: Is a directory"),
      (
        directory.url.appendingPathComponent("no/such"),
        "\(directory.url.path)/no/such: cannot write: No such file or directory"
      ),
      (
        inner.appendingPathComponent(String(repeating: "n", count: 300)),
        "\(inner.path)/\(String(repeating: "n", count: 300)): cannot write: File name too long"
      ),
    ]
    for (url, message) in expected {
      let error = #expect(throws: WholeFileError.self) { try WholeFile.write(Data("x".utf8), to: url) }
      #expect(error?.description == message)
    }
    #expect(try names(in: directory) == ["inner"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: inner.path).isEmpty)
    let missing = #expect(throws: WholeFileError.self) {
      try WholeFile.read(directory.url.appendingPathComponent("none"))
    }
    #expect(missing?.reason == "No such file or directory")
    let folder = #expect(throws: WholeFileError.self) { try WholeFile.read(inner) }
    #expect(folder?.reason == "Is a directory")
  }

  @Test(
    "A full disk is named", .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/full")))
  func fullDisk() {
    let error = #expect(throws: WholeFileError.self) {
      try WholeFile.write(Data("x".utf8), to: URL(fileURLWithPath: "/dev/full"))
    }
    #expect(error?.description == "/dev/full: cannot write: No space left on device")
  }

  @Test("A directory that lets nobody write is named")
  func noPermission() throws {
    let directory = try TemporaryDirectory()
    chmod(directory.url.path, 0o500)
    defer { chmod(directory.url.path, 0o700) }
    // The superuser may write anywhere but where the kernel makes no files.
    let place = getuid() == 0 ? URL(fileURLWithPath: "/sys/kernel") : directory.url
    let error = #expect(throws: WholeFileError.self) {
      try WholeFile.write(Data(), to: place.appendingPathComponent("a"))
    }
    let reasons = ["Permission denied", "Operation not permitted", "Read-only file system"]
    #expect(reasons.contains(error?.reason ?? ""), "\(String(describing: error))")
  }

  @Test("A symbolic link stays, and its target gets the bytes")
  func symbolicLink() throws {
    let directory = try TemporaryDirectory()
    let target = directory.url.appendingPathComponent("target")
    let link = directory.url.appendingPathComponent("link")
    try WholeFile.write(Data("old".utf8), to: target)
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
    try WholeFile.write(Data("new".utf8), to: link)
    #expect(try WholeFile.read(target) == Data("new".utf8))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target.path)
  }

  @Test("Of left temporary files only those of this machine's dead processes go")
  func staleTemporaries() throws {
    let directory = try TemporaryDirectory()
    // A process that has ended and been waited for.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exit 0"]
    try process.run()
    process.waitUntilExit()
    let dead = process.processIdentifier
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, 255)
    let machine = SHA256Digest(of: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }).description.prefix(
      8)
    let kept = [
      ".wordlength-\(machine)-\(getpid())-0.partial", ".wordlength-00000000-\(dead)-0.partial",
      ".wordlength-\(machine)-x-0.partial", "wordlength-\(machine)-\(dead)-0.partial", "results.json",
    ]
    let removed = [".wordlength-\(machine)-\(dead)-0.partial", ".wordlength-\(machine)-\(dead)-12.partial"]
    for name in kept + removed {
      try Data().write(to: directory.url.appendingPathComponent(name))
    }
    WholeFile.removeStaleTemporaries(in: directory.url)
    #expect(try names(in: directory) == kept.sorted())
    // A name that is taken is passed over.
    try WholeFile.write(Data("x".utf8), to: directory.url.appendingPathComponent("y"))
    #expect(try names(in: directory) == (kept + ["y"]).sorted())
  }

  private func names(in directory: TemporaryDirectory) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.url.path).sorted()
  }
}
