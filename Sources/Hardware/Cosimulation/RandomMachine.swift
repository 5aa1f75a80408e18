import FixedPoint
import Networks
import Quantization
import Reproducibility

/// A machine, a network that it may run and inputs, drawn with the awkward cases on purpose.
///
/// Most draws can run; some are refused (a start value beyond the accumulator, a sum that could leave one that rejects), which is for models to find.
public struct RandomMachine: Sendable {
  /// Which machines and networks are drawn.
  public enum Coverage: Sendable, Hashable {
    /// All datapaths and arrays, graphs, memories too small.
    case everything
    /// What the Verilog twin may cover: lane arrays with parallel or ternary datapaths; chains of fully connected layers and convolutions; all
    /// weights and tensors on the chip.
    case verilogTwin
  }

  /// The machine.
  public let hardware: HardwareDescription
  /// The network.
  public let network: IntegerNetwork
  /// Raw values, `[batch, elements]`.
  public let inputs: [Int32]
  /// Inputs in the batch, 1...3.
  public let batch: Int

  /// A draw. The same `random` gives the same draw.
  public init(_ coverage: Coverage, from random: RandomSource) {
    var attempt = 0
    // A drawn network is not possible where a window meets only padding, or a sum may pass 64 bits: rare, and drawn again.
    while true {
      var source = RandomDraw(random.split("attempt \(attempt)"))
      let roomy = source.machine(coverage)
      if let network = try? source.network(for: roomy, coverage) {
        self.network = network
        hardware = source.withMemories(roomy, for: network, coverage)
        batch = source.integer(in: 1...3)
        inputs = source.inputs(network.input, count: batch)
        return
      }
      attempt += 1
    }
  }
}

/// Draws from a random source.
struct RandomDraw {
  private var source: RandomSource

  init(_ source: RandomSource) { self.source = source }

  /// An integer drawn evenly from `range`.
  mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + source.below(range.upperBound - range.lowerBound + 1)
  }

  /// An element drawn evenly.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[source.below(elements.count)] }

  /// True once in `times`.
  mutating func once(in times: Int) -> Bool { source.below(times) == 0 }

  /// Raw inputs, the ends of the format often among them.
  mutating func inputs(_ tensor: IntegerTensor, count: Int) -> [Int32] {
    let low = Int(tensor.format.minimumRaw)
    let high = Int(tensor.format.maximumRaw)
    return (0..<count * tensor.count).map { _ in
      Int32(once(in: 3) ? pick([low, high]) : integer(in: low...high))
    }
  }

  /// A machine whose memories hold anything.
  mutating func machine(_ coverage: RandomMachine.Coverage) -> HardwareDescription {
    let array: ComputeArray
    switch coverage {
    case .everything where once(in: 3): array = .systolic(systolicArray())
    case .everything, .verilogTwin: array = .lanes(laneArray(coverage))
    }
    var vectorUnit: VectorUnit?
    var external: ExternalMemory?
    switch coverage {
    case .verilogTwin: break
    case .everything:
      vectorUnit = VectorUnit(elementsPerCycle: integer(in: 1...5), pipelineCycles: integer(in: 0...3))
      if !once(in: 3) {
        let widths = [1, 3, 7, 8, 16, 32, 64, 1024]
        external = ExternalMemory(
          weightBitsPerCycle: pick(widths), activationBitsPerCycle: pick(widths),
          latencyCycles: pick([0, 0, 1, 2, 5, 20]))
      }
    }
    return HardwareDescription(
      name: "random", clockMegahertz: 100, array: array, vectorUnit: vectorUnit, weightMemoryBits: 1 << 40,
      activationMemory: ActivationMemory(capacityBits: 1 << 40, whenTooSmall: .reject),
      externalMemory: external)
  }

  private mutating func laneArray(_ coverage: RandomMachine.Coverage) -> LaneArray {
    let activationBits = integer(in: 1...16)
    let packing = pick(TernaryPacking.allCases)
    let datapath: Datapath
    switch coverage {
    case .everything:
      datapath = pick([
        .parallel(weightBits: integer(in: 1...16), activationBits: activationBits),
        .ternary(activationBits: activationBits, packing: packing),
        .bitSerial(weightBits: integer(in: 1...16), activationBits: activationBits),
        .decomposable(weightBits: pick([2, 4, 8, 16]), activationBits: activationBits),
        .codebook(
          indexBits: integer(in: 1...8), weightBits: integer(in: 1...16), activationBits: activationBits),
      ])
    case .verilogTwin:
      datapath = pick([
        .parallel(weightBits: integer(in: 2...16), activationBits: activationBits),
        .parallel(weightBits: 8, activationBits: activationBits),
        .ternary(activationBits: activationBits, packing: packing),
      ])
    }
    let pipeline =
      once(in: 4)
      ? PipelineCycles(descriptor: 0, weightRead: 0, adderTree: 0, requantizer: 0)
      : PipelineCycles(
        descriptor: integer(in: 0...3), weightRead: integer(in: 0...3),
        decode: datapath.indexBits > 0 ? integer(in: 0...3) : 0, adderTree: integer(in: 0...3),
        requantizer: integer(in: 0...4))
    return LaneArray(
      lanes: pick([1, 1, 2, 3, 4, 5, 8, 16]), inputsPerCycle: pick([1, 1, 2, 3, 4, 5, 8]),
      outputsDrainedPerCycle: pick([1, 1, 1, 2, 3, 4, 70]), path: path(datapath), pipeline: pipeline)
  }

  private mutating func systolicArray() -> SystolicArray {
    let activationBits = integer(in: 1...16)
    let datapath: Datapath =
      once(in: 4)
      ? .ternary(activationBits: activationBits, packing: .twoBits)
      : .parallel(weightBits: integer(in: 1...16), activationBits: activationBits)
    return SystolicArray(
      rows: integer(in: 1...5), columns: integer(in: 1...5), dataflow: pick(Dataflow.allCases),
      path: path(datapath), descriptorCycles: integer(in: 0...3), requantizerCycles: integer(in: 0...3))
  }

  private mutating func path(_ datapath: Datapath) -> OutputPath {
    let overflow: AccumulatorOverflow = pick([.wrap, .wrap, .saturate, .saturate, .saturate, .reject])
    // A machine that rejects is wide as a rule: else nothing would run on it.
    let isNarrow = overflow == .reject ? once(in: 8) : once(in: 2)
    let bits = isNarrow ? integer(in: 8...20) : pick([21, 24, 31, 32, 33, 40, 48, 63, 64])
    let rounding = pick(Rounding.allCases)
    let requantizer: RequantizerKind = pick([
      .shift(rounding: rounding), .multiplier(wordLength: integer(in: 2...31), rounding: rounding),
      .doublingHighMultiply,
    ])
    let table =
      once(in: 3)
      ? nil
      : ActivationTableUnit(
        addressBits: integer(in: 4...8), addressFractionBits: 0, outputBits: integer(in: 1...16))
    return OutputPath(
      datapath: datapath, accumulator: Accumulator(bits: bits, overflow: overflow), requantizer: requantizer,
      activationTable: table)
  }

  /// The machine with memories that are sometimes as small as `network` allows.
  mutating func withMemories(
    _ roomy: HardwareDescription, for network: IntegerNetwork, _ coverage: RandomMachine.Coverage
  ) -> HardwareDescription {
    guard coverage == .everything, roomy.externalMemory != nil else { return roomy }
    var hardware = roomy
    if once(in: 2), let most = (try? NetworkMapping(network, on: roomy))?.activationBits {
      // From too small to just enough; too small a memory is brought to the least that one row of the worst layer needs.
      var capacity = most * integer(in: 10...100) / 100
      for _ in 0..<8 {
        let small = roomy.withActivationMemory(
          ActivationMemory(capacityBits: max(capacity, 1), whenTooSmall: .bands))
        do throws(HardwareError) {
          _ = try NetworkMapping(network, on: small)
          hardware = small
          break
        } catch {
          guard case .activationMemoryTooSmall(let needed, _) = error.reason else { break }
          capacity = needed
        }
      }
    }
    if !once(in: 3), let mapping = try? NetworkMapping(network, on: hardware) {
      let tiny = hardware.withWeightMemory(bits: 1)
      var least = mapping.storedBits
      do throws(HardwareError) {
        try NetworkMapping(network, on: tiny).checkCapacity()
      } catch {
        if case .weightMemoryTooSmall(let needed, _) = error.reason { least = needed }
      }
      let most = max(mapping.storedBits, least)
      hardware = hardware.withWeightMemory(
        bits: once(in: 2) ? least : least + (most - least) * integer(in: 0...100) / 100)
    }
    return hardware
  }
}
