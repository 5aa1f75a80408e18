import Foundation
import Hardware
import Reproducibility

/// The Verilog twin as Yosys counts it (`HardwareModels/rtl/cells.csv`), and the sum of the model's bills for the same parameters.
package struct TwinReference: Sendable {
  /// One parameter set.
  package struct Row: Sendable {
    /// Its name in the table.
    package let name: String
    /// Yosys' gate equivalents, in NAND, NOR and NOT gates and flip-flops, memories left out.
    package let gateEquivalents: Double
    /// The model's.
    package let modeled: Double
  }

  /// All parameter sets.
  package let rows: [Row]

  /// The sets of the product's table.
  package static let embedded = TwinReference(ReferenceTable(PackageResources.cells_csv))

  init(_ table: ReferenceTable) {
    rows = table.rows.compactMap { row in
      row.number("gate_equivalents").map {
        Row(name: row.text("name"), gateEquivalents: $0, modeled: Self.modeled(row))
      }
    }
  }

  /// What `lane_array.v` fixes where the table has no column for it.
  private static let sizing = ControlSizing(
    resultBits: 24, layerAddressBits: 3, tileAddressBits: 5, weightAddressBits: 8, multiplierAddressBits: 4,
    activationAddressBits: 8, indexBits: 8, tableSelectBits: 1, countBits: 16)

  private static func modeled(_ row: ReferenceTable.Row) -> Double {
    let machine = machine(row)
    guard case .lanes(let array) = machine.array else {
      preconditionFailure("the twin is a lane array")
    }
    let logic = LaneArrayLogic(array: array, sizing: sizing, style: .literalOperators)
    return CellPrices.inverting.price(of: logic.all)
  }

  /// The machine whose twin has the row's parameters.
  private static func machine(_ row: ReferenceTable.Row) -> HardwareDescription {
    func number(_ column: String) -> JSONValue { .integer(row.integer(column)!) }
    let datapath: JSONValue =
      row.integer("Packing") == 0
      ? [
        "kind": "parallel", "weightBits": number("WeightBits"), "activationBits": number("ActivationBits"),
      ]
      : [
        "kind": "ternary", "activationBits": number("ActivationBits"),
        "packing": row.integer("Packing") == 1 ? "2_bits" : "5_in_8_bits",
      ]
    let requantizer: JSONValue =
      row.integer("RequantizerKind") == 0
      ? ["kind": "shift", "rounding": "nearestTiesUp"]
      : ["kind": "multiplier", "multiplierBits": number("MultiplierBits"), "rounding": "nearestTiesUp"]
    var array: [String: JSONValue] = [
      "lanes": number("Lanes"), "inputsPerCycle": number("Inputs"),
      "outputsDrainedPerCycle": number("Drained"), "datapath": datapath, "requantizer": requantizer,
      "accumulator": [
        "bits": number("AccumulatorBits"), "overflow": row.integer("Saturate") == 1 ? "saturate" : "wrap",
      ],
      "pipeline": [
        "descriptorCycles": 2, "weightReadCycles": 1, "adderTreeCycles": number("AdderTreeCycles"),
        "requantizerCycles": number("RequantizerCycles"),
      ],
    ]
    if row.integer("TableAddressBits")! > 0 {
      array["activationTable"] = [
        "addressBits": number("TableAddressBits"), "addressFractionBits": 0,
        "outputBits": number("TableBits"),
      ]
    }
    let description: JSONValue = [
      "format": "wordlength-hardware", "version": 1, "name": "twin", "clockMegahertz": 100,
      "laneArray": .object(array), "weightMemory": ["capacityBits": 65536],
      "activationMemory": ["capacityBits": 2048],
    ]
    do {
      return try HardwareDescription(parsing: Data(description.canonicalText.utf8), file: "cells.csv")
    } catch {
      preconditionFailure("the twin's table names no machine: \(error)")
    }
  }
}
