import FixedPoint
import Foundation
import Networks
import Reproducibility
import Testing

@Suite("Network files")
struct NetworkFileTests {
  @Test("Float and integer networks of all stages come back equal, and give the same bytes again")
  func roundTrips() throws {
    let float = try SampleNetworks.float()
    let data = float.fileData
    let again = try FloatNetwork(fileData: data, file: "f")
    #expect(again == float && again.fileData == data && again.shapes == float.shapes)
    #expect(again.referenceOutput(of: [1, 2, 3, 4, 5, 6]) == float.referenceOutput(of: [1, 2, 3, 4, 5, 6]))

    let integer = try SampleNetworks.integer()
    let integerData = integer.fileData
    let integerAgain = try IntegerNetwork(fileData: integerData, file: "f")
    #expect(integerAgain == integer && integerAgain.fileData == integerData)
    #expect(integerAgain.scales == integer.scales && integerAgain.preprocessing == integer.preprocessing)
    let input: [Int64] = [0, 255, 3, 17, 8, 99]
    #expect(integerAgain.referenceTensors(of: input) == integer.referenceTensors(of: input))

    let images = try SampleNetworks.images()
    let imagesAgain = try IntegerNetwork(fileData: images.fileData, file: "f")
    #expect(imagesAgain == images && imagesAgain.fileData == images.fileData)
    let image = (0..<64).map { Int64($0 * 37 % 256 - 128) }
    #expect(imagesAgain.referenceTensors(of: image) == images.referenceTensors(of: image))
  }

  @Test("Every rounding of both requantisers that have one comes back", arguments: Rounding.allCases)
  func roundings(_ rounding: Rounding) throws {
    for requantization in [
      Requantization.shift(bits: -3, rounding: rounding),
      .multiplier([1, 4_294_967_295], shifts: [-62, 62], rounding: rounding),
    ] {
      let network = try IntegerNetwork(
        name: "n", input: IntegerTensor(shape: [1], format: .integer(.signed, 3), zeroPoint: -4),
        nodes: [
          .dense(
            "a", reading: "input", [[1], [-1]], bits: 2,
            stage: .clamp(requantization, low: .min, high: .max), output: .integer(.signed, 64), zeroPoint: -1
          )
        ])
      #expect(try IntegerNetwork(fileData: network.fileData, file: "f") == network)
    }
  }

  @Test("Two networks share a container under different prefixes")
  func prefixes() throws {
    let first = try SampleNetworks.integer()
    let second = try SampleNetworks.float()
    let (content, blobs) = first.archived(prefix: "a/")
    let (otherContent, otherBlobs) = second.archived(prefix: "b/")
    let container = Container(kind: "both", content: [content, otherContent], blobs: blobs + otherBlobs)
    #expect(try IntegerNetwork(archive: content, in: container, prefix: "a/", file: "f") == first)
    #expect(try FloatNetwork(archive: otherContent, in: container, prefix: "b/", file: "f") == second)
    let error = #expect(throws: NetworkError.self) {
      try FloatNetwork(archive: otherContent, in: container, prefix: "c/", file: "f")
    }
    #expect(error?.description.hasPrefix("f: no blob \"c/first.weights\"; present: a/table.weights") == true)
  }

  @Test("A flipped byte anywhere, and every cut, is an error that names the file once")
  func damage() throws {
    func check<Network>(_ data: Data, _ read: (Data) throws -> Network) {
      for index in data.indices {
        for mask: UInt8 in [0x01, 0x80, 0xff, 0x20] {
          var damaged = data
          damaged[index] ^= mask
          let error = #expect(throws: NetworkError.self, "byte \(index), mask \(mask)") { try read(damaged) }
          #expect(error?.location == "net.wl" && error?.message.contains("net.wl") == false)
        }
        #expect(throws: NetworkError.self, "cut to \(index) bytes") { try read(data.prefix(index)) }
      }
      #expect(throws: NetworkError.self) { try read(data + [0]) }
    }
    let float = try SampleNetworks.float().fileData
    let integer = try SampleNetworks.integer().fileData
    check(float) { try FloatNetwork(fileData: $0, file: "net.wl") }
    check(integer) { try IntegerNetwork(fileData: $0, file: "net.wl") }
    let wrong = #expect(throws: NetworkError.self) { try FloatNetwork(fileData: integer, file: "net.wl") }
    #expect(wrong?.description == "net.wl: holds a \"integer-network\", expected a \"float-network\"")
  }

  @Test("All faults of a graph's JSON are reported at once, each with its path")
  func faultsByPath() throws {
    let (content, blobs) = try SampleNetworks.integer().archived(prefix: "")
    guard case .object(var members) = content, case .array(var nodes)? = members["nodes"],
      case .object(var node) = nodes[0]
    else { throw NetworkError(at: "test", "the archive is no object with nodes") }
    node["outputs"] = nil
    node["weightWordLengh"] = node.removeValue(forKey: "weightWordLength")
    nodes[0] = .object(node)
    members["nodes"] = .array(nodes)
    members["name"] = 3
    members["extra"] = true
    let error = #expect(throws: NetworkError.self) {
      try IntegerNetwork(
        archive: .object(members), in: Container(kind: "k", content: nil, blobs: blobs), prefix: "",
        file: "n.wl")
    }
    #expect(
      error?.description == """
        n.wl: name: found an integer (3), expected a string
        n.wl: nodes[0].outputs: missing; expected an integer in 1...16777216
        n.wl: nodes[0].weightWordLength: missing; expected an integer in 1...16
        n.wl: nodes[0].weightWordLengh: unknown member; did you mean "weightWordLength"?
        n.wl: extra: unknown member; known here: input, name, nodes, preprocessing, scales
        """)
  }
}
