import Hardware
import Networks
import Quantization
import Reproducibility
import Testing

@Suite("Streamed weights")
struct WeightStreamingTests {
  /// One lane, one input a cycle, 8-bit weights and accumulators; weights arrive 4 bits a cycle after 3.
  private func tiny(weightMemory: Int) throws -> HardwareDescription {
    var machine = TestMachine()
    machine.lanes = 1
    machine.inputsPerCycle = 1
    machine.accumulatorBits = 8
    machine.pipeline = [2, 1, 0, 1]
    machine.weightMemoryBits = weightMemory
    machine.datapath = ["kind": "parallel", "weightBits": 8, "activationBits": 8]
    return try machine.hardware(with: [
      "externalMemory": TestMachine.external(weights: 4, activations: 8, latency: 3)
    ])
  }

  @Test("Waits by hand: the first tile's from edge 0, others' from the tap of the tile before")
  func byHand() throws {
    // Layer 1: 2 tiles of 4 · 8 + 8 bits; layer 2: 1 tile of 2 · 8 + 8 bits.
    let network = try TinyNodes.network(
      TinyNodes.tensor([4]),
      [
        TinyNodes.dense("one", from: "input", inputs: 4, weightBits: 8, making: TinyNodes.tensor([2])),
        TinyNodes.dense("two", from: "one", inputs: 2, weightBits: 8, making: TinyNodes.tensor([1])),
      ])
    let resident = try NetworkMapping(network, on: try tiny(weightMemory: 104))
    #expect(resident.storedBits == 104 && resident.cycles == 14 + 7)
    #expect(resident.layers.allSatisfy { $0.isResident && $0.cycles.weightStall == 0 })
    // Of 103 bits neither layer leaves room for the other's two slots, so both are streamed. Taps of the three tiles begin
    // at 2, 7 and 16; fetches take 13, 13 and 9 cycles.
    let streamed = try NetworkMapping(network, on: try tiny(weightMemory: 103))
    try streamed.checkCapacity()
    #expect(streamed.layers.map(\.isResident) == [false, false])
    #expect(streamed.layers.map(\.cycles.weightStall) == [(13 - 2) + (13 - 5), 0])
    // Of a later input the first tile is fetched from the tap of the tile before, 5 + 2 cycles earlier.
    #expect(streamed.layers.map(\.laterCycles.weightStall) == [(13 - 7) + (13 - 5), 0])
    #expect(streamed.cycles == 21 + 19 && streamed.cycles(batch: 3) == 40 + 2 * 35)
    #expect(streamed.layers.map(\.events.externalBits) == [80, 24])
    let refused = try NetworkMapping(network, on: try tiny(weightMemory: 79))
    let error = #expect(throws: HardwareError.self) { try refused.checkCapacity() }
    #expect(error?.reason == .weightMemoryTooSmall(neededBits: 80, capacityBits: 79))
    try NetworkMapping(network, on: try tiny(weightMemory: 80)).checkCapacity()
  }

  /// What a chain of fully connected layers costs, its tiles run one after another on a clock.
  private struct ClockedChain {
    let sizes: [Int]
    let machine: TestMachine
    let bandwidth, latency, weightBits: Int

    private var taps: [Int] {
      sizes.dropLast().map { ($0 + machine.inputsPerCycle - 1) / machine.inputsPerCycle }
    }

    /// Bits of a tile of each layer: every lane's taps of V weights in whole words of 16-bit multipliers, and its start.
    var tileBits: [Int] {
      taps.map { taps in
        let word = machine.inputsPerCycle * 16
        let words = (taps * machine.inputsPerCycle * weightBits + word - 1) / word
        return machine.lanes * (words * word + machine.accumulatorBits)
      }
    }

    /// Outputs of each tile of each layer.
    var tiles: [[Int]] {
      sizes.dropFirst().map { outputs in
        stride(from: 0, to: outputs, by: machine.lanes).map { min(machine.lanes, outputs - $0) }
      }
    }

    var storedBits: [Int] { zip(tileBits, tiles).map { $0 * $1.count } }

    /// The edge of the last write of each of `inputs` inputs, `streamed` layers' weights fetched.
    func ends(_ streamed: [Bool], inputs: Int) -> [Int] {
      var clock = 0
      var lastTap = 0
      return (0..<inputs).map { _ in
        for layer in streamed.indices {
          clock += machine.pipeline[0]
          for outputs in tiles[layer] {
            if streamed[layer] {
              clock = max(clock, lastTap + latency + (tileBits[layer] + bandwidth - 1) / bandwidth)
            }
            lastTap = clock
            let drained = machine.outputsDrainedPerCycle
            clock += taps[layer] + (outputs + drained - 1) / drained
          }
          clock += machine.pipeline[1...].reduce(0, +)
        }
        return clock
      }
    }
  }

  @Test(
    "Streamed chains take the cycles of a clock that runs their tiles, and no choice of layers is quicker")
  func clockedChains() throws {
    var source = RandomSource(seed: 323)
    var streamedLayers = 0
    for number in 0..<150 {
      var machine = TestMachine()
      machine.lanes = source.integer(in: 1...5)
      machine.inputsPerCycle = source.integer(in: 1...4)
      machine.outputsDrainedPerCycle = source.integer(in: 1...3)
      machine.accumulatorBits = source.integer(in: 12...24)
      machine.pipeline = (0..<4).map { _ in source.below(6) }
      let sizes = (0...source.integer(in: 1...5)).map { _ in source.integer(in: 1...12) }
      let chain = ClockedChain(
        sizes: sizes, machine: machine, bandwidth: source.integer(in: 1...60), latency: source.below(20),
        weightBits: source.integer(in: 2...16))
      let layers = sizes.count - 1
      let all = chain.storedBits.reduce(0, +)
      machine.weightMemoryBits = source.integer(in: max(1, all / 4)...all)
      let hardware = try machine.hardware(with: [
        "externalMemory": TestMachine.external(
          weights: chain.bandwidth, activations: 1, latency: chain.latency)
      ])
      let network = try HardwareTests.chain(sizes: sizes, weight: 1, bits: chain.weightBits)
      let mapping = try NetworkMapping(network, on: hardware)
      let label = "seed 323, case \(number): \(sizes) on \(machine)"
      #expect(mapping.layers.map(\.memory.storedBits) == chain.storedBits, "\(label)")
      // All sets that leave room for two slots of the largest streamed tile.
      let sets = (0..<1 << layers).map { set in (0..<layers).map { set >> $0 & 1 == 1 } }.filter { streamed in
        let kept = zip(chain.storedBits, streamed).reduce(0) { $0 + ($1.1 ? 0 : $1.0) }
        let slot = zip(chain.tileBits, streamed).map { $1 ? $0 : 0 }.max()!
        return kept + 2 * slot <= machine.weightMemoryBits
      }
      guard let quickest = sets.map({ chain.ends($0, inputs: 1)[0] }).min() else {
        #expect(throws: HardwareError.self, "\(label)") { try mapping.checkCapacity() }
        continue
      }
      try mapping.checkCapacity()
      #expect(mapping.cycles == quickest, "\(label)")
      let streamed = mapping.layers.map { !$0.isResident }
      #expect(all <= machine.weightMemoryBits || sets.contains(streamed), "\(label)")
      let ends = chain.ends(streamed, inputs: 4)
      #expect(ends[0] == mapping.cycles, "\(label)")
      for inputs in 1...4 { #expect(ends[inputs - 1] == mapping.cycles(batch: inputs), "\(label)") }
      streamedLayers += streamed.count { $0 }
    }
    #expect(streamedLayers > 100, "only \(streamedLayers) layers were streamed")
  }

  /// `network` on a machine with these memories.
  private func mapping(
    _ network: IntegerNetwork, weights: Int, activations: Int, bandwidth: (Int, Int), latency: Int = 20
  ) throws -> NetworkMapping {
    var machine = TestMachine()
    machine.lanes = 8
    machine.inputsPerCycle = 4
    machine.outputsDrainedPerCycle = 4
    machine.weightMemoryBits = weights
    return try NetworkMapping(
      network,
      on: try machine.hardware(with: [
        "activationMemory": TestMachine.bands(capacity: activations),
        "vectorUnit": TestMachine.vectorUnit(elements: 4, pipeline: 2),
        "externalMemory": TestMachine.external(
          weights: bandwidth.0, activations: bandwidth.1, latency: latency),
      ]))
  }

  @Test("Parts sum to totals; more bandwidth takes no more cycles, a larger weight memory stalls no longer")
  func monotonicity() throws {
    let recipe = QuantizationRecipe(weightWordLength: 8)
    for (name, least) in [("lenet-5", 18_816), ("resnet-8", 33_280)] {
      let network = try NetworkTopology(named: name).integerNetwork(recipe: recipe, weights: .zero)
      let stored = try mapping(network, weights: 1 << 40, activations: 1 << 40, bandwidth: (1, 1)).storedBits
      for activations in [least, 3 * least, 1 << 40] {
        for latency in [0, 20, 300] {
          var stalls: [Int] = []
          for eighths in 1...8 {
            let memory = stored * eighths / 8
            var cycles: [Int] = []
            for bits in [1, 7, 64, 1024, 1 << 20] {
              let mapping = try mapping(
                network, weights: memory, activations: activations, bandwidth: (bits, bits), latency: latency)
              guard (try? mapping.checkCapacity()) != nil else { continue }
              for layer in mapping.layers {
                for part in [layer.cycles, layer.laterCycles] {
                  #expect(
                    part.total == part.compute + part.drain + part.weightStall + part.activationStall
                      + part.pipeline)
                }
                #expect(layer.isResident || layer.events.externalBits >= layer.memory.storedBits)
                #expect(!layer.isResident || layer.cycles.weightStall == 0)
              }
              #expect(mapping.cycles == mapping.layers.reduce(0) { $0 + $1.cycles.total })
              cycles.append(mapping.cycles)
              if bits == 64 { stalls.append(mapping.layers.reduce(0) { $0 + $1.cycles.weightStall }) }
            }
            #expect(cycles == cycles.sorted(by: >), "\(name), \(memory) bits, latency \(latency): \(cycles)")
          }
          #expect(stalls == stalls.sorted(by: >), "\(name), latency \(latency): \(stalls)")
          #expect(stalls.last == 0 && stalls.count > 2, "\(name), latency \(latency): \(stalls)")
        }
      }
    }
  }

  @Test("Zero and random weights have one mapping")
  func weightsDoNotMatter() throws {
    let topology = try NetworkTopology(named: "resnet-8")
    let recipe = QuantizationRecipe(weightWordLength: 4)
    let mappings = try [UntrainedWeights.zero, .random(RandomSource(seed: 9))].map {
      try mapping(
        try topology.integerNetwork(recipe: recipe, weights: $0), weights: 100_000, activations: 1 << 16,
        bandwidth: (16, 16))
    }
    #expect(mappings[0] == mappings[1] && mappings[0].layers.contains { !$0.isResident })
  }
}
