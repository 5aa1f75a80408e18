/// An operation of the vector files, by its name in their first column.
public enum VectorOperation: String, Hashable, Sendable, CaseIterable {
  /// `a` converted to the result format: first rounded, then brought into range.
  case convert
  /// The same from an IEEE double's bit pattern.
  case fromDouble = "from_double"
  /// Exact sum.
  case add
  /// Exact difference.
  case subtract = "sub"
  /// Exact product.
  case multiply = "mul"
  /// Exact product, then converted.
  case multiplyAssign = "mul_assign"
  /// Truncated quotient, as ac_fixed defines it.
  case divide = "div"
  /// −1, 0 or 1.
  case compare = "cmp"
  /// Exact negation.
  case negate = "neg"
  /// Exact negation, converted back into the operand's format.
  case negateAssign = "neg_assign"
  /// Shift left inside the operand's format.
  case shiftLeft = "shl"
  /// Shift right inside the operand's format.
  case shiftRight = "shr"
  /// The accumulator after every multiply-accumulate step.
  case multiplyAccumulate = "mac"

  /// How many formatted operands the operation takes.
  public var operandFormats: Int {
    switch self {
    case .fromDouble: 0
    case .convert, .negate, .negateAssign, .shiftLeft, .shiftRight: 1
    case .add, .subtract, .multiply, .multiplyAssign, .divide, .compare, .multiplyAccumulate: 2
    }
  }

  /// Whether the row states a rounding and an overflow mode that take part in the result.
  public var usesModes: Bool {
    switch self {
    case .convert, .fromDouble, .multiplyAssign, .negateAssign, .multiplyAccumulate: true
    case .add, .subtract, .multiply, .divide, .compare, .negate, .shiftLeft, .shiftRight: false
    }
  }

  /// Whether the result format is one that the row chooses, rather than one that follows the operands.
  public var choosesResultFormat: Bool {
    switch self {
    case .convert, .fromDouble, .multiplyAssign, .multiplyAccumulate: true
    case .negateAssign, .add, .subtract, .multiply, .divide, .compare, .negate, .shiftLeft, .shiftRight: false
    }
  }
}

/// The inputs of one arithmetic test vector; what comes out is `outcome()`.
public struct VectorRow: Hashable, Sendable {
  /// What is done.
  public let operation: VectorOperation
  /// The first operand: one number, or as many as a multiply-accumulate has steps.
  public let first: [FixedPointNumber]
  /// The second operand, likewise; empty where there is none.
  public let second: [FixedPointNumber]
  /// The places of a shift; 0 elsewhere.
  public let places: Int
  /// The destination's format where the row chooses it; nil elsewhere.
  public let destination: FixedPointFormat?
  /// The destination's rounding, where it takes part.
  public let rounding: Rounding
  /// The destination's overflow mode, where it takes part.
  public let overflow: Overflow

  /// A row of already matching parts.
  init(
    _ operation: VectorOperation, first: [FixedPointNumber], second: [FixedPointNumber] = [],
    places: Int = 0, destination: FixedPointFormat? = nil, rounding: Rounding = .down,
    overflow: Overflow = .wrap
  ) {
    self.operation = operation
    self.first = first
    self.second = second
    self.places = places
    self.destination = destination
    self.rounding = rounding
    self.overflow = overflow
  }

  /// What an operation gives.
  public enum Outcome: Hashable, Sendable {
    /// One number, or one for each step of a multiply-accumulate.
    case numbers([FixedPointNumber])
    /// The order of two numbers: −1, 0 or 1.
    case order(Int)
  }

  /// The exact outcome, by this module's own definitions.
  ///
  /// - Throws: `ArithmeticError` if an exact result is wider than 128 bits, or the divisor is zero.
  public func outcome() throws(ArithmeticError) -> Outcome {
    let a = first[0]
    switch operation {
    case .convert, .fromDouble: return .numbers([converted(a)])
    case .add: return .numbers([try a + second[0]])
    case .subtract: return .numbers([try a - second[0]])
    case .multiply: return .numbers([try a * second[0]])
    case .multiplyAssign: return .numbers([converted(try a * second[0])])
    case .divide: return .numbers([try a.quotient(by: second[0])])
    case .compare: return .order(a.order(against: second[0]))
    case .negate: return .numbers([try a.negated()])
    case .negateAssign:
      guard let own = a.format.stored else { return .numbers([try a.negated()]) }
      return .numbers([try a.negated().converted(to: own, rounding: rounding, overflow: overflow)])
    case .shiftLeft: return .numbers([a.shiftedLeft(places)])
    case .shiftRight: return .numbers([a.shiftedRight(places)])
    case .multiplyAccumulate:
      guard let destination else { return .numbers([]) }
      var register = MultiplyAccumulator(destination, rounding: rounding, overflow: overflow)
      var steps: [FixedPointNumber] = []
      for (left, right) in zip(first, second) {
        try register.accumulate(left, right)
        steps.append(register.value)
      }
      return .numbers(steps)
    }
  }

  private func converted(_ number: FixedPointNumber) -> FixedPointNumber {
    guard let destination else { return number }
    return number.converted(to: destination, rounding: rounding, overflow: overflow)
  }
}
