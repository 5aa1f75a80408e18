import Foundation

/// The 256-bit SHA-256 digest of a byte string (FIPS 180-4). Printed as 64 lower-case hexadecimal digits.
///
/// Digests are ordered as their hexadecimal text is.
public struct SHA256Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The eight 32-bit words of the digest, most significant first.
  let words: [UInt32]

  init(words: [UInt32]) {
    precondition(words.count == 8, "a SHA-256 digest has 8 words, not \(words.count)")
    self.words = words
  }

  /// The digest of `bytes`.
  public init(of bytes: some Sequence<UInt8>) {
    var hasher = SHA256Hasher()
    hasher.update(bytes)
    self = hasher.finalize()
  }

  /// The digest of the UTF-8 bytes of `text`.
  public init(of text: String) { self.init(of: text.utf8) }

  /// The digest written as `hexadecimal`: 64 digits of either case. `nil` for any other text.
  public init?(hexadecimal: String) {
    let digits = Array(hexadecimal.utf8)
    guard digits.count == 64, digits.allSatisfy(\.isHexadecimalDigit) else { return nil }
    words = stride(from: 0, to: 64, by: 8).map { start in
      UInt32(String(decoding: digits[start..<start + 8], as: UTF8.self), radix: 16)!
    }
  }

  /// The 32 bytes of the digest, first byte first.
  public var bytes: [UInt8] {
    words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
  }

  /// 64 lower-case hexadecimal digits, as `sha256sum` prints them.
  public var description: String {
    bytes.map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }

  /// The order of the hexadecimal texts.
  public static func < (left: SHA256Digest, right: SHA256Digest) -> Bool {
    left.words.lexicographicallyPrecedes(right.words)
  }
}

extension UInt8 {
  /// Whether this byte is an ASCII digit `0`–`9`, `a`–`f` or `A`–`F`.
  var isHexadecimalDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
