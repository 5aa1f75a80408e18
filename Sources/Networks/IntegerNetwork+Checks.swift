import FixedPoint

/// Checks a tensor's shape, and that its zero point is one of its raw values.
func checkTensor(_ tensor: IntegerTensor, named name: String) throws(NetworkError) {
  try checkShape(tensor.shape, of: name)
  guard tensor.format.contains(raw: Int128(tensor.zeroPoint)) else {
    throw NetworkError(at: name, "zero point \(tensor.zeroPoint) does not fit \(tensor.format)")
  }
}

/// Checks that scales belong to tensors and are positive finite numbers.
func checkScales(_ scales: [String: Double], of tensors: Set<String>) throws(NetworkError) {
  for (name, scale) in scales.sorted(by: { $0.key < $1.key }) {
    guard tensors.contains(name) else { throw NetworkError(at: name, "has a scale, but is no tensor") }
    guard scale > 0, scale.isFinite else {
      throw NetworkError(at: name, "scale \(scale) is not a positive finite number")
    }
  }
}

/// A tensor and the values it can take, followed through the graph: so that a network, once built, computes every
/// input's sums within 64 bits.
struct Signal {
  let tensor: IntegerTensor
  let lowest: Int128
  let highest: Int128

  /// The network's input: any raw value of its format.
  init(_ input: IntegerTensor) {
    self.init(input, lowest: input.format.minimumRaw, highest: input.format.maximumRaw)
  }

  private init(_ tensor: IntegerTensor, lowest: Int128, highest: Int128) {
    self.tensor = tensor
    self.lowest = lowest
    self.highest = highest
  }

  /// What `node` makes of the tensors `sources` that it reads.
  /// - Throws: `NetworkError` where shapes do not chain, a value does not fit its format or a sum may not fit 64 bits.
  /// - Precondition: as many sources as the operation reads.
  init(made node: IntegerNetwork.Node, from sources: [Signal]) throws(NetworkError) {
    switch node.operation {
    case .dense(let dense):
      let tensor = sources[0].tensor
      guard dense.inputs == tensor.count else {
        throw NetworkError(
          at: node.name,
          "its weights take \(dense.inputs) inputs, but \"\(node.inputs[0])\" has \(tensor.count) (\(tensor.shape))"
        )
      }
      guard node.output.count == dense.outputs else {
        throw NetworkError(
          at: node.name, "makes \(dense.outputs) values, but its tensor has shape \(node.output.shape)")
      }
      self = try sources[0].output(of: node)
    case .convolution(let convolution):
      try sources[0].check(convolution, at: node)
      self = try sources[0].output(of: node)
    case .pooling(let pooling):
      self = try sources[0].output(of: pooling, at: node)
    case .addition(let addition):
      self = try sources[0].sum(with: sources[1], addition, at: node)
    }
  }

  /// Checks that a convolution's numbers are possible and chain with this tensor.
  private func check(
    _ convolution: IntegerConvolution, at node: IntegerNetwork.Node
  ) throws(NetworkError) {
    let outputs = convolution.biases.count
    guard convolution.groups >= 1, tensor.channels % convolution.groups == 0,
      outputs % convolution.groups == 0
    else {
      throw NetworkError(
        at: node.name,
        "\(convolution.groups) groups do not divide \(tensor.channels) input and \(outputs) output channels")
    }
    guard tensor.channels / convolution.groups == convolution.weights.shape[3] else {
      throw NetworkError(
        at: node.name,
        "its weights take \(convolution.weights.shape[3]) channels a group, but \"\(node.inputs[0])\" has"
          + " \(tensor.channels) in \(convolution.groups) groups (\(tensor.shape))")
    }
    try checkPixels(convolution.window, channels: outputs, at: node)
  }

  /// Checks that `window` over this tensor makes the node's tensor.
  private func checkPixels(
    _ window: SlidingWindow, channels: Int, at node: IntegerNetwork.Node
  ) throws(NetworkError) {
    guard let plane = window.outputExtent(over: tensor.plane) else {
      throw NetworkError(
        at: node.name,
        "its window (kernel \(window.kernel.height) x \(window.kernel.width)) does not fit"
          + " \"\(node.inputs[0])\" of shape \(tensor.shape)")
    }
    guard node.output.plane == plane, node.output.channels == channels,
      node.output.count == plane.count * channels
    else {
      throw NetworkError(
        at: node.name,
        "makes [\(plane.height), \(plane.width), \(channels)], but its tensor has shape \(node.output.shape)")
    }
  }

  /// What a weighted layer makes of this signal, whose shape fits it.
  private func output(of node: IntegerNetwork.Node) throws(NetworkError) -> Signal {
    guard let layer = node.operation.weightedLayer(reading: tensor) else {
      preconditionFailure("\(node.name) has no weights")
    }
    guard 1...16 ~= layer.weightWordLength else {
      throw NetworkError(at: node.name, "weights of \(layer.weightWordLength) bits; 1...16 are possible")
    }
    let high = Int16(truncatingIfNeeded: (1 << (layer.weightWordLength - 1)) - 1)
    let low = -high - 1
    // Entries that no weight bears stand in the hardware's table too.
    if let bad = layer.codebook?.table.first(where: { $0 < low || $0 > high }) {
      throw NetworkError(
        at: node.name,
        "its codebook holds \(bad), which does not fit \(layer.weightWordLength) bits (\(low)...\(high))")
    }
    if let bad = layer.weights.first(where: { $0 < low || $0 > high }) {
      throw NetworkError(
        at: node.name, "weight \(bad) does not fit \(layer.weightWordLength) bits (\(low)...\(high))")
    }
    let largest = try largestSum(of: layer, at: node)
    return try Self.leaving(layer.outputStage, largest: largest, channels: layer.outputs, at: node)
  }

  /// What leaves an output stage whose accumulators or sums reach ±`largest`.
  private static func leaving(
    _ stage: IntegerOutputStage, largest: Int128, channels: Int, at node: IntegerNetwork.Node
  ) throws(NetworkError) -> Signal {
    let format = node.output.format
    switch stage {
    case .accumulators:
      return Signal(node.output, lowest: -largest, highest: largest)
    case .clamp(let requantization, let low, let high):
      if let fault = requantization.fault(channels: channels) {
        throw NetworkError(at: node.name, "requantization: \(fault)")
      }
      try checkClamp(low, high, at: node)
      return Signal(node.output, lowest: Int128(low), highest: Int128(high))
    case .table(let requantization, let table):
      if let fault = requantization.fault(channels: channels) {
        throw NetworkError(at: node.name, "requantization: \(fault)")
      }
      guard table.addressFormat.isSigned, table.addressFormat.fractionLength == 0 else {
        throw NetworkError(
          at: node.name, "its table's address is \(table.addressFormat); signed integers are expected")
      }
      if let bad = table.entries.first(where: { !format.contains(raw: Int128($0)) }) {
        throw NetworkError(at: node.name, "its table holds \(bad), which \(format) does not hold")
      }
      return Signal(
        node.output, lowest: Int128(table.entries.min()!), highest: Int128(table.entries.max()!))
    }
  }

  private static func checkClamp(
    _ low: Int64, _ high: Int64, at node: IntegerNetwork.Node
  ) throws(NetworkError) {
    let format = node.output.format
    guard low <= high, format.contains(raw: Int128(low)), format.contains(raw: Int128(high)) else {
      throw NetworkError(at: node.name, "clamps to \(low)...\(high), which \(format) does not hold")
    }
  }

  /// What a pooling makes of this signal.
  private func output(
    of pooling: IntegerPooling, at node: IntegerNetwork.Node
  ) throws(NetworkError) -> Signal {
    try checkPixels(pooling.window, channels: tensor.channels, at: node)
    guard pooling.window.alwaysMeets(tensor.plane) else {
      throw NetworkError(
        at: node.name,
        "some window holds no element of \"\(node.inputs[0])\" (\(tensor.shape)); use less padding")
    }
    guard node.output.format == tensor.format, node.output.zeroPoint == tensor.zeroPoint else {
      throw NetworkError(
        at: node.name,
        "makes \(node.output.format) with zero point \(node.output.zeroPoint) of \(tensor.format) with zero point"
          + " \(tensor.zeroPoint); a pooling keeps both")
    }
    try Self.checkClamp(pooling.low, pooling.high, at: node)
    // An average of 2^24 raw values must fit 64 bits.
    guard tensor.format.wordLength <= 32 else {
      throw NetworkError(at: node.name, "pools values of \(tensor.format); at most 32 bits are possible")
    }
    return Signal(node.output, lowest: Int128(pooling.low), highest: Int128(pooling.high))
  }

  /// What the sum of this signal and `other` makes.
  private func sum(
    with other: Signal, _ addition: IntegerAddition, at node: IntegerNetwork.Node
  ) throws(NetworkError) -> Signal {
    guard tensor.shape == other.tensor.shape, tensor.shape == node.output.shape else {
      throw NetworkError(
        at: node.name,
        "adds \(tensor.shape) and \(other.tensor.shape) to make \(node.output.shape); all three must be equal"
      )
    }
    guard 0...32 ~= addition.leftShift else {
      throw NetworkError(at: node.name, "raises its terms by \(addition.leftShift) bits; 0...32 are possible")
    }
    for (signal, requantization) in [(self, addition.first), (other, addition.second)] {
      if let fault = requantization.fault(channels: tensor.channels) {
        throw NetworkError(at: node.name, "requantization: \(fault)")
      }
      let reach = max(-signal.lowest, signal.highest, 0) + abs(Int128(signal.tensor.zeroPoint))
      guard reach <= Int128(Int64.max) >> Int128(addition.leftShift) else {
        throw NetworkError(
          at: node.name,
          "a term may reach \(reach) before it is raised by \(addition.leftShift), beyond 64 bits")
      }
    }
    if case .accumulators = addition.outputStage {
      throw NetworkError(at: node.name, "an addition's sum leaves by a clamp or a table, not as it is")
    }
    return try Self.leaving(
      addition.outputStage, largest: Int128(Int64.max), channels: tensor.channels, at: node)
  }

  /// A bound on every partial sum of `layer`, with the zero point apart or folded into the bias:
  /// the largest `|bias| + Σ|w|·(max|x| + |zero point|)` of its outputs.
  private func largestSum(
    of layer: WeightedLayer, at node: IntegerNetwork.Node
  ) throws(NetworkError) -> Int128 {
    let reach = max(-lowest, highest, 0) + abs(Int128(tensor.zeroPoint))
    let width = layer.inputsPerOutput
    var largest: Int128 = 0
    for output in 0..<layer.outputs {
      // At most 2^24 weights of 2^15.
      var weights: Int64 = 0
      for weight in layer.weights[output * width..<(output + 1) * width] { weights += abs(Int64(weight)) }
      // Below 2^39 · 2^66 + 2^63.
      largest = max(largest, abs(Int128(layer.biases[output])) + Int128(weights) * reach)
    }
    guard largest <= Int128(Int64.max) else {
      throw NetworkError(
        at: node.name,
        "a sum may reach \(largest), beyond 64 bits; use smaller biases, fewer inputs or shorter words")
    }
    return largest
  }
}
