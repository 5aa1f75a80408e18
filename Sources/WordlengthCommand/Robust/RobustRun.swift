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

/// One run of `wordlength robust`: searches, retraining, measurements, report.
final class RobustRun {
  private let arguments: CommandArguments
  private let console: Console
  private let dataset: Dataset
  private let study: RobustStudy
  private let resources: ComputeResources
  private let meter: ProgressMeter
  private let interruption: Interruption
  /// Networks from elsewhere, found fit before anything is searched.
  private let compared: [NamedNetwork]
  private let start = DispatchTime.now()
  /// Seconds from the start of each search to each of its answers, for `timing.json` alone.
  private var answerSeconds: [String: [JSONValue]] = [:]

  /// Reads network and data, quantises at every width and prepares the calibration.
  init(_ arguments: CommandArguments, network path: String, console: Console) throws {
    self.arguments = arguments
    self.console = console
    let isQuiet = arguments.contains(TrainingOptions.quiet)
    let meter = ProgressMeter(tasks: 0, cost: 0, stream: isQuiet ? nil : console.error)
    self.meter = meter
    interruption = Interruption {
      meter.interrupt { console.error.write("wordlength: stopping; a second interrupt ends at once\n") }
    }
    meter.begin("reading network and data")
    let trained = try FloatNetwork(fileData: try WholeFile.read(URL(fileURLWithPath: path)), file: path)
    let network = try trained.foldingBatchNormalization()
    dataset = try DatasetOptions.read(arguments)
    let images = dataset.training
    guard network.inputShape == [images.height, images.width, images.channels] else {
      throw CommandFailure(
        ConsoleMessage(
          "images of \(images.height) x \(images.width) x \(images.channels) values cannot feed \(network.name), which reads"
            + " \(network.inputShape)", location: dataset.name,
          help: "choose the data set that the network was trained on"))
    }
    resources = ComputeResources(
      threads: arguments.value(TrainingOptions.threads) ?? ComputeResources.all.threads)
    meter.begin("quantizing at every width")
    let machine = try MachineSource.read(arguments.required(RobustOptions.hardware))
    compared = try arguments.values(RobustOptions.compare).map {
      try Self.compared($0, reading: network.inputShape, on: machine)
    }
    let choices = try MixedPrecision(
      network,
      recipe: RobustOptions.recipe(
        arguments, machine: machine, isNormalized: trained.nodes.count != network.nodes.count), on: machine,
      scaledOn: dataset.training, resources: resources)
    let cache = try ResultCache(
      directory: URL(fileURLWithPath: arguments.required(TrainingOptions.cache), isDirectory: true)
    ) { damaged in
      meter.interrupt { console.report(ConsoleMessage("\(damaged)"), .note) }
    }
    study = try RobustStudy(
      choices, settings: RobustOptions.settings(arguments, for: choices), dataset: dataset, cache: cache,
      resources: resources)
  }

  deinit {
    meter.close()
    interruption.stopListening()
  }

  private var isJSON: Bool { arguments.required(TrainingOptions.format) == "json" }

  /// Does all of it and writes the report.
  func finish(in output: OutputDirectory) throws {
    let searches = try search()
    var networks = try searches.map { search in
      NamedNetwork(
        name: search.method.rawValue, widths: search.choice.widths,
        network: try study.choices.integerNetwork(search.choice.widths))
    }
    let epochs = arguments.required(RobustOptions.retrain)
    if epochs > 0 { networks += try searches.map { try retrained($0, epochs: epochs) } }
    networks += compared
    let results = try measure(networks, searches)
    for network in networks where network.widths != nil {
      try output.write(
        network.network.fileData, to: network.name.replacingOccurrences(of: ", ", with: "-") + ".network")
    }
    let report = RobustReport(results, command: arguments.canonicalCommandLine)
    for file in try report.files() { try output.write(file.data, to: file.name) }
    let timing: JSONValue = [
      "wallSeconds": .number(seconds(since: start)),
      "answerSeconds": .object(answerSeconds.mapValues { .array($0) }),
    ]
    try output.write(timing.indentedText, to: "timing.json")
    meter.close()
    if isJSON {
      console.output.write(report.json.indentedText)
    } else {
      console.output.write(try report.text(width: console.output.width()))
      console.output.write(
        "\nReport: \(output.url.path)/index.html, made in \(DurationText(seconds: seconds(since: start)))\n")
    }
  }

  private struct NamedNetwork {
    let name: String
    let widths: [Int]?
    let network: IntegerNetwork
  }

  private func seconds(since start: DispatchTime) -> Double {
    Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
  }

  /// Searches by every method, Qed before Q*, which may use a tenth of its layer evaluations.
  private func search() throws -> [SearchResult] {
    var results: [SearchResult] = []
    for method in [WidthMethod.universal, .enumeration, .qed, .qstar]
    where study.settings.methods.contains(method) {
      meter.begin("\(method.rawValue): searching")
      let start = DispatchTime.now()
      var times: [JSONValue] = []
      let result: SearchResult
      do {
        result = try study.search(
          method, after: results.first { $0.method == .qed },
          isStopped: { [interruption] in interruption.isRequested }
        ) { answer in
          let elapsed = self.seconds(since: start)
          times.append([
            "layerEvaluations": .integer(answer.layerEvaluations), "seconds": .number(elapsed),
          ])
          self.tell(answer, by: method)
        }
      } catch ExplorationError.interrupted {
        throw InterruptionError()
      }
      // A kept result tells its answers too, so that the same command prints the same.
      if times.isEmpty {
        for answer in result.answers { tell(answer, by: method) }
      } else {
        answerSeconds[method.rawValue] =
          times + [
            [
              "layerEvaluations": .integer(result.layerEvaluations),
              "seconds": .number(seconds(since: start)),
            ]
          ]
      }
      results.append(result)
      if interruption.isRequested, method != .qstar { throw InterruptionError() }
    }
    return results
  }

  private func tell(_ answer: SearchAnswer, by method: WidthMethod) {
    guard !isJSON else { return }
    meter.interrupt {
      console.output.write(
        "\(method.rawValue): loss \(DecimalText.fixed(answer.choice.loss, digits: 4)) with"
          + " \(answer.choice.widths.map(String.init).joined(separator: "-")) bits,"
          + " \(MemoryText(bits: answer.choice.storedBits)), after \(DecimalText.grouped(answer.layerEvaluations))"
          + " layer evaluations (\(answer.stage))\n")
    }
  }

  /// The network of a search's widths, trained on with them; a stopped run goes on from its last epoch.
  private func retrained(_ search: SearchResult, epochs: Int) throws -> NamedNetwork {
    let settings = TrainingOptions.settings(arguments, epochs: epochs)
    let plan = try study.choices.plan(search.choice.widths)
    let key: JSONValue = [
      "command": "robust",
      "network": .string(SHA256Digest(of: study.choices.network.fileData).description),
      "dataset": .string(dataset.digest.description), "settings": settings.key,
      "recipe": .string("\(plan.recipe)"), "seed": .integer(arguments.required(TrainingOptions.seed)),
    ]
    meter.begin("\(search.method.rawValue): retraining")
    // Results go to standard output once, at the end; epochs are progress.
    let quiet = Console(output: isJSON ? Console.Stream.none : console.output, error: console.error)
    let loop = try TrainingLoop(
      study.choices.network, dataset: dataset, settings: settings, plan: plan, key: key,
      arguments: arguments, console: quiet, resources: resources)
    try loop.finish()
    let network = try (loop.run.bestPlan ?? plan).integerNetwork(from: loop.run.best)
    return NamedNetwork(
      name: "\(search.method.rawValue), retrained", widths: search.choice.widths, network: network)
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
    _ = try NetworkMapping(network, on: machine)
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return NamedNetwork(name: name, widths: nil, network: network)
  }

  /// Measures every network at every error.
  private func measure(_ named: [NamedNetwork], _ searches: [SearchResult]) throws -> RobustResults {
    let hardware = study.choices.hardware
    let measurement = study.measurement
    let tested =
      [TestedNetwork(study.choices.network)] + named.map { TestedNetwork($0.network, on: hardware) }
    let correct = try tested.map { try measurement.correctSamples($0) }
    let errors = try study.settings.errors()
    var points: [[RobustnessPoint?]] = tested.map { _ in [] }
    for (number, error) in errors.enumerated() {
      // An interrupt that ended Q* has done its work; its answer is measured.
      if interruption.isRequested, !searches.contains(where: { $0.ending == .stopped }) {
        throw InterruptionError()
      }
      meter.show(
        done: number, of: errors.count, costDone: Double(number), cost: Double(errors.count),
        current: "measuring \(error.kind) \(error.size)")
      for (index, point) in try measurement.points(tested, correct: correct, at: error).enumerated() {
        points[index].append(point)
      }
    }
    let slice = DecisionSlice(measurement.images, correct: correct[0])
    let candidates = try tested.indices.map { index in
      RobustCandidate(
        name: index == 0 ? "float" : named[index - 1].name,
        widths: index == 0 ? nil : named[index - 1].widths,
        storedBits: index == 0
          ? nil : try NetworkMapping(named[index - 1].network, on: hardware).storedBits,
        correct: correct[index].count { $0 }, points: points[index],
        slice: try slice.map { try study.classes(of: tested[index], over: $0) } ?? [])
    }
    return try RobustResults(
      study, dataset: dataset, candidates: candidates, searches: searches, slice: slice)
  }
}

extension Console.Stream {
  /// A stream that nobody reads.
  fileprivate static var none: Console.Stream {
    Console.Stream(isTerminal: false, width: { 80 }, write: { _ in })
  }
}
