import Reproducibility

/// A number of a technology with its unit and where it is from.
public struct PhysicalConstant: Sendable, Hashable {
  /// The number, in `unit`.
  public let value: Double
  /// The unit, as a technology file writes it: `um2`, `pJ/bit`.
  public let unit: String
  /// The publication and table, the fit that gives it, or `assumed` and why.
  public let source: String

  /// A constant.
  public init(_ value: Double, unit: String, source: String) {
    self.value = value
    self.unit = unit
    self.source = source
  }

  var json: JSONValue {
    ["value": .number(value), "unit": .string(unit), "source": .string(source)]
  }
}

extension JSONReader {
  /// The constant `key`: an object of `value` in `range`, `unit` and `source`; other units are faults.
  func constant(_ key: String, unit: String, in range: ClosedRange<Double>) -> PhysicalConstant? {
    object(key).flatMap { reader in
      defer { reader.finish() }
      let value = reader.number("value", in: range)
      let written = reader.choice("unit", of: [unit])
      let source = reader.string("source")
      if let source, source.isEmpty {
        reader.note("is empty; name the publication, or write \"assumed\" and why", at: "source")
        return nil
      }
      guard let value, let written, let source else { return nil }
      return PhysicalConstant(value, unit: written, source: source)
    }
  }
}
