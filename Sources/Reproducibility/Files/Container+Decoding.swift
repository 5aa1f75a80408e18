import Foundation

extension Container {
  /// The container that `data` holds, checked to the last bit.
  ///
  /// - Parameters:
  ///   - data: the bytes of the whole file.
  ///   - kind: the kind the caller can read.
  ///   - file: the file's name, for the error.
  /// - Throws: a `ContainerError` that names the first damage found.
  public init(
    decoding data: Data, expecting kind: String, file: String = "container"
  ) throws(ContainerError) {
    do {
      self = try Self.decoded(data, expecting: kind)
    } catch {
      throw ContainerError(error, file: file)
    }
  }

  private static func decoded(
    _ data: Data, expecting kind: String
  ) throws(ContainerError.Reason) -> Container {
    guard data.first == UInt8(ascii: "{") else { throw .notAContainer }
    guard let lineEnd = data.firstIndex(of: UInt8(ascii: "\n")) else { throw .truncatedHeader }
    let line = data[data.startIndex..<lineEnd]
    let parsed: JSONValue
    do {
      parsed = try JSONValue(parsing: line)
    } catch {
      throw .damagedHeader("it is not JSON: \(error)")
    }
    guard case .object(let header) = parsed else { throw .notAContainer }
    // The signature and version come first: a later version may digest its header differently.
    guard header["container"] == .string(signature) else { throw .notAContainer }
    guard case .integer(let found)? = header["version"] else { throw .damagedHeader("it has no version") }
    if found != version { throw .unsupportedVersion(found) }
    guard Data(parsed.canonicalText.utf8) == line else { throw .damagedHeader("it is not canonical JSON") }
    guard header["headerSHA256"] == .string(headerDigest(header).description) else {
      throw .damagedHeader("its digest differs")
    }
    // The digest holds, so what follows can only fail for a file made by another program.
    guard header.count == 8, case .string(let foundKind)? = header["kind"], let content = header["content"],
      case .array(let list)? = header["blobs"], case .integer(let payloadBytes)? = header["payloadBytes"],
      payloadBytes >= 0
    else { throw .malformedHeader("it has not exactly the members of version \(version)") }
    if foundKind != kind { throw .wrongKind(found: foundKind, expected: kind) }
    let payload = data[(lineEnd + 1)...]
    if payload.count < payloadBytes {
      throw .truncatedPayload(found: payload.count, expected: payloadBytes)
    }
    if payload.count > payloadBytes { throw .trailingBytes(payload.count - payloadBytes) }
    guard header["payloadSHA256"] == .string(SHA256Digest(of: payload).description) else {
      throw .damagedPayload
    }
    return Container(kind: kind, content: content, blobs: try blobs(list, in: payload))
  }

  private static func blobs(
    _ list: [JSONValue], in payload: Data
  ) throws(ContainerError.Reason) -> [Blob] {
    var blobs: [Blob] = []
    var names: Set<String> = []
    var offset = 0
    for (index, entry) in list.enumerated() {
      guard case .object(let members) = entry, members.count == 4, case .string(let name)? = entry["name"],
        case .string(let typeName)? = entry["type"], let type = Blob.ElementType(rawValue: typeName),
        case .integer(let count)? = entry["count"], count >= 0, entry["offset"] == .integer(offset),
        count <= (payload.count - offset) / type.byteCount
      else { throw .malformedHeader("blobs[\(index)] is not an entry of version \(version)") }
      guard names.insert(name).inserted else { throw .malformedHeader("two blobs are named \"\(name)\"") }
      let start = payload.startIndex + offset
      offset += count * type.byteCount
      blobs.append(Blob(name: name, type: type, bytes: payload[start..<payload.startIndex + offset]))
    }
    if offset != payload.count {
      throw .malformedHeader("its blobs hold \(offset) of the payload's \(payload.count) bytes")
    }
    return blobs
  }
}

/// A file that is not a whole, undamaged container of the kind and content expected.
public struct ContainerError: Error, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Error, Hashable, Sendable {
    /// The file does not start as a container does.
    case notAContainer
    /// The file ends within its first line.
    case truncatedHeader
    /// The first line has been changed.
    case damagedHeader(String)
    /// The file was made by a later version of the program.
    case unsupportedVersion(Int)
    /// The header is whole but breaks the format's rules.
    case malformedHeader(String)
    /// The file holds something else.
    case wrongKind(found: String, expected: String)
    /// The file ends too early.
    case truncatedPayload(found: Int, expected: Int)
    /// The file goes on after its end.
    case trailingBytes(Int)
    /// The payload has been changed.
    case damagedPayload
    /// The content has no such blob.
    case missingBlob(name: String, present: [String])
    /// The blob holds numbers of another type.
    case mistypedBlob(name: String, found: Blob.ElementType, expected: Blob.ElementType)
  }

  /// What is wrong.
  public let reason: Reason
  /// The file's name, as given to the reader.
  public let file: String

  init(_ reason: Reason, file: String = "container") {
    self.reason = reason
    self.file = file
  }

  /// The file, what was found and what was expected.
  public var description: String {
    let damage = "the file is damaged; make it again"
    switch reason {
    case .notAContainer: return "\(file): not a wordlength container"
    case .truncatedHeader: return "\(file): the file ends within its header; \(damage)"
    case .damagedHeader(let how): return "\(file): the header has been changed, \(how); \(damage)"
    case .unsupportedVersion(let version):
      return
        "\(file): container version \(version), expected \(Container.version); use the program that made it"
    case .malformedHeader(let how): return "\(file): the header is wrong: \(how)"
    case .wrongKind(let found, let expected):
      return "\(file): holds a \"\(found)\", expected a \"\(expected)\""
    case .truncatedPayload(let found, let expected):
      return "\(file): the payload has \(found) bytes, expected \(expected); \(damage)"
    case .trailingBytes(let count): return "\(file): \(count) bytes after the end of the payload; \(damage)"
    case .damagedPayload: return "\(file): the payload's digest differs from the header's; \(damage)"
    case .missingBlob(let name, let present):
      let list = present.isEmpty ? "none" : present.joined(separator: ", ")
      return "\(file): no blob \"\(name)\"; present: \(list)"
    case .mistypedBlob(let name, let found, let expected):
      return "\(file): blob \"\(name)\" is \(found.rawValue), expected \(expected.rawValue)"
    }
  }
}
