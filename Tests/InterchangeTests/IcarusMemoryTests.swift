import Foundation
import Interchange
import Reproducibility
import Testing

/// What Icarus Verilog reads from memory images.
private enum Icarus {
  static let isPresent = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/iverilog") }

  /// The binary digits of each word of a memory of `depth` words after `$readmemh` of `image`.
  static func memory(_ image: Data, wordLength: Int, depth: Int) throws -> [String] {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let bench = """
      module bench;
        reg [\(wordLength - 1):0] words [0:\(depth - 1)];
        integer index;
        initial begin
          $readmemh("image.hex", words);
          for (index = 0; index < \(depth); index = index + 1) $display("%b", words[index]);
        end
      endmodule

      """
    try Data(bench.utf8).write(to: directory.appendingPathComponent("bench.v"))
    try image.write(to: directory.appendingPathComponent("image.hex"))
    _ = try run("iverilog", ["-g2012", "-o", "run", "bench.v"], in: directory)
    return try run("vvp", ["-n", "run"], in: directory).split(separator: "\n").map(String.init)
  }

  private static func run(_ command: String, _ arguments: [String], in directory: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.currentDirectoryURL = directory
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(output)")
    return output
  }
}

/// The binary digits of a word, `x` for each where there is none.
private func binary(_ word: [UInt64]?, _ wordLength: Int) -> String {
  guard let word else { return String(repeating: "x", count: wordLength) }
  return String((0..<wordLength).reversed().map { word[$0 / 64] >> UInt64($0 % 64) & 1 == 1 ? "1" : "0" })
}

@Suite("Memory images in Icarus Verilog", .enabled(if: Icarus.isPresent, "Icarus Verilog is absent"))
struct IcarusMemoryTests {
  @Test(
    "Icarus finds in our file the words that were put there, without a word of warning",
    arguments: [1, 2, 3, 4, 5, 8, 31, 63, 64, 65, 127, 128, 513, 4096])
  func written(_ wordLength: Int) throws {
    var source = RandomSource(seed: 4401)
    let words = MemoryImageTests.words(wordLength, count: 12, &source)
    let image = try MemoryImage(words: words, wordLength: wordLength)
    let found = try Icarus.memory(
      image.encoded(comment: "weights of \(wordLength) bits\nlayer 1"), wordLength: wordLength, depth: 12)
    #expect(found == words.map { binary($0, wordLength) }, "seed 4401")
  }

  @Test("Icarus finds negative integers where their two's complement was written")
  func integers() throws {
    let values: [Int64] = [-1, 0, -4096, 4095, -1234]
    let found = try Icarus.memory(
      MemoryImage(integers: values, wordLength: 13).encoded(), wordLength: 13, depth: 5)
    // 13 binary digits of the value modulo 2^13, by the standard library.
    let expected = values.map { value in
      let digits = String(UInt64(value + 8192) % 8192, radix: 2)
      return String(repeating: "0", count: 13 - digits.count) + digits
    }
    #expect(found == expected)
  }

  @Test("We read from drawn files what Icarus reads, gaps and words written twice included")
  func read() throws {
    var source = RandomSource(seed: 4402)
    let spaces = [" ", "\n", "\t", "\r\n", "/* @1 12 */", "// 3 x\n", " /**/ ", "\u{C}"]
    for round in 0..<12 {
      var text = ""
      var address = 0
      while text.utf8.count < 400 {
        if source.below(4) == 0 || address == 64 {
          address = source.below(64)
          text += "@" + String(address, radix: 16, uppercase: source.below(2) == 0)
        } else {
          var word = String(source.below(1 << 23), radix: 16, uppercase: source.below(2) == 0)
          if source.below(3) == 0 { word.insert("_", at: word.index(after: word.startIndex)) }
          text += word
          address += 1
        }
        text += spaces[source.below(spaces.count)]
      }
      let image = try MemoryImage(
        parsing: Data(text.utf8), wordLength: 23, depth: 64, gaps: .allowed, file: "x.hex")
      let found = try Icarus.memory(Data(text.utf8), wordLength: 23, depth: 64)
      #expect(found.filter { $0.contains("x") }.count == 64 - image.addresses.count)
      #expect(found == (0..<64).map { binary(image.word(at: $0), 23) }, "seed 4402, round \(round): \(text)")
      // And what we write of it, with its gaps, Icarus reads as the same memory.
      #expect(
        try Icarus.memory(image.encoded(), wordLength: 23, depth: 64) == found, "seed 4402, round \(round)")
    }
  }
}
