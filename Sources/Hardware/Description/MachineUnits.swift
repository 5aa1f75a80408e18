import FixedPoint
import Quantization

/// What an accumulator does with a sum that it cannot hold.
public enum AccumulatorOverflow: String, Sendable, Hashable, CaseIterable {
  /// Keeps the low bits.
  case wrap
  /// Goes to the nearest end of its range.
  case saturate
  /// Never happens: a network whose sums could leave the accumulator is refused before it runs.
  case reject
}

/// The accumulator of each lane, processing element or column.
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

/// What follows and feeds the multipliers, in both families of arrays.
public struct OutputPath: Sendable, Hashable {
  /// The multipliers.
  public package(set) var datapath: Datapath
  /// The accumulators.
  public package(set) var accumulator: Accumulator
  /// The requantiser.
  public let requantizer: RequantizerKind
  /// The activation table, or nil where there is none and activations are clamps.
  public let activationTable: ActivationTableUnit?
}

/// Pooling and element-wise addition.
public struct VectorUnit: Sendable, Hashable {
  /// U: elements read in a cycle, and results written.
  public let elementsPerCycle: Int
  /// Cycles from the edge that ends a group's last tap to the one that writes its results.
  public let pipelineCycles: Int
}

/// What becomes of a network whose tensors do not fit the activation memory.
public enum ActivationOverflow: String, Sendable, Hashable, CaseIterable {
  /// It is refused.
  case reject
  /// Layers run in bands of output rows, and tensors live in external memory, where they must.
  case bands
}

/// The memory that holds tensors.
public struct ActivationMemory: Sendable, Hashable {
  /// Capacity in bits.
  public let capacityBits: Int
  /// What becomes of networks that need more.
  public let whenTooSmall: ActivationOverflow
}

/// The memory off the chip: one port for weights, one for activations.
public struct ExternalMemory: Sendable, Hashable {
  /// Weight bits that arrive in a cycle.
  public let weightBitsPerCycle: Int
  /// Activation bits that come or go in a cycle.
  public let activationBitsPerCycle: Int
  /// Cycles from a request to its first bits.
  public let latencyCycles: Int

  /// Cycles to bring `bits` bits of weights.
  public func weightCycles(bits: Int) -> Int {
    latencyCycles + (bits + weightBitsPerCycle - 1) / weightBitsPerCycle
  }

  /// Cycles to bring or store `bits` bits of activations.
  public func activationCycles(bits: Int) -> Int {
    latencyCycles + (bits + activationBitsPerCycle - 1) / activationBitsPerCycle
  }
}
