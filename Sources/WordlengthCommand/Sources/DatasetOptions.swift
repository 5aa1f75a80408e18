import Datasets
import Foundation
import Interchange

/// The data sets that the command line knows: those of `DatasetSource`, and the one of NumPy arrays.
enum DatasetOptions {
  /// The names, in the order of the help text.
  static let names = DatasetSource.names + [Dataset.arraysName]

  /// The data set known as `name`, its files in `directory`.
  static func load(_ name: String, directory: String?) throws -> Dataset {
    let directory = directory.map { URL(fileURLWithPath: $0, isDirectory: true) }
    if name == Dataset.arraysName {
      guard let directory else { throw DatasetError(.directoryNeeded(name: name), at: name) }
      return try Dataset.loadArrays(directory: directory)
    }
    return try Dataset.load(DatasetSource(named: name, directory: directory))
  }
}
