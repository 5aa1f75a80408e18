import Foundation
import Hardware
import Networks
import Testing

/// A layer as another simulator of systolic arrays reports it.
private struct ReportedLayer: CustomStringConvertible {
  private let cells: [String: String]

  func number(_ column: String) throws -> Int { try #require(cells[column].flatMap { Int($0) }, "\(column)") }

  func dataflow() throws -> Dataflow {
    switch cells["dataflow"] {
    case "os": .outputStationary
    case "ws": .weightStationary
    case "is": .inputStationary
    default: throw CocoaError(.formatting)
    }
  }

  var description: String {
    cells.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  /// All rows of a file with a header line and no quoted cells.
  static func read(_ url: URL) throws -> [ReportedLayer] {
    let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return ReportedLayer(cells: Dictionary(uniqueKeysWithValues: zip(header, cells)))
    }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let excerpt = folder.appendingPathComponent("Fixtures/systolic-cycles.csv")
  static let all = folder.appendingPathComponent("../../../shared/costs/scalesim-cycles-dev.csv")
    .standardizedFileURL
}

@Suite("Folds of systolic arrays")
struct SystolicFoldsTests {
  private func array(rows: Int, columns: Int, _ dataflow: Dataflow) throws -> SystolicArray {
    let machine = try TestMachine().systolic(rows: rows, columns: columns, dataflow)
    guard case .systolic(let array) = machine.array else { throw CocoaError(.featureUnsupported) }
    return array
  }

  /// Holds one reported layer against the closed forms.
  private func check(_ layer: ReportedLayer) throws {
    let (m, n, k) = (try layer.number("M"), try layer.number("N"), try layer.number("K"))
    let (rows, columns) = (try layer.number("rows"), try layer.number("cols"))
    let dataflow = try layer.dataflow()
    let folds = SystolicFolds(
      positions: m, filters: n, depth: k, on: try array(rows: rows, columns: columns, dataflow))
    let count = folds.rowFolds * folds.columnFolds
    #expect(count == (try layer.number("folds")), "\(layer)")
    #expect(folds.cycles == (try layer.number("demand_rows")), "\(layer)")
    // That simulator's total is the index of the last cycle.
    #expect(folds.cycles == (try layer.number("total_cycles")) + 1, "\(layer)")
    #expect(folds.activationReads == (try layer.number("ifmap_sram_reads")), "\(layer)")
    #expect(folds.weightReads == (try layer.number("filter_sram_reads")), "\(layer)")
    // Output-stationary, it adds R + C writes a fold that the array does not make; the others write a partial sum
    // for each accumulation.
    let writes =
      switch dataflow {
      case .outputStationary: m * n + count * (rows + columns)
      case .weightStationary, .inputStationary: folds.accumulations
      }
    #expect(writes == (try layer.number("ofmap_sram_writes")), "\(layer)")
  }

  @Test("Cycles, folds and reads are those that another simulator counts: an excerpt of three networks")
  func excerpt() throws {
    let layers = try ReportedLayer.read(ReportedLayer.excerpt)
    #expect(layers.count == 12)
    for layer in layers { try check(layer) }
  }

  @Test(
    "Cycles, folds and reads are those that another simulator counts: all its layers",
    .enabled(
      if: FileManager.default.fileExists(atPath: ReportedLayer.all.path), "../shared/costs is absent"))
  func everyLayer() throws {
    let layers = try ReportedLayer.read(ReportedLayer.all)
    #expect(layers.count == 210)
    for layer in layers { try check(layer) }
  }

  @Test("One processing element by hand, and the cycle of the last operand to meet")
  func byHand() throws {
    func cycles(_ m: Int, _ n: Int, _ k: Int, _ rows: Int, _ columns: Int, _ dataflow: Dataflow) throws -> Int
    {
      SystolicFolds(
        positions: m, filters: n, depth: k, on: try array(rows: rows, columns: columns, dataflow)
      ).cycles
    }
    // One element: K products for each output; or one load and one product for each weight or activation.
    #expect(try cycles(1, 1, 1, 1, 1, .outputStationary) == 1)
    #expect(try cycles(2, 3, 5, 1, 1, .outputStationary) == 2 * 3 * 5)
    #expect(try cycles(2, 3, 5, 1, 1, .weightStationary) == 3 * 5 * (1 + 2))
    #expect(try cycles(2, 3, 5, 1, 1, .inputStationary) == 2 * 5 * (1 + 3))
    // The last of 4 × 6 elements meets its first operands 3 + 5 cycles after the first, and its fifth 4 later.
    #expect(try cycles(4, 6, 5, 4, 6, .outputStationary) == 3 + 5 + 4 + 1)
  }

  @Test("A machine's layer takes its descriptor, its groups' folds and its requantizer, band by band")
  func layers() throws {
    let window = SlidingWindow(kernel: PlaneExtent(square: 3), padding: PlanePadding(all: 1))
    let network = try TinyNodes.network(
      TinyNodes.tensor([5, 4, 6]),
      [
        TinyNodes.convolution(
          "conv", from: "input", channels: 6, groups: 2, window: window, making: TinyNodes.tensor([5, 4, 8]))
      ])
    for dataflow in Dataflow.allCases {
      let mapping = try NetworkMapping(network, on: try TestMachine().systolic(rows: 4, columns: 3, dataflow))
      // M = 20, 4 filters a group, K = 27.
      let (folds, each) =
        switch dataflow {
        case .outputStationary: (5 * 2, 27 + 5)
        case .weightStationary: (7 * 2, 4 + 20 + 5)
        case .inputStationary: (7 * 7, 4 + 4 + 5)
        }
      #expect(mapping.layers[0].cycles.compute == 2 * folds * each, "\(dataflow)")
      #expect(mapping.layers[0].cycles.pipeline == 2 + 3 && mapping.cycles == 2 * folds * each + 5)
      #expect(mapping.layers[0].tiles == 2 * folds, "\(dataflow)")
      let memory = mapping.layers[0].memory
      // Filters in whole columns, inputs in whole rows, 2 bits a weight, 32 bits a start.
      let (depth, filters) =
        switch dataflow {
        case .outputStationary: (27, 6)
        case .weightStationary: (28, 6)
        case .inputStationary: (28, 4)
        }
      #expect(memory.storedWeightBits == 2 * depth * filters * 2, "\(dataflow)")
      #expect(memory.storedBiasBits == 2 * filters * 32, "\(dataflow)")
      #expect(memory.usefulBits == 2 * 27 * 4 * 2 + 8 * 32, "\(dataflow)")
    }
    // Bands of two output rows: 3, 4 and 2 input rows of 192 bits and 2, 2 and 1 output rows of 256 bits.
    let tight = try NetworkMapping(
      try TinyNodes.network(
        network.input,
        network.nodes + [TinyNodes.dense("out", from: "conv", inputs: 160, making: TinyNodes.tensor([2]))]),
      on: try TestMachine().systolic(
        rows: 4, columns: 3, .outputStationary,
        with: [
          "activationMemory": TestMachine.bands(capacity: 1300),
          "externalMemory": TestMachine.external(weights: 1, activations: 64, latency: 7),
        ]))
    let layer = tight.layers[0]
    #expect(layer.bands == 3 && layer.cycles.pipeline == 2 + 3 * 3)
    #expect(layer.cycles.compute == 2 * (2 + 2 + 1) * 2 * (27 + 5))
    #expect(layer.cycles.activationStall == (7 + 9) + (7 + 8) + (7 + 12) + (7 + 8) + (7 + 6) + (7 + 4))
  }
}
