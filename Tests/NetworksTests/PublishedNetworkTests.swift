import FixedPoint
import Foundation
import Networks
import Reproducibility
import Tensors
import Testing

/// A published int8 network of fully connected layers beside the package, with what the embedded runtime computes.
private struct PublishedNetwork {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("../shared/models/anomaly_detection").standardizedFileURL
  static let isPresent = FileManager.default.fileExists(
    atPath: directory.appendingPathComponent("ops.json").path)

  let network: IntegerNetwork
  /// 11 inputs, one after the other.
  let inputs: [Int64]
  /// By node: its outputs for every input.
  let outputs: [String: [Int64]]

  init() throws {
    func file(_ name: String) throws -> Data {
      try Data(contentsOf: Self.directory.appendingPathComponent(name))
    }
    let weights = try NumpyArchive(file("weights.npz"))
    let golden = try NumpyArchive(file("intermediates_micro.npz"))
    let json = try #require(try JSONSerialization.jsonObject(with: file("ops.json")) as? [String: Any])
    let ops = try #require(json["ops"] as? [[String: Any]])
    func zeroPoint(_ value: Any?) throws -> Int {
      try #require((value as? [String: Any])?["zero_point"] as? Int)
    }
    var nodes: [IntegerNetwork.Node] = []
    var outputs: [String: [Int64]] = [:]
    var previous = inputTensorName
    for (index, op) in ops.enumerated() {
      let name = "op" + (index < 10 ? "0" : "") + "\(index)"
      let shape = try #require(op["weight_shape"] as? [Int])
      let requant = try #require(op["requant"] as? [String: [Int]])
      let clamp = try #require(op["clamp"] as? [Int])
      let dense = IntegerDense(
        weights: Tensor(shape: shape, elements: try weights.bytes("\(name)_weights").map { Int16($0) }),
        weightWordLength: 8, biases: try weights.words("\(name)_bias").map { Int64($0) },
        outputStage: .clamp(
          .doublingHighMultiply(requant["multiplier"]!.map { Int64($0) }, shifts: requant["shift"]!),
          low: Int64(clamp[0]), high: Int64(clamp[1])))
      let tensor = IntegerTensor(
        shape: [shape[0]], format: .integer(.signed, 8), zeroPoint: try zeroPoint(op["output_quant"]))
      nodes.append(.init(name, inputs: [previous], .dense(dense), output: tensor))
      outputs[name] = try golden.bytes(name).map { Int64($0) }
      previous = name
    }
    let input = IntegerTensor(
      shape: [640], format: .integer(.signed, 8), zeroPoint: try zeroPoint(json["input"]))
    network = try IntegerNetwork(name: "anomaly-detection", input: input, nodes: nodes)
    inputs = try NumpyArchive.elements(ofArray: file("inputs.npy")).map { Int64(Int8(bitPattern: $0)) }
    self.outputs = outputs
  }
}

/// The arrays of an `.npz` file whose entries are stored, not compressed.
private struct NumpyArchive {
  private var arrays: [String: Data] = [:]

  init(_ data: Data) throws {
    let data = Data(data)
    func number(_ offset: Int, _ bytes: Int) -> Int {
      (0..<bytes).reduce(0) { $0 | Int(data[offset + $1]) << (8 * $1) }
    }
    // The end record, the last 22 bytes, says how many entries the central directory has and where it starts.
    let end = data.count - 22
    try #require(number(end, 4) == 0x0605_4b50)
    var entry = number(end + 16, 4)
    for _ in 0..<number(end + 10, 2) {
      try #require(number(entry, 4) == 0x0201_4b50 && number(entry + 10, 2) == 0)
      let (size, header) = (number(entry + 24, 4), number(entry + 42, 4))
      let nameLength = number(entry + 28, 2)
      let name = String(decoding: data[entry + 46..<entry + 46 + nameLength], as: UTF8.self)
      let start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
      arrays[name] = data[start..<start + size]
      entry += 46 + nameLength + number(entry + 30, 2) + number(entry + 32, 2)
    }
  }

  /// The elements' bytes of a version 1.0 `.npy` file.
  static func elements(ofArray data: Data) -> Data {
    let start = data.startIndex
    return data[(start + 10 + Int(data[start + 8]) + Int(data[start + 9]) << 8)...]
  }

  func bytes(_ name: String) throws -> [Int8] {
    try Self.elements(ofArray: #require(arrays["\(name).npy"])).map { Int8(bitPattern: $0) }
  }

  func words(_ name: String) throws -> [Int32] {
    let bytes = try Array(Self.elements(ofArray: #require(arrays["\(name).npy"])))
    return stride(from: 0, to: bytes.count, by: 4).map { offset in
      Int32(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) })
    }
  }
}

@Suite("A published int8 network")
struct PublishedNetworkTests {
  @Test(
    "Every value of every layer for every input is the embedded runtime's",
    .enabled(if: PublishedNetwork.isPresent, "../shared/models is absent"))
  func equalsEmbeddedRuntime() throws {
    let published = try PublishedNetwork()
    let samples = published.inputs.count / 640
    #expect(samples == 11 && published.network.nodes.count == 10)
    var compared = 0
    for sample in 0..<samples {
      let tensors = published.network.referenceTensors(
        of: Array(published.inputs[sample * 640..<(sample + 1) * 640]))
      for node in published.network.nodes {
        let got = try #require(tensors[node.name])
        let expected = Array(published.outputs[node.name]![sample * got.count..<(sample + 1) * got.count])
        #expect(got == expected, "input \(sample), \(node.name)")
        compared += got.count
      }
    }
    #expect(compared == 11 * 1672)
    // And it comes back from a file.
    let data = published.network.fileData
    #expect(try IntegerNetwork(fileData: data, file: "f") == published.network)
  }
}
