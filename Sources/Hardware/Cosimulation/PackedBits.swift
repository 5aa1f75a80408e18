/// Bits in a row, taken from the lowest up; behind the last one zeros.
struct PackedBits {
  /// The bits so far, lowest first.
  private(set) var limbs: [UInt64] = []
  private var count = 0
  private var position = 0

  init() {}

  /// Weights of `bits` bits in two's complement, back to back.
  init(_ weights: [Int16], bits: Int) {
    for weight in weights { append(Int64(weight).bits(bits), count: bits) }
  }

  /// Ternary weights, five in eight bits: the sum of (w + 1) · 3^i. The last five are filled up with zeros.
  init(fiveInEightBits weights: [Int16]) {
    for first in stride(from: 0, to: weights.count, by: 5) {
      var code = 0
      for index in (first..<first + 5).reversed() {
        code = code * 3 + (index < weights.count ? Int(weights[index]) + 1 : 1)
      }
      append(UInt64(code), count: 8)
    }
  }

  /// Puts `added` bits, at most 64, behind those there are.
  /// - Precondition: `bits` has no others.
  mutating func append(_ bits: UInt64, count added: Int) {
    let place = count % 64
    if place == 0 { limbs.append(0) }
    limbs[limbs.count - 1] |= bits << UInt64(place)
    if place + added > 64 { limbs.append(bits >> UInt64(64 - place)) }
    count += added
  }

  /// The next `length` bits.
  mutating func next(_ length: Int) -> [UInt64] {
    var word = [UInt64](repeating: 0, count: (length + 63) / 64)
    for index in word.indices {
      let start = position + 64 * index
      let (limb, place) = start.quotientAndRemainder(dividingBy: 64)
      var bits = limb < limbs.count ? limbs[limb] >> UInt64(place) : 0
      if place > 0, limb + 1 < limbs.count { bits |= limbs[limb + 1] << UInt64(64 - place) }
      let rest = length - 64 * index
      word[index] = rest < 64 ? bits & ((1 << UInt64(rest)) - 1) : bits
    }
    position += length
    return word
  }
}
