import Foundation
import Reproducibility
import Testing

@Suite("Containers")
struct ContainerTests {
  private let small = Container(
    kind: "network", content: ["layers": [1, 2.5], "name": "é\n"],
    blobs: [
      Blob("weights", [1, -0.0, .infinity, .leastNonzeroMagnitude] as [Float]), Blob("empty", [] as [Int64]),
      Blob("raw", [-3, 0, 127] as [Int8]), Blob("biases", [Int32.min, .max]),
      Blob("wide", [Int64.min, -1]), Blob("codes", [-2, 300] as [Int16]),
      Blob("pixels", [0, 255] as [UInt8]),
    ])

  @Test("Decoding gives back what was encoded, of every type, and the same bytes again")
  func roundTrip() throws {
    let data = small.encoded()
    let decoded = try Container(decoding: data, expecting: "network")
    #expect(decoded == small)
    #expect(decoded.encoded() == data)
    #expect(
      try decoded.elements("weights", of: Float.self).map(\.bitPattern) == [
        0x3f80_0000, 1 << 31, 0x7f80_0000, 1,
      ])
    #expect(try decoded.elements("empty") == [] as [Int64])
    #expect(try decoded.elements("raw") == [-3, 0, 127] as [Int8])
    #expect(try decoded.elements("biases") == [Int32.min, .max])
    #expect(try decoded.elements("wide") == [Int64.min, -1])
    #expect(try decoded.elements("codes") == [-2, 300] as [Int16])
    #expect(try decoded.elements("pixels") == [0, 255] as [UInt8])
    // Data slices have other start indices.
    let padded = Data([1, 2, 3]) + data
    #expect(try Container(decoding: padded[3...], expecting: "network") == small)
  }

  @Test("The file is the documented one: a line of JSON that Foundation reads, then little-endian numbers")
  func layout() throws {
    let data = Container(kind: "k", content: nil, blobs: [Blob("a", [258] as [Int16])]).encoded()
    let lineEnd = try #require(data.firstIndex(of: 0x0a))
    #expect(Array(data[(lineEnd + 1)...]) == [2, 1])
    let header = try #require(try JSONSerialization.jsonObject(with: data[..<lineEnd]) as? [String: Any])
    #expect(header["container"] as? String == "wordlength" && header["version"] as? Int == 1)
    #expect(header["payloadBytes"] as? Int == 2 && header["kind"] as? String == "k")
    // sha256sum of the bytes 2, 1.
    #expect(
      header["payloadSHA256"] as? String == "25dfd29c09617dcc9852281c030e5b3037a338a4712a42a21c907f259c6412a0"
    )
    let line = String(decoding: data[..<lineEnd], as: UTF8.self)
    let digest = try #require(header["headerSHA256"] as? String)
    let without = line.replacingOccurrences(of: ",\"headerSHA256\":\"\(digest)\"", with: "")
    #expect(SHA256Digest(of: without).description == digest)
  }

  @Test("Every flipped bit, every cut and every added byte is noticed")
  func everyDamageIsNoticed() {
    let data = small.encoded()
    for index in data.indices {
      for bit in 0..<8 {
        var damaged = data
        damaged[index] ^= 1 << UInt8(bit)
        #expect(throws: ContainerError.self, "byte \(index), bit \(bit)") {
          try Container(decoding: damaged, expecting: "network")
        }
      }
      #expect(throws: ContainerError.self, "cut to \(index) bytes") {
        try Container(decoding: data.prefix(index), expecting: "network")
      }
    }
    #expect(throws: ContainerError.self) { try Container(decoding: data + [0], expecting: "network") }
  }

  @Test("Damage is named with the file")
  func damageIsNamed() throws {
    let data = small.encoded()
    let lineEnd = try #require(data.firstIndex(of: 0x0a))
    func message(_ data: Data, expecting kind: String = "network") -> String? {
      do {
        _ = try Container(decoding: data, expecting: kind, file: "a.wl")
        return nil
      } catch { return error.description }
    }
    #expect(message(data) == nil)
    #expect(message(Data()) == "a.wl: not a wordlength container")
    #expect(message(Data("{}\n".utf8)) == "a.wl: not a wordlength container")
    #expect(
      message(data.prefix(20)) == "a.wl: the file ends within its header; the file is damaged; make it again")
    #expect(
      message(data.dropLast(2))
        == "a.wl: the payload has 47 bytes, expected 49; the file is damaged; make it again")
    #expect(
      message(data + [1]) == "a.wl: 1 bytes after the end of the payload; the file is damaged; make it again")
    var damaged = data
    damaged[lineEnd + 3] ^= 1
    #expect(
      message(damaged)
        == "a.wl: the payload's digest differs from the header's; the file is damaged; make it again")
    #expect(message(data, expecting: "cache") == "a.wl: holds a \"network\", expected a \"cache\"")
    let text = String(decoding: data[..<lineEnd], as: UTF8.self)
    let newer = Data(text.replacingOccurrences(of: "\"version\":1}", with: "\"version\":2}").utf8)
    #expect(
      message(newer + data[lineEnd...])
        == "a.wl: container version 2, expected 1; use the program that made it")
    let renamed = Data(text.replacingOccurrences(of: "network", with: "netwark").utf8)
    #expect(
      message(renamed + data[lineEnd...])
        == "a.wl: the header has been changed, its digest differs; the file is damaged; make it again")
    let spaced = Data(text.replacingOccurrences(of: ",", with: ", ").utf8)
    #expect(
      message(spaced + data[lineEnd...])
        == "a.wl: the header has been changed, it is not canonical JSON; the file is damaged; make it again")
  }

  @Test("A header with right digests but wrong entries is refused, never trusted")
  func malformedHeaders() {
    let entry: JSONValue = ["name": "a", "type": "int16", "count": 1, "offset": 0]
    func message(_ blobs: JSONValue) -> String? {
      do {
        _ = try Container(decoding: forged(blobs, payload: [2, 1]), expecting: "k")
        return nil
      } catch { return error.description }
    }
    #expect(message([entry]) == nil)
    let wrong = "container: the header is wrong: "
    #expect(message([]) == wrong + "its blobs hold 0 of the payload's 2 bytes")
    for (member, value) in [
      ("count", 2), ("count", -1), ("count", .integer(.max)), ("offset", 1), ("type", "int17"), ("name", 1),
      ("extra", 1),
    ] as [(String, JSONValue)] {
      guard case .object(var members) = entry else { return }
      members[member] = value
      #expect(message([.object(members)]) == wrong + "blobs[0] is not an entry of version 1", "\(member)")
    }
    let byte: JSONValue = ["name": "a", "type": "int8", "count": 1, "offset": 0]
    let second: JSONValue = ["name": "a", "type": "int8", "count": 1, "offset": 1]
    #expect(message([byte, second]) == wrong + "two blobs are named \"a\"")
    #expect(message("x") == wrong + "it has not exactly the members of version 1")
  }

  /// A file whose digests are right whatever its list of blobs says.
  private func forged(_ blobs: JSONValue, payload: [UInt8]) -> Data {
    var header: [String: JSONValue] = [
      "container": "wordlength", "version": 1, "kind": "k", "content": nil, "blobs": blobs,
      "payloadBytes": .integer(payload.count), "payloadSHA256": "\(SHA256Digest(of: payload))",
    ]
    header["headerSHA256"] = "\(SHA256Digest(of: JSONValue.object(header).canonicalText))"
    return Data((JSONValue.object(header).canonicalText + "\n").utf8) + payload
  }

  @Test("Missing and mistyped blobs are named")
  func blobErrors() {
    let missing = #expect(throws: ContainerError.self) { try small.elements("weight", of: Float.self) }
    #expect(
      missing?.description
        == "container: no blob \"weight\"; present: weights, empty, raw, biases, wide, codes, pixels")
    let mistyped = #expect(throws: ContainerError.self) { try small.elements("weights", of: Int16.self) }
    #expect(mistyped?.description == "container: blob \"weights\" is float32, expected int16")
  }

  @Test("Tens of megabytes come back whole")
  func largeContainer() throws {
    var source = RandomSource(seed: 53)
    let values = (0..<8_000_000).map { _ in Float(source.uniform()) }
    let data = Container(kind: "k", content: nil, blobs: [Blob("a", values)]).encoded()
    #expect(try Container(decoding: data, expecting: "k").elements("a", of: Float.self) == values)
  }
}
