import Costs
import Reproducibility
import Testing

@Suite("Memories")
struct MemoryMacroTests {
  /// Names of technologies with either cell.
  private static let settings = Technology.embedded.keys.sorted().flatMap { name in
    MemoryCell.allCases.map { (name, $0) }
  }

  private func figures(_ memory: MemoryMacro) -> [Double] {
    [
      memory.areaSquareMicrometers, memory.leakageNanowatts, memory.readPicojoules, memory.writePicojoules,
      memory.accessNanoseconds,
    ]
  }

  private func macro(
    _ bits: Int, _ word: Int, _ setting: (String, MemoryCell)
  ) throws -> MemoryMacro {
    try MemoryMacro("test", bits: bits, wordBits: word, cell: setting.1, in: Technology.embedded[setting.0]!)
  }

  @Test("Doubling the capacity shrinks nothing, from one bit to the largest bank", arguments: settings)
  func doublingCapacity(_ setting: (String, MemoryCell)) throws {
    var source = RandomSource(seed: 81)
    for word in [1, 2, 8, 16, 32, 64, 100, 128, 256, 512, 1024, 4096] {
      var sizes =
        (0...34).map { 1 << $0 } + (0..<60).map { _ in 1 + source.below(1 << (1 + source.below(32))) }
      sizes = sizes.filter { 2 * $0 <= MemoryMacro.mostBits }
      for bits in sizes {
        let single = try macro(bits, word, setting)
        let double = try macro(2 * bits, word, setting)
        for (small, large) in zip(figures(single), figures(double)) {
          #expect(
            small <= large * (1 + 1e-12), "\(bits) bits in words of \(word), \(setting.0) \(setting.1)")
        }
      }
    }
  }

  @Test("A wider word shrinks neither area nor energy nor leakage", arguments: settings)
  func widerWord(_ setting: (String, MemoryCell)) throws {
    for bits in [100, 5000, 8192, 65_536, 1 << 20, 1 << 25, 1 << 28] {
      var before: [Double]?
      for word in [
        1, 2, 3, 5, 8, 12, 16, 24, 31, 32, 33, 48, 64, 100, 128, 200, 256, 400, 512, 513, 800, 2048,
      ] {
        let now = Array(figures(try macro(bits, word, setting)).prefix(4))
        if let before {
          for (small, large) in zip(before, now) {
            #expect(
              small <= large * (1 + 1e-12), "\(bits) bits, words to \(word), \(setting.0) \(setting.1)")
          }
        }
        before = now
      }
    }
  }

  @Test("More banks for a capacity take no less area, leakage and energy a cycle", arguments: settings)
  func moreBanks(_ setting: (String, MemoryCell)) throws {
    for bits in [1 << 14, 1 << 18, 3 << 20, 1 << 25] {
      for word in [8, 32, 128] {
        var before: [Double]?
        for banks in [1, 2, 4, 8, 16, 32, 64] {
          let memory = try macro((bits + banks - 1) / banks, word, setting)
          let now = figures(memory).prefix(4).map { Double(banks) * $0 }
          if let before {
            for (small, large) in zip(before, now) {
              #expect(small <= large * (1 + 1e-6), "\(bits) bits in \(banks) banks of \(word)")
            }
          }
          before = now
        }
      }
    }
  }

  @Test("A bank of several macros is as large as they are, and an access is one of them", arguments: settings)
  func severalMacros(_ setting: (String, MemoryCell)) throws {
    let single = figures(try macro(1 << 25, 128, setting))
    for count in [2, 3, 7, 64] {
      let bank = figures(try macro(count << 25, 128, setting))
      for place in 0..<2 { #expect(abs(bank[place] / (Double(count) * single[place]) - 1) < 1e-12) }
      #expect(Array(bank[2...]) == Array(single[2...]))
    }
  }

  @Test("What the figures stand on is told")
  func coverage() throws {
    let setting = ("45nm", MemoryCell.lowStandbyPower)
    #expect(try macro(8191, 32, setting).coverage == .registerFile)
    #expect(try macro(8192, 32, setting).coverage == .covered)
    #expect(try macro(8192, 31, setting).coverage == .extrapolatedWord)
    #expect(try macro(1 << 20, 513, setting).coverage == .extrapolatedWord)
    #expect(try macro(8192, 512, setting).coverage == .extrapolatedWord)
    #expect(try macro(1 << 25, 512, setting).coverage == .covered)
    let several = try macro(1 << 25 + 1, 512, setting)
    #expect(several.coverage == .severalMacros && several.macros == 2)
  }

  @Test("Memories of nothing and beyond the model are errors that name the memory and the range")
  func errors() {
    let setting = ("45nm", MemoryCell.lowStandbyPower)
    #expect(throws: CostError.emptyMemory(name: "test", bits: 0, wordBits: 8)) { try macro(0, 8, setting) }
    #expect(throws: CostError.emptyMemory(name: "test", bits: 64, wordBits: 0)) { try macro(64, 0, setting) }
    let beyond = MemoryMacro.mostBits + 1
    do {
      _ = try macro(beyond, 8, setting)
      Issue.record("\(beyond) bits were priced")
    } catch {
      #expect("\(error)".contains("test: a bank of \(beyond) bits") && "\(error)".contains("1 KiB to 4 MiB"))
    }
  }

  @Test("A published cache read is met within a factor of two")
  func nearHorowitz() throws {
    // Horowitz, ISSCC 2014: 64-bit reads of 8 KB, 32 KB and 1 MB caches at 45 nm, tags included: 10, 20 and 100 pJ.
    for (bytes, published) in [(8192, 10.0), (32_768, 20), (1 << 20, 100)] {
      let energy = try macro(8 * bytes, 64, ("45nm", .highPerformance)).readPicojoules
      #expect(energy > published / 2 && energy < published, "\(bytes) bytes: \(energy) pJ")
    }
  }
}
