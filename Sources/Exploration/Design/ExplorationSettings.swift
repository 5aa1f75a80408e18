import Costs
import FixedPoint
import Hardware
import Networks
import Quantization
import Reproducibility
import Training

/// What is explored: a family of networks, word lengths and methods, over seeds, on one kind of machine.
public struct ExplorationSettings: Sendable, Hashable {
  /// Names of the networks, from small to large.
  public var networks: [String]
  /// Bits of a weight.
  public var weightWordLengths: [Int]
  /// Direct, retrained or both.
  public var methods: [QuantizationMethod]
  /// Bits of a hidden signal.
  public var signalBits: Int
  /// Bits of an input value.
  public var inputBits: Int
  /// The seeds; every design is trained once for each.
  public var seeds: [UInt64]
  /// How networks are trained.
  public var training: TrainingSettings
  /// The pixel that networks read as 0.
  public var zeroPixel: Int
  /// The machine. Its datapath takes each design's weight word length, and its weight memory just holds the design:
  /// the capacity is the question, not a given.
  public var hardware: HardwareDescription
  /// How ternary weights are packed.
  public var ternaryPacking: TernaryPacking
  /// The process that prices machines.
  public var technology: Technology
  /// What a design may take.
  public var budget: DesignBudget

  /// Settings.
  public init(
    networks: [String], weightWordLengths: [Int], methods: [QuantizationMethod],
    signalBits: Int, inputBits: Int, seeds: [UInt64], training: TrainingSettings, zeroPixel: Int = 0,
    hardware: HardwareDescription, ternaryPacking: TernaryPacking, technology: Technology,
    budget: DesignBudget
  ) {
    self.networks = networks
    self.weightWordLengths = weightWordLengths
    self.methods = methods
    self.signalBits = signalBits
    self.inputBits = inputBits
    self.seeds = seeds
    self.training = training
    self.zeroPixel = zeroPixel
    self.hardware = hardware
    self.ternaryPacking = ternaryPacking
    self.technology = technology
    self.budget = budget
  }

  /// Every design, networks from small to large, then word lengths as listed, then methods.
  public var designs: [DesignPoint] {
    networks.flatMap { network in
      weightWordLengths.flatMap { bits in
        methods.map { DesignPoint(network: network, weightBits: bits, method: $0) }
      }
    }
  }

  /// The machine for weights of `bits` bits.
  public func machine(weightBits bits: Int) -> HardwareDescription {
    hardware.withWeights(bits: bits, packing: ternaryPacking)
  }

  /// The word lengths and units of the machine that a network with weights of `bits` bits is quantised for.
  public func recipe(weightBits bits: Int) -> QuantizationRecipe {
    let path = hardware.path
    return QuantizationRecipe(
      weightWordLength: bits, signalWordLength: signalBits, inputWordLength: inputBits,
      accumulatorWordLength: path.accumulator.bits,
      tableAddress: path.activationTable.flatMap {
        try? FixedPointFormat(
          .signed, wordLength: $0.addressBits, fractionLength: $0.addressFractionBits)
      },
      requantizer: path.requantizer)
  }
}
