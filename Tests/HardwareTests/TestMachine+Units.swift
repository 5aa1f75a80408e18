import Foundation
import Hardware
import Reproducibility

extension TestMachine {
  /// The machine with further members of its description, or others in their place; nil takes one away.
  func hardware(with members: [String: JSONValue?]) throws -> HardwareDescription {
    guard case .object(var all) = json else { preconditionFailure("a description is no object") }
    for (key, value) in members { all[key] = value }
    let text = JSONValue.object(all).canonicalText
    return try HardwareDescription(parsing: Data(text.utf8), file: "test.json")
  }

  /// A vector unit of `elements` elements a cycle.
  static func vectorUnit(elements: Int, pipeline: Int) -> JSONValue {
    ["elementsPerCycle": .integer(elements), "pipelineCycles": .integer(pipeline)]
  }

  /// An external memory.
  static func external(weights: Int, activations: Int, latency: Int) -> JSONValue {
    [
      "weightBitsPerCycle": .integer(weights), "activationBitsPerCycle": .integer(activations),
      "latencyCycles": .integer(latency),
    ]
  }

  /// An activation memory that bands relieve.
  static func bands(capacity: Int) -> JSONValue {
    ["capacityBits": .integer(capacity), "whenTooSmall": "bands"]
  }

  /// This machine with a systolic array of the same datapath, accumulator and requantiser in place of its lanes.
  func systolic(
    rows: Int, columns: Int, _ dataflow: Dataflow, descriptor: Int = 2, requantizer: Int = 3,
    with members: [String: JSONValue?] = [:]
  ) throws -> HardwareDescription {
    guard case .object(var array)? = json["laneArray"] else { preconditionFailure("no lane array") }
    for key in ["lanes", "inputsPerCycle", "outputsDrainedPerCycle"] { array[key] = nil }
    array["rows"] = .integer(rows)
    array["columns"] = .integer(columns)
    array["dataflow"] = .string(dataflow.rawValue)
    array["pipeline"] = [
      "descriptorCycles": .integer(descriptor), "requantizerCycles": .integer(requantizer),
    ]
    var all = members
    all["laneArray"] = .some(nil)
    all["systolicArray"] = .object(array)
    return try hardware(with: all)
  }
}
