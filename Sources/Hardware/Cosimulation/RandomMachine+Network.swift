import FixedPoint
import Networks
import Quantization
import Tensors

extension RandomDraw {
  /// A network of one to five layers for `hardware`.
  /// - Throws: `NetworkError` where what was drawn is no network.
  mutating func network(
    for hardware: HardwareDescription, _ coverage: RandomMachine.Coverage
  ) throws(NetworkError) -> IntegerNetwork {
    let path = hardware.path
    var graph = GraphDraft(path: path, tensor: .init(shape: [1], format: path.widestFormat))
    let shape =
      switch integer(in: 0...5) {
      case 0, 1: [integer(in: 1...24)]
      case 2: [integer(in: 1...6), integer(in: 1...5)]
      default: [integer(in: 1...7), integer(in: 1...7), integer(in: 1...6)]
      }
    graph.tensor = tensor(shape, path: path)
    let input = graph.tensor
    let layers = integer(in: 1...(coverage == .verilogTwin ? 4 : 5))
    while graph.nodes.count < layers {
      try append(to: &graph, isLast: graph.nodes.count + 1 >= layers, coverage)
    }
    return try IntegerNetwork(name: "random", input: input, nodes: graph.nodes)
  }

  private mutating func append(
    to graph: inout GraphDraft, isLast: Bool, _ coverage: RandomMachine.Coverage
  ) throws(NetworkError) {
    let isImage = graph.tensor.shape.count > 1
    switch coverage {
    case .verilogTwin:
      if isImage && !once(in: 3) {
        try convolution(&graph, isLast: isLast)
      } else {
        try dense(&graph, isLast: isLast)
      }
    case .everything:
      switch integer(in: 0...9) {
      case 0, 1, 2, 3, 4:
        isImage ? try convolution(&graph, isLast: isLast) : try dense(&graph, isLast: isLast)
      case 5, 6: isImage ? pooling(&graph) : try dense(&graph, isLast: isLast)
      case 7, 8: try addition(&graph)
      default: try dense(&graph, isLast: isLast)
      }
    }
  }

  private mutating func dense(_ graph: inout GraphDraft, isLast: Bool) throws(NetworkError) {
    let outputs = once(in: 6) ? integer(in: 10...40) : integer(in: 1...9)
    let source = graph.tensor
    let (stored, bits) = try storedWeights([outputs, source.count], graph.path.datapath)
    let (stage, output) = leaving(
      shape: once(in: 8) && outputs % 2 == 0 ? [2, outputs / 2] : [outputs], channels: outputs, graph.path,
      mayBeAccumulators: isLast)
    graph.append(
      .dense(
        IntegerDense(
          stored, weightWordLength: bits,
          biases: biases(
            outputs, weights: stored.weights.elements, zeroPoint: source.zeroPoint, graph.path),
          outputStage: stage)),
      output: output)
  }

  private mutating func convolution(_ graph: inout GraphDraft, isLast: Bool) throws(NetworkError) {
    let source = graph.tensor
    let window = window(over: source.plane, keepsMeeting: false)
    let divisors = (1...source.channels).filter { source.channels % $0 == 0 }
    let groups = once(in: 2) ? 1 : once(in: 2) ? source.channels : pick(divisors)
    let outputs = groups * integer(in: 1...max(1, 10 / groups))
    try convolution(&graph, window: window, groups: groups, outputs: outputs, isLast: isLast)
  }

  private mutating func convolution(
    _ graph: inout GraphDraft, window: SlidingWindow, groups: Int, outputs: Int, isLast: Bool
  ) throws(NetworkError) {
    let source = graph.tensor
    let width = source.channels / groups
    let (stored, bits) = try storedWeights(
      [outputs, window.kernel.height, window.kernel.width, width], graph.path.datapath)
    let plane = window.outputExtent(over: source.plane)!
    let (stage, output) = leaving(
      shape: [plane.height, plane.width, outputs], channels: outputs, graph.path, mayBeAccumulators: isLast)
    graph.append(
      .convolution(
        IntegerConvolution(
          stored, weightWordLength: bits,
          biases: biases(
            outputs, weights: stored.weights.elements, zeroPoint: source.zeroPoint, graph.path),
          window: window,
          groups: groups, outputStage: stage)), output: output)
  }

  private mutating func pooling(_ graph: inout GraphDraft) {
    let source = graph.tensor
    let window = window(over: source.plane, keepsMeeting: true)
    let plane = window.outputExtent(over: source.plane)!
    let (low, high) = clamp(source.format)
    graph.append(
      .pooling(
        IntegerPooling(
          once(in: 2) ? .maximum : .average(rounding: pick(Rounding.allCases)), window: window, low: low,
          high: high)),
      output: IntegerTensor(
        shape: [plane.height, plane.width, source.channels], format: source.format,
        zeroPoint: source.zeroPoint))
  }

  /// Adds the tensor at hand to itself, or to what a convolution that keeps its shape makes of it.
  private mutating func addition(_ graph: inout GraphDraft) throws(NetworkError) {
    let source = graph.tensor
    let name = graph.name
    if source.shape.count == 3, !once(in: 4) {
      let window = SlidingWindow(
        kernel: PlaneExtent(square: 3), padding: PlanePadding(all: 1))
      try convolution(&graph, window: window, groups: 1, outputs: source.channels, isLast: false)
    }
    let (stage, output) = leaving(
      shape: source.shape, channels: source.channels, graph.path, mayBeAccumulators: false)
    let terms = once(in: 2) ? [name, graph.name] : [graph.name, name]
    let first = requantization(channels: source.channels, graph.path, sumBits: 16)
    let second = requantization(channels: source.channels, graph.path, sumBits: 16)
    graph.append(
      .addition(
        IntegerAddition(leftShift: integer(in: 0...8), first: first, second: second, outputStage: stage)),
      output: output, reading: terms)
  }
}

/// A graph in the making.
struct GraphDraft {
  let path: OutputPath
  /// The tensor at hand.
  var tensor: IntegerTensor
  /// Its name.
  private(set) var name = inputTensorName
  private(set) var nodes: [IntegerNetwork.Node] = []

  init(path: OutputPath, tensor: IntegerTensor) {
    self.path = path
    self.tensor = tensor
  }

  /// Appends a node that reads the tensor at hand, or `names`, and makes the next.
  mutating func append(
    _ operation: IntegerOperation, output: IntegerTensor, reading names: [String]? = nil
  ) {
    let next = "layer\(nodes.count + 1)"
    nodes.append(IntegerNetwork.Node(next, inputs: names ?? [name], operation, output: output))
    name = next
    tensor = output
  }
}

extension OutputPath {
  /// The widest unsigned integers that the datapath reads.
  fileprivate var widestFormat: FixedPointFormat {
    RandomDraw.integers(.unsigned, datapath.activationBits)
  }
}
