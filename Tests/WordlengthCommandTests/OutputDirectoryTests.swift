import Foundation
import Testing
import WordlengthCommand

@Suite("Output directories")
struct OutputDirectoryTests {
  private let root = FileManager.default.temporaryDirectory.appendingPathComponent(
    "wordlength-\(UUID().uuidString)")

  private func entries(_ url: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }

  @Test("A claimed directory exists, is empty, and takes files whole")
  func claims() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    let directory = try OutputDirectory(claiming: root.appendingPathComponent("a/b").path)
    #expect(entries(directory.url) == [])
    try directory.write("one\n", to: "x.txt")
    try directory.write("two\n", to: "x.txt")
    #expect(entries(directory.url) == ["x.txt"])
    #expect(try String(contentsOf: directory.url.appendingPathComponent("x.txt"), encoding: .utf8) == "two\n")
    directory.relinquish()
    #expect(entries(directory.url) == ["x.txt"])
  }

  @Test("A directory given up unused disappears with those made for it, and no others")
  func relinquishes() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    let directory = try OutputDirectory(claiming: root.appendingPathComponent("a/b").path)
    directory.relinquish()
    #expect(FileManager.default.fileExists(atPath: root.path))
    #expect(entries(root) == [])
    let existing = try OutputDirectory(claiming: root.path)
    existing.relinquish()
    #expect(FileManager.default.fileExists(atPath: root.path))
  }

  @Test("A place that cannot hold a directory is refused by name, and nothing is left behind")
  func refuses() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    let file = root.appendingPathComponent("file")
    try Data().write(to: file)
    // The system refuses the name only after the directories above it were made.
    let tooLong = root.appendingPathComponent("made/for/nothing/" + String(repeating: "x", count: 300))
    for path in [tooLong.path, file.path, file.appendingPathComponent("below").path, "/proc/wordlength/x"] {
      let failure = #expect(throws: CommandFailure.self) { try OutputDirectory(claiming: path) }
      #expect(failure?.messages.first?.location == path)
      #expect(failure?.messages.first?.help?.contains("--output") == true)
    }
    #expect(entries(root) == ["file"])
  }
}
