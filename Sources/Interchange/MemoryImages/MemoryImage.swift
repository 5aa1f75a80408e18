import Foundation

/// The words of a memory, as Verilog's `$readmemh` reads them from a text file (IEEE 1800-2017, 21.4).
///
/// A word is bits without a meaning. It is given as *limbs*: 64 bits each, the least significant limb first, as
/// many as the word length needs, bits beyond the word length 0.
public struct MemoryImage: Hashable, Sendable {
  /// The longest word of an image, in bits.
  public static let longestWord = 1 << 20

  /// Bits of a word, in `1...longestWord`.
  public let wordLength: Int
  /// The addresses that have a word, ascending. Without gaps they are `0..<addresses.count`.
  public let addresses: [Int]
  /// The words in the order of `addresses`, one after the other.
  private let limbs: [UInt64]

  /// Limbs of a word.
  public var limbsPerWord: Int { Self.limbCount(wordLength) }

  static func limbCount(_ wordLength: Int) -> Int { (wordLength + 63) / 64 }

  /// The image of `words` at the addresses from 0 up.
  /// - Throws: where the word length is out of range, or a word has another number of limbs than it needs or
  ///   bits beyond it; the message names the word.
  public init(words: [[UInt64]], wordLength: Int) throws(InterchangeError) {
    try Self.check(wordLength: wordLength, at: "image")
    let limbCount = Self.limbCount(wordLength)
    for (address, word) in words.enumerated() {
      if word.count != limbCount {
        throw Self.fault(.wrongLimbCount(found: word.count, expected: limbCount), word: address)
      }
      let significantBits = word.significantBits
      if significantBits > wordLength {
        throw Self.fault(
          .wordTooWide(significantBits: significantBits, wordLength: wordLength), word: address)
      }
    }
    self.init(wordLength: wordLength, addresses: Array(words.indices), limbs: words.flatMap { $0 })
  }

  /// The image of `integers` in two's complement at the addresses from 0 up. Words longer than 64 bits are
  /// filled with the sign.
  /// - Throws: where the word length is out of range or an integer does not fit; the message names the word.
  public init(integers: [Int64], wordLength: Int) throws(InterchangeError) {
    try Self.check(wordLength: wordLength, at: "image")
    let limbCount = Self.limbCount(wordLength)
    let topBits = wordLength - 64 * (limbCount - 1)
    var limbs: [UInt64] = []
    limbs.reserveCapacity(integers.count * limbCount)
    for (address, value) in integers.enumerated() {
      let sign: UInt64 = value < 0 ? .max : 0
      // Arithmetic shifts past the end leave the sign alone, so words of 64 bits and more hold everything.
      if wordLength < 64, value >> Int64(wordLength - 1) != value >> 63 {
        throw Self.fault(.integerTooWide(value, wordLength: wordLength), word: address)
      }
      limbs.append(UInt64(bitPattern: value))
      limbs.append(contentsOf: repeatElement(sign, count: limbCount - 1))
      limbs[limbs.count - 1] &= .max >> UInt64(64 - topBits)
    }
    self.init(wordLength: wordLength, addresses: Array(integers.indices), limbs: limbs)
  }

  /// - Precondition: `addresses` ascends, and `limbs` has the words for it.
  init(wordLength: Int, addresses: [Int], limbs: [UInt64]) {
    self.wordLength = wordLength
    self.addresses = addresses
    self.limbs = limbs
  }

  /// The limbs of the word at `address`, `nil` where the image has none. O(log of the number of words).
  public func word(at address: Int) -> [UInt64]? {
    var (low, high) = (0, addresses.count)
    while low < high {
      let middle = (low + high) / 2
      if addresses[middle] < address { low = middle + 1 } else { high = middle }
    }
    guard low < addresses.count, addresses[low] == address else { return nil }
    return Array(limbs[low * limbsPerWord..<(low + 1) * limbsPerWord])
  }

  /// The bytes of the file: each line of `comment` after `//`, then a word a line in lower-case hexadecimal, all
  /// of `ceil(wordLength / 4)` digits. After a gap stands `@` with the next address. O(size).
  public func encoded(comment: String? = nil) -> Data {
    let digits = Array("0123456789abcdef".utf8)
    let digitCount = (wordLength + 3) / 4
    var text: [UInt8] = []
    text.reserveCapacity(addresses.count * (digitCount + 1))
    // A carriage return ends a comment too in some readers.
    for line in comment?.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) ?? [] {
      text += Array((line.isEmpty ? "//" : "// \(line)").utf8) + [10]
    }
    var expected = 0
    for (index, address) in addresses.enumerated() {
      if address != expected { text += Array("@\(String(address, radix: 16))\n".utf8) }
      expected = address + 1
      for place in (0..<digitCount).reversed() {
        let limb = limbs[index * limbsPerWord + place / 16]
        text.append(digits[Int(limb >> UInt64(4 * (place % 16)) & 15)])
      }
      text.append(10)
    }
    return Data(text)
  }

  static func check(wordLength: Int, at location: String) throws(InterchangeError) {
    if !(1...longestWord).contains(wordLength) {
      throw InterchangeError(.memoryImage(.unusableWordLength(wordLength)), at: location)
    }
  }

  private static func fault(_ fault: MemoryImageFault, word: Int) -> InterchangeError {
    InterchangeError(.memoryImage(fault), at: "image, word \(word)")
  }
}

extension [UInt64] {
  /// The bits of the number with these limbs, leading zeros left out.
  var significantBits: Int {
    guard let top = lastIndex(where: { $0 != 0 }) else { return 0 }
    return 64 * (top + 1) - self[top].leadingZeroBitCount
  }
}
