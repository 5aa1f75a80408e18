/// What can be wrong with a `$readmemh` image, or with the words for one.
public enum MemoryImageFault: Error, Hashable, Sendable {
  /// The word length is none that an image can have.
  case unusableWordLength(Int)
  /// A word to write has another number of limbs than the word length needs.
  case wrongLimbCount(found: Int, expected: Int)
  /// A word has bits beyond the word length.
  case wordTooWide(significantBits: Int, wordLength: Int)
  /// A two's complement integer to write is outside the word length.
  case integerTooWide(Int64, wordLength: Int)
  /// A digit is `x` or `z`.
  case unknownDigit(Character)
  /// A byte is no part of an image.
  case unexpectedByte(UInt8, expected: String)
  /// The file ends where it may not.
  case unexpectedEnd(expected: String)
  /// An address is beyond the memory, or beyond every memory.
  case addressTooLarge(limit: Int)
  /// Some address has no word.
  case gap(first: Int, last: Int)

  var message: String {
    switch self {
    case .unusableWordLength(let wordLength):
      "words of \(wordLength) bits, expected 1...\(MemoryImage.longestWord)"
    case .wrongLimbCount(let found, let expected):
      "a word of \(found) limbs of 64 bits, expected \(expected) as the word length needs"
    case .wordTooWide(let significantBits, let wordLength):
      "a word of \(significantBits) significant bits, expected at most \(wordLength); state the word length "
        + "that the image was made for"
    case .integerTooWide(let value, let wordLength):
      "\(value) does not fit in \(wordLength) bits of two's complement; take longer words"
    case .unknownDigit(let digit):
      "the digit \"\(digit)\" (unknown or high impedance), expected 0...9, a...f; write the memory after every "
        + "word is known"
    case .unexpectedByte(let byte, let expected): "byte \(hexadecimal([byte])), expected \(expected)"
    case .unexpectedEnd(let expected): "the file ends, expected \(expected); it may be truncated"
    case .addressTooLarge(let limit):
      "an address above \(String(limit - 1, radix: 16)) (hexadecimal), the last of the memory; state the depth "
        + "that the image was made for"
    case .gap(let first, let last):
      "no word for the addresses \(String(first, radix: 16))...\(String(last, radix: 16)) (hexadecimal), "
        + "expected one for each; fill them, or read the image with gaps allowed"
    }
  }
}
