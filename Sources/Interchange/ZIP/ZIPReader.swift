import Foundation

/// Reads the stored entries of a ZIP archive, and believes nothing that is said once only.
///
/// Sizes, check and place of an entry come from the central directory; the header before the entry's bytes must
/// agree with it. The directory must fill the space up to the end record, entries must not overlap, and each
/// one's CRC-32 must hold.
struct ZIPReader {
  /// An entry: its name and its bytes.
  struct Entry {
    let name: String
    let bytes: Data
  }

  /// What the central directory says of an entry.
  private struct Listing {
    let name: String
    let nameBytes: Data
    let flags: Int
    let method: Int
    let checksum: UInt32
    let byteCount: Int
    let offset: Int
  }

  /// Where the central directory is.
  private struct Directory {
    let offset: Int
    let byteCount: Int
    let entryCount: Int
  }

  private let archive: ZIPBytes
  private let file: String

  /// The entries of the archive `data` in the order of its central directory.
  static func entries(of data: Data, file: String) throws(InterchangeError) -> [Entry] {
    let reader = ZIPReader(archive: ZIPBytes(data), file: file)
    let signature = [UInt8](data.prefix(4))
    // An archive without entries has nothing but its end record.
    guard signature.starts(with: [0x50, 0x4b, 3, 4]) || signature.starts(with: [0x50, 0x4b, 5, 6]) else {
      throw reader.fault(.notAnArchive(found: signature))
    }
    let directory = try reader.directory()
    var entries: [Entry] = []
    var extents: [Range<Int>] = []
    for listing in try reader.listings(directory) {
      let extent = try reader.extent(of: listing, before: directory.offset)
      let bytes = reader.archive.slice(extent.upperBound - listing.byteCount..<extent.upperBound)!
      let checksum = CRC32.checksum(of: bytes)
      if checksum != listing.checksum {
        throw reader.fault(.checksumMismatch(found: checksum, expected: listing.checksum), listing.name)
      }
      extents.append(extent)
      entries.append(Entry(name: listing.name, bytes: bytes))
    }
    extents.sort { $0.lowerBound < $1.lowerBound }
    for (extent, next) in zip(extents, extents.dropFirst()) where extent.upperBound > next.lowerBound {
      throw reader.fault(.damagedDirectory("two entries share byte \(next.lowerBound)"))
    }
    return entries
  }

  private func fault(_ fault: NumpyArchiveFault, _ entry: String? = nil) -> InterchangeError {
    InterchangeError(.archive(fault), at: entry.map { "\(file), \($0)" } ?? file)
  }

  /// Finds the end record, which a comment may follow, and through it the central directory.
  private func directory() throws(InterchangeError) -> Directory {
    let last = archive.count - ZIPFormat.endRecordByteCount
    let end = stride(from: last, through: max(0, last - 0xffff), by: -1).first { offset in
      archive.number(at: offset, 4) == ZIPFormat.endRecordSignature
        && archive.number(at: offset + 20, 2) == last - offset
    }
    guard let end else { throw fault(.noEndRecord) }
    if archive.number(at: end + 4, 4) != 0 { throw fault(.severalVolumes) }
    let entryCount = archive.number(at: end + 10, 2)
    if archive.number(at: end + 8, 2) != entryCount { throw fault(.severalVolumes) }
    let (byteCount, offset) = (archive.number(at: end + 12, 4), archive.number(at: end + 16, 4))
    if offset + byteCount == end {
      return Directory(offset: offset, byteCount: byteCount, entryCount: entryCount)
    }
    // Between the directory and the end record of a large archive stand a wide end record and its locator.
    let locator = end - ZIPFormat.wideEndLocatorByteCount
    let wide = locator - ZIPFormat.wideEndRecordByteCount
    guard wide >= 0, archive.number(at: locator, 4) == ZIPFormat.wideEndLocatorSignature,
      archive.number(at: locator + 8, 8) == wide,
      archive.number(at: wide, 4) == ZIPFormat.wideEndRecordSignature,
      archive.number(at: wide + 4, 8) == ZIPFormat.wideEndRecordByteCount - 12
    else {
      throw fault(
        .damagedDirectory("bytes \(offset)..<\(offset + byteCount) where it should end at byte \(end)"))
    }
    let directory = Directory(
      offset: archive.number(at: wide + 48, 8), byteCount: archive.number(at: wide + 40, 8),
      entryCount: archive.number(at: wide + 32, 8))
    if archive.number(at: locator + 4, 4) != 0 || archive.number(at: locator + 16, 4) != 1
      || archive.number(at: wide + 16, 8) != 0 || archive.number(at: wide + 24, 8) != directory.entryCount
    {
      throw fault(.severalVolumes)
    }
    guard directory.offset <= wide, directory.byteCount == wide - directory.offset,
      entryCount == min(directory.entryCount, 0xffff),
      byteCount == directory.byteCount || byteCount == ZIPFormat.elsewhere,
      offset == directory.offset || offset == ZIPFormat.elsewhere
    else { throw fault(.damagedDirectory("its two end records differ or do not reach byte \(wide)")) }
    return directory
  }

  private func listings(_ directory: Directory) throws(InterchangeError) -> [Listing] {
    var listings: [Listing] = []
    var position = directory.offset
    let end = directory.offset + directory.byteCount
    while position < end {
      let record = position
      let nameStart = record + ZIPFormat.directoryRecordByteCount
      guard nameStart <= end, archive.number(at: record, 4) == ZIPFormat.directoryRecordSignature else {
        throw fault(.damagedDirectory("no record of an entry at byte \(record)"))
      }
      let extraStart = nameStart + archive.number(at: record + 28, 2)
      let extraEnd = extraStart + archive.number(at: record + 30, 2)
      position = extraEnd + archive.number(at: record + 32, 2)
      if position > end {
        throw fault(.damagedDirectory("the record at byte \(record) goes past byte \(end)"))
      }
      let nameBytes = archive.slice(nameStart..<extraStart)!
      let flags = archive.number(at: record + 8, 2)
      guard let name = String(validating: nameBytes, as: UTF8.self),
        flags & ZIPFormat.utf8Flag != 0 || nameBytes.allSatisfy({ $0 < 0x80 })
      else { throw fault(.damagedDirectory("the name in the record at byte \(record) is not UTF-8")) }
      guard
        let wide = wideNumbers(
          [
            archive.number(at: record + 24, 4), archive.number(at: record + 20, 4),
            archive.number(at: record + 42, 4),
          ], extra: extraStart..<extraEnd)
      else { throw fault(.damagedDirectory("the extra fields of \(name) do not hold its sizes")) }
      if archive.number(at: record + 34, 2) != 0 { throw fault(.severalVolumes) }
      let method = archive.number(at: record + 10, 2)
      try checkStored(name, flags: flags, method: method)
      if wide[0] != wide[1] {
        throw fault(.damagedDirectory("\(name) is stored, \(wide[0]) bytes in \(wide[1])"))
      }
      listings.append(
        Listing(
          name: name, nameBytes: nameBytes, flags: flags, method: method,
          checksum: UInt32(archive.number(at: record + 16, 4)), byteCount: wide[0], offset: wide[2]))
    }
    if listings.count != directory.entryCount {
      throw fault(.damagedDirectory("\(listings.count) entries where \(directory.entryCount) are announced"))
    }
    return listings
  }

  private func checkStored(_ name: String, flags: Int, method: Int) throws(InterchangeError) {
    if flags & ZIPFormat.encryptedFlag != 0 { throw fault(.encrypted, name) }
    if method == ZIPFormat.deflatedMethod { throw fault(.deflated, name) }
    if method != ZIPFormat.storedMethod { throw fault(.unsupportedCompression(method: method), name) }
  }

  /// The bytes that an entry takes up, header included, which end with the stored ones.
  private func extent(of listing: Listing, before end: Int) throws(InterchangeError) -> Range<Int> {
    let header = listing.offset
    func damage(_ how: String) -> InterchangeError { fault(.damagedEntry(how), listing.name) }
    guard header <= end - ZIPFormat.localHeaderByteCount,
      archive.number(at: header, 4) == ZIPFormat.localHeaderSignature
    else { throw damage("no header at byte \(header)") }
    let nameStart = header + ZIPFormat.localHeaderByteCount
    let extraStart = nameStart + archive.number(at: header + 26, 2)
    let start = extraStart + archive.number(at: header + 28, 2)
    guard start <= end, listing.byteCount <= end - start else {
      throw damage("\(listing.byteCount) bytes from byte \(start) go past byte \(end)")
    }
    if archive.slice(nameStart..<extraStart) != listing.nameBytes {
      throw damage("its header has another name")
    }
    if archive.number(at: header + 6, 2) != listing.flags
      || archive.number(at: header + 8, 2) != listing.method
    {
      throw damage("its header has other flags or another method")
    }
    if listing.flags & ZIPFormat.trailingSizesFlag == 0 {
      let sizes = [archive.number(at: header + 22, 4), archive.number(at: header + 18, 4)]
      guard wideNumbers(sizes, extra: extraStart..<start) == [listing.byteCount, listing.byteCount],
        archive.number(at: header + 14, 4) == Int(listing.checksum)
      else { throw damage("its header has other sizes or another CRC-32") }
    }
    return header..<start + listing.byteCount
  }

  /// `numbers`, those that stand elsewhere taken from the ZIP64 extra field in their order. `nil` where the
  /// extra fields are malformed or lack one.
  private func wideNumbers(_ numbers: [Int], extra: Range<Int>) -> [Int]? {
    var field = 0..<0
    var position = extra.lowerBound
    while position < extra.upperBound {
      guard position + 4 <= extra.upperBound else { return nil }
      let end = position + 4 + archive.number(at: position + 2, 2)
      guard end <= extra.upperBound else { return nil }
      if archive.number(at: position, 2) == ZIPFormat.wideSizesField { field = position + 4..<end }
      position = end
    }
    var result: [Int] = []
    var next = field.lowerBound
    for number in numbers {
      if number != ZIPFormat.elsewhere {
        result.append(number)
        continue
      }
      guard next + 8 <= field.upperBound else { return nil }
      result.append(archive.number(at: next, 8))
      next += 8
    }
    return result
  }
}
