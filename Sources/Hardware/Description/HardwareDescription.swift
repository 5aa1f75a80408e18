/// The compute part of a machine.
public enum ComputeArray: Sendable, Hashable {
  /// Lanes with their own weight banks.
  case lanes(LaneArray)
  /// A grid of processing elements.
  case systolic(SystolicArray)
}

/// An accelerator: what a description file says.
public struct HardwareDescription: Sendable, Hashable {
  /// Its name.
  public let name: String
  /// Clock frequency in MHz.
  public private(set) var clockMegahertz: Double
  /// The compute part.
  public private(set) var array: ComputeArray
  /// The unit for pooling and addition, or nil where there is none.
  public let vectorUnit: VectorUnit?
  /// Capacity of the weight memory in bits.
  public private(set) var weightMemoryBits: Int
  /// The activation memory.
  public private(set) var activationMemory: ActivationMemory
  /// The memory off the chip, or nil where there is none.
  public let externalMemory: ExternalMemory?

  init(
    name: String, clockMegahertz: Double, array: ComputeArray, vectorUnit: VectorUnit?, weightMemoryBits: Int,
    activationMemory: ActivationMemory, externalMemory: ExternalMemory?
  ) {
    self.name = name
    self.clockMegahertz = clockMegahertz
    self.array = array
    self.vectorUnit = vectorUnit
    self.weightMemoryBits = weightMemoryBits
    self.activationMemory = activationMemory
    self.externalMemory = externalMemory
  }

  /// Multipliers, accumulators, requantisers and tables.
  public private(set) var path: OutputPath {
    get {
      switch array {
      case .lanes(let lanes): lanes.path
      case .systolic(let systolic): systolic.path
      }
    }
    set {
      switch array {
      case .lanes(var lanes):
        lanes.path = newValue
        array = .lanes(lanes)
      case .systolic(var systolic):
        systolic.path = newValue
        array = .systolic(systolic)
      }
    }
  }

  /// Cycles to read a layer's descriptor.
  public var descriptorCycles: Int {
    switch array {
    case .lanes(let lanes): lanes.pipeline.descriptor
    case .systolic(let systolic): systolic.descriptorCycles
    }
  }

  /// Multipliers of the whole array, for weights of `bits` bits.
  public func multipliers(weightBits bits: Int) -> Int {
    switch array {
    case .lanes(let lanes):
      lanes.lanes * lanes.inputsPerCycle * lanes.path.datapath.parts(weightBits: bits)
    case .systolic(let systolic): systolic.rows * systolic.columns
    }
  }

  /// The same machine with a datapath made for weights of `bits` bits: ternary for 2, a parallel multiplier of
  /// that width otherwise. Activation width stays; `packing` is that of a ternary datapath. Bit-serial and decomposable datapaths
  /// stay as they are.
  public func withWeights(bits: Int, packing: TernaryPacking = .twoBits) -> HardwareDescription {
    var machine = self
    machine.path.datapath = path.datapath.withWeights(bits: bits, packing: packing)
    return machine
  }

  /// The same machine with a parallel multiplier for weights of `weightBits` bits behind a decode table for indices of `indexBits` bits; activation width and pipeline stay.
  /// A systolic array has no such datapath and stays as it is.
  public func withCodebook(indexBits: Int, weightBits: Int) -> HardwareDescription {
    var machine = self
    switch array {
    case .systolic: break
    case .lanes:
      machine.path.datapath = .codebook(
        indexBits: indexBits, weightBits: weightBits, activationBits: path.datapath.activationBits)
    }
    return machine
  }

  /// The same machine with a weight memory of `bits` bits.
  public func withWeightMemory(bits: Int) -> HardwareDescription {
    var machine = self
    machine.weightMemoryBits = bits
    return machine
  }

  /// The same machine with an activation memory of `bits` bits.
  public func withActivationMemory(bits: Int) -> HardwareDescription {
    var machine = self
    machine.activationMemory = ActivationMemory(
      capacityBits: bits, whenTooSmall: activationMemory.whenTooSmall)
    return machine
  }

  /// The same machine with another activation memory.
  public func withActivationMemory(_ memory: ActivationMemory) -> HardwareDescription {
    var machine = self
    machine.activationMemory = memory
    return machine
  }

  /// The same machine with other accumulators.
  public func withAccumulator(_ accumulator: Accumulator) -> HardwareDescription {
    var machine = self
    machine.path.accumulator = accumulator
    return machine
  }

  /// The same machine at another clock.
  public func withClock(megahertz: Double) -> HardwareDescription {
    var machine = self
    machine.clockMegahertz = megahertz
    return machine
  }
}
