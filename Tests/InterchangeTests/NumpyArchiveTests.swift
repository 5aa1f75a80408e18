import Foundation
import Interchange
import Reproducibility
import Testing

private let sample = try! NumpyArchive([
  .init("a", NumpyArray(shape: [2], elements: [1, -2] as [Int8])),
  .init("bias", NumpyArray(shape: [1, 1], elements: [70000] as [Int32])),
])

private func message(_ data: Data) -> String? {
  do {
    _ = try NumpyArchive(parsing: data, file: "x.npz")
    return nil
  } catch { return error.description }
}

@Suite("NumPy archives")
struct NumpyArchiveTests {
  @Test("Archives are read from NumPy's bytes and written as NumPy's bytes")
  func savedByNumPy() throws {
    let expected = [
      sample, try NumpyArchive([.init("Δ", NumpyArray(shape: [], elements: [0.5]))]), try NumpyArchive([]),
    ]
    #expect(NumpySample.archives.count == expected.count)
    for (file, archive) in zip(NumpySample.archives, expected) {
      #expect(try NumpyArchive(parsing: file.data, file: "x.npz") == archive, "\(file.expression)")
      #expect(archive.encoded() == file.data, "\(file.expression)")
    }
  }

  @Test("Sizes and offsets in 64 bits are read and written where Python writes them")
  func wideNumbers() throws {
    let file = NumpySample.wideArchive[0].data
    #expect(try NumpyArchive(parsing: file, file: "x.npz") == sample)
    #expect(sample.encoded(narrowLimit: 100) == file && file != sample.encoded())
  }

  @Test("More than 65,535 arrays need the wide end record, and are read back")
  func manyArrays() throws {
    let array = NumpyArray(shape: [1], elements: [3] as [Int8])
    for count in [65_535, 65_536] {
      let archive = try NumpyArchive((0..<count).map { .init("\($0)", array) })
      let file = archive.encoded()
      #expect((file.range(of: Data([0x50, 0x4b, 6, 6])) != nil) == (count > 65_535))
      #expect(try NumpyArchive(parsing: file, file: "x.npz") == archive)
    }
  }

  @Test("An archive that was written to a pipe, with its sizes behind the bytes, is read")
  func piped() throws {
    let read = try NumpyArchive(parsing: NumpySample.pipedArchive[0].data, file: "x.npz")
    #expect(read.entries == Array(sample.entries.prefix(1)))
  }

  @Test("A comment after the end record is passed over")
  func comment() throws {
    var file = sample.encoded()
    file[file.count - 2] = 5
    #expect(try NumpyArchive(parsing: file + Data("notes".utf8), file: "x.npz") == sample)
  }

  @Test("The check of every length of bytes is CRC-32 by its definition, a bit at a time")
  func checksum() throws {
    var source = RandomSource(seed: 4201)
    for count in 0..<80 {
      let elements = (0..<count).map { _ in UInt8(source.below(256)) }
      let array = NumpyArray(shape: [count], elements: elements)
      var remainder: UInt32 = 0xffff_ffff
      for byte in array.encoded() {
        for bit in 0..<8 {
          let feedback = (remainder ^ UInt32(byte >> UInt8(bit))) & 1
          remainder = remainder >> 1 ^ (feedback == 1 ? 0xedb8_8320 : 0)
        }
      }
      let file = try NumpyArchive([.init("a", array)]).encoded()
      let written = file[14..<18].reversed().reduce(0) { $0 << 8 | UInt32($1) }
      #expect(written == ~remainder, "seed 4201, \(count) bytes")
    }
  }

  @Test("Arrays are found by name, and a missing one is an error with the names there are")
  func names() throws {
    #expect(try sample.array("bias").integers == [70000])
    let read = try NumpyArchive(parsing: sample.encoded(), file: "x.npz")
    let missing = #expect(throws: InterchangeError.self) { try read.array("weights") }
    #expect(missing?.description == "x.npz: no array \"weights\"; present: a, bias")
    let mistyped = #expect(throws: InterchangeError.self) { try read.array("a").elements(of: Int32.self) }
    #expect(mistyped?.location == "x.npz, a.npy")
  }

  @Test("Names that an archive cannot hold are refused before it is written")
  func unusableNames() throws {
    let array = sample.entries[0].array
    let twice = #expect(throws: InterchangeError.self) {
      try NumpyArchive([.init("a", array), .init("a", array)])
    }
    #expect(
      twice?.description == "archive, a.npy: two entries have this name, expected each once; rename one")
    for count in [0, 65_532] {
      let error = #expect(throws: InterchangeError.self) {
        try NumpyArchive([.init(String(repeating: "n", count: count), array)])
      }
      #expect(
        error?.description == "archive: a name of \(count) bytes, expected 1...65531; rename the array")
    }
    let longest = try NumpyArchive([.init(String(repeating: "n", count: 65_531), array)])
    #expect(try NumpyArchive(parsing: longest.encoded(), file: "x.npz") == longest)
  }

  /// `sample` with each byte at the given distance from a mark's occurrences replaced.
  private func changed(_ changes: [(mark: [UInt8], distance: Int, bytes: [UInt8])]) -> Data {
    var file = sample.encoded()
    for change in changes {
      var rest = file.startIndex..<file.endIndex
      while let found = file.range(of: Data(change.mark), in: rest) {
        let start = found.lowerBound + change.distance
        file.replaceSubrange(start..<start + change.bytes.count, with: change.bytes)
        rest = found.upperBound..<file.endIndex
      }
    }
    return file
  }

  @Test(
    "A damaged or foreign archive is refused by a message that says where, what was expected and what helps")
  func damagedArchives() {
    let local: [UInt8] = [0x50, 0x4b, 3, 4]
    let listed: [UInt8] = [0x50, 0x4b, 1, 2]
    let end: [UInt8] = [0x50, 0x4b, 5, 6]
    let whole = sample.encoded()
    let directory = whole.range(of: Data(listed))!.lowerBound
    let last = whole.count - 22
    let damage = "the file is damaged; copy it again"
    let resave = "save the arrays with numpy.savez"
    // Two records of the directory for one entry, with the end record's figures to match.
    var repeated = sample.encoded()
    let record = repeated[directory..<directory + 51]
    repeated.replaceSubrange(directory..<last, with: record + record)
    repeated[repeated.count - 10] = 102
    var flipped = whole
    flipped[whole.range(of: Data([0x70, 0x11, 1, 0]))!.lowerBound] ^= 1
    let cases: [(Data, String)] = [
      (Data(), ": not a .npz archive: it starts with nothing, expected 50 4b 03 04 (PK); \(resave)"),
      (
        sample.entries[0].array.encoded(),
        ": not a .npz archive: it starts with 93 4e 55 4d, expected 50 4b 03 04 (PK); \(resave)"
      ),
      (
        whole.dropLast(),
        ": no end record of a ZIP archive, expected one as the last bytes: the file is truncated or goes on "
          + "after its end; copy it again"
      ),
      (changed([(end, 4, [1])]), ": one part of an archive of several, expected a whole one; \(resave)"),
      (
        changed([(end, 12, [0])]),
        ": the list of entries is wrong, bytes \(directory)..<\(directory) where it should end at byte \(last): "
          + damage
      ),
      (
        changed([(end, 8, [3, 0, 3, 0])]),
        ": the list of entries is wrong, 2 entries where 3 are announced: \(damage)"
      ),
      (
        changed([(listed, 0, [0])]),
        ": the list of entries is wrong, no record of an entry at byte \(directory): \(damage)"
      ),
      (
        changed([(listed, 32, [200])]),
        ": the list of entries is wrong, the record at byte \(directory) goes past byte \(last): \(damage)"
      ),
      (
        changed([(listed, 46, [0xff])]),
        ": the list of entries is wrong, the name in the record at byte \(directory) is not UTF-8: \(damage)"
      ),
      (
        changed([(listed, 42, [255, 255, 255, 255])]),
        ": the list of entries is wrong, the extra fields of a.npy do not hold its sizes: \(damage)"
      ),
      (
        changed([(listed, 20, [1])]),
        ": the list of entries is wrong, a.npy is stored, 130 bytes in 1: \(damage)"
      ),
      (repeated, ": the list of entries is wrong, two entries share byte 0: \(damage)"),
      (
        changed([(listed, 42, [1])]),
        ", a.npy: the entry is not as listed, no header at byte 1: \(damage)"
      ),
      (
        changed([(listed, 20, [255, 255, 0, 0, 255, 255, 0, 0])]),
        ", a.npy: the entry is not as listed, 65535 bytes from byte 55 go past byte \(directory): \(damage)"
      ),
      (
        changed([(listed, 20, [129, 0, 0, 0, 129, 0, 0, 0])]),
        ", a.npy: the entry is not as listed, its header has other sizes or another CRC-32: \(damage)"
      ),
      (
        changed([(local, 30, Array("z".utf8))]),
        ", a.npy: the entry is not as listed, its header has another name: \(damage)"
      ),
      (
        changed([(local, 8, [8])]),
        ", a.npy: the entry is not as listed, its header has other flags or another method: \(damage)"
      ),
      (changed([(listed, 8, [1])]), ", a.npy: the entry is encrypted, expected a stored one; \(resave)"),
      (
        changed([(listed, 10, [12])]),
        ", a.npy: the entry is compressed by ZIP method 12, expected 0 (stored); \(resave)"
      ),
      (
        NumpySample.compressedArchive[0].data,
        ", a.npy: the entry is compressed (deflated), expected a stored one; save the arrays with numpy.savez "
          + "in place of numpy.savez_compressed, or pack the files again with zip -0"
      ),
      (flipped, ", bias.npy: CRC-32 is 0xb0900596, expected 0x082c62f3: \(damage)"),
      (
        changed([(Array("a.npy".utf8), 4, Array("z".utf8)), (Array("bias.npy".utf8), 7, Array("z".utf8))]),
        ", a.npz: the entry's name does not end in .npy, expected arrays only; \(resave)"
      ),
    ]
    for (data, expected) in cases { #expect(message(data) == "x.npz\(expected)") }
  }

  @Test("Every single flipped bit and every cut gives an error or the same arrays")
  func everyBit() throws {
    for file in [sample.encoded(), sample.encoded(narrowLimit: 100), NumpySample.pipedArchive[0].data] {
      let arrays = try NumpyArchive(parsing: file, file: "x.npz")
      var errors = 0
      for bit in 0..<8 * file.count {
        var damaged = file
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        if let read = try? NumpyArchive(parsing: damaged, file: "x.npz") {
          #expect(read == arrays, "bit \(bit)")
        } else {
          errors += 1
        }
      }
      // Dates, versions and attributes are not read; all else is some entry's, or says where entries are.
      #expect(errors > 8 * file.count * 2 / 3, "\(errors) of \(8 * file.count)")
      for count in 0..<file.count {
        #expect(throws: InterchangeError.self, "\(count) bytes") {
          try NumpyArchive(parsing: file.prefix(count), file: "x.npz")
        }
      }
    }
  }

  @Test("Several changed bytes, moved and repeated parts give an error or the same arrays")
  func fuzz() {
    var source = RandomSource(seed: 4202)
    let files = [sample.encoded(), sample.encoded(narrowLimit: 100)]
    for round in 0..<20_000 {
      var file = files[source.below(2)]
      switch source.below(3) {
      case 0:
        for _ in 0...source.below(6) { file[source.below(file.count)] = UInt8(source.below(256)) }
      case 1:
        let values: [UInt8] = [0, 1, 0x7f, 0x80, 0xff]
        let (start, value) = (source.below(file.count), values[source.below(5)])
        for position in start..<min(file.count, start + 8) { file[position] = value }
      default:
        let (start, end) = (source.below(file.count), source.below(file.count))
        file.insert(contentsOf: file[min(start, end)..<max(start, end)], at: source.below(file.count))
      }
      if let read = try? NumpyArchive(parsing: file, file: "x.npz") {
        #expect(read == sample, "seed 4202, round \(round)")
      }
    }
  }

  private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("../shared/models")
    .standardizedFileURL

  @Test(
    "Every archive and array of the published networks is read, and written again byte for byte",
    .enabled(if: FileManager.default.fileExists(atPath: models.path), "../shared/models is absent"))
  func publishedNetworks() throws {
    var (archives, arrays) = (0, 0)
    for directory in ["anomaly_detection", "keyword_spotting"] {
      let directory = Self.models.appendingPathComponent(directory)
      for name in try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() {
        let url = directory.appendingPathComponent(name)
        if name.hasSuffix(".npz") {
          let data = try Data(contentsOf: url)
          let archive = try NumpyArchive(parsing: data, file: name)
          #expect(archive.encoded() == data, "\(url.path)")
          archives += 1
          arrays += archive.entries.count
        } else if name.hasSuffix(".npy") {
          let data = try Data(contentsOf: url)
          let array = try NumpyArray(parsing: data, file: name)
          #expect(
            array.encoded() == data && array.elementType == .int8 && array.shape[0] == 11, "\(url.path)")
          arrays += 1
        }
      }
    }
    #expect(archives == 6 && arrays == 20 + 20 + 2 * 10 + 2 * 13 + 6)
  }
}
