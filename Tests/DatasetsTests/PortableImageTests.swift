import Datasets
import Foundation
import Reproducibility
import Testing

@Suite("Portable images")
struct PortableImageTests {
  @Test(
    "Plain and binary images, comments and white space of every kind are read",
    arguments: [
      ("P2\n3 2\n255\n0 1 2\n253 254 255\n", [2, 3, 1], [0, 1, 2, 253, 254, 255]),
      ("P2 3 2 255 0 1 2 253 254 255", [2, 3, 1], [0, 1, 2, 253, 254, 255]),
      (
        "P2# gray\r# again\n3# columns\n\t2\u{b}255 # largest\n0 1\u{c}2 # a row\n\n253 254 255 # 7",
        [2, 3, 1], [0, 1, 2, 253, 254, 255]
      ),
      ("P2 1 1 255 007", [1, 1, 1], [7]),
      ("P3 1 2 255 1 2 3 4 5 6", [2, 1, 3], [1, 2, 3, 4, 5, 6]),
      ("P5 3 2 255 abcdef", [2, 3, 1], [97, 98, 99, 100, 101, 102]),
      ("P5\n# made by hand\n3 2\n255\nabcdef", [2, 3, 1], [97, 98, 99, 100, 101, 102]),
      // Only one white space stands before the values, or a comment with its line's end.
      ("P5 2 1 255\n\n#", [1, 2, 1], [10, 35]),
      ("P5 2 1 255# 1 2\n#9", [1, 2, 1], [35, 57]),
      ("P6 2 1 255\nabcdef", [1, 2, 3], [97, 98, 99, 100, 101, 102]),
      ("P6 1 2 255\nabcdef", [2, 1, 3], [97, 98, 99, 100, 101, 102]),
    ])
  func variants(_ text: String, _ sizes: [Int], _ pixels: [UInt8]) throws {
    let image = try PortableImage(Data(text.utf8))
    #expect([image.height, image.width, image.channels] == sizes && image.pixels == pixels)
  }

  @Test("Values up to any largest one are scaled to 255, to nearest with ties away from zero")
  func largestValues() throws {
    for largest in 1...255 {
      let plain = "P2 \(largest + 1) 1 \(largest) " + (0...largest).map(String.init).joined(separator: " ")
      var binary = Data("P5 \(largest + 1) 1 \(largest) ".utf8)
      binary += (0...largest).map { UInt8($0) }
      let expected = (0...largest).map { value in
        UInt8((Double(255 * value) / Double(largest)).rounded(.toNearestOrAwayFromZero))
      }
      #expect(try PortableImage(Data(plain.utf8)).pixels == expected, "largest value \(largest)")
      #expect(try PortableImage(binary).pixels == expected, "largest value \(largest)")
    }
    // 255 · 1/2 is 127.5, a tie.
    #expect(try PortableImage(Data("P2 3 1 2 0 1 2".utf8)).pixels == [0, 128, 255])
  }

  @Test(
    "What is not such an image is refused by its reason",
    arguments: [
      ("", .notPortableImage(found: [])),
      ("P", .notPortableImage(found: [80])),
      ("P1 1 1 0", .notPortableImage(found: [80, 49])),
      ("P4 1 1 0", .notPortableImage(found: [80, 52])),
      ("\u{89}PNG", .notPortableImage(found: [0xc2, 0x89])),
      ("P23 2 255", .malformed("byte 51 at offset 2, expected the width")),
      ("P2 -3 2 255", .malformed("byte 45 at offset 3, expected the width")),
      ("P2 3", .malformed("it ends where the height should be")),
      ("P2 3 2", .malformed("it ends where the largest value should be")),
      ("P2 99999999999999999999 2 255", .malformed("the width is above \(Int.max)")),
      ("P5 0 2 255 ", .emptyImage(width: 0, height: 2)),
      ("P5 1 1 0 a", .unsupportedLargestValue(0)),
      ("P5 1 1 65535 ab", .unsupportedLargestValue(65535)),
      ("P5 2 1 255", .malformed("it ends where white space before the values should be")),
      ("P5 1 1 255ab", .malformed("byte 97 at offset 10, expected white space before the values")),
      ("P5 2 1 255 a", .truncated(width: 2, height: 1, channels: 1, bytesLeft: 1)),
      ("P5 2 1 255#", .truncated(width: 2, height: 1, channels: 1, bytesLeft: 0)),
      (
        "P6 4294967296 4294967296 255 a",
        .truncated(width: 1 << 32, height: 1 << 32, channels: 3, bytesLeft: 1)
      ),
      ("P5 2 1 255 abc", .trailingBytes(1)),
      ("P5 1 1 96 a", .valueTooLarge(97, index: 0, largest: 96)),
      ("P2 2 1 9 1 10", .valueTooLarge(10, index: 1, largest: 9)),
      ("P2 3 1 255 1 2    ", .malformed("it ends where value 2 of 3 should be")),
      ("P2 2 1 255 1 2 3", .trailingBytes(1)),
      ("P2 2 1 255 1 x2", .malformed("byte 120 at offset 13, expected value 1 of 2")),
    ] as [(String, PortableImageFault)])
  func faults(_ text: String, _ fault: PortableImageFault) {
    #expect(throws: fault) { try PortableImage(Data(text.utf8)) }
  }

  @Test("Every cut is refused or leaves the same image, and no flipped bit traps")
  func damage() throws {
    let images = [
      Data("P2 # a\n3 2 250\n0 1 2\n200 220 250\n".utf8), Data("P3 1 1 255 17 18 190 # end".utf8),
      Data("P5\n4 2 255\nabcdefgh".utf8), Data("P6 # c\n2 1 99\nABCDEF".utf8),
    ]
    for whole in images {
      let image = try PortableImage(whole)
      for length in 0..<whole.count {
        guard let cut = try? PortableImage(whole.prefix(length)) else { continue }
        // A plain image may lose the end of its last number, and what stands behind it.
        #expect([2, 3].contains(whole[1] - 48) && cut.pixels.dropLast() == image.pixels.dropLast())
      }
      for place in whole.indices {
        for bit in 0..<8 {
          var damaged = whole
          damaged[place] ^= 1 << bit
          do {
            let read = try PortableImage(damaged)
            #expect(read.pixels.count == read.height * read.width * read.channels)
          } catch let fault { #expect(!"\(fault)".isEmpty) }
        }
      }
    }
  }
}
