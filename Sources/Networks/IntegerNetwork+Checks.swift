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

  /// What `node`, a fully connected layer, makes of this signal.
  /// - Throws: `NetworkError` where shapes do not chain, a value does not fit its format or a sum may not fit 64 bits.
  func output(of dense: IntegerDense, at node: IntegerNetwork.Node) throws(NetworkError) -> Signal {
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
    guard 1...16 ~= dense.weightWordLength else {
      throw NetworkError(at: node.name, "weights of \(dense.weightWordLength) bits; 1...16 are possible")
    }
    let high = Int16(truncatingIfNeeded: (1 << (dense.weightWordLength - 1)) - 1)
    let low = -high - 1
    if let bad = dense.weights.elements.first(where: { $0 < low || $0 > high }) {
      throw NetworkError(
        at: node.name, "weight \(bad) does not fit \(dense.weightWordLength) bits (\(low)...\(high))")
    }
    let largest = try largestSum(of: dense, at: node)
    let format = node.output.format
    switch dense.outputStage {
    case .accumulators:
      return Signal(node.output, lowest: -largest, highest: largest)
    case .clamp(let requantization, let low, let high):
      if let fault = requantization.fault(channels: dense.outputs) {
        throw NetworkError(at: node.name, "requantization: \(fault)")
      }
      guard low <= high, format.contains(raw: Int128(low)), format.contains(raw: Int128(high)) else {
        throw NetworkError(at: node.name, "clamps to \(low)...\(high), which \(format) does not hold")
      }
      return Signal(node.output, lowest: Int128(low), highest: Int128(high))
    case .table(let requantization, let table):
      if let fault = requantization.fault(channels: dense.outputs) {
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

  /// A bound on every partial sum of `dense`, with the zero point apart or folded into the bias:
  /// the largest `|bias| + Σ|w|·(max|x| + |zero point|)` of its outputs.
  private func largestSum(of dense: IntegerDense, at node: IntegerNetwork.Node) throws(NetworkError) -> Int128
  {
    let reach = max(-lowest, highest, 0) + abs(Int128(tensor.zeroPoint))
    var largest: Int128 = 0
    for output in 0..<dense.outputs {
      // At most 2^24 weights of 2^15.
      var weights: Int64 = 0
      for index in output * dense.inputs..<(output + 1) * dense.inputs {
        weights += abs(Int64(dense.weights.elements[index]))
      }
      // Below 2^39 · 2^66 + 2^63.
      largest = max(largest, abs(Int128(dense.biases[output])) + Int128(weights) * reach)
    }
    guard largest <= Int128(Int64.max) else {
      throw NetworkError(
        at: node.name,
        "a sum may reach \(largest), beyond 64 bits; use smaller biases, fewer inputs or shorter words")
    }
    return largest
  }
}
