import Foundation
import Hardware
import Reproducibility

/// The machine that `--hardware` names: one of the product's by its name, or a description file.
enum MachineSource {
  /// The option, with what it is for.
  static func option(help: String, repetition: OptionRepetition = .once) -> CommandOption<String> {
    CommandOption(
      "hardware", .text("FILE|NAME", "a hardware description, such as my-machine.json, or one of \(names)"),
      help: help, default: "lane-array", repetition: repetition)
  }

  private static var names: String { HardwareDescription.embedded.keys.sorted().joined(separator: ", ") }

  /// Reads the machine.
  /// - Throws: `CommandFailure` with every fault of the file, or naming what there is.
  static func read(_ name: String) throws(CommandFailure) -> HardwareDescription {
    if let machine = HardwareDescription.embedded[name] { return machine }
    let url = URL(fileURLWithPath: name)
    do {
      return try HardwareDescription(parsing: try WholeFile.read(url), file: name)
    } catch let error as DescriptionError {
      throw CommandFailure(messages: error.faults.map { ConsoleMessage("\($0)", location: error.file) })
    } catch {
      let near = nearestName(to: name, among: Array(HardwareDescription.embedded.keys))
      throw CommandFailure(
        ConsoleMessage(
          "\(error)", expected: "a hardware description, or one of \(names)",
          help: near.map { "did you mean \($0)?" }))
    }
  }
}
