/// A network that a machine cannot run, or inputs that a network cannot read: what, where, and what would help.
public struct HardwareError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// Weights wider than the datapath's, or not ternary on a ternary one.
    case weightsDoNotFit(weightBits: Int, datapath: String, fitting: String)
    /// A codebook on a datapath without a decode table, or with too small a one.
    case codebookDoesNotFit(indexBits: Int, datapath: String, fitting: String)
    /// Activations wider than the datapath's.
    case activationsDoNotFit(activationBits: Int, datapathBits: Int)
    /// A bias, with the input's zero point folded in, beyond the accumulator's range.
    case biasDoesNotFit(bias: Int128, accumulatorBits: Int)
    /// A sum could leave an accumulator whose overflow is "reject".
    case accumulatorMayOverflow(accumulatorBits: Int, neededBits: Int)
    /// The layer's requantisation is not one the unit can do.
    case requantizationDoesNotFit(String)
    /// The layer's table does not fit the unit.
    case tableDoesNotFit(String)
    /// A pooling or an addition, and no unit for it.
    case vectorUnitMissing
    /// The weights and biases of all layers need more bits than the memory has.
    case weightMemoryTooSmall(neededBits: Int, capacityBits: Int)
    /// The tensors alive while a layer runs need more bits than the memory has.
    case activationMemoryTooSmall(neededBits: Int, capacityBits: Int)
    /// An input value outside its format, or the wrong number of values.
    case badInput(String)
    /// Faults of the weight memory that are not possible, or of a machine without banks.
    case weightFaults(String)
  }

  /// What is wrong.
  public let reason: Reason
  /// The network and layer.
  public let location: String

  init(_ reason: Reason, at location: String) {
    self.reason = reason
    self.location = location
  }

  /// The whole message.
  public var description: String {
    let message =
      switch reason {
      case .weightsDoNotFit(let bits, let datapath, let fitting):
        "its weights have \(bits) bits, which the \(datapath) datapath cannot multiply; \(fitting)"
      case .codebookDoesNotFit(let bits, let datapath, let fitting):
        "its weights are indices of \(bits) bits into a codebook, which the \(datapath) cannot decode; \(fitting)"
      case .activationsDoNotFit(let bits, let datapathBits):
        "it reads activations of \(bits) bits, but the datapath takes \(datapathBits)."
          + " Use signals of at most \(datapathBits) bits or a datapath of \(bits)"
      case .biasDoesNotFit(let bias, let bits):
        "bias \(bias) does not fit the accumulator of \(bits) bits. Use a wider accumulator"
      case .accumulatorMayOverflow(let bits, let needed):
        "a sum could leave the accumulator of \(bits) bits, and overflow is \"reject\"."
          + " Use at least \(needed) bits, or choose \"saturate\" or \"wrap\""
      case .requantizationDoesNotFit(let what): what
      case .tableDoesNotFit(let what): what
      case .vectorUnitMissing:
        "it needs a vector unit for pooling or addition, and the machine has none; add vectorUnit"
      case .weightMemoryTooSmall(let needed, let capacity):
        "its weights and biases take \(needed) bits (\((needed + 8191) / 8192) KiB), the weight memory holds"
          + " \(capacity). Use a larger memory, a smaller network or fewer bits a weight"
      case .activationMemoryTooSmall(let needed, let capacity):
        "its tensors take \(needed) bits while it runs, the activation memory holds \(capacity)."
          + " Use a memory of at least \(needed) bits"
      case .badInput(let what), .weightFaults(let what): what
      }
    return "\(location): \(message)."
  }
}
