import Datasets
import Foundation

/// The data set that a command learns from or judges by.
enum DatasetOptions {
  static let dataset = CommandOption(
    "dataset", .choice(DatasetSource.names.map { ($0, $0) }, placeholder: "NAME"),
    help:
      "images: glyphs are generated, fashion-mnist is read as Debian's package installs it, others from --data-directory",
    default: "glyphs")
  static let directory = CommandOption(
    "data-directory", .text("DIR", "a directory with the data set's files"),
    help: "where the data set's files are")

  /// Declarations in the order of the help text.
  static let declarations: [OptionDeclaration] = [dataset.declaration, directory.declaration]

  /// Reads the data set.
  static func read(_ arguments: CommandArguments) throws -> Dataset {
    let url = arguments.value(directory).map { URL(fileURLWithPath: $0, isDirectory: true) }
    return try Dataset.load(DatasetSource(named: arguments.required(dataset), directory: url))
  }
}
