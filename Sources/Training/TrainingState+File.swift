import Networks
import Reproducibility

extension TrainingState: NetworkArchive {
  /// `training-state`.
  public static var archiveKind: String { "training-state" }

  /// The network, and the optimizer's memory as blobs named `slots.NODE.PARAMETER.NUMBER`.
  public func archived(prefix: String) -> (content: JSONValue, blobs: [Blob]) {
    var (graph, blobs) = network.archived(prefix: prefix)
    for (name, values) in slots.sorted(by: { $0.key < $1.key }) {
      for (number, slot) in values.enumerated() {
        blobs.append(Blob("\(prefix)slots.\(name).\(number)", slot))
      }
    }
    return (
      [
        "network": graph, "epoch": .integer(epoch), "steps": .integer(steps),
        "slotCounts": .object(slots.mapValues { .integer($0.count) }),
      ], blobs
    )
  }

  /// The state whose description is `content` and whose numbers are blobs of `container` under `prefix`.
  /// - Throws: `NetworkError` naming `file` and the fault.
  public init(
    archive content: JSONValue, in container: Container, prefix: String, file: String
  ) throws(NetworkError) {
    struct Draft {
      let graph: JSONValue
      let epoch: Int
      let steps: Int
      let counts: [String: Int]
    }
    let draft = try Self.read(content, file: file) { reader -> Draft? in
      let hasNetwork = reader.object("network") != nil
      let epoch = reader.integer("epoch", in: 0...Int.max)
      let steps = reader.integer("steps", in: 0...Int.max)
      let counts = reader.object("slotCounts").map { counts in
        Dictionary(uniqueKeysWithValues: counts.keys.map { ($0, counts.integer($0, in: 0...16) ?? 0) })
      }
      reader.finish()
      guard hasNetwork, let graph = content["network"], let epoch, let steps, let counts else { return nil }
      return Draft(graph: graph, epoch: epoch, steps: steps, counts: counts)
    }
    let network = try FloatNetwork(archive: draft.graph, in: container, prefix: prefix, file: file)
    var sizes: [String: Int] = [:]
    for node in network.nodes {
      for (name, values) in node.operation.parameters { sizes["\(node.name).\(name)"] = values.count }
    }
    var slots: [String: [[Float]]] = [:]
    for (name, count) in draft.counts {
      slots[name] = []
      for number in 0..<count {
        let values = try Self.elements(
          "\(prefix)slots.\(name).\(number)", of: Float.self, in: container, file: file)
        guard values.count == sizes[name] else {
          throw NetworkError(
            at: "\(file), \(name)", "the optimizer keeps \(values.count) numbers for \(sizes[name] ?? 0)")
        }
        slots[name]!.append(values)
      }
    }
    self.init(network: network, slots: slots, epoch: draft.epoch, steps: draft.steps)
  }
}
