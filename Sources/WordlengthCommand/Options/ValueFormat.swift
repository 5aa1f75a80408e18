import Reproducibility

/// Why a text is not a value of an option: what is wrong with it, and what helps.
package struct ValueFault: Error, Hashable, Sendable {
  /// What is wrong, as the continuation of `"TEXT"`: `has no unit`.
  package let what: String
  /// What helps, as a sentence without its full stop, if there is more to say than what was expected.
  package let help: String?

  /// A fault of a text.
  package init(_ what: String, help: String? = nil) {
    self.what = what
    self.help = help
  }
}

/// How the values of an option are written: read from text, and written back in one canonical form.
package struct ValueFormat<Value: Sendable>: Sendable {
  /// The word for a value in the help text, such as `SIZE`.
  package let placeholder: String
  /// What is expected, as the continuation of `expected`, with an example: `a size with its unit, such as 64KiB`.
  package let expectation: String
  /// Reads a value.
  package let read: @Sendable (String) -> Result<Value, ValueFault>
  /// The canonical text of a value, which `read` reads back.
  package let write: @Sendable (Value) -> String

  /// A way of writing values.
  package init(
    placeholder: String, expectation: String, read: @escaping @Sendable (String) -> Result<Value, ValueFault>,
    write: @escaping @Sendable (Value) -> String
  ) {
    self.placeholder = placeholder
    self.expectation = expectation
    self.read = read
    self.write = write
  }
}

extension ValueFormat where Value == String {
  /// Any text but an empty one, such as a path.
  package static func text(_ placeholder: String, _ expectation: String) -> ValueFormat {
    ValueFormat(
      placeholder: placeholder, expectation: expectation,
      read: { $0.isEmpty ? .failure(ValueFault("is empty")) : .success($0) }, write: { $0 })
  }
}

extension ValueFormat where Value == Int {
  /// A whole number in `range`, in decimal digits; spaces, grouping and exponents are refused.
  package static func count(_ range: ClosedRange<Int>, placeholder: String = "N") -> ValueFormat {
    let bounds: String
    switch (range.lowerBound, range.upperBound) {
    case (let low, .max): bounds = "a whole number of at least \(low)"
    case (let low, let high): bounds = "a whole number from \(low) to \(high)"
    }
    return ValueFormat(
      placeholder: placeholder,
      expectation: "\(bounds), such as \(max(range.lowerBound, min(4, range.upperBound)))",
      read: { text in
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty && digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
          return .failure(ValueFault("is not a whole number"))
        }
        guard let value = Int(text), range.contains(value) else {
          return .failure(
            ValueFault(
              text.hasPrefix("-") || range.lowerBound > (Int(text) ?? .max) ? "is too small" : "is too large")
          )
        }
        return .success(value)
      }, write: { String($0) })
  }
}

extension ValueFormat where Value == Double {
  /// A number in `range`, with a point or an exponent.
  package static func number(in range: ClosedRange<Double>, placeholder: String = "X") -> ValueFormat {
    ValueFormat(
      placeholder: placeholder, expectation: "a number from \(range.lowerBound) to \(range.upperBound)",
      read: { text in
        guard let value = Double(text), value.isFinite else { return .failure(ValueFault("is not a number")) }
        return range.contains(value) ? .success(value) : .failure(ValueFault("is out of range"))
      }, write: { "\($0)" })
  }
}

extension ValueFormat {
  /// One of a few words, each standing for a value.
  package static func choice(_ choices: [(word: String, value: Value)], placeholder: String) -> ValueFormat
  where Value: Equatable {
    let words = choices.map(\.word)
    return ValueFormat(
      placeholder: placeholder,
      expectation: words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))",
      read: { text in
        if let choice = choices.first(where: { $0.word == text }) { return .success(choice.value) }
        return .failure(
          ValueFault(
            "is not among the choices",
            help: nearestName(to: text, among: words).map { "did you mean \"\($0)\"?" }))
      }, write: { value in choices.first { $0.value == value }?.word ?? "" })
  }

  /// Values separated by commas, at least one, none twice.
  package static func list<Element: Hashable & Sendable>(_ element: ValueFormat<Element>) -> ValueFormat
  where Value == [Element] {
    ValueFormat(
      placeholder: "\(element.placeholder),...",
      expectation: "values separated by commas, each \(element.expectation)",
      read: { text in
        var values: [Element] = []
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
          let place = "has at place \(index + 1) "
          switch element.read(String(part)) {
          case .failure(let fault) where part.isEmpty:
            return .failure(ValueFault(place + "nothing between its commas", help: fault.help))
          case .failure(let fault):
            return .failure(ValueFault("\(place)\"\(part)\", which \(fault.what)", help: fault.help))
          case .success(let value):
            if values.contains(value) {
              return .failure(ValueFault("\(place)\"\(part)\" a second time", help: "name each value once"))
            }
            values.append(value)
          }
        }
        return .success(values)
      }, write: { $0.map(element.write).joined(separator: ",") })
  }
}
