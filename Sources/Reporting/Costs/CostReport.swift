import Costs
import Foundation
import Hardware
import Reproducibility

/// What machines cost, alone or with a network on them, as people and scripts read it: terminal text, page, CSV and JSON.
///
/// It formats what the costs say and computes nothing but shares and sums. The same costs give the same bytes.
public struct CostReport: Sendable {
  /// The machines in the order asked for. At least one; all of one technology.
  public let machines: [MachineCost]
  /// The canonical command that makes the report.
  public let command: String
  /// How near the model comes to its references.
  public let calibration: CalibrationReport

  /// A report of `machines`, made by `command`.
  /// - Precondition: there is at least one machine.
  public init(_ machines: [MachineCost], command: String) {
    precondition(!machines.isEmpty, "a report of no machine")
    self.machines = machines
    self.command = command
    calibration = CalibrationReport(.embedded)
  }

  var technology: Technology { machines[0].area.technology }
  var memoryCell: MemoryCell { machines[0].area.memoryCell }

  /// The files of the report directory.
  public func files() throws -> [ReportFile] {
    let charts = try charts()
    return [
      ReportFile("index.html", text: try page().html), ReportFile("results.csv", text: try csvTable().csv),
      ReportFile("results.json", text: json.indentedText), ReportFile("command.txt", text: command + "\n"),
    ] + charts.map { ReportFile($0.file, text: $0.chart.svg()) }
  }

  /// Limits of the figures: what is scaled, extrapolated or too slow, one line each.
  public var remarks: [String] {
    var remarks: [String] = []
    if technology == Technology.embedded[technology.name] {
      if technology != .standard {
        remarks.append(
          "Logic of \(technology.name) is scaled from 45nm by the rules in the technology's sources and compared with no synthesis;"
            + " memories are fitted to the SRAM model at this node.")
      }
    } else {
      remarks.append(
        "\(technology.name) is not one of the product's technologies: the errors stated are of the product's, not of its constants."
      )
    }
    for machine in machines {
      let names = MemoryCoverage.allCases.filter { $0 != .covered }.compactMap { coverage -> String? in
        let blocks = machine.area.extrapolated.filter { $0.memory?.bank.coverage == coverage }
        guard !blocks.isEmpty else { return nil }
        return
          "\(coverage.words) (\(coverage.explanation)): \(blocks.map { $0.block.title.lowercased() }.joined(separator: ", "))"
      }
      if !names.isEmpty {
        remarks.append("\(machine.hardware.name), beyond the SRAM table: \(names.joined(separator: "; ")).")
      }
      if let slow = machine.area.slowWeightMemory {
        remarks.append(
          "\(machine.hardware.name): a word of weights takes \(DecimalText.significant(slow.accessNanoseconds, digits: 3)) ns, the machine grants"
            + " \(DecimalText.significant(slow.grantedNanoseconds, digits: 3)) ns. Use a slower clock, more banks or read cycles, or faster memory cells."
        )
      }
      if let memory = machine.network?.memory, memory.freeBits < 0 {
        remarks.append(
          "\(machine.hardware.name): the network needs \(MemoryText(bits: -memory.freeBits)) more weight memory than there is."
        )
      }
    }
    return remarks
  }
}

extension MemoryCoverage {
  /// What it means for the figure.
  fileprivate var explanation: String {
    switch self {
    case .covered: "1 KiB to 4 MiB in words of 32 to 512 bits"
    case .severalMacros: "built of macros of at most 4 MiB"
    case .extrapolatedWord: "words below 32 or above 512 bits, or fewer than 32 of them"
    case .registerFile: "below 1 KiB: the lower of flip-flops and the smallest macro"
    }
  }
}

extension MemoryCell {
  /// What a report calls it.
  var title: String {
    switch self {
    case .lowStandbyPower: "low standby power"
    case .highPerformance: "high performance"
    }
  }
}

/// Areas and energies as people read them.
enum CostText {
  /// `1.87 mm²`, or `4 821 µm²` below a hundredth of it.
  static func area(_ squareMicrometers: Double) -> String {
    squareMicrometers >= 1e4
      ? "\(DecimalText.groupedSignificant(squareMicrometers * 1e-6, digits: 3)) mm²"
      : "\(DecimalText.groupedSignificant(squareMicrometers, digits: 3)) µm²"
  }

  /// `12.3 µJ`.
  static func energy(_ picojoules: Double) -> String {
    QuantityText(picojoules * 1e-12, unit: "J").description
  }

  /// `3.68 mW`.
  static func power(_ watts: Double) -> String { QuantityText(watts, unit: "W").description }

  /// `131 589 GE`, whole gates.
  static func gates(_ equivalents: Double) -> String { DecimalText.grouped(Int(equivalents.rounded())) }
}
