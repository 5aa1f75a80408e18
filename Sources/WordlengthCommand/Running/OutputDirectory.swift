import Foundation
import Reproducibility

/// A directory for results that was found writable before the work that fills it began.
package struct OutputDirectory: Sendable {
  /// The directory.
  package let url: URL
  /// The topmost directory that was made for it, if any was.
  private let made: URL?

  /// Makes `path` and the directories above it where they are missing, and tries to write into it.
  /// - Throws: `CommandFailure` that names the directory and the system's reason. Directories it made are gone then.
  package init(claiming path: String) throws(CommandFailure) {
    let url = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    self.url = url
    var top: URL?
    var above = url
    while !FileManager.default.fileExists(atPath: above.path) && above.path != "/" {
      top = above
      above = above.deletingLastPathComponent()
    }
    made = top
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      let trial = url.appendingPathComponent(".wordlength-trial-\(ProcessInfo.processInfo.processIdentifier)")
      try WholeFile.write(Data(), to: trial)
      try FileManager.default.removeItem(at: trial)
    } catch {
      relinquish()
      let reason = (error as? WholeFileError)?.reason ?? Self.reason(error)
      throw CommandFailure(
        ConsoleMessage(
          "cannot write results: \(reason)", location: path,
          expected: "a directory that can be made and written to",
          help: "choose another with --output DIR"))
    }
  }

  /// Writes a file whole or not at all.
  /// - Throws: `CommandFailure` with the system's reason, such as a full disk.
  package func write(_ text: String, to name: String) throws(CommandFailure) {
    try write(Data(text.utf8), to: name)
  }

  /// Writes a file whole or not at all.
  /// - Throws: `CommandFailure` with the system's reason, such as a full disk.
  package func write(_ data: Data, to name: String) throws(CommandFailure) {
    do {
      try WholeFile.write(data, to: url.appendingPathComponent(name))
    } catch {
      throw CommandFailure(
        ConsoleMessage(
          "cannot \(error.operation): \(error.reason)", location: error.path,
          help: "the files written before it are whole; run the command again once this is mended"))
    }
  }

  /// Removes the directories made for this one, deepest first, as far as they are empty: for a run that failed before it
  /// wrote anything.
  package func relinquish() {
    guard let made else { return }
    var deepest = url
    while deepest.path.hasPrefix(made.path) {
      // Fails for what holds a file, was never made, or has a name the system refuses; each is as it should be.
      rmdir(deepest.path)
      deepest = deepest.deletingLastPathComponent()
    }
  }

  private static func reason(_ error: any Error) -> String {
    let error = error as NSError
    let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    return cause.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(cause.code))) : error.localizedDescription
  }
}
