import Hardware
import Reproducibility

extension GoldenVerification {
  private func count(_ isCounted: (Outcome) -> Bool) -> Int { checks.filter { isCounted($0.outcome) }.count }

  /// A line for each array that was dumped, then one for all.
  public var text: String {
    var lines = checks.compactMap { check -> String? in
      check.message.map {
        "\(check.outcome == .matches ? "match" : "FAULT"): \(check.layer), \(check.role.rawValue): \($0)"
      }
    }
    let missing = count { $0 == .missing }
    let matching = count { $0 == .matches }
    var total =
      "\(passes ? "PASS" : "FAIL"): \(checks.count) arrays, \(matching) match,"
      + " \(checks.count - matching - missing) faulty, \(missing) not dumped"
    if missing == checks.count, let first = checks.first { total += "; the first would be \(first.file)" }
    lines.append(total)
    return lines.map { $0 + "\n" }.joined()
  }

  /// Every array with its outcome.
  public var json: JSONValue {
    [
      "passes": .bool(passes),
      "arrays": .array(
        checks.map { check in
          var object: [String: JSONValue] = [
            "layer": .string(check.layer), "role": .string(check.role.rawValue), "file": .string(check.file),
            "words": .integer(check.words),
          ]
          switch check.outcome {
          case .matches: object["outcome"] = "matches"
          case .missing: object["outcome"] = "missing"
          case .unreadable(let problem):
            object["outcome"] = "unreadable"
            object["problem"] = .string(problem)
          case .differs(let count, let first):
            object["outcome"] = "differs"
            object["differingWords"] = .integer(count)
            object["firstDifference"] = [
              "index": .array(first.index.map { .integer($0) }), "expected": .integer(Int(first.expected)),
              "found": .integer(Int(first.found)),
            ]
          }
          return .object(object)
        }),
    ]
  }

  /// A case for each array, for CI systems. It states no times, so that equal results give equal bytes.
  public var junitXML: String {
    let name = "wordlength verify --golden"
    let tests = "\(checks.count)"
    let faulty = "\(count { $0.isFault })"
    let cases = checks.map { check -> Markup in
      let children: [Markup]
      switch check.outcome {
      case .matches: children = []
      case .missing: children = [.node("skipped", ["message": "not dumped"])]
      case .differs, .unreadable: children = [.node("failure", ["message": check.message ?? ""])]
      }
      return .node("testcase", ["classname": check.layer, "name": check.role.rawValue], children)
    }
    let suite = Markup.node(
      "testsuite",
      [
        "name": name, "tests": tests, "failures": faulty, "errors": "0",
        "skipped": "\(count { $0 == .missing })",
      ], cases)
    let suites = Markup.node(
      "testsuites", ["name": name, "tests": tests, "failures": faulty, "errors": "0"], [suite])
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(suites.rendered)\n"
  }
}

extension GoldenVerification.Outcome {
  fileprivate var isFault: Bool {
    switch self {
    case .matches, .missing: false
    case .differs, .unreadable: true
    }
  }
}

extension GoldenVerification.Check {
  /// What is to be said of a dump, or nil where there is none.
  fileprivate var message: String? {
    switch outcome {
    case .missing: nil
    case .matches: "\(DecimalText.grouped(words)) words"
    case .unreadable(let problem): problem
    case .differs(let count, let first):
      "\(DecimalText.grouped(count)) of \(DecimalText.grouped(words)) words differ; the first at [\(first.index.map(String.init).joined(separator: ", "))]"
        + " is \(first.found), expected \(first.expected)"
    }
  }
}
