import Reproducibility

/// Which vectors to make for one operation: all of them where the operands are small, else boundary
/// patterns crossed with each other and with seeded draws.
public struct VectorRecipe: Hashable, Sendable {
  /// The operation.
  public let operation: VectorOperation
  /// The first operand's format; nil for `from_double`.
  public let first: FixedPointFormat?
  /// The second operand's format, where there is one.
  public let second: FixedPointFormat?
  /// The result's format, where the row chooses it.
  public let destination: FixedPointFormat?
  /// The rounding rules, each crossed with each overflow mode; one of each where they take no part.
  public let roundings: [Rounding]
  /// The overflow modes.
  public let overflows: [Overflow]
  /// Operands that have together at most this many bits are enumerated; 12 is 4,096 rows a pair of modes.
  public let exhaustiveBits: Int
  /// Rows drawn for each pair of modes where the operands are not enumerated.
  public let drawnRows: Int
  /// Steps of each multiply-accumulate.
  public let steps: Int
  /// The seed of the draws.
  public let seed: UInt64

  /// A recipe.
  ///
  /// - Throws: `VectorRecipeError` if a format is missing or has no use, or a number is out of range.
  public init(
    _ operation: VectorOperation, first: FixedPointFormat? = nil, second: FixedPointFormat? = nil,
    destination: FixedPointFormat? = nil, roundings: [Rounding] = [.down], overflows: [Overflow] = [.wrap],
    exhaustiveBits: Int = 12, drawnRows: Int = 1000, steps: Int = 8, seed: UInt64 = 1
  ) throws(VectorRecipeError) {
    let formats = [
      ("first operand's format", first != nil, operation.operandFormats >= 1),
      ("second operand's format", second != nil, operation.operandFormats == 2),
      ("result format", destination != nil, operation.choosesResultFormat),
    ]
    for (what, isGiven, isUsed) in formats where isGiven != isUsed {
      throw VectorRecipeError(
        description: "\(operation.rawValue) \(isUsed ? "needs a" : "takes no") \(what).")
    }
    let numbers = [
      ("exhaustive bits", exhaustiveBits, 0...24), ("drawn rows", drawnRows, 0...10_000_000),
      ("steps", steps, 1...1_000_000),
    ]
    for (what, value, range) in numbers where !range.contains(value) {
      throw VectorRecipeError(
        description: "\(value) is no number of \(what): expected \(range.lowerBound) to \(range.upperBound).")
    }
    if operation.usesModes, roundings.isEmpty || overflows.isEmpty {
      throw VectorRecipeError(
        description: "\(operation.rawValue) needs at least one rounding rule and one overflow mode.")
    }
    self.operation = operation
    self.first = first
    self.second = second
    self.destination = destination
    self.roundings = operation.usesModes ? roundings : [.down]
    self.overflows = operation.usesModes ? overflows : [.wrap]
    self.exhaustiveBits = exhaustiveBits
    self.drawnRows = drawnRows
    self.steps = steps
    self.seed = seed
    // The width follows the formats alone, so that any row tells whether there can be results.
    do throws(ArithmeticError) {
      _ = try VectorRow(
        operation, first: [Self.one(first)], second: second.map { [Self.one($0)] } ?? [],
        destination: destination
      ).outcome()
    } catch {
      throw VectorRecipeError(description: error.description)
    }
  }

  /// A number of `format` other than zero, so that it can divide.
  private static func one(_ format: FixedPointFormat?) -> FixedPointNumber {
    guard let format else {
      return FixedPointNumber(
        bits: 1, format: ExactFormat(checked: .signed, wordLength: 2, fractionLength: 0))
    }
    return FixedPointNumber(
      bits: UInt128(bitPattern: format.isSigned ? -1 : 1), format: ExactFormat(format))
  }

  /// Calls `body` with every row in order: by rounding, then overflow, then operands.
  public func forEachRow<Failure: Error>(_ body: (VectorRow) throws(Failure) -> Void) throws(Failure) {
    for rounding in roundings {
      for overflow in overflows {
        try forEachOperands { (first, second, places) throws(Failure) in
          try body(
            VectorRow(
              operation, first: first, second: second, places: places, destination: destination,
              rounding: rounding, overflow: overflow))
        }
      }
    }
  }

  private typealias Operands<Failure: Error> =
    (_ first: [FixedPointNumber], _ second: [FixedPointNumber], _ places: Int) throws(Failure) -> Void

  private func forEachOperands<Failure: Error>(_ body: Operands<Failure>) throws(Failure) {
    var source = RandomSource(seed: seed).split("vectors").split(operation.rawValue)
    switch operation {
    case .fromDouble:
      for value in doubles(&source) { try body([value], [], 0) }
    case .convert, .negate, .negateAssign:
      for a in operands(first, &source) { try body([a], [], 0) }
    case .shiftLeft, .shiftRight:
      let width = first?.wordLength ?? 0
      for a in operands(first, &source, share: 2 * width + 5) {
        for places in -width - 2...width + 2 { try body([a], [], places) }
      }
    case .add, .subtract, .multiply, .multiplyAssign, .divide, .compare:
      try forEachPair(&source, body)
    case .multiplyAccumulate:
      try forEachSequence(&source, body)
    }
  }

  private func forEachPair<Failure: Error>(
    _ source: inout RandomSource, _ body: Operands<Failure>
  ) throws(Failure) {
    guard let first, let second else { return }
    func pair(_ a: Int128, _ b: Int128) throws(Failure) {
      if operation == .divide, b == 0 { return }
      try body([BoundaryPatterns.number(a, first)], [BoundaryPatterns.number(b, second)], 0)
    }
    if first.wordLength + second.wordLength <= exhaustiveBits {
      for a in first.minimumRaw...first.maximumRaw {
        for b in second.minimumRaw...second.maximumRaw { try pair(a, b) }
      }
      return
    }
    for a in BoundaryPatterns(first).few {
      for b in BoundaryPatterns(second).few { try pair(a, b) }
    }
    let (left, right) = (BoundaryPatterns(first), BoundaryPatterns(second))
    for _ in 0..<drawnRows { try pair(left.draw(&source), right.draw(&source)) }
  }

  private func forEachSequence<Failure: Error>(
    _ source: inout RandomSource, _ body: Operands<Failure>
  ) throws(Failure) {
    guard let first, let second else { return }
    let (left, right) = (BoundaryPatterns(first), BoundaryPatterns(second))
    // Driving an accumulator against each end takes equal products one after another.
    for a in [first.minimumRaw, first.maximumRaw] {
      for b in [second.minimumRaw, second.maximumRaw] {
        try body(
          Array(repeating: BoundaryPatterns.number(a, first), count: steps),
          Array(repeating: BoundaryPatterns.number(b, second), count: steps), 0)
      }
    }
    for _ in 0..<drawnRows {
      try body(
        (0..<steps).map { _ in BoundaryPatterns.number(left.draw(&source), first) },
        (0..<steps).map { _ in BoundaryPatterns.number(right.draw(&source), second) }, 0)
    }
  }

  /// One operand: all of its format's numbers, or its patterns and draws.
  private func operands(
    _ format: FixedPointFormat?, _ source: inout RandomSource, share: Int = 1
  ) -> [FixedPointNumber] {
    guard let format else { return [] }
    if format.wordLength <= exhaustiveBits {
      return (format.minimumRaw...format.maximumRaw).map { BoundaryPatterns.number($0, format) }
    }
    let patterns = BoundaryPatterns(format)
    var raws = patterns.all(around: destination)
    for _ in 0..<drawnRows / share { raws.append(patterns.draw(&source)) }
    return raws.map { BoundaryPatterns.number($0, format) }
  }

  /// Doubles around every kind of boundary of the destination, and draws within four times its range.
  private func doubles(_ source: inout RandomSource) -> [FixedPointNumber] {
    guard let destination else { return [] }
    let unit = FixedPointFormat(
      checked: .signed, wordLength: 64, fractionLength: destination.fractionLength + 2)
    var values: [Double] = []
    for raw in BoundaryPatterns(destination).few where abs(raw) < 1 << 60 {
      // Quarters of the last place: exact values, ties, and both sides of each.
      for quarter in Int128(-4)...4 {
        let value = Double(BoundaryPatterns.number(raw * 4 + quarter, unit))
        values += [value, value.nextUp, value.nextDown]
      }
    }
    let span = Double(BoundaryPatterns.number(destination.maximumRaw / 2, unit)) * 16
    for _ in 0..<drawnRows { values.append(source.uniform(in: -span...span)) }
    return values.compactMap { try? FixedPointNumber(exactly: $0) }
  }
}

/// A recipe that cannot be followed.
public struct VectorRecipeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence: what is wrong, and what was expected.
  public let description: String

  /// An error that says `description`.
  public init(description: String) { self.description = description }
}
