import Foundation
import Hardware
import Interchange
import Networks
import Reporting
import Reproducibility
import Tensors
import Training

/// `wordlength simulate`: what a network computes on a machine, in how many cycles, and why.
package struct SimulateCommand: Command {
  /// Which of the machine's models runs.
  enum Model: String, Sendable {
    case engine, registers
  }

  private static let hardware = MachineSource.option(help: "the machine")
  private static let cyclesOnly = CommandFlag(
    "cycles-only", help: "count cycles, memory and events without running any input")
  private static let countAll = CommandFlag(
    "count-overflows",
    help: "step every addition, so that a count of no overflow is an observation, not a proof")
  private static let model = CommandOption(
    "model", .choice([("engine", Model.engine), ("registers", Model.registers)], placeholder: "MODEL"),
    help: "the fast engine, or the register-level model, which steps every clock", default: Model.engine)
  private static let trace = CommandOption(
    "trace", .text("FILE", "a file ending in .vcd or .csv"),
    help: "write the registers of the first input's run, clock by clock: a value change dump or a table",
    influence: .presentationOnly)
  private static let golden = CommandOption(
    "golden", .text("DIR", "a directory"),
    help:
      "write inputs, weights, accumulators and outputs of every layer for the first inputs, as .npy and $readmemh",
    influence: .presentationOnly)
  private static let goldenSamples = CommandOption(
    "golden-samples", .count(1...1000), help: "how many inputs the golden files hold", default: 1,
    influence: .presentationOnly)
  private static let outputs = CommandOption(
    "outputs", .text("FILE", "a .npy file to write"), help: "write the raw outputs, [samples, outputs]",
    influence: .presentationOnly)
  private static let threads = CommandOption(
    "threads", .count(1...1024), help: "threads to use (by default all cores); no result depends on it",
    influence: .presentationOnly)
  private static let format = CommandOption(
    "format", .choice([("text", "text"), ("json", "json")], placeholder: "FORMAT"),
    help: "the form of the output", default: "text", influence: .presentationOnly)
  private static let quiet = CommandFlag(
    "quiet", letter: "q", help: "print no progress", influence: .presentationOnly)

  /// What it accepts and what its help says.
  package static let syntax = CommandSyntax(
    name: "simulate",
    summary: "run an integer network on described hardware, bit for bit and cycle for cycle",
    discussion: [
      "Prints cycles by layer, split into compute, drain, stalls and pipeline, which sum to the total; memory in use; events; and what"
        + " was computed: the error on a data set, and how many additions left their accumulator.",
      "The engine is fast; the register-level model steps every clock, and stops if its cycles are not those of the closed forms. The engine steps additions one by one only where an accumulator could overflow.",
    ],
    options: [hardware.declaration] + NetworkSource.declarations + InputSource.declarations + [
      model.declaration, cyclesOnly.declaration, countAll.declaration, trace.declaration, golden.declaration,
      goldenSamples.declaration, outputs.declaration, threads.declaration, format.declaration,
      quiet.declaration,
    ],
    examples: [
      CommandExample(
        "simulate --network wordlength-report/answer.network --dataset glyphs",
        "the answer of explore, on its test set"),
      CommandExample(
        "simulate --network vgg-16 --hardware lane-array-large --cycles-only", "cycles before any training"),
      CommandExample(
        "simulate --network ffdnn-1x8 --input-shape 4x4x1 --trace run.vcd",
        "watch the registers in a wave viewer"),
      CommandExample(
        "simulate --network lenet-5 --golden golden",
        "files for an RTL team; judge theirs with verify --golden"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    try checkCyclesOnly(arguments)
    let machine = try MachineSource.read(arguments.required(hardware))
    let meter = ProgressMeter(
      tasks: 0, cost: 0, stream: arguments.contains(quiet) ? nil : console.error)
    defer { meter.close() }
    meter.begin("reading the network")
    let needsValues = !arguments.contains(cyclesOnly)
    let network = try NetworkSource.read(arguments, for: machine, needsValues: needsValues)
    let resources = ComputeResources(
      threads: arguments.value(threads) ?? ComputeResources.all.threads)
    let report: SimulationReport
    if needsValues {
      let engine = try MachineEngine(
        network, on: machine, counting: arguments.contains(countAll) ? .everywhere : .whereSumsCanOverflow)
      // After the engine, which refuses words that no datapath reads.
      let inputs = try InputSource(
        arguments, for: network,
        standard: arguments.contains(golden) ? arguments.required(goldenSamples) : 1)
      report =
        switch arguments.required(model) {
        case .engine: try simulate(engine, inputs: inputs, meter: meter, resources: resources)
        case .registers: try stepRegisters(engine, inputs: inputs, meter: meter)
        }
      if let path = arguments.value(trace) { try writeTrace(engine, inputs: inputs, to: path) }
      try write(report, engine: engine, inputs: inputs, arguments, resources: resources)
    } else {
      let mapping = try NetworkMapping(network, on: machine)
      try mapping.checkCapacity()
      report = SimulationReport(
        mapping: mapping, network: network.name, samples: arguments.value(InputSource.samples) ?? 1,
        result: nil, accuracy: nil, model: "closed forms")
    }
    meter.close()
    console.output.write(
      arguments.required(format) == "json"
        ? report.json.indentedText : try report.text(width: console.output.width()))
    return .success
  }

  /// Checks that nothing is asked of a run that `--cycles-only` leaves out.
  private static func checkCyclesOnly(_ arguments: CommandArguments) throws(UsageError) {
    guard arguments.contains(cyclesOnly) else { return }
    let idle = [
      arguments.contains(countAll) ? "--count-overflows" : nil,
      arguments.contains(golden) ? "--golden" : nil, arguments.contains(outputs) ? "--outputs" : nil,
      arguments.contains(InputSource.dataset) ? "--dataset" : nil,
      arguments.contains(InputSource.inputs) ? "--inputs" : nil,
    ].compactMap { $0 }
    guard idle.isEmpty else {
      throw UsageError(
        command: syntax.name,
        faults: idle.map {
          .rule(what: "\($0) needs a run, and --cycles-only makes none", help: "leave one of them out")
        })
    }
  }

  /// Runs the inputs a few at a time, so that progress shows and an interrupt is heeded.
  private static func simulate(
    _ engine: MachineEngine, inputs: InputSource, meter: ProgressMeter, resources: ComputeResources
  ) throws -> SimulationReport {
    let network = engine.network
    let count = inputs.count(of: network)
    let interruption = Interruption {}
    defer { interruption.stopListening() }
    // About a quarter of a second at 10^11 multiplications a second.
    let work = max(1, engine.mapping.layers.reduce(0) { $0 + $1.usefulMACs })
    let portion = max(1, min(count, 25_000_000_000 / work))
    var outputs: [Int64] = []
    var overflows = [Int](repeating: 0, count: network.nodes.count)
    for first in stride(from: 0, to: count, by: portion) {
      try interruption.check()
      meter.show(
        done: first, of: count, costDone: Double(first), cost: Double(count), current: "running inputs")
      let range = first..<min(count, first + portion)
      let size = network.input.count
      let part = try engine.run(
        Array(inputs.values[range.lowerBound * size..<range.upperBound * size]), resources: resources)
      outputs += part.outputs
      for (layer, events) in part.overflows.enumerated() { overflows[layer] += events }
    }
    return report(engine, inputs: inputs, outputs: outputs, overflows: overflows, model: .engine)
  }

  /// Steps every register through every clock of every input, one after another.
  private static func stepRegisters(
    _ engine: MachineEngine, inputs: InputSource, meter: ProgressMeter
  ) throws -> SimulationReport {
    let network = engine.network
    let model = try RegisterLevelModel(network, on: engine.mapping.hardware)
    let count = inputs.count(of: network)
    let size = network.input.count
    let interruption = Interruption {}
    defer { interruption.stopListening() }
    var outputs: [Int64] = []
    var overflows = [Int](repeating: 0, count: network.nodes.count)
    for input in 0..<count {
      try interruption.check()
      meter.show(
        done: input, of: count, costDone: Double(input), cost: Double(count), current: "stepping registers")
      let run = try model.run(Array(inputs.values[input * size..<(input + 1) * size]))
      outputs += run.outputs
      for (layer, events) in run.overflows.enumerated() { overflows[layer] += events }
      guard run.cycles == engine.mapping.cycles else {
        throw CommandFailure(
          ConsoleMessage(
            "the register-level model took \(run.cycles) cycles, the closed forms say \(engine.mapping.cycles)",
            location: network.name, help: "this is a fault of this program; please report it"))
      }
    }
    return report(engine, inputs: inputs, outputs: outputs, overflows: overflows, model: .registers)
  }

  private static func report(
    _ engine: MachineEngine, inputs: InputSource, outputs: [Int64], overflows: [Int], model: Model
  ) -> SimulationReport {
    let network = engine.network
    let result = ExecutionResult(
      outputs: outputs, outputCount: network.output.output.count, overflows: overflows)
    return SimulationReport(
      mapping: engine.mapping, network: network.name, samples: inputs.count(of: network), result: result,
      accuracy: inputs.labels.map {
        SimulationReport.Accuracy(samples: $0.count, errors: errorCount(result.classes, $0))
      }, model: model.rawValue)
  }

  /// Writes the first input's trace whole or not at all.
  private static func writeTrace(_ engine: MachineEngine, inputs: InputSource, to path: String) throws {
    let model = try RegisterLevelModel(engine.network, on: engine.mapping.hardware)
    let first = Array(inputs.values.prefix(engine.network.input.count))
    let text: String
    if path.hasSuffix(".csv") {
      var table = TraceTable(model.traceSignals)
      _ = try model.run(first) { table.append($0) }
      text = table.takeText()
    } else if path.hasSuffix(".vcd") {
      var dump = ValueChangeDump(
        model.traceSignals, clockMegahertz: engine.mapping.hardware.clockMegahertz)
      _ = try model.run(first) { dump.append($0) }
      text = dump.takeText()
    } else {
      throw UsageError(
        command: syntax.name,
        faults: [.rule(what: "--trace \(path) is neither .vcd nor .csv", help: "name the file by its form")])
    }
    try WholeFile.write(Data(text.utf8), to: URL(fileURLWithPath: path))
  }

  private static func write(
    _ report: SimulationReport, engine: MachineEngine, inputs: InputSource, _ arguments: CommandArguments,
    resources: ComputeResources
  ) throws {
    if let path = arguments.value(outputs), let result = report.result {
      let array = NumpyArray(
        shape: [report.samples] + engine.network.output.output.shape, elements: result.outputs)
      try WholeFile.write(array.encoded(), to: URL(fileURLWithPath: path))
    }
    if let path = arguments.value(golden) {
      let directory = try OutputDirectory(claiming: path)
      let samples = min(report.samples, arguments.required(goldenSamples))
      do {
        let set = try GoldenSet(
          engine, inputs: Array(inputs.values.prefix(samples * engine.network.input.count)),
          resources: resources)
        for file in try set.files() {
          let parts = file.path.split(separator: "/")
          if parts.count > 1 {
            try FileManager.default.createDirectory(
              at: directory.url.appendingPathComponent(String(parts[0])), withIntermediateDirectories: true)
          }
          try directory.write(file.data, to: file.path)
        }
      } catch {
        directory.relinquish()
        throw error
      }
    }
  }
}
