/// Puts a topology together layer by layer, checking that shapes chain.
struct TopologyBuilder {
  private let name: String
  private let inputShape: [Int]
  private var layers: [NetworkTopology.Layer] = []
  /// The tensor that the next layer reads.
  private(set) var current = inputTensorName

  init(_ name: String, inputShape: [Int]) throws(NetworkError) {
    try checkShape(inputShape, of: inputTensorName)
    self.name = name
    self.inputShape = inputShape
  }

  var topology: NetworkTopology { NetworkTopology(name: name, inputShape: inputShape, layers: layers) }

  private func shape(of tensor: String) -> [Int] {
    tensor == inputTensorName ? inputShape : layers.first { $0.name == tensor }!.outputShape
  }

  private mutating func add(
    _ name: String, _ inputs: [String], _ operation: NetworkTopology.Operation,
    _ activation: ActivationFunction?,
    shape: [Int]
  ) throws(NetworkError) {
    try checkShape(shape, of: name)
    layers.append(
      NetworkTopology.Layer(
        name: name, inputs: inputs, operation: operation, activation: activation, outputShape: shape))
    current = name
  }

  /// Rows and columns of what `window` makes of `source`, whose last extent is the channel.
  private func plane(_ window: SlidingWindow, over source: [Int], at layer: String) throws(NetworkError)
    -> PlaneExtent
  {
    guard source.count == 3,
      let plane = window.outputExtent(over: PlaneExtent(height: source[0], width: source[1]))
    else {
      throw NetworkError(
        at: "\(name), layer \(layer)",
        "a window of \(window.kernel.height) x \(window.kernel.width) does not fit its input \(source);"
          + " give the network a larger input")
    }
    return plane
  }

  /// Checks that a layer's weights can be held at all: tensors' extents alone would admit 2^40 of them.
  private func checkWeights(of layer: String, outputs: Int, inputs: Int) throws(NetworkError) {
    let weights = outputs * inputs
    guard weights <= 1 << 30 else {
      throw NetworkError(
        at: "\(name), layer \(layer)", "has \(weights) weights; at most \(1 << 30) are possible")
    }
  }

  mutating func convolution(
    _ name: String, outputs: Int, kernel: PlaneExtent, stride: Int = 1, padding: PlanePadding? = nil,
    groups: Int = 1, from source: String? = nil, activation: ActivationFunction? = .relu
  ) throws(NetworkError) {
    let input = source ?? current
    let shape = shape(of: input)
    let step = PlaneExtent(square: stride)
    let edges =
      padding
      ?? PlanePadding(
        same: PlaneExtent(height: shape[0], width: shape.count > 1 ? shape[1] : 1), kernel: kernel,
        stride: step, dilation: PlaneExtent(square: 1))
    try convolution(
      name, outputs: outputs, window: SlidingWindow(kernel: kernel, stride: step, padding: edges),
      groups: groups, from: input, activation: activation)
  }

  mutating func convolution(
    _ name: String, outputs: Int, window: SlidingWindow, groups: Int, from input: String,
    activation: ActivationFunction?
  ) throws(NetworkError) {
    let shape = shape(of: input)
    let plane = try plane(window, over: shape, at: name)
    guard shape[2] % groups == 0, outputs % groups == 0 else {
      throw NetworkError(
        at: "\(self.name), layer \(name)",
        "\(groups) groups of \(shape[2]) channels to \(outputs) outputs; both must be multiples of the groups"
      )
    }
    try checkWeights(of: name, outputs: outputs, inputs: window.kernel.count * shape[2] / groups)
    try add(
      name, [input], .convolution(outputs: outputs, window: window, groups: groups), activation,
      shape: [plane.height, plane.width, outputs])
  }

  mutating func maximumPooling(
    _ name: String, _ window: SlidingWindow, from source: String? = nil
  ) throws(NetworkError) {
    let input = source ?? current
    let shape = shape(of: input)
    let plane = try plane(window, over: shape, at: name)
    try add(name, [input], .maximumPooling(window), nil, shape: [plane.height, plane.width, shape[2]])
  }

  mutating func averagePooling(
    _ name: String, _ window: SlidingWindow, from source: String? = nil
  ) throws(NetworkError) {
    let input = source ?? current
    let shape = shape(of: input)
    let plane = try plane(window, over: shape, at: name)
    try add(name, [input], .averagePooling(window), nil, shape: [plane.height, plane.width, shape[2]])
  }

  /// The mean over all pixels.
  mutating func globalAverage(_ name: String) throws(NetworkError) {
    let shape = shape(of: current)
    try averagePooling(name, SlidingWindow(kernel: PlaneExtent(height: shape[0], width: shape[1])))
  }

  mutating func dense(
    _ name: String, outputs: Int, from source: String? = nil, activation: ActivationFunction? = .relu
  ) throws(NetworkError) {
    let input = source ?? current
    try checkWeights(of: name, outputs: outputs, inputs: shape(of: input).reduce(1, *))
    try add(name, [input], .dense(outputs: outputs), activation, shape: [outputs])
  }

  mutating func addition(
    _ name: String, _ first: String, _ second: String, activation: ActivationFunction? = .relu
  ) throws(NetworkError) {
    let shape = shape(of: first)
    guard shape == self.shape(of: second) else {
      throw NetworkError(at: "\(self.name), layer \(name)", "adds \(shape) and \(self.shape(of: second))")
    }
    try add(name, [first, second], .addition, activation, shape: shape)
  }
}
