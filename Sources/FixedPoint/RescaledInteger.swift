/// An exact value's integer at some fraction length, rounded, before any range is imposed.
///
/// The one place where a value of any size meets a rounding rule.
struct RescaledInteger {
  /// The integer modulo 2^128.
  let lowBits: UInt128
  /// Whether the integer is `lowBits` as an `Int128`, or lies beyond those.
  let range: Range
  /// Whether rounding changed the value.
  let isInexact: Bool
  /// The exact value's floor modulo 2^128: its bits before rounding.
  private let floorBits: UInt128

  enum Range { case int128, above, below }

  /// `source`'s raw at `fractionLength`.
  init(_ source: FixedPointNumber, to fractionLength: Int, rounding: Rounding) {
    let shift = source.format.fractionLength - fractionLength
    let bits = source.bits
    let isNegative = source.isNegative
    if shift <= 0 {
      // Smart shifts: 128 places and more leave zero.
      floorBits = bits << UInt128(-shift)
      lowBits = floorBits
      isInexact = false
      let isHuge =
        bits != 0
        && (-shift > 126 || source.magnitude > UInt128(bitPattern: Int128.max) >> UInt128(-shift))
      range = !isHuge ? .int128 : isNegative ? .below : .above
      return
    }
    let position: RemainderPosition
    if shift <= 128 {
      floorBits =
        isNegative
        ? UInt128(bitPattern: Int128(bitPattern: bits) >> Int128(shift)) : bits >> UInt128(shift)
      // For 128 places the remainder of a negative raw, raw + 2^128, is its bit pattern.
      let remainder = shift == 128 ? bits : bits & ((1 << UInt128(shift)) - 1)
      position = RemainderPosition(remainder: remainder, half: 1 << UInt128(shift - 1))
    } else {
      // |raw| < 2^128 is less than half a unit: beside 0, from above or below.
      floorBits = isNegative ? .max : 0
      position = bits == 0 ? .exact : isNegative ? .aboveTie : .belowTie
    }
    isInexact = position != .exact
    let increment = position.increment(
      rounding, isNegative: isNegative, floorIsOdd: floorBits & 1 == 1)
    // After a shift by at least 1 the floor is below 2^127, and floor + 1 at most 2^127.
    lowBits = floorBits &+ increment
    range = !isNegative && lowBits >> 127 == 1 ? .above : .int128
  }

  /// The integer next to ±(`magnitude` + a part below 1 that lies at `position`).
  init(magnitude: UnboundedNatural, position: RemainderPosition, isNegative: Bool, rounding: Rounding) {
    isInexact = position != .exact
    let low = magnitude.lowBits
    let mirrored: RemainderPosition =
      switch position {
      case .exact, .tie: position
      case .belowTie: isNegative ? .aboveTie : position
      case .aboveTie: isNegative ? .belowTie : position
      }
    // The floor of a negative value with a part below 1 is one lower.
    floorBits = !isNegative ? low : 0 &- low &- (isInexact ? 1 : 0)
    let increment = mirrored.increment(
      rounding, isNegative: isNegative, floorIsOdd: floorBits & 1 == 1)
    lowBits = floorBits &+ increment
    // 2^126 and more are called beyond: no stored format reaches them.
    range = magnitude.bitWidth <= 126 ? .int128 : isNegative ? .below : .above
  }

  /// What bringing the integer into `format` by `overflow` loses, rounding included.
  func events(in format: FixedPointFormat, overflow: Overflow) -> ArithmeticEvents {
    var events = ArithmeticEvents()
    if isInexact {
      events.insert(.inexact)
      if lowBits == 0, range == .int128 { events.insert(.underflow) }
    }
    if direction(in: format, overflow: overflow) != nil { events.insert(.overflow) }
    return events
  }

  /// The raw integer that `overflow` makes of this one in `format`.
  func brought(into format: FixedPointFormat, overflow: Overflow) -> Int128 {
    format.brought(
      lowBits: lowBits, direction: direction(in: format, overflow: overflow),
      bitAbove: (floorBits >> UInt128(format.wordLength)) & 1 == 1, overflow: overflow)
  }

  /// On which side of the range that `overflow` allows the integer lies; nil inside.
  private func direction(in format: FixedPointFormat, overflow: Overflow) -> OverflowDirection? {
    switch range {
    case .above: return .above
    case .below: return .below
    case .int128:
      let raw = Int128(bitPattern: lowBits)
      return !format.overflows(raw, overflow: overflow) ? nil : raw < 0 ? .below : .above
    }
  }
}
