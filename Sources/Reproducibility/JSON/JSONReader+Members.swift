extension JSONReader {
  /// The integer `key` within `range`.
  public func integer(
    _ key: String, in range: ClosedRange<Int> = Int.min...Int.max, default standard: Int? = nil
  ) -> Int? {
    value(key, expected: "an integer" + Self.words(for: range), default: standard) { member in
      if case .integer(let integer) = member, range.contains(integer) { integer } else { nil }
    }
  }

  /// The number `key` within `range`. An integer counts as a number.
  public func number(
    _ key: String,
    in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
    default standard: Double? = nil
  ) -> Double? {
    value(key, expected: "a number" + Self.words(for: range), default: standard) { member in
      Self.double(member).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// The string `key`.
  public func string(_ key: String, default standard: String? = nil) -> String? {
    value(key, expected: "a string", default: standard) { member in
      if case .string(let string) = member { string } else { nil }
    }
  }

  /// `true` or `false` at `key`.
  public func flag(_ key: String, default standard: Bool? = nil) -> Bool? {
    value(key, expected: "true or false", default: standard) { member in
      if case .bool(let flag) = member { flag } else { nil }
    }
  }

  /// The string `key`, one of `choices`. For an unknown one the nearest choice is suggested.
  public func choice(_ key: String, of choices: [String], default standard: String? = nil) -> String? {
    let list = choices.map { "\"\($0)\"" }.joined(separator: ", ")
    var expected = "one of \(list)"
    if case .string(let given)? = members[key], let near = nearestName(to: given, among: choices) {
      expected += "; did you mean \"\(near)\"?"
    }
    return value(key, expected: expected, default: standard) { member in
      if case .string(let string) = member, choices.contains(string) { string } else { nil }
    }
  }

  /// The case of `Choice` whose raw value stands at `key`.
  public func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, of type: Choice.Type = Choice.self, default standard: Choice? = nil
  ) -> Choice? {
    choice(key, of: Choice.allCases.map(\.rawValue), default: standard?.rawValue)
      .flatMap(Choice.init(rawValue:))
  }

  /// A reader of the object `key`. Ask `contains` first where it may be absent.
  public func object(_ key: String) -> JSONReader? {
    value(key, expected: "an object", default: nil) { member in
      if case .object(let members) = member {
        JSONReader(members, path: path(of: key), faults: faults)
      } else {
        nil
      }
    }
  }

  /// The elements of the array `key`, whose number must be in `count`.
  public func array(_ key: String, count: ClosedRange<Int> = 0...Int.max) -> [JSONValue]? {
    let elements: [JSONValue]? = value(key, expected: "an array", default: nil) { member in
      if case .array(let elements) = member { elements } else { nil }
    }
    guard let elements else { return nil }
    if !count.contains(elements.count) {
      note("\(elements.count) elements, expected\(Self.words(for: count))", at: key)
      return nil
    }
    return elements
  }

  /// Readers of the array `key`, all of whose elements must be objects.
  public func objects(_ key: String, count: ClosedRange<Int> = 0...Int.max) -> [JSONReader]? {
    elements(key, count: count, expected: "an object") { member, elementPath in
      if case .object(let members) = member {
        JSONReader(members, path: elementPath, faults: faults)
      } else {
        nil
      }
    }
  }

  /// The array `key` of integers within `range`.
  public func integers(
    _ key: String, in range: ClosedRange<Int> = Int.min...Int.max, count: ClosedRange<Int> = 0...Int.max
  ) -> [Int]? {
    elements(key, count: count, expected: "an integer" + Self.words(for: range)) { member, _ in
      if case .integer(let integer) = member, range.contains(integer) { integer } else { nil }
    }
  }

  /// The array `key` of numbers. Integers count as numbers.
  public func numbers(_ key: String, count: ClosedRange<Int> = 0...Int.max) -> [Double]? {
    elements(key, count: count, expected: "a number") { member, _ in Self.double(member) }
  }

  /// The array `key` of strings.
  public func strings(_ key: String, count: ClosedRange<Int> = 0...Int.max) -> [String]? {
    elements(key, count: count, expected: "a string") { member, _ in
      if case .string(let string) = member { string } else { nil }
    }
  }

  /// The converted elements of the array `key`; notes every element that `convert` refuses, by its index.
  private func elements<Element>(
    _ key: String, count: ClosedRange<Int>, expected: String, _ convert: (JSONValue, String) -> Element?
  ) -> [Element]? {
    guard let values = array(key, count: count) else { return nil }
    var elements: [Element] = []
    for (index, value) in values.enumerated() {
      let elementPath = "\(path(of: key))[\(index)]"
      if let element = convert(value, elementPath) {
        elements.append(element)
      } else {
        faults.note("found \(value.kindAndValue), expected \(expected)", at: elementPath)
      }
    }
    return elements.count == values.count ? elements : nil
  }

  private static func double(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    case .null, .bool, .string, .array, .object: nil
    }
  }

  private static func words(for range: ClosedRange<Int>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (Int.min, Int.max): ""
    case (let lower, Int.max): " of at least \(lower)"
    case (Int.min, let upper): " of at most \(upper)"
    case (let lower, let upper) where lower == upper: " \(lower)"
    case (let lower, let upper): " in \(lower)...\(upper)"
    }
  }

  private static func words(for range: ClosedRange<Double>) -> String {
    let largest = Double.greatestFiniteMagnitude
    switch (range.lowerBound <= -largest, range.upperBound >= largest) {
    case (true, true): return ""
    case (false, true): return " of at least \(range.lowerBound)"
    case (true, false): return " of at most \(range.upperBound)"
    case (false, false): return " in \(range.lowerBound)...\(range.upperBound)"
    }
  }
}
