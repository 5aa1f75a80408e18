import Costs
import Foundation
import Hardware
import Reporting
import Reproducibility

/// `wordlength cost`: the area of machines, and what a network takes of their memories and energy.
package enum CostCommand: Command {
  enum Form: Sendable { case text, json, csv }

  private static let hardware = MachineSource.option(
    help: "a machine; give it again for each further one, to see them side by side", repetition: .repeated)
  private static let network = CommandOption(
    "network", letter: "n",
    .text("FILE|NAME", "a file that explore or quantize wrote, or a topology such as vgg-16"),
    help: "also memory and energy of this network: a file, or a topology's name for weights of its shape")
  private static let memoryCell = CommandOption(
    "memory-cell",
    .choice(
      [("low-standby-power", MemoryCell.lowStandbyPower), ("high-performance", .highPerformance)],
      placeholder: "CELL"),
    help: "the transistors of memories: frugal, or fast with much leakage",
    default: MemoryCell.lowStandbyPower)
  private static let calibration = CommandFlag(
    "calibration", help: "print the model against its reference figures, block by block, and nothing else")
  private static let fit = CommandOption(
    "fit", .text("DIR", "a directory to write"),
    help: "fit the constants anew on the reference figures and write the technology files, and nothing else",
    influence: .presentationOnly)
  private static let format = CommandOption(
    "format", .choice([("text", Form.text), ("json", .json), ("csv", .csv)], placeholder: "FORMAT"),
    help: "the form of the output", default: .text, influence: .presentationOnly)
  private static let output = CommandOption(
    "output", letter: "o", .text("DIR", "a directory to write"),
    help: "also write a report: page, charts, CSV and JSON", influence: .presentationOnly)

  /// What it accepts and what its help says.
  package static let syntax = CommandSyntax(
    name: "cost",
    summary: "tell area, memory and energy of described hardware, and of a network on it",
    discussion: [
      "Area is a structural count of cells and memory macros, in gate equivalents and in a technology's square micrometers. With a"
        + " network: which layer sits where in the weight memory, what padding loses, and the energy of an input by layer and component,"
        + " from the same events that simulate counts. External memory is told apart.",
      "Every constant of a technology has its source, and every report says how far the model is from synthesis and from a memory"
        + " compiler's model on figures that it was not fitted to. What lies beyond the reference is marked.",
    ],
    options: [hardware.declaration, network.declaration]
      + NetworkSource.declarations.filter { $0.name != network.declaration.name } + [
        TechnologySource.technology.declaration, memoryCell.declaration, calibration.declaration,
        fit.declaration, format.declaration, output.declaration,
      ],
    examples: [
      CommandExample("cost", "the area of the default machine"),
      CommandExample("cost --network lenet-5 --output cost", "with a network, as a report"),
      CommandExample(
        "cost --hardware lane-array --hardware ternary-small --network ffdnn-2x64",
        "two machines side by side"),
      CommandExample("cost --technology 22nm --hardware my-machine.json", "another process"),
      CommandExample("cost --calibration", "the model against its references"),
      CommandExample(
        "cost --fit HardwareModels/technology", "make the fitted constants anew from the references"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    try checkAlone(arguments)
    let form = arguments.required(format)
    if let path = arguments.value(fit) {
      let directory = try OutputDirectory(claiming: path)
      for technology in Technology.fitted() {
        try directory.write(technology.json.indentedText, to: "node-\(technology.name).json")
      }
      return .success
    }
    if arguments.contains(calibration) {
      let report = CalibrationReport(.embedded)
      switch form {
      case .text: console.output.write(try report.text(width: console.output.width()))
      case .json: console.output.write(report.json.indentedText)
      case .csv: console.output.write(try report.table().csv)
      }
      return .success
    }
    let directory = try arguments.value(output).map { try OutputDirectory(claiming: $0) }
    do {
      let report = CostReport(try costs(arguments), command: arguments.canonicalCommandLine)
      if let directory {
        for file in try report.files() { try directory.write(file.data, to: file.name) }
      }
      switch form {
      case .text: console.output.write(try report.text(width: console.output.width()))
      case .json: console.output.write(report.json.indentedText)
      case .csv: console.output.write(try report.csvTable().csv)
      }
    } catch {
      directory?.relinquish()
      throw error
    }
    return .success
  }

  /// Checks that what stands alone is asked for alone, and that nothing is said of a network that is not there.
  private static func checkAlone(_ arguments: CommandArguments) throws(UsageError) {
    if !arguments.contains(network) {
      let idle = [
        arguments.contains(NetworkSource.weightBits) ? "--weight-bits" : nil,
        arguments.contains(NetworkSource.signalBits) ? "--signal-bits" : nil,
        arguments.contains(NetworkSource.inputShape) ? "--input-shape" : nil,
        arguments.contains(NetworkSource.classes) ? "--classes" : nil,
      ].compactMap { $0 }
      guard idle.isEmpty else {
        throw UsageError(
          command: syntax.name,
          faults: idle.map {
            .rule(what: "\($0) is for a network, and none is named", help: "add --network NAME")
          })
      }
    }
    let alone = [
      arguments.contains(calibration) ? "--calibration" : nil, arguments.contains(fit) ? "--fit" : nil,
    ].compactMap { $0 }
    guard let first = alone.first else { return }
    var others = Array(alone.dropFirst())
    if arguments.contains(hardware) { others.append("--hardware") }
    if arguments.contains(network) { others.append("--network") }
    if arguments.contains(TechnologySource.technology) { others.append("--technology") }
    if arguments.contains(memoryCell) { others.append("--memory-cell") }
    if arguments.contains(output) { others.append("--output") }
    guard others.isEmpty else {
      throw UsageError(
        command: syntax.name,
        faults: others.map {
          .rule(
            what: "\($0) has no meaning beside \(first), which is of all technologies and no machine",
            help: "leave one of them out")
        })
    }
  }

  private static func costs(_ arguments: CommandArguments) throws -> [MachineCost] {
    let technology = try TechnologySource.read(arguments.required(TechnologySource.technology))
    let cell = arguments.required(memoryCell)
    let given = arguments.values(hardware)
    let names = given.isEmpty ? [arguments.required(hardware)] : given
    return try names.map { name in
      let machine = try MachineSource.read(name)
      do {
        guard arguments.contains(network) else {
          return try MachineCost(machine, in: technology, memoryCell: cell)
        }
        let network = try NetworkSource.read(arguments, for: machine, needsValues: false)
        let mapping = try NetworkMapping(network, on: machine)
        try mapping.checkCapacity()
        return try MachineCost(mapping, of: network.name, in: technology, memoryCell: cell)
      } catch let error as CostError {
        throw CommandFailure(ConsoleMessage("\(error)", location: name))
      } catch let error as HardwareError {
        throw CommandFailure(ConsoleMessage("\(error)", location: name))
      }
    }
  }
}
