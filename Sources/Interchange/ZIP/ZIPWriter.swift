import Foundation

/// Writes stored entries as Python's `zipfile` does for `numpy.savez`: dates at the format's first day, sizes of
/// each entry in a ZIP64 field of its header, and ZIP64 in the directory only where a number needs it.
struct ZIPWriter {
  /// The largest size or offset that stands in 32 bits.
  private let narrowLimit: Int
  private(set) var data = Data()
  private var directory = Data()
  private var entryCount = 0

  init(narrowLimit: Int) { self.narrowLimit = narrowLimit }

  // Version 4.5 of the format, the first with ZIP64, made on Unix (3).
  private static let version = 45
  private static let maker = 3 << 8 | version
  // 1980-01-01 00:00: years from 1980 in 7 bits, month in 4, day in 5.
  private static let date = 0 << 9 | 1 << 5 | 1

  /// Adds the entry `name`.
  mutating func add(_ name: String, _ bytes: Data) {
    let offset = data.count
    let nameBytes = Data(name.utf8)
    let flags = nameBytes.allSatisfy { $0 < 0x80 } ? 0 : ZIPFormat.utf8Flag
    let checksum = Int(CRC32.checksum(of: bytes))
    data.append(ZIPFormat.localHeaderSignature, 4)
    data.append(Self.version, 2)
    Self.appendDescription(to: &data, flags: flags, checksum: checksum)
    for _ in 0..<2 { data.append(ZIPFormat.elsewhere, 4) }
    let sizes = Self.wideField([bytes.count, bytes.count])
    data.append(nameBytes.count, 2)
    data.append(sizes.count, 2)
    data += nameBytes + sizes
    data += bytes

    var wide: [Int] = []
    if bytes.count > narrowLimit { wide += [bytes.count, bytes.count] }
    if offset > narrowLimit { wide.append(offset) }
    let extra = wide.isEmpty ? Data() : Self.wideField(wide)
    directory.append(ZIPFormat.directoryRecordSignature, 4)
    directory.append(Self.maker, 2)
    directory.append(Self.version, 2)
    Self.appendDescription(to: &directory, flags: flags, checksum: checksum)
    for _ in 0..<2 { directory.append(bytes.count > narrowLimit ? ZIPFormat.elsewhere : bytes.count, 4) }
    directory.append(nameBytes.count, 2)
    directory.append(extra.count, 2)
    // No comment, first volume, no internal attributes.
    for _ in 0..<3 { directory.append(0, 2) }
    // The permissions of a file that its owner may read and write.
    directory.append(0o600 << 16, 4)
    directory.append(offset > narrowLimit ? ZIPFormat.elsewhere : offset, 4)
    directory += nameBytes + extra
    entryCount += 1
  }

  /// Adds the directory and the end records, after which the archive is whole.
  mutating func finish() {
    let (offset, byteCount) = (data.count, directory.count)
    data += directory
    if entryCount > 0xffff || offset > narrowLimit || byteCount > narrowLimit {
      let end = data.count
      data.append(ZIPFormat.wideEndRecordSignature, 4)
      data.append(ZIPFormat.wideEndRecordByteCount - 12, 8)
      for _ in 0..<2 { data.append(Self.version, 2) }
      for _ in 0..<2 { data.append(0, 4) }
      for _ in 0..<2 { data.append(entryCount, 8) }
      data.append(byteCount, 8)
      data.append(offset, 8)
      data.append(ZIPFormat.wideEndLocatorSignature, 4)
      data.append(0, 4)
      data.append(end, 8)
      data.append(1, 4)
    }
    data.append(ZIPFormat.endRecordSignature, 4)
    for _ in 0..<2 { data.append(0, 2) }
    for _ in 0..<2 { data.append(min(entryCount, 0xffff), 2) }
    data.append(min(byteCount, ZIPFormat.elsewhere), 4)
    data.append(min(offset, ZIPFormat.elsewhere), 4)
    data.append(0, 2)
  }

  /// What a header and a record of the directory have in common: flags, method, time, date and check.
  private static func appendDescription(to data: inout Data, flags: Int, checksum: Int) {
    data.append(flags, 2)
    data.append(ZIPFormat.storedMethod, 2)
    data.append(0, 2)
    data.append(date, 2)
    data.append(checksum, 4)
  }

  private static func wideField(_ numbers: [Int]) -> Data {
    var field = Data()
    field.append(ZIPFormat.wideSizesField, 2)
    field.append(8 * numbers.count, 2)
    for number in numbers { field.append(number, 8) }
    return field
  }
}

extension Data {
  /// Adds `number` in `byteCount` little-endian bytes.
  fileprivate mutating func append(_ number: Int, _ byteCount: Int) {
    for place in 0..<byteCount { append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
  }
}
