/// A run under way: the memories, the sequencer of layers and bands, and what is observed.
struct RegisterLevelRun {
  private let program: MachineProgram
  private let inputs: Int
  private let trace: (([Int64]) -> Void)?
  var memory: ActivationRegions
  private var weights: WeightMemoryRegisters
  /// `[inputs · layers]`.
  private var layerCycles: [LayerCycles]
  /// `[inputs · layers]`.
  private var events: [LayerEvents]
  private var overflows: [Int]
  private var probe = TraceProbe()

  /// The machine at edge 0.
  init(_ program: MachineProgram, inputs: Int, trace: (([Int64]) -> Void)?) {
    self.program = program
    self.inputs = inputs
    self.trace = trace
    memory = ActivationRegions(program)
    weights = WeightMemoryRegisters(program, inputs: inputs)
    layerCycles = Array(repeating: LayerCycles(), count: inputs * program.units.count)
    events = Array(repeating: LayerEvents(), count: inputs * program.units.count)
    overflows = Array(repeating: 0, count: program.units.count)
  }

  /// What was observed.
  func result(outputs: [Int64], outputCount: Int) -> RegisterLevelResult {
    let layers = program.units.count
    return RegisterLevelResult(
      outputs: outputs, outputCount: outputCount, overflows: overflows,
      layerCycles: (0..<inputs).map { Array(layerCycles[$0 * layers..<($0 + 1) * layers]) },
      events: (0..<inputs).map { Array(events[$0 * layers..<($0 + 1) * layers]) }, cycles: probe.cycle)
  }

  /// Runs one layer for one input, from the edge of the last write before it to its own last write or store.
  /// - Throws: `HardwareError.Reason.accumulatorMayOverflow`.
  mutating func execute(layer: Int, input: Int) throws(HardwareError) {
    probe.layer = layer
    probe.input = input
    let slot = input * program.units.count + layer
    var descriptorCounter = program.hardware.descriptorCycles
    while descriptorCounter > 0 {
      descriptorCounter -= 1
      endCycle(.pipeline, .descriptor, slot)
    }
    let ports = program.ports[layer]
    switch program.units[layer] {
    case .lanes(let lanes):
      var unit = LaneArrayRegisters(lanes, ports: ports, image: program.residentWeights)
      while !unit.isTableLoaded {
        unit.loadTableEntry(&events[slot])
        endCycle(.pipeline, .tableLoad, slot)
      }
      runBands(layer, slot) { run, rows in
        unit.begin(rows: rows)
        while !unit.isDone {
          if run.trace != nil { run.probe.showRegisters(unit) }
          let use = unit.clock(&run.memory, &run.weights, &run.events[slot])
          if run.trace != nil { run.probe.showWires(unit) }
          run.endCycle(use, use.machineState, slot)
        }
      }
      try finish(unit.taps.adder, layer)
    case .systolic(let weighted, let starts):
      guard case .systolic(let array) = program.hardware.array else {
        preconditionFailure("a systolic layer on another array")
      }
      var unit = SystolicRegisters(weighted, starts: starts, ports: ports, on: array)
      runBands(layer, slot) { run, rows in
        unit.begin(rows: rows)
        while !unit.isDone {
          if run.trace != nil { run.probe.showRegisters(unit) }
          let use = unit.clock(&run.memory, &run.events[slot])
          if run.trace != nil { run.probe.showWires(unit) }
          run.endCycle(use, use.machineState, slot)
        }
      }
      try finish(unit.adder, layer)
    case .pooling, .addition:
      guard let vectorUnit = program.hardware.vectorUnit,
        var unit = VectorUnitRegisters(program.units[layer], ports: ports, on: vectorUnit)
      else { preconditionFailure("a vector layer on a machine without a vector unit") }
      runBands(layer, slot) { run, rows in
        unit.begin(rows: rows)
        while !unit.isDone {
          if run.trace != nil { run.probe.showRegisters(unit) }
          let use = unit.clock(&run.memory, &run.events[slot])
          if run.trace != nil { run.probe.showWires(unit) }
          run.endCycle(use, use.machineState, slot)
        }
      }
    }
  }

  /// Runs each band of a layer between its transfers.
  private mutating func runBands(
    _ layer: Int, _ slot: Int, _ compute: (inout RegisterLevelRun, Range<Int>) -> Void
  ) {
    let schedule = program.schedule.layers[layer]
    for (band, rows) in schedule.bands.enumerated() {
      transfer(schedule.loadedBits[band], .load, slot)
      compute(&self, rows)
      transfer(schedule.storedBits[band], .store, slot)
    }
  }

  /// Brings or stores `bits` bits of activations: the latency passes, then the port moves its bits a cycle.
  private mutating func transfer(_ bits: Int, _ state: MachineState, _ slot: Int) {
    guard bits > 0, let port = program.hardware.externalMemory else { return }
    var latency = port.latencyCycles
    var remaining = bits
    while remaining > 0 {
      if latency > 0 {
        latency -= 1
      } else {
        let moving = min(port.activationBitsPerCycle, remaining)
        events[slot].externalBits += moving
        remaining -= moving
      }
      endCycle(.activationStall, state, slot)
    }
  }

  /// The edge that ends a cycle: the fetch engine's counters step, and the cycle is counted and shown.
  private mutating func endCycle(_ use: CycleUse, _ state: MachineState, _ slot: Int) {
    if let trace {
      probe.state = state
      probe.weightStall = use == .weightStall
      probe.activationStall = use == .activationStall
      probe.fetchBusy = weights.isBusy
      if use == .activationStall || state == .descriptor || state == .tableLoad { probe.idle() }
      trace(probe.values)
    }
    let layers = program.units.count
    weights.clock { input, node, bits in events[input * layers + node].externalBits += bits }
    layerCycles[slot].count(use)
    probe.cycle += 1
  }

  private mutating func finish(_ adder: AccumulatorAdder, _ layer: Int) throws(HardwareError) {
    overflows[layer] += adder.overflows
    switch adder.accumulator.overflow {
    case .wrap, .saturate: return
    case .reject:
      guard adder.overflows > 0 else { return }
      throw HardwareError(
        .accumulatorMayOverflow(accumulatorBits: adder.accumulator.bits, neededBits: adder.neededBits),
        at: program.names[layer])
    }
  }
}

extension CycleUse {
  /// What the machine does while a unit of it spends a cycle so.
  fileprivate var machineState: MachineState {
    switch self {
    case .compute: .compute
    case .drain: .drain
    case .weightStall: .weightStall
    case .activationStall: .load
    case .pipeline: .flush
    }
  }
}

extension TraceProbe {
  /// No unit works.
  fileprivate mutating func idle() {
    issueValid = false
    drainValid = false
    outputValid = false
  }
}
