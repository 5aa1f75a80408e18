/// The side of its column on which a cell stands.
public enum ColumnAlignment: Hashable, Sendable {
  /// At the left, for text.
  case leading
  /// At the right, for numbers, so that equal digits stand below one another.
  case trailing
}

/// One column of a table.
public struct TableColumn: Hashable, Sendable {
  /// The heading for people, without the unit.
  public let name: String
  /// The unit of the column's numbers, such as `cycles`, if they have one.
  public let unit: String?
  /// The heading in CSV, stable and naming the unit, such as `weight_memory_bits`.
  public let key: String
  /// The side on which cells stand.
  public let alignment: ColumnAlignment

  /// A column; without a `key` the CSV heading is the heading for people.
  public init(
    _ name: String, unit: String? = nil, key: String? = nil, alignment: ColumnAlignment = .leading
  ) {
    self.name = name
    self.unit = unit
    self.alignment = alignment
    self.key = key ?? (unit.map { "\(name) (\($0))" } ?? name)
  }

  /// The heading with the unit: `latency (cycles)`.
  public var heading: String { unit.map { "\(name) (\($0))" } ?? name }
}

/// One value in a table.
public enum TableCell: Hashable, Sendable {
  /// Text, shown as it is.
  case text(String)
  /// A count, shown exactly with grouped digits; plain digits in CSV.
  case integer(Int)
  /// A number shown with this many digits after the point (`0...20`); in CSV the shortest text that reads back the same.
  case number(Double, digits: Int)
  /// No value: `–`, and an empty field in CSV.
  case missing

  /// The cell as people read it.
  public var shown: String {
    switch self {
    case .text(let text): text
    case .integer(let value): DecimalText.grouped(value)
    case .number(let value, let digits): DecimalText.fixed(value, digits: digits)
    case .missing: "–"
    }
  }
}

/// A table that cannot be printed, with every fault found.
public struct ReportTableError: Error, Equatable, CustomStringConvertible {
  /// What is wrong with a table.
  public enum Fault: Equatable, Sendable {
    /// There is no column.
    case noColumns
    /// A row, counted from 0, has not one cell per column.
    case raggedRow(row: Int, cells: Int, columns: Int)
    /// A cell holds an infinity, no number, or more digits than can be shown.
    case unprintableNumber(row: Int, column: String, value: String)
  }

  /// Every fault, in the order of the rows.
  public let faults: [Fault]

  /// One line per fault: what, where, and what helps.
  public var description: String {
    faults.map { fault in
      switch fault {
      case .noColumns: "the table has no columns; give it at least one"
      case .raggedRow(let row, let cells, let columns):
        "row \(row) has \(cells) cells where \(columns) columns are declared; use .missing for no value"
      case .unprintableNumber(let row, let column, let value):
        "row \(row), column \"\(column)\": \(value) cannot be shown;"
          + " expected a finite number with 0 to 20 digits; use .missing for no value"
      }
    }.joined(separator: "\n")
  }
}

/// Rows of values under named columns, that prints itself as terminal text, Markdown, CSV and HTML.
public struct ReportTable: Hashable, Sendable {
  /// The columns, left to right. At least one.
  public let columns: [TableColumn]
  /// The rows, top to bottom; each has one cell per column.
  public let rows: [[TableCell]]

  /// A table of these columns and rows.
  /// - Throws: `ReportTableError` with every ragged row and every number that is not finite.
  public init(columns: [TableColumn], rows: [[TableCell]]) throws(ReportTableError) {
    var faults: [ReportTableError.Fault] = columns.isEmpty ? [.noColumns] : []
    for (index, row) in rows.enumerated() {
      if row.count != columns.count {
        faults.append(.raggedRow(row: index, cells: row.count, columns: columns.count))
      }
      for (column, cell) in zip(columns, row) {
        guard case .number(let value, let digits) = cell else { continue }
        if !value.isFinite || !(0...20).contains(digits) {
          let text = value.isFinite ? "\(value) with \(digits) digits" : "\(value)"
          faults.append(.unprintableNumber(row: index, column: column.name, value: text))
        }
      }
    }
    guard faults.isEmpty else { throw ReportTableError(faults: faults) }
    self.columns = columns
    self.rows = rows
  }
}
