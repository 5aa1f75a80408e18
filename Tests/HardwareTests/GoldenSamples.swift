import FixedPoint
import Foundation
import Hardware
import Networks
import Tensors

/// A golden set of a network small enough to be worked out by plain loops, and copies of its files on disk.
struct GoldenSamples {
  static let image: [Int32] = [3, -8, 7, 0, 5, -1, -4, 2, 6, -7, 1, 4, -2, -5, 7, -3, 0, 6]
  /// Two images of 3 × 3 pixels of one channel, 4 bits.
  static let zeroPoint = 2
  static let weights: [Int16] = [1, -2, 3, -4, 5, 6, -7, 7]
  static let biases: [Int64] = [10, -20]
  /// Names as a network may have them, but a file system may not.
  static let names = ["cöv/1", "..", "last layer"]

  /// 2 × 2 convolution to two channels, a maximum over all four positions, a fully connected layer.
  static func network() throws -> IntegerNetwork {
    let kernel = SlidingWindow(kernel: PlaneExtent(square: 2))
    let signal = IntegerTensor(shape: [2, 2, 2], format: integers(.unsigned, 6))
    return try IntegerNetwork(
      name: "golden",
      input: IntegerTensor(shape: [3, 3, 1], format: integers(.signed, 4), zeroPoint: zeroPoint),
      nodes: [
        .init(
          names[0], inputs: [inputTensorName],
          .convolution(
            IntegerConvolution(
              weights: Tensor(shape: [2, 2, 2, 1], elements: weights), weightWordLength: 4, biases: biases,
              window: kernel, outputStage: .clamp(.shift(bits: 1, rounding: .down), low: 0, high: 63))),
          output: signal),
        .init(
          names[1], inputs: [names[0]],
          .pooling(IntegerPooling(.maximum, window: kernel, low: 0, high: 63)),
          output: IntegerTensor(shape: [1, 1, 2], format: signal.format)),
        .init(
          names[2], inputs: [names[1]],
          .dense(
            IntegerDense(
              weights: Tensor(shape: [1, 2], elements: [-3, 5]), weightWordLength: 4, biases: [100],
              outputStage: .accumulators)),
          output: IntegerTensor(shape: [1], format: integers(.signed, 20))),
      ])
  }

  static func set() throws -> GoldenSet {
    var machine = TestMachine()
    machine.accumulatorBits = 20
    machine.requantizer = .shift(rounding: .down)
    let hardware = try machine.hardware(with: ["vectorUnit": TestMachine.vectorUnit(elements: 1, pipeline: 1)]
    )
    return try GoldenSet(
      try MachineEngine(try network(), on: hardware), inputs: image, resources: .all)
  }

  /// Runs `body` with the golden set in one directory and a copy of it, as dumps, in another.
  static func onDisk(_ body: (_ golden: URL, _ dumps: URL) throws -> Void) throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("golden-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let (golden, dumps) = (root.appendingPathComponent("golden"), root.appendingPathComponent("dumps"))
    let files = try set().files()
    for directory in [golden, dumps] {
      for file in files {
        let url = directory.appendingPathComponent(file.path)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try file.data.write(to: url)
      }
    }
    try body(golden, dumps)
  }
}
