import Foundation

/// Reads one object of a description, member by member, and notes every fault instead of stopping at the first.
///
/// Each method asks for one member. If it is there and right, its value is returned. If it is absent, the
/// default is returned, or its absence is noted. If it is wrong, that is noted and `nil` returned, so that the
/// caller can go on reading. `finish` notes the members nobody asked for. For example:
///
///     let array = try JSONReader.read(data, file: "edge.json") { reader in
///       let lanes = reader.integer("lanes", in: 1...4096)
///       let overflow = reader.choice("overflow", of: ["wrap", "saturate"], default: "wrap")
///       reader.finish()
///       guard let lanes, let overflow else { return nil }
///       return LaneArray(lanes: lanes, overflow: overflow)
///     }
public final class JSONReader {
  /// The JSON path of this object, empty for the whole file.
  public let path: String
  /// Where faults are noted, shared with the readers of inner objects. Add rules between members here.
  public let faults: JSONFaults
  let members: [String: JSONValue]
  private var known: [String] = []

  /// A reader of `members`, found at `path`.
  public init(_ members: [String: JSONValue], path: String, faults: JSONFaults) {
    self.members = members
    self.path = path
    self.faults = faults
  }

  /// What `body` makes of the object that `data` holds.
  /// - Throws: every fault noted by the readers, or the one fault that `data` is not JSON or not an object.
  /// - Precondition: where `body` returns `nil` it has noted a fault.
  public static func read<Value>(
    _ data: Data, file: String, _ body: (JSONReader) -> Value?
  ) throws(DescriptionError) -> Value {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: data)
    } catch {
      throw DescriptionError(file: file, faults: [JSONFault(path: "", message: "not JSON: \(error)")])
    }
    return try read(value, file: file, body)
  }

  /// What `body` makes of the object `value`. Throws and requires as `read` of data does.
  public static func read<Value>(
    _ value: JSONValue, file: String, _ body: (JSONReader) -> Value?
  ) throws(DescriptionError) -> Value {
    guard case .object(let members) = value else {
      let message = "found \(value.kindAndValue), expected an object"
      throw DescriptionError(file: file, faults: [JSONFault(path: "", message: message)])
    }
    let reader = JSONReader(members, path: "", faults: JSONFaults())
    let result = body(reader)
    if !reader.faults.noted.isEmpty { throw DescriptionError(file: file, faults: reader.faults.noted) }
    guard let result else { preconditionFailure("\(file) gave no value and no fault") }
    return result
  }

  /// The names of all members, sorted by their UTF-8 bytes: for objects whose names are free.
  public var keys: [String] { members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// Whether a member named `key` is there. Counts as asking for it.
  public func contains(_ key: String) -> Bool {
    known.append(key)
    return members[key] != nil
  }

  /// The path of the member `key`.
  public func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// Notes that the member `key` (or, without one, this object) breaks a rule.
  public func note(_ message: String, at key: String? = nil) {
    faults.note(message, at: key.map(path(of:)) ?? path)
  }

  /// Notes each member that was never asked for, with the nearest name that was.
  public func finish() {
    for key in keys where !known.contains(key) {
      let near = nearestName(to: key, among: known.filter { members[$0] == nil })
      let advice =
        if let near {
          "did you mean \"\(near)\"?"
        } else {
          known.isEmpty
            ? "no members are expected here" : "known here: \(Set(known).sorted().joined(separator: ", "))"
        }
      note("unknown member; \(advice)", at: key)
    }
  }

  /// The member `key` as `convert` reads it; notes its absence where there is no default, and `nil` results.
  func value<Value>(
    _ key: String, expected: String, default standard: Value?, _ convert: (JSONValue) -> Value?
  ) -> Value? {
    known.append(key)
    guard let member = members[key] else {
      if standard == nil { note("missing; expected \(expected)", at: key) }
      return standard
    }
    let value = convert(member)
    if value == nil { note("found \(member.kindAndValue), expected \(expected)", at: key) }
    return value
  }
}
