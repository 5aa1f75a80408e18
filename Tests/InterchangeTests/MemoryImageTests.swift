import Foundation
import Interchange
import Reproducibility
import Testing

private func read(
  _ text: String, _ wordLength: Int, depth: Int? = nil, gaps: MemoryImage.Gaps = .rejected
) throws(InterchangeError) -> MemoryImage {
  try MemoryImage(parsing: Data(text.utf8), wordLength: wordLength, depth: depth, gaps: gaps, file: "x.hex")
}

@Suite("Memory images")
struct MemoryImageTests {
  /// Words of `wordLength` bits, among them 0, all ones and single bits at both ends.
  static func words(_ wordLength: Int, count: Int, _ source: inout RandomSource) -> [[UInt64]] {
    let limbCount = (wordLength + 63) / 64
    return (0..<count).map { index in
      var limbs: [UInt64] = (0..<limbCount).map { _ in
        switch index {
        case 0: 0
        case 1: .max
        default: source.next()
        }
      }
      limbs[limbCount - 1] &= .max >> UInt64(64 * limbCount - wordLength)
      return limbs
    }
  }

  @Test("Images of every kind of width come back from their files, which have lines of one length")
  func roundTrip() throws {
    var source = RandomSource(seed: 4301)
    for wordLength in Array(1...130) + [255, 256, 257, 1000, 4095, 4096, 4097] {
      let words = Self.words(wordLength, count: 9, &source)
      let image = try MemoryImage(words: words, wordLength: wordLength)
      let file = image.encoded()
      #expect(file.count == 9 * ((wordLength + 3) / 4 + 1))
      let again = try MemoryImage(parsing: file, wordLength: wordLength, depth: 9, file: "x.hex")
      #expect(again == image, "seed 4301, \(wordLength) bits")
      #expect((0..<9).map { again.word(at: $0) } == words, "seed 4301, \(wordLength) bits")
      #expect(again.word(at: -1) == nil && again.word(at: 9) == nil)
    }
  }

  @Test("Files worked out by hand")
  func byHand() throws {
    let bytes = try MemoryImage(integers: [0, 1, -1, 127, -128], wordLength: 8)
    #expect(String(decoding: bytes.encoded(), as: UTF8.self) == "00\n01\nff\n7f\n80\n")
    let odd = try MemoryImage(integers: [-1, -16, 15], wordLength: 5)
    #expect(
      String(decoding: odd.encoded(comment: "layer 1\n\n5 bits"), as: UTF8.self)
        == "// layer 1\n//\n// 5 bits\n1f\n10\n0f\n")
    let bits = try MemoryImage(integers: [-1, 0], wordLength: 1)
    #expect(String(decoding: bits.encoded(), as: UTF8.self) == "1\n0\n")
    let long = try MemoryImage(integers: [-2, .max], wordLength: 66)
    #expect(
      String(decoding: long.encoded(), as: UTF8.self) == "3fffffffffffffffe\n07fffffffffffffff\n")
    #expect(long.word(at: 0) == [UInt64.max - 1, 3])
    let limbs = try MemoryImage(words: [[0x0123_4567_89ab_cdef, 0xa]], wordLength: 68)
    #expect(String(decoding: limbs.encoded(), as: UTF8.self) == "a0123456789abcdef\n")
    let empty = try MemoryImage(words: [], wordLength: 7)
    #expect(empty.encoded().isEmpty && empty.addresses.isEmpty)
    #expect(try read("// nothing\n", 7) == empty)
  }

  @Test("Integers of both ends of every word length become their bits in two's complement")
  func integers() throws {
    for wordLength in 1...64 {
      let low = Int64.min >> Int64(64 - wordLength)
      let image = try MemoryImage(integers: [low, ~low], wordLength: wordLength)
      let signBit: UInt64 = 1 << UInt64(wordLength - 1)
      #expect(image.word(at: 0) == [signBit] && image.word(at: 1) == [signBit - 1])
      if wordLength == 64 { continue }
      for value in [low - 1, ~low + 1] {
        let error = #expect(throws: InterchangeError.self) {
          try MemoryImage(integers: [0, value], wordLength: wordLength)
        }
        #expect(error?.reason == .memoryImage(.integerTooWide(value, wordLength: wordLength)))
        #expect(error?.location == "image, word 1")
      }
    }
  }

  @Test("White space, comments, underscores, either case and addresses mean what the standard says")
  func syntax() throws {
    let plain = try read("ab\n0c\n", 8)
    for text in [
      "ab 0c", "  AB\t\u{B}\u{C}\r\n0C", "a_b 0_c_", "ab//x y z\n0c//", "/* 11\n 12 */ab/**/0c/***/",
      "@0 ab @1 0c", "@1 c @00 ab", "@0_1 0c @0 11 @0 ab", "ab 000000000000000000000_c",
    ] {
      #expect(try read(text, 8) == plain, "\(text)")
    }
  }

  @Test("Gaps are an error or words that are not there, by choice, and are written as addresses")
  func gaps() throws {
    let image = try read("@2 5 6 @ff 7", 4, gaps: .allowed)
    #expect(image.addresses == [2, 3, 255])
    #expect(image.word(at: 1) == nil && image.word(at: 3) == [6] && image.word(at: 255) == [7])
    #expect(String(decoding: image.encoded(), as: UTF8.self) == "@2\n5\n6\n@ff\n7\n")
    // A memory of any size needs no more than the words in the file.
    let far = try read("1 @3fffffffffffffff 2", 4, gaps: .allowed)
    #expect(far.addresses == [0, 1 << 62 - 1])
    for (text, depth, expected) in [
      ("@2 5", nil, "0...1"), ("1 @4 5", nil, "1...3"), ("1 2", 4, "2...3"), ("", 16, "0...f"),
    ] as [(String, Int?, String)] {
      let error = #expect(throws: InterchangeError.self) { try read(text, 4, depth: depth) }
      #expect(
        error?.description
          == "x.hex: no word for the addresses \(expected) (hexadecimal), expected one for each; fill them, or "
          + "read the image with gaps allowed")
    }
    #expect(try read("1 2", 4, depth: 4, gaps: .allowed).addresses == [0, 1])
  }

  @Test("Bad input is refused by a message with file, line and column")
  func damagedFiles() {
    let digit = "expected a hexadecimal digit, white space or a comment"
    let start = "expected a word, \"@\" with an address, or a comment"
    func unknown(_ digit: String) -> String {
      "the digit \"\(digit)\" (unknown or high impedance), expected 0...9, a...f; write the memory after every "
        + "word is known"
    }
    func wide(_ bits: Int) -> String {
      "a word of \(bits) significant bits, expected at most 9; state the word length that the image was made for"
    }
    func address(_ last: String) -> String {
      "an address above \(last) (hexadecimal), the last of the memory; state the depth that the image was made "
        + "for"
    }
    let cases: [(String, Int?, String)] = [
      ("1 2\n 0x 3", nil, "line 2, column 3: \(unknown("x"))"),
      ("1ff Z", nil, "line 1, column 5: \(unknown("Z"))"),
      ("1\r\n/* \n\n*/ 200", nil, "line 4, column 4: \(wide(10))"),
      ("0_000_3ff", nil, "line 1, column 1: \(wide(10))"),
      ("fffffffffffffffff", nil, "line 1, column 1: \(wide(68))"),
      ("12g", nil, "line 1, column 3: byte 67, \(digit)"),
      ("1@2", nil, "line 1, column 2: byte 40, \(digit)"),
      ("_1", nil, "line 1, column 1: byte 5f, \(start)"),
      ("\u{FEFF}1", nil, "line 1, column 1: byte ef, \(start)"),
      ("1 \u{0}", nil, "line 1, column 3: byte 00, \(start)"),
      ("1\n@ 2", nil, "line 2, column 2: byte 20, expected the hexadecimal digits of an address"),
      ("1\n@x", nil, "line 2, column 2: \(unknown("x"))"),
      (
        "@", nil,
        "line 1, column 2: the file ends, expected the hexadecimal digits of an address; "
          + "it may be truncated"
      ),
      ("1 /2", nil, "line 1, column 4: byte 32, expected \"/\" or \"*\", the second character of a comment"),
      (
        "1 /", nil,
        "line 1, column 4: the file ends, expected \"/\" or \"*\", the second character of a comment; "
          + "it may be truncated"
      ),
      (
        "1 /*\n*", nil,
        "line 2, column 2: the file ends, expected \"*/\", the end of the comment; "
          + "it may be truncated"
      ),
      (
        "/*/", nil,
        "line 1, column 4: the file ends, expected \"*/\", the end of the comment; "
          + "it may be truncated"
      ),
      ("@10 1", 16, "line 1, column 2: \(address("f"))"),
      ("1 2 3\n4 5", 4, "line 2, column 3: \(address("3"))"),
      ("@4000000000000000 1", nil, "line 1, column 2: \(address("3fffffffffffffff"))"),
      ("@10000000000000000 1", nil, "line 1, column 2: \(address("3fffffffffffffff"))"),
      ("@123456789012345678901234567890 1", nil, "line 1, column 2: \(address("3fffffffffffffff"))"),
    ]
    for (text, depth, expected) in cases {
      let error = #expect(throws: InterchangeError.self) { try read(text, 9, depth: depth) }
      #expect(error?.description == "x.hex, \(expected)")
    }
  }

  @Test("Words and word lengths that no image can have are refused before it is written")
  func unusableWords() {
    func message(_ words: [[UInt64]], _ wordLength: Int) -> String? {
      #expect(throws: InterchangeError.self) { try MemoryImage(words: words, wordLength: wordLength) }?
        .description
    }
    #expect(message([], 0) == "image: words of 0 bits, expected 1...1048576")
    #expect(message([], 1_048_577) == "image: words of 1048577 bits, expected 1...1048576")
    #expect(
      message([[1], [1, 0]], 64)
        == "image, word 1: a word of 2 limbs of 64 bits, expected 1 as the word length needs")
    #expect(
      message([[1, 2]], 65)
        == "image, word 0: a word of 66 significant bits, expected at most 65; state the word length that the "
        + "image was made for")
  }

  @Test("No text traps, and what is read is written and read again")
  func fuzz() {
    var source = RandomSource(seed: 4302)
    let parts = [
      "0", "1f", "7_f", "@", "@3", "@7fffffffffffffff", "//", "/*", "*/", "/", "\n", " ", "x", "_", "é",
    ]
    var (errors, images) = (0, 0)
    for round in 0..<20_000 {
      let text = (0..<source.below(12)).map { _ in
        parts[source.below(parts.count)] + (source.below(2) == 0 ? " " : "")
      }.joined()
      do {
        let image = try read(text, 7, gaps: .allowed)
        let again = try MemoryImage(parsing: image.encoded(), wordLength: 7, gaps: .allowed, file: "x.hex")
        #expect(again == image, "seed 4302, round \(round): \(text)")
        images += 1
      } catch {
        #expect(error.location.hasPrefix("x.hex, line "), "seed 4302, round \(round): \(text)")
        errors += 1
      }
    }
    #expect(errors > 2000 && images > 2000, "\(errors) errors, \(images) images")
  }
}
