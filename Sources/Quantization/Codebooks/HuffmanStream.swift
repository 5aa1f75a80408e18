/// A layer's indices in a canonical Huffman code, as they would stand in a file or a boot memory: the table of code lengths, then the codes.
///
/// Bits in order, each byte's highest first: 3 bits say how many bits (0...7) a length takes; then the lengths of all 2^b symbols; then the code of each
/// index. The number of indices is known from the layer's shape.
public struct HuffmanStream: Sendable, Hashable {
  /// Bits in use of `bytes`.
  public let bitCount: Int
  /// The bits, filled up with zeros.
  public let bytes: [UInt8]

  /// Codes `indices`, each below 2^`indexBits`, with the code that is best for them.
  /// - Precondition: `indexBits` is in 1...8.
  public init(_ indices: [UInt8], indexBits: Int) {
    precondition(1...8 ~= indexBits, "indices of \(indexBits) bits")
    var counts = Array(repeating: 0, count: 1 << indexBits)
    for index in indices { counts[Int(index)] += 1 }
    let code = HuffmanCode(counts: counts)
    // Fewer than 2^40 indices: no code is longer than 60 bits, since the counts on its way grow as Fibonacci's numbers do.
    let lengthBits = Int.bitWidth - (code.lengths.max() ?? 0).leadingZeroBitCount
    var writer = BitWriter()
    writer.append(UInt64(lengthBits), bits: 3)
    for length in code.lengths { writer.append(UInt64(length), bits: lengthBits) }
    let codes = code.codes
    for index in indices { writer.append(codes[Int(index)], bits: code.lengths[Int(index)]) }
    bitCount = writer.count
    bytes = writer.bytes
  }

  /// The `count` indices of `indexBits` bits that `bytes` hold.
  /// - Throws: `QuantizationError` where the bytes end too early, the table of lengths is no code, or a code has no symbol.
  public static func indices(
    in bytes: [UInt8], count: Int, indexBits: Int
  ) throws(QuantizationError) -> [UInt8] {
    var reader = BitReader(bytes)
    let lengthBits = try reader.next(3)
    var lengths: [Int] = []
    for _ in 0..<1 << indexBits { lengths.append(Int(try reader.next(Int(lengthBits)))) }
    guard let code = HuffmanCode(lengths: lengths) else {
      throw QuantizationError("coded indices: the table of lengths \(lengths) is no prefix code")
    }
    let symbols = code.symbolsInOrder
    var counts = Array(repeating: 0, count: (lengths.max() ?? 0) + 1)
    for symbol in symbols { counts[lengths[symbol]] += 1 }
    var indices: [UInt8] = []
    indices.reserveCapacity(count)
    for _ in 0..<count {
      // The codes of a length are consecutive: its first code and the place of that code's symbol tell all of them.
      var value = 0
      var first = 0
      var place = 0
      var length = 1
      while true {
        guard length < counts.count else {
          throw QuantizationError("coded indices: bits \(value) are no code, at index \(indices.count)")
        }
        value = value << 1 | Int(try reader.next(1))
        if value - first < counts[length] { break }
        place += counts[length]
        first = (first + counts[length]) << 1
        length += 1
      }
      indices.append(UInt8(symbols[place + value - first]))
    }
    return indices
  }
}

/// Bits on their way into bytes.
private struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private(set) var count = 0

  /// Appends the low `bits` bits of `value`, highest first.
  mutating func append(_ value: UInt64, bits: Int) {
    for bit in stride(from: bits - 1, through: 0, by: -1) {
      if count % 8 == 0 { bytes.append(0) }
      if value >> UInt64(bit) & 1 == 1 { bytes[count / 8] |= 0x80 >> UInt8(count % 8) }
      count += 1
    }
  }
}

/// Bits on their way out of bytes.
private struct BitReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next `bits` bits, the first one highest.
  mutating func next(_ bits: Int) throws(QuantizationError) -> UInt64 {
    guard place + bits <= 8 * bytes.count else {
      throw QuantizationError("coded indices: \(bytes.count) bytes end before the last index")
    }
    var value: UInt64 = 0
    for _ in 0..<bits {
      value = value << 1 | UInt64(bytes[place / 8] >> UInt8(7 - place % 8) & 1)
      place += 1
    }
    return value
  }
}
