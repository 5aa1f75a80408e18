import Costs
import FixedPoint
import Foundation
import Hardware
import Networks
import Quantization
import Reproducibility
import Testing

@Suite("Memory and energy of networks")
struct RunEnergyTests {
  private func network(
    _ name: String, for machine: HardwareDescription, weightBits: Int? = nil, shape: [Int] = [12, 12, 1]
  ) throws -> IntegerNetwork {
    let path = machine.path
    let recipe = QuantizationRecipe(
      weightWordLength: weightBits ?? min(8, max(2, path.datapath.weightBits)),
      signalWordLength: min(8, path.datapath.activationBits),
      inputWordLength: min(8, path.datapath.activationBits), accumulatorWordLength: path.accumulator.bits,
      tableAddress: try path.activationTable.map {
        try FixedPointFormat(.signed, wordLength: $0.addressBits, fractionLength: $0.addressFractionBits)
      }, requantizer: path.requantizer)
    return try NetworkTopology(named: name, inputShape: shape).integerNetwork(recipe: recipe, weights: .zero)
  }

  private func cost(
    _ machine: TestCostMachine, _ name: String, weightBits: Int? = nil
  ) throws -> MachineCost {
    let hardware = try machine.hardware()
    let network = try network(name, for: hardware, weightBits: weightBits)
    return try MachineCost(try NetworkMapping(network, on: hardware), of: network.name, in: .standard)
  }

  /// A machine of every family and kind.
  private static let machines: [TestCostMachine] = {
    var machines: [TestCostMachine] = []
    for kind in ["parallel", "ternary", "bitSerial", "decomposable"] {
      var machine = TestCostMachine()
      machine.kind = kind
      machines.append(machine)
    }
    for dataflow in Dataflow.allCases {
      var machine = TestCostMachine()
      machine.dataflow = dataflow
      machines.append(machine)
    }
    for index in machines.indices {
      machines[index].weightMemoryBits = 1 << 24
      machines[index].activationMemoryBits = 1 << 20
    }
    return machines
  }()

  @Test(
    "Layers sum to components, components to the whole, and power to energy over time", arguments: machines)
  func partsSum(_ machine: TestCostMachine) throws {
    for name in ["ffdnn-2x16", "cnn-4-4-8", "resnet-8"] {
      let cost = try cost(machine, name)
      let energy = cost.network!.energy
      let byComponent = EnergyComponent.allCases.reduce(0) { $0 + energy[$1] }
      let byLayer = energy.layers.reduce(0) { $0 + $1.total }
      #expect(abs(byComponent / byLayer - 1) < 1e-9 && abs(energy.totalPicojoules / byLayer - 1) < 1e-9)
      #expect(energy.layers.count == cost.network!.mapping.layers.count)
      let joules = energy.chipWatts * Double(cost.network!.mapping.cycles) / (machine.clock * 1e6)
      #expect(abs(joules / (energy.chipPicojoules * 1e-12) - 1) < 1e-9)
    }
  }

  @Test("The energy of a layer, worked by hand from its events")
  func byHand() throws {
    // One layer, 4 inputs to 4 outputs, on 3 lanes of 2 multipliers: two tiles of two taps, one of them ragged.
    var machine = TestCostMachine()
    machine.rows = 2
    machine.columns = 3
    machine.drained = 1
    machine.tableBits = nil
    let hardware = try machine.hardware()
    let network = try network("ffdnn-1x4-relu", for: hardware, shape: [2, 2, 1])
    let mapping = try NetworkMapping(network, on: hardware)
    let cost = try MachineCost(mapping, of: "by hand", in: .standard)
    let layer = cost.network!.energy.layers[0]
    let technology = Technology.standard
    func operation(_ blocks: [HardwareBlock]) -> Double {
      blocks.reduce(0) { $0 + cost.area[$1]!.gateEquivalents } * technology.energyPerGateEquivalent.value
        / 1000
    }
    func near(_ value: Double, _ expected: Double) -> Bool { abs(value / expected - 1) < 1e-9 }
    // Four taps, in each of which all multipliers, trees and accumulators work once.
    #expect(near(layer[.multipliers], 4 * operation([.multipliers, .weightUnpacking, .pipelineRegisters])))
    #expect(near(layer[.adderTrees], 4 * operation([.adderTrees])))
    #expect(near(layer[.accumulators], 4 * operation([.accumulators])))
    // Four outputs, one at a time.
    #expect(near(layer[.requantizers], 4 * operation([.requantizers, .drain])))
    // 4 taps read a word of 3 lanes each, and 2 tiles a start value of 24 bits from each lane's bank.
    let weights = cost.area[.weightMemory]!.memory!.bank
    #expect(weights.wordBits == 16)
    let wide = try MemoryMacro(
      "start", bits: weights.bits, wordBits: 24, cell: .lowStandbyPower, in: technology)
    #expect(near(layer[.weightMemory], 12 * weights.readPicojoules + 6 * wide.readPicojoules))
    // 4 taps · 2 activations read and 4 written, of 8 bits each.
    let activations = cost.area[.activationMemory]!.memory!.bank
    #expect(
      near(layer[.activationMemory], 8 * activations.readPicojoules + 4 * activations.writePicojoules))
    let cycles = Double(mapping.layers[0].cycles.total)
    #expect(near(layer[.control], cycles * operation([.control, .activationRouting])))
    // nW times 5 ns a cycle, in pJ.
    #expect(near(layer[.leakage], cost.area.leakageNanowatts * cycles * 5 * 1e-6))
    #expect(layer[.externalMemory] == 0 && layer[.vectorUnit] == 0 && layer[.tables] == 0)
  }

  @Test(
    "Energy grows with the word length of weights, of activations and of accumulators", arguments: machines)
  func wordLengths(_ machine: TestCostMachine) throws {
    func energies(_ machines: [TestCostMachine]) throws -> [Double] {
      try machines.map { try cost($0, "cnn-8-8-16", weightBits: 2).network!.energy.totalPicojoules }
    }
    // A wider decomposable multiplier makes more outputs of narrow weights at once, and reads fewer words for them.
    if machine.kind != "decomposable" {
      let weights = try energies(
        [2, 4, 8, 16].map { bits in
          var wider = machine
          wider.weightBits = bits
          return wider
        })
      #expect(weights == weights.sorted(), "\(weights)")
    }
    let activations = try energies(
      (8...16).map { bits in
        var wider = machine
        wider.activationBits = bits
        return wider
      })
    #expect(activations == activations.sorted(), "\(activations)")
    let accumulators = try energies(
      [16, 20, 24, 32, 40, 64].map { bits in
        var wider = machine
        wider.accumulatorBits = bits
        return wider
      })
    #expect(accumulators == accumulators.sorted(), "\(accumulators)")
    let memories = try energies(
      (20...27).map { exponent in
        var larger = machine
        larger.weightMemoryBits = 1 << exponent
        larger.activationMemoryBits = 1 << exponent
        return larger
      })
    #expect(memories == memories.sorted(), "\(memories)")
  }

  /// Not of decomposable lanes: narrow weights leave parts without an output in small layers.
  @Test("Wider weights of a network take no less energy on the same machine")
  func networkWordLengths() throws {
    for machine in Self.machines where machine.kind != "ternary" && machine.kind != "decomposable" {
      let energies = try [2, 3, 4, 5, 6, 7, 8].map {
        try cost(machine, "cnn-4-4-8", weightBits: $0).network!.energy.totalPicojoules
      }
      #expect(energies == energies.sorted(), "\(machine): \(energies)")
    }
  }

  @Test("Ternary takes less energy than 2-bit multipliers for the same network")
  func ternaryTakesLess() throws {
    for dataflow in [nil, .outputStationary, .weightStationary, .inputStationary] as [Dataflow?] {
      var machine = TestCostMachine()
      machine.dataflow = dataflow
      machine.weightBits = 2
      let parallel = try cost(machine, "cnn-4-4-8").network!.energy.totalPicojoules
      machine.kind = "ternary"
      #expect(try cost(machine, "cnn-4-4-8").network!.energy.totalPicojoules < parallel)
    }
  }

  @Test("Residents lie end to end, and residents, slots and free words fill the memory", arguments: machines)
  func memoryMap(_ machine: TestCostMachine) throws {
    for capacity in [1 << 14, 1 << 16, 1 << 24] {
      var machine = machine
      machine.weightMemoryBits = capacity
      let hardware = try machine.hardware()
      let mapping = try NetworkMapping(try network("cnn-8-8-16", for: hardware), on: hardware)
      let memory = MemoryUse(mapping)
      var place = 0
      for region in memory.regions {
        #expect(region.lostBits >= 0 && region.usefulBits > 0)
        guard let first = region.firstBit else { continue }
        #expect(first == place)
        place += region.storedBits
      }
      #expect(place == memory.residentBits)
      #expect(memory.residentBits + memory.streamingBits + memory.freeBits == capacity)
      #expect(memory.storedBits == mapping.storedBits && memory.usefulBits == mapping.usefulBits)
      let fits = (try? mapping.checkCapacity()) != nil
      #expect(fits == (memory.freeBits >= 0) || memory.streamedBits == 0, "\(machine)")
      if memory.streamedBits == 0 { #expect(memory.streamingBits == 0) }
    }
  }

  @Test("At the least capacity with which a network runs, residents and slots leave nothing free")
  func leastCapacity() throws {
    var machine = TestCostMachine()
    machine.activationMemoryBits = 1 << 20
    let network = try network("cnn-8-8-64", for: try machine.hardware())
    func mapping(_ bits: Int) throws -> NetworkMapping {
      machine.weightMemoryBits = bits
      return try NetworkMapping(network, on: try machine.hardware())
    }
    var (low, high) = (1, 1 << 24)
    while low < high {
      let middle = (low + high) / 2
      if (try? try mapping(middle).checkCapacity()) == nil { low = middle + 1 } else { high = middle }
    }
    let memory = MemoryUse(try mapping(low))
    #expect(memory.freeBits == 0 && memory.streamingBits > 0 && memory.streamedBits > 0)
  }

  @Test("Streamed weights cost external energy, and a write to the memory before they are read")
  func streaming() throws {
    var machine = TestCostMachine()
    machine.weightMemoryBits = 1 << 24
    machine.activationMemoryBits = 1 << 20
    let resident = try cost(machine, "cnn-8-8-64").network!
    #expect(resident.energy[.externalMemory] == 0 && resident.memory.streamedBits == 0)
    machine.weightMemoryBits = resident.memory.storedBits - 1
    let streamed = try cost(machine, "cnn-8-8-64")
    let external = streamed.network!.mapping.events.externalBits
    #expect(external > 0)
    #expect(
      abs(streamed.network!.energy[.externalMemory] / (Double(external) * 20) - 1) < 1e-9)
    // Beside what a memory of that size takes without streaming, the tiles are written once.
    let bank = streamed.area[.weightMemory]!.memory!
    let fills = Double(external) * bank.writePicojoulesPerBit
    #expect(streamed.network!.energy[.weightMemory] > fills)
  }

  @Test("Every embedded machine prices a network, and the price per area is speed over area")
  func embeddedMachines() throws {
    for (name, hardware) in HardwareDescription.embedded {
      let network = try network("lenet-5", for: hardware, shape: [28, 28, 1])
      let cost = try MachineCost(try NetworkMapping(network, on: hardware), of: network.name, in: .standard)
      let speed = cost.network!.mapping.inferencesPerSecond
      #expect(cost.network!.energy.chipPicojoules > 0, "\(name)")
      let density = cost.inferencesPerSecondPerSquareMillimeter!
      #expect(abs(density * cost.area.areaSquareMicrometers / (speed * 1e6) - 1) < 1e-9)
    }
  }
}
