import Foundation
import Hardware
import Networks
import Reproducibility

/// `wordlength cosim`: runs networks on the Verilog twin of a machine and compares it with the engine.
package enum CosimCommand: Command {
  enum Form: Sendable { case text, json }

  /// What the engine is held against.
  private enum Opponent: Hashable, Sendable {
    case verilog(Simulator)
    case registers
  }

  private static let hardware = MachineSource.option(
    help: "the machine; with --random one is drawn for every few networks unless this names it")
  private static let network = CommandOption(
    "network", letter: "n", NetworkSource.network.format,
    help: "the network: a file, or a topology's name for random weights of its shape")
  private static let random = CommandOption(
    "random", .count(1...100_000), help: "draw so many networks, the awkward ones on purpose")
  private static let simulator = CommandOption(
    "simulator",
    .choice(
      Simulator.allCases.map { ($0.rawValue, Opponent.verilog($0)) } + [("registers", .registers)],
      placeholder: "NAME"),
    help:
      "who runs the Verilog: icarus starts at once, verilator takes long to build and then runs fast; or registers, the "
      + "register-level model in the Verilog's stead, on machines and networks of every kind (with --random)",
    default: .verilog(.icarus))
  private static let output = CommandOption(
    "output", letter: "o", .text("DIR", "a directory"),
    help: "keep the Verilog, the memories and the logs there", influence: .presentationOnly)
  private static let format = CommandOption(
    "format", .choice([("text", Form.text), ("json", .json)], placeholder: "FORMAT"),
    help: "the form of the output", default: .text, influence: .presentationOnly)
  private static let quiet = CommandFlag(
    "quiet", letter: "q", help: "print no progress", influence: .presentationOnly)

  /// What it accepts and what its help says.
  package static let syntax = CommandSyntax(
    name: "cosim", summary: "run the Verilog twin of a machine against the engine",
    discussion: [
      "Writes the twin's Verilog, its memories and a test bench, runs them in a simulator, and compares every output word "
        + "and the number of cycles with the engine's. The exit status is 1 on any difference.",
      "The twin covers lane arrays with parallel and ternary datapaths, and on them chains of fully connected layers and "
        + "convolutions whose weights and activations stay on the chip. What it does not cover is refused by name.",
    ],
    options: [
      hardware.declaration, network.declaration, random.declaration,
    ] + NetworkSource.declarations.filter { $0.name != "network" } + InputSource.declarations + [
      simulator.declaration, output.declaration, format.declaration, quiet.declaration,
    ],
    examples: [
      CommandExample("cosim --random 200 --seed 7", "Random networks on random machines:"),
      CommandExample(
        "cosim --network wordlength-report/answer.network --simulator verilator --dataset glyphs --samples 20",
        "The network that \"wordlength explore\" found:"),
      CommandExample(
        "cosim --random 10000 --simulator registers", "The engine against the register-level model:"),
      CommandExample(
        "cosim --random 5 --hardware ternary-small -o rtl", "Keep the files of a machine of one's own:"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    let tool: Simulator
    switch arguments.required(simulator) {
    case .verilog(let simulator): tool = simulator
    case .registers: return try compareModels(arguments, console: console)
    }
    let cases = try cases(arguments)
    let kept = try arguments.value(output).map { path throws(CommandFailure) in
      try OutputDirectory(claiming: path)
    }
    let directory =
      kept?.url
      ?? FileManager.default.temporaryDirectory.appendingPathComponent(
        "wordlength-cosim-\(UUID().uuidString)")
    defer { if kept == nil { try? FileManager.default.removeItem(at: directory) } }
    let results: [CosimulationResult]
    do {
      results = try simulate(
        cases, tool, in: directory, stream: arguments.contains(quiet) ? nil : console.error)
    } catch {
      kept?.relinquish()
      throw error
    }
    let report = CosimReport(results: results, simulator: tool)
    switch arguments.required(format) {
    case .text: console.output.write(report.text)
    case .json: console.output.write(report.json.indentedText)
    }
    return results.allSatisfy(\.agrees) ? .success : .failure
  }

  /// Holds the engine against the register-level model.
  private static func compareModels(
    _ arguments: CommandArguments, console: Console
  ) throws -> CommandStatus {
    guard let count = arguments.value(random), !arguments.contains(network), !arguments.contains(hardware)
    else {
      throw UsageError(
        command: "cosim",
        faults: [
          .rule(
            what: "the register-level model is compared on random networks on random machines",
            help: "give --random N alone; for one network use simulate --model registers")
        ])
    }
    let meter = ProgressMeter(
      tasks: count, cost: Double(count), stream: arguments.contains(quiet) ? nil : console.error)
    defer { meter.close() }
    let interruption = Interruption {}
    defer { interruption.stopListening() }
    var agreement = ModelAgreement(seed: UInt64(arguments.required(NetworkSource.seed)))
    for number in 0..<count {
      try interruption.check()
      if number % 100 == 0 {
        meter.show(
          done: number, of: count, costDone: Double(number), cost: Double(count), current: "comparing")
      }
      agreement.compare(number)
    }
    meter.close()
    switch arguments.required(format) {
    case .text: console.output.write(agreement.text)
    case .json: console.output.write(agreement.json.indentedText)
    }
    return agreement.differences.isEmpty ? .success : .failure
  }

  /// Runs the cases machine by machine, several machines to a simulation.
  private static func simulate(
    _ cases: [CosimulationCase], _ simulator: Simulator, in directory: URL, stream: Console.Stream?
  ) throws -> [CosimulationResult] {
    var batches: [[CosimulationCase]] = []
    var machines: [HardwareDescription] = []
    for item in cases {
      if machines.last != item.hardware { machines.append(item.hardware) }
      let batch = (machines.count - 1) / simulator.machinesPerSimulation
      if batch == batches.count { batches.append([]) }
      batches[batch].append(item)
    }
    let meter = ProgressMeter(tasks: batches.count, cost: Double(cases.count), stream: stream)
    defer { meter.close() }
    let interruption = Interruption {
      meter.interrupt { stream?.write("wordlength: stopping; a second interrupt ends at once\n") }
    }
    defer { interruption.stopListening() }
    var results: [CosimulationResult] = []
    for (number, batch) in batches.enumerated() {
      try interruption.check()
      meter.begin("\(simulator.rawValue): \(batch[0].network.name) on \(batch[0].hardware.name)")
      let place = batches.count == 1 ? directory : directory.appendingPathComponent("simulation-\(number)")
      do {
        results += try Cosimulation(simulator: simulator, directory: place).run(batch)
      } catch let error as CosimulationError {
        // A simulator that the same signal ended has not failed.
        try interruption.check()
        throw error
      }
      meter.finish(cost: Double(batch.count))
    }
    return results
  }

  private static func cases(_ arguments: CommandArguments) throws -> [CosimulationCase] {
    let machine = try MachineSource.read(arguments.required(hardware))
    switch (arguments.contains(network), arguments.value(random)) {
    case (false, nil), (true, .some):
      throw UsageError(
        command: "cosim",
        faults: [
          .rule(
            what: "either a network or random ones are run",
            help: "give --network or --random N, and not both")
        ])
    case (false, let count?):
      return try RandomMachine.cases(
        count, seed: UInt64(arguments.required(NetworkSource.seed)),
        on: arguments.contains(hardware) ? machine : nil,
        samples: arguments.value(InputSource.samples) ?? standardSamples)
    case (true, nil):
      let network = try NetworkSource.read(arguments, for: machine, needsValues: true)
      let inputs = try InputSource(arguments, for: network, standard: standardSamples)
      return [CosimulationCase(network, on: machine, inputs: inputs.values)]
    }
  }

  /// Inputs of each network where nothing else is asked for.
  private static let standardSamples = 2
}

extension Simulator {
  /// Machines whose twins are built together: Verilator's run-time library is compiled once a build, and its compiler's time grows
  /// with the machines; Icarus has no such cost.
  fileprivate var machinesPerSimulation: Int {
    switch self {
    case .icarus: 4
    case .verilator: 10
    }
  }
}
