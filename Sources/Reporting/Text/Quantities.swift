/// An amount of memory, printed as a size: `64 KiB`, `10.5 KiB`, `12.2 KiB`, `96 B`, `1001 bits`.
public struct MemoryText: Hashable, Sendable, CustomStringConvertible {
  /// The amount in bits. At least 0.
  public let bits: Int

  /// The text of `bits` bits.
  /// - Precondition: `bits` is at least 0.
  public init(bits: Int) {
    precondition(bits >= 0, "\(bits) bits of memory")
    self.bits = bits
  }

  /// Unit names and the bits in each, largest first.
  private static let units: [(name: String, bits: Int)] = [
    ("TiB", 8 << 40), ("GiB", 8 << 30), ("MiB", 8 << 20), ("KiB", 8 << 10),
  ]

  /// The size in the largest binary unit that leaves at least 1: exact where one decimal suffices,
  /// else three significant digits rounded to nearest with ties up. Below 1 KiB it is exact, in bytes or bits.
  public var description: String {
    for (index, unit) in Self.units.enumerated() where bits >= unit.bits {
      let text = Self.threeDigits(bits, of: unit.bits)
      // 1023.9 KiB and more round to 1024, which is 1 of the next unit.
      if text == "1024" && index > 0 { return "1 \(Self.units[index - 1].name)" }
      return "\(text) \(unit.name)"
    }
    if bits > 0 && bits % 8 == 0 { return "\(bits / 8) B" }
    return bits == 1 ? "1 bit" : "\(bits) bits"
  }

  /// The exact amount: `86 016 bits`.
  public var exactDescription: String { bits == 1 ? "1 bit" : "\(DecimalText.grouped(bits)) bits" }

  /// Both: `10.5 KiB (86 016 bits)`, and only the exact one where the two would say the same.
  public var fullDescription: String {
    bits < 8 || (bits < 8192 && bits % 8 != 0) ? exactDescription : "\(description) (\(exactDescription))"
  }

  private static func threeDigits(_ amount: Int, of unit: Int) -> String {
    let whole = amount / unit
    let rest = amount % unit
    // `rest` is below 2^43, so its product with 200 cannot overflow.
    if rest * 10 % unit == 0 {
      return rest == 0 ? "\(whole)" : "\(whole).\(rest * 10 / unit)"
    }
    let decimals = whole >= 100 ? 0 : whole >= 10 ? 1 : 2
    let scale = [1, 10, 100][decimals]
    let rounded = whole * scale + (rest * scale * 2 + unit) / (2 * unit)
    return DecimalText.decimal(rounded, exponent: -decimals)
  }
}

/// A share of a whole in percent: `98.42 %`.
public struct PercentText: Hashable, Sendable, CustomStringConvertible {
  /// The share as a fraction, so that 1 is the whole.
  public let fraction: Double
  /// Digits after the point.
  public let digits: Int

  /// The text of `fraction` with `digits` digits after the point, rounded to nearest with ties to even.
  /// - Precondition: `fraction` is finite and `digits` is in `0...20`.
  public init(fraction: Double, digits: Int = 2) {
    self.fraction = fraction
    self.digits = digits
  }

  /// The percentage, a narrow no-break space and `%`.
  public var description: String {
    "\(DecimalText.fixed(fraction * 100, digits: digits))\(DecimalText.separator)%"
  }
}

/// A physical quantity with an SI prefix: `12.3 pJ`, `4.56 mW`, `200 MHz`.
public struct QuantityText: Hashable, Sendable, CustomStringConvertible {
  /// The quantity in the unit without a prefix.
  public let value: Double
  /// The unit without a prefix, such as `J`.
  public let unit: String
  /// Significant digits.
  public let digits: Int

  /// The text of `value` `unit` with `digits` significant digits.
  /// - Precondition: `value` is finite and `digits` is in `1...15`.
  public init(_ value: Double, unit: String, digits: Int = 3) {
    precondition(value.isFinite, "\(value) \(unit) has no text")
    self.value = value
    self.unit = unit
    self.digits = digits
  }

  /// Prefixes and their factors, smallest first. Dividing by an exact power of ten rounds once.
  private static let prefixes: [(name: String, numerator: Double, denominator: Double)] = [
    ("f", 1, 1e15), ("p", 1, 1e12), ("n", 1, 1e9), ("µ", 1, 1e6), ("m", 1, 1e3), ("", 1, 1),
    ("k", 1e3, 1), ("M", 1e6, 1), ("G", 1e9, 1), ("T", 1e12, 1), ("P", 1e15, 1),
  ]

  /// The number, a no-break space and the unit with the prefix that leaves 1 to 999 before the point.
  public var description: String {
    guard value != 0 else { return "0\u{A0}\(unit)" }
    var text = ""
    for prefix in Self.prefixes {
      let scaled = value * prefix.denominator / prefix.numerator
      text = "\(DecimalText.significant(scaled, digits: digits))\u{A0}\(prefix.name)\(unit)"
      // The comparison is after rounding: 999.6 with three digits is 1000, hence 1.00 of the next prefix.
      let rounded = Double(DecimalText.significant(scaled, digits: digits)) ?? scaled
      if rounded.magnitude < 1000 { break }
    }
    return text
  }
}

/// A length of time for people: `850 ms`, `12.4 s`, `2 min 05 s`, `3 h 20 min`, `2 d 4 h`.
public struct DurationText: Hashable, Sendable, CustomStringConvertible {
  /// The length of time in seconds.
  public let seconds: Double

  /// The text of a length of time.
  /// - Precondition: `seconds` is finite and at least 0.
  public init(seconds: Double) {
    precondition(seconds.isFinite && seconds >= 0, "\(seconds) seconds")
    self.seconds = seconds
  }

  /// The two largest units, rounded to nearest with ties to even; a plain number of seconds or smaller units below a minute.
  public var description: String {
    if seconds < 1 { return seconds == 0 ? "0\u{A0}s" : QuantityText(seconds, unit: "s").description }
    if seconds < 59.95 { return "\(DecimalText.fixed(seconds, digits: 1))\u{A0}s" }
    let whole = Int(min(seconds, 1e15).rounded(.toNearestOrEven))
    if whole < 3600 { return "\(whole / 60)\u{A0}min \(Self.twoDigits(whole % 60))\u{A0}s" }
    let minutes = (whole + 30) / 60
    if minutes < 24 * 60 { return "\(minutes / 60)\u{A0}h \(Self.twoDigits(minutes % 60))\u{A0}min" }
    let hours = (whole + 1800) / 3600
    return "\(hours / 24)\u{A0}d \(hours % 24)\u{A0}h"
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
