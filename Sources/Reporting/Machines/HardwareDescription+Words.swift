import Hardware
import Quantization

extension HardwareDescription {
  /// What the machine is, for a report's list of definitions.
  func pageDefinitions(datapathOf owner: String? = nil) -> [PageDefinition] {
    let path = self.path
    var definitions = [
      PageDefinition("Machine", "\(name), \(QuantityText(clockMegahertz * 1e6, unit: "Hz"))"),
      PageDefinition(array.title, array.words),
      PageDefinition(owner.map { "Datapath of \($0)" } ?? "Datapath", path.datapath.words),
      PageDefinition(
        "Accumulator", "\(path.accumulator.bits) bits, overflow: \(path.accumulator.overflow.rawValue)"),
      PageDefinition("Requantizer", path.requantizer.words),
    ]
    if let vectorUnit {
      definitions.append(
        PageDefinition("Vector unit", "\(vectorUnit.elementsPerCycle) elements a cycle"))
    }
    if let externalMemory {
      definitions.append(
        PageDefinition(
          "External memory",
          "\(externalMemory.weightBitsPerCycle) bits of weights and \(externalMemory.activationBitsPerCycle) bits of activations a cycle,"
            + " after \(externalMemory.latencyCycles) cycles"))
    }
    return definitions
  }
}

extension ComputeArray {
  fileprivate var title: String {
    switch self {
    case .lanes: "Lane array"
    case .systolic: "Systolic array"
    }
  }

  fileprivate var words: String {
    switch self {
    case .lanes(let array):
      return
        "\(array.lanes) lanes × \(array.inputsPerCycle) inputs a cycle, \(array.outputsDrainedPerCycle) outputs drained a cycle"
    case .systolic(let array):
      let dataflow =
        switch array.dataflow {
        case .outputStationary: "output-stationary"
        case .weightStationary: "weight-stationary"
        case .inputStationary: "input-stationary"
        }
      return "\(array.rows) rows × \(array.columns) columns, \(dataflow)"
    }
  }
}

extension Datapath {
  fileprivate var words: String {
    switch self {
    case .parallel(let weights, let activations): "\(weights) × \(activations)-bit multipliers"
    case .ternary(let activations, let packing):
      "ternary select of \(activations)-bit activations, weights packed as \(packing.rawValue)"
    case .bitSerial(let weights, let activations):
      "bit-serial weights of up to \(weights) bits, \(activations)-bit activations"
    case .codebook(let indices, let weights, let activations):
      "\(weights) × \(activations)-bit multipliers behind decode tables of \(1 << indices) weights"
    case .decomposable(let weights, let activations):
      "\(weights) × \(activations)-bit multipliers that split for narrower weights"
    }
  }
}

extension RequantizerKind {
  fileprivate var words: String {
    switch self {
    case .shift(let rounding): "shift, \(rounding)"
    case .multiplier(let bits, let rounding): "\(bits)-bit multiplier and one shift, \(rounding)"
    case .doublingHighMultiply: "doubling high multiply and rounding shift"
    }
  }
}
