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
        convolution(&graph, isLast: isLast)
      } else {
        dense(&graph, isLast: isLast)
      }
    case .everything:
      switch integer(in: 0...9) {
      case 0, 1, 2, 3, 4: isImage ? convolution(&graph, isLast: isLast) : dense(&graph, isLast: isLast)
      case 5, 6: isImage ? pooling(&graph) : dense(&graph, isLast: isLast)
      case 7, 8: addition(&graph)
      default: dense(&graph, isLast: isLast)
      }
    }
  }

  /// A tensor that every datapath of the machine can read.
  private mutating func tensor(_ shape: [Int], path: OutputPath, widest: Int = 16) -> IntegerTensor {
    let bits = integer(in: 1...min(path.datapath.activationBits, widest))
    let format = Self.integers(pick([.signed, .unsigned]), bits)
    let zeroPoint = once(in: 2) ? 0 : integer(in: Int(format.minimumRaw)...Int(format.maximumRaw))
    return IntegerTensor(shape: shape, format: format, zeroPoint: format.contains(raw: 0) ? zeroPoint : 0)
  }

  static func integers(_ signedness: Signedness, _ bits: Int) -> FixedPointFormat {
    do {
      return try FixedPointFormat(signedness, wordLength: bits, fractionLength: 0)
    } catch {
      preconditionFailure("integers of \(bits) bits: \(error)")
    }
  }

  private mutating func dense(_ graph: inout GraphDraft, isLast: Bool) {
    let outputs = once(in: 6) ? integer(in: 10...40) : integer(in: 1...9)
    let (weights, bits) = weights(outputs * graph.tensor.count, graph.path.datapath)
    let source = graph.tensor
    let (stage, output) = leaving(
      shape: once(in: 8) && outputs % 2 == 0 ? [2, outputs / 2] : [outputs], channels: outputs, graph.path,
      mayBeAccumulators: isLast)
    graph.append(
      .dense(
        IntegerDense(
          weights: Tensor(shape: [outputs, source.count], elements: weights), weightWordLength: bits,
          biases: biases(outputs, weights: weights, zeroPoint: source.zeroPoint, graph.path),
          outputStage: stage)),
      output: output)
  }

  private mutating func convolution(_ graph: inout GraphDraft, isLast: Bool) {
    let source = graph.tensor
    let window = window(over: source.plane, keepsMeeting: false)
    let divisors = (1...source.channels).filter { source.channels % $0 == 0 }
    let groups = once(in: 2) ? 1 : once(in: 2) ? source.channels : pick(divisors)
    let outputs = groups * integer(in: 1...max(1, 10 / groups))
    convolution(&graph, window: window, groups: groups, outputs: outputs, isLast: isLast)
  }

  private mutating func convolution(
    _ graph: inout GraphDraft, window: SlidingWindow, groups: Int, outputs: Int, isLast: Bool
  ) {
    let source = graph.tensor
    let width = source.channels / groups
    let (weights, bits) = weights(outputs * window.kernel.count * width, graph.path.datapath)
    let plane = window.outputExtent(over: source.plane)!
    let (stage, output) = leaving(
      shape: [plane.height, plane.width, outputs], channels: outputs, graph.path, mayBeAccumulators: isLast)
    graph.append(
      .convolution(
        IntegerConvolution(
          weights: Tensor(
            shape: [outputs, window.kernel.height, window.kernel.width, width], elements: weights),
          weightWordLength: bits,
          biases: biases(outputs, weights: weights, zeroPoint: source.zeroPoint, graph.path), window: window,
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
  private mutating func addition(_ graph: inout GraphDraft) {
    let source = graph.tensor
    let name = graph.name
    if source.shape.count == 3, !once(in: 4) {
      let window = SlidingWindow(
        kernel: PlaneExtent(square: 3), padding: PlanePadding(all: 1))
      convolution(&graph, window: window, groups: 1, outputs: source.channels, isLast: false)
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

  /// A window that fits `image`; one that `keepsMeeting` holds an element of it everywhere.
  private mutating func window(over image: PlaneExtent, keepsMeeting: Bool) -> SlidingWindow {
    func fitting(_ extent: Int) -> (kernel: Int, stride: Int, dilation: Int, before: Int, after: Int) {
      let dilation = once(in: 4) ? 2 : 1
      let kernel = integer(in: 1...3)
      let most = keepsMeeting ? (kernel - 1) / 2 : kernel
      let reach = dilation * (kernel - 1) + 1
      let before = once(in: 2) ? 0 : integer(in: 0...most)
      let after = once(in: 2) ? 0 : integer(in: 0...most)
      guard reach <= extent + before + after, !keepsMeeting || dilation == 1 else { return (1, 1, 1, 0, 0) }
      return (kernel, integer(in: 1...3), dilation, before, after)
    }
    let rows = fitting(image.height)
    let columns = fitting(image.width)
    return SlidingWindow(
      kernel: PlaneExtent(height: rows.kernel, width: columns.kernel),
      stride: PlaneExtent(height: rows.stride, width: columns.stride),
      dilation: PlaneExtent(height: rows.dilation, width: columns.dilation),
      padding: PlanePadding(
        top: rows.before, left: columns.before, bottom: rows.after, right: columns.after))
  }

  private mutating func weights(_ count: Int, _ datapath: Datapath) -> ([Int16], bits: Int) {
    switch datapath {
    case .ternary: return ((0..<count).map { _ in Int16(integer(in: -1...1)) }, 2)
    case .parallel(let widest, _), .bitSerial(let widest, _), .decomposable(let widest, _):
      let bits = once(in: 3) ? widest : integer(in: 1...widest)
      let low = -(1 << (bits - 1))
      let high = (1 << (bits - 1)) - 1
      return (
        (0..<count).map { _ in Int16(once(in: 8) ? pick([low, high]) : integer(in: low...high)) }, bits
      )
    }
  }

  /// Biases such that accumulators start anywhere in their range, its ends often among them; rarely beyond.
  private mutating func biases(
    _ outputs: Int, weights: [Int16], zeroPoint: Int, _ path: OutputPath
  ) -> [Int64] {
    let width = weights.count / outputs
    let bits = min(path.accumulator.bits, 40)
    let isSmall = once(in: 2) || path.accumulator.overflow == .reject
    let reach = isSmall ? 1 << min(bits - 2, integer(in: 3...12)) : 1 << (bits - 1)
    let misfits = once(in: 60)
    return (0..<outputs).map { output in
      let sum = weights[output * width..<(output + 1) * width].reduce(0) { $0 + Int($1) }
      let start = once(in: 10) ? pick([-reach, reach - 1]) : integer(in: -reach...reach - 1)
      return Int64((misfits ? 1 << bits : start) + zeroPoint * sum)
    }
  }

  /// An output stage and the tensor that it makes.
  private mutating func leaving(
    shape: [Int], channels: Int, _ path: OutputPath, mayBeAccumulators: Bool
  ) -> (IntegerOutputStage, IntegerTensor) {
    if mayBeAccumulators, !once(in: 3) {
      return (
        .accumulators,
        IntegerTensor(shape: shape, format: Self.integers(.signed, path.accumulator.bits))
      )
    }
    let requantization = requantization(
      channels: channels, path, sumBits: min(path.accumulator.bits, 30))
    if let unit = path.activationTable, once(in: 2) {
      let output = tensor(shape, path: path, widest: unit.outputBits)
      let low = Int(output.format.minimumRaw)
      let high = Int(output.format.maximumRaw)
      let entries = (0..<1 << unit.addressBits).map { _ in Int32(integer(in: low...high)) }
      let table = LookUpTable(
        addressFormat: Self.integers(.signed, unit.addressBits), entries: entries)
      return (.table(requantization, table), output)
    }
    let output = tensor(shape, path: path)
    let (low, high) = clamp(output.format)
    return (.clamp(requantization, low: low, high: high), output)
  }

  private mutating func clamp(_ format: FixedPointFormat) -> (low: Int64, high: Int64) {
    let low = Int(format.minimumRaw)
    let high = Int(format.maximumRaw)
    guard once(in: 3) else { return (Int64(low), Int64(high)) }
    let a = integer(in: low...high)
    let b = integer(in: low...high)
    return (Int64(min(a, b)), Int64(max(a, b)))
  }

  /// A requantisation of the machine's unit that brings sums of about `sumBits` bits to about a signal's.
  private mutating func requantization(
    channels: Int, _ path: OutputPath, sumBits: Int
  ) -> Requantization {
    let pairs = once(in: 2) ? channels : 1
    switch path.requantizer {
    case .shift(let rounding):
      return .shift(bits: integer(in: -3...max(sumBits - 4, 0)), rounding: rounding)
    case .multiplier(let bits, let rounding):
      return .multiplier(
        (0..<pairs).map { _ in Int64(integer(in: 0...(1 << bits) - 1)) },
        shifts: (0..<pairs).map { _ in integer(in: bits - 3...bits + sumBits - 4) }, rounding: rounding)
    case .doublingHighMultiply:
      return .doublingHighMultiply(
        (0..<pairs).map { _ in Int64(integer(in: once(in: 4) ? 0...Int(Int32.max) : 1 << 30...Int(Int32.max)))
        },
        shifts: (0..<pairs).map { _ in integer(in: -min(sumBits, 28)...3) })
    }
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
