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

/// The part of a run that one float network takes: searches, retraining and measurements at every budget.
final class RobustNetworkRun {
  /// What came of it.
  struct Outcome {
    let network: StudiedNetwork
    let float: RobustCandidate.Run
    /// By budget: the networks made for it.
    let made: [[RobustRun.NamedNetwork]]
    /// By budget: what was measured.
    let candidates: [[(named: RobustRun.NamedNetwork, run: RobustCandidate.Run)]]
    /// By budget.
    let searches: [[TimedSearch]]
    let slice: DecisionSlice?
    /// How long searches took, for `timing.json` and the terminal alone.
    let timing: JSONValue
    let times: [String]
  }

  let study: RobustStudy
  private let run: RobustRun
  private let network: StudiedNetwork
  private let file: String
  /// What stands before progress: which of several networks it is.
  private let label: String

  /// Quantises at every width and prepares the calibration.
  init(_ run: RobustRun, _ trained: FloatNetwork, file: String, label: String) throws {
    self.run = run
    self.file = file
    self.label = label
    run.meter.beginStage("\(label)quantizing at every width")
    let folded = try trained.foldingBatchNormalization()
    let choices = try MixedPrecision(
      folded,
      recipe: RobustOptions.recipe(
        run.arguments, machine: run.machine, isNormalized: trained.nodes.count != folded.nodes.count),
      on: run.machine, scaledOn: run.dataset.training, resources: run.resources)
    study = try RobustStudy(
      choices, settings: RobustOptions.settings(run.arguments, for: choices), dataset: run.dataset,
      cache: run.cache, resources: run.resources)
    network = StudiedNetwork(folded, file: file)
  }

  /// Checks that this network is of the same topology as `first`.
  func check(against first: RobustNetworkRun?) throws(CommandFailure) {
    guard let first, first.study.choices.layers != study.choices.layers else { return }
    throw CommandFailure(
      ConsoleMessage(
        "is not of the topology of \(first.file)", location: file,
        expected: "networks of one topology, trained from different seeds",
        help: "study other topologies by themselves"))
  }

  /// Does all of it.
  /// - Parameter isSliced: whether networks are asked for their decisions in a plane.
  func outcome(isSliced: Bool) throws -> Outcome {
    var made: [[RobustRun.NamedNetwork]] = []
    var searches: [[TimedSearch]] = []
    // A budget that is too small for it is told before anything is searched.
    let shared = try deepCompression()
    for (number, budget) in study.settings.budgets.enumerated() {
      let found = try search(budget)
      searches.append(found)
      made.append(try networks(found, shared.isEmpty ? nil : shared[number]))
    }
    let isStopped = searches.joined().contains { $0.result.ending == .stopped }
    let all = Array(made.joined()) + run.compared
    let measured = try measure(all, isStopped: isStopped, isSliced: isSliced)
    var rest = measured.runs[...]
    let float = rest.removeFirst()
    var candidates = try made.map { networks in
      try networks.map { (named: $0, run: try described(rest.removeFirst(), $0)) }
    }
    for other in run.compared {
      let part = (named: other, run: try described(rest.removeFirst(), other))
      for budget in candidates.indices { candidates[budget].append(part) }
    }
    return Outcome(
      network: network, float: float, made: made, candidates: candidates, searches: searches,
      slice: measured.slice, timing: timing(searches), times: times(searches))
  }

  private func begin(_ text: String) { run.meter.beginStage(label + text) }

  /// Searches by every method, Qed before Q*, which may use a tenth of its layer evaluations.
  private func search(_ budget: Int) throws -> [TimedSearch] {
    var results: [TimedSearch] = []
    for method in [WidthMethod.universal, .enumeration, .qed, .qstar]
    where study.settings.methods.contains(.widths(method)) {
      begin("\(method.rawValue): searching within \(MemoryText(bits: budget))")
      var told = 0
      let found: TimedSearch
      do {
        found = try study.search(
          method, budget: budget, after: results.first { $0.result.method == .qed }?.result,
          isStopped: { [run] in run.interruption.isRequested }
        ) { answer in
          told += 1
          self.tell(answer, by: method)
        }
      } catch ExplorationError.interrupted {
        throw InterruptionError()
      }
      // A kept result tells its answers too, so that the same command prints the same.
      if told == 0 {
        for answer in found.result.answers { tell(answer, by: method) }
      }
      results.append(found)
      if run.interruption.isRequested, method != .qstar { throw InterruptionError() }
    }
    return results
  }

  private func tell(_ answer: SearchAnswer, by method: WidthMethod) {
    guard !run.isJSON else { return }
    run.meter.interrupt {
      run.console.output.write(
        "\(label)\(method.rawValue): loss \(DecimalText.fixed(answer.choice.loss, digits: 4)) with"
          + " \(answer.choice.widths.map(String.init).joined(separator: "-")) bits,"
          + " \(MemoryText(bits: answer.choice.storedBits)), after \(DecimalText.grouped(answer.layerEvaluations))"
          + " layer evaluations (\(answer.stage))\n")
    }
  }

  /// Deep Compression within each budget; none where it is not asked for.
  private func deepCompression() throws -> [DeepCompression] {
    guard study.settings.methods.contains(.deepCompression) else { return [] }
    return try study.settings.budgets.map { budget in
      begin("deep-compression: sharing weights within \(MemoryText(bits: budget))")
      return try study.deepCompression(budget: budget)
    }
  }

  /// The networks within a budget: those that were found, then, where asked, each of them retrained.
  private func networks(
    _ searches: [TimedSearch], _ shared: DeepCompression?
  ) throws -> [RobustRun.NamedNetwork] {
    let choices = study.choices
    var direct = try searches.map { search in
      let widths = search.result.choice.widths
      return RobustRun.NamedNetwork(
        method: search.result.method.rawValue, layerBits: widths, network: try choices.integerNetwork(widths),
        hardware: choices.hardware)
    }
    var plans = try searches.map { try choices.plan($0.result.choice.widths) }
    if let shared {
      direct.append(
        RobustRun.NamedNetwork(
          method: RobustMethod.deepCompression.name, layerBits: shared.indexBits, network: shared.network,
          hardware: shared.hardware))
      plans.append(shared.plan)
    }
    let epochs = run.arguments.required(RobustOptions.retrain)
    guard epochs > 0 else { return direct }
    return direct + (try zip(direct, plans).map { try retrained($0, plan: $1, epochs: epochs) })
  }

  /// `direct` trained on by its plan; a stopped run goes on from its last epoch.
  private func retrained(
    _ direct: RobustRun.NamedNetwork, plan: QuantizationPlan, epochs: Int
  ) throws -> RobustRun.NamedNetwork {
    let settings = TrainingOptions.settings(run.arguments, epochs: epochs)
    let key: JSONValue = [
      "command": "robust", "network": .string(network.digest),
      "dataset": .string(run.dataset.digest.description), "settings": settings.key,
      "recipe": plan.recipe.key, "seed": .integer(run.arguments.required(TrainingOptions.seed)),
    ]
    begin("\(direct.method): retraining")
    // Results go to standard output once, at the end; epochs are progress.
    let quiet = Console(
      output: run.isJSON ? Console.Stream.none : run.console.output, error: run.console.error)
    let loop = try TrainingLoop(
      study.choices.network, dataset: run.dataset, settings: settings, plan: plan, key: key,
      arguments: run.arguments, console: quiet, resources: run.resources)
    try loop.finish()
    let network = try (loop.run.bestPlan ?? plan).integerNetwork(from: loop.run.best)
    return RobustRun.NamedNetwork(
      method: direct.method, isRetrained: true, layerBits: direct.layerBits, network: network,
      hardware: direct.hardware)
  }

  /// Measures the float network and `named` at every error.
  private func measure(
    _ named: [RobustRun.NamedNetwork], isStopped: Bool, isSliced: Bool
  ) throws -> (runs: [RobustCandidate.Run], slice: DecisionSlice?) {
    let measurement = study.measurement
    let tested =
      [TestedNetwork(study.choices.network)] + named.map { TestedNetwork($0.network, on: $0.hardware) }
    begin("measuring without errors")
    let correct = try tested.map { try measurement.correctSamples($0) }
    let errors = try study.settings.errors()
    var points: [[RobustnessPoint?]] = tested.map { _ in [] }
    for (number, error) in errors.enumerated() {
      // An interrupt that ended Q* has done its work; its answer is measured.
      if run.interruption.isRequested, !isStopped { throw InterruptionError() }
      run.meter.show(
        done: number, of: errors.count, costDone: Double(number), cost: Double(errors.count),
        current: "\(label)measuring \(error.kind) \(error.size)")
      for (index, point) in try measurement.points(tested, correct: correct, at: error).enumerated() {
        points[index].append(point)
      }
    }
    let slice = isSliced ? DecisionSlice(measurement.images, correct: correct[0]) : nil
    if slice != nil { begin("asking for decisions in a plane") }
    let runs = try tested.indices.map { index in
      RobustCandidate.Run(
        layerBits: nil, storedBits: nil, samples: measurement.images.count,
        correct: correct[index].count { $0 }, points: points[index],
        slice: try slice.map { try study.classes(of: tested[index], over: $0) } ?? [])
    }
    return (runs, slice)
  }

  /// `measured` with what the machine says of `named`.
  private func described(
    _ measured: RobustCandidate.Run, _ named: RobustRun.NamedNetwork
  ) throws -> RobustCandidate.Run {
    RobustCandidate.Run(
      layerBits: named.layerBits,
      storedBits: try NetworkMapping(named.network, on: named.hardware).storedBits,
      codedBits: CodebookOptions.memory(
        of: named.network, accumulatorBits: named.hardware.path.accumulator.bits)?.codedBits,
      samples: measured.samples, correct: measured.correct, points: measured.points, slice: measured.slice)
  }

  private func timing(_ searches: [[TimedSearch]]) -> JSONValue {
    .array(
      zip(study.settings.budgets, searches).map { budget, searches in
        [
          "budgetBits": .integer(budget),
          "searches": .array(
            searches.map { search in
              [
                "method": .string(search.result.method.rawValue), "seconds": .number(search.seconds),
                "answers": .array(
                  zip(search.result.answers, search.answerSeconds).map { answer, seconds in
                    [
                      "layerEvaluations": .integer(answer.layerEvaluations), "seconds": .number(seconds),
                      "robustnessLoss": .number(answer.choice.loss),
                    ]
                  }),
              ]
            }),
        ]
      })
  }

  /// The times of the searches in words, Q*'s beside Qed's.
  private func times(_ searches: [[TimedSearch]]) -> [String] {
    zip(study.settings.budgets, searches).compactMap { budget, searches in
      let parts = searches.map { search -> String in
        var text = "\(search.result.method.rawValue) \(DurationText(seconds: search.seconds))"
        if search.result.method == .qstar, let qed = searches.first(where: { $0.result.method == .qed }),
          qed.seconds > 0
        {
          text += " (\(PercentText(fraction: search.seconds / qed.seconds)) of qed's)"
        }
        return text
      }
      return parts.isEmpty
        ? nil : "\(label)times within \(MemoryText(bits: budget)): " + parts.joined(separator: ", ")
    }
  }
}

extension Console.Stream {
  /// A stream that nobody reads.
  fileprivate static var none: Console.Stream {
    Console.Stream(isTerminal: false, width: { 80 }, write: { _ in })
  }
}
