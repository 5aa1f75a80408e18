import Foundation

/// A JSON text as a value (RFC 8259).
///
/// A number without fraction and exponent that fits `Int` is an `integer`; every other number is the nearest
/// double. The two are never equal: `1` and `1.0` are different values with different canonical texts.
public enum JSONValue: Hashable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written without fraction or exponent.
  case integer(Int)
  /// Any other number. Writers require it to be finite: JSON has no word for infinity.
  case number(Double)
  /// A string.
  case string(String)
  /// An ordered list.
  case array([JSONValue])
  /// Values by name. The order in a file carries no meaning and is not kept.
  case object([String: JSONValue])

  /// The member named `key` of an object, `nil` for other values and absent members.
  public subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// What this value is, with its article, for messages: `an integer (5)`, `a string ("x")`, `an object`.
  public var kindAndValue: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): "an integer (\(value))"
    case .number(let value): "a number (\(value))"
    case .string(let value): "a string (\(JSONValue.string(String(value.prefix(40))).canonicalText))"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object.
  /// - Precondition: no name occurs twice.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(uniqueKeysWithValues: elements))
  }
}
