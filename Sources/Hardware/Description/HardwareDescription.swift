import FixedPoint
import Quantization

/// How five ternary weights, or each alone, stand in the weight memory.
public enum TernaryPacking: String, Sendable, Hashable, CaseIterable {
  /// Each weight in 2 bits.
  case twoBits = "2_bits"
  /// Five weights in 8 bits (3^5 = 243 ≤ 256).
  case fiveInEightBits = "5_in_8_bits"
}

/// What multiplies a weight with an activation.
public enum Datapath: Sendable, Hashable {
  /// A multiplier for weights of up to `weightBits` bits and activations of up to `activationBits` bits.
  case parallel(weightBits: Int, activationBits: Int)
  /// Selects +x, −x or 0; no multiplier.
  case ternary(activationBits: Int, packing: TernaryPacking)

  /// Widest activation, signed or unsigned.
  public var activationBits: Int {
    switch self {
    case .parallel(_, let bits), .ternary(let bits, _): bits
    }
  }
}

/// What an accumulator does with a sum that it cannot hold.
public enum AccumulatorOverflow: String, Sendable, Hashable, CaseIterable {
  /// Keeps the low bits.
  case wrap
  /// Goes to the nearest end of its range.
  case saturate
  /// Never happens: a network whose sums could leave the accumulator is refused before it runs.
  case reject
}

/// The accumulator of each lane.
public struct Accumulator: Sendable, Hashable {
  /// Word length, 8...64, signed.
  public let bits: Int
  /// What a sum beyond the word does.
  public let overflow: AccumulatorOverflow

  /// An accumulator.
  /// - Precondition: `bits` is in 8...64.
  public init(bits: Int, overflow: AccumulatorOverflow) {
    precondition(8...64 ~= bits, "an accumulator of \(bits) bits")
    self.bits = bits
    self.overflow = overflow
  }

  /// The highest value.
  public var maximum: Int64 { Int64.max >> (64 - bits) }
  /// The lowest value.
  public var minimum: Int64 { -maximum - 1 }
}

/// The table that computes sigmoid and other activations from a requantised accumulator.
public struct ActivationTableUnit: Sendable, Hashable {
  /// Bits of the address, signed.
  public let addressBits: Int
  /// Bits of the address right of the binary point; fixes the range of the argument.
  public let addressFractionBits: Int
  /// Bits of an entry.
  public let outputBits: Int
}

/// Cycles that a layer pays once, beside those of its tiles: the fill of the pipeline.
public struct PipelineCycles: Sendable, Hashable {
  /// Reading the layer's descriptor.
  public let descriptor: Int
  /// From a weight address to its word.
  public let weightRead: Int
  /// Register stages of multipliers and adder tree.
  public let adderTree: Int
  /// Register stages of requantiser and activation.
  public let requantizer: Int

  /// Their sum, added to every layer.
  public var total: Int { descriptor + weightRead + adderTree + requantizer }
}

/// The lane array: P lanes, each with a bank of the weight memory and V multipliers that feed an adder tree
/// and an accumulator.
public struct LaneArray: Sendable, Hashable {
  /// P: output channels computed at once.
  public let lanes: Int
  /// V: activations broadcast to all lanes in a cycle, and multipliers in a lane.
  public let inputsPerCycle: Int
  /// D: outputs that leave through the requantiser in a cycle.
  public let outputsDrainedPerCycle: Int
  /// The multipliers.
  public fileprivate(set) var datapath: Datapath
  /// The accumulators.
  public fileprivate(set) var accumulator: Accumulator
  /// The requantiser.
  public let requantizer: RequantizerKind
  /// The activation table, or nil where there is none and activations are clamps.
  public let activationTable: ActivationTableUnit?
  /// The pipeline's stages.
  public let pipeline: PipelineCycles
}

/// An accelerator: what a description file says.
public struct HardwareDescription: Sendable, Hashable {
  /// Its name.
  public let name: String
  /// Clock frequency in MHz.
  public fileprivate(set) var clockMegahertz: Double
  /// The compute part.
  public fileprivate(set) var laneArray: LaneArray
  /// Capacity of the weight memory in bits.
  public fileprivate(set) var weightMemoryBits: Int
  /// Capacity of the activation memory in bits.
  public let activationMemoryBits: Int

  /// The same machine with a datapath made for weights of `bits` bits: ternary for 2, a parallel multiplier of
  /// that width otherwise. Activation width stays; `packing` is that of a ternary datapath.
  public func withWeights(bits: Int, packing: TernaryPacking = .twoBits) -> HardwareDescription {
    var machine = self
    let activationBits = laneArray.datapath.activationBits
    machine.laneArray.datapath =
      bits == 2
      ? .ternary(activationBits: activationBits, packing: packing)
      : .parallel(weightBits: bits, activationBits: activationBits)
    return machine
  }

  /// The same machine with a weight memory of `bits` bits.
  public func withWeightMemory(bits: Int) -> HardwareDescription {
    var machine = self
    machine.weightMemoryBits = bits
    return machine
  }

  /// The same machine with other accumulators.
  public func withAccumulator(_ accumulator: Accumulator) -> HardwareDescription {
    var machine = self
    machine.laneArray.accumulator = accumulator
    return machine
  }

  /// The same machine at another clock.
  public func withClock(megahertz: Double) -> HardwareDescription {
    var machine = self
    machine.clockMegahertz = megahertz
    return machine
  }
}
