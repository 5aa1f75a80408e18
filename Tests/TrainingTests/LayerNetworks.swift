import Networks
import Reproducibility
import Tensors

/// Draws small networks of image layers, all of their parameters random.
struct LayerNetworks {
  var source: RandomSource

  /// Which layers are drawn.
  enum Kind: String, CaseIterable {
    case convolution, grouped, depthwise, dilated, strided, maximumPooling, averagePooling, normalized,
      residual
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int { source.below(range.count) + range.lowerBound }

  mutating func floats(_ count: Int, _ bound: Double) -> [Float] {
    (0..<count).map { _ in Float(source.uniform(in: -bound...bound)) }
  }

  mutating func convolution(
    from shape: [Int], outputs: Int, groups: Int = 1, stride: Int = 1, dilation: Int = 1, kernel: Int? = nil
  ) -> FloatConvolution {
    let taps = PlaneExtent(height: kernel ?? integer(1...3), width: kernel ?? integer(1...3))
    let window = SlidingWindow(
      kernel: taps, stride: PlaneExtent(square: stride), dilation: PlaneExtent(square: dilation),
      padding: PlanePadding(
        top: integer(0...2), left: integer(0...2), bottom: integer(0...2) + (taps.height - 1) * dilation,
        right: integer(0...2) + (taps.width - 1) * dilation))
    let channels = shape[2] / groups
    return FloatConvolution(
      weights: Tensor(
        shape: [outputs, taps.height, taps.width, channels],
        elements: floats(outputs * taps.count * channels, 0.8)), biases: floats(outputs, 0.3),
      window: window, groups: groups)
  }

  mutating func normalization(_ channels: Int) -> FloatBatchNormalization {
    var normalization = FloatBatchNormalization(channels: channels)
    normalization.scale = floats(channels, 1).map { $0 + 1.5 }
    normalization.shift = floats(channels, 0.5)
    normalization.mean = floats(channels, 0.2)
    normalization.variance = floats(channels, 0.3).map { $0 + 0.6 }
    return normalization
  }

  /// A network with the layer in question between a convolution and the logits, sigmoid throughout: a smooth loss.
  mutating func network(_ kind: Kind, inputShape: [Int], classes: Int) throws -> FloatNetwork {
    var nodes: [FloatNetwork.Node] = []
    func add(_ name: String, _ inputs: [String], _ operation: FloatOperation) {
      nodes.append(FloatNetwork.Node(name, inputs: inputs, operation))
    }
    let first = convolution(from: inputShape, outputs: 4, kernel: 2)
    add("first", [inputTensorName], .convolution(first))
    add("smooth", ["first"], .activation(.tanh))
    let shape = try FloatNetwork(name: "part", inputShape: inputShape, nodes: nodes).shapes["smooth"]!
    var last = "layer"
    switch kind {
    case .convolution:
      add("layer", ["smooth"], .convolution(convolution(from: shape, outputs: integer(1...5))))
    case .grouped:
      add("layer", ["smooth"], .convolution(convolution(from: shape, outputs: 6, groups: 2)))
    case .depthwise:
      add(
        "layer", ["smooth"],
        .convolution(convolution(from: shape, outputs: 4, groups: 4, stride: integer(1...2))))
    case .dilated:
      add("layer", ["smooth"], .convolution(convolution(from: shape, outputs: 3, dilation: 2)))
    case .strided:
      add("layer", ["smooth"], .convolution(convolution(from: shape, outputs: 3, stride: integer(2...3))))
    case .maximumPooling, .averagePooling:
      let window = SlidingWindow(
        kernel: PlaneExtent(height: integer(2...3), width: integer(2...3)),
        stride: PlaneExtent(square: integer(1...2)),
        padding: PlanePadding(top: 1, left: 0, bottom: 1, right: 1))
      add("layer", ["smooth"], kind == .maximumPooling ? .maximumPooling(window) : .averagePooling(window))
    case .normalized:
      add("layer", ["smooth"], .convolution(convolution(from: shape, outputs: 3)))
      add("normalized", ["layer"], .batchNormalization(normalization(3)))
      add("smooth2", ["normalized"], .activation(.sigmoid))
      last = "smooth2"
    case .residual:
      let branch = convolution(from: shape, outputs: 4, kernel: 1)
      let same = FloatConvolution(
        weights: branch.weights, biases: branch.biases, window: SlidingWindow(kernel: PlaneExtent(square: 1)))
      add("branch", ["smooth"], .convolution(same))
      add("sum", ["smooth", "branch"], .addition)
      add("layer", ["sum"], .activation(.sigmoid))
    }
    let features = try FloatNetwork(name: "part", inputShape: inputShape, nodes: nodes).shapes[last]!
      .reduce(1, *)
    add(
      "logits", [last],
      .dense(
        FloatDense(
          weights: Tensor(shape: [classes, features], elements: floats(classes * features, 0.5)),
          biases: floats(classes, 0.3))))
    return try FloatNetwork(name: "\(kind)", inputShape: inputShape, nodes: nodes)
  }
}

extension FloatNetwork {
  /// The logits of a batch in double by plain loops, one node at a time; batch normalisation by the batch's own statistics where it
  /// `isTraining`.
  func batchLogits(_ samples: [[Double]], isTraining: Bool) throws -> [[Double]] {
    var tensors = [inputTensorName: samples]
    for node in nodes {
      let sources = node.inputs.map { tensors[$0]! }
      let shape = node.inputs[0] == inputTensorName ? inputShape : shapes[node.inputs[0]]!
      switch node.operation {
      case .addition:
        tensors[node.name] = zip(sources[0], sources[1]).map { zip($0, $1).map { $0 + $1 } }
      case .batchNormalization(let normalization) where isTraining:
        let channels = normalization.scale.count
        var columns = [[Double]](repeating: [], count: channels)
        for sample in sources[0] {
          for (index, x) in sample.enumerated() { columns[index % channels].append(x) }
        }
        let means = columns.map { $0.reduce(0, +) / Double($0.count) }
        let variances = zip(columns, means).map { column, mean in
          column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
        }
        tensors[node.name] = sources[0].map { sample in
          sample.enumerated().map { index, x in
            let c = index % channels
            return Double(normalization.scale[c]) * (x - means[c])
              / (variances[c] + Double(normalization.epsilon)).squareRoot() + Double(normalization.shift[c])
          }
        }
      case .dense, .convolution, .batchNormalization, .activation, .maximumPooling, .averagePooling, .dropout:
        let single = try FloatNetwork(
          name: node.name, inputShape: shape,
          nodes: [Node(node.name, inputs: [inputTensorName], node.operation)])
        tensors[node.name] = sources[0].map { single.referenceOutput(of: $0) }
      }
    }
    return tensors[output.name]!
  }
}
