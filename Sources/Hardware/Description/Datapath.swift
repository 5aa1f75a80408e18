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
  /// One bit of each weight a cycle, for weights of up to `weightBits` bits.
  case bitSerial(weightBits: Int, activationBits: Int)
  /// A multiplier for weights of `weightBits` bits (2, 4, 8 or 16) that splits into k of `weightBits / k` bits, down to 2.
  case decomposable(weightBits: Int, activationBits: Int)
  /// A parallel multiplier of `weightBits` bits behind a decode table of 2^`indexBits` such words in each lane: weights of layers with a codebook stand in the
  /// weight memory as indices of up to `indexBits` bits; those of other layers pass the table by.
  case codebook(indexBits: Int, weightBits: Int, activationBits: Int)

  /// Widest activation, signed or unsigned.
  public var activationBits: Int {
    switch self {
    case .parallel(_, let bits), .ternary(let bits, _), .bitSerial(_, let bits), .decomposable(_, let bits),
      .codebook(_, _, let bits):
      bits
    }
  }

  /// Widest weight.
  public var weightBits: Int {
    switch self {
    case .parallel(let bits, _), .bitSerial(let bits, _), .decomposable(let bits, _),
      .codebook(_, let bits, _):
      bits
    case .ternary: 2
    }
  }

  /// Widest index of a decode table; 0 where there is none.
  public var indexBits: Int {
    switch self {
    case .parallel, .ternary, .bitSerial, .decomposable: 0
    case .codebook(let bits, _, _): bits
    }
  }

  /// k: outputs that a lane computes at once with weights of `bits` bits.
  /// - Precondition: `bits` is in `1...weightBits`.
  public func parts(weightBits bits: Int) -> Int {
    switch self {
    case .parallel, .ternary, .bitSerial, .codebook: return 1
    case .decomposable(let widest, _):
      precondition(1...widest ~= bits, "\(bits)-bit weights on a datapath of \(widest)")
      var mode = widest
      while mode / 2 >= max(bits, 2) { mode /= 2 }
      return widest / mode
    }
  }

  /// Cycles of a tap with weights of `bits` bits.
  public func cyclesPerTap(weightBits bits: Int) -> Int {
    switch self {
    case .parallel, .ternary, .decomposable, .codebook: 1
    case .bitSerial: bits
    }
  }

  /// The same kind for weights of at most `bits` bits: ternary for 2 where the multiplier is parallel.
  func withWeights(bits: Int, packing: TernaryPacking) -> Datapath {
    switch self {
    case .parallel, .ternary:
      bits == 2
        ? .ternary(activationBits: activationBits, packing: packing)
        : .parallel(weightBits: bits, activationBits: activationBits)
    case .bitSerial, .decomposable, .codebook: self
    }
  }
}
