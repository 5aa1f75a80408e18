import Quantization
import Reproducibility

extension HardwareDescription {
  /// The description as JSON: what `init(parsing:file:)` reads, and the key of results on this machine. Members at their defaults that
  /// name a unit which is not there are left out.
  public var json: JSONValue {
    var object: [String: JSONValue] = [
      "format": "wordlength-hardware", "version": 1, "name": .string(name),
      "clockMegahertz": .number(clockMegahertz), "weightMemory": ["capacityBits": .integer(weightMemoryBits)],
    ]
    switch array {
    case .lanes(let lanes): object["laneArray"] = lanes.json
    case .systolic(let systolic): object["systolicArray"] = systolic.json
    }
    if let vectorUnit {
      object["vectorUnit"] = [
        "elementsPerCycle": .integer(vectorUnit.elementsPerCycle),
        "pipelineCycles": .integer(vectorUnit.pipelineCycles),
      ]
    }
    var memory: [String: JSONValue] = ["capacityBits": .integer(activationMemory.capacityBits)]
    if activationMemory.whenTooSmall != .reject {
      memory["whenTooSmall"] = .string(activationMemory.whenTooSmall.rawValue)
    }
    object["activationMemory"] = .object(memory)
    if let externalMemory {
      object["externalMemory"] = [
        "weightBitsPerCycle": .integer(externalMemory.weightBitsPerCycle),
        "activationBitsPerCycle": .integer(externalMemory.activationBitsPerCycle),
        "latencyCycles": .integer(externalMemory.latencyCycles),
      ]
    }
    return .object(object)
  }
}

extension LaneArray {
  fileprivate var json: JSONValue {
    var array = path.members
    array["lanes"] = .integer(lanes)
    array["inputsPerCycle"] = .integer(inputsPerCycle)
    array["outputsDrainedPerCycle"] = .integer(outputsDrainedPerCycle)
    var stages: [String: JSONValue] = [
      "descriptorCycles": .integer(pipeline.descriptor), "weightReadCycles": .integer(pipeline.weightRead),
      "adderTreeCycles": .integer(pipeline.adderTree), "requantizerCycles": .integer(pipeline.requantizer),
    ]
    if path.datapath.indexBits > 0 { stages["decodeCycles"] = .integer(pipeline.decode) }
    array["pipeline"] = .object(stages)
    return .object(array)
  }
}

extension SystolicArray {
  fileprivate var json: JSONValue {
    var array = path.members
    array["rows"] = .integer(rows)
    array["columns"] = .integer(columns)
    array["dataflow"] = .string(dataflow.rawValue)
    array["pipeline"] = [
      "descriptorCycles": .integer(descriptorCycles), "requantizerCycles": .integer(requantizerCycles),
    ]
    return .object(array)
  }
}

extension OutputPath {
  fileprivate var members: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "accumulator": [
        "bits": .integer(accumulator.bits), "overflow": .string(accumulator.overflow.rawValue),
      ]
    ]
    func multiplier(_ kind: JSONValue, _ weightBits: Int, _ activationBits: Int) -> JSONValue {
      ["kind": kind, "weightBits": .integer(weightBits), "activationBits": .integer(activationBits)]
    }
    members["datapath"] =
      switch datapath {
      case .parallel(let weights, let activations): multiplier("parallel", weights, activations)
      case .bitSerial(let weights, let activations): multiplier("bitSerial", weights, activations)
      case .decomposable(let weights, let activations): multiplier("decomposable", weights, activations)
      case .codebook(let indices, let weights, let activations):
        [
          "kind": "codebook", "indexBits": .integer(indices), "weightBits": .integer(weights),
          "activationBits": .integer(activations),
        ]
      case .ternary(let activations, let packing):
        [
          "kind": "ternary", "activationBits": .integer(activations), "packing": .string(packing.rawValue),
        ]
      }
    members["requantizer"] =
      switch requantizer {
      case .shift(let rounding): ["kind": "shift", "rounding": .string(rounding.rawValue)]
      case .multiplier(let bits, let rounding):
        ["kind": "multiplier", "multiplierBits": .integer(bits), "rounding": .string(rounding.rawValue)]
      case .doublingHighMultiply: ["kind": "doublingHighMultiply"]
      }
    if let activationTable {
      members["activationTable"] = [
        "addressBits": .integer(activationTable.addressBits),
        "addressFractionBits": .integer(activationTable.addressFractionBits),
        "outputBits": .integer(activationTable.outputBits),
      ]
    }
    return members
  }
}
