import FixedPoint
import Reproducibility
import Tensors

extension IntegerNetwork: NetworkArchive {
  /// `integer-network`.
  public static var archiveKind: String { "integer-network" }

  /// The graph as JSON and its numbers as blobs whose names start with `prefix`.
  public func archived(prefix: String) -> (content: JSONValue, blobs: [Blob]) {
    var blobs: [Blob] = []
    let nodes = nodes.map { node -> JSONValue in
      switch node.operation {
      case .dense(let dense):
        let base = "\(prefix)\(node.name)"
        blobs.append(Blob("\(base).weights", dense.weights.elements))
        blobs.append(Blob("\(base).biases", dense.biases))
        if case .table(_, let table) = dense.outputStage {
          blobs.append(Blob("\(base).table", table.entries))
        }
        return [
          "name": .string(node.name), "inputs": .array(node.inputs.map { .string($0) }),
          "operation": "dense", "outputs": .integer(dense.outputs), "inputCount": .integer(dense.inputs),
          "weightWordLength": .integer(dense.weightWordLength), "output": node.output.archived,
          "outputStage": dense.outputStage.archived,
        ]
      }
    }
    var content: [String: JSONValue] = [
      "name": .string(name), "input": input.archived, "nodes": .array(nodes),
      "scales": .object(scales.mapValues { .number($0) }),
    ]
    if let preprocessing {
      content["preprocessing"] = [
        "numerator": .integer(preprocessing.numerator), "denominator": .integer(preprocessing.denominator),
      ]
    }
    return (.object(content), blobs)
  }

  /// The network whose graph is `content` and whose numbers are blobs of `container` under `prefix`.
  /// - Throws: `NetworkError` naming `file` and the fault.
  public init(
    archive content: JSONValue, in container: Container, prefix: String, file: String
  ) throws(NetworkError) {
    let draft = try Self.read(content, file: file) { reader in NetworkDraft(reader) }
    var nodes: [Node] = []
    for node in draft.nodes {
      let base = "\(prefix)\(node.name)"
      let weights = try Self.elements("\(base).weights", of: Int16.self, in: container, file: file)
      let biases = try Self.elements("\(base).biases", of: Int64.self, in: container, file: file)
      guard weights.count == node.outputs * node.inputCount, biases.count == node.outputs else {
        throw NetworkError(
          at: "\(file), node \(node.name)",
          "\(weights.count) weights and \(biases.count) biases for \(node.outputs) outputs of \(node.inputCount) inputs"
        )
      }
      var stage = node.stage
      if case .table(let requantization, let address) = node.tableStage {
        let entries = try Self.elements("\(base).table", of: Int32.self, in: container, file: file)
        guard entries.count == 1 << address.wordLength else {
          throw NetworkError(
            at: "\(file), node \(node.name)",
            "a table of \(entries.count) entries for \(address.wordLength) address bits")
        }
        stage = .table(requantization, LookUpTable(addressFormat: address, entries: entries))
      }
      nodes.append(
        Node(
          node.name, inputs: node.inputs,
          .dense(
            IntegerDense(
              weights: Tensor(shape: [node.outputs, node.inputCount], elements: weights),
              weightWordLength: node.weightWordLength, biases: biases, outputStage: stage)),
          output: node.output))
    }
    try self.init(
      name: draft.name, input: draft.input, nodes: nodes, scales: draft.scales,
      preprocessing: draft.preprocessing)
  }
}

/// What the JSON part of a file says, before the blobs are read.
private struct NetworkDraft {
  struct Node {
    enum TableStage {
      case none
      case table(Requantization, FixedPointFormat)
    }
    let name: String
    let inputs: [String]
    let outputs: Int
    let inputCount: Int
    let weightWordLength: Int
    let output: IntegerTensor
    let stage: IntegerOutputStage
    let tableStage: TableStage

    init?(_ reader: JSONReader) {
      let name = reader.string("name")
      let inputs = reader.strings("inputs")
      _ = reader.choice("operation", of: ["dense"])
      let outputs = reader.integer("outputs", in: 1...1 << 24)
      let inputCount = reader.integer("inputCount", in: 1...1 << 24)
      let bits = reader.integer("weightWordLength", in: 1...16)
      let output = reader.object("output").flatMap(IntegerTensor.init(archive:))
      let stage = reader.object("outputStage").flatMap(Self.stage)
      reader.finish()
      guard let name, let inputs, let outputs, let inputCount, let bits, let output, let stage else {
        return nil
      }
      self.name = name
      self.inputs = inputs
      self.outputs = outputs
      self.inputCount = inputCount
      weightWordLength = bits
      self.output = output
      (self.stage, tableStage) = stage
    }

    private static func stage(_ reader: JSONReader) -> (IntegerOutputStage, TableStage)? {
      guard let kind = reader.choice("kind", of: ["accumulators", "clamp", "table"]) else { return nil }
      defer { reader.finish() }
      if kind == "accumulators" { return (.accumulators, .none) }
      let requantization = reader.object("requantization").flatMap(Requantization.init(archive:))
      if kind == "table" {
        let bits = reader.integer("addressBits", in: 1...16)
        guard let requantization, let bits,
          let address = try? FixedPointFormat(.signed, wordLength: bits, fractionLength: 0)
        else { return nil }
        return (.accumulators, .table(requantization, address))
      }
      let low = reader.integer("low")
      let high = reader.integer("high")
      guard let requantization, let low, let high else { return nil }
      return (.clamp(requantization, low: Int64(low), high: Int64(high)), .none)
    }
  }

  let name: String
  let input: IntegerTensor
  let nodes: [Node]
  let scales: [String: Double]
  let preprocessing: InputPreprocessing?

  init?(_ reader: JSONReader) {
    let name = reader.string("name")
    let input = reader.object("input").flatMap(IntegerTensor.init(archive:))
    let nodes = reader.objects("nodes")?.map(Node.init)
    let scales = reader.object("scales").map { scales in
      Dictionary(uniqueKeysWithValues: scales.keys.map { ($0, scales.number($0) ?? 0) })
    }
    let preprocessing =
      reader.contains("preprocessing")
      ? reader.object("preprocessing").flatMap { object -> InputPreprocessing? in
        let numerator = object.integer("numerator", in: 1...Int.max)
        let denominator = object.integer("denominator", in: 1...Int.max)
        object.finish()
        guard let numerator, let denominator else { return nil }
        return InputPreprocessing(numerator: numerator, denominator: denominator)
      } : nil
    reader.finish()
    guard let name, let input, let nodes, let scales, !nodes.contains(where: { $0 == nil }) else {
      return nil
    }
    self.name = name
    self.input = input
    self.nodes = nodes.compactMap { $0 }
    self.scales = scales
    self.preprocessing = preprocessing
  }
}
