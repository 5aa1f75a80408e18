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
      let base = "\(prefix)\(node.name)"
      var object: [String: JSONValue] = [
        "name": .string(node.name), "inputs": .array(node.inputs.map { .string($0) }),
        "output": node.output.archived,
      ]
      func add(_ weights: [Int16], _ codebook: WeightCodebook?, _ wordLength: Int, _ biases: [Int64]) {
        if let codebook {
          blobs.append(Blob("\(base).indices", codebook.indices))
          blobs.append(Blob("\(base).codebook", codebook.table))
          object["indexBits"] = .integer(codebook.indexBits)
        } else {
          blobs.append(Blob("\(base).weights", weights))
        }
        blobs.append(Blob("\(base).biases", biases))
        object["outputs"] = .integer(biases.count)
        object["weightWordLength"] = .integer(wordLength)
      }
      func add(_ stage: IntegerOutputStage) {
        if case .table(_, let table) = stage { blobs.append(Blob("\(base).table", table.entries)) }
        object["outputStage"] = stage.archived
      }
      switch node.operation {
      case .dense(let dense):
        object["operation"] = "dense"
        object["inputCount"] = .integer(dense.inputs)
        add(dense.weights.elements, dense.codebook, dense.weightWordLength, dense.biases)
        add(dense.outputStage)
      case .convolution(let convolution):
        object["operation"] = "convolution"
        object["channelsPerGroup"] = .integer(convolution.weights.shape[3])
        object["groups"] = .integer(convolution.groups)
        object["window"] = convolution.window.archived
        add(
          convolution.weights.elements, convolution.codebook, convolution.weightWordLength,
          convolution.biases)
        add(convolution.outputStage)
      case .pooling(let pooling):
        object["operation"] = "pooling"
        object["window"] = pooling.window.archived
        object["low"] = .integer(Int(pooling.low))
        object["high"] = .integer(Int(pooling.high))
        switch pooling.kind {
        case .maximum: object["kind"] = "maximum"
        case .average(let rounding):
          object["kind"] = "average"
          object["rounding"] = .string(rounding.rawValue)
        }
      case .addition(let addition):
        object["operation"] = "addition"
        object["leftShift"] = .integer(addition.leftShift)
        object["first"] = addition.first.archived
        object["second"] = addition.second.archived
        add(addition.outputStage)
      }
      return .object(object)
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
      let location = "\(file), node \(node.name)"
      let base = "\(prefix)\(node.name)"
      func numbers(
        of shape: [Int], indexBits: Int?
      ) throws(NetworkError) -> (stored: StoredWeights, biases: [Int64]) {
        let biases = try Self.elements("\(base).biases", of: Int64.self, in: container, file: file)
        // Extents of 2^24 at most: no product of three overflows, but one of four may.
        let (inputs, isTooLarge) = shape.dropFirst(2).reduce(1, *).multipliedReportingOverflow(
          by: shape[1])
        guard !isTooLarge else { throw NetworkError(at: location, "its kernel has too many taps") }
        func check(_ found: Int) throws(NetworkError) {
          let (count, overflowed) = shape[0].multipliedReportingOverflow(by: inputs)
          guard !overflowed, found == count, biases.count == shape[0] else {
            throw NetworkError(
              at: location,
              "\(found) weights and \(biases.count) biases for \(shape[0]) outputs of \(inputs) inputs")
          }
        }
        guard let indexBits else {
          let weights = try Self.elements("\(base).weights", of: Int16.self, in: container, file: file)
          try check(weights.count)
          return (.integers(Tensor(shape: shape, elements: weights)), biases)
        }
        let table = try Self.elements("\(base).codebook", of: Int16.self, in: container, file: file)
        let indices = try Self.elements("\(base).indices", of: UInt8.self, in: container, file: file)
        try check(indices.count)
        let codebook = try WeightCodebook(
          indexBits: indexBits, table: table, indices: indices, at: location)
        return (.indices(codebook, shape: shape), biases)
      }
      func stage(_ draft: OutputStageDraft) throws(NetworkError) -> IntegerOutputStage {
        switch draft {
        case .whole(let stage): return stage
        case .table(let requantization, let address):
          let entries = try Self.elements("\(base).table", of: Int32.self, in: container, file: file)
          guard entries.count == 1 << address.wordLength else {
            throw NetworkError(
              at: location, "a table of \(entries.count) entries for \(address.wordLength) address bits")
          }
          return .table(requantization, LookUpTable(addressFormat: address, entries: entries))
        }
      }
      let operation: IntegerOperation
      switch node.operation {
      case .dense(let outputs, let inputs, let bits, let indexBits, let output):
        let numbers = try numbers(of: [outputs, inputs], indexBits: indexBits)
        operation = .dense(
          IntegerDense(
            numbers.stored, weightWordLength: bits, biases: numbers.biases, outputStage: try stage(output)))
      case .convolution(
        let outputs, let channels, let groups, let window, let bits, let indexBits, let output):
        let shape = [outputs, window.kernel.height, window.kernel.width, channels]
        let numbers = try numbers(of: shape, indexBits: indexBits)
        operation = .convolution(
          IntegerConvolution(
            numbers.stored, weightWordLength: bits, biases: numbers.biases, window: window, groups: groups,
            outputStage: try stage(output)))
      case .pooling(let pooling): operation = .pooling(pooling)
      case .addition(let leftShift, let first, let second, let output):
        operation = .addition(
          IntegerAddition(leftShift: leftShift, first: first, second: second, outputStage: try stage(output)))
      }
      nodes.append(Node(node.name, inputs: node.inputs, operation, output: node.output))
    }
    try self.init(
      name: draft.name, input: draft.input, nodes: nodes, scales: draft.scales,
      preprocessing: draft.preprocessing)
  }
}
