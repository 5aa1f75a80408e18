/// What judging one vector file found.
public struct VectorVerification: Hashable, Sendable {
  /// The file.
  public let path: String
  /// Counts by operation and modes, in the order of their first appearance in the file.
  public internal(set) var groups: [Group] = []
  /// The first faults, as many as were asked for.
  public internal(set) var faults: [Fault] = []
  /// Rows that could not be read; they belong to no group.
  public internal(set) var malformedRows = 0

  /// The rows of one operation with one pair of modes.
  public struct Group: Hashable, Sendable {
    /// The operation, and its modes where they take part: `convert RND_CONV SAT`.
    public let name: String
    /// Rows whose result is right.
    public internal(set) var matchingRows = 0
    /// Rows whose result is wrong.
    public internal(set) var mismatchingRows = 0
    /// Rows whose exact result needs more than 128 bits, which gives `ArithmeticError` and is not judged.
    public internal(set) var tooWideRows = 0
    /// The first mismatch.
    public internal(set) var firstMismatch: Fault?

    init(name: String) { self.name = name }
  }

  /// A row that is wrong, or is no row.
  public struct Fault: Hashable, Sendable {
    /// Whether the row could be read.
    public let kind: Kind
    /// The row's line in its file; the header is line 1.
    public let line: Int
    /// What was found and what was expected, raw and real.
    public let message: String

    /// Whether a faulty row could be read.
    public enum Kind: String, Hashable, Sendable {
      /// The row was read, and its result is not the exact one.
      case mismatch
      /// The row could not be read.
      case malformed
    }
  }

  /// Rows whose result is right.
  public var matchingRows: Int { groups.reduce(0) { $0 + $1.matchingRows } }
  /// Rows whose result is wrong.
  public var mismatchingRows: Int { groups.reduce(0) { $0 + $1.mismatchingRows } }
  /// Rows whose exact result needs more than 128 bits.
  public var tooWideRows: Int { groups.reduce(0) { $0 + $1.tooWideRows } }
  /// All rows after the header.
  public var rows: Int { matchingRows + mismatchingRows + tooWideRows + malformedRows }
  /// True if every row was read and none is wrong.
  public var passes: Bool { mismatchingRows == 0 && malformedRows == 0 }

  /// Judges every row of the file at `path` by this module's definitions, reading it as a stream.
  ///
  /// - Parameter reportedFaults: how many faults are kept with their text; all are counted.
  /// - Throws: `VectorFileError` if the file cannot be read or its header is not a vector file's.
  public init(path: String, reportedFaults: Int = 10) throws(VectorFileError) {
    self.path = path
    var reader = try VectorFileReader(path: path)
    guard let first = try reader.next() else {
      throw VectorFileError(path: path, problem: "is empty; expected the header line of a vector file.")
    }
    guard let layout = VectorLayout(header: String(decoding: first.prefix(1000), as: UTF8.self)) else {
      throw VectorFileError(
        path: path,
        problem: "line 1 is not the header of a vector file; expected \(VectorLayout.standard.header)")
    }
    var indices: [GroupKey: Int] = [:]
    var number = 1
    while let line = try reader.next() {
      number += 1
      let stated: StatedVector
      do throws(VectorError) {
        stated = try StatedVector(VectorLine(line, layout: layout))
      } catch {
        malformedRows += 1
        record(Fault(kind: .malformed, line: number, message: error.description), limit: reportedFaults)
        continue
      }
      let key = GroupKey(stated.row)
      let index = indices[key] ?? groups.count
      if index == groups.count {
        indices[key] = index
        groups.append(Group(name: key.name))
      }
      switch stated.judgment() {
      case .match: groups[index].matchingRows += 1
      case .tooWide: groups[index].tooWideRows += 1
      case .mismatch(let message):
        let fault = Fault(kind: .mismatch, line: number, message: "\(key.name): \(message)")
        groups[index].mismatchingRows += 1
        if groups[index].firstMismatch == nil { groups[index].firstMismatch = fault }
        record(fault, limit: reportedFaults)
      }
    }
  }

  private mutating func record(_ fault: Fault, limit: Int) {
    if faults.count < limit { faults.append(fault) }
  }

  private struct GroupKey: Hashable {
    let operation: VectorOperation
    let rounding: Rounding
    let overflow: Overflow

    init(_ row: VectorRow) {
      operation = row.operation
      rounding = row.operation.usesModes ? row.rounding : .down
      overflow = row.operation.usesModes ? row.overflow : .wrap
    }

    var name: String {
      operation.usesModes
        ? "\(operation.rawValue) \(rounding.vectorName) \(overflow.hlsName)" : operation.rawValue
    }
  }
}

extension StatedVector {
  enum Judgment: Hashable {
    case match
    case tooWide
    case mismatch(String)
  }

  /// Compares the stated result, format and raws, with the exact outcome.
  func judgment() -> Judgment {
    do throws(ArithmeticError) {
      switch try row.outcome() {
      case .order(let order):
        let stated = StatedInteger(isNegative: order < 0, magnitude: UInt128(abs(order)))
        if results[0] == stated { return .match }
        return .mismatch(
          "\(inputs): found order \(StatedVector.text(results[0])), expected \(order)")
      case .numbers(let numbers):
        return judgment(numbers)
      }
    } catch {
      guard case .resultTooWide(_, let wordLength) = error.reason else {
        return .mismatch("\(inputs): \(error)")
      }
      // The operands' formats alone decide the width, so a row may still state it wrongly.
      if let format, format.wordLength != wordLength, !row.operation.choosesResultFormat {
        return .mismatch(
          "\(inputs): found a result of \(format.wordLength) bits, expected \(wordLength) bits")
      }
      return .tooWide
    }
  }

  private func judgment(_ numbers: [FixedPointNumber]) -> Judgment {
    for (index, number) in numbers.enumerated() {
      let exact = StatedFormat(number.format)
      if let format, format != exact {
        return .mismatch(
          "\(inputs): found the result format \(format.description), expected \(exact.description)")
      }
      if results[index] == StatedInteger(number) { continue }
      let step = numbers.count > 1 ? " after step \(index + 1) of \(numbers.count)" : ""
      let found = StatedVector.real(results[index], format: number.format)
      return .mismatch(
        "\(inputs): found raw \(StatedVector.text(results[index])) (\(found))\(step), expected raw "
          + "\(number.rawDescription) (\(number)) in \(number.format)")
    }
    return .match
  }

  /// The operands as a reader needs them to work the row out by hand.
  private var inputs: String {
    let both = [row.first, row.second].filter { !$0.isEmpty }.map { operand in
      let shown = operand.prefix(4).map { "\($0.rawDescription) (\($0))" }.joined(separator: "; ")
      return "\(shown)\(operand.count > 4 ? "; ..." : "") in \(operand[0].format)"
    }
    let shift = row.operation == .shiftLeft || row.operation == .shiftRight ? " by \(row.places)" : ""
    return both.joined(separator: " and ") + shift
  }

  private static func text(_ integer: StatedInteger) -> String {
    (integer.isNegative ? "-" : "") + (integer.magnitude.map { String($0) } ?? "beyond 128 bits")
  }

  private static func real(_ integer: StatedInteger, format: ExactFormat) -> String {
    guard let magnitude = integer.magnitude else { return "beyond 128 bits" }
    return FixedPointNumber(
      bits: integer.isNegative ? 0 &- magnitude : magnitude, format: format
    ).description
  }
}
