import Foundation

/// The cyclic redundancy check of ZIP, gzip and PNG: polynomial 0x04c11db7, bits reflected, all ones before and
/// after (ISO 3309; known as CRC-32/ISO-HDLC).
enum CRC32 {
  /// `tables[8 places a byte]`: row k has the remainder of each byte followed by k zero bytes.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { remainder, _ in
        remainder >> 1 ^ (remainder & 1 == 1 ? 0xedb8_8320 : 0)
      }
    }
    for index in 256..<tables.count {
      let shorter = tables[index - 256]
      tables[index] = shorter >> 8 ^ tables[Int(shorter & 0xff)]
    }
    return tables
  }()

  /// The check of `bytes`, eight at a time (Kounavis and Berry, "A systematic approach to building high
  /// performance software-based CRC generators", ISCC 2005).
  static func checksum(of bytes: Data) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      bytes.withUnsafeBytes { bytes in
        var remainder = UInt32.max
        var position = 0
        while bytes.count - position >= 8 {
          let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
          let mixed = word ^ UInt64(remainder)
          remainder = 0
          for place in 0..<8 {
            remainder ^= tables[256 * (7 - place) + Int(mixed >> UInt64(8 * place) & 0xff)]
          }
          position += 8
        }
        for byte in bytes[position...] {
          remainder = remainder >> 8 ^ tables[Int((remainder ^ UInt32(byte)) & 0xff)]
        }
        return ~remainder
      }
    }
  }
}
