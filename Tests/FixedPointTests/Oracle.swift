import FixedPoint

/// The definitions of the design, by trying the candidates and measuring distances in exact rationals.
enum Oracle<Integer: OracleInteger> {
  /// `numerator / denominator` (positive) brought to a whole number: of the two neighbors, the one that
  /// `rounding` describes.
  static func rounded(_ numerator: Integer, over denominator: Integer, _ rounding: Rounding) -> Integer {
    let zero = Integer(0)
    let lower = numerator.floorDivided(by: denominator)
    if lower * denominator == numerator { return lower }
    let upper = lower + Integer(1)
    let towardZero = numerator < zero ? upper : lower
    let awayFromZero = numerator < zero ? lower : upper
    let distanceBelow = numerator - lower * denominator
    let distanceAbove = upper * denominator - numerator
    func nearest(tie: Integer) -> Integer {
      if distanceBelow < distanceAbove { return lower }
      return distanceAbove < distanceBelow ? upper : tie
    }
    let half = lower.floorDivided(by: Integer(2))
    let even = half + half == lower ? lower : upper
    let odd = half + half == lower ? upper : lower
    switch rounding {
    case .down: return lower
    case .up: return upper
    case .towardZero: return towardZero
    case .awayFromZero: return awayFromZero
    case .nearestTiesDown: return nearest(tie: lower)
    case .nearestTiesUp: return nearest(tie: upper)
    case .nearestTiesTowardZero: return nearest(tie: towardZero)
    case .nearestTiesAwayFromZero: return nearest(tie: awayFromZero)
    case .nearestTiesToEven: return nearest(tie: even)
    case .nearestTiesToOdd: return nearest(tie: odd)
    }
  }

  /// The least and the greatest raw integer of a format.
  static func range(_ signedness: Signedness, _ wordLength: Int) -> ClosedRange<Integer> {
    signedness == .signed
      ? Integer(0) - Integer.power(ofTwo: wordLength - 1)...Integer.power(ofTwo: wordLength - 1) - Integer(1)
      : Integer(0)...Integer.power(ofTwo: wordLength) - Integer(1)
  }

  /// What a conversion gives.
  struct Conversion {
    var raw: Integer
    var events: ArithmeticEvents
  }

  /// The rational `numerator / denominator` (positive), counted in units of the destination's last place.
  static func converted(
    _ numerator: Integer, over denominator: Integer, to format: FixedPointFormat, _ rounding: Rounding,
    _ overflow: Overflow
  ) -> Conversion {
    let zero = Integer(0)
    let rounded = rounded(numerator, over: denominator, rounding)
    var events = ArithmeticEvents()
    if rounded * denominator != numerator {
      events.insert(.inexact)
      if rounded == zero { events.insert(.underflow) }
    }
    let range = range(format.signedness, format.wordLength)
    var least = range.lowerBound
    if overflow == .saturateSymmetric, format.signedness == .signed, format.wordLength > 1 {
      least = zero - range.upperBound
    }
    let fits = least <= rounded && rounded <= range.upperBound
    if !fits { events.insert(.overflow) }
    let modulus = Integer.power(ofTwo: format.wordLength)
    func wrapped(_ value: Integer) -> Integer {
      let low = value - value.floorDivided(by: modulus) * modulus
      return range.upperBound < low ? low - modulus : low
    }
    if fits { return Conversion(raw: rounded, events: events) }
    let raw: Integer
    switch overflow {
    case .wrap: raw = wrapped(rounded)
    case .saturate, .saturateSymmetric: raw = rounded < zero ? least : range.upperBound
    case .zero: raw = zero
    case .wrapSaturatedBits(let count):
      raw = saturatedBits(wrapped(rounded), count: count, format: format, isNegative: rounded < zero)
    case .wrapSignMagnitude(let count):
      let floor = numerator.floorDivided(by: denominator)
      raw = signMagnitude(
        wrapped(rounded), count: count, format: format, isNegative: rounded < zero,
        bitAbove: bits(floor, format.wordLength + 1)[format.wordLength])
    }
    return Conversion(raw: raw, events: events)
  }

  /// The low `count` bits of a two's complement integer, lowest first.
  private static func bits(_ value: Integer, _ count: Int) -> [Bool] {
    var rest = value
    return (0..<count).map { _ in
      let half = rest.floorDivided(by: Integer(2))
      defer { rest = half }
      return half + half != rest
    }
  }

  private static func integer(_ bits: [Bool], signed: Bool) -> Integer {
    var result = Integer(0)
    for bit in bits.reversed() { result = result + result + Integer(bit ? 1 : 0) }
    return signed && bits[bits.count - 1] ? result - Integer.power(ofTwo: bits.count) : result
  }

  private static func saturatedBits(
    _ wrapped: Integer, count: Int, format: FixedPointFormat, isNegative: Bool
  ) -> Integer {
    var word = bits(wrapped, format.wordLength)
    for place in 0..<min(count, format.wordLength) {
      let index = format.wordLength - 1 - place
      if format.signedness == .unsigned {
        word[index] = true
      } else {
        word[index] = place == 0 ? isNegative : !isNegative
      }
    }
    return integer(word, signed: format.signedness == .signed)
  }

  private static func signMagnitude(
    _ wrapped: Integer, count: Int, format: FixedPointFormat, isNegative: Bool, bitAbove: Bool
  ) -> Integer {
    if format.signedness == .unsigned { return wrapped }
    let width = format.wordLength
    let used = min(count, width)
    var word = bits(wrapped, width)
    switch used {
    case 0: if bitAbove != word[width - 1] { word = word.map { !$0 } }
    case 1:
      if word[width - 1] != isNegative { word = word.map { !$0 } }
      word[width - 1] = isNegative
    default:
      if word[width - used] == isNegative { word = word.map { !$0 } }
      for place in 1..<used { word[width - 1 - place] = !isNegative }
      word[width - 1] = isNegative
    }
    return integer(word, signed: true)
  }
}
