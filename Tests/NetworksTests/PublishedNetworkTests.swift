import FixedPoint
import Foundation
import Interchange
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
    func archive(_ name: String) throws -> NumpyArchive {
      try NumpyArchive(parsing: file(name), file: name)
    }
    let weights = try archive("weights.npz")
    let golden = try archive("intermediates_micro.npz")
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
        weights: Tensor(
          shape: shape, elements: try weights.array("\(name)_weights").integers.map { Int16($0) }),
        weightWordLength: 8, biases: try weights.array("\(name)_bias").integers,
        outputStage: .clamp(
          .doublingHighMultiply(requant["multiplier"]!.map { Int64($0) }, shifts: requant["shift"]!),
          low: Int64(clamp[0]), high: Int64(clamp[1])))
      let tensor = IntegerTensor(
        shape: [shape[0]], format: .integer(.signed, 8), zeroPoint: try zeroPoint(op["output_quant"]))
      nodes.append(.init(name, inputs: [previous], .dense(dense), output: tensor))
      outputs[name] = try golden.array(name).integers
      previous = name
    }
    let input = IntegerTensor(
      shape: [640], format: .integer(.signed, 8), zeroPoint: try zeroPoint(json["input"]))
    network = try IntegerNetwork(name: "anomaly-detection", input: input, nodes: nodes)
    inputs = try NumpyArray(parsing: file("inputs.npy"), file: "inputs.npy").integers
    self.outputs = outputs
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
