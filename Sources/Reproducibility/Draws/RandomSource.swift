import Foundation

/// A seeded random source that can be split by name; every number it gives is the same on every machine.
///
/// A source is known by its 256-bit *key*. `split` gives the source of a child key that depends on this key and
/// a name only, so what one part of a program draws never changes what another part sees. Numbers come from
/// xoshiro256** 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4),
/// 2021) started at the key; keys come from SHA-256.
///
/// Use the methods below for derived draws: the algorithms behind `Int.random(in:using:)` and
/// `shuffle(using:)` are the standard library's to change.
public struct RandomSource: RandomNumberGenerator, Hashable, Sendable {
  private let key: SHA256Digest
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64
  /// The second normal deviate of the last pair made, until it is asked for.
  private var spareNormal: Double?

  /// The source whose key is SHA-256 of `wordlength seed` followed by `seed` in eight little-endian bytes.
  public init(seed: UInt64) {
    var hasher = SHA256Hasher()
    hasher.update("wordlength seed".utf8)
    hasher.update((0..<8).map { UInt8(truncatingIfNeeded: seed >> (8 * UInt64($0))) })
    self.init(key: hasher.finalize())
  }

  private init(key: SHA256Digest) {
    self.key = key
    let lanes = (0..<4).map { UInt64(key.words[2 * $0]) << 32 | UInt64(key.words[2 * $0 + 1]) }
    // The all-zero state, which xoshiro never leaves, would need a SHA-256 preimage of zero.
    (s0, s1, s2, s3) = (lanes[0], lanes[1], lanes[2], lanes[3])
  }

  /// The source named `name` below this one: its key is SHA-256 of `wordlength split`, this key and `name` in
  /// UTF-8. How many numbers this source has given does not matter.
  public func split(_ name: String) -> RandomSource {
    var hasher = SHA256Hasher()
    hasher.update("wordlength split".utf8)
    hasher.update(key.bytes)
    hasher.update(name.utf8)
    return RandomSource(key: hasher.finalize())
  }

  /// The next 64 bits: one step of xoshiro256**.
  public mutating func next() -> UInt64 {
    let result = (s1 &* 5).rotatedLeft(7) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = s3.rotatedLeft(45)
    return result
  }

  /// A number drawn evenly from the multiples of 2⁻⁵³ in `0..<1`. Takes one draw.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number drawn evenly from `range`: `lower + (upper − lower) · uniform()`, each operation rounded once.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A draw of the normal distribution of mean 0 and variance 1, by Marsaglia's polar method (Knuth, *The Art
  /// of Computer Programming* 2, 3.4.1, algorithm P). Every second call gives the other deviate of the pair.
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let first = 2 * uniform() - 1
      let second = 2 * uniform() - 1
      let square = first * first + second * second
      if square >= 1 || square == 0 { continue }
      let factor = (-2 * ElementaryFunctions.log(square) / square).squareRoot()
      spareNormal = second * factor
      return first * factor
    }
  }

  /// An integer drawn evenly from `0..<bound`, without bias (Lemire, "Fast random integer generation in an
  /// interval", ACM TOMACS 29(1), 2019).
  /// - Precondition: `bound` is positive.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "no integer is in 0..<\(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      // 2^64 mod range: this many low halves would occur once too often.
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// Puts `array` into an order drawn evenly from all orders (Fisher and Yates, from the last element down).
  public mutating func shuffle<Element>(_ array: inout [Element]) {
    for last in stride(from: array.count - 1, to: 0, by: -1) { array.swapAt(last, below(last + 1)) }
  }
}

extension UInt64 {
  @inline(__always)
  fileprivate func rotatedLeft(_ bits: UInt64) -> UInt64 { (self &<< bits) | (self &>> (64 &- bits)) }
}
