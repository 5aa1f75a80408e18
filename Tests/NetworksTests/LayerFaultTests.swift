import FixedPoint
import Foundation
import Networks
import Reproducibility
import Tensors
import Testing

@Suite("Faults of layers over images")
struct LayerFaultTests {
  private let bytes = FixedPointFormat.integer(.signed, 8)
  private let clamp = IntegerOutputStage.clamp(.shift(bits: 4, rounding: .down), low: -128, high: 127)

  private func tensor(_ shape: [Int], zeroPoint: Int = 0) -> IntegerTensor {
    IntegerTensor(shape: shape, format: bytes, zeroPoint: zeroPoint)
  }

  /// The message of building a network of one node, or nil where it can be built.
  private func message(
    _ operation: IntegerOperation, input: IntegerTensor, output: IntegerTensor
  ) -> String? {
    do {
      let inputs = [String](repeating: inputTensorName, count: operation.inputCount)
      _ = try IntegerNetwork(
        name: "net", input: input, nodes: [.init("node", inputs: inputs, operation, output: output)])
      return nil
    } catch { return error.description }
  }

  private func convolution(
    outputs: Int = 4, channels: Int = 2, kernel: Int = 3, groups: Int = 2, padding: Int = 1,
    stage: IntegerOutputStage? = nil
  ) -> IntegerOperation {
    .convolution(
      IntegerConvolution(
        weights: Tensor(shape: [outputs, kernel, kernel, channels], repeating: 1), weightWordLength: 2,
        biases: Array(repeating: 0, count: outputs),
        window: SlidingWindow(kernel: PlaneExtent(square: kernel), padding: PlanePadding(all: padding)),
        groups: groups, outputStage: stage ?? clamp))
  }

  @Test("Convolutions: groups, channels, windows, shapes, multipliers by channel")
  func convolutions() {
    func message(_ operation: IntegerOperation, _ input: [Int] = [5, 5, 4], _ output: [Int] = [5, 5, 4])
      -> String?
    { self.message(operation, input: tensor(input), output: tensor(output)) }
    #expect(message(convolution()) == nil)
    for groups in [0, -1, 3, .max] {
      #expect(
        message(convolution(groups: groups))
          == "node: \(groups) groups do not divide 4 input and 4 output channels")
    }
    #expect(
      message(convolution(outputs: 3)) == "node: 2 groups do not divide 4 input and 3 output channels")
    #expect(
      message(convolution(groups: 4))
        == "node: its weights take 2 channels a group, but \"input\" has 4 in 4 groups ([5, 5, 4])")
    #expect(
      message(convolution(kernel: 8))
        == "node: its window (kernel 8 x 8) does not fit \"input\" of shape [5, 5, 4]")
    #expect(
      message(convolution(padding: 0))
        == "node: makes [3, 3, 4], but its tensor has shape [5, 5, 4]")
    #expect(
      message(convolution(), [5, 5, 4], [25, 4]) == "node: makes [5, 5, 4], but its tensor has shape [25, 4]")
    let uneven = IntegerOutputStage.clamp(
      .multiplier([1, 2, 3], shifts: [0, 0, 0], rounding: .down), low: 0, high: 1)
    #expect(
      message(convolution(stage: uneven))
        == "node: requantization: has 3 multipliers and 3 shifts for 4 channels; one pair for all or one a channel is needed"
    )
  }

  @Test("Poolings: windows that miss the image, other formats, words too wide, clamps")
  func poolings() {
    func pooling(_ window: SlidingWindow, low: Int64 = -128, high: Int64 = 127) -> IntegerOperation {
      .pooling(IntegerPooling(.average(rounding: .down), window: window, low: low, high: high))
    }
    let two = SlidingWindow(kernel: PlaneExtent(square: 2), stride: PlaneExtent(square: 2))
    func message(_ operation: IntegerOperation, _ output: IntegerTensor) -> String? {
      self.message(operation, input: tensor([4, 4, 3], zeroPoint: 5), output: output)
    }
    #expect(message(pooling(two), tensor([2, 2, 3], zeroPoint: 5)) == nil)
    #expect(
      message(pooling(two), tensor([2, 2, 3]))
        == "node: makes sfix8 with zero point 0 of sfix8 with zero point 5; a pooling keeps both")
    #expect(
      message(pooling(two), tensor([2, 2, 2], zeroPoint: 5))
        == "node: makes [2, 2, 3], but its tensor has shape [2, 2, 2]")
    #expect(
      message(pooling(two, low: 3, high: 2), tensor([2, 2, 3], zeroPoint: 5))
        == "node: clamps to 3...2, which sfix8 does not hold")
    // One row of padding more than the kernel has taps.
    let missing = SlidingWindow(
      kernel: PlaneExtent(square: 1), padding: PlanePadding(top: 0, left: 0, bottom: 1, right: 0))
    #expect(
      message(pooling(missing), tensor([5, 4, 3], zeroPoint: 5))
        == "node: some window holds no element of \"input\" ([4, 4, 3]); use less padding")
    // Dilated taps that step over the only column.
    let stepping = SlidingWindow(
      kernel: PlaneExtent(height: 1, width: 2), dilation: PlaneExtent(height: 1, width: 2),
      padding: PlanePadding(top: 0, left: 1, bottom: 0, right: 1))
    #expect(
      self.message(pooling(stepping), input: tensor([4, 1, 1]), output: tensor([4, 1, 1]))?
        .hasPrefix("node: some window holds no element") == true)
    let wide = IntegerTensor(shape: [4, 4, 3], format: .integer(.signed, 33))
    #expect(
      self.message(
        pooling(two), input: wide, output: IntegerTensor(shape: [2, 2, 3], format: .integer(.signed, 33)))
        == "node: pools values of sfix33; at most 32 bits are possible")
  }

  @Test("The largest windows and paddings are judged at once")
  func largestWindows() {
    let most = 1 << 24
    let window = SlidingWindow(
      kernel: PlaneExtent(height: most, width: 1),
      padding: PlanePadding(top: most, left: 0, bottom: most - 3, right: 0))
    let pooling = IntegerOperation.pooling(IntegerPooling(.maximum, window: window, low: 0, high: 1))
    #expect(
      message(pooling, input: tensor([2, 1, 1]), output: tensor([most, 1, 1]))?
        .hasPrefix("node: some window holds no element") == true)
  }

  @Test("Additions: shapes, shifts, terms beyond 64 bits, accumulators that leave as they are")
  func additions() {
    func addition(_ shift: Int, _ stage: IntegerOutputStage? = nil, bits: Int = 0) -> IntegerOperation {
      let unit = Requantization.shift(bits: bits, rounding: .down)
      return .addition(
        IntegerAddition(leftShift: shift, first: unit, second: unit, outputStage: stage ?? clamp))
    }
    func message(_ operation: IntegerOperation, _ output: [Int] = [2, 3]) -> String? {
      self.message(operation, input: tensor([2, 3]), output: tensor(output))
    }
    #expect(message(addition(32)) == nil)
    #expect(message(addition(33)) == "node: raises its terms by 33 bits; 0...32 are possible")
    #expect(message(addition(-1)) == "node: raises its terms by -1 bits; 0...32 are possible")
    #expect(
      message(addition(0), [3, 2])
        == "node: adds [2, 3] and [2, 3] to make [3, 2]; all three must be equal")
    #expect(
      message(addition(0, .accumulators))
        == "node: an addition's sum leaves by a clamp or a table, not as it is")
    #expect(message(addition(0, bits: 63)) == "node: requantization: shift 63 is outside -62...62")
    let wide = IntegerTensor(shape: [1], format: .integer(.signed, 32), zeroPoint: -(1 << 31))
    // |x − z| ≤ 2^32 here, which 30 bits raise to 2^62 and 31 to 2^63.
    let output = IntegerTensor(shape: [1], format: bytes)
    #expect(self.message(addition(30), input: wide, output: output) == nil)
    #expect(
      self.message(addition(31), input: wide, output: output)
        == "node: a term may reach 4294967296 before it is raised by 31, beyond 64 bits")
    func count(_ inputs: [String]) -> String? {
      do {
        _ = try IntegerNetwork(
          name: "net", input: tensor([2, 3]),
          nodes: [.init("node", inputs: inputs, addition(0), output: tensor([2, 3]))])
        return nil
      } catch { return error.description }
    }
    #expect(count(["input"]) == "node: reads 1 tensors; this operation reads 2")
  }

  @Test("Files with kernels, groups or weights that cannot be name the node")
  func forgedKernels() throws {
    let (content, blobs) = try SampleNetworks.images().archived(prefix: "")
    func message(_ change: (inout [String: JSONValue]) -> Void) throws -> String? {
      guard case .object(var members) = content, case .array(var nodes)? = members["nodes"],
        case .object(var node) = nodes[0]
      else { throw NetworkError(at: "test", "the archive is no object with nodes") }
      change(&node)
      nodes[0] = .object(node)
      members["nodes"] = .array(nodes)
      do {
        _ = try IntegerNetwork(
          archive: .object(members), in: Container(kind: "k", content: nil, blobs: blobs), prefix: "",
          file: "f")
        return nil
      } catch { return error.description }
    }
    func window(_ kernel: [Int]) -> JSONValue {
      [
        "kernel": .array(kernel.map { .integer($0) }), "stride": [1, 1], "dilation": [1, 1],
        "padding": [0, 0, 0, 0],
      ]
    }
    let most = 1 << 24
    #expect(try message { _ in } == nil)
    #expect(
      try message {
        $0["window"] = window([most, most])
        $0["channelsPerGroup"] = .integer(most)
      } == "f, node grouped: its kernel has too many taps")
    #expect(
      try message { $0["window"] = window([most, most]) }?.hasPrefix(
        "f, node grouped: 48 weights and 4 biases")
        == true)
    #expect(
      try message { $0["outputs"] = 5 }
        == "f, node grouped: 48 weights and 4 biases for 5 outputs of 12 inputs")
    #expect(
      try message { $0["groups"] = 3 } == "grouped: 3 groups do not divide 4 input and 4 output channels")
    #expect(
      try message { $0["window"] = window([2, 3]) }
        == "grouped: makes [3, 2, 4], but its tensor has shape [4, 4, 4]")
    #expect(
      try message { $0["window"] = window([0, 3]) }?.hasPrefix("f: nodes[0].window.kernel[0]: ") == true)
  }
}
