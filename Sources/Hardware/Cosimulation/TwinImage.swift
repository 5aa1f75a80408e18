import FixedPoint
import Networks

/// The memories that the host can write, by the number that selects them in `lane_array.v`.
package enum TwinMemory: Int, Sendable, CaseIterable {
  case layers, tiles, weights, startValues, multipliers, tables, activations
}

/// One word for one of the twin's memories.
package struct TwinWord: Hashable, Sendable {
  /// The memory.
  package let memory: TwinMemory
  /// The lane, field or drained output that it belongs to.
  package let lane: Int
  /// The address.
  package let address: Int
  /// The word, least significant limb first; high bits beyond the limbs are 0.
  package let limbs: [UInt64]
}

/// What the twin's memories hold for a network: everything but the activations.
package struct TwinImage: Sendable {
  /// The words in the order in which the host writes them.
  package let words: [TwinWord]

  /// The image of a network on `lanes` by its layout.
  /// - Parameter parameters: those of the twin that will hold it, for its words' lengths.
  package init(_ layout: TwinLayout, on lanes: LaneArray, parameters: TwinParameters) {
    var words: [TwinWord] = []
    var tileNumber = 0
    for (number, layer) in layout.layers.enumerated() {
      let isLast = number == layout.layers.count - 1
      for (field, value) in layer.fields(on: lanes, isLast: isLast).enumerated() {
        words.append(
          TwinWord(
            memory: .layers, lane: field, address: number,
            limbs: [value.bits(max(32, parameters.needs.resultBits))]))
      }
      let starts = layer.layer.foldedBiases
      for tile in layer.tiles {
        for (field, value) in tile.fields(on: lanes).enumerated() {
          words.append(
            TwinWord(memory: .tiles, lane: field, address: tileNumber, limbs: [UInt64(value)]))
        }
        words += layer.weightWords(of: tile, on: lanes)
        for lane in 0..<lanes.lanes {
          let output = tile.outputs.lowerBound + lane
          let start = output < tile.outputs.upperBound ? Int64(starts[output]) : 0
          words.append(
            TwinWord(
              memory: .startValues, lane: lane, address: tileNumber,
              limbs: [start.bits(lanes.path.accumulator.bits)]))
        }
        tileNumber += 1
      }
      words += layer.multiplierWords(on: lanes)
    }
    for (number, table) in layout.tables.enumerated() {
      let bits = lanes.path.activationTable!.outputBits
      for (index, entry) in table.entries.enumerated() {
        words.append(
          TwinWord(
            memory: .tables, lane: 0, address: number << table.addressFormat.wordLength + index,
            limbs: [Int64(entry).bits(bits)]))
      }
    }
    self.words = words
  }

  /// The words of one input, `values` in NHWC order.
  package static func activations(
    _ values: some Sequence<Int32>, at address: Int, on lanes: LaneArray
  ) -> [TwinWord] {
    values.enumerated().map { index, value in
      TwinWord(
        memory: .activations, lane: 0, address: address + index,
        limbs: [Int64(value).bits(lanes.path.datapath.activationBits)])
    }
  }
}

extension Int64 {
  /// The low `count` bits.
  func bits(_ count: Int) -> UInt64 { UInt64(bitPattern: self) & (.max >> UInt64(64 - Swift.min(count, 64))) }
}

extension TwinLayout.Tile {
  /// The tile's descriptor.
  fileprivate func fields(on lanes: LaneArray) -> [Int] {
    [
      channelGroups.count - 1, channelGroups.lowerBound * lanes.inputsPerCycle, firstWord, outputs.count,
      (outputs.count + lanes.drained - 1) / lanes.drained - 1,
    ]
  }
}

extension TwinLayout.Layer {
  /// The layer's descriptor, in the order of the fields in `lane_array.v`.
  fileprivate func fields(on lanes: LaneArray, isLast: Bool) -> [Int64] {
    let window = layer.window
    let channels = layer.inputChannels
    let row = layer.inputPlane.width * channels
    let origin = sourceAddress - window.padding.top * row - window.padding.left * channels
    let steps = [
      origin, window.stride.height * row, window.stride.width * channels, window.dilation.height * row,
      window.dilation.width * channels,
    ]
    let tap = TwinBank(lanes).units(ofTap: lanes.inputsPerCycle, bits: layer.weightWordLength)
    var clamp: (low: Int64, high: Int64) = (0, 0)
    // The zero point is added before the clamp; a table's address has none.
    var zeroPoint = 0
    var flags = source.format.isSigned ? 1 : 0
    switch layer.outputStage {
    case .accumulators: flags |= 2
    case .clamp(_, let low, let high):
      clamp = (low, high)
      zeroPoint = output.zeroPoint
    case .table(_, let table):
      clamp = (table.lowestAddress, table.highestAddress)
      flags |= 4
    }
    flags |= output.format.isSigned ? 8 : 0
    flags |= hasChannelMultipliers ? 16 : 0
    flags |= isLast ? 32 : 0
    let first = [
      tiles.count - 1, window.kernel.height - 1, window.kernel.width - 1, layer.outputPlane.height - 1,
      layer.outputPlane.width - 1, layer.inputPlane.height, layer.inputPlane.width, -window.padding.top,
      -window.padding.left, window.stride.height, window.stride.width, window.dilation.height,
      window.dilation.width,
    ]
    let last = [
      tap, layer.weightWordLength, layer.inputZeroPoint, outputAddress, layer.outputs, multiplierRow,
      zeroPoint,
    ]
    return (first + steps + last).map { Int64($0) } + [clamp.low, clamp.high, Int64(table), Int64(flags)]
  }

  /// The rows of multipliers and shifts: one row for all channels, or one for each cycle of each tile's drain.
  fileprivate func multiplierWords(on lanes: LaneArray) -> [TwinWord] {
    guard let requantization = layer.outputStage.requantization else { return [] }
    func pair(_ channel: Int) -> UInt64 {
      let pair: (multiplier: Int64, shift: Int) =
        switch requantization {
        case .shift(let bits, _): (0, bits)
        case .multiplier(let multipliers, let shifts, _), .doublingHighMultiply(let multipliers, let shifts):
          multipliers.count == 1 ? (multipliers[0], shifts[0]) : (multipliers[channel], shifts[channel])
        }
      return UInt64(pair.multiplier) << 7 | Int64(pair.shift).bits(7)
    }
    func words(_ row: Int, _ channels: Range<Int>) -> [TwinWord] {
      (0..<lanes.drained).map { drained in
        let channel = channels.lowerBound + drained
        return TwinWord(
          memory: .multipliers, lane: drained, address: row,
          limbs: [!hasChannelMultipliers || channels ~= channel ? pair(channel) : 0])
      }
    }
    guard hasChannelMultipliers else { return words(multiplierRow, 0..<1) }
    return tiles.enumerated().flatMap { number, tile in
      (0..<lanes.drainGroups).flatMap { group in
        let first = tile.outputs.lowerBound + group * lanes.drained
        return words(
          multiplierRow + number * lanes.drainGroups + group, first..<max(first, tile.outputs.upperBound))
      }
    }
  }
}
