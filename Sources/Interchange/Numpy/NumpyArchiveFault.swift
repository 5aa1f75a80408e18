/// What can be wrong with a `.npz` archive, or with what is asked of one.
public enum NumpyArchiveFault: Hashable, Sendable {
  /// The file does not start as a ZIP archive does.
  case notAnArchive(found: [UInt8])
  /// The file does not end with a ZIP archive's end record.
  case noEndRecord
  /// The archive is one part of several.
  case severalVolumes
  /// The list of entries contradicts itself or the file, in this way.
  case damagedDirectory(String)
  /// An entry contradicts the list of entries, in this way.
  case damagedEntry(String)
  /// An entry is encrypted.
  case encrypted
  /// An entry is deflated.
  case deflated
  /// An entry is compressed by the method of this number.
  case unsupportedCompression(method: Int)
  /// An entry's bytes are not those that were written.
  case checksumMismatch(found: UInt32, expected: UInt32)
  /// An entry's name does not end in `.npy`.
  case notAnArray
  /// Two entries have one name.
  case duplicateName
  /// A name to write has more than 65,535 bytes, or none.
  case unusableName(byteCount: Int)
  /// The archive has no such array.
  case missingArray(name: String, present: [String])

  var message: String {
    let damage = "the file is damaged; copy it again"
    let resave = "save the arrays with numpy.savez"
    switch self {
    case .notAnArchive(let found):
      return "not a .npz archive: it starts with \(hexadecimal(found)), expected 50 4b 03 04 (PK); \(resave)"
    case .noEndRecord:
      return
        "no end record of a ZIP archive, expected one as the last bytes: the file is truncated or goes on "
        + "after its end; copy it again"
    case .severalVolumes: return "one part of an archive of several, expected a whole one; \(resave)"
    case .damagedDirectory(let how): return "the list of entries is wrong, \(how): \(damage)"
    case .damagedEntry(let how): return "the entry is not as listed, \(how): \(damage)"
    case .encrypted: return "the entry is encrypted, expected a stored one; \(resave)"
    case .deflated:
      return "the entry is compressed (deflated), expected a stored one; save the arrays with numpy.savez in "
        + "place of numpy.savez_compressed, or pack the files again with zip -0"
    case .unsupportedCompression(let method):
      return "the entry is compressed by ZIP method \(method), expected 0 (stored); \(resave)"
    case .checksumMismatch(let found, let expected):
      return "CRC-32 is \(Self.digits(found)), expected \(Self.digits(expected)): \(damage)"
    case .notAnArray: return "the entry's name does not end in .npy, expected arrays only; \(resave)"
    case .duplicateName: return "two entries have this name, expected each once; rename one"
    case .unusableName(let byteCount):
      return "a name of \(byteCount) bytes, expected 1...65531; rename the array"
    case .missingArray(let name, let present):
      let list = present.isEmpty ? "none" : present.joined(separator: ", ")
      return "no array \"\(name)\"; present: \(list)"
    }
  }

  private static func digits(_ word: UInt32) -> String {
    let digits = String(word, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
