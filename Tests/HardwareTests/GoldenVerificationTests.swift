import Foundation
import Hardware
import Interchange
import Reproducibility
import Testing

@Suite("Dumps against golden sets")
struct GoldenVerificationTests {
  private let layer = "01-c_v_1"

  private func outcomes(_ golden: URL, _ dumps: URL) throws -> [GoldenVerification.Outcome] {
    try GoldenVerification(golden: golden, dumps: dumps).checks.map(\.outcome)
  }

  /// What is wrong with the dump of one array, or nil where it is not a difference of words.
  private func difference(_ golden: URL, _ dumps: URL, check: Int) throws -> String? {
    switch try outcomes(golden, dumps)[check] {
    case .differs(let count, let first):
      "\(count) wrong, the first at \(first.index): \(first.expected) became \(first.found)"
    case .matches, .unreadable, .missing: nil
    }
  }

  /// The words of an image, one a line, without its comment.
  private func words(_ url: URL) throws -> [String] {
    try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.hasPrefix("//") }
  }

  @Test("Equal dumps pass, as images or as arrays; accumulators and outputs are judged, nothing else")
  func equalDumps() throws {
    try GoldenSamples.onDisk { golden, dumps in
      let verification = try GoldenVerification(golden: golden, dumps: dumps)
      #expect(verification.passes && verification.checks.count == 5)
      #expect(verification.checks.allSatisfy { $0.outcome == .matches && $0.file.hasSuffix(".mem") })
      #expect(
        verification.checks.map { "\($0.layer) \($0.role.rawValue) \($0.words)" } == [
          "cöv/1 accumulators 16", "cöv/1 outputs 16", ".. outputs 4", "last layer accumulators 2",
          "last layer outputs 2",
        ])
      for check in verification.checks { try FileManager.default.removeItem(atPath: check.file) }
      let arrays = try GoldenVerification(golden: golden, dumps: dumps)
      #expect(
        arrays.passes && arrays.checks.allSatisfy { $0.outcome == .matches && $0.file.hasSuffix(".npy") })
      // Bare words in either case, as $writememh makes them.
      let bare = try words(golden.appendingPathComponent("\(layer)/accumulators.mem")).joined(separator: " ")
      try bare.uppercased().write(
        to: dumps.appendingPathComponent("\(layer)/accumulators.mem"), atomically: true, encoding: .utf8)
      #expect(try GoldenVerification(golden: golden, dumps: dumps).passes)
    }
  }

  @Test("What was not dumped is not judged, but something must be")
  func missingDumps() throws {
    try GoldenSamples.onDisk { golden, dumps in
      try FileManager.default.removeItem(at: dumps.appendingPathComponent(layer))
      #expect(try outcomes(golden, dumps) == [.missing, .missing, .matches, .matches, .matches])
      #expect(try GoldenVerification(golden: golden, dumps: dumps).passes)
      for name in ["02-..", "03-last_layer"] {
        try FileManager.default.removeItem(at: dumps.appendingPathComponent(name))
      }
      #expect(try outcomes(golden, dumps).allSatisfy { $0 == .missing })
      #expect(try !GoldenVerification(golden: golden, dumps: dumps).passes)
    }
  }

  @Test("A changed word is told by its place, the golden value and the dumped one")
  func changedWords() throws {
    try GoldenSamples.onDisk { golden, dumps in
      let values = try NumpyArray(
        parsing: Data(contentsOf: golden.appendingPathComponent("\(layer)/accumulators.npy")), file: "a"
      ).integers
      let file = dumps.appendingPathComponent("\(layer)/accumulators.mem")
      for (index, place) in [(0, [0, 0, 0]), (5, [0, 2, 1]), (15, [1, 3, 1])] {
        var words = try words(golden.appendingPathComponent("\(layer)/accumulators.mem"))
        // −1 in 20 bits.
        words[index] = "fffff"
        try words.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        #expect(
          try difference(golden, dumps, check: 0)
            == "1 wrong, the first at \(place): \(values[index]) became -1")
      }
      var words = try words(golden.appendingPathComponent("\(layer)/outputs.mem"))
      let expected = try #require(Int64(words[3], radix: 16))
      words[3] = "3e"
      words[9] = "3d"
      try words.joined(separator: "\n").write(
        to: dumps.appendingPathComponent("\(layer)/outputs.mem"), atomically: true, encoding: .utf8)
      // Unsigned words have no sign.
      #expect(
        try difference(golden, dumps, check: 1) == "2 wrong, the first at [0, 0, 1, 1]: \(expected) became 62"
      )
      #expect(try !GoldenVerification(golden: golden, dumps: dumps).passes)
    }
  }

  /// What `body` gives while the file at `url` holds other bytes, or is not there; then it is as before.
  private func changing<Value>(
    _ url: URL, to data: (Data) throws -> Data?, _ body: () throws -> Value
  ) throws -> Value {
    let before = try Data(contentsOf: url)
    if let after = try data(before) {
      try after.write(to: url)
    } else {
      try FileManager.default.removeItem(at: url)
    }
    defer { try? before.write(to: url) }
    return try body()
  }

  @Test("Unknown digits, missing and further words, other shapes and files are unreadable, with the reason")
  func unreadableDumps() throws {
    try GoldenSamples.onDisk { golden, dumps in
      let image = dumps.appendingPathComponent("\(layer)/outputs.mem")
      let array = dumps.appendingPathComponent("\(layer)/outputs.npy")
      let words = try words(image)
      func reason() throws -> String {
        let verification = try GoldenVerification(golden: golden, dumps: dumps)
        #expect(!verification.passes)
        if case .unreadable(let text) = verification.checks[1].outcome { return text }
        return ""
      }
      func rewritten(_ change: (inout [String]) -> Void) throws -> String {
        var changed = words
        change(&changed)
        return try changing(image, to: { _ in Data(changed.joined(separator: "\n").utf8) }, reason)
      }
      #expect(try rewritten { $0[7] = "xx" }.contains("line 8, column 1: the digit \"x\""))
      #expect(try rewritten { _ = $0.removeLast() }.contains("no word for the addresses f...f"))
      #expect(try rewritten { $0.append("00") }.contains("line 17, column 1: an address above f"))
      #expect(try rewritten { $0[0] = "40" }.contains("a word of 7 significant bits, expected at most 6"))
      func replaced(_ data: Data) throws -> String {
        try changing(image, to: { _ in nil }) { try changing(array, to: { _ in data }, reason) }
      }
      let flat = NumpyArray(shape: [16], elements: [Int64](repeating: 0, count: 16)).encoded()
      #expect(try replaced(flat).hasSuffix("has shape [16], expected [2, 2, 2, 2]"))
      let real = NumpyArray(shape: [2, 2, 2, 2], elements: [Double](repeating: 0, count: 16)).encoded()
      #expect(try !replaced(real).isEmpty)
      #expect(try !replaced(Data("PK".utf8)).isEmpty)
      let other = try Data(contentsOf: dumps.appendingPathComponent("02-../outputs.mem"))
      #expect(try changing(image, to: { _ in other }, reason).contains("no word for the addresses 4...f"))
      #expect(try GoldenVerification(golden: golden, dumps: dumps).passes)
    }
  }

  @Test("A golden set that was changed is an error that names the file, whatever the dumps say")
  func damagedSets() throws {
    try GoldenSamples.onDisk { golden, dumps in
      let outputs = golden.appendingPathComponent("\(layer)/outputs.npy")
      let manifest = golden.appendingPathComponent("manifest.json")
      func message() throws -> String? {
        do {
          _ = try GoldenVerification(golden: golden, dumps: dumps)
          return nil
        } catch let error as GoldenError { return error.description }
      }
      func edited(_ old: String, _ new: String) throws -> String? {
        try changing(
          manifest,
          to: { data in
            let text = String(decoding: data, as: UTF8.self)
            #expect(text.contains(old), "\(old)")
            return Data(text.replacing(old, with: new, maxReplacements: 1).utf8)
          }, message)
      }
      #expect(try message() == nil)
      let flipped = try changing(outputs, to: { $0.dropLast() + [$0.last! ^ 1] }, message)
      let stranger =
        "\(layer)/outputs.npy: is not the file that the manifest describes; write the golden set again"
      #expect(flipped?.hasSuffix(stranger) == true)
      #expect(try changing(outputs, to: { _ in nil }, message)?.contains("\(layer)/outputs.npy") == true)
      #expect(try changing(manifest, to: { _ in nil }, message)?.contains("manifest.json") == true)
      for path in ["../\(layer)/outputs.npy", "/etc/passwd", "", ".", "a//b", "a/../../b"] {
        #expect(
          try edited("\"\(layer)/outputs.npy\"", "\"\(path)\"")?
            .contains("\"\(path)\" is no path within the directory") == true, "\(path)")
      }
      #expect(try edited("wordlength-golden", "wordlength-gold")?.contains("format: ") == true)
      #expect(try edited("\"role\": \"outputs\"", "\"role\": \"output\"")?.contains("role: ") == true)
      #expect(try edited("\"isSigned\"", "\"isSined\"")?.contains("isSined: ") == true)
      #expect(try edited("\"wordLength\": 6", "\"wordLength\": 65")?.contains("wordLength: ") == true)
      let digest = SHA256Digest(of: try Data(contentsOf: outputs)).description
      #expect(try edited(digest, "none")?.contains("is no SHA-256 of 64 hexadecimal digits") == true)
      #expect(try edited(digest, String(repeating: "0", count: 64))?.hasSuffix(stranger) == true)
      #expect(try message() == nil)
    }
  }

  @Test("A manifest of another shape than its array is an error, however large its extents")
  func otherShapes() throws {
    let most = "1099511627776"
    for shape in ["[2, 2, 4]", "[16, 1, 1, 1]", "[\(most), \(most), \(most), \(most), \(most), \(most)]"] {
      try GoldenSamples.onDisk { golden, dumps in
        let url = golden.appendingPathComponent("manifest.json")
        guard case .object(var manifest) = try JSONValue(parsing: Data(contentsOf: url)),
          case .array(var arrays)? = manifest["arrays"], case .object(var outputs) = arrays[5]
        else {
          Issue.record("no arrays")
          return
        }
        outputs["shape"] = try JSONValue(parsing: Data(shape.utf8))
        arrays[5] = .object(outputs)
        manifest["arrays"] = .array(arrays)
        try JSONValue.object(manifest).indentedText.write(to: url, atomically: true, encoding: .utf8)
        let error = #expect(throws: GoldenError.self) { try GoldenVerification(golden: golden, dumps: dumps) }
        #expect(error?.description.contains("has shape [2, 2, 2, 2], the manifest says \(shape)") == true)
      }
    }
  }
}
