import FixedPoint
import Foundation
import Hardware
import Quantization
import Reproducibility

/// A machine in the making: what a description file says, as fields that a test can draw or change.
struct TestMachine: CustomStringConvertible {
  var lanes = 4
  var inputsPerCycle = 2
  var outputsDrainedPerCycle = 1
  var datapath: JSONValue = ["kind": "parallel", "weightBits": 16, "activationBits": 16]
  var accumulatorBits = 32
  var overflow = AccumulatorOverflow.saturate
  var requantizer = RequantizerKind.multiplier(wordLength: 16, rounding: .nearestTiesUp)
  /// Bits of address, of its fraction and of entries.
  var table: [Int]? = [8, 4, 16]
  /// Descriptor, weight read, adder tree, requantiser.
  var pipeline = [2, 1, 2, 3]
  /// Stages of the decode table, where they are not left to the default.
  var decodeCycles: Int?
  var weightMemoryBits = 1 << 40
  var activationMemoryBits = 1 << 40

  /// The description file's value.
  var json: JSONValue {
    var array: [String: JSONValue] = [
      "lanes": .integer(lanes), "inputsPerCycle": .integer(inputsPerCycle),
      "outputsDrainedPerCycle": .integer(outputsDrainedPerCycle), "datapath": datapath,
      "accumulator": ["bits": .integer(accumulatorBits), "overflow": .string(overflow.rawValue)],
      "pipeline": [
        "descriptorCycles": .integer(pipeline[0]), "weightReadCycles": .integer(pipeline[1]),
        "adderTreeCycles": .integer(pipeline[2]), "requantizerCycles": .integer(pipeline[3]),
      ],
    ]
    if let decodeCycles, case .object(var stages)? = array["pipeline"] {
      stages["decodeCycles"] = .integer(decodeCycles)
      array["pipeline"] = .object(stages)
    }
    array["requantizer"] =
      switch requantizer {
      case .shift(let rounding): ["kind": "shift", "rounding": .string(rounding.rawValue)]
      case .multiplier(let bits, let rounding):
        ["kind": "multiplier", "multiplierBits": .integer(bits), "rounding": .string(rounding.rawValue)]
      case .doublingHighMultiply: ["kind": "doublingHighMultiply"]
      }
    if let table {
      array["activationTable"] = [
        "addressBits": .integer(table[0]), "addressFractionBits": .integer(table[1]),
        "outputBits": .integer(table[2]),
      ]
    }
    return [
      "format": "wordlength-hardware", "version": 1, "name": "test", "clockMegahertz": 12.5,
      "laneArray": .object(array), "weightMemory": ["capacityBits": .integer(weightMemoryBits)],
      "activationMemory": ["capacityBits": .integer(activationMemoryBits)],
    ]
  }

  /// The machine, read from `json`.
  func hardware() throws -> HardwareDescription {
    try HardwareDescription(parsing: Data(json.canonicalText.utf8), file: "test.json")
  }

  var description: String { "\(json.canonicalText)" }
}

extension RandomSource {
  /// An element drawn evenly.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// An integer drawn evenly from `range`.
  mutating func integer(in range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
}

/// The format of integers of `bits` bits.
func integers(_ signedness: Signedness, _ bits: Int) -> FixedPointFormat {
  try! FixedPointFormat(signedness, wordLength: bits, fractionLength: 0)
}

extension HardwareDescription {
  /// The lane array, where the machine has one.
  var lanes: LaneArray? {
    if case .lanes(let array) = array { array } else { nil }
  }
}
