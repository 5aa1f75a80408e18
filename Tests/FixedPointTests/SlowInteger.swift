/// The integers that the oracle computes with: `Int` where nothing can overflow, `SlowInteger` elsewhere.
protocol OracleInteger: Comparable {
  init(_ value: Int)
  static func + (left: Self, right: Self) -> Self
  static func - (left: Self, right: Self) -> Self
  static func * (left: Self, right: Self) -> Self
  /// ⌊self / divisor⌋ for a positive divisor.
  func floorDivided(by divisor: Self) -> Self
}

extension OracleInteger {
  /// 2^exponent by repeated doubling.
  static func power(ofTwo exponent: Int) -> Self {
    var result = Self(1)
    for _ in 0..<exponent { result = result + result }
    return result
  }
}

extension Int: OracleInteger {
  func floorDivided(by divisor: Int) -> Int {
    let quotient = self / divisor
    return quotient * divisor > self ? quotient - 1 : quotient
  }
}

/// An unbounded integer in decimal digits, as one would do it on paper.
struct SlowInteger: OracleInteger, CustomStringConvertible {
  private static let base = 10_000
  private var isNegative = false
  /// Base 10,000, lowest first, no zeros at the top.
  private var digits: [Int] = []

  init(_ value: Int) {
    isNegative = value < 0
    var rest = value.magnitude
    while rest > 0 {
      digits.append(Int(rest % 10_000))
      rest /= 10_000
    }
  }

  /// The integer that decimal `text` spells.
  init(_ text: String) {
    isNegative = text.hasPrefix("-")
    var rest = isNegative ? text.dropFirst() : text[...]
    while !rest.isEmpty {
      digits.append(Int(rest.suffix(4))!)
      rest = rest.dropLast(4)
    }
    self = SlowInteger(isNegative, digits)
  }

  private init(_ isNegative: Bool, _ digits: [Int]) {
    self.digits = digits
    while self.digits.last == 0 { self.digits.removeLast() }
    self.isNegative = isNegative && !self.digits.isEmpty
  }

  var description: String {
    guard let top = digits.last else { return "0" }
    let rest = digits.dropLast().reversed().map { digit in
      String(repeating: "0", count: 4 - String(digit).count) + String(digit)
    }
    return (isNegative ? "-" : "") + String(top) + rest.joined()
  }

  private static func magnitudeIsLess(_ left: [Int], _ right: [Int]) -> Bool {
    left.count != right.count
      ? left.count < right.count : left.reversed().lexicographicallyPrecedes(right.reversed())
  }

  private static func sum(_ left: [Int], _ right: [Int]) -> [Int] {
    var result: [Int] = []
    var carry = 0
    for index in 0..<max(left.count, right.count) {
      let total = (index < left.count ? left[index] : 0) + (index < right.count ? right[index] : 0) + carry
      result.append(total % base)
      carry = total / base
    }
    return result + [carry]
  }

  private static func difference(_ left: [Int], _ right: [Int]) -> [Int] {
    var result: [Int] = []
    var borrow = 0
    for index in left.indices {
      let total = left[index] - (index < right.count ? right[index] : 0) - borrow
      result.append(total < 0 ? total + base : total)
      borrow = total < 0 ? 1 : 0
    }
    return result
  }

  static func < (left: SlowInteger, right: SlowInteger) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative
      ? magnitudeIsLess(right.digits, left.digits) : magnitudeIsLess(left.digits, right.digits)
  }

  static func + (left: SlowInteger, right: SlowInteger) -> SlowInteger {
    if left.isNegative == right.isNegative {
      return SlowInteger(left.isNegative, sum(left.digits, right.digits))
    }
    return magnitudeIsLess(left.digits, right.digits)
      ? SlowInteger(right.isNegative, difference(right.digits, left.digits))
      : SlowInteger(left.isNegative, difference(left.digits, right.digits))
  }

  static func - (left: SlowInteger, right: SlowInteger) -> SlowInteger {
    left + SlowInteger(!right.isNegative, right.digits)
  }

  static func * (left: SlowInteger, right: SlowInteger) -> SlowInteger {
    var result = [Int](repeating: 0, count: left.digits.count + right.digits.count + 1)
    for (i, a) in left.digits.enumerated() {
      var carry = 0
      for (j, b) in right.digits.enumerated() {
        let total = result[i + j] + a * b + carry
        result[i + j] = total % base
        carry = total / base
      }
      result[i + right.digits.count] += carry
    }
    return SlowInteger(left.isNegative != right.isNegative, result)
  }

  func floorDivided(by divisor: SlowInteger) -> SlowInteger {
    var quotient: [Int] = []
    var remainder = SlowInteger(0)
    for digit in digits.reversed() {
      remainder = remainder * SlowInteger(SlowInteger.base) + SlowInteger(digit)
      // The largest digit q with q · divisor ≤ remainder.
      var (low, high) = (0, SlowInteger.base - 1)
      while low < high {
        let middle = (low + high + 1) / 2
        if remainder < divisor * SlowInteger(middle) { high = middle - 1 } else { low = middle }
      }
      quotient.append(low)
      remainder = remainder - divisor * SlowInteger(low)
    }
    let truncated = SlowInteger(isNegative, quotient.reversed())
    return isNegative && remainder != SlowInteger(0) ? truncated - SlowInteger(1) : truncated
  }
}
