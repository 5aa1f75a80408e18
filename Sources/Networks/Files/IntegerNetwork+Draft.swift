import FixedPoint
import Reproducibility

/// What the JSON part of a file says of an output stage; a table's entries stand in a blob.
enum OutputStageDraft {
  case whole(IntegerOutputStage)
  case table(Requantization, FixedPointFormat)

  init?(_ reader: JSONReader) {
    guard let kind = reader.choice("kind", of: ["accumulators", "clamp", "table"]) else { return nil }
    defer { reader.finish() }
    if kind == "accumulators" {
      self = .whole(.accumulators)
      return
    }
    let requantization = reader.object("requantization").flatMap(Requantization.init(archive:))
    if kind == "table" {
      let bits = reader.integer("addressBits", in: 1...16)
      guard let requantization, let bits,
        let address = try? FixedPointFormat(.signed, wordLength: bits, fractionLength: 0)
      else { return nil }
      self = .table(requantization, address)
      return
    }
    let low = reader.integer("low")
    let high = reader.integer("high")
    guard let requantization, let low, let high else { return nil }
    self = .whole(.clamp(requantization, low: Int64(low), high: Int64(high)))
  }
}

/// What the JSON part of a file says of a node, before the blobs are read.
struct NodeDraft {
  enum Operation {
    /// `indexBits` is nil where the weights stand as they are, not as indices into a codebook.
    case dense(
      outputs: Int, inputs: Int, weightWordLength: Int, indexBits: Int?, OutputStageDraft)
    case convolution(
      outputs: Int, channelsPerGroup: Int, groups: Int, window: SlidingWindow, weightWordLength: Int,
      indexBits: Int?, OutputStageDraft)
    case pooling(IntegerPooling)
    case addition(leftShift: Int, first: Requantization, second: Requantization, OutputStageDraft)
  }

  let name: String
  let inputs: [String]
  let output: IntegerTensor
  let operation: Operation

  init?(_ reader: JSONReader) {
    let name = reader.string("name")
    let inputs = reader.strings("inputs")
    let output = reader.object("output").flatMap(IntegerTensor.init(archive:))
    guard let kind = reader.choice("operation", of: ["dense", "convolution", "pooling", "addition"]) else {
      return nil
    }
    let operation: Operation? =
      switch kind {
      case "dense": Self.dense(reader)
      case "convolution": Self.convolution(reader)
      case "pooling": Self.pooling(reader)
      default: Self.addition(reader)
      }
    reader.finish()
    guard let name, let inputs, let output, let operation else { return nil }
    self.name = name
    self.inputs = inputs
    self.output = output
    self.operation = operation
  }

  private static func dense(_ reader: JSONReader) -> Operation? {
    let outputs = reader.integer("outputs", in: 1...1 << 24)
    let inputs = reader.integer("inputCount", in: 1...1 << 24)
    let bits = reader.integer("weightWordLength", in: 1...16)
    let indexBits = reader.contains("indexBits") ? reader.integer("indexBits", in: 1...8) : nil
    let stage = reader.object("outputStage").flatMap(OutputStageDraft.init)
    guard let outputs, let inputs, let bits, let stage else { return nil }
    return .dense(
      outputs: outputs, inputs: inputs, weightWordLength: bits, indexBits: indexBits, stage)
  }

  private static func convolution(_ reader: JSONReader) -> Operation? {
    let outputs = reader.integer("outputs", in: 1...1 << 24)
    let channels = reader.integer("channelsPerGroup", in: 1...1 << 24)
    let groups = reader.integer("groups", in: 1...1 << 24)
    let window = reader.object("window").flatMap(SlidingWindow.init(archive:))
    let bits = reader.integer("weightWordLength", in: 1...16)
    let indexBits = reader.contains("indexBits") ? reader.integer("indexBits", in: 1...8) : nil
    let stage = reader.object("outputStage").flatMap(OutputStageDraft.init)
    guard let outputs, let channels, let groups, let window, let bits, let stage else { return nil }
    return .convolution(
      outputs: outputs, channelsPerGroup: channels, groups: groups, window: window, weightWordLength: bits,
      indexBits: indexBits, stage)
  }

  private static func pooling(_ reader: JSONReader) -> Operation? {
    let window = reader.object("window").flatMap(SlidingWindow.init(archive:))
    let low = reader.integer("low")
    let high = reader.integer("high")
    let kind = reader.choice("kind", of: ["maximum", "average"])
    let rounding = kind == "average" ? reader.choice("rounding", of: Rounding.self) : .down
    guard let window, let low, let high, let kind, let rounding else { return nil }
    return .pooling(
      IntegerPooling(
        kind == "maximum" ? .maximum : .average(rounding: rounding), window: window, low: Int64(low),
        high: Int64(high)))
  }

  private static func addition(_ reader: JSONReader) -> Operation? {
    let leftShift = reader.integer("leftShift", in: 0...32)
    let first = reader.object("first").flatMap(Requantization.init(archive:))
    let second = reader.object("second").flatMap(Requantization.init(archive:))
    let stage = reader.object("outputStage").flatMap(OutputStageDraft.init)
    guard let leftShift, let first, let second, let stage else { return nil }
    return .addition(leftShift: leftShift, first: first, second: second, stage)
  }
}

/// What the JSON part of a file says, before the blobs are read.
struct NetworkDraft {
  let name: String
  let input: IntegerTensor
  let nodes: [NodeDraft]
  let scales: [String: Double]
  let preprocessing: InputPreprocessing?

  init?(_ reader: JSONReader) {
    let name = reader.string("name")
    let input = reader.object("input").flatMap(IntegerTensor.init(archive:))
    let nodes = reader.objects("nodes")?.map(NodeDraft.init)
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
