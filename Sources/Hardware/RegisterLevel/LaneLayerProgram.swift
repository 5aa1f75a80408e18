import Networks

/// A tile as the lane array's controller sees it.
struct LaneTile {
  /// Its first output channel.
  let firstOutput: Int
  /// Output channels that it computes.
  let activeOutputs: Int
  /// The first group of V input channels that it reads.
  let firstChannelGroup: Int
  /// Groups of V input channels that it reads.
  let channelGroups: Int
}

/// A weighted layer as the lane array runs it: the contract's tiles and taps.
struct LaneLayerProgram {
  /// The layer.
  let layer: WeightedLayer
  /// The machine.
  let array: LaneArray
  /// k: outputs that a lane computes at once.
  let parts: Int
  /// Cycles of a tap: bit planes of bit-serial weights, else 1.
  let planes: Int
  /// Tiles in execution order.
  let tiles: [LaneTile]
  /// What each output's accumulator starts at: the bias less the zero point times the sum of its weights.
  let starts: [Int128]

  /// Cuts `layer` into tiles.
  init(_ layer: WeightedLayer, on array: LaneArray) {
    self.layer = layer
    self.array = array
    var parts = 1
    var planes = 1
    switch array.path.datapath {
    case .parallel, .ternary: break
    case .bitSerial: planes = layer.weightWordLength
    case .decomposable(let widest, _):
      // Halve the multiplier while its halves still hold a weight.
      var width = widest
      while width > 2 && width / 2 >= layer.weightWordLength {
        width /= 2
        parts *= 2
      }
    }
    self.parts = parts
    self.planes = planes
    let width = array.inputsPerCycle
    var tiles: [LaneTile] = []
    var first = 0
    while first < layer.outputs {
      let end = min(first + parts * array.lanes, layer.outputs)
      var lowest = Int.max
      var highest = 0
      for output in first..<end {
        let channels = Self.channels(of: output, in: layer)
        lowest = min(lowest, channels.lowerBound)
        highest = max(highest, channels.upperBound - 1)
      }
      tiles.append(
        LaneTile(
          firstOutput: first, activeOutputs: end - first, firstChannelGroup: lowest / width,
          channelGroups: highest / width - lowest / width + 1))
      first = end
    }
    self.tiles = tiles
    starts = Self.starts(of: layer)
  }

  /// Input channels that output channel `output` reads.
  static func channels(of output: Int, in layer: WeightedLayer) -> Range<Int> {
    let group = output / (layer.outputs / layer.groups)
    let width = layer.inputChannels / layer.groups
    return group * width..<(group + 1) * width
  }

  /// The weight that `output` has for kernel tap (`row`, `column`) and input channel `channel`: 0 where there is no such output or channel,
  /// or the output does not read it.
  static func weight(_ layer: WeightedLayer, output: Int, row: Int, column: Int, channel: Int) -> Int16 {
    guard output < layer.outputs else { return 0 }
    let channels = channels(of: output, in: layer)
    guard channels.contains(channel) else { return 0 }
    let kernel = layer.window.kernel
    let pixel = (output * kernel.height + row) * kernel.width + column
    return layer.weights[pixel * channels.count + channel - channels.lowerBound]
  }

  /// What each output's accumulator starts at.
  static func starts(of layer: WeightedLayer) -> [Int128] {
    let width = layer.weights.count / layer.outputs
    return layer.biases.enumerated().map { output, bias in
      var start = Int128(bias)
      for index in output * width..<(output + 1) * width {
        start -= Int128(layer.inputZeroPoint) * Int128(layer.weights[index])
      }
      return start
    }
  }
}
