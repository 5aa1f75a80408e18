import Hardware
import Networks
import Reproducibility
import Tensors
import Testing

@Suite("Mapping onto the lane array")
struct MappingTests {
  /// Steps one layer cycle by cycle: lanes take V inputs a cycle until a tile's inputs are used up, then D of its
  /// outputs leave a cycle, and the next tile starts when the last has left.
  private func steppedCycles(outputs: Int, inputs: Int, machine: TestMachine) -> (compute: Int, drain: Int) {
    var compute = 0
    var drain = 0
    var outputsLeft = outputs
    while outputsLeft > 0 {
      var inAccumulators = 0
      var inputsLeft = inputs
      while inputsLeft > 0 {
        inputsLeft -= machine.inputsPerCycle
        compute += 1
      }
      while inAccumulators < machine.lanes && outputsLeft > 0 {
        inAccumulators += 1
        outputsLeft -= 1
      }
      while inAccumulators > 0 {
        inAccumulators -= machine.outputsDrainedPerCycle
        drain += 1
      }
    }
    return (compute, drain)
  }

  @Test("Cycles in closed form are those counted one by one")
  func cyclesAreCounted() throws {
    var source = RandomSource(seed: 21)
    for number in 0..<300 {
      var machine = TestMachine()
      machine.lanes = source.integer(in: 1...20)
      machine.inputsPerCycle = source.integer(in: 1...9)
      machine.outputsDrainedPerCycle = source.integer(in: 1...24)
      machine.pipeline = (0..<4).map { _ in source.integer(in: 0...7) }
      let sizes = (0...source.integer(in: 1...3)).map { _ in source.integer(in: 1...50) }
      let mapping = try NetworkMapping(
        try chain(sizes: sizes, weight: 1, bits: 2), on: try machine.hardware())
      var total = 0
      for (layer, mapped) in mapping.layers.enumerated() {
        let expected = steppedCycles(outputs: sizes[layer + 1], inputs: sizes[layer], machine: machine)
        let label = "case \(number), \(sizes), layer \(layer), machine \(machine)"
        #expect(mapped.cycles.compute == expected.compute, "\(label)")
        #expect(mapped.cycles.drain == expected.drain, "\(label)")
        #expect(mapped.cycles.pipeline == machine.pipeline.reduce(0, +), "\(label)")
        #expect(
          mapped.cycles.total == mapped.cycles.compute + mapped.cycles.drain + mapped.cycles.pipeline)
        #expect(mapped.usefulMACs == sizes[layer] * sizes[layer + 1], "\(label)")
        let use = mapped.utilization
        #expect(use > 0 && use <= 1, "\(label): utilization \(use)")
        total += expected.compute + expected.drain + machine.pipeline.reduce(0, +)
      }
      #expect(mapping.cycles == total, "case \(number)")
      #expect(mapping.inferencesPerSecond == 12.5e6 / Double(total), "case \(number)")
    }
  }

  @Test("Small machines by hand")
  func cyclesByHand() throws {
    var machine = TestMachine()
    machine.pipeline = [0, 0, 0, 0]
    func cycles(outputs: Int, inputs: Int, lanes: Int, perCycle: Int, drained: Int) throws -> Int {
      machine.lanes = lanes
      machine.inputsPerCycle = perCycle
      machine.outputsDrainedPerCycle = drained
      return try NetworkMapping(
        try chain(sizes: [inputs, outputs], weight: 1, bits: 2), on: try machine.hardware()
      ).cycles
    }
    // One multiplication, one cycle; its sum leaves in the next.
    #expect(try cycles(outputs: 1, inputs: 1, lanes: 1, perCycle: 1, drained: 1) == 2)
    // One lane: each of 3 outputs takes 5 taps and 1 cycle to leave.
    #expect(try cycles(outputs: 3, inputs: 5, lanes: 1, perCycle: 1, drained: 1) == 18)
    // 10 outputs on 4 lanes: tiles of 4, 4, 2; 3 taps of 4 inputs each; 2, 2 and 1 cycles to leave.
    #expect(try cycles(outputs: 10, inputs: 9, lanes: 4, perCycle: 4, drained: 2) == 3 * 3 + 5)
    // More lanes than outputs change nothing but idle lanes.
    #expect(try cycles(outputs: 3, inputs: 8, lanes: 64, perCycle: 4, drained: 8) == 2 + 1)
    // The pipeline is filled once a layer.
    machine.pipeline = [2, 1, 2, 3]
    #expect(try cycles(outputs: 1, inputs: 1, lanes: 1, perCycle: 1, drained: 1) == 10)
  }

  @Test("Memory by hand: a ragged tile, a ragged tap, five weights in 8 bits")
  func memoryByHand() throws {
    var machine = TestMachine()
    machine.lanes = 4
    machine.inputsPerCycle = 4
    machine.accumulatorBits = 24
    // 6 outputs on 4 lanes are 2 tiles; 7 inputs by 4 are 2 taps, so each lane's share of a tile is 8 weights.
    machine.datapath = ["kind": "parallel", "weightBits": 3, "activationBits": 16]
    let ragged = try NetworkMapping(
      try chain(sizes: [7, 6], weight: 1, bits: 3), on: try machine.hardware()
    ).layers[0].memory
    #expect(ragged.usefulWeightBits == 6 * 7 * 3)
    #expect(ragged.storedWeightBits == 2 * 4 * 8 * 3)
    #expect(ragged.usefulBiasBits == 6 * 24)
    #expect(ragged.storedBiasBits == 2 * 4 * 24)
    #expect(ragged.usefulBits == 126 + 144 && ragged.storedBits == 192 + 192)
    // On a wider datapath 24 bits fill less than a bank word of 4 × 16.
    machine.datapath = TestMachine().datapath
    let narrow = try NetworkMapping(
      try chain(sizes: [7, 6], weight: 1, bits: 3), on: try machine.hardware()
    ).layers[0].memory
    #expect(narrow.storedWeightBits == 2 * 4 * 64 && narrow.storedBiasBits == 2 * 4 * 24)
    // A whole tile of whole taps has no padding.
    machine.datapath = ["kind": "parallel", "weightBits": 5, "activationBits": 16]
    let whole = try NetworkMapping(
      try chain(sizes: [8, 4], weight: 1, bits: 5), on: try machine.hardware()
    ).layers[0].memory
    #expect(whole.storedBits == whole.usefulBits && whole.usefulBits == 8 * 4 * 5 + 4 * 24)
    // 8 ternary words a lane: 16 bits as pairs of bits; two bytes, one for five and one for three, packed.
    for (packing, laneBits) in [("2_bits", 16), ("5_in_8_bits", 16)] {
      machine.datapath = ["kind": "ternary", "activationBits": 8, "packing": .string(packing)]
      let memory = try NetworkMapping(
        try chain(sizes: [7, 6], weight: 1, bits: 2), on: try machine.hardware()
      ).layers[0].memory
      #expect(memory.storedWeightBits == 2 * 4 * laneBits, "\(packing)")
      #expect(memory.usefulWeightBits == 6 * 7 * 2, "\(packing)")
    }
    // 40 ternary words a lane: 80 bits as pairs of bits, 8 bytes packed.
    for (packing, laneBits) in [("2_bits", 80), ("5_in_8_bits", 64)] {
      machine.datapath = ["kind": "ternary", "activationBits": 8, "packing": .string(packing)]
      let memory = try NetworkMapping(
        try chain(sizes: [40, 4], weight: -1, bits: 2), on: try machine.hardware()
      ).layers[0].memory
      #expect(memory.storedWeightBits == 4 * laneBits, "\(packing)")
    }
  }

  @Test("Stored bits are at least the bits that the layer must hold, and totals are sums")
  func storedIsEnough() throws {
    var random = RandomNetworks(seed: 22)
    for number in 0..<300 {
      let machine = random.machine()
      let network = try random.network(for: machine)
      let mapping = try NetworkMapping(network, on: try machine.hardware())
      var storedBits = 0
      var usefulBits = 0
      var activationBits = 0
      for (node, layer) in zip(network.nodes, mapping.layers) {
        guard case .dense(let dense) = node.operation else { continue }
        let memory = layer.memory
        #expect(memory.usefulWeightBits == dense.weights.count * dense.weightWordLength)
        #expect(memory.usefulBiasBits == dense.outputs * machine.accumulatorBits)
        #expect(memory.storedBiasBits >= memory.usefulBiasBits, "case \(number)")
        // Five ternary weights in 8 bits take less than their word length, but never less than their information.
        let informationBits =
          machine.datapath == TestMachine().datapath
          ? Double(memory.usefulWeightBits) : 1.58 * Double(dense.weights.count)
        #expect(Double(memory.storedWeightBits) >= informationBits, "case \(number)")
        storedBits += memory.storedWeightBits + memory.storedBiasBits
        usefulBits += memory.usefulWeightBits + memory.usefulBiasBits
        let source = network.tensor(node.inputs[0])!
        let written = node.name == network.output.name ? 0 : node.output.count * node.output.format.wordLength
        activationBits = max(activationBits, source.count * source.format.wordLength + written)
      }
      #expect(mapping.storedBits == storedBits && mapping.usefulBits == usefulBits, "case \(number)")
      #expect(mapping.activationBits == activationBits, "case \(number)")
    }
  }

  @Test("A mapping does not depend on weights, biases or multipliers")
  func weightsDoNotMatter() throws {
    let hardware = try TestMachine().hardware()
    for sizes in [[7, 6], [20, 11, 5], [16, 16, 16, 10]] {
      let mappings = try Set(
        [(-4, 1), (0, 200), (3, 65535)].map { weight, multiplier in
          try NetworkMapping(
            try chain(sizes: sizes, weight: weight, bits: 3, multiplier: Int64(multiplier)), on: hardware)
        })
      #expect(mappings.count == 1, "\(sizes)")
    }
  }
}
