import FixedPoint
import Hardware
import Networks
import Reproducibility
import Tensors
import Testing

@Suite("Accumulator bounds")
struct AccumulatorBoundsTests {
  /// The least and greatest value that any partial sum of any output takes over all inputs of the format, every
  /// prefix of one-input taps counted, by enumeration.
  private func extremes(_ dense: IntegerDense, reading source: IntegerTensor) -> ClosedRange<Int128> {
    let low = Int128(source.format.minimumRaw)
    let high = Int128(source.format.maximumRaw)
    var least = Int128.max
    var most = Int128.min
    func visit(_ sum: Int128, output: Int, input: Int) {
      least = min(least, sum)
      most = max(most, sum)
      guard input < dense.inputs else { return }
      for x in low...high {
        visit(sum + x * Int128(dense.weights[output, input]), output: output, input: input + 1)
      }
    }
    for output in 0..<dense.outputs {
      var start = Int128(dense.biases[output])
      for input in 0..<dense.inputs {
        start -= Int128(source.zeroPoint) * Int128(dense.weights[output, input])
      }
      visit(start, output: output, input: 0)
    }
    return least...most
  }

  /// All lists of `count` weights of `bits` bits.
  private func weightRows(_ count: Int, bits: Int) -> [[Int16]] {
    let high = Int16(1 << (bits - 1)) - 1
    return (0..<count).reduce([[]]) { rows, _ in rows.flatMap { row in (-high - 1...high).map { row + [$0] } }
    }
  }

  @Test("The bounds are the extremes of all partial sums over all inputs, no wider and no narrower")
  func boundsAreTight() throws {
    for signedness in [Signedness.signed, .unsigned] {
      for inputBits in 1...3 {
        let format = integers(signedness, inputBits)
        for zeroPoint in Int(format.minimumRaw)...Int(format.maximumRaw) {
          for inputs in 1...2 {
            let source = IntegerTensor(shape: [inputs], format: format, zeroPoint: zeroPoint)
            for row in weightRows(inputs, bits: 3) {
              for bias in [-5, 0, 9] as [Int64] {
                let dense = IntegerDense(
                  weights: Tensor(shape: [1, inputs], elements: row), weightWordLength: 3, biases: [bias],
                  outputStage: .accumulators)
                let bounds = AccumulatorBounds(
                  IntegerOperation.dense(dense).weightedLayer(reading: source)!, reading: source.format)
                let extremes = extremes(dense, reading: source)
                #expect(
                  bounds.lowest == extremes.lowerBound && bounds.highest == extremes.upperBound,
                  "weights \(row), bias \(bias), inputs \(format) with zero point \(zeroPoint)")
              }
            }
          }
        }
      }
    }
  }

  @Test("Reject refuses exactly where a sum could leave, and the bits it asks for suffice and are needed")
  func rejectIsExact() throws {
    var source = RandomSource(seed: 11)
    var refused = 0
    var accepted = 0
    for number in 0..<600 {
      let format = integers(source.below(2) == 0 ? .signed : .unsigned, source.integer(in: 1...3))
      let zeroPoint = source.integer(in: Int(format.minimumRaw)...Int(format.maximumRaw))
      let inputs = source.integer(in: 1...4)
      let rows = (0..<source.integer(in: 1...3)).map { _ in
        (0..<inputs).map { _ in Int16(source.integer(in: -16...15)) }
      }
      let network = try oneLayer(
        weights: rows, bits: 5, biases: rows.map { _ in Int64(source.integer(in: -130...130)) },
        input: IntegerTensor(shape: [inputs], format: format, zeroPoint: zeroPoint))
      guard case .dense(let dense) = network.nodes[0].operation else { continue }
      let extremes = extremes(dense, reading: network.input)
      // The narrowest word that holds both extremes, by trying.
      let needed = (1...64).first { bits in
        extremes.lowerBound >= -(Int128(1) << Int128(bits - 1))
          && extremes.upperBound < Int128(1) << Int128(bits - 1)
      }!
      for bits in 8...12 {
        var machine = TestMachine()
        machine.accumulatorBits = bits
        machine.overflow = .reject
        let label = "case \(number), \(bits) bits for \(extremes)"
        do {
          _ = try MachineEngine(network, on: try machine.hardware())
          #expect(needed <= bits, "\(label)")
          accepted += 1
        } catch let error as HardwareError {
          switch error.reason {
          case .accumulatorMayOverflow(let given, let asked):
            #expect(given == bits && asked == needed && needed > bits, "\(label): \(error)")
            machine.accumulatorBits = asked
            #expect(throws: Never.self) { try MachineEngine(network, on: try machine.hardware()) }
          case .biasDoesNotFit(let bias, _):
            #expect(bias < -(1 << (bits - 1)) || bias >= 1 << (bits - 1), "\(label): \(error)")
          default: Issue.record("\(label): \(error)")
          }
          refused += 1
        }
      }
    }
    #expect(refused > 200 && accepted > 200, "\(refused) refused, \(accepted) accepted")
  }

  @Test("Start values past 64 bits are bounded as they are, not wrapped")
  func hugeStarts() {
    let dense = IntegerDense(
      weights: Tensor(shape: [1, 2], elements: [-1, -1]), weightWordLength: 2, biases: [.max],
      outputStage: .accumulators)
    let source = IntegerTensor(shape: [2], format: integers(.signed, 8), zeroPoint: 127)
    let bounds = AccumulatorBounds(
      IntegerOperation.dense(dense).weightedLayer(reading: source)!, reading: source.format)
    #expect(bounds.starts == [Int128(Int64.max) + 254])
    #expect(bounds.highest == Int128(Int64.max) + 254 + 256 && bounds.neededBits == 65)
  }
}
