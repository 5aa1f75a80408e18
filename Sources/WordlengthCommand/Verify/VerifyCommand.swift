import FixedPoint
import Foundation
import Reproducibility

/// `wordlength verify`: judges files of arithmetic vectors by the definitions.
package enum VerifyCommand: Command {
  enum Form: Sendable { case text, json }

  static let golden = CommandOption(
    "golden", .text("DIR", "a directory that simulate --golden wrote"),
    help: "judge the dumps of accumulators and outputs in the directory FILE against this golden set")
  static let junit = CommandOption(
    "junit", .text("FILE", "a file to write"), help: "also write the outcome as JUnit XML to this file",
    influence: .presentationOnly)
  private static let faults = CommandOption(
    "faults", .count(0...1_000_000), help: "how many faulty rows of each file to show", default: 10,
    influence: .presentationOnly)
  static let format = CommandOption(
    "format", .choice([("text", Form.text), ("json", .json)], placeholder: "FORMAT"),
    help: "the form of the output", default: .text, influence: .presentationOnly)

  /// What it accepts and what its help says.
  package static let syntax = CommandSyntax(
    name: "verify",
    summary: "check arithmetic test vectors against the definitions, or dumps against golden files",
    discussion: [
      "Each FILE is CSV with a header line: op,w1,i1,s1,w2,i2,s2,a,b,q,o,wo,io,so,r,ref. A format is its width, its "
        + "integer bits and 1 for signed or 0 for unsigned; a, b and r are raw integers. Every row is worked out "
        + "again, exactly, and compared. Files are read as streams, so they may be larger than memory.",
      "Rows whose exact result needs more than 128 bits are counted apart and not judged. The exit status is 1 if "
        + "any row is wrong or malformed, or any file cannot be read.",
      "With --golden, FILE is a directory of dumps named as the golden files are: NN-LAYER/accumulators.mem and NN-LAYER/outputs.mem as "
        + "$writememh makes them, or .npy. What was not dumped is not judged; a dump that differs is told with its first wrong word.",
    ],
    operands: [
      OperandDeclaration("FILE", help: "vector files, or one directory of dumps", count: 1 ... .max)
    ],
    options: [golden.declaration, junit.declaration, faults.declaration, format.declaration],
    examples: [
      CommandExample("verify adder.csv", "Check what a simulation of an adder wrote:"),
      CommandExample("verify --junit out.xml *.csv", "Check many files for a CI system:"),
      CommandExample("verify --golden golden dumps", "Check what a simulation of an accelerator dumped:"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    if let directory = arguments.value(golden) {
      return try judgeDumps(against: directory, arguments, console: console)
    }
    var verifications: [VectorVerification] = []
    var unreadable: [VectorFileError] = []
    let isText = arguments.required(format) == .text
    for path in arguments.operands {
      do throws(VectorFileError) {
        let verification = try VectorVerification(path: path, reportedFaults: arguments.required(faults))
        verifications.append(verification)
        if isText { console.output.write(verification.text) }
      } catch {
        unreadable.append(error)
        console.report(ConsoleMessage(error.problem, location: error.path), .error)
      }
    }
    if isText {
      console.output.write(total(verifications, unreadable))
    } else {
      console.output.write(json(verifications, unreadable).indentedText)
    }
    if let path = arguments.value(junit) {
      try writeReport(VectorVerification.junitXML(verifications, unreadable: unreadable), to: path)
    }
    return unreadable.isEmpty && verifications.allSatisfy(\.passes) ? .success : .failure
  }

  /// Writes a JUnit report whole or not at all.
  static func writeReport(_ xml: String, to path: String) throws(CommandFailure) {
    do {
      try WholeFile.write(Data(xml.utf8), to: URL(fileURLWithPath: path))
    } catch {
      throw CommandFailure(
        ConsoleMessage("cannot \(error.operation): \(error.reason)", location: error.path))
    }
  }

  private static func total(_ verifications: [VectorVerification], _ unreadable: [VectorFileError]) -> String
  {
    func sum(_ count: KeyPath<VectorVerification, Int>) -> Int {
      verifications.reduce(0) { $0 + $1[keyPath: count] }
    }
    var parts = ["\(verifications.count) files", "\(sum(\.rows)) rows", "\(sum(\.matchingRows)) match"]
    parts += ["\(sum(\.mismatchingRows)) mismatch", "\(sum(\.malformedRows)) malformed"]
    parts.append("\(sum(\.tooWideRows)) wider than 128 bits")
    if !unreadable.isEmpty { parts.append("\(unreadable.count) files not judged") }
    let passes = unreadable.isEmpty && verifications.allSatisfy(\.passes)
    return "\(passes ? "PASS" : "FAIL"): \(parts.joined(separator: ", "))\n"
  }

  private static func json(
    _ verifications: [VectorVerification], _ unreadable: [VectorFileError]
  ) -> JSONValue {
    let files = verifications.map { verification -> JSONValue in
      let faults = verification.faults.map { fault -> JSONValue in
        [
          "kind": .string(fault.kind.rawValue), "line": .integer(fault.line),
          "message": .string(fault.message),
        ]
      }
      return [
        "file": .string(verification.path), "rows": .integer(verification.rows),
        "matchingRows": .integer(verification.matchingRows),
        "mismatchingRows": .integer(verification.mismatchingRows),
        "malformedRows": .integer(verification.malformedRows),
        "rowsWiderThan128Bits": .integer(verification.tooWideRows), "faults": .array(faults),
      ]
    }
    let errors = unreadable.map { error -> JSONValue in
      ["file": .string(error.path), "problem": .string(error.problem)]
    }
    let passes = unreadable.isEmpty && verifications.allSatisfy(\.passes)
    return ["passes": .bool(passes), "files": .array(files), "unreadableFiles": .array(errors)]
  }
}
