import Foundation

/// A file that could not be read or written whole: which, what was tried, and why.
public struct WholeFileError: Error, Hashable, CustomStringConvertible {
  /// The path of the file or directory.
  public let path: String
  /// What was tried: `write`, `read`, `rename`, ...
  public let operation: String
  /// The system's reason (`No space left on device`).
  public let reason: String

  init(_ operation: String, path: String, code: CInt) {
    self.path = path
    self.operation = operation
    reason = String(cString: strerror(code))
  }

  /// `reports/index.html: cannot write: No space left on device`.
  public var description: String { "\(path): cannot \(operation): \(reason)" }
}

/// Files that appear whole or not at all, even if the process is killed or the power fails.
public enum WholeFile {
  private static let prefix = ".wordlength-"
  private static let suffix = ".partial"

  /// Puts `data` at `destination`, replacing a file there in one step.
  ///
  /// The bytes go to a temporary file in the same directory, are forced to the disk, and the file is renamed; on
  /// failure it is removed. The new file has the usual permissions of a new file. A symbolic link is followed. A
  /// device or pipe (`/dev/stdout`) is written to directly, since it cannot be replaced. The directory must exist.
  public static func write(_ data: Data, to destination: URL) throws(WholeFileError) {
    let target = destination.resolvingSymlinksInPath()
    let path = target.path
    var status = stat()
    if stat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG: break
      case S_IFDIR: throw WholeFileError("write", path: path, code: EISDIR)
      default:
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        if descriptor < 0 { throw WholeFileError("open", path: path, code: errno) }
        defer { close(descriptor) }
        let code = writeAll(data, to: descriptor)
        if code != 0 { throw WholeFileError("write", path: path, code: code) }
        return
      }
    }
    let directory = target.deletingLastPathComponent().path
    let (descriptor, temporary) = try createTemporary(in: directory, for: path)
    var code = writeAll(data, to: descriptor)
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == 0, rename(temporary, path) != 0 { code = errno }
    if code != 0 {
      unlink(temporary)
      throw WholeFileError("write", path: path, code: code)
    }
    // The new name must reach the disk too. Some file systems cannot sync a directory; the file is whole anyway.
    let directoryDescriptor = open(directory, O_RDONLY | O_CLOEXEC)
    if directoryDescriptor >= 0 {
      fsync(directoryDescriptor)
      close(directoryDescriptor)
    }
  }

  /// The bytes of the file `source`.
  public static func read(_ source: URL) throws(WholeFileError) -> Data {
    var status = stat()
    if stat(source.path, &status) != 0 { throw WholeFileError("read", path: source.path, code: errno) }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw WholeFileError("read", path: source.path, code: EISDIR)
    }
    do {
      return try Data(contentsOf: source)
    } catch {
      let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      let code = underlying?.domain == NSPOSIXErrorDomain ? CInt(underlying?.code ?? Int(EIO)) : EIO
      throw WholeFileError("read", path: source.path, code: code)
    }
  }

  /// Removes the temporary files that processes of this machine left in `directory` when they were killed.
  ///
  /// A file is kept while a process with its process identifier is alive, and if another machine made it (the
  /// directory may be shared). What cannot be read or removed is left alone.
  public static func removeStaleTemporaries(in directory: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    for name in names where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
      let fields = name.dropFirst(prefix.count).dropLast(suffix.count).split(separator: "-")
      guard fields.count == 3, fields[0] == machineName, let process = pid_t(fields[1]), process > 0 else {
        continue
      }
      if kill(process, 0) != 0, errno == ESRCH { unlink(directory.appendingPathComponent(name).path) }
    }
  }

  /// Eight hexadecimal digits that tell this machine from others that may share a directory.
  private static let machineName: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(SHA256Digest(of: bytes).description.prefix(8))
  }()

  /// Makes a new temporary file `.wordlength-MACHINE-PROCESS-NUMBER.partial` in `directory`.
  private static func createTemporary(
    in directory: String, for path: String
  ) throws(WholeFileError) -> (descriptor: CInt, path: String) {
    var number = 0
    while true {
      let name = "\(prefix)\(machineName)-\(getpid())-\(number)\(suffix)"
      let temporary = directory + "/" + name
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (descriptor, temporary) }
      if errno != EEXIST { throw WholeFileError("write", path: path, code: errno) }
      // Another thread of this process, or a dead process with the same identifier, has this number.
      number += 1
    }
  }

  /// Writes all of `data`. Returns 0 or the system's error code.
  private static func writeAll(_ data: Data, to descriptor: CInt) -> CInt {
    data.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = Foundation.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        offset += count
      }
      return 0
    }
  }
}
