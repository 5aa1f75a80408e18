import Reproducibility

/// What a fault does to a stored bit.
package enum BitFault: Sendable, Hashable {
  /// The bit is read inverted.
  case flipped
  /// The bit is read as 0, whatever was written.
  case stuckAtZero
  /// The bit is read as 1.
  case stuckAtOne

  /// The bit of `field` at place `bit` with this fault.
  func applied(to field: inout UInt64, bit: Int) {
    let mask: UInt64 = 1 << UInt64(bit)
    switch self {
    case .flipped: field ^= mask
    case .stuckAtZero: field &= ~mask
    case .stuckAtOne: field |= mask
    }
  }
}

/// Faulty bits of a lane array's weight memory: each bit of the banks, padding included, is faulty by chance.
///
/// A fault belongs to a bit of a layer's tile in a lane's bank, counted from the tile's first bit, and holds for a whole run: a streamed tile meets the same
/// faults at every fetch. Start values and codebooks stand in memories of their own, which have none. A bit that is both flipped and stuck is stuck.
///
/// What a datapath makes of a field that no weight is stored as: parallel, decomposable and bit-serial weights are two's complement, so every
/// field is a weight; of two-bit ternary weights 10 selects nothing and is 0; of five in eight bits the codes above 242 decode as 242 does, to five times +1
/// (`ternary_decoder.v` compares with each digit's place from the highest down). Of a layer with a codebook the fields are indices, each of which has its entry.
public struct WeightMemoryFaults: Sendable, Hashable {
  /// Probability that a bit is read inverted.
  public let flipRate: Double
  /// Probability that a bit is stuck at 0.
  public let stuckAtZeroRate: Double
  /// Probability that a bit is stuck at 1.
  public let stuckAtOneRate: Double
  /// Which of many draws.
  public let seed: UInt64

  /// Faults at these rates.
  /// - Throws: `HardwareError` where a rate is not a probability.
  public init(
    flipRate: Double = 0, stuckAtZeroRate: Double = 0, stuckAtOneRate: Double = 0, seed: UInt64
  ) throws(HardwareError) {
    for rate in [flipRate, stuckAtZeroRate, stuckAtOneRate] where !(rate >= 0 && rate <= 1) {
      throw HardwareError(
        .weightFaults("a rate of \(rate) faults a bit; 0 to 1 are possible"), at: "weight memory")
    }
    self.flipRate = flipRate
    self.stuckAtZeroRate = stuckAtZeroRate
    self.stuckAtOneRate = stuckAtOneRate
    self.seed = seed
  }

  /// The faults among the `count` bits of tile `tile` of layer `layer` in the bank of `lane`, by bit.
  package func faults(layer: String, tile: Int, lane: Int, count: Int) -> [Int: BitFault] {
    let source = RandomSource(seed: seed).split("weight faults \(layer)").split("\(tile) \(lane)")
    var faults: [Int: BitFault] = [:]
    for (name, rate, fault) in [
      ("flipped", flipRate, BitFault.flipped), ("zero", stuckAtZeroRate, .stuckAtZero),
      ("one", stuckAtOneRate, .stuckAtOne),
    ] where rate > 0 {
      var draws = source.split(name)
      for bit in Self.positions(below: count, rate: rate, &draws) { faults[bit] = fault }
    }
    return faults
  }

  /// Positions in 0..<count, each with probability `rate`: the gaps between them are geometric.
  private static func positions(below count: Int, rate: Double, _ source: inout RandomSource) -> [Int] {
    if rate == 1 { return Array(0..<count) }
    // log(1 − r) by its series where 1 − r would lose r's digits.
    let decay = rate < 0x1p-20 ? -(rate + rate * rate / 2) : ElementaryFunctions.log(1 - rate)
    var positions: [Int] = []
    var next = 0
    while true {
      let gap = (ElementaryFunctions.log(1 - source.uniform()) / decay).rounded(.down)
      guard gap < Double(count - next) else { return positions }
      next += Int(gap)
      positions.append(next)
      next += 1
    }
  }
}

extension WeightMemoryFaults {
  /// The array whose banks are faulty.
  /// - Throws: `HardwareError` where the machine has no banks of weights laid out bit by bit.
  func banks(of hardware: HardwareDescription) throws(HardwareError) -> LaneArray {
    switch hardware.array {
    case .lanes(let array): return array
    case .systolic:
      throw HardwareError(
        .weightFaults("faults are modeled in the weight banks of lane arrays; choose a machine with lanes"),
        at: hardware.name)
    }
  }
}
