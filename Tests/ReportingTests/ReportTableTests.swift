import Reporting
import Testing

@Suite("Tables")
struct ReportTableTests {
  static func tables() throws -> [ReportTable] {
    let words = [
      "", "a", "naïve", "幅を決める", "x,y", "say \"hi\"", "two\nlines", "cr\r\nlf", "👩‍💻 engineer",
      "a long sentence of several words",
      "unbreakablewordthatislongerthantwentycolumns", " leading", "<&>|*_",
    ]
    let mixed = (0..<words.count).map { row -> [TableCell] in
      [
        .text(words[row]), .integer((row * 7_654_321) - 20_000_000),
        .number(Double(row) / 7 - 0.5, digits: row % 7),
        row % 3 == 0 ? .missing : .text(words[(row * 5) % words.count]),
      ]
    }
    return [
      try PageSamples.designs(), try ReportTable(columns: [TableColumn("only")], rows: []),
      try ReportTable(
        columns: [
          TableColumn("name, with \"quotes\""), TableColumn("count", unit: "bits", alignment: .trailing),
          TableColumn("ratio", alignment: .trailing), TableColumn("a remark of many words 幅"),
        ], rows: mixed),
    ]
  }

  @Test("No line is wider than the terminal, whatever its width")
  func linesFit() throws {
    for table in try Self.tables() {
      for width in 20...200 {
        for line in table.text(width: width).split(separator: "\n") {
          #expect(columns(of: line) <= width, "\(width): \(line)")
        }
      }
    }
  }

  @Test("Every character of every cell is printed, whatever the width")
  func nothingIsDropped() throws {
    for table in try Self.tables() {
      for width in 20...200 {
        let printed = table.text(width: width)
        var counts: [Character: Int] = [:]
        for character in printed where !character.isWhitespace { counts[character, default: 0] += 1 }
        for character in (table.rows.joined().map(\.shown) + table.columns.map(\.heading)).joined()
        where !character.isWhitespace {
          counts[character, default: 0] -= 1
        }
        let lost = counts.filter { $0.value < 0 && !$0.key.isNewline }
        #expect(lost.isEmpty, "\(width): lost \(lost)\n\(printed)")
      }
    }
  }

  @Test("A wide terminal gets one line per row, in columns that align")
  func rowsAlign() throws {
    let lines = try PageSamples.designs().text(width: 400).split(separator: "\n")
    #expect(lines.count == 2 + 3)
    let end = lines[0].prefix { $0 != "b" }.count
    #expect(end > 0 && Set(lines.map(columns)).count > 1)
    // The integers of a trailing column end in one column.
    let ends = ["10\u{202F}240", "20\u{202F}481", "1\u{202F}234\u{202F}567"].map { number in
      lines.compactMap { line in line.firstRange(of: number).map { columns(of: line[..<$0.upperBound]) } }
        .first
    }
    #expect(ends[0] != nil && Set(ends).count == 1)
  }

  @Test("CSV read by an independent reader gives back the cells")
  func csvRoundTrip() throws {
    for table in try Self.tables() {
      let records = readCSV(table.csv)
      #expect(records.first == table.columns.map { .init(text: $0.key, isQuoted: needsQuotes($0.key)) })
      #expect(records.count == table.rows.count + 1)
      for (record, row) in zip(records.dropFirst(), table.rows) {
        #expect(record.count == row.count)
        for (field, cell) in zip(record, row) {
          switch cell {
          case .text(let text):
            #expect(
              field.text.unicodeScalars.elementsEqual(text.unicodeScalars)
                && (!text.isEmpty || field.isQuoted))
          case .integer(let value): #expect(Int(field.text) == value)
          case .number(let value, _): #expect(Double(field.text) == value)
          case .missing: #expect(field == Field(text: "", isQuoted: false))
          }
        }
      }
    }
  }

  @Test("A Markdown row has as many cells as the table, whatever the cells hold")
  func markdownRows() throws {
    for table in try Self.tables() {
      let lines = table.markdown.split(separator: "\n")
      #expect(lines.count == table.rows.count + 2)
      for line in lines {
        var bars = 0
        var isEscaped = false
        for character in line {
          if character == "|" && !isEscaped { bars += 1 }
          isEscaped = character == "\\" && !isEscaped
        }
        #expect(bars == table.columns.count + 1, "\(line)")
      }
    }
  }

  @Test("Ragged rows and numbers that are none are refused, all at once")
  func faultsAreCollected() {
    let error = #expect(throws: ReportTableError.self) {
      try ReportTable(
        columns: [TableColumn("a"), TableColumn("b")],
        rows: [[.missing], [.number(.nan, digits: 2), .number(1, digits: 21)], [.missing, .missing]])
    }
    #expect(error?.faults.count == 3)
    #expect(throws: ReportTableError.self) { try ReportTable(columns: [], rows: []) }
  }

  /// A second measure of a line: every ASCII character is one column, these others as known.
  private func columns(of line: some StringProtocol) -> Int {
    line.reduce(0) { $0 + ("幅を決める👩‍💻".contains($1) ? 2 : 1) }
  }

  private func needsQuotes(_ text: String) -> Bool { text.contains(",") || text.contains("\"") }

  struct Field: Equatable {
    var text = ""
    var isQuoted = false
  }

  /// RFC 4180 by a state machine over Unicode scalars.
  private func readCSV(_ text: String) -> [[Field]] {
    var records: [[Field]] = []
    var record: [Field] = []
    var field = Field()
    var isOpen = false
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
      next = scalars.next()
      if isOpen {
        if scalar == "\"" && next == "\"" {
          field.text.unicodeScalars.append(scalar)
          next = scalars.next()
        } else if scalar == "\"" {
          isOpen = false
        } else {
          field.text.unicodeScalars.append(scalar)
        }
        continue
      }
      switch scalar {
      case "\"":
        isOpen = true
        field.isQuoted = true
      case ",", "\n":
        record.append(field)
        field = Field()
        if scalar == "\n" {
          records.append(record)
          record = []
        }
      default: field.text.unicodeScalars.append(scalar)
      }
    }
    return records
  }
}
