import FixedPoint

/// Numbers drawn for tests: splitmix64, so that no test depends on the generator of the package.
struct TestDraws: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  mutating func element<T>(_ array: [T]) -> T { array[int(0...array.count - 1)] }

  /// A format of `wordLengths` bits, its point up to `beyond` places outside the word.
  mutating func format(_ wordLengths: ClosedRange<Int> = 1...64, beyond: Int = 8) -> FixedPointFormat {
    let wordLength =
      int(0...3) == 0 ? element([1, 2, 31, 32, 33, 63, 64].filter(wordLengths.contains)) : int(wordLengths)
    return testFormat(
      int(0...1) == 0 ? .signed : .unsigned, wordLength, fraction: int(-beyond...wordLength + beyond))
  }

  /// A raw of `format`: one of its boundary patterns or any, half and half.
  mutating func raw(of format: FixedPointFormat) -> Int128 {
    let (least, greatest) = (format.minimumRaw, format.maximumRaw)
    let bit = Int128(1) << Int128(int(0...format.wordLength - 1))
    let edges = [
      least, least + 1, greatest, greatest - 1, 0, 1, -1, bit, bit - 1, bit + 1, -bit, -bit - 1, least / 2,
      greatest / 2, greatest / 2 + 1,
    ].filter { least <= $0 && $0 <= greatest }
    if int(0...1) == 0 { return element(edges) }
    return least + Int128(next()) % (greatest - least + 1)
  }
}

/// A format known to be legal.
func testFormat(_ signedness: Signedness, _ wordLength: Int, fraction: Int) -> FixedPointFormat {
  try! FixedPointFormat(signedness, wordLength: wordLength, fractionLength: fraction)
}

func testNumber(_ raw: Int128, _ format: FixedPointFormat) -> FixedPointNumber {
  try! FixedPointNumber(raw: raw, format: format)
}

/// All modes, the vendors' with every count of saturated bits that differs at `wordLength`.
func overflowModes(_ wordLength: Int) -> [Overflow] {
  Overflow.sharedByVendors
    + (0...wordLength).flatMap { [Overflow.wrapSaturatedBits($0), .wrapSignMagnitude($0)] }
}

/// All formats of up to `wordLength` bits at fraction length `fraction`.
func smallFormats(_ wordLength: Int, fraction: Int) -> [FixedPointFormat] {
  (1...wordLength).flatMap { width in
    Signedness.allCases.map { testFormat($0, width, fraction: fraction) }
  }
}
