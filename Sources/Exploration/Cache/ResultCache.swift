import Foundation
import Reproducibility

/// A stage of an exploration whose results are kept by key.
public enum CacheStage: String, Sendable, Hashable, CaseIterable {
  /// A network trained in float.
  case floatTraining = "float-training"
  /// A network quantised, and retrained where asked.
  case quantizedNetwork = "quantized-network"
  /// A quantised network run on a machine.
  case evaluation
  /// A search for the widths of a network's layers.
  case widthSearch = "width-search"
  /// A network's robustness at one error.
  case robustnessPoint = "robustness-point"

  /// Raised whenever the stage's results may change for the same key.
  var revision: Int {
    switch self {
    case .floatTraining: 2
    case .quantizedNetwork: 1
    case .evaluation: 1
    case .widthSearch: 2
    case .robustnessPoint: 1
    }
  }
}

/// A kept result that cannot be used; it is computed again.
public struct DamagedResult: Sendable, Hashable, CustomStringConvertible {
  /// The file's path.
  public let file: String
  /// What is wrong with it.
  public let fault: String

  /// `file: fault`.
  public var description: String { "\(file) is damaged and is computed again: \(fault)" }
}

/// Results on disk, one file each, named by the digest of what they depend on.
///
/// Files appear whole or not at all, so a killed run leaves only whole ones behind. A file that is damaged, or
/// holds the result of another key, is reported and counts as absent.
public struct ResultCache: Sendable {
  /// The directory; one folder a stage within.
  public let directory: URL
  private let onDamage: @Sendable (DamagedResult) -> Void

  /// A cache in `directory`, which is made if it is not there.
  /// - Parameter onDamage: told of each file that cannot be used.
  /// - Throws: `WholeFileError`-like description where the directory cannot be made.
  public init(
    directory: URL, onDamage: @escaping @Sendable (DamagedResult) -> Void
  ) throws(ExplorationError) {
    self.directory = directory
    self.onDamage = onDamage
    for stage in CacheStage.allCases {
      let folder = directory.appendingPathComponent(stage.rawValue, isDirectory: true)
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      } catch {
        throw .cannotWrite(
          path: folder.path,
          reason: (error as NSError).localizedDescription,
          help: "choose another directory with --cache")
      }
      WholeFile.removeStaleTemporaries(in: folder)
    }
  }

  /// The key that names a result: the stage, its revision and everything that `inputs` says.
  static func key(_ stage: CacheStage, _ inputs: JSONValue) -> JSONValue {
    ["stage": .string(stage.rawValue), "revision": .integer(stage.revision), "inputs": inputs]
  }

  /// The digest of a key, as text; results refer to earlier stages by it.
  static func digest(_ stage: CacheStage, _ inputs: JSONValue) -> String {
    SHA256Digest(of: key(stage, inputs).canonicalText).description
  }

  private func file(_ stage: CacheStage, _ inputs: JSONValue) -> URL {
    directory.appendingPathComponent(stage.rawValue, isDirectory: true)
      .appendingPathComponent(String(Self.digest(stage, inputs).prefix(40)) + ".result")
  }

  /// The result of `stage` for `inputs`, made by `read` from a kept container, or by `make` and then kept.
  ///
  /// - Parameter read: throws where the container is whole but does not hold such a result.
  package func result<Value>(
    _ stage: CacheStage, _ inputs: JSONValue, read: (Container, String) throws -> Value,
    make: () throws -> (value: Value, container: Container)
  ) throws -> Value {
    let file = file(stage, inputs)
    if FileManager.default.fileExists(atPath: file.path) {
      do {
        let container = try Container(
          decoding: try WholeFile.read(file), expecting: stage.rawValue, file: file.path)
        guard container.content["key"] == Self.key(stage, inputs), let content = container.content["result"]
        else { throw ExplorationError.damaged("it holds the result of another key") }
        return try read(
          Container(kind: container.kind, content: content, blobs: container.blobs), file.path)
      } catch {
        onDamage(DamagedResult(file: file.path, fault: "\(error)"))
      }
    }
    let (value, container) = try make()
    let kept = Container(
      kind: stage.rawValue,
      content: ["key": Self.key(stage, inputs), "result": container.content], blobs: container.blobs)
    do {
      try WholeFile.write(kept.encoded(), to: file)
    } catch {
      throw ExplorationError.cannotWrite(
        path: file.path, reason: error.reason, help: "free some space or choose another --cache")
    }
    return value
  }

  /// Whether a file for this result is there; it may still turn out to be damaged.
  package func contains(_ stage: CacheStage, _ inputs: JSONValue) -> Bool {
    FileManager.default.fileExists(atPath: file(stage, inputs).path)
  }
}
