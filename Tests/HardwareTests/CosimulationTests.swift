import Foundation
import Hardware
import Networks
import Tensors
import Testing

@Suite("Co-simulation of the Verilog twin")
struct CosimulationTests {
  /// A new directory for a simulation, gone afterwards.
  static func inDirectory<Value>(_ body: (URL) throws -> Value) throws -> Value {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("wordlength-twin-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
  }

  static let hasIcarus = Simulator.icarus.missingProgram == nil
  static let hasVerilator = Simulator.verilator.missingProgram == nil

  private func expectAgreement(_ results: [CosimulationResult], seed: UInt64) {
    for (number, result) in results.enumerated() {
      #expect(
        result.agrees,
        "seed \(seed), case \(number), \(result.network) on \(result.hardware): \(result.differences.prefix(5))"
      )
      #expect(result.cycles.count == result.samples && result.comparedWords > 0)
    }
  }

  @Test(
    "In Icarus the twin gives every output word and the cycle count of the engine, on random machines and networks",
    .enabled(if: hasIcarus, "Icarus Verilog is absent"), arguments: [11, 12] as [UInt64])
  func icarusAgrees(_ seed: UInt64) throws {
    let cases = try RandomMachine.cases(25, seed: seed)
    let results = try Self.inDirectory { directory in
      try Cosimulation(simulator: .icarus, directory: directory).run(cases)
    }
    #expect(results.count == cases.count)
    expectAgreement(results, seed: seed)
  }

  @Test(
    "In Verilator the twin gives every output word and the cycle count of the engine",
    .enabled(if: hasVerilator, "Verilator is absent"))
  func verilatorAgrees() throws {
    let seed: UInt64 = 21
    let cases = try RandomMachine.cases(20, seed: seed, networksPerMachine: 10)
    let results = try Self.inDirectory { directory in
      try Cosimulation(simulator: .verilator, directory: directory).run(cases)
    }
    #expect(results.count == cases.count)
    expectAgreement(results, seed: seed)
  }

  @Test(
    "The draws hold what is awkward: wrapped and saturated sums, ragged tiles, groups, padding, narrow weights, every unit"
  )
  func drawsAreAwkward() throws {
    var seen: [String: Int] = [:]
    for item in try RandomMachine.cases(300, seed: 1) {
      let lanes = try TwinCoverage.lanes(of: item.hardware)
      let path = lanes.path
      let engine = try MachineEngine(item.network, on: item.hardware)
      let result = try engine.run(item.inputs, resources: ComputeResources(threads: 1))
      func see(_ what: String, _ holds: Bool) { seen[what, default: 0] += holds ? 1 : 0 }
      let overflows = result.overflows.contains { $0 > 0 }
      see("saturated", overflows && path.accumulator.overflow == .saturate)
      see("wrapped", overflows && path.accumulator.overflow == .wrap)
      see("rejecting", path.accumulator.overflow == .reject)
      see("\(path.requantizer)".prefix { $0 != "(" }.description, true)
      see("asynchronous read", lanes.pipeline.weightRead == 0)
      see("no descriptor cycles", lanes.pipeline.descriptor == 0)
      for node in item.network.nodes {
        let layer = item.network.weightedLayer(of: node)!
        see("ragged tile", layer.outputs % lanes.lanes != 0 && layer.outputs > lanes.lanes)
        see("ragged tap", layer.inputChannels % lanes.inputsPerCycle != 0)
        see("grouped", layer.groups > 1)
        see("padded", layer.window.padding.top > 0 && layer.inputZeroPoint != 0)
        see("narrow weights", layer.weightWordLength < path.datapath.weightBits)
        see("drain-bound", layer.outputs > lanes.outputsDrainedPerCycle * layer.inputsPerOutput)
        if case .ternary(_, let packing) = path.datapath { see(packing.rawValue, true) }
        switch node.operation.stageName {
        case let name?: see(name, true)
        case nil: break
        }
      }
    }
    let expected = [
      "saturated", "wrapped", "rejecting", "shift", "multiplier", "doublingHighMultiply",
      "asynchronous read", "no descriptor cycles", "ragged tile", "ragged tap", "grouped", "padded",
      "narrow weights", "drain-bound", "2_bits", "5_in_8_bits", "accumulators", "clamp", "table",
    ]
    for what in expected { #expect(seen[what, default: 0] >= 5, "\(what): \(seen[what, default: 0]) of 300") }
  }

  @Test(
    "A simulator that prints what the bench does not is an error, a silent twin a difference",
    .enabled(if: hasIcarus, "Icarus Verilog is absent"))
  func brokenTwins() throws {
    let cases = try RandomMachine.cases(1, seed: 5)
    func run(_ change: (String) -> String) throws -> [CosimulationResult] {
      let sources = TwinSources.files.map { ($0.name, $0.name == "lane_array.v" ? change($0.text) : $0.text) }
      return try Self.inDirectory { directory in
        try Cosimulation(simulator: .icarus, directory: directory, sources: sources).run(cases)
      }
    }
    #expect(throws: CosimulationError.self) { try run { $0.replacing("endmodule", with: "") } }
    #expect(throws: CosimulationError.unreadableLine("hello")) {
      try run { $0.replacing("endmodule", with: "initial $display(\"hello\");\nendmodule") }
    }
    let silent = try run {
      $0.replacing("assign done_o = layer_done && last_layer", with: "assign done_o = 1'b0")
    }
    #expect(!silent[0].agrees && silent[0].cycles == [nil, nil])
  }
}

extension IntegerOperation {
  /// The kind of what follows the accumulators.
  fileprivate var stageName: String? {
    let stage: IntegerOutputStage? =
      switch self {
      case .dense(let dense): dense.outputStage
      case .convolution(let convolution): convolution.outputStage
      case .addition(let addition): addition.outputStage
      case .pooling: nil
      }
    return switch stage {
    case nil: nil
    case .accumulators: "accumulators"
    case .clamp: "clamp"
    case .table: "table"
    }
  }
}
