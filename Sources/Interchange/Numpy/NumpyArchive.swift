import Foundation

/// Named arrays as NumPy keeps them in a `.npz` file: a ZIP archive of `.npy` files.
public struct NumpyArchive: Hashable, Sendable {
  /// An array with its name.
  public struct Entry: Hashable, Sendable {
    /// The name, without the `.npy` of the file in the archive.
    public let name: String
    /// The array.
    public let array: NumpyArray

    /// `array` under `name`.
    public init(_ name: String, _ array: NumpyArray) {
      self.name = name
      self.array = array
    }
  }

  /// The arrays in their order in the file. No two have one name.
  public let entries: [Entry]
  /// The file, for messages. Not part of the value.
  public let origin: String

  /// The archive of `entries`.
  /// - Throws: where two have one name, or a name is empty or longer than an archive can hold.
  public init(_ entries: [Entry]) throws(InterchangeError) {
    try self.init(entries, origin: "archive")
  }

  private init(_ entries: [Entry], origin: String) throws(InterchangeError) {
    var names: Set<String> = []
    for name in entries.map(\.name) {
      // Names are counted in 16 bits, and `.npy` is added to each.
      if !(1...0xffff - Self.suffix.utf8.count).contains(name.utf8.count) {
        throw InterchangeError(.archive(.unusableName(byteCount: name.utf8.count)), at: origin)
      }
      if !names.insert(name).inserted {
        throw InterchangeError(.archive(.duplicateName), at: "\(origin), \(name)\(Self.suffix)")
      }
    }
    self.entries = entries
    self.origin = origin
  }

  private static let suffix = ".npy"

  /// The arrays in `data`, the bytes of a `.npz` file whose entries are stored (`numpy.savez`).
  ///
  /// - Parameters:
  ///   - data: the whole file.
  ///   - file: the file's name, for messages.
  /// - Throws: the first fault found. A change of any byte of an array or of its name is one.
  public init(parsing data: Data, file: String) throws(InterchangeError) {
    var entries: [Entry] = []
    for entry in try ZIPReader.entries(of: data, file: file) {
      let location = "\(file), \(entry.name)"
      guard entry.name.hasSuffix(Self.suffix) else {
        throw InterchangeError(.archive(.notAnArray), at: location)
      }
      let array = try NumpyArray(parsing: entry.bytes, file: location)
      entries.append(Entry(String(entry.name.dropLast(Self.suffix.count)), array))
    }
    try self.init(entries, origin: file)
  }

  /// Whether the same arrays stand under the same names in the same order.
  public static func == (left: NumpyArchive, right: NumpyArchive) -> Bool { left.entries == right.entries }

  /// Feeds what `==` compares to `hasher`.
  public func hash(into hasher: inout Hasher) { hasher.combine(entries) }

  /// The array `name`. O(number of entries).
  /// - Throws: where there is none, with the names there are.
  public func array(_ name: String) throws(InterchangeError) -> NumpyArray {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw InterchangeError(.archive(.missingArray(name: name, present: entries.map(\.name))), at: origin)
    }
    return entry.array
  }

  /// The bytes of the `.npz` file that `numpy.savez` (of NumPy 2.4, on Linux) writes for these arrays
  /// in this order. They depend on nothing else: every date in them is the format's first day. O(size).
  public func encoded() -> Data { encoded(narrowLimit: 1 << 31 - 1) }

  /// The file's bytes, where sizes and offsets above `narrowLimit` are written in 64 bits.
  package func encoded(narrowLimit: Int) -> Data {
    var writer = ZIPWriter(narrowLimit: narrowLimit)
    for entry in entries { writer.add(entry.name + Self.suffix, entry.array.encoded()) }
    writer.finish()
    return writer.data
  }
}
