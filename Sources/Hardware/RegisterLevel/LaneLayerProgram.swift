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
  /// The codebook's entries as they stand in the weight memory: words of the multipliers' width, two's complement; empty where there is none.
  let codebook: [UInt16]
  /// What each output's accumulator starts at: the bias less the zero point times the sum of its weights.
  let starts: [Int128]

  /// Cuts `layer` into tiles.
  init(_ layer: WeightedLayer, on array: LaneArray) {
    self.layer = layer
    self.array = array
    var parts = 1
    var planes = 1
    switch array.path.datapath {
    case .parallel, .ternary, .codebook: break
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
    let unused = UInt16(UInt16.bitWidth - array.path.datapath.weightBits)
    codebook = (layer.codebook?.table ?? []).map { (UInt16(bitPattern: $0) << unused) >> unused }
    starts = Self.starts(of: layer)
  }

  /// Input channels that output channel `output` reads.
  static func channels(of output: Int, in layer: WeightedLayer) -> Range<Int> {
    let group = output / (layer.outputs / layer.groups)
    let width = layer.inputChannels / layer.groups
    return group * width..<(group + 1) * width
  }

  /// Whether there is such an output and such an input channel, and the one reads the other.
  static func reads(_ layer: WeightedLayer, output: Int, channel: Int) -> Bool {
    output < layer.outputs && channels(of: output, in: layer).contains(channel)
  }

  /// What the weight memory holds for `output`, kernel tap (`row`, `column`) and input channel `channel`: the weight, or its index into the codebook; 0 where
  /// there is no such output or channel, or the output does not read it.
  static func weight(_ layer: WeightedLayer, output: Int, row: Int, column: Int, channel: Int) -> Int16 {
    guard reads(layer, output: output, channel: channel) else { return 0 }
    let channels = channels(of: output, in: layer)
    let kernel = layer.window.kernel
    let pixel = (output * kernel.height + row) * kernel.width + column
    let place = pixel * channels.count + channel - channels.lowerBound
    if let codebook = layer.codebook { return Int16(codebook.indices[place]) }
    return layer.weights[place]
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
