import FixedPoint
import Foundation
import Hardware
import Reproducibility

/// A machine in the making: what a description says, as fields that a test can draw or change.
struct TestCostMachine: CustomStringConvertible {
  var rows = 8
  var columns = 8
  /// Drained outputs of a lane array.
  var drained = 2
  /// A dataflow, or nil for a lane array of `rows` inputs and `columns` lanes.
  var dataflow: Dataflow?
  var kind = "parallel"
  var weightBits = 8
  var activationBits = 8
  var packing = "2_bits"
  var accumulatorBits = 24
  var overflow = "saturate"
  var multiplierBits = 16
  var requantizer = "multiplier"
  var rounding = Rounding.nearestTiesUp
  var tableBits: Int? = 8
  var stages = [2, 1, 2, 3]
  var vectorElements: Int? = 4
  var weightMemoryBits = 1 << 20
  var activationMemoryBits = 1 << 17
  var clock = 200.0
  var hasExternalMemory = true

  var json: JSONValue {
    var datapath: [String: JSONValue] = ["kind": .string(kind), "activationBits": .integer(activationBits)]
    if kind == "ternary" {
      datapath["packing"] = .string(packing)
    } else {
      datapath["weightBits"] = .integer(weightBits)
    }
    var unit: [String: JSONValue] = ["kind": .string(requantizer)]
    if requantizer != "doublingHighMultiply" { unit["rounding"] = .string(rounding.rawValue) }
    if requantizer == "multiplier" { unit["multiplierBits"] = .integer(multiplierBits) }
    var array: [String: JSONValue] = [
      "datapath": .object(datapath), "requantizer": .object(unit),
      "accumulator": ["bits": .integer(accumulatorBits), "overflow": .string(overflow)],
    ]
    if let tableBits {
      array["activationTable"] = [
        "addressBits": 8, "addressFractionBits": 4, "outputBits": .integer(tableBits),
      ]
    }
    var machine: [String: JSONValue] = [
      "format": "wordlength-hardware", "version": 1, "name": "test", "clockMegahertz": .number(clock),
      "weightMemory": ["capacityBits": .integer(weightMemoryBits)],
      "activationMemory": ["capacityBits": .integer(activationMemoryBits)],
    ]
    if let dataflow {
      array["rows"] = .integer(rows)
      array["columns"] = .integer(columns)
      array["dataflow"] = .string(dataflow.rawValue)
      array["pipeline"] = [
        "descriptorCycles": .integer(stages[0]), "requantizerCycles": .integer(stages[3]),
      ]
      machine["systolicArray"] = .object(array)
    } else {
      array["lanes"] = .integer(columns)
      array["inputsPerCycle"] = .integer(rows)
      array["outputsDrainedPerCycle"] = .integer(drained)
      array["pipeline"] = [
        "descriptorCycles": .integer(stages[0]), "weightReadCycles": .integer(stages[1]),
        "adderTreeCycles": .integer(stages[2]), "requantizerCycles": .integer(stages[3]),
      ]
      machine["laneArray"] = .object(array)
    }
    if let vectorElements {
      machine["vectorUnit"] = ["elementsPerCycle": .integer(vectorElements), "pipelineCycles": 3]
    }
    if hasExternalMemory {
      machine["externalMemory"] = [
        "weightBitsPerCycle": 64, "activationBitsPerCycle": 64, "latencyCycles": 20,
      ]
    }
    return .object(machine)
  }

  func hardware() throws -> HardwareDescription {
    try HardwareDescription(parsing: Data(json.canonicalText.utf8), file: "test.json")
  }

  var description: String { json.canonicalText }

  /// A machine of any family.
  static func random(_ source: inout RandomSource) -> TestCostMachine {
    var machine = TestCostMachine()
    func draw(_ range: ClosedRange<Int>) -> Int { range.lowerBound + source.below(range.count) }
    machine.rows = draw(1...40)
    machine.columns = draw(1...40)
    machine.drained = draw(1...machine.columns)
    machine.dataflow = source.below(2) == 0 ? nil : Dataflow.allCases[source.below(3)]
    let kinds =
      machine.dataflow == nil
      ? ["parallel", "ternary", "bitSerial", "decomposable"] : ["parallel", "ternary"]
    machine.kind = kinds[source.below(kinds.count)]
    machine.weightBits = machine.kind == "decomposable" ? [2, 4, 8, 16][source.below(4)] : draw(1...16)
    machine.activationBits = draw(1...16)
    machine.packing = ["2_bits", "5_in_8_bits"][source.below(2)]
    machine.accumulatorBits = draw(8...64)
    machine.overflow = ["wrap", "saturate", "reject"][source.below(3)]
    machine.requantizer = ["shift", "multiplier", "doublingHighMultiply"][source.below(3)]
    machine.multiplierBits = draw(2...31)
    machine.rounding = Rounding.allCases[source.below(Rounding.allCases.count)]
    machine.tableBits = source.below(2) == 0 ? nil : draw(1...16)
    machine.stages = [draw(0...4), draw(0...3), draw(0...4), draw(0...4)]
    machine.vectorElements = source.below(3) == 0 ? nil : draw(1...32)
    machine.weightMemoryBits = draw(1...1 << draw(4...26))
    machine.activationMemoryBits = draw(1...1 << draw(4...24))
    return machine
  }
}
