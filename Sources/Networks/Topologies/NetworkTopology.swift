/// A network's shape without its weights: what a topology's name stands for.
public struct NetworkTopology: Sendable, Hashable {
  /// What a layer does with its inputs.
  public enum Operation: Sendable, Hashable {
    /// A convolution to `outputs` channels.
    case convolution(outputs: Int, window: SlidingWindow, groups: Int)
    /// A fully connected layer.
    case dense(outputs: Int)
    /// The largest value of each window.
    case maximumPooling(SlidingWindow)
    /// The mean value of each window.
    case averagePooling(SlidingWindow)
    /// The sum of two tensors.
    case addition
  }

  /// One layer: it reads named tensors and makes the one that bears its name.
  public struct Layer: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The tensors it reads.
    public let inputs: [String]
    /// What it does.
    public let operation: Operation
    /// The function that follows, or nil for none.
    public let activation: ActivationFunction?
    /// `[height, width, channels]` or `[features]` of what it makes.
    public let outputShape: [Int]
  }

  /// The name by which it was asked for.
  public let name: String
  /// `[height, width, channels]`.
  public let inputShape: [Int]
  /// The layers in execution order; the last makes the logits.
  public let layers: [Layer]

  init(name: String, inputShape: [Int], layers: [Layer]) {
    self.name = name
    self.inputShape = inputShape
    self.layers = layers
  }

  /// Shape of the tensor `name`.
  /// - Precondition: it is the input or made by a layer.
  public func shape(of name: String) -> [Int] {
    name == inputTensorName ? inputShape : layers.first { $0.name == name }!.outputShape
  }
}

/// Puts a topology together layer by layer, checking that shapes chain.
struct TopologyBuilder {
  private let name: String
  private let inputShape: [Int]
  /// One in so many maps and units is made, rounded up; the logits, which have no activation and no kernel, are all made.
  var divisor = 1
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

  private func narrowed(_ count: Int) -> Int { (count + divisor - 1) / divisor }

  mutating func convolution(
    _ name: String, outputs: Int, kernel: PlaneExtent, stride: Int = 1, padding: PlanePadding? = nil,
    groups: Int = 1, from source: String? = nil, activation: ActivationFunction? = .relu
  ) throws(NetworkError) {
    let outputs = narrowed(outputs)
    let groups = groups == 1 ? 1 : narrowed(groups)
    let input = source ?? current
    let shape = shape(of: input)
    let step = PlaneExtent(square: stride)
    let edges =
      padding
      ?? PlanePadding(
        same: PlaneExtent(height: shape[0], width: shape.count > 1 ? shape[1] : 1), kernel: kernel,
        stride: step, dilation: PlaneExtent(square: 1))
    let window = SlidingWindow(kernel: kernel, stride: step, padding: edges)
    let plane = try plane(window, over: shape, at: name)
    try checkWeights(of: name, outputs: outputs, inputs: kernel.count * shape[2] / groups)
    try add(
      name, [input], .convolution(outputs: outputs, window: window, groups: groups), activation,
      shape: [plane.height, plane.width, outputs])
  }

  mutating func maximumPooling(_ name: String, _ window: SlidingWindow) throws(NetworkError) {
    let shape = shape(of: current)
    let plane = try plane(window, over: shape, at: name)
    try add(name, [current], .maximumPooling(window), nil, shape: [plane.height, plane.width, shape[2]])
  }

  mutating func averagePooling(_ name: String, _ window: SlidingWindow) throws(NetworkError) {
    let shape = shape(of: current)
    let plane = try plane(window, over: shape, at: name)
    try add(name, [current], .averagePooling(window), nil, shape: [plane.height, plane.width, shape[2]])
  }

  /// The mean over all pixels.
  mutating func globalAverage(_ name: String) throws(NetworkError) {
    let shape = shape(of: current)
    try averagePooling(name, SlidingWindow(kernel: PlaneExtent(height: shape[0], width: shape[1])))
  }

  mutating func dense(
    _ name: String, outputs: Int, activation: ActivationFunction? = .relu
  ) throws(NetworkError) {
    let outputs = activation == nil ? outputs : narrowed(outputs)
    try checkWeights(of: name, outputs: outputs, inputs: shape(of: current).reduce(1, *))
    try add(name, [current], .dense(outputs: outputs), activation, shape: [outputs])
  }

  mutating func addition(_ name: String, _ first: String, _ second: String) throws(NetworkError) {
    let shape = shape(of: first)
    guard shape == self.shape(of: second) else {
      throw NetworkError(at: "\(self.name), layer \(name)", "adds \(shape) and \(self.shape(of: second))")
    }
    try add(name, [first, second], .addition, .relu, shape: shape)
  }
}
