import Networks

/// Where each tensor lives while a network runs, and which layers run in bands: the contract's activation memory.
package struct ActivationSchedule: Sendable, Hashable {
  /// How one layer runs.
  package struct Layer: Sendable, Hashable {
    /// Output rows of each band; all rows in one piece where the layer is not banded.
    package var bands: [Range<Int>]
    /// Whether the layer is banded.
    package var isBanded = false
    /// Bits loaded before each band; 0 where nothing is.
    package var loadedBits: [Int]
    /// Bits stored after each band; 0 where nothing is.
    package var storedBits: [Int]
  }

  /// One a node, in execution order.
  package let layers: [Layer]
  /// Most bits in use at once.
  package let peakBits: Int

  /// The schedule of `network` with a memory for tensors.
  /// - Throws: `HardwareError.Reason.activationMemoryTooSmall` naming the layer.
  package init(_ network: IntegerNetwork, in memory: ActivationMemory) throws(HardwareError) {
    var draft = Draft(network)
    while let node = draft.firstExcess(capacity: memory.capacityBits) {
      switch memory.whenTooSmall {
      case .bands: draft.relieve(node)
      case .reject:
        // The layer that needs most: with that capacity all others run too.
        let bits = network.nodes.indices.map { draft.bits(at: $0) }
        let most = bits.firstIndex(of: bits.max()!)!
        throw HardwareError(
          .activationMemoryTooSmall(neededBits: bits[most], capacityBits: memory.capacityBits),
          at: "\(network.name), layer \(network.nodes[most].name)")
      }
    }
    var layers: [Layer] = []
    var peak = 0
    for (index, node) in network.nodes.enumerated() {
      if draft.banded.contains(index) {
        let (layer, bits) = try Self.bands(of: node, in: network, capacity: memory.capacityBits)
        layers.append(layer)
        peak = max(peak, bits)
      } else {
        let outside = Set(node.inputs).filter { draft.external.contains($0) }
        layers.append(
          Layer(
            bands: [0..<node.outputRows],
            loadedBits: [outside.reduce(0) { $0 + network.tensor($1)!.bits }],
            storedBits: [draft.external.contains(node.name) ? node.output.bits : 0]))
        peak = max(peak, draft.bits(at: index))
      }
    }
    self.layers = layers
    peakBits = peak
  }

  /// The bands of a layer: as high as fit.
  private static func bands(
    of node: IntegerNetwork.Node, in network: IntegerNetwork, capacity: Int
  ) throws(HardwareError) -> (Layer, bits: Int) {
    let sources = Set(node.inputs).map { network.tensor($0)! }
    let height = node.outputRows
    let isOutput = node.name == network.output.name
    let outputRow = isOutput ? 0 : node.output.bits / height
    func inputBits(_ rows: Range<Int>) -> Int {
      sources.reduce(0) { sum, source in
        let read =
          switch node.operation {
          case .dense: 0..<source.plane.height
          case .convolution(let convolution):
            convolution.window.imageRows(of: rows, height: source.plane.height)
          case .pooling(let pooling): pooling.window.imageRows(of: rows, height: source.plane.height)
          case .addition: rows
          }
        return sum + read.count * (source.bits / source.plane.height)
      }
    }
    var needed = 0
    for rows in stride(from: height, through: 1, by: -1) {
      let bands = stride(from: 0, to: height, by: rows).map { $0..<min(height, $0 + rows) }
      let loaded = bands.map(inputBits)
      needed = zip(bands, loaded).map { $0.count * outputRow + $1 }.max()!
      if needed <= capacity {
        return (
          Layer(
            bands: bands, isBanded: true, loadedBits: loaded, storedBits: bands.map { $0.count * outputRow }),
          needed
        )
      }
    }
    throw HardwareError(
      .activationMemoryTooSmall(neededBits: needed, capacityBits: capacity),
      at: "\(network.name), layer \(node.name), one row of its output")
  }
}

/// Homes of tensors while they are being decided.
private struct Draft {
  /// Tensors that live outside.
  var external: Set<String> = []
  /// Nodes that run in bands, by index.
  var banded: Set<Int> = []
  private let network: IntegerNetwork
  /// Name, index of the node that makes it (0 for the input, which is there from the start) and of its last reader; in
  /// the order of their making. The network's output takes no activation memory.
  private var tensors: [(name: String, bits: Int, made: Int, lastRead: Int)] = []

  init(_ network: IntegerNetwork) {
    self.network = network
    var lastRead: [String: Int] = [:]
    for (index, node) in network.nodes.enumerated() {
      for input in node.inputs { lastRead[input] = index }
    }
    tensors.append((inputTensorName, network.input.bits, 0, lastRead[inputTensorName]!))
    for (index, node) in network.nodes.enumerated().dropLast() {
      tensors.append((node.name, node.output.bits, index, lastRead[node.name]!))
    }
  }

  private func touches(_ node: Int, _ name: String) -> Bool {
    network.nodes[node].name == name || network.nodes[node].inputs.contains(name)
  }

  /// Bits in the memory while `node`, not banded, runs.
  func bits(at node: Int) -> Int {
    tensors.reduce(0) { sum, tensor in
      let isThere =
        tensor.made...tensor.lastRead ~= node
        && (touches(node, tensor.name) || !external.contains(tensor.name))
      return sum + (isThere ? tensor.bits : 0)
    }
  }

  /// The first layer whose tensors exceed `capacity`.
  func firstExcess(capacity: Int) -> Int? {
    network.nodes.indices.first { !banded.contains($0) && bits(at: $0) > capacity }
  }

  /// Moves one tensor out that `node` neither reads nor makes, or makes `node` banded.
  mutating func relieve(_ node: Int) {
    let bystanders = tensors.filter {
      $0.made...$0.lastRead ~= node && !touches(node, $0.name) && !external.contains($0.name)
    }
    if let most = bystanders.map(\.bits).max() {
      external.insert(bystanders.first { $0.bits == most }!.name)
    } else {
      banded.insert(node)
      for tensor in tensors where touches(node, tensor.name) { external.insert(tensor.name) }
    }
  }
}

extension IntegerNetwork.Node {
  /// Rows of its output that bands can cut: a fully connected layer makes its output at once, whatever shape it is given.
  var outputRows: Int {
    switch operation {
    case .dense: 1
    case .convolution, .pooling, .addition: output.plane.height
    }
  }
}

extension IntegerTensor {
  /// Bits of all its elements.
  var bits: Int { count * format.wordLength }
}
