import Foundation
import Hardware
import Testing

@Suite("The Verilog twin in other tools")
struct CosimulationLintTests {
  /// Parameters of `lane_array` that differ from its defaults: each packing, each requantizer, no pipeline, a long one.
  static let parameterSets: [[String]] = [
    [],
    [
      "Packing=1", "WeightBits=2", "Saturate=0", "RequantizerKind=0", "MultiplierBits=1",
      "TableAddressBits=0", "DescriptorCycles=0", "WeightReadCycles=0", "AdderTreeCycles=0",
      "RequantizerCycles=0",
    ],
    [
      "Packing=2", "WeightBits=2", "Inputs=7", "Lanes=3", "Drained=3", "RequantizerKind=2",
      "MultiplierBits=31", "TableAddressBits=4", "WeightReadCycles=2", "RequantizerCycles=5",
      "ActivationBits=16", "AccumulatorBits=8", "HostBits=80",
    ],
    [
      "Inputs=1", "Lanes=1", "Drained=1", "WeightBits=1", "ActivationBits=1", "AccumulatorBits=64",
      "ResultBits=64", "HostBits=64", "RequantizerCycles=1", "DescriptorCycles=1", "Rounding=0",
    ],
  ]

  /// What a tool says of the Verilog, in a directory that holds it.
  private func remarks(_ program: String, _ arguments: [String]) throws -> String {
    try CosimulationTests.inDirectory { directory in
      for file in TwinSources.files {
        try Data(file.text.utf8).write(to: directory.appendingPathComponent(file.name))
      }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [program] + arguments
      process.currentDirectoryURL = directory
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let output = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let status = process.terminationStatus == 0 ? "" : "status \(process.terminationStatus): "
      return status + String(decoding: output, as: UTF8.self)
    }
  }

  private static func has(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
  }

  private var files: [String] { TwinSources.files.map(\.name) }

  @Test(
    "Icarus compiles the twin as Verilog-2005 without a warning",
    .enabled(if: has("iverilog"), "Icarus Verilog is absent"), arguments: parameterSets)
  func icarus(_ parameters: [String]) throws {
    let settings = parameters.map { "-Plane_array.\($0)" }
    let said = try remarks(
      "iverilog", ["-Wall", "-g2005", "-s", "lane_array", "-o", "twin"] + settings + files)
    #expect(said.isEmpty, "\(said)")
  }

  @Test(
    "Verilator lints the twin without a warning", .enabled(if: has("verilator"), "Verilator is absent"),
    arguments: parameterSets)
  func verilator(_ parameters: [String]) throws {
    let settings = parameters.map { "-G\($0)" }
    let said = try remarks(
      "verilator", ["--lint-only", "-Wall", "--top-module", "lane_array"] + settings + files)
    #expect(said.isEmpty, "\(said)")
  }

  @Test(
    "Yosys elaborates and checks the twin without a warning", .enabled(if: has("yosys"), "Yosys is absent"),
    arguments: parameterSets)
  func yosys(_ parameters: [String]) throws {
    let settings = parameters.map { " -chparam \($0.replacing("=", with: " "))" }.joined()
    let said = try remarks(
      "yosys",
      [
        "-q", "-p",
        "read_verilog \(files.joined(separator: " ")); hierarchy -check -top lane_array\(settings); proc; check -assert",
      ])
    #expect(said.isEmpty, "\(said)")
  }
}
