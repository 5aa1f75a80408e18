import Foundation
import Interchange
import Reproducibility

/// A golden set on disk that cannot be read: what, and in which file.
public struct GoldenError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The whole message.
  public let description: String
}

/// What the manifest of a golden set says, and where its files are.
struct GoldenManifest {
  /// One array.
  struct Entry {
    let layer: String
    let role: GoldenSet.Role
    let shape: [Int]
    let wordLength: Int
    let isSigned: Bool
    let memoryImage: String
    let numpy: String
    let numpyDigest: SHA256Digest

    init?(_ reader: JSONReader) {
      let layer = reader.string("layer")
      let role: GoldenSet.Role? = reader.choice("role", default: nil)
      let shape = reader.integers("shape", in: 1...1 << 40, count: 1...6)
      let wordLength = reader.integer("wordLength", in: 1...64)
      let isSigned = reader.flag("isSigned")
      let image = Self.path("memoryImage", reader)
      _ = reader.string("memoryImageSHA256")
      let numpy = Self.path("numpy", reader)
      let digest = reader.string("numpySHA256").flatMap { text -> SHA256Digest? in
        let digest = SHA256Digest(hexadecimal: text)
        if digest == nil { reader.note("is no SHA-256 of 64 hexadecimal digits", at: "numpySHA256") }
        return digest
      }
      reader.finish()
      guard let layer, let role, let shape, let wordLength, let isSigned, let image, let numpy, let digest
      else { return nil }
      self.layer = layer
      self.role = role
      self.shape = shape
      self.wordLength = wordLength
      self.isSigned = isSigned
      memoryImage = image
      self.numpy = numpy
      numpyDigest = digest
    }

    /// A path that stays within the directory.
    private static func path(_ key: String, _ reader: JSONReader) -> String? {
      guard let path = reader.string(key) else { return nil }
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      if parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) {
        reader.note("\"\(path)\" is no path within the directory", at: key)
        return nil
      }
      return path
    }
  }

  let directory: URL
  let entries: [Entry]

  init(directory: URL) throws(GoldenError) {
    self.directory = directory
    let file = directory.appendingPathComponent(GoldenSet.manifestName)
    do {
      let data = try WholeFile.read(file)
      entries = try JSONReader.read(data, file: file.path) { reader -> [Entry]? in
        _ = reader.choice("format", of: ["wordlength-golden"])
        _ = reader.integer("version", in: 1...1)
        _ = reader.string("network")
        _ = reader.integer("samples", in: 1...Int.max)
        _ = reader.integer("cyclesOfOneInput")
        _ = reader.object("hardware")
        let entries = reader.objects("arrays")?.map(Entry.init)
        reader.finish()
        guard let entries, !entries.contains(where: { $0 == nil }) else { return nil }
        return entries.compactMap { $0 }
      }
    } catch {
      throw GoldenError(description: "\(error)")
    }
  }

  /// The expected values of `entry`, from its `.npy` file, whose digest must be the manifest's.
  func values(of entry: Entry) throws(GoldenError) -> [Int64] {
    let file = directory.appendingPathComponent(entry.numpy)
    do {
      let data = try WholeFile.read(file)
      guard SHA256Digest(of: data) == entry.numpyDigest else {
        throw GoldenError(
          description: "\(file.path): is not the file that the manifest describes; write the golden set again"
        )
      }
      let array = try NumpyArray(parsing: data, file: file.path)
      guard array.shape == entry.shape else {
        throw GoldenError(
          description: "\(file.path): has shape \(array.shape), the manifest says \(entry.shape)")
      }
      return try array.integers
    } catch let error as GoldenError {
      throw error
    } catch {
      throw GoldenError(description: "\(error)")
    }
  }
}
