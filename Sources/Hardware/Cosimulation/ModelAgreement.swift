import Networks
import Quantization
import Reproducibility
import Tensors

/// The engine held against the register-level model on random machines: the project's main test.
public struct ModelAgreement: Sendable {
  /// Cases drawn.
  public private(set) var cases = 0
  /// Cases that both models ran.
  public private(set) var ran = 0
  /// Clock cycles that the register-level model stepped.
  public private(set) var cycles = 0
  /// How often each awkward thing was among the cases that ran (or, by reason, among those refused).
  public private(set) var drawn: [String: Int] = [:]
  /// What differed, a line a case: its number and the first difference.
  public private(set) var differences: [String] = []
  private let seed: UInt64
  private let coverage: RandomMachine.Coverage

  /// Nothing compared yet.
  public init(seed: UInt64, coverage: RandomMachine.Coverage = .everything) {
    self.seed = seed
    self.coverage = coverage
  }

  /// The machine of case `number`.
  public func machine(_ number: Int) -> RandomMachine {
    RandomMachine(coverage, from: RandomSource(seed: seed).split("case \(number)"))
  }

  /// Runs case `number` on both models and notes what differs.
  public mutating func compare(_ number: Int) {
    let machine = machine(number)
    cases += 1
    // Every other case proves that a count of 0 is an observation.
    let counting: OverflowCounting = number % 2 == 0 ? .everywhere : .whereSumsCanOverflow
    let engine = Result { () throws(HardwareError) in
      try MachineEngine(machine.network, on: machine.hardware, counting: counting)
    }
    let model = Result { () throws(HardwareError) in
      try RegisterLevelModel(machine.network, on: machine.hardware)
    }
    let difference: String?
    switch (engine, model) {
    case (.failure(let error), let model):
      note("refused: \(error.reason.kind)")
      let other: HardwareError? = if case .failure(let error) = model { error } else { nil }
      // Bounding sums before a run is the engine's alone; the model observes them.
      if case .accumulatorMayOverflow = error.reason {
        difference = nil
      } else {
        let said = other.map { "refuses with \"\($0)\"" } ?? "does not"
        difference = error == other ? nil : "the engine refuses with \"\(error)\", the model \(said)"
      }
    case (.success, .failure(let error)):
      difference = "the model refuses with \"\(error)\", the engine does not"
    case (.success(let engine), .success(let model)):
      do throws(HardwareError) {
        let result = try engine.run(machine.inputs, resources: ComputeResources(threads: 1))
        let observed = try model.run(machine.inputs)
        ran += 1
        cycles += observed.cycles
        noteTraits(of: machine, engine.mapping, observed)
        difference = Self.difference(engine, result, model, observed, batch: machine.batch)
      } catch {
        difference = "a run fails: \(error)"
      }
    }
    if let difference { differences.append("seed \(seed), case \(number): \(difference)") }
  }

  /// The first difference between what the engine says and what the model observed, or nil.
  private static func difference(
    _ engine: MachineEngine, _ result: ExecutionResult, _ model: RegisterLevelModel,
    _ observed: RegisterLevelResult, batch: Int
  ) -> String? {
    let mapping = engine.mapping
    for (index, layer) in mapping.layers.enumerated() {
      let name = "layer \(index) (\(layer.name))"
      if result.overflows[index] != observed.overflows[index] {
        return "\(name) overflows \(result.overflows[index]) times, observed \(observed.overflows[index])"
      }
      if case .lanes = mapping.hardware.array, layer.memory.storedBits != model.storedBits[index] {
        return "\(name) stores \(layer.memory.storedBits) bits, its image \(model.storedBits[index])"
      }
      for input in 0..<batch {
        let cycles = input == 0 ? layer.cycles : layer.laterCycles
        if cycles != observed.layerCycles[input][index] {
          return "\(name), input \(input) takes \(cycles), observed \(observed.layerCycles[input][index])"
        }
        if layer.events != observed.events[input][index] {
          return "\(name), input \(input): \(layer.events), observed \(observed.events[input][index])"
        }
      }
    }
    if case .lanes = mapping.hardware.array, model.weightMemoryBits > mapping.hardware.weightMemoryBits {
      return
        "the weight memory of \(mapping.hardware.weightMemoryBits) bits holds \(model.weightMemoryBits)"
    }
    if mapping.cycles(batch: batch) != observed.cycles {
      return "the batch takes \(mapping.cycles(batch: batch)) cycles, observed \(observed.cycles)"
    }
    if let index = result.outputs.indices.first(where: { result.outputs[$0] != observed.outputs[$0] }) {
      return "output \(index) is \(result.outputs[index]), observed \(observed.outputs[index])"
    }
    return nil
  }

  private mutating func note(_ trait: String, if isThere: Bool = true) {
    if isThere { drawn[trait, default: 0] += 1 }
  }
}

extension ModelAgreement {
  /// Counts what was awkward about a case that ran.
  private mutating func noteTraits(
    of machine: RandomMachine, _ mapping: NetworkMapping, _ observed: RegisterLevelResult
  ) {
    let path = machine.hardware.path
    let overflowed = observed.overflows.contains { $0 > 0 }
    switch path.accumulator.overflow {
    case .wrap: note("wrapped", if: overflowed)
    case .saturate: note("saturated", if: overflowed)
    case .reject: note("reject")
    }
    switch machine.hardware.array {
    case .lanes(let array):
      switch path.datapath {
      case .parallel: note("parallel")
      case .ternary(_, .twoBits): note("ternary, 2 bits")
      case .ternary(_, .fiveInEightBits): note("ternary, 5 in 8 bits")
      case .bitSerial: note("bit-serial")
      case .decomposable: note("decomposable")
      case .codebook: note("decode table")
      }
      note("single lane", if: array.lanes == 1)
      note("no pipeline stages", if: array.pipeline.stages == 0)
      note("several drained a cycle", if: array.outputsDrainedPerCycle > 1)
    case .systolic(let array): note(array.dataflow.rawValue)
    }
    switch path.requantizer {
    case .shift: note("shift")
    case .multiplier: note("multiplier")
    case .doublingHighMultiply: note("doubling high multiply")
    }
    note("batch", if: machine.batch > 1)
    for (node, layer) in zip(machine.network.nodes, mapping.layers) {
      note("streamed", if: !layer.isResident)
      note("banded", if: layer.bands > 1)
      note("weight stall", if: layer.cycles.weightStall > 0)
      note("stall before a later input only", if: layer.cycles != layer.laterCycles)
      note("activation stall", if: layer.cycles.activationStall > 0)
      noteTraits(of: node, in: machine)
    }
  }

  private mutating func noteTraits(of node: IntegerNetwork.Node, in machine: RandomMachine) {
    var stage: IntegerOutputStage?
    switch node.operation {
    case .dense(let dense):
      note("dense")
      stage = dense.outputStage
    case .convolution(let convolution):
      note("convolution")
      stage = convolution.outputStage
      let channels = machine.network.tensor(node.inputs[0])!.channels
      note("depthwise", if: convolution.groups > 1 && convolution.groups == channels)
      note("grouped", if: convolution.groups > 1 && convolution.groups < channels)
      let window = convolution.window
      note("stride", if: window.stride != PlaneExtent(square: 1))
      note("dilation", if: window.dilation != PlaneExtent(square: 1))
      note("padding", if: window.padding != PlanePadding(all: 0))
    case .pooling(let pooling):
      switch pooling.kind {
      case .maximum: note("maximum pooling")
      case .average: note("average pooling")
      }
    case .addition(let addition):
      note("addition")
      note("added to itself", if: node.inputs[0] == node.inputs[1])
      stage = addition.outputStage
    }
    switch stage {
    case .accumulators: note("accumulators")
    case .clamp: note("clamp")
    case .table: note("table")
    case nil: break
    }
    let source = machine.network.tensor(node.inputs[0])!
    guard let weighted = machine.network.weightedLayer(of: node) else { return }
    note("zero point", if: source.zeroPoint != 0)
    note("signed input", if: source.format.isSigned)
    note("1-bit weights", if: weighted.weightWordLength == 1)
    note("codebook", if: weighted.codebook != nil)
    note("codebook without zero", if: weighted.codebook.map { !$0.table.contains(0) } ?? false)
    note("grouped codebook", if: weighted.codebook != nil && weighted.groups > 1)
    note("1-bit input", if: source.format.wordLength == 1)
    guard case .lanes(let array) = machine.hardware.array else { return }
    note("more lanes than outputs", if: array.lanes > weighted.outputs)
    note("ragged taps", if: weighted.inputChannels % array.inputsPerCycle != 0)
    let parts = array.path.datapath.parts(weightBits: weighted.weightWordLength)
    note("several parts", if: parts > 1)
    note("several tiles", if: weighted.outputs > array.lanes * parts)
    note("ragged tile", if: weighted.outputs % (array.lanes * parts) != 0)
  }
}

extension HardwareError.Reason {
  /// The reason without its figures.
  fileprivate var kind: String {
    switch self {
    case .weightsDoNotFit: "weights"
    case .codebookDoesNotFit: "codebook"
    case .activationsDoNotFit: "activations"
    case .biasDoesNotFit: "bias"
    case .accumulatorMayOverflow: "accumulator"
    case .requantizationDoesNotFit: "requantization"
    case .tableDoesNotFit: "table"
    case .vectorUnitMissing: "vector unit"
    case .weightMemoryTooSmall: "weight memory"
    case .activationMemoryTooSmall: "activation memory"
    case .badInput: "input"
    case .weightFaults: "weight faults"
    }
  }
}
