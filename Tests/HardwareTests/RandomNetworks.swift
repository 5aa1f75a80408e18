import FixedPoint
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors

/// Draws machines and networks that they can run, the awkward ones on purpose.
struct RandomNetworks {
  var source: RandomSource

  init(seed: UInt64) { source = RandomSource(seed: seed) }

  /// A machine with wide memories; lanes, taps, accumulator and requantiser are drawn.
  mutating func machine() -> TestMachine {
    var machine = TestMachine()
    machine.lanes = source.pick([1, 1, 2, 3, 5, 16, 64])
    machine.inputsPerCycle = source.pick([1, 1, 2, 3, 4, 5, 8, 32])
    machine.outputsDrainedPerCycle = source.integer(in: 1...4)
    machine.overflow = source.pick([.wrap, .wrap, .saturate, .saturate, .saturate, .reject])
    machine.accumulatorBits =
      source.below(2) == 0 ? source.integer(in: 8...20) : source.pick([21, 24, 31, 32, 33, 48, 63, 64])
    let rounding = source.pick(Rounding.allCases)
    machine.requantizer = source.pick([
      .shift(rounding: rounding), .shift(rounding: .nearestTiesUp),
      .multiplier(wordLength: source.integer(in: 2...31), rounding: rounding),
      .multiplier(wordLength: source.integer(in: 2...31), rounding: .nearestTiesUp),
      .doublingHighMultiply,
    ])
    machine.table = [source.integer(in: 4...10), 0, 16]
    if source.below(6) == 0 {
      machine.datapath = [
        "kind": "ternary", "activationBits": 16,
        "packing": .string(source.pick(TernaryPacking.allCases).rawValue),
      ]
    }
    return machine
  }

  /// A network of one to three layers for `machine`.
  mutating func network(for machine: TestMachine) throws -> IntegerNetwork {
    let isTernary = machine.datapath != TestMachine().datapath
    // Half of all networks stay within bytes, as the fastest kernels want them.
    let staysInBytes = source.below(2) == 0
    let layers = source.integer(in: 1...3)
    var tensor = drawTensor(source.integer(in: 1...24), inBytes: staysInBytes)
    let input = tensor
    var nodes: [IntegerNetwork.Node] = []
    for layer in 1...layers {
      let isLast = layer == layers
      let outputs = source.below(8) == 0 ? source.integer(in: 16...70) : source.integer(in: 1...9)
      let bits = isTernary ? 2 : source.integer(in: staysInBytes ? 2...8 : 1...16)
      let high = isTernary ? 1 : (1 << (bits - 1)) - 1
      let low = isTernary ? -1 : -high - 1
      let weights = (0..<outputs * tensor.count).map { _ in Int16(source.integer(in: low...high)) }
      let biasBits = min(machine.accumulatorBits - 2, source.integer(in: 3...24))
      let biases = (0..<outputs).map { _ in
        Int64(source.integer(in: -(1 << biasBits)...(1 << biasBits)))
      }
      var output = drawTensor(outputs, inBytes: staysInBytes)
      let stage: IntegerOutputStage
      switch source.below(isLast ? 3 : 2) {
      case 0: stage = clamp(to: output.format, channels: outputs, unit: machine.requantizer)
      case 1: stage = table(to: output.format, channels: outputs, machine: machine)
      default:
        stage = .accumulators
        output = IntegerTensor(shape: [outputs], format: integers(.signed, machine.accumulatorBits))
      }
      nodes.append(
        IntegerNetwork.Node(
          "layer\(layer)", inputs: [layer == 1 ? inputTensorName : "layer\(layer - 1)"],
          .dense(
            IntegerDense(
              weights: Tensor(shape: [outputs, tensor.count], elements: weights), weightWordLength: bits,
              biases: biases, outputStage: stage)), output: output))
      tensor = output
    }
    return try IntegerNetwork(name: "random", input: input, nodes: nodes)
  }

  /// Raw inputs for `samples` samples, the ends of the format often among them.
  mutating func inputs(_ tensor: IntegerTensor, samples: Int) -> [Int32] {
    let low = Int(tensor.format.minimumRaw)
    let high = Int(tensor.format.maximumRaw)
    return (0..<samples * tensor.count).map { _ in
      Int32(source.pick([low, high, source.integer(in: low...high), source.integer(in: low...high)]))
    }
  }

  private mutating func drawTensor(_ count: Int, inBytes: Bool) -> IntegerTensor {
    let signedness: Signedness = inBytes || source.below(2) == 0 ? .unsigned : .signed
    let format = integers(signedness, source.integer(in: 1...(inBytes ? 8 : 16)))
    let zeroPoint =
      source.below(2) == 0 ? 0 : source.integer(in: Int(format.minimumRaw)...Int(format.maximumRaw))
    return IntegerTensor(shape: [count], format: format, zeroPoint: zeroPoint)
  }

  private mutating func requantization(channels: Int, unit: RequantizerKind) -> Requantization {
    let pairs = source.below(3) == 0 ? channels : 1
    switch unit {
    case .shift(let rounding): return .shift(bits: source.integer(in: -4...20), rounding: rounding)
    case .multiplier(let bits, let rounding):
      return .multiplier(
        (0..<pairs).map { _ in Int64(source.integer(in: 0...(1 << bits) - 1)) },
        shifts: (0..<pairs).map { _ in source.integer(in: max(-2, bits - 4)...bits + 16) },
        rounding: rounding)
    case .doublingHighMultiply:
      return .doublingHighMultiply(
        (0..<pairs).map { _ in Int64(source.integer(in: 1 << 30...Int(Int32.max))) },
        shifts: (0..<pairs).map { _ in source.integer(in: -18...3) })
    }
  }

  private mutating func clamp(
    to format: FixedPointFormat, channels: Int, unit: RequantizerKind
  ) -> IntegerOutputStage {
    let ends = [
      source.integer(in: Int(format.minimumRaw)...Int(format.maximumRaw)), Int(format.maximumRaw),
      Int(format.minimumRaw),
    ]
    let low = source.below(3) == 0 ? ends[0] : ends[2]
    return .clamp(
      requantization(channels: channels, unit: unit), low: Int64(low), high: Int64(ends[1]))
  }

  private mutating func table(
    to format: FixedPointFormat, channels: Int, machine: TestMachine
  ) -> IntegerOutputStage {
    let bits = machine.table![0]
    let entries = (0..<1 << bits).map { _ in
      Int32(source.integer(in: Int(format.minimumRaw)...Int(format.maximumRaw)))
    }
    return .table(
      requantization(channels: channels, unit: machine.requantizer),
      LookUpTable(addressFormat: integers(.signed, bits), entries: entries))
  }
}
