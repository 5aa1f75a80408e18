import Costs
import Foundation
import Reproducibility
import Testing

@Suite("The model against its references")
struct CalibrationTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("HardwareModels/technology")

  /// Most that the median over all rows, and over the rows that no constant was fitted on, may err.
  static let bounds: [(block: String, all: Double, held: Double)] = [
    ("multiplier", 0.03, 0.03), ("multiplier-accumulator", 0.03, 0.03),
    ("ternary processing element", 0.03, 0.03), ("binary processing element", 0.03, 0.03),
    ("memory area", 0.05, 0.05), ("memory leakage", 0.05, 0.05), ("memory read energy", 0.13, 0.13),
    ("memory write energy", 0.08, 0.08), ("memory access time", 0.08, 0.08),
    ("adder", 0.06, 0.06), ("saturating adder", 0.06, 0.06), ("register", 0.03, 0.03),
    ("ternary selector", 0.03, 0.03), ("variable requantizer", 0.06, 0.06),
    ("multiplier, operators", 0.10, 0.10), ("multiplier-accumulator, operators", 0.06, 0.06),
    ("operation energy", 0.10, 0.10), ("processing element energy", 0.25, 0.25),
  ]

  @Test("Medians stay within their bounds, over all rows and over those held out", arguments: bounds)
  func mediansAreBounded(_ bound: (block: String, all: Double, held: Double)) {
    let entries = Calibration.embedded.entries.filter { $0.block == bound.block }
    #expect(!entries.isEmpty)
    for entry in entries {
      #expect(entry.all.median <= bound.all, "\(entry)")
      #expect((entry.held?.median ?? 0) <= bound.held, "\(entry)")
    }
  }

  @Test("Each parameter set of the Verilog twin is within a tenth of Yosys' count")
  func twinIsNear() {
    let rows = TwinReference.embedded.rows
    #expect(rows.count == 3)
    for row in rows { #expect(abs(row.modeled / row.gateEquivalents - 1) < 0.1, "\(row)") }
  }

  @Test("The reference is compared whole: every row of the tables has its place")
  func everyRowCounts() throws {
    func rows(_ name: String) throws -> Int {
      try String(contentsOf: Self.directory.appendingPathComponent("reference/\(name)"), encoding: .utf8)
        .split(separator: "\n").filter { !$0.hasPrefix("#") }.count - 1
    }
    let entries = Calibration.embedded.entries
    let logic = entries.filter { $0.reference == "synthesis, transistors / 4" }
    let logicRows = try rows("logic.csv")
    #expect(logic.reduce(0) { $0 + $1.all.count } == logicRows)
    let memoryRows = try rows("sram.csv")
    for entry in entries where entry.reference.hasPrefix("CACTI") {
      #expect(entry.all.count == memoryRows)
      #expect(entry.training?.count == entry.held?.count)
    }
  }

  @Test("The committed constants are what the fit makes, to the byte")
  func constantsAreTheFit() throws {
    for technology in Technology.fitted() {
      let file = Self.directory.appendingPathComponent("node-\(technology.name).json")
      #expect(try String(contentsOf: file, encoding: .utf8) == technology.json.indentedText)
    }
  }

  @Test("The fit recovers constants that made the figures")
  func fitRecovers() {
    var source = RandomSource(seed: 71)
    let truth = [0.5, 0, 3.25]
    let rows = (0..<40).map { _ in (0..<3).map { _ in Double(1 + source.below(100)) } }
    let values = rows.map { row in zip(row, truth).reduce(0) { $0 + $1.0 * $1.1 } }
    for (found, expected) in zip(LeastSquares.nonNegative(rows, values: values), truth) {
      #expect(abs(found - expected) < 1e-6)
    }
    let signed = [0.5, -2, 3.25]
    let others = rows.map { row in zip(row, signed).reduce(0) { $0 + $1.0 * $1.1 } }
    for (found, expected) in zip(LeastSquares.unconstrained(rows, values: others), signed) {
      #expect(abs(found - expected) < 1e-9)
    }
  }
}
