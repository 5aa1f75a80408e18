import Foundation
import Hardware
import Testing
import WordlengthCommand

@Suite("cosim")
struct CosimCommandTests {
  private func run(_ words: String...) -> (status: CommandStatus, output: String, error: String) {
    let recording = Recording()
    let status = CommandDispatcher(commands: [CosimCommand.self], console: recording.console(width: 400))
      .run(["cosim"] + words)
    return (status, recording.output, recording.error)
  }

  @Test("A command line without a network is a usage error, a machine that the twin does not cover a failure")
  func refusals() {
    let neither = run()
    #expect(neither.status == .usage && neither.error.contains("give --network or --random N"))
    let both = run("--random", "1", "--network", "ffdnn-1x4")
    #expect(both.status == .usage)
    let systolic = run("--random", "1", "--hardware", "systolic-weight-stationary")
    #expect(systolic.status == .failure && systolic.error.contains("not covered by the Verilog twin"))
    let pooling = run("--network", "lenet-5", "--weight-bits", "8")
    #expect(pooling.status == .failure && !pooling.error.isEmpty)
  }

  @Test(
    "Networks that agree give PASS and status 0, and --output keeps what was simulated",
    .enabled(if: Simulator.icarus.missingProgram == nil, "Icarus Verilog is absent"))
  func passes() throws {
    let directory = try BuiltProgram.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let kept = run("--random", "2", "--hardware", "ternary-small", "--output", directory.path)
    #expect(kept.status == .success && kept.output.hasPrefix("PASS: 2 networks, 4 inputs,"), "\(kept)")
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    for name in ["lane_array.v", "cosimulation.v", "machine-0.hex", "simulation.log"] {
      #expect(names.contains(name))
    }
    let network = run("--network", "ffdnn-1x4", "--samples", "1", "--format", "json", "--quiet")
    #expect(network.status == .success && network.output.contains("\"passes\": true"), "\(network)")
  }
}
