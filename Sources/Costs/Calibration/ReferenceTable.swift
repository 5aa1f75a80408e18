import Reproducibility

/// A table of reference figures: comments, a header, records of comma-separated fields without quotes.
struct ReferenceTable: Sendable {
  /// One record.
  struct Row: Sendable {
    private let columns: [String: Int]
    private let fields: [String]

    init(columns: [String: Int], fields: [String]) {
      self.columns = columns
      self.fields = fields
    }

    /// The field of a column, empty where the record has none.
    func text(_ column: String) -> String { fields[columns[column]!] }
    /// The field as an integer, nil where it is none.
    func integer(_ column: String) -> Int? { Int(text(column)) }
    /// The field as a number, nil where it is none.
    func number(_ column: String) -> Double? { Double(text(column)) }
    /// The fields of these columns, by which a record is known.
    func key(_ columns: [String]) -> String { columns.map(text).joined(separator: ",") }
  }

  /// The records in order.
  let rows: [Row]

  /// Reads one of the product's own tables.
  init(_ bytes: [UInt8]) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
    func fields(_ line: Substring) -> [String] {
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = fields(lines[0])
    let columns = Dictionary(uniqueKeysWithValues: header.enumerated().map { ($1, $0) })
    rows = lines.dropFirst().map { Row(columns: columns, fields: fields($0)) }
  }
}

/// Which rows constants are fitted on and which are only compared.
enum ReferenceHalf: String, Sendable, CaseIterable {
  case training, held

  /// The halves of keys: within a block, every other one in the order of their digests is for training. Depends on nothing but the keys.
  static func split(_ keys: [String]) -> [ReferenceHalf] {
    let digests = keys.map { SHA256Digest(of: $0) }
    let order = keys.indices.sorted { digests[$0] < digests[$1] }
    var halves = keys.map { _ in ReferenceHalf.held }
    for (place, index) in order.enumerated() where place % 2 == 0 { halves[index] = .training }
    return halves
  }
}
