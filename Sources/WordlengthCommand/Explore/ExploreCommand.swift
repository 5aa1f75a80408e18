import Datasets
import Dispatch
import Exploration
import Foundation
import Reporting
import Reproducibility
import Tensors

/// `wordlength explore`: which network and which word lengths fit a weight memory, and what will they compute?
package struct ExploreCommand: Command {
  /// What it accepts and what its help says.
  package static let syntax = CommandSyntax(
    name: "explore",
    summary: "find the network and word lengths to build for a weight memory",
    discussion: [
      "Trains a family of networks in float, quantizes each to every word length, directly and by retraining, runs"
        + " the integer networks bit for bit on the described hardware, prices area and energy, and reports the best design"
        + " that keeps to the budget, the Pareto front, memory by layer and effective compression ratios.",
      "Finished steps are kept in the cache: the same command goes on where it was stopped, and a second run only"
        + " reads. Results do not depend on --threads.",
    ],
    options: ExploreOptions.declarations,
    examples: [
      CommandExample("explore", "the embedded glyphs, 16KiB of weight memory, in under a minute"),
      CommandExample("explore --weight-capacity 4KiB", "another question to the same results, at once"),
      CommandExample("explore --dataset fashion-mnist --output fashion", "the real set, 4 hidden layers"),
      CommandExample(
        "explore --networks cnn-8-8-16,cnn-16-16-32 --dataset cifar-10 --data-directory cifar-10-batches-bin --mirror",
        "convolutional networks"),
      CommandExample(
        "explore --dataset fashion-mnist --units 16,256 --word-lengths 2,3 --seeds 1", "a part of it"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    let start = DispatchTime.now()
    let settings = try ExploreOptions.settings(arguments)
    let shard = arguments.value(ExploreOptions.shard)
    // Found unwritable before the work, not after it.
    let output =
      shard == nil ? try OutputDirectory(claiming: arguments.required(ExploreOptions.output)) : nil
    do {
      let isQuiet = arguments.contains(ExploreOptions.quiet)
      let meter = ProgressMeter(tasks: 0, cost: 0, stream: isQuiet ? nil : console.error)
      defer { meter.close() }
      meter.begin("reading the data")
      let dataset = try ExploreOptions.dataset(arguments)
      let cache = try ResultCache(
        directory: URL(fileURLWithPath: arguments.required(ExploreOptions.cache), isDirectory: true)
      ) { damaged in
        meter.interrupt { console.report(ConsoleMessage("\(damaged)"), .note) }
      }
      let threads = arguments.value(ExploreOptions.threads) ?? ComputeResources.all.threads
      let explorer = try Explorer(
        settings, dataset: dataset, cache: cache, resources: ComputeResources(threads: threads))
      try explore(explorer, shard: shard, meter: meter, console: console)
      guard let output else {
        meter.close()
        console.output.write(
          "The cache holds this shard. Run the same command without --shard for the report.\n")
        return .success
      }
      let report = ExplorationReport(
        ExplorationAnalysis(try explorer.results()), command: arguments.canonicalCommandLine)
      meter.close()
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
      try write(report, explorer: explorer, seconds: seconds, to: output)
      if arguments.required(ExploreOptions.format) == "json" {
        console.output.write(report.json.indentedText)
      } else {
        console.output.write(try report.text(width: console.output.width()))
        console.output.write(
          "\nReport: \(output.url.path)/index.html, made in \(DurationText(seconds: seconds))\n")
      }
      return .success
    } catch {
      output?.relinquish()
      throw error
    }
  }

  private static func explore(
    _ explorer: Explorer, shard: Shard?, meter: ProgressMeter, console: Console
  ) throws {
    let interruption = Interruption {
      meter.interrupt {
        console.error.write("wordlength: stopping; a second interrupt ends at once\n")
      }
    }
    defer { interruption.stopListening() }
    do {
      try explorer.run(shard: shard, isInterrupted: { interruption.isRequested }) { progress in
        meter.show(
          done: progress.finished, of: progress.total, costDone: progress.finishedCost,
          cost: progress.totalCost, current: progress.current)
      }
    } catch ExplorationError.interrupted(let finished, let total) {
      meter.close()
      console.error.write("wordlength: \(ExplorationError.interrupted(finished: finished, of: total))\n")
      throw InterruptionError()
    }
  }

  private static func write(
    _ report: ExplorationReport, explorer: Explorer, seconds: Double, to output: OutputDirectory
  ) throws {
    for file in try report.files() { try output.write(file.data, to: file.name) }
    let answer = report.analysis.answer
    let network = try explorer.network(of: answer.design, seed: answer.bestSeed)
    try output.write(network.fileData, to: "answer.network")
    let timing: JSONValue = ["wallSeconds": .number(seconds)]
    try output.write(timing.indentedText, to: "timing.json")
  }
}
