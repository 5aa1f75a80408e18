import CKernels

/// A matrix product whose accumulators are registers of a stated format, in the order of the hardware:
/// output (i, j) starts at zero and takes `a[i, k] · b[k, j]` for k = 0, 1, ... in turn, as
/// `MultiplyAccumulator` does.
public struct BoundedMatrixProduct: Hashable, Sendable {
  /// The format of the left operand's raws.
  public let left: FixedPointFormat
  /// The format of the right operand's raws.
  public let right: FixedPointFormat
  /// The format, rounding and overflow of every accumulator.
  public let accumulator: MultiplyAccumulator

  /// The product of matrices in `left` and `right` with accumulators of `accumulator`'s kind.
  ///
  /// - Throws: `ArithmeticError` if the exact sum of an accumulator and a product is wider than 128 bits.
  public init(
    left: FixedPointFormat, right: FixedPointFormat, accumulator: MultiplyAccumulator
  ) throws(ArithmeticError) {
    _ = try ExactFormat(accumulator.format)
      .sum(with: ExactFormat(left).product(with: ExactFormat(right)))
    self.left = left
    self.right = right
    self.accumulator = MultiplyAccumulator(
      accumulator.format, rounding: accumulator.rounding, overflow: accumulator.overflow)
  }

  /// The accumulators' raws, `[rows, columns]`, of `a` (`[rows, depth]`) and `b` (`[depth, columns]`), all
  /// row-major.
  ///
  /// - Throws: `ArithmeticError` if an element is not a raw of its format.
  /// - Precondition: the arrays have the stated shapes, and `Sum` can hold every raw of the accumulator.
  public func callAsFunction<
    Left: FixedWidthInteger & BitwiseCopyable, Right: FixedWidthInteger & BitwiseCopyable,
    Sum: FixedWidthInteger & BitwiseCopyable
  >(
    _ a: [Left], _ b: [Right], rows: Int, depth: Int, columns: Int, as sum: Sum.Type
  ) throws(ArithmeticError) -> [Sum] {
    try multiply(a, b, rows: rows, depth: depth, columns: columns, as: sum, version: .best)
  }

  /// The same, adding what any accumulator lost at any step to `events`; slower.
  ///
  /// - Throws: `ArithmeticError` if an element is not a raw of its format.
  /// - Precondition: the arrays have the stated shapes, and `Sum` can hold every raw of the accumulator.
  public func callAsFunction<
    Left: FixedWidthInteger & BitwiseCopyable, Right: FixedWidthInteger & BitwiseCopyable,
    Sum: FixedWidthInteger & BitwiseCopyable
  >(
    _ a: [Left], _ b: [Right], rows: Int, depth: Int, columns: Int, as sum: Sum.Type,
    events: inout ArithmeticEvents
  ) throws(ArithmeticError) -> [Sum] {
    try check(a, b, rows: rows, depth: depth, columns: columns, as: sum)
    var sums: [Sum] = []
    sums.reserveCapacity(rows * columns)
    for i in 0..<rows {
      for j in 0..<columns {
        var register = accumulator
        for k in 0..<depth {
          try register.accumulate(
            number(a[i * depth + k], left), number(b[k * columns + j], right), events: &events)
        }
        sums.append(Sum(truncatingIfNeeded: register.raw))
      }
    }
    return sums
  }

  /// The product with the stated version of the kernels, where one applies.
  ///
  /// - Throws: `ArithmeticError` if an element is not a raw of its format.
  package func multiply<
    Left: FixedWidthInteger & BitwiseCopyable, Right: FixedWidthInteger & BitwiseCopyable,
    Sum: FixedWidthInteger & BitwiseCopyable
  >(
    _ a: [Left], _ b: [Right], rows: Int, depth: Int, columns: Int, as sum: Sum.Type, version: wl_isa
  ) throws(ArithmeticError) -> [Sum] {
    try check(a, b, rows: rows, depth: depth, columns: columns, as: sum)
    if let bounds = byteKernelBounds, Left.self == Int8.self, Right.self == Int8.self, Sum.self == Int32.self
    {
      // The types are the same; a conditional cast of arrays would go through them element by element.
      let sums = byteProduct(
        unsafeBitCast(a, to: [Int8].self), unsafeBitCast(b, to: [Int8].self), rows, depth, columns, bounds,
        version)
      return unsafeBitCast(sums, to: [Sum].self)
    }
    if exactSumsFitInt64 {
      return narrowProduct(a, b, rows, depth, columns)
    }
    var events = ArithmeticEvents()
    return try self(a, b, rows: rows, depth: depth, columns: columns, as: sum, events: &events)
  }

  private func check<Left: FixedWidthInteger, Right: FixedWidthInteger, Sum: FixedWidthInteger>(
    _ a: [Left], _ b: [Right], rows: Int, depth: Int, columns: Int, as sum: Sum.Type
  ) throws(ArithmeticError) {
    precondition(
      rows >= 0 && depth >= 0 && columns >= 0 && a.count == rows * depth && b.count == depth * columns,
      "\(a.count) and \(b.count) elements are not [\(rows), \(depth)] and [\(depth), \(columns)]")
    accumulator.format.preconditionHolds(Sum.self)
    try left.check(a)
    try right.check(b)
  }

  private func number(_ raw: some FixedWidthInteger, _ format: FixedPointFormat) -> FixedPointNumber {
    FixedPointNumber(bits: UInt128(truncatingIfNeeded: raw), format: ExactFormat(format))
  }
}

extension FixedPointFormat {
  /// - Throws: `ArithmeticError` naming the first element that is not one of the format's integers.
  func check<Storage: FixedWidthInteger>(_ raws: [Storage]) throws(ArithmeticError) {
    // Storage as narrow as the word cannot hold anything else.
    if Storage.bitWidth == wordLength, Storage.isSigned == isSigned { return }
    if let wrong = raws.first(where: { !contains(raw: Int128($0)) }) {
      throw ArithmeticError(.rawOutOfRange(raw: Int128(wrong), format: self))
    }
  }
}
