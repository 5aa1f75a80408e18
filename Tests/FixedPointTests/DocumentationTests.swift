import FixedPoint
import Foundation
import Testing

@Suite("Documentation")
struct DocumentationTests {
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("The article's tables are those that the definitions give")
  func articleTables() throws {
    let article = try String(
      contentsOf: Self.package.appendingPathComponent("Sources/FixedPoint/FixedPoint.docc/Modes.md"),
      encoding: .utf8)
    for table in [
      ModeDocumentation.roundingTable, ModeDocumentation.overflowTable, ModeDocumentation.resultFormatTable,
    ] {
      #expect(article.contains("\n\n\(table)"), "the article lacks this table:\n\(table)")
    }
  }

  @Test(
    "The committed plots and tables are current: wordlength vectors --document Reports/fixed-point makes them"
  )
  func committedFiles() throws {
    let directory = Self.package.appendingPathComponent("Reports/fixed-point")
    for file in ModeDocumentation.files {
      let committed = try? String(contentsOf: directory.appendingPathComponent(file.name), encoding: .utf8)
      #expect(committed == file.text, "\(file.name)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(Set(names) == Set(ModeDocumentation.files.map(\.name)))
  }

  @Test("The tables' ties are those worked out by hand")
  func handWorkedTies() {
    // −2.5 and 2.5 under each rule.
    let expected: [Rounding: (Int, Int)] = [
      .down: (-3, 2), .up: (-2, 3), .towardZero: (-2, 2), .awayFromZero: (-3, 3), .nearestTiesDown: (-3, 2),
      .nearestTiesUp: (-2, 3), .nearestTiesTowardZero: (-2, 2), .nearestTiesAwayFromZero: (-3, 3),
      .nearestTiesToEven: (-2, 2), .nearestTiesToOdd: (-3, 3),
    ]
    let lines = ModeDocumentation.roundingTable.split(separator: "\n").map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    for rounding in Rounding.allCases {
      let row = lines.first { $0[0] == "`\(rounding.rawValue)`" }
      for (column, value) in zip(["-2.5", "2.5"], [expected[rounding]?.0, expected[rounding]?.1]) {
        let index = lines[0].firstIndex(of: column)
        #expect(
          row.flatMap { row in index.map { row[$0] } } == value.map(String.init), "\(rounding) of \(column)")
      }
    }
  }

  @Test("The overview's example gives the values it shows")
  func overviewExample() throws {
    let format = try FixedPointFormat(parsing: "sfix8_En4")
    let x = try FixedPointNumber(-1.4375, format: format, rounding: .nearestTiesToEven, overflow: .saturate)
    let square = try x * x
    #expect(square.description == "2.06640625" && square.format.description == "sfix16_En8")
    let rounded = square.converted(to: format, rounding: .nearestTiesToEven, overflow: .saturate)
    #expect(rounded.description == "2.0625")
  }
}
