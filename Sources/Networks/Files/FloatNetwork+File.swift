import Reproducibility
import Tensors

extension FloatNetwork: NetworkArchive {
  /// `float-network`.
  public static var archiveKind: String { "float-network" }

  /// The graph as JSON and its weights as blobs whose names start with `prefix`.
  public func archived(prefix: String) -> (content: JSONValue, blobs: [Blob]) {
    var blobs: [Blob] = []
    let nodes = nodes.map { node -> JSONValue in
      var object: [String: JSONValue] = [
        "name": .string(node.name), "inputs": .array(node.inputs.map { .string($0) }),
      ]
      switch node.operation {
      case .dense(let dense):
        object["operation"] = "dense"
        object["outputs"] = .integer(dense.outputs)
        object["inputCount"] = .integer(dense.inputs)
        blobs.append(Blob("\(prefix)\(node.name).weights", dense.weights.elements))
        blobs.append(Blob("\(prefix)\(node.name).biases", dense.biases))
      case .activation(let function):
        object["operation"] = .string(function.rawValue)
      }
      return .object(object)
    }
    let content: JSONValue = [
      "name": .string(name), "inputShape": .array(inputShape.map { .integer($0) }), "nodes": .array(nodes),
    ]
    return (content, blobs)
  }

  /// The network whose graph is `content` and whose weights are blobs of `container` under `prefix`.
  /// - Throws: `NetworkError` naming `file` and the fault.
  public init(
    archive content: JSONValue, in container: Container, prefix: String, file: String
  ) throws(NetworkError) {
    struct Draft {
      let name: String
      let inputs: [String]
      let operation: String
      let outputs: Int
      let inputCount: Int
    }
    let (name, shape, drafts) = try Self.read(content, file: file) { reader -> (String, [Int], [Draft])? in
      let name = reader.string("name")
      let shape = reader.integers("inputShape", in: 1...1 << 20, count: 1...4)
      let drafts = reader.objects("nodes")?.map { node -> Draft? in
        let name = node.string("name")
        let inputs = node.strings("inputs")
        let operation = node.choice(
          "operation", of: ["dense"] + ActivationFunction.allCases.map(\.rawValue))
        let isDense = operation == "dense"
        let outputs = isDense ? node.integer("outputs", in: 1...1 << 24) : 0
        let inputCount = isDense ? node.integer("inputCount", in: 1...1 << 24) : 0
        node.finish()
        guard let name, let inputs, let operation, let outputs, let inputCount else { return nil }
        return Draft(
          name: name, inputs: inputs, operation: operation, outputs: outputs, inputCount: inputCount)
      }
      reader.finish()
      guard let name, let shape, let drafts, !drafts.contains(where: { $0 == nil }) else { return nil }
      return (name, shape, drafts.compactMap { $0 })
    }
    var nodes: [Node] = []
    for draft in drafts {
      if let function = ActivationFunction(rawValue: draft.operation) {
        nodes.append(Node(draft.name, inputs: draft.inputs, .activation(function)))
        continue
      }
      let weights = try Self.elements(
        "\(prefix)\(draft.name).weights", of: Float.self, in: container, file: file)
      let biases = try Self.elements(
        "\(prefix)\(draft.name).biases", of: Float.self, in: container, file: file)
      guard weights.count == draft.outputs * draft.inputCount, biases.count == draft.outputs else {
        throw NetworkError(
          at: "\(file), node \(draft.name)",
          "\(weights.count) weights and \(biases.count) biases for \(draft.outputs) outputs of \(draft.inputCount) inputs"
        )
      }
      let dense = FloatDense(
        weights: Tensor(shape: [draft.outputs, draft.inputCount], elements: weights), biases: biases)
      nodes.append(Node(draft.name, inputs: draft.inputs, .dense(dense)))
    }
    try self.init(name: name, inputShape: shape, nodes: nodes)
  }
}
