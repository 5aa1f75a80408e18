import Datasets

/// A file of another program's format that cannot be read or written: what is wrong, where, what was expected
/// and what helps.
public struct InterchangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, by the format of the file.
  public enum Reason: Hashable, Sendable {
    /// A fault of a `.npy` array.
    case array(NumpyArrayFault)
    /// A fault of a `.npz` archive.
    case archive(NumpyArchiveFault)
    /// A fault of a `$readmemh` image.
    case memoryImage(MemoryImageFault)
    /// A fault of a data set made of such files.
    case dataset(DatasetError.Reason)
  }

  /// What is wrong.
  public let reason: Reason
  /// The file, and in it the entry, the byte or the line and column.
  public let location: String

  init(_ reason: Reason, at location: String) {
    self.reason = reason
    self.location = location
  }

  init(_ error: DatasetError) { self.init(.dataset(error.reason), at: error.location) }

  /// One message: the location, what was found, what was expected, what helps.
  public var description: String {
    switch reason {
    case .array(let fault): "\(location): \(fault.message)"
    case .archive(let fault): "\(location): \(fault.message)"
    case .memoryImage(let fault): "\(location): \(fault.message)"
    case .dataset(let reason): "\(DatasetError(reason, at: location))"
    }
  }
}
