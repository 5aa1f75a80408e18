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

  /// Products of weights and inputs for one input, those with padding included.
  public var multiplications: Int {
    layers.reduce(0) { sum, layer in
      switch layer.operation {
      case .convolution(_, let window, let groups):
        sum + layer.outputShape.reduce(1, *) * window.kernel.count * shape(of: layer.inputs[0])[2] / groups
      case .dense(let outputs): sum + outputs * shape(of: layer.inputs[0]).reduce(1, *)
      case .maximumPooling, .averagePooling, .addition: sum
      }
    }
  }

  /// Shape of the tensor `name`.
  /// - Precondition: it is the input or made by a layer.
  public func shape(of name: String) -> [Int] {
    name == inputTensorName ? inputShape : layers.first { $0.name == name }!.outputShape
  }
}
