import Foundation

extension MemoryImage {
  /// What becomes of an image that leaves addresses out.
  public enum Gaps: Hashable, Sendable {
    /// It is an error.
    case rejected
    /// Those addresses have no word.
    case allowed
  }

  /// The image in `data`, the bytes of a file for `$readmemh`.
  ///
  /// Words and `@address` records stand between white space and comments (`//` to the end of the line,
  /// `/*` to `*/`); numbers are hexadecimal of either case and may contain `_` after the first digit. As in
  /// simulators, the word that comes last for an address is the one that counts, and leading zeros beyond the
  /// word length have no meaning.
  ///
  /// - Parameters:
  ///   - data: the whole file.
  ///   - wordLength: bits of a word.
  ///   - depth: words of the memory, if known: then addresses end before it, and `gaps` concerns all of them.
  ///   - gaps: what becomes of an image that leaves addresses out.
  ///   - file: the file's name, for messages.
  /// - Throws: the first fault found, with line and column (both from 1, columns in bytes).
  /// - Precondition: `depth` is positive.
  public init(
    parsing data: Data, wordLength: Int, depth: Int? = nil, gaps: Gaps = .rejected, file: String
  ) throws(InterchangeError) {
    precondition(depth ?? 1 > 0, "a memory of \(depth ?? 1) words")
    try Self.check(wordLength: wordLength, at: file)
    var parser = MemoryImageParser([UInt8](data), wordLength: wordLength, limit: depth)
    do {
      try parser.parse()
    } catch {
      throw InterchangeError(.memoryImage(error), at: "\(file), \(parser.place)")
    }
    self.init(wordLength: wordLength, written: parser.addresses, limbs: parser.limbs)
    switch gaps {
    case .allowed: break
    case .rejected:
      let position = addresses.indices.first { addresses[$0] != $0 } ?? addresses.count
      let end = position < addresses.count ? addresses[position] : depth ?? position
      if position < end {
        throw InterchangeError(.memoryImage(.gap(first: position, last: end - 1)), at: file)
      }
    }
  }

  /// The image after words were written to the addresses `written`, in this order.
  private init(wordLength: Int, written: [Int], limbs: [UInt64]) {
    if zip(written, written.dropFirst()).allSatisfy({ $0 < $1 }) {
      self.init(wordLength: wordLength, addresses: written, limbs: limbs)
      return
    }
    let last = Dictionary(zip(written, written.indices)) { _, later in later }
    let addresses = last.keys.sorted()
    let limbCount = Self.limbCount(wordLength)
    let sorted = addresses.flatMap { address in
      let start = last[address]! * limbCount
      return limbs[start..<start + limbCount]
    }
    self.init(wordLength: wordLength, addresses: addresses, limbs: sorted)
  }
}

/// Reads words and addresses in the order of the file.
private struct MemoryImageParser {
  /// The address of each word, in the order of the file.
  private(set) var addresses: [Int] = []
  /// The limbs of each word, in the order of the file.
  private(set) var limbs: [UInt64] = []

  private let text: [UInt8]
  private let wordLength: Int
  private let limit: Int
  private var position = 0
  private var address = 0

  init(_ text: [UInt8], wordLength: Int, limit: Int?) {
    self.text = text
    self.wordLength = wordLength
    // Without a depth a bound that no file's words can carry past `Int.max`.
    self.limit = limit ?? 1 << 62
  }

  /// Line and column of the byte at which parsing stands.
  var place: String {
    let before = text[..<position]
    let lineStart = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
    return "line \(before.count { $0 == 10 } + 1), column \(position - lineStart + 1)"
  }

  mutating func parse() throws(MemoryImageFault) {
    while try skipSpace() {
      if text[position] == UInt8(ascii: "@") {
        position += 1
        try parseAddress()
      } else {
        try parseWord()
      }
      // What follows a number must be a space or a comment.
      if position < text.count, !Self.isSpace(text[position]), text[position] != UInt8(ascii: "/") {
        throw unexpected("a hexadecimal digit, white space or a comment")
      }
    }
  }

  private mutating func parseAddress() throws(MemoryImageFault) {
    let start = position
    let digits = try self.digits(expected: "the hexadecimal digits of an address")
    var value = 0
    for digit in digits {
      // The first condition keeps the shift of the second from losing bits.
      if value > (limit - 1) >> 4 || value << 4 | Int(digit) >= limit {
        position = start
        throw .addressTooLarge(limit: limit)
      }
      value = value << 4 | Int(digit)
    }
    address = value
  }

  private mutating func parseWord() throws(MemoryImageFault) {
    let start = position
    let digits = try self.digits(expected: "a word, \"@\" with an address, or a comment").drop { $0 == 0 }
    let bits = 4 * digits.count - ((digits.first?.leadingZeroBitCount).map { $0 - 4 } ?? 0)
    if bits > wordLength || address >= limit {
      position = start
      if address >= limit { throw .addressTooLarge(limit: limit) }
      throw .wordTooWide(significantBits: bits, wordLength: wordLength)
    }
    let first = limbs.count
    limbs.append(contentsOf: repeatElement(0, count: MemoryImage.limbCount(wordLength)))
    for (place, digit) in digits.reversed().enumerated() {
      limbs[first + place / 16] |= UInt64(digit) << UInt64(4 * (place % 16))
    }
    addresses.append(address)
    address += 1
  }

  /// The values of the digits at the position, most significant first; at least one.
  private mutating func digits(expected: String) throws(MemoryImageFault) -> [UInt8] {
    var digits: [UInt8] = []
    while position < text.count {
      if let digit = Self.value(ofDigit: text[position]) {
        digits.append(digit)
      } else if text[position] != UInt8(ascii: "_") || digits.isEmpty {
        break
      }
      position += 1
    }
    if digits.isEmpty { throw unexpected(expected) }
    return digits
  }

  /// What is wrong with the byte at the position, or with the end.
  private func unexpected(_ expected: String) -> MemoryImageFault {
    if position == text.count { return .unexpectedEnd(expected: expected) }
    let byte = text[position]
    if "xXzZ".utf8.contains(byte) { return .unknownDigit(Character(Unicode.Scalar(byte))) }
    return .unexpectedByte(byte, expected: expected)
  }

  /// Passes white space and comments. Returns whether anything is left.
  private mutating func skipSpace() throws(MemoryImageFault) -> Bool {
    while position < text.count {
      if Self.isSpace(text[position]) {
        position += 1
      } else if text[position...].starts(with: "//".utf8) {
        position = text[position...].firstIndex(of: 10) ?? text.count
      } else if text[position...].starts(with: "/*".utf8) {
        try skipBlockComment()
      } else if text[position] == UInt8(ascii: "/") {
        position += 1
        throw unexpected("\"/\" or \"*\", the second character of a comment")
      } else {
        return true
      }
    }
    return false
  }

  private mutating func skipBlockComment() throws(MemoryImageFault) {
    position += 2
    while position < text.count {
      if text[position...].starts(with: "*/".utf8) {
        position += 2
        return
      }
      position += 1
    }
    throw unexpected("\"*/\", the end of the comment")
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private static func value(ofDigit byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
