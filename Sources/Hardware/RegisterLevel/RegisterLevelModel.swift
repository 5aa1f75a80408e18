import Networks

/// The reference model of a machine: every register, one clock at a time, written from the contract alone.
///
/// Slow and plain. It shares with the fast engine only decisions of policy: which layers' weights stay in the weight memory, and where tensors live
/// (`NetworkMapping.schedule`). Tiles, taps, sums, requantization, cycles and events are its own, counted as they occur; the weights that it
/// multiplies are decoded from an image of the banks.
public struct RegisterLevelModel: Sendable {
  /// The network.
  public let network: IntegerNetwork
  /// The machine.
  public let hardware: HardwareDescription
  /// What a trace shows: the values that a run gives once a cycle, in this order.
  public let traceSignals: [TraceSignal]
  let program: MachineProgram

  /// Lays `network` into the memories of `hardware`.
  /// - Parameter faults: wrong bits in the banks of its weight memory.
  /// - Throws: `HardwareError` where the machine cannot run the network.
  public init(
    _ network: IntegerNetwork, on hardware: HardwareDescription,
    weightFaults faults: WeightMemoryFaults? = nil
  ) throws(HardwareError) {
    let mapping = try NetworkMapping(network, on: hardware)
    try mapping.checkCapacity()
    self.network = network
    self.hardware = hardware
    traceSignals = TraceProbe.signals(accumulatorBits: hardware.path.accumulator.bits)
    program = try MachineProgram(network, mapping: mapping, faults: faults)
  }

  /// The weight memory's resident region, bit for bit; nil on a systolic array.
  public var residentWeights: WeightBankImage? {
    switch hardware.array {
    case .lanes: program.residentWeights
    case .systolic: nil
    }
  }

  /// Bits of the lane array's weight memory in use: the codebooks, the resident region and two slots of the largest streamed tile. See the contract, (5).
  public var weightMemoryBits: Int {
    let largest = program.streamedTiles.joined().map(\.storedBits).max() ?? 0
    let codebooks = program.units.reduce(0) { $0 + $1.codebookBits }
    return codebooks + program.residentWeights.storedBits + 2 * largest
  }

  /// Stored bits by layer, counted on the lane array's images; 0 for layers without weights and on systolic arrays.
  public var storedBits: [Int] {
    program.units.map { unit in
      guard case .lanes(let layer) = unit else { return 0 }
      var image = WeightBankImage(layer.array)
      for tile in layer.tiles.indices { image.append(tile: tile, of: layer) }
      return image.storedBits + unit.codebookBits
    }
  }

  /// Runs a batch, one input after another.
  ///
  /// - Parameters:
  ///   - inputs: raw values, `[inputs, elements]`.
  ///   - trace: is called at the end of every cycle with the values of `traceSignals` in that cycle; costs nothing where it is nil.
  /// - Throws: `HardwareError.Reason.badInput`; `accumulatorMayOverflow` where a sum leaves an accumulator whose overflow is "reject".
  public func run(
    _ inputs: [Int32], tracing trace: ((_ values: [Int64]) -> Void)? = nil
  ) throws(HardwareError) -> RegisterLevelResult {
    let size = network.input.count
    guard !inputs.isEmpty, inputs.count % size == 0 else {
      throw HardwareError(
        .badInput("\(inputs.count) values are not inputs of \(size); give whole inputs, at least one"),
        at: network.name)
    }
    if let bad = inputs.first(where: { !network.input.format.contains(raw: Int128($0)) }) {
      throw HardwareError(
        .badInput("input value \(bad) does not fit \(network.input.format)"), at: network.name)
    }
    var run = RegisterLevelRun(program, inputs: inputs.count / size, trace: trace)
    var outputs: [Int64] = []
    for input in 0..<inputs.count / size {
      run.memory.load(inputs[input * size..<(input + 1) * size])
      for layer in program.units.indices { try run.execute(layer: layer, input: input) }
      outputs += run.memory.elements[program.units.count]
    }
    return run.result(outputs: outputs, outputCount: network.output.output.count)
  }
}

extension LayerUnit {
  /// Bits of the layer's codebook in the weight memory.
  fileprivate var codebookBits: Int {
    switch self {
    case .lanes(let program): program.codebook.count * program.array.path.datapath.weightBits
    case .systolic, .pooling, .addition: 0
    }
  }
}
