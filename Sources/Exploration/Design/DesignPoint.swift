import Networks

/// How a float network becomes a quantised one.
public enum QuantizationMethod: String, Sendable, Hashable, CaseIterable {
  /// Least-squares steps on the trained float network.
  case direct
  /// The last epochs of training run with quantised weights and signals.
  case retrained
}

/// A design: which network, how many bits a weight, quantised how.
public struct DesignPoint: Sendable, Hashable, CustomStringConvertible {
  /// The network's topology, by name.
  public let network: String
  /// Bits of a weight; 2 is ternary.
  public let weightBits: Int
  /// How it is quantised.
  public let method: QuantizationMethod

  /// A design.
  public init(network: String, weightBits: Int, method: QuantizationMethod) {
    self.network = network
    self.weightBits = weightBits
    self.method = method
  }

  /// `ffdnn-2x64, 3 bits, retrained`.
  public var description: String {
    "\(network), \(weightBits == 2 ? "ternary" : "\(weightBits) bits"), \(method.rawValue)"
  }
}
