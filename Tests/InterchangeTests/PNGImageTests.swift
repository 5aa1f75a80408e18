import Foundation
import Interchange
import Reproducibility
import Testing

@Suite("PNG images")
struct PNGImageTests {
  /// A chunk of a PNG file.
  private struct Chunk {
    let name: String
    let content: [UInt8]
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  /// CRC-32, bit by bit.
  private static func check(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return ~remainder
  }

  private static func chunks(_ file: Data) throws -> [Chunk] {
    let bytes = [UInt8](file)
    #expect(Array(bytes.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
    var chunks: [Chunk] = []
    var place = 8
    while place < bytes.count {
      let count = number(bytes[place..<place + 4])
      let body = bytes[place + 4..<place + 8 + count]
      let end = place + 12 + count
      #expect(number(bytes[end - 4..<end]) == Int(check(body)))
      chunks.append(
        Chunk(name: String(decoding: body.prefix(4), as: UTF8.self), content: Array(body.dropFirst(4))))
      place = end
    }
    return chunks
  }

  /// What a zlib stream of stored blocks holds.
  private static func inflated(_ stream: [UInt8]) throws -> [UInt8] {
    #expect((Int(stream[0]) << 8 | Int(stream[1])) % 31 == 0 && stream[0] & 15 == 8)
    var bytes: [UInt8] = []
    var place = 2
    var isLast = false
    while !isLast {
      isLast = stream[place] & 1 == 1
      #expect(stream[place] & 6 == 0, "a stored block")
      let count = Int(stream[place + 1]) | Int(stream[place + 2]) << 8
      let inverse = Int(stream[place + 3]) | Int(stream[place + 4]) << 8
      #expect(count ^ inverse == 0xffff)
      bytes += stream[place + 5..<place + 5 + count]
      place += 5 + count
    }
    let sums = bytes.reduce((low: 1, high: 0)) { sums, byte in
      let low = (sums.low + Int(byte)) % 65_521
      return (low, (sums.high + low) % 65_521)
    }
    #expect(number(stream[place...]) == sums.high << 16 | sums.low)
    #expect(stream.count == place + 4)
    return bytes
  }

  @Test("A decoder of the standard's text gives the pixels back", arguments: [1, 3])
  func roundTrip(_ channels: Int) throws {
    for (height, width) in [(1, 1), (3, 5), (28, 28), (200, 150), (1, 70_000)] {
      var source = RandomSource(seed: UInt64(height))
      let pixels = (0..<height * width * channels).map { _ in UInt8(source.below(256)) }
      let file = PNGImage.encoded(pixels: pixels, height: height, width: width, channels: channels)
      let chunks = try Self.chunks(file)
      #expect(chunks.map(\.name) == ["IHDR", "IDAT", "IEND"])
      let header = chunks[0].content
      #expect(Self.number(header[0..<4]) == width && Self.number(header[4..<8]) == height)
      #expect(Array(header[8...]) == [8, channels == 1 ? 0 : 2, 0, 0, 0])
      let rows = try Self.inflated(chunks[1].content)
      let stride = 1 + width * channels
      #expect(rows.count == height * stride)
      #expect((0..<height).allSatisfy { rows[$0 * stride] == 0 })
      let read = (0..<height).flatMap { rows[$0 * stride + 1..<($0 + 1) * stride] }
      #expect(read == pixels, "\(height) x \(width)")
    }
  }

  @Test("Indices come back beside their palette")
  func palettes() throws {
    for (height, width, colors) in [(1, 1, 1), (7, 5, 3), (40, 30, 256)] {
      var source = RandomSource(seed: UInt64(colors))
      let palette: [[UInt8]] = (0..<colors).map { _ in (0..<3).map { _ in UInt8(source.below(256)) } }
      let indices = (0..<height * width).map { _ in UInt8(source.below(colors)) }
      let chunks = try Self.chunks(
        PNGImage.encoded(indices: indices, height: height, width: width, palette: palette))
      #expect(chunks.map(\.name) == ["IHDR", "PLTE", "IDAT", "IEND"])
      #expect(Array(chunks[0].content[8...]) == [8, 3, 0, 0, 0])
      #expect(chunks[1].content == Array(palette.joined()))
      let rows = try Self.inflated(chunks[2].content)
      let stride = 1 + width
      let read = (0..<height).flatMap { rows[$0 * stride + 1..<($0 + 1) * stride] }
      #expect(rows.count == height * stride)
      #expect(read == indices, "\(height) x \(width)")
    }
  }
}
