import Foundation
import Interchange
import Networks
import Reproducibility
import Tensors

/// Runs networks on the Verilog twin of their machines in a simulator, and compares every output word and the number of cycles with
/// the engine's.
public struct Cosimulation: Sendable {
  /// The simulator.
  public let simulator: Simulator
  /// Where its files are written; they stay there.
  public let directory: URL
  private let sources: [(name: String, text: String)]

  /// A co-simulation that writes its files to `directory`, which is made if it is missing.
  public init(simulator: Simulator, directory: URL) {
    self.init(simulator: simulator, directory: directory, sources: TwinSources.files)
  }

  /// The same with other Verilog, for a test that plants faults.
  package init(simulator: Simulator, directory: URL, sources: [(name: String, text: String)]) {
    self.simulator = simulator
    self.directory = directory
    self.sources = sources
  }

  /// Runs one network.
  /// - Throws: `TwinCoverageError`, `HardwareError` where the machine cannot run the network or an input is none, `CosimulationError`.
  public func run(
    _ network: IntegerNetwork, on hardware: HardwareDescription, inputs: [Int32]
  ) throws -> CosimulationResult {
    try run([CosimulationCase(network, on: hardware, inputs: inputs)])[0]
  }

  /// Runs several networks in one simulation: those of equal machines on the same twin.
  /// - Throws: as above, for the first case that cannot be run; then nothing is simulated.
  public func run(_ cases: [CosimulationCase]) throws -> [CosimulationResult] {
    var machines: [HardwareDescription] = []
    var expected: [ExpectedRuns] = []
    for item in cases {
      let machine = machines.firstIndex(of: item.hardware) ?? machines.count
      if machine == machines.count { machines.append(item.hardware) }
      expected.append(try ExpectedRuns(item, machine: machine))
    }
    var programs: [TwinProgram] = []
    for (number, machine) in machines.enumerated() {
      let own = expected.indices.filter { expected[$0].machine == number }
      programs.append(
        TwinProgram(
          own.map { (cases[$0].network, cases[$0].inputs, expected[$0].cycles) },
          on: try TwinCoverage.lanes(of: machine)))
    }
    try write(programs, machines)
    let clock = ContinuousClock()
    var text = ""
    let seconds = try clock.measure { text = try simulate() }.seconds
    let log = try SimulationLog(
      parsing: text, resultBits: programs.map(\.parameters.needs.resultBits))
    var firstRun = [Int](repeating: 0, count: machines.count)
    return zip(cases, expected).map { item, runs in
      defer { firstRun[runs.machine] += runs.samples }
      return runs.result(of: item, in: log, firstRun: firstRun[runs.machine], seconds: seconds)
    }
  }

  private func write(
    _ programs: [TwinProgram], _ machines: [HardwareDescription]
  ) throws {
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw CosimulationError.file(path: directory.path, reason: error.localizedDescription)
    }
    var files = sources.map { ($0.name, Data($0.text.utf8)) }
    files.append((Self.benchName, Data(TwinBench(programs).text.utf8)))
    for (number, program) in programs.enumerated() {
      let comment = """
        Commands of the test bench for \(machines[number].name): {command (4 bits), lane (16), address (32), data (\(program.parameters.hostBits))}.
        Commands 0 to 6 write the memories that lane_array.v lists, 8 runs the network.
        """
      files.append(
        (TwinBench.imageName(machine: number), try program.image().encoded(comment: comment)))
    }
    for (name, data) in files {
      do {
        try WholeFile.write(data, to: directory.appendingPathComponent(name))
      } catch {
        throw CosimulationError.file(path: error.path, reason: error.reason)
      }
    }
  }

  private static let benchName = "cosimulation.v"

  /// Builds and runs the simulation, and gives what it printed.
  private func simulate() throws(CosimulationError) -> String {
    let files = sources.map(\.name) + [Self.benchName]
    func run(_ program: String, _ arguments: [String], log: String) throws(CosimulationError) -> String {
      try ChildProcess(program: program, arguments: arguments, directory: directory)
        .run(log: log, installation: simulator.installation)
    }
    if let program = simulator.missingProgram {
      throw .simulatorMissing(program: program, installation: simulator.installation)
    }
    switch simulator {
    case .icarus:
      _ = try run(
        "iverilog", ["-g2005", "-s", TwinBench.topModule, "-o", "simulation.vvp"] + files, log: "build.log")
      return try run("vvp", ["-N", "simulation.vvp"], log: "simulation.log")
    case .verilator:
      _ = try run(
        "verilator",
        [
          "--binary", "-j", "1", "-Wno-lint", "-Wno-style", "-Wno-fatal", "-CFLAGS", "-O0", "--top-module",
          TwinBench.topModule, "--Mdir", "verilated", "-o", "simulation",
        ] + files, log: "build.log")
      return try run(
        directory.appendingPathComponent("verilated/simulation").path, [], log: "simulation.log")
    }
  }
}

extension Duration {
  /// Seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
