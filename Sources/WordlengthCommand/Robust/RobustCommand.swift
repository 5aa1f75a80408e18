import Datasets
import Dispatch
import Exploration
import Foundation
import Hardware
import Networks
import Reporting
import Reproducibility
import Tensors

/// `wordlength robust`: the bits of each layer's weights that keep a network right under noise, weather and faulty memory.
package struct RobustCommand: Command {
  /// What it accepts and what its help says.
  package static let syntax = CommandSyntax(
    name: "robust", summary: "choose each layer's bits so that the network stays right under errors",
    discussion: [
      "Chooses the width of every layer's weights (2, ternary, to 8 bits) within a budget of stored bits so that the least is lost under input errors: by dynamic"
        + " programming (qed), by the same from coarse to fine (qstar), and, to compare with, one width for all layers (universal) and weights that share values (deep-compression)."
        + " Choices are made on validation samples; robustness is measured on test samples, bit for bit as the machine computes, with intervals over drawn errors or networks.",
      "Searches and measurements are kept in the cache: the same command goes on where it was stopped. qstar answers early and can be stopped: its best answer is then used.",
    ],
    options: RobustOptions.declarations,
    examples: [
      CommandExample(
        "robust --network lenet.network --dataset fashion-mnist",
        "all methods in the memory of 4 bits a weight"),
      CommandExample(
        "robust --network lenet.network --dataset fashion-mnist --budget 24KiB --method qstar",
        "a quick answer"),
      CommandExample(
        "robust --network seed-1.network --network seed-2.network --network seed-3.network --dataset fashion-mnist --budget universal-3,universal-4",
        "a study over seeds and budgets"),
      CommandExample("robust --preview --dataset fashion-mnist", "what the errors look like"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    let paths = arguments.values(RobustOptions.network)
    if paths.isEmpty, !arguments.contains(RobustOptions.preview) {
      throw UsageError(
        command: syntax.name,
        faults: [.missingOption("--network", expected: "a float network that train wrote")])
    }
    if paths.count > 1, !arguments.values(RobustOptions.compare).isEmpty {
      throw UsageError(
        command: syntax.name,
        faults: [
          .rule(
            what: "--compare is measured beside the candidates of one network, but there are \(paths.count)",
            help: "give one --network with it")
        ])
    }
    let output = try OutputDirectory(claiming: arguments.required(RobustOptions.output))
    do {
      if arguments.contains(RobustOptions.preview) {
        let dataset = try DatasetOptions.read(arguments)
        let sheet = ContactSheet(
          dataset.test, dataset: dataset.name, kinds: arguments.required(RobustOptions.errors),
          severities: arguments.required(RobustOptions.severities).sorted(),
          seed: UInt64(arguments.required(TrainingOptions.seed)))
        try output.write(
          try sheet.page(command: arguments.canonicalCommandLine).html, to: "contact-sheet.html")
        console.output.write("Contact sheet: \(output.url.path)/contact-sheet.html\n")
        return .success
      }
      try RobustRun(arguments, networks: paths, console: console).finish(in: output)
      return .success
    } catch {
      output.relinquish()
      throw error
    }
  }
}
