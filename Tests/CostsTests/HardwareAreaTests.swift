import Costs
import FixedPoint
import Foundation
import Hardware
import Reproducibility
import Testing

@Suite("The area of machines")
struct HardwareAreaTests {
  private func area(_ machine: TestCostMachine, in technology: Technology = .standard) throws -> HardwareArea
  {
    try HardwareArea(try machine.hardware(), in: technology)
  }

  /// Every size and word length of a machine, grown.
  private static let growths: [(name: String, grow: @Sendable (inout TestCostMachine) -> Bool)] = [
    (
      "rows or inputs",
      {
        $0.rows += 1; return true
      }
    ),
    (
      "columns or lanes",
      {
        $0.columns += 1; return true
      }
    ),
    (
      "drained outputs",
      {
        $0.drained += 1; return $0.dataflow == nil && $0.drained <= $0.columns
      }
    ),
    (
      "weight bits",
      {
        let isDecomposable = $0.kind == "decomposable"
        $0.weightBits += isDecomposable ? $0.weightBits : 1
        return $0.kind != "ternary" && $0.weightBits <= 16
      }
    ),
    (
      "activation bits",
      {
        $0.activationBits += 1; return $0.activationBits <= 16
      }
    ),
    (
      "accumulator bits",
      {
        $0.accumulatorBits += 1; return $0.accumulatorBits <= 64
      }
    ),
    (
      "multiplier bits",
      {
        $0.multiplierBits += 1; return $0.multiplierBits <= 31
      }
    ),
    (
      "table bits",
      {
        $0.tableBits = $0.tableBits.map { $0 + 1 } ?? 1; return $0.tableBits! <= 16
      }
    ),
    (
      "vector elements",
      {
        $0.vectorElements = ($0.vectorElements ?? 0) + 1; return true
      }
    ),
    (
      "weight memory",
      {
        $0.weightMemoryBits *= 2; return true
      }
    ),
    (
      "activation memory",
      {
        $0.activationMemoryBits *= 2; return true
      }
    ),
    (
      "weight read stages",
      {
        $0.stages[1] += 1; return true
      }
    ),
    (
      "adder tree stages",
      {
        $0.stages[2] += 1; return true
      }
    ),
    (
      "requantizer stages",
      {
        $0.stages[3] += 1; return true
      }
    ),
  ]

  @Test(
    "A machine that is larger in any size or word length is no smaller in area, gates and leakage",
    arguments: growths.indices)
  func growing(_ index: Int) throws {
    let (name, grow) = Self.growths[index]
    var source = RandomSource(seed: 91 + UInt64(index))
    var compared = 0
    for _ in 0..<300 {
      let machine = TestCostMachine.random(&source)
      var grown = machine
      guard grow(&grown) else { continue }
      let (small, large) = (try area(machine), try area(grown))
      compared += 1
      #expect(
        small.areaSquareMicrometers <= large.areaSquareMicrometers * (1 + 1e-12)
          && small.gateEquivalents <= large.gateEquivalents * (1 + 1e-12)
          && small.leakageNanowatts <= large.leakageNanowatts * (1 + 1e-12),
        "\(name), seed \(91 + index): \(machine)")
    }
    #expect(compared > 20)
  }

  @Test("Blocks sum to the whole, and the whole to cells, macros and the room between cells")
  func partsSum() throws {
    var source = RandomSource(seed: 92)
    for _ in 0..<100 {
      let machine = TestCostMachine.random(&source)
      for technology in Technology.embedded.values {
        let area = try area(machine, in: technology)
        var cells = 0.0
        var macros = 0.0
        var gates = 0.0
        for block in area.blocks where block.block != .placement {
          if let memory = block.memory {
            macros += Double(memory.count) * memory.bank.areaSquareMicrometers
            #expect(block.gateEquivalents == 0 && block.bill == .none)
          } else {
            for cell in LogicCell.allCases {
              cells += Double(block.bill[cell]) * technology.cellAreas[cell]!.value
              gates += Double(block.bill[cell]) * technology.gateEquivalents[cell]!.value
            }
          }
        }
        let whole = macros + cells / technology.placementDensity.value
        #expect(abs(area.areaSquareMicrometers / whole - 1) < 1e-9, "\(machine)")
        #expect(abs(area.gateEquivalents / gates - 1) < 1e-9, "\(machine)")
        #expect(Set(area.blocks.map(\.block)).count == area.blocks.count)
      }
    }
  }

  @Test("Every bank holds its share, and all banks together the described capacity")
  func banksHoldTheCapacity() throws {
    var source = RandomSource(seed: 93)
    for _ in 0..<200 {
      let machine = TestCostMachine.random(&source)
      let area = try area(machine)
      for (block, bits) in [
        (HardwareBlock.weightMemory, machine.weightMemoryBits),
        (.activationMemory, machine.activationMemoryBits),
      ] {
        let memory = area[block]!.memory!
        #expect(memory.count * memory.bank.bits >= bits, "\(machine)")
        #expect(
          memory.count * (max(memory.bank.bits, memory.bank.wordBits) - memory.bank.wordBits) <= bits,
          "\(machine)")
      }
    }
  }

  @Test("A ternary datapath is smaller than one of 2-bit multipliers, in either family and at every width")
  func ternaryIsSmaller() throws {
    for dataflow in [nil, .outputStationary, .weightStationary, .inputStationary] as [Dataflow?] {
      for bits in 1...16 {
        for rows in [1, 3, 8, 32] {
          var machine = TestCostMachine()
          machine.dataflow = dataflow
          machine.rows = rows
          machine.activationBits = bits
          machine.weightBits = 2
          let parallel = try area(machine)
          machine.kind = "ternary"
          let ternary = try area(machine)
          #expect(ternary.areaSquareMicrometers < parallel.areaSquareMicrometers, "\(machine)")
          #expect(ternary.gateEquivalents < parallel.gateEquivalents, "\(machine)")
          #expect(
            ternary[.multipliers]!.gateEquivalents < parallel[.multipliers]!.gateEquivalents, "\(machine)")
        }
      }
    }
  }

  @Test("A bit-serial lane is smaller than a parallel one, a decomposable one larger")
  func kindsAreOrdered() throws {
    var machine = TestCostMachine()
    let parallel = try area(machine)
    machine.kind = "bitSerial"
    #expect(try area(machine).gateEquivalents < parallel.gateEquivalents)
    machine.kind = "decomposable"
    #expect(try area(machine).gateEquivalents > parallel.gateEquivalents)
  }

  @Test("A multiplier is counted as the calibrated formula has it, once for each of the array")
  func multipliersByHand() throws {
    // 8 × 8 multipliers of 8 weight bits and an activation of 8 bits with a sign: 64 · (72 AND + 7 · 8 adders).
    let bill = try area(TestCostMachine())[.multipliers]!.bill
    #expect(bill[.and] == 64 * 72 && bill[.arrayAdder] == 64 * 56)
    var systolic = TestCostMachine()
    systolic.dataflow = .weightStationary
    #expect(try area(systolic)[.multipliers]!.bill == bill)
  }

  @Test("Small nodes make small machines")
  func nodes() throws {
    let machine = TestCostMachine()
    let areas = try ["90nm", "65nm", "45nm", "32nm", "22nm"].map {
      try area(machine, in: Technology.embedded[$0]!).areaSquareMicrometers
    }
    #expect(areas == areas.sorted(by: >))
  }

  @Test("A bank beyond the model is an error that names the memory")
  func tooLarge() throws {
    var machine = TestCostMachine()
    machine.weightMemoryBits = 1 << 50
    #expect(throws: CostError.self) { try area(machine) }
    do { _ = try area(machine) } catch { #expect("\(error)".hasPrefix("Weight memory: a bank of")) }
  }

  @Test("Every machine of the product has an area, and what is extrapolated in it is told")
  func embeddedMachines() throws {
    for (name, hardware) in HardwareDescription.embedded {
      let area = try HardwareArea(hardware, in: .standard)
      #expect(area.areaSquareMicrometers > 1e4, "\(name)")
      for block in area.blocks {
        let isExtrapolated = (block.memory?.bank.coverage ?? .covered) != .covered
        #expect(area.extrapolated.contains(block) == isExtrapolated)
      }
    }
  }
}
