import Foundation
import Networks
import Reproducibility
import Testing

/// A place in a JSON value, from the top.
private enum Step: Hashable {
  case member(String)
  case element(Int)
}

extension JSONValue {
  /// Every place in this value, the value itself first.
  fileprivate var places: [[Step]] {
    switch self {
    case .object(let members):
      [[]] + members.keys.sorted().flatMap { key in members[key]!.places.map { [.member(key)] + $0 } }
    case .array(let elements):
      [[]] + elements.indices.flatMap { index in elements[index].places.map { [.element(index)] + $0 } }
    case .null, .bool, .integer, .number, .string: [[]]
    }
  }

  /// This value with what stands at `place` put through `change`; nil takes it away.
  fileprivate func changed(at place: ArraySlice<Step>, _ change: (JSONValue) -> JSONValue?) -> JSONValue? {
    guard let step = place.first else { return change(self) }
    switch (step, self) {
    case (.member(let key), .object(var members)):
      members[key] = members[key]!.changed(at: place.dropFirst(), change)
      return .object(members)
    case (.element(let index), .array(var elements)):
      if let element = elements[index].changed(at: place.dropFirst(), change) {
        elements[index] = element
      } else {
        elements.remove(at: index)
      }
      return .array(elements)
    default: return self
    }
  }
}

extension IntegerOperation {
  /// Whether its output is unrequantised sums, which no format bounds.
  fileprivate var leavesAccumulators: Bool {
    switch self {
    case .dense(let dense): dense.outputStage == .accumulators
    case .convolution(let convolution): convolution.outputStage == .accumulators
    case .pooling, .addition: false
    }
  }
}

@Suite("Forged network files")
struct ForgedFileTests {
  private static let replacements: [JSONValue] = [
    nil, true, -1, 0, 1, 3, 16, 63, 64, 1000, 16_777_216, .integer(.max), .integer(.min), 1.5, "", "x",
    "input",
    "ufix64", "sfix1", "sfix8_En3", "relu", [], [1], [16_777_216, 16_777_216, 16_777_216, 16_777_216], [:],
    ["x": 1],
  ]

  /// Changes every place of `content` in every way; each must be an error or a network that keeps the rules.
  /// Returns how many were errors and how many networks.
  private func forge(
    _ content: JSONValue, _ read: (JSONValue) throws(NetworkError) -> Void
  ) -> (errors: Int, networks: Int) {
    var counts = (errors: 0, networks: 0)
    func attempt(_ forged: JSONValue?) {
      guard let forged, forged != content else { return }
      do {
        try read(forged)
        counts.networks += 1
      } catch {
        #expect(!error.message.isEmpty && error.location.utf8.count < 60)
        counts.errors += 1
      }
    }
    for place in content.places {
      for replacement in Self.replacements { attempt(content.changed(at: place[...]) { _ in replacement }) }
      attempt(content.changed(at: place[...]) { _ in nil })
      attempt(
        content.changed(at: place[...]) { value in
          guard case .array(let elements) = value, let first = elements.first else { return value }
          return .array([first] + elements)
        })
    }
    return counts
  }

  @Test(
    "No JSON, however wrong, traps or makes an integer network that breaks the rules",
    arguments: [SampleNetworks.integer, SampleNetworks.images, SampleNetworks.codebooks])
  func integerNetworks(_ sample: @Sendable () throws -> IntegerNetwork) throws {
    let (content, blobs) = try sample().archived(prefix: "")
    let container = Container(kind: "k", content: nil, blobs: blobs)
    let counts = forge(content) { (forged) throws(NetworkError) in
      let network = try IntegerNetwork(archive: forged, in: container, prefix: "", file: "f")
      // What is accepted can be executed at both ends of its input's range, and written and read again.
      let format = network.input.format
      for raw in [format.minimumRaw, format.maximumRaw] {
        let values = [Int64](repeating: Int64(clamping: raw), count: network.input.count)
        let tensors = network.referenceTensors(of: values)
        for node in network.nodes where !node.operation.leavesAccumulators {
          #expect(tensors[node.name]!.allSatisfy { node.output.format.contains(raw: Int128($0)) })
        }
      }
      let again = try IntegerNetwork(fileData: network.fileData, file: "f")
      #expect(again == network)
    }
    #expect(counts.errors > 2000 && counts.networks > 75, "\(counts)")
  }

  @Test("No JSON, however wrong, traps or makes a float network that breaks the rules")
  func floatNetworks() throws {
    let (content, blobs) = try SampleNetworks.float().archived(prefix: "")
    let container = Container(kind: "k", content: nil, blobs: blobs)
    let counts = forge(content) { (forged) throws(NetworkError) in
      let network = try FloatNetwork(archive: forged, in: container, prefix: "", file: "f")
      let input = [Double](repeating: 1, count: network.inputShape.reduce(1, *))
      #expect(network.referenceOutput(of: input).count == network.shapes[network.output.name]!.reduce(1, *))
      let again = try FloatNetwork(fileData: network.fileData, file: "f")
      #expect(again == network)
    }
    #expect(counts.errors > 900 && counts.networks > 5, "\(counts)")
  }

  @Test("A member nobody knows is an error in every object, with its path")
  func unknownMembers() throws {
    let (integer, integerBlobs) = try SampleNetworks.integer().archived(prefix: "")
    let (images, imageBlobs) = try SampleNetworks.images().archived(prefix: "")
    let (float, floatBlobs) = try SampleNetworks.float().archived(prefix: "")
    func check(_ content: JSONValue, _ read: (JSONValue) throws -> Void) {
      var objects = 0
      for place in content.places {
        let forged = content.changed(at: place[...]) { value in
          guard case .object(var members) = value else { return value }
          members["zzz"] = .string("?")
          return .object(members)
        }
        guard let forged, forged != content else { continue }
        objects += 1
        let error = #expect(throws: NetworkError.self, "\(place)") { try read(forged) }
        #expect(error?.message.contains("zzz: ") == true, "\(place): \(error?.message ?? "")")
      }
      #expect(objects > 5)
    }
    check(integer) {
      _ = try IntegerNetwork(
        archive: $0, in: Container(kind: "k", content: nil, blobs: integerBlobs), prefix: "", file: "f")
    }
    check(images) {
      _ = try IntegerNetwork(
        archive: $0, in: Container(kind: "k", content: nil, blobs: imageBlobs), prefix: "", file: "f")
    }
    check(float) {
      _ = try FloatNetwork(
        archive: $0, in: Container(kind: "k", content: nil, blobs: floatBlobs), prefix: "", file: "f")
    }
  }

  @Test(
    "Blobs that are missing, mistyped or of the wrong size are errors that name them",
    arguments: zip([SampleNetworks.integer, SampleNetworks.images, SampleNetworks.codebooks], [9, 7, 8]))
  func wrongBlobs(_ sample: @Sendable () throws -> IntegerNetwork, count: Int) throws {
    let (content, blobs) = try sample().archived(prefix: "")
    #expect(blobs.count == count)
    for index in blobs.indices {
      let name = blobs[index].name
      func message(_ replacement: [Blob]) -> String? {
        var changed = blobs
        changed.replaceSubrange(index...index, with: replacement)
        let container = Container(kind: "k", content: nil, blobs: changed)
        do {
          _ = try IntegerNetwork(archive: content, in: container, prefix: "", file: "f")
          return nil
        } catch { return error.description }
      }
      #expect(message([blobs[index]]) == nil)
      #expect(message([])?.hasPrefix("f: no blob \"\(name)\"; present: ") == true)
      #expect(
        message([Blob(name, [1.0] as [Float])])?.hasPrefix("f: blob \"\(name)\" is float32, expected ")
          == true)
      let short: Blob =
        name.hasSuffix("weights") || name.hasSuffix("codebook")
        ? Blob(name, [1] as [Int16])
        : name.hasSuffix("indices")
          ? Blob(name, [1] as [UInt8])
          : name.hasSuffix("table") ? Blob(name, [1] as [Int32]) : Blob(name, [1] as [Int64])
      let node = name.prefix { $0 != "." }
      #expect(message([short])?.hasPrefix("f, node \(node): ") == true, "\(message([short]) ?? "accepted")")
    }
  }
}
