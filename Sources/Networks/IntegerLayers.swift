import FixedPoint
import Tensors

/// A convolution on integers, grouped or depthwise too:
/// `sum_{r, c, i} w[o, r, c, i] · (x[row, column, channel] − input zero point) + bias[o]`, then its output stage.
///
/// Output channel o of O belongs to group ⌊o · groups / O⌋ and reads that group's input channels. Padding taps add nothing.
public struct IntegerConvolution: Sendable, Hashable {
  /// `[outputs, kernel rows, kernel columns, input channels / groups]`.
  public let weights: Tensor<Int16>
  /// Bits of a weight, 1...16; 2 bits with values −1, 0, +1 are ternary. Of a layer with a codebook, bits of the codebook's entries.
  public let weightWordLength: Int
  /// Where the weights are kept as indices: the codebook, of which `weights` are the decoded values; else nil.
  public let codebook: WeightCodebook?
  /// `[outputs]`, at the accumulators' scale.
  public let biases: [Int64]
  /// Where the kernel goes; its kernel is that of the weights.
  public let window: SlidingWindow
  /// Number of groups; as many as input channels for a depthwise convolution.
  public let groups: Int
  /// What follows the accumulators.
  public let outputStage: IntegerOutputStage

  /// A convolution.
  /// - Precondition: `weights` has four extents, those of the kernel among them, and one filter a bias.
  public init(
    weights: Tensor<Int16>, weightWordLength: Int, biases: [Int64], window: SlidingWindow, groups: Int = 1,
    outputStage: IntegerOutputStage
  ) {
    self.init(
      .integers(weights), weightWordLength: weightWordLength, biases: biases, window: window,
      groups: groups, outputStage: outputStage)
  }

  /// A convolution whose weights, of four extents, may stand in a codebook.
  /// - Precondition: as above.
  public init(
    _ stored: StoredWeights, weightWordLength: Int, biases: [Int64], window: SlidingWindow, groups: Int = 1,
    outputStage: IntegerOutputStage
  ) {
    let weights = stored.weights
    precondition(
      weights.shape.count == 4 && weights.shape[0] == biases.count
        && weights.shape[1] == window.kernel.height && weights.shape[2] == window.kernel.width,
      "weights of shape \(weights.shape) do not go with \(biases.count) biases and kernel \(window.kernel)")
    self.weights = weights
    codebook = stored.codebook
    self.weightWordLength = weightWordLength
    self.biases = biases
    self.window = window
    self.groups = groups
    self.outputStage = outputStage
  }
}

/// The largest or the mean raw value of a window, channel by channel. Reads and makes tensors of one scale and zero point.
public struct IntegerPooling: Sendable, Hashable {
  /// Which value stands for a window. Elements outside the image take no part.
  public enum Kind: Sendable, Hashable {
    /// The largest raw value.
    case maximum
    /// The exact sum of the raw values inside the image over their number, rounded; the embedded runtimes round to nearest, ties away from zero.
    case average(rounding: Rounding)
  }

  /// What is taken.
  public let kind: Kind
  /// Where it is taken.
  public let window: SlidingWindow
  /// Lower results become this.
  public let low: Int64
  /// Higher results become this.
  public let high: Int64

  /// A pooling whose results are clamped to `low...high`.
  public init(_ kind: Kind, window: SlidingWindow, low: Int64, high: Int64) {
    self.kind = kind
    self.window = window
    self.low = low
    self.high = high
  }
}

/// The element-wise sum of two tensors of equal shape.
///
/// With a and b the raw values less their tensors' zero points, the sum is `first(a · 2^leftShift) + second(b · 2^leftShift)`, each term
/// requantised by its own rule; then the output stage. The last extent is the channel.
public struct IntegerAddition: Sendable, Hashable {
  /// Bits by which both terms are raised before they are requantised, 0...32.
  public let leftShift: Int
  /// Brings the first term to the sum's scale.
  public let first: Requantization
  /// Brings the second term to the sum's scale.
  public let second: Requantization
  /// What follows the sum.
  public let outputStage: IntegerOutputStage

  /// An addition.
  public init(
    leftShift: Int, first: Requantization, second: Requantization, outputStage: IntegerOutputStage
  ) {
    self.leftShift = leftShift
    self.first = first
    self.second = second
    self.outputStage = outputStage
  }
}

extension IntegerTensor {
  /// Rows and columns of pixels: of `[height, width, channels]`; `[width, channels]` is one row, `[features]` one pixel, and
  /// further extents before these count as rows.
  public var plane: PlaneExtent {
    PlaneExtent(
      height: shape.dropLast(2).reduce(1, *), width: shape.count < 2 ? 1 : shape[shape.count - 2])
  }

  /// Values of a pixel.
  public var channels: Int { shape[shape.count - 1] }
}
