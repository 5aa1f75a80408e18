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
      for (name, values) in node.operation.parameters {
        blobs.append(Blob("\(prefix)\(node.name).\(name)", values))
      }
      switch node.operation {
      case .dense(let dense):
        object["operation"] = "dense"
        object["outputs"] = .integer(dense.outputs)
        object["inputCount"] = .integer(dense.inputs)
      case .convolution(let convolution):
        object["operation"] = "convolution"
        object["outputs"] = .integer(convolution.biases.count)
        object["channelsPerGroup"] = .integer(convolution.weights.shape[3])
        object["groups"] = .integer(convolution.groups)
        object["window"] = convolution.window.archived
      case .batchNormalization(let normalization):
        object["operation"] = "batchNormalization"
        object["channels"] = .integer(normalization.scale.count)
        object["epsilon"] = .number(Double(normalization.epsilon))
        blobs.append(Blob("\(prefix)\(node.name).mean", normalization.mean))
        blobs.append(Blob("\(prefix)\(node.name).variance", normalization.variance))
      case .activation(let function): object["operation"] = .string(function.rawValue)
      case .maximumPooling(let window):
        object["operation"] = "maximumPooling"
        object["window"] = window.archived
      case .averagePooling(let window):
        object["operation"] = "averagePooling"
        object["window"] = window.archived
      case .dropout(let rate):
        object["operation"] = "dropout"
        object["rate"] = .number(rate)
      case .addition: object["operation"] = "addition"
      }
      return .object(object)
    }
    var content: [String: JSONValue] = [
      "name": .string(name), "inputShape": .array(inputShape.map { .integer($0) }), "nodes": .array(nodes),
    ]
    if zeroPixel != 0 { content["zeroPixel"] = .integer(zeroPixel) }
    return (.object(content), blobs)
  }

  /// The network whose graph is `content` and whose weights are blobs of `container` under `prefix`.
  /// - Throws: `NetworkError` naming `file` and the fault.
  public init(
    archive content: JSONValue, in container: Container, prefix: String, file: String
  ) throws(NetworkError) {
    let draft = try Self.read(content, file: file) { reader in FloatNetworkDraft(reader) }
    var nodes: [Node] = []
    for node in draft.nodes {
      func numbers(_ name: String, _ count: Int) throws(NetworkError) -> [Float] {
        let values = try Self.elements(
          "\(prefix)\(node.name).\(name)", of: Float.self, in: container, file: file)
        guard values.count == count else {
          throw NetworkError(
            at: "\(file), node \(node.name)", "\(values.count) \(name), expected \(count)")
        }
        return values
      }
      /// The number of weights, or an error for one that no memory holds.
      func count(_ factors: Int...) throws(NetworkError) -> Int {
        var product = 1
        for factor in factors {
          let (next, overflowed) = product.multipliedReportingOverflow(by: factor)
          guard !overflowed else {
            throw NetworkError(at: "\(file), node \(node.name)", "has too many weights")
          }
          product = next
        }
        return product
      }
      let operation: FloatOperation
      switch node.operation {
      case .dense(let outputs, let inputs):
        operation = .dense(
          FloatDense(
            weights: Tensor(
              shape: [outputs, inputs], elements: try numbers("weights", try count(outputs, inputs))),
            biases: try numbers("biases", outputs)))
      case .convolution(let outputs, let channels, let groups, let window):
        let shape = [outputs, window.kernel.height, window.kernel.width, channels]
        operation = .convolution(
          FloatConvolution(
            weights: Tensor(
              shape: shape,
              elements: try numbers("weights", try count(shape[0], shape[1], shape[2], shape[3]))),
            biases: try numbers("biases", outputs), window: window, groups: groups))
      case .batchNormalization(let channels, let epsilon):
        var normalization = FloatBatchNormalization(channels: channels, epsilon: epsilon)
        normalization.scale = try numbers("scale", channels)
        normalization.shift = try numbers("shift", channels)
        normalization.mean = try numbers("mean", channels)
        normalization.variance = try numbers("variance", channels)
        operation = .batchNormalization(normalization)
      case .whole(let whole): operation = whole
      }
      nodes.append(Node(node.name, inputs: node.inputs, operation))
    }
    try self.init(
      name: draft.name, inputShape: draft.inputShape, nodes: nodes, zeroPixel: draft.zeroPixel)
  }
}

/// What the JSON part of a file says, before the blobs are read.
private struct FloatNetworkDraft {
  struct Node {
    enum Operation {
      case dense(outputs: Int, inputs: Int)
      case convolution(outputs: Int, channelsPerGroup: Int, groups: Int, window: SlidingWindow)
      case batchNormalization(channels: Int, epsilon: Float)
      /// An operation without numbers.
      case whole(FloatOperation)
    }

    let name: String
    let inputs: [String]
    let operation: Operation

    init?(_ reader: JSONReader) {
      let name = reader.string("name")
      let inputs = reader.strings("inputs")
      let kinds = [
        "dense", "convolution", "batchNormalization", "maximumPooling", "averagePooling", "dropout",
        "addition",
      ]
      let kind = reader.choice("operation", of: kinds + ActivationFunction.allCases.map(\.rawValue))
      let operation = kind.flatMap { Self.operation($0, reader) }
      reader.finish()
      guard let name, let inputs, let operation else { return nil }
      self.name = name
      self.inputs = inputs
      self.operation = operation
    }

    private static func operation(_ kind: String, _ reader: JSONReader) -> Operation? {
      func window() -> SlidingWindow? { reader.object("window").flatMap(SlidingWindow.init(archive:)) }
      let extents = 1...1 << 24
      switch kind {
      case "dense":
        let outputs = reader.integer("outputs", in: extents)
        let inputs = reader.integer("inputCount", in: extents)
        guard let outputs, let inputs else { return nil }
        return .dense(outputs: outputs, inputs: inputs)
      case "convolution":
        let outputs = reader.integer("outputs", in: extents)
        let channels = reader.integer("channelsPerGroup", in: extents)
        let groups = reader.integer("groups", in: extents)
        let window = window()
        guard let outputs, let channels, let groups, let window else { return nil }
        return .convolution(outputs: outputs, channelsPerGroup: channels, groups: groups, window: window)
      case "batchNormalization":
        let channels = reader.integer("channels", in: extents)
        let epsilon = reader.number("epsilon", in: 0...1)
        guard let channels, let epsilon else { return nil }
        return .batchNormalization(channels: channels, epsilon: Float(epsilon))
      case "maximumPooling": return window().map { .whole(.maximumPooling($0)) }
      case "averagePooling": return window().map { .whole(.averagePooling($0)) }
      case "dropout": return reader.number("rate", in: 0...1).map { .whole(.dropout(rate: $0)) }
      case "addition": return .whole(.addition)
      default: return ActivationFunction(rawValue: kind).map { .whole(.activation($0)) }
      }
    }
  }

  let name: String
  let inputShape: [Int]
  let nodes: [Node]
  let zeroPixel: Int

  init?(_ reader: JSONReader) {
    let name = reader.string("name")
    let shape = reader.integers("inputShape", in: 1...1 << 20, count: 1...4)
    let nodes = reader.objects("nodes")?.map(Node.init)
    let zeroPixel = reader.integer("zeroPixel", in: 0...255, default: 0)
    reader.finish()
    guard let name, let shape, let nodes, let zeroPixel, !nodes.contains(where: { $0 == nil }) else {
      return nil
    }
    self.name = name
    inputShape = shape
    self.nodes = nodes.compactMap { $0 }
    self.zeroPixel = zeroPixel
  }
}
