import Foundation
import Hardware
import Reporting
import Reproducibility

extension VerifyCommand {
  /// Judges the dumps in the one operand against the golden set in `directory`.
  static func judgeDumps(
    against directory: String, _ arguments: CommandArguments, console: Console
  ) throws -> CommandStatus {
    guard arguments.operands.count == 1 else {
      throw UsageError(
        command: syntax.name,
        faults: [
          .rule(
            what: "--golden judges one directory of dumps, not \(arguments.operands.count)",
            help: "give one directory")
        ])
    }
    let dumps = URL(fileURLWithPath: arguments.operands[0], isDirectory: true)
    var isDirectory = ObjCBool(false)
    guard FileManager.default.fileExists(atPath: dumps.path, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      throw CommandFailure(
        ConsoleMessage(
          "is no directory", location: arguments.operands[0],
          expected: "dumps named as the golden files are, such as 01-conv1/outputs.mem"))
    }
    let verification = try GoldenVerification(
      golden: URL(fileURLWithPath: directory, isDirectory: true), dumps: dumps)
    switch arguments.required(format) {
    case .text: console.output.write(verification.text)
    case .json: console.output.write(verification.json.indentedText)
    }
    if let path = arguments.value(junit) { try writeReport(verification.junitXML, to: path) }
    return verification.passes ? .success : .failure
  }
}
