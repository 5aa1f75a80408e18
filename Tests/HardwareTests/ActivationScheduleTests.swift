import Hardware
import Networks
import Reproducibility
import Testing

/// How a layer is expected to run: its bands and transfers.
private struct Run: Equatable {
  let bands: [Range<Int>]
  let isBanded: Bool
  let loads: [Int]
  let stores: [Int]

  /// A layer that runs in bands.
  init(bands: [Range<Int>], loads: [Int], stores: [Int]) {
    self.bands = bands
    isBanded = true
    self.loads = loads
    self.stores = stores
  }

  /// A layer that makes `rows` rows in one piece.
  init(whole rows: Int, loads: Int = 0, stores: Int = 0) {
    bands = [0..<rows]
    isBanded = false
    self.loads = [loads]
    self.stores = [stores]
  }

  init(_ layer: ActivationSchedule.Layer) {
    bands = layer.bands
    isBanded = layer.isBanded
    loads = layer.loadedBits
    stores = layer.storedBits
  }
}

extension NetworkMapping {
  fileprivate var runs: [Run] { schedule.layers.map(Run.init) }
}

@Suite("Where tensors live")
struct ActivationScheduleTests {
  /// The mapping on a machine whose activation memory has `capacity` bits; external memory brings 32 bits a cycle after 10.
  private func mapping(
    _ network: IntegerNetwork, capacity: Int, bands: Bool = true
  ) throws -> NetworkMapping {
    let memory: JSONValue =
      bands ? TestMachine.bands(capacity: capacity) : ["capacityBits": .integer(capacity)]
    return try NetworkMapping(
      network,
      on: try TestMachine().hardware(with: [
        "activationMemory": memory, "vectorUnit": TestMachine.vectorUnit(elements: 4, pipeline: 1),
        "externalMemory": TestMachine.external(weights: 64, activations: 32, latency: 10),
      ]))
  }

  private func refusal(_ network: IntegerNetwork, capacity: Int, bands: Bool = true) -> HardwareError? {
    do {
      _ = try mapping(network, capacity: capacity, bands: bands)
      return nil
    } catch { return error as? HardwareError }
  }

  @Test("A chain needs what its worst layer reads and makes; the output needs nothing")
  func chain() throws {
    let window = SlidingWindow(kernel: PlaneExtent(square: 3), padding: PlanePadding(all: 1))
    let network = try TinyNodes.network(
      TinyNodes.tensor([4, 4, 1]),
      [
        TinyNodes.convolution(
          "conv", from: "input", window: window, making: TinyNodes.tensor([4, 4, 2])),
        TinyNodes.dense("out", from: "conv", inputs: 32, making: TinyNodes.tensor([1000])),
      ])
    let fitting = try mapping(network, capacity: 128 + 256)
    #expect(fitting.activationBits == 384 && fitting.runs == [Run(whole: 4), Run(whole: 1)])
    let refused = refusal(network, capacity: 383, bands: false)
    #expect(refused?.reason == .activationMemoryTooSmall(neededBits: 384, capacityBits: 383))
    #expect(refused?.location == "net, layer conv")
  }

  /// input → a → b → sum of b and input → out; each tensor of 128 bits.
  private func skip() throws -> IntegerNetwork {
    try TinyNodes.network(
      TinyNodes.tensor([4, 4, 1]),
      [
        TinyNodes.same("a", from: "input", [4, 4, 1]), TinyNodes.same("b", from: "a", [4, 4, 1]),
        TinyNodes.addition("sum", "b", "input", making: TinyNodes.tensor([4, 4, 1])),
        TinyNodes.dense("out", from: "sum", inputs: 16, making: TinyNodes.tensor([3])),
      ])
  }

  @Test("A skip connection's tensor goes out first; then the layer that reads it runs in bands")
  func skipConnection() throws {
    #expect(try mapping(try skip(), capacity: 384).runs == [4, 4, 4, 1].map { Run(whole: $0) })
    let mapping = try mapping(try skip(), capacity: 383)
    let sum = Run(bands: [0..<3, 3..<4], loads: [192, 64], stores: [96, 32])
    #expect(
      mapping.runs == [
        Run(whole: 4, loads: 128), Run(whole: 4, stores: 128), sum, Run(whole: 1, loads: 128),
      ])
    #expect(mapping.activationBits == 288)
    // 10 + ⌈bits / 32⌉ for every transfer: 128; 128; 192, 64, 96, 32; 128 bits.
    #expect(mapping.layers.map(\.cycles.activationStall) == [14, 14, 16 + 12 + 13 + 11, 14])
    #expect(mapping.layers.map(\.events.externalBits) == [128, 128, 192 + 64 + 96 + 32, 128])
    #expect(mapping.layers.map(\.bands) == [1, 1, 2, 1])
    // The descriptor once, the vector pipeline in each band.
    #expect(mapping.layers[2].cycles.pipeline == 2 + 2 * 1)
  }

  @Test("Of bystanders of equal size the one made first goes out")
  func bystanders() throws {
    let shape = [4, 4, 1]
    let network = try TinyNodes.network(
      TinyNodes.tensor(shape),
      [
        TinyNodes.same("a", from: "input", shape), TinyNodes.same("b", from: "a", shape),
        TinyNodes.same("c", from: "b", shape),
        TinyNodes.addition("d", "c", "a", making: TinyNodes.tensor(shape)),
        TinyNodes.addition("e", "d", "input", making: TinyNodes.tensor(shape)),
        TinyNodes.dense("out", from: "e", inputs: 16, making: TinyNodes.tensor([3])),
      ])
    let mapping = try mapping(network, capacity: 400)
    #expect(
      mapping.runs == [
        Run(whole: 4, loads: 128), Run(whole: 4), Run(whole: 4), Run(whole: 4), Run(whole: 4, loads: 128),
        Run(whole: 1),
      ])
    #expect(mapping.activationBits == 384)
  }

  /// A 3 × 3 convolution over 6 rows of 16 bits, then a fully connected layer.
  private func halo() throws -> IntegerNetwork {
    try TinyNodes.network(
      TinyNodes.tensor([6, 2, 1]),
      [
        TinyNodes.same("conv", from: "input", [6, 2, 1]),
        TinyNodes.dense("out", from: "conv", inputs: 12, making: TinyNodes.tensor([3])),
      ])
  }

  @Test("Bands are as high as fit, and load the rows about them")
  func haloRows() throws {
    let mapping = try mapping(try halo(), capacity: 100)
    let conv = Run(bands: [0..<2, 2..<4, 4..<6], loads: [48, 64, 48], stores: [32, 32, 32])
    #expect(mapping.runs == [conv, Run(whole: 1, loads: 96)])
    #expect(mapping.activationBits == 96)
    // Bands change transfers and pipeline fills, nothing else.
    let inOnePiece = try self.mapping(try halo(), capacity: 1000)
    var events = mapping.layers[0].events
    #expect(events.externalBits == 160 + 96)
    events.externalBits = 0
    #expect(events == inOnePiece.layers[0].events)
    #expect(mapping.layers[0].cycles.pipeline == 2 + 3 * (1 + 2 + 3))
    #expect(mapping.layers[0].cycles.compute == inOnePiece.layers[0].cycles.compute)
  }

  @Test("A memory too small for one row is an error that says how much one takes")
  func tooSmall() throws {
    let conv = refusal(try halo(), capacity: 63)
    #expect(conv?.reason == .activationMemoryTooSmall(neededBits: 64, capacityBits: 63))
    #expect(conv?.location == "net, layer conv, one row of its output")
    // One row of the convolution fits, but the fully connected layer reads all of its input.
    let dense = refusal(try halo(), capacity: 95)
    #expect(dense?.reason == .activationMemoryTooSmall(neededBits: 96, capacityBits: 95))
    #expect(dense?.location == "net, layer out, one row of its output")
    #expect(refusal(try halo(), capacity: 96) == nil)
  }

  @Test("Bands of a dilated window load from the first row that is read, not from the first that could be")
  func dilatedBands() throws {
    let window = SlidingWindow(
      kernel: PlaneExtent(height: 2, width: 1), dilation: PlaneExtent(height: 2, width: 1),
      padding: PlanePadding(top: 2, left: 0, bottom: 0, right: 0))
    let network = try TinyNodes.network(
      TinyNodes.tensor([4, 1, 1]),
      [
        TinyNodes.convolution("conv", from: "input", window: window, making: TinyNodes.tensor([4, 1, 1])),
        TinyNodes.dense("out", from: "conv", inputs: 4, making: TinyNodes.tensor([1])),
      ])
    let layer = try mapping(network, capacity: 40).schedule.layers[0]
    #expect(layer.bands == [0..<1, 1..<2, 2..<3, 3..<4])
    // Rows {0}, {1}, {0, 2}, {1, 3}.
    #expect(layer.loadedBits == [8, 8, 24, 24])
  }
}
