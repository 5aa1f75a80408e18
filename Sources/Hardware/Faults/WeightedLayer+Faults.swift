import Networks

extension WeightedLayer {
  /// The layer that `array` executes where bits of its weights are faulty: other weights, the same start values.
  ///
  /// Zeros that a tile stores for other groups' channels become weights where a bit of theirs is wrong; then the layer has one group. Bits behind the last channel, in idle
  /// lanes and behind a tile's last weight have no effect: no operand meets them, or no output. Where there is a codebook, bits of indices are wrong, and another entry is read;
  /// those of other groups' channels have no effect, as the decode table gives 0 there, whatever the index.
  func withFaults(_ faults: WeightMemoryFaults, named name: String, on array: LaneArray) -> WeightedLayer {
    let tiling = LaneTiling(self, on: array)
    let stored = codebook?.indices.map { Int16($0) } ?? weights
    var own = stored
    var foreign: [(output: Int, index: Int, weight: Int16)] = []
    for (number, tile) in tiling.tiles.enumerated() {
      for lane in 0..<array.lanes {
        let faulty = faults.faults(
          layer: name, tile: number, lane: lane, count: tile.storedWeightBits / array.lanes)
        if faulty.isEmpty { continue }
        let bank = FaultyTile(
          self, stored: stored, tile: tile, lane: lane, parts: tiling.parts, on: array)
        for (slot, weight) in bank.words(with: faulty) {
          guard let place = bank.place(of: slot) else { continue }
          if let index = place.index {
            own[index] = weight
          } else if codebook == nil && weight != 0 {
            foreign.append((place.output, place.tap * inputChannels + place.channel, weight))
          }
        }
      }
    }
    let starts = foldedBiases
    if let codebook {
      let read = codebook.replacing(indices: own.map { UInt8($0) })
      return replacing(weights: read.weights, codebook: read, groups: groups, starts: starts)
    }
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

/// A tile's weights, or their indices into a codebook, in one lane's bank, by their slots: taps, then parts, then channels, as the contract's "Weight memory" lays them out.
private struct FaultyTile {
  /// Which weight a slot holds.
  struct Place {
    let output: Int
    let tap: Int
    let channel: Int
    /// Its place among the layer's weights, or nil where the output does not read the channel.
    let index: Int?
  }

  private let layer: WeightedLayer
  private let stored: [Int16]
  private let tile: LaneTiling.Tile
  private let lane: Int
  private let parts: Int
  private let width: Int
  private let datapath: Datapath

  /// - Parameter stored: what the layer's weights are stored as: themselves, or indices.
  init(
    _ layer: WeightedLayer, stored: [Int16], tile: LaneTiling.Tile, lane: Int, parts: Int,
    on array: LaneArray
  ) {
    self.layer = layer
    self.stored = stored
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
    let channels = layer.channels(ofGroup: layer.group(of: output))
    let first = output * layer.inputsPerOutput + kernelTap * layer.channelsPerGroup
    return Place(
      output: output, tap: kernelTap, channel: channel,
      index: channels ~= channel ? first + channel - channels.lowerBound : nil)
  }

  private func stored(_ slot: Int) -> Int16 { place(of: slot)?.index.map { stored[$0] } ?? 0 }

  /// The weights or indices that are read with these faults, of all slots that share a field with one.
  func words(with faults: [Int: BitFault]) -> [(slot: Int, word: Int16)] {
    let bits = layer.storedWordLength
    var fields: [Int: UInt64] = [:]
    switch datapath {
    case .parallel, .decomposable, .bitSerial, .codebook, .ternary(_, .twoBits):
      for (bit, fault) in faults {
        let (slot, place) = slotAndPlace(ofBit: bit)
        var field = fields[slot] ?? UInt64(UInt16(bitPattern: stored(slot)))
        fault.applied(to: &field, bit: place)
        fields[slot] = field
      }
      let isTernary = if case .ternary = datapath { true } else { false }
      let isIndex = layer.codebook != nil
      return fields.map { slot, field in
        if isIndex { return (slot, Int16(field)) }
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

  /// The slot that bit `bit` belongs to, and its place in the slot's word.
  private func slotAndPlace(ofBit bit: Int) -> (Int, Int) {
    let bits = layer.storedWordLength
    guard case .bitSerial = datapath else { return bit.quotientAndRemainder(dividingBy: bits) }
    let (group, rest) = bit.quotientAndRemainder(dividingBy: width * bits)
    let (plane, offset) = rest.quotientAndRemainder(dividingBy: width)
    return (group * width + offset, plane)
  }
}
