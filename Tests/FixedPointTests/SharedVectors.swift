import Foundation

/// The vector files of other people's libraries, beside the package.
enum SharedVectors {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("../shared/vectors").standardizedFileURL

  static let isPresent = FileManager.default.fileExists(
    atPath: directory.appendingPathComponent("add.csv").path)

  /// Each operation's file and its rows after the header.
  static let rows = [
    "add": 1176, "cmp": 1796, "convert": 74918, "convert_ap": 5616, "differences": 66, "div": 2120,
    "from_double": 7040, "mac": 2304, "mul": 1636, "mulq": 4224, "neg": 2381, "shift": 2192, "sub": 1264,
  ]

  static func path(_ name: String) -> String {
    directory.appendingPathComponent("\(name).csv").path
  }
}
