import Costs
import Foundation
import Reproducibility

/// The technology that `--technology` names: one of the product's, or a file.
enum TechnologySource {
  private static var names: String {
    Technology.embedded.values.sorted { $0.featureSize.value > $1.featureSize.value }.map(\.name)
      .joined(separator: ", ")
  }

  static let technology = CommandOption(
    "technology", .text("FILE|NAME", "a technology file, or one of \(names)"),
    help: "the process: cells, memories and energies, each constant with its source", default: "45nm")

  /// Reads the technology.
  /// - Throws: `CommandFailure` with every fault of the file, or naming what there is.
  static func read(_ name: String) throws(CommandFailure) -> Technology {
    if let technology = Technology.embedded[name] { return technology }
    do {
      return try Technology(parsing: try WholeFile.read(URL(fileURLWithPath: name)), file: name)
    } catch let error as DescriptionError {
      throw CommandFailure(messages: error.faults.map { ConsoleMessage("\($0)", location: error.file) })
    } catch {
      let near = nearestName(to: name, among: Technology.embedded.keys.sorted())
      throw CommandFailure(
        ConsoleMessage(
          "\(error)", expected: "a technology file, or one of \(names)",
          help: near.map { "did you mean \($0)?" }))
    }
  }
}
