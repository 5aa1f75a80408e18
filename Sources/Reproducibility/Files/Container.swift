import Foundation

/// A value in one file: JSON for what is small, named arrays of numbers for what is large, digests over both.
///
/// The file is one line of canonical JSON, then the payload:
///
///     {"blobs":[{"count":…,"name":…,"offset":…,"type":…},…],"container":"wordlength","content":…,
///      "headerSHA256":…,"kind":…,"payloadBytes":…,"payloadSHA256":…,"version":1}⏎
///     (the blobs, little-endian, one after the other in the order of the list, nothing between them)
///
/// `offset` is in bytes from the start of the payload, `count` in elements. `headerSHA256` is the digest of the
/// canonical header without that member. Equal containers have equal bytes, and any changed, missing or added
/// byte is noticed when the file is read.
public struct Container: Hashable, Sendable {
  /// What the content describes (`network`, `evaluation`); a reader states which kind it expects.
  public var kind: String
  /// The small part.
  public var content: JSONValue
  /// The large parts in their order in the file. Names must differ.
  public var blobs: [Blob]

  /// A container of `kind`.
  public init(kind: String, content: JSONValue, blobs: [Blob] = []) {
    self.kind = kind
    self.content = content
    self.blobs = blobs
  }

  /// The bytes of the file. O(size).
  /// - Precondition: no two blobs have the same name, and every number in `content` is finite.
  public func encoded() -> Data {
    precondition(Set(blobs.map(\.name)).count == blobs.count, "two blobs of the same name")
    var payload = SHA256Hasher()
    var offset = 0
    var list: [JSONValue] = []
    for blob in blobs {
      list.append([
        "name": .string(blob.name), "type": .string(blob.type.rawValue), "count": .integer(blob.count),
        "offset": .integer(offset),
      ])
      payload.update(blob.bytes)
      offset += blob.bytes.count
    }
    var header: [String: JSONValue] = [
      "container": .string(Self.signature), "version": .integer(Self.version), "kind": .string(kind),
      "content": content, "blobs": .array(list), "payloadBytes": .integer(offset),
      "payloadSHA256": .string(payload.finalize().description),
    ]
    header["headerSHA256"] = .string(Self.headerDigest(header).description)
    var data = Data((JSONValue.object(header).canonicalText + "\n").utf8)
    data.reserveCapacity(data.count + offset)
    for blob in blobs { data.append(blob.bytes) }
    return data
  }

  /// The elements of the blob `name`.
  /// - Throws: where there is no such blob or its type is another.
  public func elements<Element: BlobElement>(
    _ name: String, of type: Element.Type = Element.self
  ) throws(ContainerError) -> [Element] {
    guard let blob = blobs.first(where: { $0.name == name }) else {
      throw ContainerError(.missingBlob(name: name, present: blobs.map(\.name)))
    }
    guard let elements = blob.elements(of: type) else {
      throw ContainerError(.mistypedBlob(name: name, found: blob.type, expected: Element.blobType))
    }
    return elements
  }

  static let signature = "wordlength"
  static let version = 1

  /// The digest of the canonical text of `header` without its own digest.
  static func headerDigest(_ header: [String: JSONValue]) -> SHA256Digest {
    var rest = header
    rest["headerSHA256"] = nil
    return SHA256Digest(of: JSONValue.object(rest).canonicalText)
  }
}

/// A named array of numbers of one type in a container.
public struct Blob: Hashable, Sendable {
  /// The type of a blob's elements.
  public enum ElementType: String, Hashable, Sendable, CaseIterable {
    /// IEEE 754 binary32.
    case float32
    /// Two's complement integers.
    case int8, int16, int32, int64
    /// Bytes.
    case uint8

    /// The bytes of one element.
    public var byteCount: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .int64: 8
      }
    }
  }

  /// The name, unique in a container.
  public let name: String
  /// The type of the elements.
  public let type: ElementType
  /// The elements, little-endian, one after the other.
  public let bytes: Data

  /// The number of elements.
  public var count: Int { bytes.count / type.byteCount }

  /// The blob `name` of `elements`. O(count), one copy.
  public init<Element: BlobElement>(_ name: String, _ elements: [Element]) {
    self.name = name
    type = Element.blobType
    bytes = elements.withUnsafeBytes { Data($0) }
  }

  init(name: String, type: ElementType, bytes: Data) {
    self.name = name
    self.type = type
    self.bytes = bytes
  }

  /// The elements, `nil` if they are of another type. O(count), one copy.
  func elements<Element: BlobElement>(of type: Element.Type) -> [Element]? {
    if self.type != Element.blobType { return nil }
    return [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      _ = bytes.copyBytes(to: buffer)
      initializedCount = count
    }
  }
}

/// A number type that blobs can hold.
public protocol BlobElement: BitwiseCopyable, Sendable {
  /// The name of the type in files.
  static var blobType: Blob.ElementType { get }
}

#if _endian(big)
  #error("Blobs are copied as they lie in memory, which must be little-endian.")
#endif

extension Float: BlobElement {
  /// `float32`.
  public static var blobType: Blob.ElementType { .float32 }
}
extension Int8: BlobElement {
  /// `int8`.
  public static var blobType: Blob.ElementType { .int8 }
}
extension Int16: BlobElement {
  /// `int16`.
  public static var blobType: Blob.ElementType { .int16 }
}
extension Int32: BlobElement {
  /// `int32`.
  public static var blobType: Blob.ElementType { .int32 }
}
extension Int64: BlobElement {
  /// `int64`.
  public static var blobType: Blob.ElementType { .int64 }
}
extension UInt8: BlobElement {
  /// `uint8`.
  public static var blobType: Blob.ElementType { .uint8 }
}
