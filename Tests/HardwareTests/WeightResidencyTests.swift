import Hardware
import Reproducibility
import Testing

@Suite("Which weights stay")
struct WeightResidencyTests {
  private typealias Demand = WeightResidency.Demand

  /// A choice by enumeration of all sets: the contract's words.
  private func enumerated(_ demands: [Demand], capacity: Int) -> [Bool]? {
    struct Candidate {
      let stays: [Bool]
      let stall, external: Int
    }
    var candidates: [Candidate] = []
    for set in 0..<1 << demands.count {
      let stays = demands.indices.map { set >> $0 & 1 == 1 }
      let resident = zip(demands, stays).filter { $1 }.map(\.0)
      let streamed = zip(demands, stays).filter { !$1 }.map(\.0)
      let slots = 2 * (streamed.map(\.largestTileBits).max() ?? 0)
      guard resident.reduce(0, { $0 + $1.storedBits }) + slots <= capacity else { continue }
      candidates.append(
        Candidate(
          stays: stays, stall: streamed.reduce(0) { $0 + $1.stall },
          external: streamed.reduce(0) { $0 + $1.externalBits }))
    }
    // Streaming begins only where not all fit.
    if let all = candidates.first(where: { $0.stays.allSatisfy { $0 } }) { return all.stays }
    let stall = candidates.map(\.stall).min()
    let quick = candidates.filter { $0.stall == stall }
    let external = quick.map(\.external).min()
    let best = quick.filter { $0.external == external }
    return best.map { candidate in candidate.stays.map { $0 ? 0 : 1 } }
      .min { $0.lexicographicallyPrecedes($1) }?.map { $0 == 0 }
  }

  private func demand(_ source: inout RandomSource, most: Int) -> Demand {
    let tiles = source.integer(in: 1...4)
    let tile = source.integer(in: 1...most)
    let bits = source.below(3) == 0 ? tile * tiles : tile + source.below(tile * (tiles - 1) + 1)
    return Demand(
      storedBits: bits, largestTileBits: tile, stall: source.below(most),
      externalBits: source.below(2) == 0 ? bits : source.below(2 * most))
  }

  @Test("The choice is the best of all sets, its ties included, at every capacity", arguments: [2, 4, 30])
  func bestOfAllSets(_ most: Int) {
    var source = RandomSource(seed: 321).split("\(most)")
    var streamed = 0
    var refused = 0
    for number in 0..<250 {
      let demands = (0..<source.integer(in: 1...7)).map { _ in demand(&source, most: most) }
      let all = demands.reduce(0) { $0 + $1.storedBits }
      for capacity in stride(from: 0, through: all + 1, by: max(1, all / 9)) {
        let expected = enumerated(demands, capacity: capacity)
        let found = WeightResidency(demands, capacity: capacity)?.isResident
        #expect(found == expected, "seed 321, case \(number), capacity \(capacity): \(demands)")
        refused += expected == nil ? 1 : 0
        streamed += expected?.contains(false) == true ? 1 : 0
      }
    }
    #expect(streamed > 200 && refused > 50, "\(streamed) streamed, \(refused) refused")
  }

  @Test("The least capacity is enough, and one bit less is not")
  func leastCapacity() {
    var source = RandomSource(seed: 322)
    for number in 0..<400 {
      let demands = (0..<source.integer(in: 1...6)).map { _ in demand(&source, most: 20) }
      let least = WeightResidency.leastCapacity(demands)
      let label = "seed 322, case \(number): \(demands)"
      #expect(WeightResidency(demands, capacity: least) != nil, "\(label)")
      #expect(WeightResidency(demands, capacity: least - 1) == nil, "\(label)")
      #expect(enumerated(demands, capacity: least) != nil, "\(label)")
      #expect(enumerated(demands, capacity: least - 1) == nil, "\(label)")
    }
  }

  @Test("By hand: what costs least is streamed; of equals the earlier layer stays")
  func byHand() {
    func demand(_ bits: Int, tile: Int, stall: Int, external: Int? = nil) -> Demand {
      Demand(storedBits: bits, largestTileBits: tile, stall: stall, externalBits: external ?? bits)
    }
    func stays(_ demands: [Demand], _ capacity: Int) -> [Bool]? {
      WeightResidency(demands, capacity: capacity)?.isResident
    }
    let two = [demand(100, tile: 10, stall: 5), demand(100, tile: 10, stall: 4)]
    #expect(stays(two, 200) == [true, true])
    #expect(stays(two, 199) == [true, false])
    #expect(stays(two, 120) == [true, false])
    #expect(stays(two, 119) == [false, false])
    #expect(stays(two, 20) == [false, false])
    #expect(stays(two, 19) == nil)
    let equal = [demand(100, tile: 10, stall: 4), demand(100, tile: 10, stall: 4)]
    #expect(stays(equal, 150) == [true, false])
    let fewer = [demand(100, tile: 10, stall: 4, external: 90), demand(100, tile: 10, stall: 4)]
    #expect(stays(fewer, 150) == [false, true])
    #expect(WeightResidency([], capacity: 0)?.isResident == [])
  }
}
