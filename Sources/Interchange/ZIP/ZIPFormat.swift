import Foundation

/// The numbers of the ZIP format that reading and writing share (PKWARE, APPNOTE.TXT 6.3.10).
enum ZIPFormat {
  /// Before each entry's bytes (4.3.7), 30 bytes without name and extra fields.
  static let localHeaderSignature = 0x0403_4b50
  static let localHeaderByteCount = 30
  /// Before each record of the list of entries (4.3.12), 46 bytes without name, extra fields and comment.
  static let directoryRecordSignature = 0x0201_4b50
  static let directoryRecordByteCount = 46
  /// Before the last record (4.3.16), 22 bytes without comment.
  static let endRecordSignature = 0x0605_4b50
  static let endRecordByteCount = 22
  /// Before the last record of large archives (4.3.14).
  static let wideEndRecordSignature = 0x0606_4b50
  static let wideEndRecordByteCount = 56
  /// Before the record that says where the one above is (4.3.15).
  static let wideEndLocatorSignature = 0x0706_4b50
  static let wideEndLocatorByteCount = 20
  /// The extra field with 64-bit sizes and offset (4.5.3).
  static let wideSizesField = 1
  /// A 32-bit number that stands in that extra field instead.
  static let elsewhere = 0xffff_ffff
  /// Flags (4.4.4): the entry is encrypted; sizes and CRC follow its bytes; its name is UTF-8.
  static let encryptedFlag = 0x1
  static let trailingSizesFlag = 0x8
  static let utf8Flag = 0x800
  /// Compression methods (4.4.5).
  static let storedMethod = 0
  static let deflatedMethod = 8
}

/// Bytes of an archive that are read as little-endian numbers.
struct ZIPBytes {
  private let bytes: Data

  init(_ bytes: Data) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// The bytes at `range`, `nil` where not all of them are there.
  func slice(_ range: Range<Int>) -> Data? {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
    return bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
  }

  /// The number in `byteCount` bytes at `offset`.
  ///
  /// 64-bit numbers above `Int.max` give `Int.max`: as a size or an offset they are equally past every file.
  /// - Precondition: all bytes are there.
  func number(at offset: Int, _ byteCount: Int) -> Int {
    var value: UInt64 = 0
    for place in 0..<byteCount {
      value |= UInt64(bytes[bytes.startIndex + offset + place]) << UInt64(8 * place)
    }
    return Int(clamping: value)
  }
}
