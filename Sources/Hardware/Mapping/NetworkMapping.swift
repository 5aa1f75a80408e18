import FixedPoint
import Networks
import Quantization

/// A network on a machine: every layer's tiles, cycles and memory. Building it checks that the machine can run
/// the network at all; it says nothing of what the weight memory's capacity admits, which `checkCapacity` does.
public struct NetworkMapping: Sendable, Hashable {
  /// The machine.
  public let hardware: HardwareDescription
  /// The layers in execution order.
  public let layers: [LayerMapping]
  /// Most bits of activation memory in use at once: each layer's input and output together.
  public let activationBits: Int
  private let name: String

  /// Maps `network` onto `hardware`.
  /// - Throws: `HardwareError` naming the layer, what does not fit and what would.
  public init(_ network: IntegerNetwork, on hardware: HardwareDescription) throws(HardwareError) {
    let array = hardware.laneArray
    var layers: [LayerMapping] = []
    var most = (bits: 0, layer: "")
    for node in network.nodes {
      let location = "\(network.name), layer \(node.name)"
      let source = network.tensor(node.inputs[0])!
      let isOutput = node.name == network.output.name
      switch node.operation {
      case .dense(let dense):
        try Self.check(dense, reading: source, making: node.output, on: array, at: location)
        if !isOutput, case .accumulators = dense.outputStage {
          throw HardwareError(
            .requantizationDoesNotFit(
              "its accumulators are read by another layer, and only the network's output may leave"
                + " unrequantized. Give it a clamp or a table"), at: location)
        }
        layers.append(LayerMapping(node.name, dense, on: array))
      }
      // The network's output leaves by its comparator and is not written back.
      let bits =
        source.count * source.format.wordLength
        + (isOutput ? 0 : node.output.count * node.output.format.wordLength)
      if bits > most.bits { most = (bits, location) }
    }
    guard most.bits <= hardware.activationMemoryBits else {
      throw HardwareError(
        .activationMemoryTooSmall(neededBits: most.bits, capacityBits: hardware.activationMemoryBits),
        at: most.layer)
    }
    self.hardware = hardware
    self.layers = layers
    activationBits = most.bits
    name = network.name
  }

  /// Cycles for one input, all layers: a layer starts after the last write of the one before.
  public var cycles: Int { layers.reduce(0) { $0 + $1.cycles.total } }
  /// Inputs a second at the machine's clock.
  public var inferencesPerSecond: Double { hardware.clockMegahertz * 1e6 / Double(cycles) }
  /// Bits of weight memory in use, padding included.
  public var storedBits: Int { layers.reduce(0) { $0 + $1.memory.storedBits } }
  /// Bits of weights and biases without padding.
  public var usefulBits: Int { layers.reduce(0) { $0 + $1.memory.usefulBits } }

  /// Checks that all layers fit the weight memory.
  /// - Throws: `HardwareError.Reason.weightMemoryTooSmall`.
  public func checkCapacity() throws(HardwareError) {
    guard storedBits <= hardware.weightMemoryBits else {
      throw HardwareError(
        .weightMemoryTooSmall(neededBits: storedBits, capacityBits: hardware.weightMemoryBits), at: name)
    }
  }

  private static func check(
    _ dense: IntegerDense, reading source: IntegerTensor, making output: IntegerTensor,
    on array: LaneArray, at location: String
  ) throws(HardwareError) {
    switch array.datapath {
    case .parallel(let bits, _):
      guard dense.weightWordLength <= bits else {
        throw HardwareError(
          .weightsDoNotFit(
            weightBits: dense.weightWordLength, datapath: "\(bits)-bit parallel",
            fitting: "use weights of at most \(bits) bits or a datapath of \(dense.weightWordLength)"),
          at: location)
      }
    case .ternary:
      guard dense.weightWordLength == 2, dense.isTernary else {
        throw HardwareError(
          .weightsDoNotFit(
            weightBits: dense.weightWordLength, datapath: "ternary",
            fitting: "use 2-bit weights of -1, 0 and +1, or a parallel datapath"), at: location)
      }
    }
    guard source.format.wordLength <= array.datapath.activationBits else {
      throw HardwareError(
        .activationsDoNotFit(
          activationBits: source.format.wordLength, datapathBits: array.datapath.activationBits),
        at: location)
    }
    switch dense.outputStage {
    case .accumulators: break
    case .clamp(let requantization, _, _):
      try check(requantization, on: array.requantizer, at: location)
    case .table(let requantization, let table):
      try check(requantization, on: array.requantizer, at: location)
      guard let unit = array.activationTable else {
        throw HardwareError(
          .tableDoesNotFit("it needs an activation table, and the machine has none; add activationTable"),
          at: location)
      }
      let widest = table.entries.map { Self.bits(of: $0, isSigned: output.format.isSigned) }.max() ?? 0
      guard table.addressFormat.wordLength == unit.addressBits, widest <= unit.outputBits else {
        throw HardwareError(
          .tableDoesNotFit(
            "its table has \(table.addressFormat.wordLength) address bits and entries of \(widest) bits,"
              + " the machine's has \(unit.addressBits) and \(unit.outputBits)"), at: location)
      }
    }
  }

  /// Bits of a word that holds `entry`.
  private static func bits(of entry: Int32, isSigned: Bool) -> Int {
    Int32.bitWidth - (entry < 0 ? ~entry : entry).leadingZeroBitCount + (isSigned ? 1 : 0)
  }

  private static func check(
    _ requantization: Requantization, on kind: RequantizerKind, at location: String
  ) throws(HardwareError) {
    func misfit(_ what: String) -> HardwareError {
      HardwareError(.requantizationDoesNotFit(what), at: location)
    }
    switch (requantization, kind) {
    case (.shift(_, let needed), .shift(let rounding)):
      if needed != rounding {
        throw misfit("it shifts with rounding \(needed), the machine with \(rounding)")
      }
    case (.multiplier(let multipliers, _, let needed), .multiplier(let bits, let rounding)):
      if needed != rounding {
        throw misfit("it requantizes with rounding \(needed), the machine with \(rounding)")
      }
      if let wide = multipliers.first(where: { $0 >= 1 << bits }) {
        throw misfit("its multiplier \(wide) does not fit the machine's \(bits) bits")
      }
    case (.doublingHighMultiply, .doublingHighMultiply): break
    case (.shift, _), (.multiplier, _), (.doublingHighMultiply, _):
      throw misfit(
        "its requantization is of another kind than the machine's unit; quantize it for this machine")
    }
  }
}
