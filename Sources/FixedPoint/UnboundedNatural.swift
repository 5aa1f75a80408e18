/// A natural number of any size, as far as decimal text needs one.
struct UnboundedNatural: Equatable {
  /// Base 2^32 digits, lowest first, without zeros at the top; empty for zero.
  private(set) var limbs: [UInt32]

  init(_ value: UInt128) {
    limbs = []
    var rest = value
    while rest != 0 {
      limbs.append(UInt32(truncatingIfNeeded: rest))
      rest >>= 32
    }
  }

  var isZero: Bool { limbs.isEmpty }

  /// Position of the highest one bit plus one; 0 for zero.
  var bitWidth: Int {
    guard let top = limbs.last else { return 0 }
    return limbs.count * 32 - top.leadingZeroBitCount
  }

  /// The value modulo 2^128.
  var lowBits: UInt128 {
    limbs.prefix(4).reversed().reduce(0) { $0 << 32 | UInt128($1) }
  }

  /// self = self · factor + addend.
  mutating func multiply(by factor: UInt32, adding addend: UInt32 = 0) {
    var carry = UInt64(addend)
    for index in limbs.indices {
      carry += UInt64(limbs[index]) * UInt64(factor)
      limbs[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry != 0 { limbs.append(UInt32(carry)) }
  }

  /// self = self / divisor; the remainder is returned.
  mutating func divide(by divisor: UInt32) -> UInt32 {
    var remainder: UInt64 = 0
    for index in limbs.indices.reversed() {
      let part = remainder << 32 | UInt64(limbs[index])
      limbs[index] = UInt32(part / UInt64(divisor))
      remainder = part % UInt64(divisor)
    }
    while limbs.last == 0 { limbs.removeLast() }
    return UInt32(remainder)
  }

  mutating func shiftLeft(_ places: Int) {
    if isZero { return }
    let (words, bits) = places.quotientAndRemainder(dividingBy: 32)
    if bits > 0 { multiply(by: 1 << UInt32(bits)) }
    limbs.insert(contentsOf: repeatElement(0, count: words), at: 0)
  }

  /// self = self · base^exponent.
  mutating func multiply(by base: UInt32, times exponent: Int) {
    for _ in 0..<exponent { multiply(by: base) }
  }

  static func < (left: UnboundedNatural, right: UnboundedNatural) -> Bool {
    if left.limbs.count != right.limbs.count { return left.limbs.count < right.limbs.count }
    return left.limbs.reversed().lexicographicallyPrecedes(right.limbs.reversed())
  }

  /// - Precondition: `other` is not greater than `self`.
  private mutating func subtract(_ other: UnboundedNatural) {
    var borrow: Int64 = 0
    for index in limbs.indices {
      let part = Int64(limbs[index]) - (index < other.limbs.count ? Int64(other.limbs[index]) : 0) + borrow
      limbs[index] = UInt32(truncatingIfNeeded: part)
      borrow = part >> 32
    }
    while limbs.last == 0 { limbs.removeLast() }
  }

  private func bit(_ index: Int) -> UInt32 { (limbs[index / 32] >> UInt32(index % 32)) & 1 }

  /// Quotient and remainder of a division by `divisor`, which is not zero. One bit of the quotient a step.
  func divided(by divisor: UnboundedNatural) -> (quotient: UnboundedNatural, remainder: UnboundedNatural) {
    var quotient = UnboundedNatural(0)
    var remainder = UnboundedNatural(0)
    for index in (0..<bitWidth).reversed() {
      remainder.doubleAdding(bit(index))
      let fits = !(remainder < divisor)
      if fits { remainder.subtract(divisor) }
      quotient.doubleAdding(fits ? 1 : 0)
    }
    return (quotient, remainder)
  }

  private mutating func doubleAdding(_ bit: UInt32) {
    multiply(by: 2, adding: bit)
  }

  /// The digits in base ten, without leading zeros; `0` for zero.
  var decimalDigits: String {
    if isZero { return "0" }
    var rest = self
    var groups: [String] = []
    while !rest.isZero { groups.append(String(rest.divide(by: 1_000_000_000))) }
    let padded = groups.dropLast().map { String(repeating: "0", count: 9 - $0.count) + $0 }
    return groups[groups.count - 1] + padded.reversed().joined()
  }
}
