import Datasets
import Dispatch
import Exploration
import Foundation
import Hardware
import Networks
import Quantization
import Reporting
import Reproducibility
import Tensors

/// One run of `wordlength robust`: searches, retraining and measurements of each float network, and the report of all.
final class RobustRun {
  let arguments: CommandArguments
  let console: Console
  let dataset: Dataset
  let resources: ComputeResources
  let meter: ProgressMeter
  let interruption: Interruption
  let machine: HardwareDescription
  let cache: ResultCache
  /// Networks from elsewhere, found fit before anything is searched.
  let compared: [NamedNetwork]
  private let networks: [(file: String, trained: FloatNetwork)]
  private let start = DispatchTime.now()

  /// An integer network that is measured.
  struct NamedNetwork {
    let method: String
    var isRetrained = false
    let layerBits: [Int]?
    let network: IntegerNetwork
    let hardware: HardwareDescription
  }

  /// Reads networks and data.
  init(_ arguments: CommandArguments, networks paths: [String], console: Console) throws {
    self.arguments = arguments
    self.console = console
    let isQuiet = arguments.contains(TrainingOptions.quiet)
    let meter = ProgressMeter(tasks: 0, cost: 0, stream: isQuiet ? nil : console.error)
    self.meter = meter
    interruption = Interruption {
      meter.interrupt { console.error.write("wordlength: stopping; a second interrupt ends at once\n") }
    }
    meter.begin("reading networks and data")
    dataset = try DatasetOptions.read(arguments)
    let images = dataset.training
    networks = try paths.map { path in
      let network = try FloatNetwork(fileData: try WholeFile.read(URL(fileURLWithPath: path)), file: path)
      guard network.inputShape == [images.height, images.width, images.channels] else {
        throw CommandFailure(
          ConsoleMessage(
            "\(path) reads \(network.inputShape), not images of \(images.height) x \(images.width) x \(images.channels) values",
            location: path, help: "choose the data set that the network was trained on"))
      }
      return (path, network)
    }
    resources = ComputeResources(
      threads: arguments.value(TrainingOptions.threads) ?? ComputeResources.all.threads)
    let machine = try MachineSource.read(arguments.required(RobustOptions.hardware))
    self.machine = machine
    if arguments.required(RobustOptions.method).contains(.deepCompression) {
      try Self.checkDecodeTable(machine)
    }
    let shape = networks[0].trained.inputShape
    compared = try arguments.values(RobustOptions.compare).map {
      try Self.compared($0, reading: shape, on: machine)
    }
    cache = try ResultCache(
      directory: URL(fileURLWithPath: arguments.required(TrainingOptions.cache), isDirectory: true)
    ) { damaged in
      meter.interrupt { console.report(ConsoleMessage("\(damaged)"), .note) }
    }
  }

  deinit {
    meter.close()
    interruption.stopListening()
  }

  var isJSON: Bool { arguments.required(TrainingOptions.format) == "json" }

  /// Does all of it and writes the report.
  func finish(in output: OutputDirectory) throws {
    var parts: [RobustNetworkRun.Outcome] = []
    var first: RobustNetworkRun?
    for (number, (file, trained)) in networks.enumerated() {
      let run = try RobustNetworkRun(
        self, trained, file: file, label: networks.count > 1 ? "network \(number + 1), " : "")
      try run.check(against: first)
      parts.append(try run.outcome(isSliced: number == 0))
      if first == nil { first = run }
    }
    let results = try results(of: parts, study: first!.study)
    for (number, part) in parts.enumerated() {
      for (budget, networks) in part.made.enumerated() {
        for network in networks {
          let names =
            (results.budgets.count > 1 ? ["budget-\(budget + 1)"] : [])
            + (parts.count > 1 ? ["network-\(number + 1)"] : [])
            + [network.method] + (network.isRetrained ? ["retrained"] : [])
          try output.write(network.network.fileData, to: names.joined(separator: "-") + ".network")
        }
      }
    }
    let report = RobustReport(results, command: arguments.canonicalCommandLine)
    for file in try report.files() { try output.write(file.data, to: file.name) }
    let timing: JSONValue = [
      "wallSeconds": .number(seconds(since: start)), "networks": .array(parts.map(\.timing)),
    ]
    try output.write(timing.indentedText, to: "timing.json")
    meter.close()
    if isJSON {
      console.output.write(report.json.indentedText)
    } else {
      console.output.write(try report.text(width: console.output.width()))
      for line in parts.flatMap(\.times) { console.output.write(line + "\n") }
      console.output.write(
        "\nReport: \(output.url.path)/index.html, made in \(DurationText(seconds: seconds(since: start)))\n")
    }
  }

  /// The networks' parts, candidate by candidate.
  private func results(of parts: [RobustNetworkRun.Outcome], study: RobustStudy) throws -> RobustResults {
    let budgets = study.settings.budgets.indices.map { budget in
      return RobustBudget(
        bits: study.settings.budgets[budget],
        candidates: parts[0].candidates[budget].enumerated().map { index, part in
          RobustCandidate(
            part.named.method, isRetrained: part.named.isRetrained,
            runs: parts.map { $0.candidates[budget][index].run })
        }, searches: parts.map { $0.searches[budget].map(\.result) })
    }
    return try RobustResults(
      study, dataset: dataset, networks: parts.map(\.network),
      float: RobustCandidate("float", runs: parts.map(\.float)), budgets: budgets, slice: parts[0].slice
    )
  }

  func seconds(since start: DispatchTime) -> Double {
    Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
  }

  private static func checkDecodeTable(_ machine: HardwareDescription) throws(CommandFailure) {
    do {
      try CodebookOptions.check(machine)
    } catch {
      throw CommandFailure(
        ConsoleMessage(
          "\(machine.name) is a systolic array, which has no decode table for deep-compression",
          help: "choose a lane array, or other methods, such as --method universal,qed,qstar"))
    }
  }

  /// An integer network from elsewhere, for the same images and machine.
  private static func compared(
    _ path: String, reading shape: [Int], on machine: HardwareDescription
  ) throws -> NamedNetwork {
    let network: IntegerNetwork
    do {
      network = try IntegerNetwork(fileData: try WholeFile.read(URL(fileURLWithPath: path)), file: path)
    } catch {
      throw CommandFailure(
        ConsoleMessage("\(error)", expected: "an integer network that explore or quantize wrote"))
    }
    guard network.input.shape == shape, network.preprocessing != nil else {
      throw CommandFailure(
        ConsoleMessage(
          "reads \(network.input.shape), not images of \(shape)", location: path,
          help: "compare networks made for the same data set"))
    }
    let machine = (CodebookOptions.machine(machine, decoding: network) ?? machine)
      .withWeightMemory(bits: 1 << 60).withActivationMemory(bits: 1 << 60)
    _ = try NetworkMapping(network, on: machine)
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return NamedNetwork(method: name, layerBits: nil, network: network, hardware: machine)
  }
}
