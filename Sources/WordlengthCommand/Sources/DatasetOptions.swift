import Datasets
import Foundation
import Interchange

/// The data sets that the command line knows: those of `DatasetSource`, and the one of NumPy arrays.
enum DatasetOptions {
  /// The names, in the order of the help text.
  static let names = DatasetSource.names + [Dataset.arraysName]

  static let dataset = CommandOption(
    "dataset", .choice(names.map { ($0, $0) }, placeholder: "NAME"),
    help:
      "images: glyphs are generated, fashion-mnist is read as Debian's package installs it, others from --data-directory",
    default: "glyphs")
  static let directory = CommandOption(
    "data-directory", .text("DIR", "a directory with the data set's files"),
    help: "where the data set's files are")
  static let preprocessing = CommandOption(
    "preprocessing",
    .choice(
      [
        ("none", ImagePreprocessing.none), ("global-contrast", .globalContrast), ("zca", .zca),
      ], placeholder: "NAME"),
    help: "what is done to images before a network sees them; centered images go with a zero pixel of 128",
    default: ImagePreprocessing.none)

  /// Declarations in the order of the help text.
  static let declarations: [OptionDeclaration] = [
    dataset.declaration, directory.declaration, preprocessing.declaration,
  ]

  /// Reads the data set that the arguments name.
  static func read(_ arguments: CommandArguments) throws -> Dataset {
    try load(
      arguments.required(dataset), directory: arguments.value(directory),
      preprocessing: arguments.required(preprocessing))
  }

  /// The data set known as `name`, its files in `directory`.
  static func load(
    _ name: String, directory: String?, preprocessing: ImagePreprocessing = .none
  ) throws -> Dataset {
    let directory = directory.map { URL(fileURLWithPath: $0, isDirectory: true) }
    if name == Dataset.arraysName {
      guard let directory else { throw DatasetError(.directoryNeeded(name: name), at: name) }
      return try Dataset.loadArrays(directory: directory, preprocessing: preprocessing)
    }
    return try Dataset.load(
      DatasetSource(named: name, directory: directory), preprocessing: preprocessing)
  }
}
