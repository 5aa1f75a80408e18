import FixedPoint
import Foundation
import Testing

@Suite("Judging vector files")
struct VectorVerificationTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  /// The verification of a file with `text`.
  private func verification(of text: String, reportedFaults: Int = 10) throws -> VectorVerification {
    try verification(of: Data(text.utf8), reportedFaults: reportedFaults)
  }

  private func verification(of data: Data, reportedFaults: Int = 10) throws -> VectorVerification {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).csv")
    try data.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try VectorVerification(path: file.path, reportedFaults: reportedFaults)
  }

  @Test(
    "Every row of the shared vectors is judged, and none mismatches",
    .enabled(if: SharedVectors.isPresent, "../shared/vectors is absent"),
    arguments: SharedVectors.rows.keys.sorted())
  func sharedVectorsMatch(_ name: String) throws {
    let result = try VectorVerification(path: SharedVectors.path(name))
    #expect(result.faults.isEmpty && result.passes, "\(result.text)")
    #expect(result.rows == SharedVectors.rows[name])
    // Sums of a fraction with a large integer need 130 bits: the documented error, counted apart.
    #expect(result.tooWideRows == (name == "add" ? 60 : 0))
  }

  @Test("Every row of the committed excerpts matches", arguments: ["vendor-excerpt", "vendor-differences"])
  func excerptsMatch(_ name: String) throws {
    let result = try VectorVerification(path: Self.fixtures.appendingPathComponent("\(name).csv").path)
    #expect(result.faults.isEmpty && result.passes, "\(result.text)")
    #expect(result.rows == (name == "vendor-excerpt" ? 2040 : 66))
    let operations = Set(result.groups.map { $0.name.prefix { $0 != " " } })
    if name == "vendor-excerpt" { #expect(operations.count == VectorOperation.allCases.count) }
  }

  @Test("A change of one in any excerpt row's result is found")
  func changedResultsAreFound() throws {
    let path = Self.fixtures.appendingPathComponent("vendor-excerpt.csv").path
    var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    var judged = 0
    for index in lines.indices.dropFirst() {
      var fields = lines[index].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard Int(fields[11]) ?? 0 <= 128 else { continue }
      var results = fields[14].split(separator: ";").map(String.init)
      // The last of a list, so that every step must be looked at.
      let raw = Int128(results[results.count - 1])!
      results[results.count - 1] = String(raw <= 0 ? raw + 1 : raw - 1)
      fields[14] = results.joined(separator: ";")
      lines[index] = fields.joined(separator: ",")
      judged += 1
    }
    let result = try verification(of: lines.joined(separator: "\n"))
    // The few single-bit results whose change leaves the format are refused instead.
    #expect(result.mismatchingRows + result.malformedRows == judged && result.matchingRows == 0)
    #expect(result.mismatchingRows > judged * 9 / 10)
  }

  private static let header =
    "op,w1,i1,s1,w2,i2,s2,a,b,q,o,wo,io,so,r,ref\n"

  @Test(
    "A malformed row is reported with its line, its column and what was expected",
    arguments: [
      ("add,8,4,1,8,4,1,1,2,-,-,9,5,1", "15 columns"),
      ("plus,8,4,1,8,4,1,1,2,-,-,9,5,1,3,x", "column op: found \"plus\", expected one of convert"),
      (
        "add,0,4,1,8,4,1,1,2,-,-,9,5,1,3,x",
        "column w1: found \"0\", expected a word length, an integer from 1 to 64"
      ),
      ("add,65,4,1,8,4,1,1,2,-,-,9,5,1,3,x", "column w1: found \"65\""),
      ("add,8,4000000000,1,8,4,1,1,2,-,-,9,5,1,3,x", "column i1"),
      ("add,8,99999999999999999999999,1,8,4,1,1,2,-,-,9,5,1,3,x", "column i1"),
      (
        "add,8,4,2,8,4,1,1,2,-,-,9,5,1,3,x", "column s1: found \"2\", expected 1 for signed or 0 for unsigned"
      ),
      (
        "add,8,4,1,8,4,1,128,2,-,-,9,5,1,3,x",
        "column a: found \"128\", expected raw integers of sfix8_En4, from -128 to 127"
      ),
      ("add,8,4,1,8,4,0,1,-1,-,-,9,5,1,3,x", "column b: found \"-1\", expected raw integers of ufix8_En4"),
      ("add,8,4,1,8,4,1,1;2,2,-,-,9,5,1,3,x", "column a: found \"1;2\", expected one integer"),
      ("add,8,4,1,8,4,1,,2,-,-,9,5,1,3,x", "column a: found \"\""),
      ("add,8,4,1,8,4,1,1,2,-,-,9,5,1,512,x", "column r: found \"512\", expected a raw integer of sfix9_En4"),
      ("add,8,4,1,8,4,1,1,2,-,-,9,5,1,0x3,x", "column r: found \"0x3\""),
      ("add,8,4,1,8,4,1,1,2,NEAR,-,9,5,1,3,x", "column q: found \"NEAR\", expected one of TRN"),
      ("convert,8,4,1,,,,1,,-,SAT,9,5,1,2,x", "column q: found \"-\""),
      ("convert,8,4,1,,,,1,,TRN,CLAMP,9,5,1,2,x", "column o: found \"CLAMP\", expected one of WRAP"),
      (
        "convert,8,4,1,,,,1,,TRN,WRAP:10,9,5,1,2,x",
        "column o: found \"WRAP:10\", expected at most 9 saturated bits"
      ),
      ("convert,8,4,1,,,,1,,TRN,WRAP:-1,9,5,1,2,x", "column o: found \"WRAP:-1\""),
      ("convert,8,4,1,8,4,1,1,,TRN,SAT,9,5,1,2,x", "column w2: found \"8\", expected nothing"),
      ("convert,8,4,1,,,,1,7,TRN,SAT,9,5,1,2,x", "column b: found \"7\", expected nothing"),
      ("convert,8,4,1,,,,1,,TRN,SAT,65,5,1,2,x", "column wo: found \"65\""),
      ("from_double,,,,,,,1.5,,TRN,SAT,9,5,1,2,x", "column a: found \"1.5\", expected an IEEE double's bits"),
      ("from_double,,,,,,,0x+1,,TRN,SAT,9,5,1,2,x", "column a: found \"0x+1\""),
      ("from_double,,,,,,,0x7ff0000000000000,,TRN,SAT,9,5,1,2,x", "expected a finite double's bits"),
      ("div,8,4,1,8,4,1,1,0,-,-,13,9,1,3,x", "column b: found \"0\", expected a divisor other than 0"),
      ("cmp,8,4,1,8,4,1,1,2,-,-,,,,2,x", "column r: found \"2\", expected an order"),
      ("cmp,8,4,1,8,4,1,1,2,-,-,1,1,1,-1,x", "column wo: found \"1\", expected nothing"),
      ("shl,8,4,1,,,,1,1.5,-,-,8,4,1,2,x", "column b: found \"1.5\", expected a number of places"),
      (
        "mac,8,4,1,8,4,1,1;2,3,TRN,SAT,20,8,1,3;9,x",
        "column b: found \"3\", expected as many integers as in column a, 2"
      ),
      (
        "mac,8,4,1,8,4,1,1;2,3;4,TRN,SAT,20,8,1,3,x",
        "column r: found \"3\", expected 2 integers instead of 1"
      ),
      ("", "16 columns instead of 1"),
    ])
  func malformedRows(_ row: (line: String, message: String)) throws {
    let good = "add,8,4,1,8,4,1,1,2,-,-,9,5,1,3,x\n"
    let result = try verification(of: Self.header + good + row.line + "\n" + good)
    #expect(result.malformedRows == 1 && result.matchingRows == 2 && !result.passes, "\(row.line)")
    #expect(result.faults.first?.line == 3 && result.faults.first?.kind == .malformed)
    let message = try #require(result.faults.first?.message)
    let expected = row.message == "15 columns" ? "16 columns instead of 14" : row.message
    #expect(message.contains(expected), "\(message)")
  }

  @Test("A mismatch shows both values, raw and real, and a wrong result format is one")
  func mismatches() throws {
    let result = try verification(
      of: Self.header + "add,8,4,1,8,4,1,1,2,-,-,9,5,1,4,x\r\nadd,8,4,1,8,4,1,1,2,-,-,10,6,1,3,x\n"
        + "cmp,8,4,1,8,4,1,1,2,-,-,,,,1,x\nmac,8,4,1,8,4,1,1;2,3;4,TRN,SAT,20,12,1,3;12,x")
    #expect(
      result.faults.map(\.message) == [
        "add: 1 (0.0625) in sfix8_En4 and 2 (0.125) in sfix8_En4: found raw 4 (0.25), "
          + "expected raw 3 (0.1875) in sfix9_En4",
        "add: 1 (0.0625) in sfix8_En4 and 2 (0.125) in sfix8_En4: "
          + "found the result format sfix10_En4, expected sfix9_En4",
        "cmp: 1 (0.0625) in sfix8_En4 and 2 (0.125) in sfix8_En4: found order 1, expected -1",
        "mac TRN SAT: 1 (0.0625); 2 (0.125) in sfix8_En4 and 3 (0.1875); 4 (0.25) in sfix8_En4: "
          + "found raw 12 (0.046875) after step 2 of 2, expected raw 11 (0.04296875) in sfix20_En8",
      ])
    let xml = VectorVerification.junitXML(
      [result], unreadable: [VectorFileError(path: "a<b>.csv", problem: "is \"empty\".")])
    #expect(xml.contains("<testsuites name=\"wordlength verify\" tests=\"4\" failures=\"3\" errors=\"1\">"))
    #expect(xml.contains("a&lt;b&gt;.csv") && xml.contains("is &quot;empty&quot;."))
    #expect(!xml.contains("sfix9_En4 < "))
  }

  @Test("A file that is no vector file is an error of the file")
  func otherFiles() throws {
    #expect(throws: VectorFileError.self) { try verification(of: "") }
    #expect(throws: VectorFileError.self) { try verification(of: "a,b,c\n1,2,3\n") }
    #expect(throws: VectorFileError.self) { try VectorVerification(path: "/nowhere/at/all.csv") }
    #expect(throws: VectorFileError.self) { try VectorVerification(path: NSTemporaryDirectory()) }
    #expect(try verification(of: Self.header).rows == 0)
  }

  @Test(
    "No damage to a vector file traps, and none is taken for a good row that it is not",
    arguments: [
      UInt64(1), 2, 3, 4,
    ])
  func damagedFiles(seed: UInt64) throws {
    var draws = TestDraws(seed: seed)
    let path = Self.fixtures.appendingPathComponent("vendor-excerpt.csv").path
    let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
    let tokens = [
      "", "-", "--", "9223372036854775808", "-340282366920938463463374607431768211456", "WRAP:64",
      "WRAP_SM:0",
      ";", ";;", "0x", "0xffffffffffffffff", "1e5", "\u{0}", "é", "-0", "00", "SAT", "mac", "div", "64",
      "1000000000",
      "-1000000000", "2000000000", "9999999999999999999999999999999999999999999999999999",
    ].map { Array($0.utf8) }
    var file = Array(lines[0]) + [UInt8(ascii: "\n")]
    for _ in 0..<4_000 {
      var line = Array(lines[draws.int(1...lines.count - 1)])
      for _ in 0..<draws.int(1...4) {
        switch draws.int(0...4) {
        case 0:
          if !line.isEmpty { line[draws.int(0...line.count - 1)] = UInt8(draws.int(0...255)) }
        case 1:
          if !line.isEmpty { line.remove(at: draws.int(0...line.count - 1)) }
        case 2: line.insert(draws.element(Array("0123456789-,;:x".utf8)), at: draws.int(0...line.count))
        default:
          var fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
            Array($0)
          }
          fields[draws.int(0...fields.count - 1)] = draws.element(tokens)
          line = Array(fields.joined(separator: [UInt8(ascii: ",")]))
        }
      }
      file += line + [UInt8(ascii: "\n")]
    }
    let result = try verification(of: Data(file), reportedFaults: .max)
    #expect(result.faults.count == result.malformedRows + result.mismatchingRows)
    #expect(result.malformedRows > 1_000 && result.mismatchingRows > 100, "seed \(seed) damages too little")
    #expect(VectorVerification.junitXML([result]).utf8.count > 100)
  }

  @Test("A line longer than is read whole is one malformed row, and the next line is read")
  func endlessLine() throws {
    var data = Data(Self.header.utf8)
    data.append(Data(repeating: UInt8(ascii: "7"), count: 40_000_000))
    data.append(Data("\nadd,8,4,1,8,4,1,1,2,-,-,9,5,1,3,x\n".utf8))
    let result = try verification(of: data)
    #expect(result.malformedRows == 1 && result.matchingRows == 1)
    #expect(result.faults[0].message.utf8.count < 300)
  }
}
