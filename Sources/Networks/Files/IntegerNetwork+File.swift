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
        of outputs: Int, inputs: Int, indexBits: Int?
      ) throws(NetworkError) -> StoredNumbers {
        let stored: StoredWeights
        let found: Int
        if let indexBits {
          let codebook = try WeightCodebook(
            indexBits: indexBits,
            table: try Self.elements("\(base).codebook", of: Int16.self, in: container, file: file),
            indices: try Self.elements("\(base).indices", of: UInt8.self, in: container, file: file),
            at: location)
          stored = .indices(codebook)
          found = codebook.indices.count
        } else {
          let weights = try Self.elements("\(base).weights", of: Int16.self, in: container, file: file)
          stored = .integers(weights)
          found = weights.count
        }
        let biases = try Self.elements("\(base).biases", of: Int64.self, in: container, file: file)
        let (count, overflowed) = outputs.multipliedReportingOverflow(by: inputs)
        guard !overflowed, found == count, biases.count == outputs else {
          throw NetworkError(
            at: location,
            "\(found) weights and \(biases.count) biases for \(outputs) outputs of \(inputs) inputs")
        }
        return StoredNumbers(weights: stored, biases: biases)
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
        let numbers = try numbers(of: outputs, inputs: inputs, indexBits: indexBits)
        let shape = [outputs, inputs]
        let stage = try stage(output)
        switch numbers.weights {
        case .integers(let weights):
          operation = .dense(
            IntegerDense(
              weights: Tensor(shape: shape, elements: weights), weightWordLength: bits,
              biases: numbers.biases, outputStage: stage))
        case .indices(let codebook):
          operation = .dense(
            IntegerDense(
              codebook: codebook, shape: shape, weightWordLength: bits, biases: numbers.biases,
              outputStage: stage))
        }
      case .convolution(
        let outputs, let channels, let groups, let window, let bits, let indexBits, let output):
        // Extents of 2^24 at most: no product of three overflows.
        let kernel = window.kernel
        let (inputs, overflowed) = kernel.count.multipliedReportingOverflow(by: channels)
        guard !overflowed else { throw NetworkError(at: location, "its kernel has too many taps") }
        let numbers = try numbers(of: outputs, inputs: inputs, indexBits: indexBits)
        let shape = [outputs, kernel.height, kernel.width, channels]
        let stage = try stage(output)
        switch numbers.weights {
        case .integers(let weights):
          operation = .convolution(
            IntegerConvolution(
              weights: Tensor(shape: shape, elements: weights), weightWordLength: bits,
              biases: numbers.biases, window: window, groups: groups, outputStage: stage))
        case .indices(let codebook):
          operation = .convolution(
            IntegerConvolution(
              codebook: codebook, shape: shape, weightWordLength: bits, biases: numbers.biases,
              window: window, groups: groups, outputStage: stage))
        }
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

/// The weights of a layer as a file holds them.
private enum StoredWeights {
  case integers([Int16])
  case indices(WeightCodebook)
}

/// The numbers of a layer as a file holds them.
private struct StoredNumbers {
  let weights: StoredWeights
  let biases: [Int64]
}
