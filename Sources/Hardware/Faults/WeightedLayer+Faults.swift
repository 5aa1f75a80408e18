import Networks

extension WeightedLayer {
  /// The layer that `array` executes where bits of its weights are faulty: other weights, the same start values.
  ///
  /// Zeros that a tile stores for other groups' channels become weights where a bit of theirs is wrong; then the layer has one group. Bits behind the last channel, in idle
  /// lanes and behind a tile's last weight have no effect: no operand meets them, or no output.
  func withFaults(_ faults: WeightMemoryFaults, named name: String, on array: LaneArray) -> WeightedLayer {
    let tiling = LaneTiling(self, on: array)
    var own = weights
    var foreign: [(output: Int, index: Int, weight: Int16)] = []
    for (number, tile) in tiling.tiles.enumerated() {
      for lane in 0..<array.lanes {
        let faulty = faults.faults(
          layer: name, tile: number, lane: lane, count: tile.storedWeightBits / array.lanes)
        if faulty.isEmpty { continue }
        let bank = FaultyTile(self, tile: tile, lane: lane, parts: tiling.parts, on: array)
        for (slot, weight) in bank.weights(with: faulty) {
          guard let place = bank.place(of: slot) else { continue }
          let channels = channels(ofGroup: group(of: place.output))
          if channels ~= place.channel {
            own[
              place.output * inputsPerOutput + place.tap * channelsPerGroup + place.channel
                - channels.lowerBound] = weight
          } else if weight != 0 {
            foreign.append((place.output, place.tap * inputChannels + place.channel, weight))
          }
        }
      }
    }
    let starts = foldedBiases
    guard !foreign.isEmpty else { return replacing(weights: own, groups: groups, starts: starts) }
    let width = window.kernel.count * inputChannels
    var whole = [Int16](repeating: 0, count: outputs * width)
    for output in 0..<outputs {
      let first = channels(ofGroup: group(of: output)).lowerBound
      for index in 0..<inputsPerOutput {
        let (tap, channel) = index.quotientAndRemainder(dividingBy: channelsPerGroup)
        whole[output * width + tap * inputChannels + first + channel] = own[output * inputsPerOutput + index]
      }
    }
    for item in foreign { whole[item.output * width + item.index] = item.weight }
    return replacing(weights: whole, groups: 1, starts: starts)
  }
}

/// A tile's weights in one lane's bank, by their slots: taps, then parts, then channels, as the contract's "Weight memory" lays them out.
private struct FaultyTile {
  /// Which weight a slot holds.
  struct Place {
    let output: Int
    let tap: Int
    let channel: Int
  }

  private let layer: WeightedLayer
  private let tile: LaneTiling.Tile
  private let lane: Int
  private let parts: Int
  private let width: Int
  private let datapath: Datapath

  init(_ layer: WeightedLayer, tile: LaneTiling.Tile, lane: Int, parts: Int, on array: LaneArray) {
    self.layer = layer
    self.tile = tile
    self.lane = lane
    self.parts = parts
    width = array.inputsPerCycle
    datapath = array.path.datapath
  }

  private var slots: Int { tile.taps * parts * width }

  /// The weight of `slot`, or nil where it is padding.
  func place(of slot: Int) -> Place? {
    let (group, offset) = slot.quotientAndRemainder(dividingBy: width)
    let (tap, part) = group.quotientAndRemainder(dividingBy: parts)
    let (kernelTap, channelGroup) = tap.quotientAndRemainder(dividingBy: tile.channelGroups.count)
    let output = tile.outputs.lowerBound + lane * parts + part
    let channel = (tile.channelGroups.lowerBound + channelGroup) * width + offset
    guard slot < slots, tile.outputs ~= output, channel < layer.inputChannels else { return nil }
    return Place(output: output, tap: kernelTap, channel: channel)
  }

  private func stored(_ slot: Int) -> Int16 {
    guard let place = place(of: slot) else { return 0 }
    let kernel = layer.window.kernel
    let (row, column) = place.tap.quotientAndRemainder(dividingBy: kernel.width)
    return layer.weight(output: place.output, row: row, column: column, channel: place.channel)
  }

  /// The weights that are read with these faults, of all slots that share a field with one.
  func weights(with faults: [Int: BitFault]) -> [(slot: Int, weight: Int16)] {
    let bits = layer.weightWordLength
    var fields: [Int: UInt64] = [:]
    switch datapath {
    case .parallel, .decomposable, .bitSerial, .ternary(_, .twoBits):
      for (bit, fault) in faults {
        let (slot, place) = slotAndPlace(ofBit: bit)
        var field = fields[slot] ?? UInt64(UInt16(bitPattern: stored(slot)))
        fault.applied(to: &field, bit: place)
        fields[slot] = field
      }
      let isTernary = if case .ternary = datapath { true } else { false }
      return fields.map { slot, field in
        let unused = Int64(64 - bits)
        let weight = (Int64(bitPattern: field) << unused) >> unused
        return (slot, isTernary && weight == -2 ? 0 : Int16(weight))
      }
    case .ternary(_, .fiveInEightBits):
      for (bit, fault) in faults {
        let (byte, place) = bit.quotientAndRemainder(dividingBy: 8)
        var field =
          fields[byte] ?? (0..<5).reversed().reduce(0) { $0 * 3 + UInt64(stored(5 * byte + $1) + 1) }
        fault.applied(to: &field, bit: place)
        fields[byte] = field
      }
      return fields.flatMap { byte, field in
        var rest = min(field, 242)
        return (0..<5).map { index in
          let digit = rest % 3
          rest /= 3
          return (5 * byte + index, Int16(digit) - 1)
        }
      }
    }
  }

  /// The weight that bit `bit` belongs to, and its place in the weight's word.
  private func slotAndPlace(ofBit bit: Int) -> (Int, Int) {
    let bits = layer.weightWordLength
    guard case .bitSerial = datapath else { return bit.quotientAndRemainder(dividingBy: bits) }
    let (group, rest) = bit.quotientAndRemainder(dividingBy: width * bits)
    let (plane, offset) = rest.quotientAndRemainder(dividingBy: width)
    return (group * width + offset, plane)
  }
}
