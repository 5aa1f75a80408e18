import Foundation

/// A number as decimal text, the same bytes on every machine and in every locale: `.` is the point and digits are ASCII.
public enum DecimalText {
  /// The narrow no-break space that groups digits by three.
  public static let separator = "\u{202F}"

  /// `value` with exactly `digits` digits after the point.
  ///
  /// Rounded from the exact binary value, to nearest with ties to even; a zero never carries a sign.
  /// - Precondition: `value` is finite and `digits` is in `0...20`.
  public static func fixed(_ value: Double, digits: Int) -> String {
    precondition(value.isFinite, "\(value) has no decimal text")
    precondition((0...20).contains(digits), "\(digits) digits after the point")
    let text = String(format: "%.\(digits)f", locale: nil, value)
    return text.hasPrefix("-") && !text.contains(where: { "123456789".contains($0) })
      ? String(text.dropFirst()) : text
  }

  /// `value` with `digits` significant digits, without an exponent, and with trailing zeros kept.
  ///
  /// Rounded as `fixed`. Digits before the point are never dropped: `significant(12345, digits: 3)` is `12345`.
  /// - Precondition: `value` is finite and `digits` is in `1...15`.
  public static func significant(_ value: Double, digits: Int) -> String {
    precondition((1...15).contains(digits), "\(digits) significant digits")
    guard value != 0 else { return "0" }
    // The exponent is read after rounding, so that 9.996 with three digits is 10.0 and not 10.00.
    let scientific = String(format: "%.\(digits - 1)e", locale: nil, value)
    let exponent = Int(scientific.split(separator: "e")[1]) ?? 0
    return fixed(value, digits: min(20, max(0, digits - 1 - exponent)))
  }

  /// A whole number with its digits in groups of three from the right: `65 536` with narrow spaces.
  public static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var result = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { result += separator }
      result.append(digit)
    }
    return result
  }

  /// `value` with `digits` significant digits and the digits before the point in groups of three.
  /// - Precondition: `value` is finite and `digits` is in `1...15`.
  public static func groupedSignificant(_ value: Double, digits: Int) -> String {
    let parts = significant(value, digits: digits).split(separator: ".", maxSplits: 1)
    guard let whole = Int(parts[0]), whole.magnitude >= 1000 else { return parts.joined(separator: ".") }
    return ([grouped(whole)] + parts.dropFirst().map(String.init)).joined(separator: ".")
  }

  /// `mantissa × 10^exponent` exactly, in positional digits: `decimal(15, exponent: -1)` is `1.5`.
  ///
  /// Integer arithmetic throughout, so tick labels are never off by a rounding of `0.1`.
  static func decimal(_ mantissa: Int, exponent: Int) -> String {
    guard mantissa != 0 else { return "0" }
    var digits = String(mantissa.magnitude)
    if exponent >= 0 {
      digits += String(repeating: "0", count: exponent)
    } else {
      if digits.count <= -exponent {
        digits = String(repeating: "0", count: 1 - exponent - digits.count) + digits
      }
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: exponent))
    }
    return (mantissa < 0 ? "\u{2212}" : "") + digits
  }

  /// `exponent` in superscript digits, for `10⁶`.
  static func superscript(_ exponent: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
      "9": "⁹",
    ]
    return String(String(exponent).compactMap { digits[$0] })
  }
}
