import Networks

extension TwinLayout.Layer {
  /// The bank words of `tile` in every lane, idle lanes' included.
  func weightWords(of tile: TwinLayout.Tile, on lanes: LaneArray) -> [TwinWord] {
    let bank = TwinBank(lanes)
    return (0..<lanes.lanes).flatMap { lane in
      let weights = weights(of: tile, lane: lane, inputs: lanes.inputsPerCycle)
      var packed =
        bank.packing == 2
        ? PackedBits(fiveInEightBits: weights) : PackedBits(weights, bits: layer.weightWordLength)
      return (0..<tile.words).map { word in
        TwinWord(
          memory: .weights, lane: lane, address: tile.firstWord + word, limbs: packed.next(bank.wordBits))
      }
    }
  }

  /// The weights of the output in `lane`, tap by tap in the order of the contract; zeros in an idle lane.
  private func weights(of tile: TwinLayout.Tile, lane: Int, inputs: Int) -> [Int16] {
    let kernel = layer.window.kernel
    let channels = tile.channelGroups.lowerBound * inputs..<tile.channelGroups.upperBound * inputs
    let output = tile.outputs.lowerBound + lane
    guard output < tile.outputs.upperBound else {
      return Array(repeating: 0, count: kernel.count * channels.count)
    }
    var weights: [Int16] = []
    weights.reserveCapacity(kernel.count * channels.count)
    for row in 0..<kernel.height {
      for column in 0..<kernel.width {
        for channel in channels {
          weights.append(layer.weight(output: output, row: row, column: column, channel: channel))
        }
      }
    }
    return weights
  }
}
