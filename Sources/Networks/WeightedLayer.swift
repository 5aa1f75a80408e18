import Tensors

/// A fully connected layer or a convolution, seen as one thing: what the machine's arrays execute.
///
/// A fully connected layer is the 1 × 1 convolution of one pixel whose channels are all values of its input.
public struct WeightedLayer: Sendable, Hashable {
  /// `[outputs, kernel taps · input channels / groups]`, each row in the order kernel row, kernel column, channel.
  public let weights: [Int16]
  /// Bits of a weight, or of an entry of the codebook.
  public let weightWordLength: Int
  /// Where the weights are kept as indices: the codebook, of which `weights` are the decoded values; else nil.
  public let codebook: WeightCodebook?
  /// One an output channel.
  public let biases: [Int64]
  /// What follows the accumulators.
  public let outputStage: IntegerOutputStage
  /// Where the kernel goes.
  public let window: SlidingWindow
  /// Groups of channels.
  public let groups: Int
  /// Rows and columns of the image it reads.
  public let inputPlane: PlaneExtent
  /// Channels of that image.
  public let inputChannels: Int
  /// The raw value that padding stands for.
  public let inputZeroPoint: Int
  /// Rows and columns that it makes.
  public let outputPlane: PlaneExtent

  /// Bits that a weight takes in the weight memory: those of its index where there is a codebook.
  public var storedWordLength: Int { codebook?.indexBits ?? weightWordLength }
  /// Output channels.
  public var outputs: Int { biases.count }
  /// Output pixels.
  public var positions: Int { outputPlane.count }
  /// Input channels that an output reads.
  public var channelsPerGroup: Int { inputChannels / groups }
  /// Products of an output.
  public var inputsPerOutput: Int { window.kernel.count * channelsPerGroup }

  /// The group of output channel `output`.
  public func group(of output: Int) -> Int { output * groups / outputs }

  /// The input channels of group `group`.
  public func channels(ofGroup group: Int) -> Range<Int> {
    group * channelsPerGroup..<(group + 1) * channelsPerGroup
  }

  /// The weight of output channel `output` for kernel tap (`row`, `column`) and input channel `channel`; 0 for a channel of another group.
  public func weight(output: Int, row: Int, column: Int, channel: Int) -> Int16 {
    let channels = channels(ofGroup: group(of: output))
    guard channels ~= channel else { return 0 }
    let tap = row * window.kernel.width + column
    return weights[
      output * inputsPerOutput + tap * channelsPerGroup + channel - channels.lowerBound]
  }

  /// What the accumulator of each output starts at: the bias with the zero point folded in, `bias − zero point · Σ weights`.
  /// Exact: a sum of at most 2^39 times a zero point of at most 64 bits.
  public var foldedBiases: [Int128] {
    let width = inputsPerOutput
    return biases.indices.map { output in
      var sum: Int64 = 0
      for weight in weights[output * width..<(output + 1) * width] { sum += Int64(weight) }
      return Int128(biases[output]) - Int128(inputZeroPoint) * Int128(sum)
    }
  }
}

extension WeightedLayer {
  /// The same layer with other weights, `[outputs, kernel taps · input channels / groups]`, whose accumulators start at `starts`.
  /// - Precondition: so many weights, those that `codebook` decodes to where there is one, and biases that fit 64 bits: start + zero point · Σ weights.
  package func replacing(
    weights: [Int16], codebook: WeightCodebook? = nil, groups: Int, starts: [Int128]
  ) -> WeightedLayer {
    let width = weights.count / outputs
    let biases = (0..<outputs).map { output in
      let sum = weights[output * width..<(output + 1) * width].reduce(Int64(0)) { $0 + Int64($1) }
      return Int64(starts[output] + Int128(inputZeroPoint) * Int128(sum))
    }
    return WeightedLayer(
      weights: weights, weightWordLength: weightWordLength, codebook: codebook, biases: biases,
      outputStage: outputStage, window: window, groups: groups, inputPlane: inputPlane,
      inputChannels: inputChannels, inputZeroPoint: inputZeroPoint, outputPlane: outputPlane)
  }
}

extension IntegerOperation {
  /// The operation as a weighted layer that reads `source`, or nil if it has no weights.
  public func weightedLayer(reading source: IntegerTensor) -> WeightedLayer? {
    switch self {
    case .dense(let dense):
      WeightedLayer(
        weights: dense.weights.elements, weightWordLength: dense.weightWordLength,
        codebook: dense.codebook, biases: dense.biases, outputStage: dense.outputStage,
        window: SlidingWindow(kernel: PlaneExtent(square: 1)), groups: 1,
        inputPlane: PlaneExtent(square: 1), inputChannels: source.count, inputZeroPoint: source.zeroPoint,
        outputPlane: PlaneExtent(square: 1))
    case .convolution(let convolution):
      convolution.window.outputExtent(over: source.plane).map { plane in
        WeightedLayer(
          weights: convolution.weights.elements, weightWordLength: convolution.weightWordLength,
          codebook: convolution.codebook, biases: convolution.biases, outputStage: convolution.outputStage,
          window: convolution.window,
          groups: convolution.groups, inputPlane: source.plane, inputChannels: source.channels,
          inputZeroPoint: source.zeroPoint, outputPlane: plane)
      }
    case .pooling, .addition: nil
    }
  }
}

extension IntegerNetwork {
  /// The weighted layer that `node` executes, or nil if it has no weights.
  /// - Precondition: `node` is of this network.
  public func weightedLayer(of node: Node) -> WeightedLayer? {
    node.operation.weightedLayer(reading: tensor(node.inputs[0])!)
  }
}
