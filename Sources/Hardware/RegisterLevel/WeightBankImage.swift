import Networks

/// Where a tile stands in the banks.
public struct WeightTileLocation: Sendable, Hashable {
  /// Address of its first bank word, the same in every lane.
  public let firstWord: Int
  /// Bank words that it takes.
  public let words: Int
  /// Address of its first start value, the same in every lane; it has one a part.
  public let firstStart: Int
}

/// The weight memory of a lane array, bit for bit as the contract's "Weight memory" lays it out.
///
/// Every lane has a bank of words and a memory of start values; addresses are common to all lanes. Bit j of word w is bit `w · wordBits + j` of the
/// bank's string of bits, which stands in 64-bit chunks, lowest bit first.
public struct WeightBankImage: Sendable, Hashable {
  /// Bits of a bank word.
  public let wordBits: Int
  /// Words of each bank.
  public private(set) var wordCount = 0
  /// The bits of each lane's bank: one more chunk than is needed, so that a field may be read across the last boundary.
  public private(set) var banks: [[UInt64]]
  /// Start values of each lane.
  public private(set) var starts: [[Int64]]
  /// Bits of a start value.
  public let startBits: Int
  /// Where the tiles stand, in the order in which they were appended.
  public private(set) var tiles: [WeightTileLocation] = []

  /// An empty memory for `array`.
  init(_ array: LaneArray) {
    self.init(
      wordBits: array.bankWordBits, startBits: array.path.accumulator.bits, lanes: array.lanes)
  }

  /// An empty memory.
  init(wordBits: Int, startBits: Int, lanes: Int) {
    self.wordBits = wordBits
    self.startBits = startBits
    banks = Array(repeating: [0], count: lanes)
    starts = Array(repeating: [], count: lanes)
  }

  /// Appends tile `index` of a layer whose start values fit the accumulator.
  mutating func append(tile index: Int, of program: LaneLayerProgram) {
    let firstWord = wordCount
    let firstStart = starts[0].count
    for lane in banks.indices {
      var bits = BankBits(banks[lane], count: firstWord * wordBits)
      let weights = Self.weights(of: program, tile: index, lane: lane)
      switch program.array.path.datapath {
      case .parallel, .decomposable, .codebook, .ternary(_, .twoBits):
        for weight in weights { bits.append(weight, bits: program.layer.storedWordLength) }
      case .ternary(_, .fiveInEightBits):
        for first in stride(from: 0, to: weights.count, by: 5) {
          var code: Int16 = 0
          var power: Int16 = 1
          // A byte that the tile does not fill ends in zero weights, whose digit is 1.
          for offset in 0..<5 {
            let weight = first + offset < weights.count ? weights[first + offset] : 0
            code += (weight + 1) * power
            power *= 3
          }
          bits.append(code, bits: 8)
        }
      case .bitSerial:
        let width = program.array.inputsPerCycle
        for first in stride(from: 0, to: weights.count, by: width) {
          for plane in 0..<program.planes {
            for weight in weights[first..<first + width] { bits.append(weight >> Int16(plane), bits: 1) }
          }
        }
      }
      bits.pad(toMultipleOf: wordBits)
      wordCount = bits.count / wordBits
      banks[lane] = bits.chunks
      for part in 0..<program.parts {
        let output = program.tiles[index].firstOutput + lane * program.parts + part
        let isActive = output < program.layer.outputs
        starts[lane].append(isActive ? Int64(program.starts[output]) : 0)
      }
    }
    tiles.append(
      WeightTileLocation(firstWord: firstWord, words: wordCount - firstWord, firstStart: firstStart))
  }

  /// Puts the faults of tile `tile` of `layer` into the tile appended last.
  mutating func disturbLastTile(_ faults: WeightMemoryFaults, layer: String, tile: Int) {
    let location = tiles[tiles.count - 1]
    for lane in banks.indices {
      let count = location.words * wordBits
      for (bit, fault) in faults.faults(layer: layer, tile: tile, lane: lane, count: count) {
        let address = location.firstWord * wordBits + bit
        fault.applied(to: &banks[lane][address / 64], bit: address % 64)
      }
    }
  }

  /// Stored bits of all lanes: words and start values, codebooks left out.
  public var storedBits: Int {
    banks.count * wordCount * wordBits + starts.reduce(0) { $0 + $1.count * startBits }
  }

  /// A lane's weights for a tile, in the order in which they stand: taps, parts, channels.
  private static func weights(of program: LaneLayerProgram, tile index: Int, lane: Int) -> [Int16] {
    let tile = program.tiles[index]
    let kernel = program.layer.window.kernel
    let width = program.array.inputsPerCycle
    var weights: [Int16] = []
    for row in 0..<kernel.height {
      for column in 0..<kernel.width {
        for group in tile.firstChannelGroup..<tile.firstChannelGroup + tile.channelGroups {
          for part in 0..<program.parts {
            let output = tile.firstOutput + lane * program.parts + part
            for channel in group * width..<(group + 1) * width {
              weights.append(
                LaneLayerProgram.weight(
                  program.layer, output: output, row: row, column: column, channel: channel))
            }
          }
        }
      }
    }
    return weights
  }
}

/// A string of bits in the making.
private struct BankBits {
  private(set) var chunks: [UInt64]
  private(set) var count: Int

  init(_ chunks: [UInt64], count: Int) {
    self.chunks = chunks
    self.count = count
  }

  /// Appends the low `bits` bits of `value`, lowest first.
  mutating func append(_ value: Int16, bits: Int) {
    let field = UInt64(UInt16(bitPattern: value)) & ((1 << UInt64(bits)) - 1)
    let shift = count % 64
    if chunks.count < (count + bits) / 64 + 1 { chunks.append(0) }
    chunks[count / 64] |= field << UInt64(shift)
    if shift + bits > 64 { chunks[count / 64 + 1] |= field >> UInt64(64 - shift) }
    count += bits
  }

  /// Appends zero bits up to a whole number of words.
  mutating func pad(toMultipleOf wordBits: Int) {
    while count % wordBits != 0 { append(0, bits: 1) }
  }
}
