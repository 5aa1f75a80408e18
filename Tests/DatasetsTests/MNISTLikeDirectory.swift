import Foundation
import Reproducibility

/// A directory with four IDX files of 40 training and 12 test images, 28 × 28, drawn at random.
final class MNISTLikeDirectory {
  static let names = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
  ]
  let files: [String: Data]
  private let directory: TemporaryDirectory
  var url: URL { directory.url }

  init(_ source: inout RandomSource) throws {
    var files: [String: Data] = [:]
    for (part, count) in [("train", UInt8(40)), ("t10k", 12)] {
      let pixels = (0..<Int(count) * 784).map { _ in UInt8(truncatingIfNeeded: source.next()) }
      let labels = (0..<count).map { _ in UInt8(source.below(10)) }
      files["\(part)-images-idx3-ubyte"] = Data(
        [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28] + pixels)
      files["\(part)-labels-idx1-ubyte"] = Data([0, 0, 8, 1, 0, 0, 0, count] + labels)
    }
    self.files = files
    directory = try TemporaryDirectory()
    try write()
  }

  init(copying other: MNISTLikeDirectory) throws {
    files = other.files
    directory = try TemporaryDirectory()
    try write()
  }

  private func write() throws {
    for (name, data) in files { try data.write(to: url.appendingPathComponent(name)) }
  }

  /// Replaces the file `name` by `name.gz`.
  func gzip(_ name: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", name]
    process.currentDirectoryURL = url
    try process.run()
    process.waitUntilExit()
  }

  func rename(_ old: String, to new: String) throws {
    try FileManager.default.moveItem(
      at: url.appendingPathComponent(old), to: url.appendingPathComponent(new))
  }
}

/// A directory that goes away with its last reference.
final class TemporaryDirectory {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("wordlength-test-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
