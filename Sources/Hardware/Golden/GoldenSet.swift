import FixedPoint
import Foundation
import Interchange
import Networks
import Reproducibility
import Tensors

/// What a machine holds and computes for a few inputs, layer by layer, as files for those who build the hardware.
///
/// Every array is written twice: as `.npy` in its natural shape (64-bit integers), and as a `$readmemh` image of one element a word, in row-major order,
/// two's complement of the word length that `manifest.json` states. The manifest names every file with its role, shape, word length and SHA-256.
public struct GoldenSet: Sendable {
  /// What an array is.
  public enum Role: String, Sendable, CaseIterable {
    /// Raw input values, `[samples, shape]`.
    case input
    /// Weights, `[outputs, inputs]` or `[outputs, kernel rows, kernel columns, channels]`.
    case weights
    /// Of a layer with a codebook: each weight's index, of the shape of the weights, which stand beside them decoded.
    case indices
    /// Of a layer with a codebook: its entries, index 0 first, `[2^index bits]`.
    case codebook
    /// Biases, `[outputs]`.
    case biases
    /// What accumulators start at, the input's zero point folded in, `[outputs]`.
    case starts
    /// Accumulators after their last tap, `[samples, positions, outputs]`.
    case accumulators
    /// Raw outputs, `[samples, shape]`.
    case outputs
  }

  /// One array.
  public struct Entry: Sendable {
    /// The layer's name, or `input`.
    public let layer: String
    /// What it is.
    public let role: Role
    /// Extents, outermost first.
    public let shape: [Int]
    /// Bits of a word in the `$readmemh` image.
    public let wordLength: Int
    /// Whether values are two's complement.
    public let isSigned: Bool
    /// The values in row-major order.
    public let values: [Int64]

    /// The path of its files without their extensions, within the directory.
    public let stem: String

    /// An array of the layer at `position` of the network, counted from 1, or of the input.
    init(
      layer: String, position: Int, role: Role, shape: [Int], wordLength: Int, isSigned: Bool, values: [Int64]
    ) {
      self.layer = layer
      self.role = role
      self.shape = shape
      self.wordLength = wordLength
      self.isSigned = isSigned
      self.values = values
      // Names are free; file names are not.
      let name = String(
        layer.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" })
      let number = position < 10 ? "0\(position)" : "\(position)"
      stem = role == .input ? "input" : "\(number)-\(name)/\(role.rawValue)"
    }

    /// The words of the `$readmemh` image.
    func image() throws(InterchangeError) -> MemoryImage {
      if isSigned { return try MemoryImage(integers: values, wordLength: wordLength) }
      return try MemoryImage(words: values.map { [UInt64(bitPattern: $0)] }, wordLength: wordLength)
    }
  }

  /// The arrays, input first, then layer by layer.
  public let entries: [Entry]
  private let network: IntegerNetwork
  private let hardware: HardwareDescription
  private let samples: Int
  private let cycles: Int

  /// The golden set of `engine`'s network and machine for `inputs`, `[samples, elements]`.
  /// - Throws: `HardwareError.Reason.badInput`.
  public init(
    _ engine: MachineEngine, inputs: [Int32], resources: ComputeResources
  ) throws(HardwareError) {
    let network = engine.network
    let records = try engine.record(inputs, resources: resources)
    let samples = inputs.count / network.input.count
    let accumulatorBits = engine.mapping.hardware.path.accumulator.bits
    var entries = [
      Entry(
        tensor: network.input, of: inputTensorName, position: 0, role: .input, samples: samples,
        values: inputs.map { Int64($0) })
    ]
    for (position, (node, record)) in zip(1..., zip(network.nodes, records)) {
      if let layer = network.weightedLayer(of: node) {
        entries += Self.parameters(
          of: layer, node: node, position: position, accumulatorBits: accumulatorBits)
        entries.append(
          Entry(
            layer: node.name, position: position, role: .accumulators,
            shape: [samples, layer.positions, layer.outputs],
            wordLength: accumulatorBits, isSigned: true, values: record.accumulators))
      }
      entries.append(
        Entry(
          tensor: node.output, of: node.name, position: position, role: .outputs, samples: samples,
          values: record.outputs))
    }
    self.entries = entries
    self.network = network
    self.samples = samples
    hardware = engine.mapping.hardware
    cycles = engine.mapping.cycles
  }

  private static func parameters(
    of layer: WeightedLayer, node: IntegerNetwork.Node, position: Int, accumulatorBits: Int
  ) -> [Entry] {
    let shape: [Int]
    if case .convolution(let convolution) = node.operation {
      shape = convolution.weights.shape
    } else {
      shape = [layer.outputs, layer.inputsPerOutput]
    }
    func entry(
      _ role: Role, _ shape: [Int], _ wordLength: Int, _ values: [Int64], isSigned: Bool = true
    ) -> Entry {
      Entry(
        layer: node.name, position: position, role: role, shape: shape, wordLength: wordLength,
        isSigned: isSigned, values: values)
    }
    let codebook =
      layer.codebook.map { codebook in
        [
          entry(
            .indices, shape, codebook.indexBits, codebook.indices.map { Int64($0) }, isSigned: false),
          entry(
            .codebook, [codebook.table.count], layer.weightWordLength, codebook.table.map { Int64($0) }),
        ]
      } ?? []
    return codebook + [
      entry(.weights, shape, layer.weightWordLength, layer.weights.map { Int64($0) }),
      entry(.biases, [layer.outputs], 64, layer.biases),
      // Within the accumulator, or the engine would not have been made.
      entry(.starts, [layer.outputs], accumulatorBits, layer.foldedBiases.map { Int64($0) }),
    ]
  }

  /// Every file: its path within the directory and its bytes, `manifest.json` last.
  public func files() throws(InterchangeError) -> [(path: String, data: Data)] {
    var files: [(path: String, data: Data)] = []
    var listed: [JSONValue] = []
    for entry in entries {
      let image = try entry.image()
      let shape = entry.shape.map(String.init).joined(separator: " x ")
      let memory = image.encoded(comment: "\(entry.layer) \(entry.role.rawValue), \(shape)")
      let array = NumpyArray(shape: entry.shape, elements: entry.values).encoded()
      files.append(("\(entry.stem).mem", memory))
      files.append(("\(entry.stem).npy", array))
      listed.append([
        "layer": .string(entry.layer), "role": .string(entry.role.rawValue),
        "shape": .array(entry.shape.map { .integer($0) }), "wordLength": .integer(entry.wordLength),
        "isSigned": .bool(entry.isSigned), "memoryImage": .string("\(entry.stem).mem"),
        "memoryImageSHA256": .string(SHA256Digest(of: memory).description),
        "numpy": .string("\(entry.stem).npy"),
        "numpySHA256": .string(SHA256Digest(of: array).description),
      ])
    }
    let manifest: JSONValue = [
      "format": "wordlength-golden", "version": 1, "network": .string(network.name),
      "samples": .integer(samples), "cyclesOfOneInput": .integer(cycles), "hardware": hardware.json,
      "arrays": .array(listed),
    ]
    files.append((Self.manifestName, Data(manifest.indentedText.utf8)))
    return files
  }

  /// The manifest's file name.
  public static let manifestName = "manifest.json"
}

extension GoldenSet.Entry {
  fileprivate init(
    tensor: IntegerTensor, of layer: String, position: Int, role: GoldenSet.Role, samples: Int,
    values: [Int64]
  ) {
    self.init(
      layer: layer, position: position, role: role, shape: [samples] + tensor.shape,
      wordLength: tensor.format.wordLength,
      isSigned: tensor.format.isSigned, values: values)
  }
}
