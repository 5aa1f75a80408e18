import Foundation
import Networks
import Reproducibility
import Tensors
import Testing

extension SampleNetworks {
  /// A grouped convolution and a fully connected layer with codebooks, and one without.
  static func codebooks() throws -> IntegerNetwork {
    var source = RandomSource(seed: 731)
    func indices(_ count: Int, _ bits: Int) -> [UInt8] {
      (0..<count).map { _ in UInt8(source.below(1 << bits)) }
    }
    let window = SlidingWindow(kernel: PlaneExtent(height: 2, width: 2))
    let convolution = IntegerConvolution(
      .indices(
        try WeightCodebook(indexBits: 2, table: [-7, 3, 5, -2], indices: indices(4 * 2 * 2 * 1, 2)),
        shape: [4, 2, 2, 1]),
      weightWordLength: 4, biases: [1, -2, 3, 0], window: window, groups: 2,
      outputStage: .clamp(.shift(bits: 3, rounding: .nearestTiesToEven), low: -100, high: 100))
    let dense = IntegerDense(
      .indices(
        try WeightCodebook(
          indexBits: 3, table: [0, 100, -128, 127, 1, -1, 64, 9], indices: indices(3 * 16, 3)),
        shape: [3, 16]), weightWordLength: 8, biases: [9, 0, -9],
      outputStage: .clamp(.shift(bits: 4, rounding: .down), low: -128, high: 127))
    return try IntegerNetwork(
      name: "codebooks", input: IntegerTensor(shape: [3, 3, 2], format: .integer(.signed, 8), zeroPoint: -3),
      nodes: [
        IntegerNetwork.Node(
          "grouped", inputs: [inputTensorName], .convolution(convolution),
          output: IntegerTensor(shape: [2, 2, 4], format: .integer(.signed, 8))),
        IntegerNetwork.Node(
          "shared", inputs: ["grouped"], .dense(dense),
          output: IntegerTensor(shape: [3], format: .integer(.signed, 8))),
        .dense("logits", reading: "shared", [[1, -1, 1], [0, 1, 0]], bits: 2),
      ])
  }
}

@Suite("Codebooks in integer networks")
struct CodebookTests {
  /// `network` with the weights of every layer written out.
  private func decoded(_ network: IntegerNetwork) throws -> IntegerNetwork {
    let nodes = network.nodes.map { node in
      let operation: IntegerOperation =
        switch node.operation {
        case .dense(let dense):
          .dense(
            IntegerDense(
              weights: dense.weights, weightWordLength: dense.weightWordLength, biases: dense.biases,
              outputStage: dense.outputStage))
        case .convolution(let convolution):
          .convolution(
            IntegerConvolution(
              weights: convolution.weights, weightWordLength: convolution.weightWordLength,
              biases: convolution.biases, window: convolution.window, groups: convolution.groups,
              outputStage: convolution.outputStage))
        case .pooling, .addition: node.operation
        }
      return IntegerNetwork.Node(node.name, inputs: node.inputs, operation, output: node.output)
    }
    return try IntegerNetwork(name: network.name, input: network.input, nodes: nodes)
  }

  @Test("A layer computes with the entries that its indices stand for")
  func computes() throws {
    let network = try SampleNetworks.codebooks()
    let plain = try decoded(network)
    #expect(plain != network)
    var source = RandomSource(seed: 732)
    for _ in 0..<50 {
      let input = (0..<18).map { _ in Int64(source.below(256) - 128) }
      #expect(network.referenceTensors(of: input) == plain.referenceTensors(of: input))
    }
    let layer = try #require(network.weightedLayer(of: network.nodes[1]))
    let codebook = try #require(layer.codebook)
    for (weight, index) in zip(layer.weights, codebook.indices) {
      #expect(weight == [0, 100, -128, 127, 1, -1, 64, 9][Int(index)])
    }
    #expect(layer.storedWordLength == 3 && layer.weightWordLength == 8)
    let logits = try #require(network.weightedLayer(of: network.nodes[2]))
    #expect(logits.codebook == nil && logits.storedWordLength == 2)
  }

  @Test("The file gives the codebooks back, and holds indices and entries instead of weights")
  func file() throws {
    let network = try SampleNetworks.codebooks()
    #expect(try IntegerNetwork(fileData: network.fileData, file: "f") == network)
    let blobs = network.archived(prefix: "").blobs.map(\.name)
    #expect(
      blobs == [
        "grouped.indices", "grouped.codebook", "grouped.biases", "shared.indices", "shared.codebook",
        "shared.biases", "logits.weights", "logits.biases",
      ])
  }

  @Test("Files from before there were codebooks are read, and written with the same bytes")
  func olderFiles() throws {
    let reports = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Reports")
    for name in ["explore-glyphs", "explore-fashion-mnist"] {
      let data = try Data(contentsOf: reports.appendingPathComponent("\(name)/answer.network"))
      let network = try IntegerNetwork(fileData: data, file: name)
      #expect(network.fileData == data)
    }
  }

  @Test("A table of another size, an index beyond it and index bits out of range are told")
  func badCodebooks() {
    func message(_ bits: Int, _ table: [Int16], _ indices: [UInt8]) -> String {
      do {
        _ = try WeightCodebook(indexBits: bits, table: table, indices: indices, at: "here")
        return "accepted"
      } catch { return error.description }
    }
    #expect(message(1, [3, 4], [0, 1, 1]) == "accepted")
    #expect(message(0, [3], [0]) == "here: codebook indices of 0 bits; 1...8 are possible")
    #expect(message(9, [3], [0]) == "here: codebook indices of 9 bits; 1...8 are possible")
    #expect(message(2, [3, 4], [0]) == "here: a codebook of 2 entries; indices of 2 bits need 4")
    #expect(
      message(1, [3, 4], [0, 1, 2]) == "here: weight 2 has codebook index 2; the table has 2 entries")
  }

  @Test("An entry that does not fit the weights' word length is an error, even if no weight bears it")
  func wideEntries() throws {
    func layer(_ table: [Int16]) throws -> IntegerNetwork {
      try IntegerNetwork(
        name: "n", input: IntegerTensor(shape: [2], format: .integer(.unsigned, 8)),
        nodes: [
          IntegerNetwork.Node(
            "logits", inputs: [inputTensorName],
            .dense(
              IntegerDense(
                .indices(try WeightCodebook(indexBits: 1, table: table, indices: [0, 0]), shape: [1, 2]),
                weightWordLength: 4, biases: [0], outputStage: .accumulators)),
            output: IntegerTensor(shape: [1], format: .integer(.signed, 32)))
        ])
    }
    _ = try layer([7, -8])
    let error = #expect(throws: NetworkError.self) { _ = try layer([7, 8]) }
    #expect(
      error?.description == "logits: its codebook holds 8, which does not fit 4 bits (-8...7)")
  }

  @Test("Damaged codebooks of a file are errors that name the node")
  func damagedFile() throws {
    let (content, blobs) = try SampleNetworks.codebooks().archived(prefix: "")
    func message(_ name: String, _ replacement: Blob) -> String {
      let changed = blobs.map { $0.name == name ? replacement : $0 }
      do {
        _ = try IntegerNetwork(
          archive: content, in: Container(kind: "k", content: nil, blobs: changed), prefix: "", file: "f")
        return "accepted"
      } catch { return error.description }
    }
    let indices = [UInt8](repeating: 1, count: 48)
    #expect(message("shared.indices", Blob("shared.indices", indices)) == "accepted")
    #expect(
      message("shared.indices", Blob("shared.indices", Array(indices.dropLast()) + [8]))
        == "f, node shared: weight 47 has codebook index 8; the table has 8 entries")
    #expect(
      message("shared.indices", Blob("shared.indices", Array(indices.dropLast())))
        == "f, node shared: 47 weights and 3 biases for 3 outputs of 16 inputs")
    #expect(
      message("shared.codebook", Blob("shared.codebook", [1, 2] as [Int16]))
        == "f, node shared: a codebook of 2 entries; indices of 3 bits need 8")
  }
}
