import Foundation
import Reproducibility

/// A directory that holds one directory of PGM and PPM images for each class.
///
/// Entries are ordered by the UTF-8 bytes of their names; those whose names start with a point are passed over.
struct ImageDirectory {
  /// An image's file with its class.
  struct Entry {
    let file: URL
    let label: UInt8
  }

  let url: URL

  private static let advice =
    "name a directory that holds train/CLASS/NAME.ppm and test/CLASS/NAME.ppm (or .pgm)"

  /// The names of the classes: the directories in this one.
  func classNames() throws(DatasetError) -> [String] {
    let names = try Self.names(in: url).filter { name in
      var isDirectory: ObjCBool = false
      let path = url.appendingPathComponent(name).path
      return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
    if names.isEmpty { throw DatasetError(.noClasses, at: url.path) }
    return names
  }

  /// The files whose names end in `.pgm` or `.ppm`, in lower or upper case, by class, then by name. Classes are
  /// labeled by their places in `classNames`; a directory that is none of them is an error.
  /// - Throws: also where a class has no image.
  /// - Precondition: `classNames` are at most 256.
  func entries(labeledBy classNames: [String]) throws(DatasetError) -> [Entry] {
    var entries: [Entry] = []
    for className in try self.classNames() {
      let directory = url.appendingPathComponent(className, isDirectory: true)
      guard let label = classNames.firstIndex(of: className) else {
        throw DatasetError(.unknownClass(className, known: classNames), at: directory.path)
      }
      let names = try Self.names(in: directory).filter {
        let name = $0.lowercased()
        return name.hasSuffix(".pgm") || name.hasSuffix(".ppm")
      }
      if names.isEmpty { throw DatasetError(.noImages, at: directory.path) }
      entries += names.map { Entry(file: directory.appendingPathComponent($0), label: UInt8(label)) }
    }
    return entries
  }

  private static func names(in directory: URL) throws(DatasetError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory.path)
        .filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw DatasetError(.missingFile(advice: advice), at: directory.path)
    }
  }
}

extension PortableImage {
  /// The image in `file`.
  init(reading file: URL) throws(DatasetError) {
    let data: Data
    do {
      data = try WholeFile.read(file)
    } catch {
      throw DatasetError(.unreadable(error.reason), at: file.path)
    }
    do {
      try self.init(data)
    } catch {
      throw DatasetError(.portableImage(error), at: file.path)
    }
  }
}
