/// Reads weights from the banks in the order in which they stand: a word address and a place in the word, common to all lanes.
struct WeightUnpacker {
  private let wordBits: Int
  private let weightBits: Int
  private let isFiveInEight: Bool
  private let isBitSerial: Bool
  private let isIndex: Bool
  /// Whether weights are two-bit selections, of which 10 selects nothing.
  private let isSelection: Bool
  /// Address of the bank word that the next weight begins in.
  private(set) var word = 0
  /// Bits of that word already taken, or weights where five stand in eight bits.
  private var offset = 0
  private var firstWord = 0

  /// For weights of `weightBits` bits, or for indices of so many where `isIndex` says so.
  init(_ array: LaneArray, weightBits: Int, isIndex: Bool) {
    self.isIndex = isIndex
    wordBits = array.bankWordBits
    switch array.path.datapath {
    case .parallel, .decomposable, .codebook:
      isFiveInEight = false
      isBitSerial = false
      isSelection = false
    case .ternary(_, .twoBits):
      isFiveInEight = false
      isBitSerial = false
      isSelection = true
    case .ternary(_, .fiveInEightBits):
      isFiveInEight = true
      isBitSerial = false
      isSelection = false
    case .bitSerial:
      isFiveInEight = false
      isBitSerial = true
      isSelection = false
    }
    self.weightBits = isBitSerial ? 1 : weightBits
  }

  /// A new tile's weights begin at `word`.
  mutating func startTile(at word: Int) {
    firstWord = word
    restart()
  }

  /// Back to the tile's first weight, for its next position.
  mutating func restart() {
    word = firstWord
    offset = 0
  }

  /// The next `count` weights of every lane, into `weights` from `index` on, lane by lane; bits 0 and 1 of a bit-serial plane.
  mutating func take(_ count: Int, from image: WeightBankImage, into weights: inout [Int16], at index: Int) {
    for lane in image.banks.indices {
      let bank = image.banks[lane]
      let first = index + lane * count
      if isFiveInEight {
        for weight in 0..<count { weights[first + weight] = digit(of: bank, at: offset + weight) }
      } else {
        var bit = word * wordBits + offset
        for weight in 0..<count {
          let shift = UInt64(bit & 63)
          var field = bank[bit >> 6] >> shift
          if Int(shift) + weightBits > 64 { field |= bank[(bit >> 6) + 1] << (64 - shift) }
          if isBitSerial {
            weights[first + weight] = Int16(field & 1)
          } else if isIndex {
            weights[first + weight] = Int16(field & (1 << UInt64(weightBits) - 1))
          } else if isSelection && field & 3 == 2 {
            weights[first + weight] = 0
          } else {
            let unused = Int64(64 - weightBits)
            weights[first + weight] = Int16((Int64(bitPattern: field) << unused) >> unused)
          }
          bit += weightBits
        }
      }
    }
    offset += isFiveInEight ? count : count * weightBits
    let wordLength = isFiveInEight ? 5 : wordBits
    while offset >= wordLength {
      offset -= wordLength
      word += 1
    }
  }

  /// Weight `index` of those from the current word on: a digit of base 3, less 1.
  private func digit(of bank: [UInt64], at index: Int) -> Int16 {
    let bit = (word + index / 5) * 8
    // No five weights are stored as a code above 242; the decoder's comparisons make it 242.
    var code = min(Int16(bank[bit >> 6] >> UInt64(bit & 63) & 0xFF), 242)
    for _ in 0..<index % 5 { code /= 3 }
    return code % 3 - 1
  }
}
