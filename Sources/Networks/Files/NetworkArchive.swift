import Foundation
import Reproducibility

/// A network in a container: its graph as JSON, its numbers as blobs under names that start with a prefix, so that
/// one container can hold several networks.
public protocol NetworkArchive: Sendable {
  /// The container's kind for a file that holds one such network.
  static var archiveKind: String { get }

  /// The graph as JSON and the blobs it refers to.
  func archived(prefix: String) -> (content: JSONValue, blobs: [Blob])

  /// The network whose graph is `content` and whose blobs are in `container` under `prefix`.
  init(
    archive content: JSONValue, in container: Container, prefix: String, file: String
  ) throws(NetworkError)
}

extension NetworkArchive {
  /// The bytes of a file of this network: a `Container` of kind `archiveKind`, version 1.
  public var fileData: Data {
    let (content, blobs) = archived(prefix: "")
    return Container(kind: Self.archiveKind, content: content, blobs: blobs).encoded()
  }

  /// Reads a file's bytes.
  /// - Throws: `NetworkError` naming the file and the damage or fault.
  public init(fileData: Data, file: String) throws(NetworkError) {
    let container: Container
    do {
      container = try Container(decoding: fileData, expecting: Self.archiveKind, file: file)
    } catch {
      throw NetworkError(error, file: file)
    }
    try self.init(archive: container.content, in: container, prefix: "", file: file)
  }

  /// Reads the blob `name`, with the network's error for a missing or mistyped one.
  package static func elements<Element: BlobElement>(
    _ name: String, of type: Element.Type, in container: Container, file: String
  ) throws(NetworkError) -> [Element] {
    do {
      return try container.elements(name, of: type)
    } catch {
      throw NetworkError(error, file: file)
    }
  }

  /// Reads an object, with the network's error for its faults.
  package static func read<Value>(
    _ content: JSONValue, file: String, _ body: (JSONReader) -> Value?
  ) throws(NetworkError) -> Value {
    do {
      return try JSONReader.read(content, file: file, body)
    } catch {
      throw NetworkError(at: file, error.faults.map(\.description).joined(separator: "\n\(file): "))
    }
  }
}

extension NetworkError {
  /// The damage of a container, with `file` named once.
  init(_ error: ContainerError, file: String) {
    // The description starts with the container's name for the file, a colon and a space.
    self.init(at: file, String(error.description.dropFirst(error.file.count + 2)))
  }
}
