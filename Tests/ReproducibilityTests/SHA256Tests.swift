import Foundation
import Reproducibility
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  @Test(
    "The examples of FIPS 180 have their published digests",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func publishedExamples(_ message: String, _ digest: String) {
    #expect(SHA256Digest(of: message).description == digest)
  }

  @Test("A million letters a have the published digest")
  func millionLetters() {
    let digest = SHA256Digest(of: repeatElement(UInt8(ascii: "a"), count: 1_000_000))
    #expect(digest.description == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("Where the message is cut into pieces does not matter")
  func piecesDoNotMatter() {
    var source = RandomSource(seed: 1)
    for trial in 0..<200 {
      let message = (0..<source.below(400)).map { _ in UInt8(source.below(256)) }
      var hasher = SHA256Hasher()
      var rest = message[...]
      while !rest.isEmpty {
        let count = min(rest.count, source.below(130))
        hasher.update(rest.prefix(count))
        // An early digest must not disturb the hasher.
        _ = hasher.finalize()
        rest = rest.dropFirst(count)
      }
      #expect(hasher.finalize() == SHA256Digest(of: message), "seed 1, trial \(trial)")
    }
  }

  @Test(
    "Digests agree with the system's sha256sum for every length up to 130 and some larger",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sha256sum")))
  func agreesWithSystem() throws {
    let directory = try TemporaryDirectory()
    var source = RandomSource(seed: 2)
    var messages: [Data] = []
    for length in Array(0...130) + [1000, 4096, 65_537, 1_000_003] {
      messages.append(Data((0..<length).map { _ in UInt8(truncatingIfNeeded: source.next()) }))
      try messages.last!.write(to: directory.url.appendingPathComponent("\(length)"))
    }
    let names = messages.map { "\($0.count)" }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    process.arguments = names
    process.currentDirectoryURL = directory.url
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let ours = zip(messages, names).map { "\(SHA256Digest(of: $0))  \($1)" }
    #expect(output.split(separator: "\n").map(String.init) == ours)
  }

  @Test("Digests are ordered as their texts are and read back from them")
  func orderAndText() throws {
    let digests = (0..<50).map { SHA256Digest(of: "\($0)") }
    #expect(digests.sorted().map(\.description) == digests.map(\.description).sorted())
    for digest in digests {
      #expect(SHA256Digest(hexadecimal: digest.description.uppercased()) == digest)
      #expect(digest.bytes.count == 32)
    }
    #expect(SHA256Digest(hexadecimal: "12") == nil)
    #expect(SHA256Digest(hexadecimal: String(repeating: "g", count: 64)) == nil)
    #expect(SHA256Digest(hexadecimal: String(repeating: "+1", count: 32)) == nil)
  }
}
