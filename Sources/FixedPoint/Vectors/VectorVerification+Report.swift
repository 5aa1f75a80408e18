extension VectorVerification {
  /// The faults and counts as text: a line for each reported fault, then one for the file.
  public var text: String {
    var lines = faults.map { "\(path):\($0.line): \($0.kind.rawValue): \($0.message)" }
    let reported = faults.count
    let all = mismatchingRows + malformedRows
    if all > reported { lines.append("\(path): \(all - reported) more faulty rows are not shown") }
    var counts = ["\(rows) rows", "\(matchingRows) match", "\(mismatchingRows) mismatch"]
    counts.append("\(malformedRows) malformed")
    if tooWideRows > 0 { counts.append("\(tooWideRows) wider than 128 bits, not judged") }
    lines.append("\(path): \(counts.joined(separator: ", "))")
    return lines.map { $0 + "\n" }.joined()
  }

  /// The verifications and the files that could not be judged as JUnit XML: a suite for each file, and in
  /// it a case for each operation with its modes. It states no times, so that equal results give equal bytes.
  public static func junitXML(
    _ verifications: [VectorVerification], unreadable: [VectorFileError] = []
  ) -> String {
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    let tests = verifications.reduce(unreadable.count) { $0 + $1.caseCount }
    let failures = verifications.reduce(0) { $0 + $1.failureCount }
    let errors = verifications.reduce(unreadable.count) { $0 + ($1.malformedRows > 0 ? 1 : 0) }
    lines.append(
      "<testsuites name=\"wordlength verify\" tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\">"
    )
    for verification in verifications { lines += verification.junitLines }
    for error in unreadable {
      let name = escaped(error.path)
      lines += [
        "  <testsuite name=\"\(name)\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">",
        "    <testcase classname=\"\(name)\" name=\"file\">",
        "      <error message=\"\(escaped(error.problem))\"/>",
        "    </testcase>",
        "  </testsuite>",
      ]
    }
    lines.append("</testsuites>")
    return lines.map { $0 + "\n" }.joined()
  }

  /// A case for each group, and one for the rows that could not be read, if any.
  private var caseCount: Int { groups.count + (malformedRows > 0 ? 1 : 0) }
  private var failureCount: Int { groups.filter { $0.mismatchingRows > 0 }.count }

  private var junitLines: [String] {
    let name = VectorVerification.escaped(path)
    let skipped = groups.filter { $0.isSkipped }.count
    var lines = [
      "  <testsuite name=\"\(name)\" tests=\"\(caseCount)\" failures=\"\(failureCount)\" "
        + "errors=\"\(malformedRows > 0 ? 1 : 0)\" skipped=\"\(skipped)\">"
    ]
    for group in groups {
      lines.append("    <testcase classname=\"\(name)\" name=\"\(VectorVerification.escaped(group.name))\">")
      if let fault = group.firstMismatch {
        let message = VectorVerification.escaped("line \(fault.line): \(fault.message)")
        lines.append("      <failure message=\"\(group.mismatchingRows) rows mismatch\">\(message)</failure>")
      } else if group.isSkipped {
        lines.append("      <skipped message=\"exact results wider than 128 bits are not judged\"/>")
      }
      lines.append("    </testcase>")
    }
    if malformedRows > 0 {
      lines.append("    <testcase classname=\"\(name)\" name=\"malformed rows\">")
      let first = faults.first { $0.kind == .malformed }.map { "line \($0.line): \($0.message)" } ?? ""
      lines.append(
        "      <error message=\"\(malformedRows) rows cannot be read\">\(VectorVerification.escaped(first))</error>"
      )
      lines.append("    </testcase>")
    }
    lines.append("  </testsuite>")
    return lines
  }

  /// `text` as XML attribute or element content; what XML 1.0 cannot hold becomes U+FFFD.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += "&#\(scalar.value);"
      case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension VectorVerification.Group {
  /// Whether none of the group's rows could be judged.
  fileprivate var isSkipped: Bool { matchingRows == 0 && mismatchingRows == 0 }
}
