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
      "Chooses the width of every layer's weights (2, ternary, to 8 bits) within a budget of stored bits so that the least margin is lost under input errors: by dynamic"
        + " programming (qed), by the same from coarse to fine (qstar), and, to compare with, one width for all layers (universal). Choices are made on validation samples;"
        + " robustness is measured on test samples, bit for bit as the machine computes, with intervals over drawn errors.",
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
      CommandExample("robust --preview --dataset fashion-mnist", "what the errors look like"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    let path = arguments.value(RobustOptions.network)
    if path == nil, !arguments.contains(RobustOptions.preview) {
      throw UsageError(
        command: syntax.name,
        faults: [.missingOption("--network", expected: "a float network that train wrote")])
    }
    let output = try OutputDirectory(claiming: arguments.required(RobustOptions.output))
    do {
      guard let path, !arguments.contains(RobustOptions.preview) else {
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
      try RobustRun(arguments, network: path, console: console).finish(in: output)
      return .success
    } catch {
      output.relinquish()
      throw error
    }
  }
}
