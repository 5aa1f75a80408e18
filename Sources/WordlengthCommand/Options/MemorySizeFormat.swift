/// The units of memory sizes: IEC binary prefixes and SI decimal ones, `b` or `bit` for bits and `B` for bytes of 8.
package enum MemorySizeUnit {
  /// A unit's spelling and the bits in one of it.
  package struct Spelling: Hashable, Sendable {
    /// The unit as written, in its case.
    package let name: String
    /// The bits in one unit.
    package let bits: Int
  }

  /// Every spelling that is read.
  package static let all: [Spelling] = {
    var spellings: [Spelling] = []
    let prefixes: [(String, Int)] = [
      ("", 1), ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("Ti", 1 << 40), ("k", 1_000),
      ("M", 1_000_000),
      ("G", 1_000_000_000), ("T", 1_000_000_000_000),
    ]
    for (prefix, factor) in prefixes {
      spellings.append(Spelling(name: prefix + "b", bits: factor))
      spellings.append(Spelling(name: prefix + "bit", bits: factor))
      spellings.append(Spelling(name: prefix + "B", bits: 8 * factor))
    }
    spellings.append(Spelling(name: "bits", bits: 1))
    return spellings
  }()
}

extension ValueFormat where Value == Int {
  /// A memory size in bits, read from `64KiB`, `512Kib` (bits), `1.5MiB`, `100kB` or `4096b`.
  ///
  /// Exact: a fraction is allowed where the bits come out whole. At least 1 bit and at most 2^60. The case decides between bits
  /// (`b`) and bytes (`B`), and a number without a unit is refused, as either reading would be wrong by 8 for someone.
  /// Written back in the largest binary unit that divides it, bytes before bits.
  package static var memorySize: ValueFormat {
    ValueFormat(
      placeholder: "SIZE", expectation: "a size with its unit, such as 64KiB (bytes) or 512Kib (bits)",
      read: readMemorySize, write: writeMemorySize)
  }

  /// The largest size that is read, in bits.
  package static var largestMemorySize: Int { 1 << 60 }

  private static func writeMemorySize(_ bits: Int) -> String {
    for unit in ["TiB", "GiB", "MiB", "KiB", "B"] {
      guard let spelling = MemorySizeUnit.all.first(where: { $0.name == unit }) else { continue }
      if bits % spelling.bits == 0 { return "\(bits / spelling.bits)\(unit)" }
    }
    return "\(bits)b"
  }

  private static func readMemorySize(_ text: String) -> Result<Int, ValueFault> {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-" || $0 == "+") }
    let unit = String(text.dropFirst(number.count))
    guard let first = number.first, first.isNumber else {
      let isNegative = number.first == "-"
      return .failure(isNegative ? ValueFault("is not above 0") : ValueFault("does not start with a number"))
    }
    if unit.isEmpty {
      return .failure(
        ValueFault(
          "has no unit",
          help: "write \(number)B for bytes, \(number)b for bits, or \(number)KiB for 1024 bytes each"))
    }
    guard let spelling = MemorySizeUnit.all.first(where: { $0.name == unit }) else {
      return .failure(ValueFault("has the unknown unit \"\(unit)\"", help: hint(for: unit)))
    }
    // The number is digits · 10^-places, so its bits are digits · unit / 10^places, whole or refused.
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) }) else {
      return .failure(ValueFault("has a malformed number \"\(number)\""))
    }
    let fraction = parts.count == 2 ? parts[1].reversed().drop { $0 == "0" }.reversed() : []
    // 2^60 bits have fewer digits, and a unit has at most 43 factors of 2 and 12 of 5 to cancel.
    guard let digits = Int(String(parts[0]) + String(fraction)) else {
      return .failure(
        ValueFault(
          fraction.count > 12 ? "is no whole number of bits" : "is too large",
          help: "the largest size is 2^60 bits"))
    }
    guard fraction.count <= 18 else { return .failure(ValueFault("is no whole number of bits")) }
    let divisor = (0..<fraction.count).reduce(1) { power, _ in power * 10 }
    let product = digits.multipliedFullWidth(by: spelling.bits)
    guard product.high >= 0 && product.high < divisor else {
      return .failure(ValueFault("is too large", help: "the largest size is 2^60 bits"))
    }
    let quotient = UInt(divisor).dividingFullWidth((UInt(product.high), product.low))
    guard quotient.remainder == 0 else { return .failure(ValueFault("is no whole number of bits")) }
    guard quotient.quotient <= UInt(largestMemorySize) else {
      return .failure(ValueFault("is too large", help: "the largest size is 2^60 bits"))
    }
    return quotient.quotient > 0 ? .success(Int(quotient.quotient)) : .failure(ValueFault("is not above 0"))
  }

  /// What was probably meant by a unit that is none: the same letters in another case, both ways where it decides.
  private static func hint(for unit: String) -> String {
    let meant = MemorySizeUnit.all.map(\.name).filter { $0.lowercased() == unit.lowercased() }
    let reminder = "b is bits and B is bytes"
    guard !meant.isEmpty else {
      return "\(reminder); units are b, B, and these with k, M, G, T (1000) or Ki, Mi, Gi, Ti (1024)"
    }
    return "did you mean \(meant.joined(separator: " or "))? \(reminder)"
  }
}
