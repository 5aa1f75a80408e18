import Foundation
import Reproducibility

extension NetworkTopology {
  /// The topology that a JSON description holds.
  ///
  ///     {
  ///       "name": "small",
  ///       "input": [32, 32, 3],
  ///       "layers": [
  ///         {"name": "conv1", "kind": "convolution", "outputs": 16, "kernel": [5, 5], "padding": "same", "activation": "relu"},
  ///         {"name": "pool1", "kind": "maximumPooling", "kernel": [3, 3], "stride": [2, 2]},
  ///         {"name": "logits", "kind": "dense", "outputs": 10}
  ///       ]
  ///     }
  ///
  /// | key of a layer | kinds | value |
  /// | --- | --- | --- |
  /// | `name` | all | the tensor it makes |
  /// | `kind` | all | `convolution`, `dense`, `maximumPooling`, `averagePooling`, `addition` |
  /// | `from` | all | the tensor it reads, or the two that it adds; the layer before unless given |
  /// | `outputs` | convolution, dense | channels or units |
  /// | `kernel` | convolution, pooling | rows, columns |
  /// | `stride`, `dilation` | convolution, pooling | rows, columns; [1, 1] unless given |
  /// | `padding` | convolution, pooling | `"none"` (unless given), or `"same"`: ⌈input / stride⌉ outputs |
  /// | `margins` | convolution, pooling | a padding of its own: `[top, left, bottom, right]` |
  /// | `groups` | convolution | 1 unless given; as many as channels make it depthwise |
  /// | `activation` | convolution, dense, addition | `none` (unless given), `sigmoid`, `relu`, `tanh`, `relu6` |
  ///
  /// - Parameters:
  ///   - file: its name, for messages
  ///   - inputShape: `[rows, columns, channels]` in place of the description's own
  ///   - classes: the outputs that the last layer must have, or nil for any number
  /// - Throws: `DescriptionError` with every fault of the file by its JSON path; `NetworkError` for the first layer whose shapes do not
  ///   chain, with both shapes.
  public init(
    description: Data, file: String, inputShape: [Int]? = nil, classes: Int? = nil
  ) throws {
    let draft = try JSONReader.read(description, file: file) { reader -> TopologyDraft? in
      TopologyDraft(reader)
    }
    guard let input = inputShape ?? draft.input else {
      throw DescriptionError(
        file: file,
        faults: [JSONFault(path: "input", message: "is missing; expected [rows, columns, channels]")])
    }
    var builder = try TopologyBuilder(draft.name, inputShape: input)
    for layer in draft.layers { try builder.add(layer) }
    self = builder.topology
    if let classes, let last = layers.last, last.outputShape != [classes] {
      throw NetworkError(
        at: "\(name), layer \(last.name)",
        "makes \(last.outputShape), but the data have \(classes) classes; give it as many outputs")
    }
  }
}

/// What a description says of a topology, before shapes are known to chain.
private struct TopologyDraft {
  struct Layer {
    enum Padding {
      case same
      case fixed(PlanePadding)
    }

    enum Kind: String, CaseIterable {
      case convolution, dense, maximumPooling, averagePooling, addition
    }

    let name: String
    let kind: Kind
    let inputs: [String]
    let outputs: Int
    let kernel: PlaneExtent
    let stride: PlaneExtent
    let dilation: PlaneExtent
    let padding: Padding
    let groups: Int
    let activation: ActivationFunction?
  }

  let name: String
  let input: [Int]?
  let layers: [Layer]

  init?(_ reader: JSONReader) {
    let name = reader.string("name")
    let input = reader.contains("input") ? reader.integers("input", in: 1...65_536, count: 3...3) : nil
    var made = [inputTensorName]
    let layers = reader.objects("layers", count: 1...10_000)?.map { layer -> Layer? in
      let result = Self.layer(layer, made: made)
      if let name = result?.name { made.append(name) }
      return result
    }
    reader.finish()
    guard let name, let layers else { return nil }
    self.name = name
    self.input = input
    self.layers = layers.compactMap { $0 }
    guard self.layers.count == layers.count else { return nil }
  }

  private static func layer(_ reader: JSONReader, made: [String]) -> Layer? {
    let name = reader.string("name")
    if let name, made.contains(name) || name.isEmpty {
      reader.note("\"\(name)\" is empty or the name of another tensor", at: "name")
    }
    let kind = reader.choice("kind", of: Layer.Kind.self)
    guard let kind else { return nil }
    let slides = [.convolution, .maximumPooling, .averagePooling].contains(kind)
    let hasWeights = [.convolution, .dense].contains(kind)
    let takesActivation = hasWeights || kind == .addition
    let sources =
      reader.contains("from")
      ? reader.strings("from", count: kind == .addition ? 2...2 : 1...1) : [made[made.count - 1]]
    if kind == .addition, !reader.contains("from") {
      reader.note("is missing; name the two tensors to add", at: "from")
    }
    for source in sources ?? [] where !made.contains(source) {
      reader.note(
        "no tensor \"\(source)\" stands before this layer; there are \(made.joined(separator: ", "))",
        at: "from")
    }
    let outputs = hasWeights ? reader.integer("outputs", in: 1...65_536) : 0
    func extent(_ key: String, standard: PlaneExtent?) -> PlaneExtent? {
      if let standard, !reader.contains(key) { return standard }
      guard let parts = reader.integers(key, in: 1...4096, count: 2...2) else { return nil }
      return PlaneExtent(height: parts[0], width: parts[1])
    }
    let one = PlaneExtent(square: 1)
    let kernel = slides ? extent("kernel", standard: nil) : one
    let stride = slides ? extent("stride", standard: one) : one
    let dilation = slides ? extent("dilation", standard: one) : one
    let padding: Layer.Padding? = slides ? Self.padding(reader) : .fixed(PlanePadding(all: 0))
    let groups = kind == .convolution ? reader.integer("groups", in: 1...65_536, default: 1) : 1
    let none = "none"
    let names = [none] + ActivationFunction.allCases.map(\.rawValue)
    let activation = takesActivation ? reader.choice("activation", of: names, default: none) : none
    reader.finish()
    guard let name, let sources, sources.allSatisfy(made.contains), let outputs, let kernel, let stride,
      let dilation, let padding, let groups, let activation
    else { return nil }
    return Layer(
      name: name, kind: kind, inputs: sources, outputs: outputs, kernel: kernel, stride: stride,
      dilation: dilation, padding: padding, groups: groups,
      activation: ActivationFunction(rawValue: activation))
  }

  private static func padding(_ reader: JSONReader) -> Layer.Padding? {
    let name = reader.choice("padding", of: ["none", "same"], default: "none")
    guard reader.contains("margins") else {
      return name.map { $0 == "same" ? .same : .fixed(PlanePadding(all: 0)) }
    }
    if reader.contains("padding") { reader.note("stands beside a padding; leave one out", at: "margins") }
    guard let edges = reader.integers("margins", in: 0...4096, count: 4...4) else { return nil }
    return .fixed(PlanePadding(top: edges[0], left: edges[1], bottom: edges[2], right: edges[3]))
  }
}

extension TopologyBuilder {
  /// Adds the layer that a description drafts.
  fileprivate mutating func add(_ layer: TopologyDraft.Layer) throws(NetworkError) {
    let source = layer.inputs[0]
    let input = topology.shape(of: source)
    var window: SlidingWindow {
      let plane = PlaneExtent(height: input[0], width: input.count > 1 ? input[1] : 1)
      let padding: PlanePadding =
        switch layer.padding {
        case .fixed(let padding): padding
        case .same:
          PlanePadding(same: plane, kernel: layer.kernel, stride: layer.stride, dilation: layer.dilation)
        }
      return SlidingWindow(
        kernel: layer.kernel, stride: layer.stride, dilation: layer.dilation, padding: padding)
    }
    switch layer.kind {
    case .convolution:
      try convolution(
        layer.name, outputs: layer.outputs, window: window, groups: layer.groups, from: source,
        activation: layer.activation)
    case .dense: try dense(layer.name, outputs: layer.outputs, from: source, activation: layer.activation)
    case .maximumPooling: try maximumPooling(layer.name, window, from: source)
    case .averagePooling: try averagePooling(layer.name, window, from: source)
    case .addition:
      try addition(layer.name, source, layer.inputs[1], activation: layer.activation)
    }
  }
}
