import FixedPoint
import Networks
import Quantization
import Reproducibility
import Tensors

/// Draws machines that the Verilog twin covers and networks that they can run, the awkward ones on purpose: narrow
/// accumulators, ragged tiles, weights narrower than the datapath, every rounding rule.
package struct RandomMachine: Sendable {
  private var source: RandomSource

  /// The draws of `seed`.
  package init(seed: UInt64) { source = RandomSource(seed: seed).split("random-machine") }

  /// A machine with wide memories.
  package mutating func machine(name: String) -> HardwareDescription {
    let drained = integer(1...5)
    let array = LaneArray(
      lanes: pick([1, 2, 3, 4, 5, 8, 11]), inputsPerCycle: pick([1, 2, 3, 4, 5, 7, 8]),
      outputsDrainedPerCycle: drained, path: path(),
      pipeline: PipelineCycles(
        descriptor: integer(0...3), weightRead: integer(0...2), adderTree: integer(0...3),
        requantizer: integer(0...4)))
    return HardwareDescription(
      name: name, clockMegahertz: 100, array: .lanes(array), vectorUnit: nil, weightMemoryBits: 1 << 40,
      activationMemory: ActivationMemory(capacityBits: 1 << 40, whenTooSmall: .reject), externalMemory: nil)
  }

  private mutating func path() -> OutputPath {
    let activationBits = pick([1, 4, 8, 8, 12, 16])
    let datapath: Datapath =
      switch integer(0...3) {
      case 0: .ternary(activationBits: activationBits, packing: .twoBits)
      case 1: .ternary(activationBits: activationBits, packing: .fiveInEightBits)
      default: .parallel(weightBits: pick([1, 2, 3, 4, 8, 8, 13, 16]), activationBits: activationBits)
      }
    let accumulator = Accumulator(
      bits: pick([integer(8...12), integer(10...16), integer(16...24), 32, 48, 64]),
      overflow: pick([.wrap, .wrap, .saturate, .saturate, .reject]))
    let rounding = pick(Rounding.allCases)
    let requantizer: RequantizerKind = pick([
      .shift(rounding: rounding), .multiplier(wordLength: integer(2...31), rounding: rounding),
      .doublingHighMultiply,
    ])
    let table =
      integer(0...1) == 0
      ? nil
      : ActivationTableUnit(addressBits: integer(4...8), addressFractionBits: 0, outputBits: activationBits)
    return OutputPath(
      datapath: datapath, accumulator: accumulator, requantizer: requantizer, activationTable: table)
  }

  /// A chain of one to three layers for `hardware`. May need accumulators that the machine rejects; then draw again.
  package mutating func network(name: String, for hardware: HardwareDescription) throws -> IntegerNetwork {
    let path = hardware.path
    let layers = integer(1...3)
    let shape =
      integer(0...2) == 0
      ? [integer(1...40)] : [integer(1...5), integer(1...5), integer(1...6)]
    let input = tensor(shape, path)
    var source = input
    var nodes: [IntegerNetwork.Node] = []
    for layer in 1...layers {
      let isLast = layer == layers
      let readsPlane = source.shape.count == 3 && integer(0...3) > 0
      let (operation, shape, channels) =
        readsPlane ? convolution(of: source) : (nil, [integer(1...14)], 0)
      let outputs = readsPlane ? channels : shape[0]
      var output = tensor(shape, path)
      let stage: IntegerOutputStage
      switch integer(0...(isLast ? 3 : 1)) {
      case 0 where path.activationTable != nil:
        stage = table(path.activationTable!, path.requantizer, output.format, channels: outputs)
      case 2, 3:
        stage = .accumulators
        output = IntegerTensor(shape: shape, format: format(.signed, path.accumulator.bits))
      default:
        let ends = [integer(of: output.format), integer(of: output.format)].sorted()
        let isWhole = integer(0...2) > 0
        stage = .clamp(
          requantization(path.requantizer, channels: outputs),
          low: isWhole ? Int64(output.format.minimumRaw) : Int64(ends[0]),
          high: isWhole ? Int64(output.format.maximumRaw) : Int64(ends[1]))
      }
      nodes.append(
        node(
          "layer\(layer)", reading: nodes.last?.name ?? inputTensorName, source: source, operation, outputs,
          stage, output, path))
      source = output
    }
    return try IntegerNetwork(name: name, input: input, nodes: nodes)
  }

  /// Raw inputs for `samples` samples, the ends of the format often among them.
  package mutating func inputs(_ tensor: IntegerTensor, samples: Int) -> [Int32] {
    let ends = [Int(tensor.format.minimumRaw), Int(tensor.format.maximumRaw)]
    return (0..<samples * tensor.count).map { _ in
      let drawn = integer(of: tensor.format)
      return Int32(integer(0...3) == 0 ? pick(ends) : drawn)
    }
  }

  private typealias Window = (window: SlidingWindow, groups: Int)

  /// A window over `source`, the shape that it makes, and its channels.
  private mutating func convolution(of source: IntegerTensor) -> (Window?, [Int], Int) {
    let plane = source.plane
    let window = SlidingWindow(
      kernel: PlaneExtent(height: integer(1...3), width: integer(1...3)),
      stride: PlaneExtent(height: integer(1...3), width: integer(1...2)),
      dilation: PlaneExtent(height: integer(1...2), width: integer(1...2)),
      padding: PlanePadding(
        top: integer(0...2), left: integer(0...2), bottom: integer(0...2), right: integer(0...2)))
    let groups = pick((1...source.channels).filter { source.channels % $0 == 0 })
    let channels = groups * integer(1...max(1, 9 / groups))
    guard let extent = window.outputExtent(over: plane) else { return convolution(of: source) }
    return ((window, groups), [extent.height, extent.width, channels], channels)
  }

  private mutating func node(
    _ name: String, reading input: String, source: IntegerTensor, _ window: Window?, _ outputs: Int,
    _ stage: IntegerOutputStage, _ output: IntegerTensor, _ path: OutputPath
  ) -> IntegerNetwork.Node {
    let isTernary = if case .ternary = path.datapath { true } else { false }
    let bits = isTernary ? 2 : integer(1...path.datapath.weightBits)
    let high = isTernary ? 1 : (1 << (bits - 1)) - 1
    let low = isTernary ? -1 : -high - 1
    let biasBits = min(path.accumulator.bits - 2, integer(2...20))
    // A row sum of small weights leaves room for the zero point in a narrow accumulator.
    let biases = (0..<outputs).map { _ in Int64(integer(-(1 << biasBits)...1 << biasBits)) }
    func weights(_ shape: [Int]) -> Tensor<Int16> {
      Tensor(
        shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Int16(integer(low...high)) })
    }
    let operation: IntegerOperation
    if let window {
      let kernel = window.window.kernel
      operation = .convolution(
        IntegerConvolution(
          weights: weights([outputs, kernel.height, kernel.width, source.channels / window.groups]),
          weightWordLength: bits, biases: biases, window: window.window, groups: window.groups,
          outputStage: stage))
    } else {
      operation = .dense(
        IntegerDense(
          weights: weights([outputs, source.count]), weightWordLength: bits, biases: biases,
          outputStage: stage))
    }
    return IntegerNetwork.Node(name, inputs: [input], operation, output: output)
  }

  private mutating func tensor(_ shape: [Int], _ path: OutputPath) -> IntegerTensor {
    // Folded into the start values, a zero point often leaves narrow accumulators, which ought to overflow by sums instead.
    let hasZeroPoint = integer(0...9) < (path.accumulator.bits < 20 ? 2 : 6)
    let format = format(pick([.signed, .unsigned]), integer(1...path.datapath.activationBits))
    return IntegerTensor(
      shape: shape, format: format, zeroPoint: hasZeroPoint ? integer(of: format) : 0)
  }

  private mutating func requantization(_ unit: RequantizerKind, channels: Int) -> Requantization {
    let pairs = integer(0...1) == 0 ? channels : 1
    // Half of all factors are small powers of two: only there ties are common, and results within a format's range.
    let isPower = integer(0...1) == 0
    switch unit {
    case .shift(let rounding):
      return .shift(bits: isPower ? integer(1...6) : integer(-4...18), rounding: rounding)
    case .multiplier(let bits, let rounding):
      return .multiplier(
        (0..<pairs).map { _ in Int64(isPower ? 1 << (bits - 1) : integer(0...(1 << bits) - 1)) },
        shifts: (0..<pairs).map { _ in
          isPower ? bits - 1 + integer(1...6) : integer(max(-3, bits - 4)...bits + 14)
        }, rounding: rounding)
    case .doublingHighMultiply:
      return .doublingHighMultiply(
        (0..<pairs).map { _ in Int64(isPower ? 1 << 30 : integer(1 << 30...Int(Int32.max))) },
        shifts: (0..<pairs).map { _ in integer(isPower ? -4...1 : -16...3) })
    }
  }

  private mutating func table(
    _ unit: ActivationTableUnit, _ requantizer: RequantizerKind, _ format: FixedPointFormat, channels: Int
  ) -> IntegerOutputStage {
    .table(
      requantization(requantizer, channels: channels),
      LookUpTable(
        addressFormat: self.format(.signed, unit.addressBits),
        entries: (0..<1 << unit.addressBits).map { _ in Int32(integer(of: format)) }))
  }

  private func format(_ signedness: Signedness, _ bits: Int) -> FixedPointFormat {
    // Word lengths here are those of machines, all of them possible.
    try! FixedPointFormat(signedness, wordLength: bits, fractionLength: 0)
  }

  private mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + source.below(range.count)
  }

  private mutating func integer(of format: FixedPointFormat) -> Int {
    integer(Int(format.minimumRaw)...Int(format.maximumRaw))
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[source.below(elements.count)]
  }
}
