/// What becomes of an integer outside a format's range. The rounding has already been done.
///
/// The HLS name is the one of `ap_fixed` and `ac_fixed` without `AP_` or `AC_`.
public enum Overflow: Hashable, Sendable {
  /// Keep the low W bits: `WRAP`.
  case wrap
  /// The nearest end of the range: `SAT`.
  case saturate
  /// As `saturate`, but a signed format's lowest value is −(2^(W−1) − 1), and the most negative code
  /// itself overflows: `SAT_SYM`. One signed bit keeps its −1; unsigned formats saturate.
  case saturateSymmetric
  /// Zero: `SAT_ZERO`.
  case zero
  /// Wrap, then on overflow force the top n bits: `WRAP` with n saturated bits (ap_fixed only).
  ///
  /// Signed: the sign bit becomes the exact value's sign and the n − 1 bits below it the sign's
  /// complement. Unsigned: the top n bits become 1. n is taken as at least 0 (plain wrap) and at most W.
  case wrapSaturatedBits(Int)
  /// Sign-magnitude wrap: `WRAP_SM` with n saturated bits (ap_fixed only). Unsigned formats wrap plainly.
  ///
  /// On overflow only:
  ///
  /// - n = 0: let d be the exact value's bit just above the format's top bit, taken before rounding; if d
  ///   differs from the wrapped sign bit, invert all W bits.
  /// - n = 1: invert all bits if the wrapped sign bit differs from the exact value's sign.
  /// - n > 1: invert all bits if wrapped bit W − n equals the sign, then force the n − 1 bits below the
  ///   sign bit to the sign's complement, and the sign bit to the sign.
  ///
  /// n is taken as at least 0 and at most W.
  case wrapSignMagnitude(Int)

  /// The HLS name without its `AP_` or `AC_`; saturated bits follow a colon, as in `WRAP:3`.
  public var hlsName: String {
    switch self {
    case .wrap: "WRAP"
    case .saturate: "SAT"
    case .saturateSymmetric: "SAT_SYM"
    case .zero: "SAT_ZERO"
    case .wrapSaturatedBits(let count): "WRAP:\(count)"
    case .wrapSignMagnitude(let count): "WRAP_SM:\(count)"
    }
  }

  /// The mode of an HLS name (`SAT`, `AP_SAT`, `AC_SAT`, `WRAP:3`, `WRAP_SM`); nil for anything else.
  ///
  /// A count of saturated bits is in `0...64`.
  public init?(named name: some StringProtocol) {
    let parts = hlsNameWithoutVendor(name).split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 1 {
      switch parts[0] {
      case "WRAP": self = .wrap
      case "SAT": self = .saturate
      case "SAT_SYM": self = .saturateSymmetric
      case "SAT_ZERO": self = .zero
      case "WRAP_SM": self = .wrapSignMagnitude(0)
      default: return nil
      }
      return
    }
    guard parts.count == 2, parts[1].allSatisfy(\.isASCII), parts[1].allSatisfy(\.isNumber),
      let count = Int(parts[1]), (0...64).contains(count)
    else { return nil }
    switch parts[0] {
    case "WRAP": self = .wrapSaturatedBits(count)
    case "WRAP_SM": self = .wrapSignMagnitude(count)
    default: return nil
    }
  }

  /// Whether the mode looks at bits of the exact value that rounding may have changed.
  @inlinable var readsExactValue: Bool {
    switch self {
    case .wrap, .saturate, .saturateSymmetric, .zero, .wrapSaturatedBits: false
    case .wrapSignMagnitude: true
    }
  }

  /// The four modes both vendors have: wrap, saturate, saturate symmetrically, zero.
  public static let sharedByVendors: [Overflow] = [.wrap, .saturate, .saturateSymmetric, .zero]
}

extension FixedPointFormat {
  /// `raw`, an integer at this format's fraction, brought into the format's range by `overflow`.
  ///
  /// - Precondition: every raw of the format is an `Int64` (`rawsFitInt64`).
  @inlinable public func brought(_ raw: Int64, overflow: Overflow) -> Int64 {
    precondition(rawsFitInt64, "ufix64 needs Int128 raws")
    let minimum: Int64 = isSigned ? -1 << Int64(wordLength - 1) : 0
    let maximum = isSigned ? ~minimum : (1 &<< Int64(wordLength)) &- 1
    switch overflow {
    case .saturate:
      return min(max(raw, minimum), maximum)
    case .wrap:
      return isSigned ? (raw &<< Int64(64 - wordLength)) &>> Int64(64 - wordLength) : raw & maximum
    case .saturateSymmetric, .zero, .wrapSaturatedBits, .wrapSignMagnitude:
      return Int64(brought(Int128(raw), overflow: overflow))
    }
  }

  /// The same, adding `.overflow` to `events` if `raw` lay outside the range.
  ///
  /// - Precondition: every raw of the format is an `Int64` (`rawsFitInt64`).
  @inlinable public func brought(
    _ raw: Int64, overflow: Overflow, events: inout ArithmeticEvents
  ) -> Int64 {
    if overflows(Int128(raw), overflow: overflow) { events.insert(.overflow) }
    return brought(raw, overflow: overflow)
  }

  /// `raw`, an integer at this format's fraction, brought into the format's range by `overflow`.
  public func brought(_ raw: Int128, overflow: Overflow) -> Int128 {
    let bitAbove = (raw >> Int128(wordLength)) & 1 == 1
    let direction: OverflowDirection? =
      !overflows(raw, overflow: overflow) ? nil : raw < 0 ? .below : .above
    return brought(
      lowBits: UInt128(bitPattern: raw), direction: direction, bitAbove: bitAbove, overflow: overflow)
  }

  /// The same, adding `.overflow` to `events` if `raw` lay outside the range.
  public func brought(_ raw: Int128, overflow: Overflow, events: inout ArithmeticEvents) -> Int128 {
    if overflows(raw, overflow: overflow) { events.insert(.overflow) }
    return brought(raw, overflow: overflow)
  }

  /// Whether `raw` lies outside the range that `overflow` allows: the format's, or its symmetric part.
  public func overflows(_ raw: Int128, overflow: Overflow) -> Bool {
    raw > maximumRaw || raw < (overflow == .saturateSymmetric ? symmetricMinimumRaw : minimumRaw)
  }

  /// The one definition of every overflow mode, for a rounded integer of any size.
  ///
  /// - Parameters:
  ///   - lowBits: the rounded integer modulo 2^128.
  ///   - direction: on which side of the range it lies; nil inside.
  ///   - bitAbove: the exact value's bit W, taken before rounding.
  func brought(
    lowBits: UInt128, direction: OverflowDirection?, bitAbove: Bool, overflow: Overflow
  ) -> Int128 {
    let ones: UInt128 = (1 << UInt128(wordLength)) - 1
    let signBit: UInt128 = 1 << UInt128(wordLength - 1)
    var word = lowBits & ones
    switch overflow {
    case .wrap:
      break
    case .saturate, .saturateSymmetric:
      guard let direction else { break }
      if direction == .above { return maximumRaw }
      return overflow == .saturate ? minimumRaw : symmetricMinimumRaw
    case .zero:
      if direction != nil { return 0 }
    case .wrapSaturatedBits(let count):
      guard let direction, count > 0 else { break }
      let forced = isSigned ? ones & ~(ones >> UInt128(min(count, wordLength))) : 0
      if isSigned {
        word = word & ~forced | (direction == .below ? signBit : forced & ~signBit)
      } else {
        word |= ones & ~(ones >> UInt128(min(count, wordLength)))
      }
    case .wrapSignMagnitude(let count):
      if isSigned {
        word = signMagnitudeWrapped(
          word, saturatedBits: min(max(count, 0), wordLength), direction: direction, bitAbove: bitAbove)
      }
    }
    return isSigned && word & signBit != 0 ? Int128(word) - (1 << Int128(wordLength)) : Int128(word)
  }

  /// The W bits of sign-magnitude wrap; see `Overflow.wrapSignMagnitude`.
  private func signMagnitudeWrapped(
    _ wrapped: UInt128, saturatedBits count: Int, direction: OverflowDirection?, bitAbove: Bool
  ) -> UInt128 {
    let ones: UInt128 = (1 << UInt128(wordLength)) - 1
    let signBit: UInt128 = 1 << UInt128(wordLength - 1)
    let wrappedSign = wrapped & signBit != 0
    guard let direction else { return wrapped }
    if count == 0 { return bitAbove == wrappedSign ? wrapped : wrapped ^ ones }
    let sign = direction == .below
    if count == 1 {
      let word = wrappedSign == sign ? wrapped : wrapped ^ ones
      return word & ~signBit | (sign ? signBit : 0)
    }
    let tested = (wrapped >> UInt128(wordLength - count)) & 1 == 1
    let word = tested == sign ? wrapped ^ ones : wrapped
    let forced = ones & ~(ones >> UInt128(count))
    return word & ~forced | (sign ? signBit : forced & ~signBit)
  }
}

/// The side of its range on which an integer lies outside it.
enum OverflowDirection { case above, below }
