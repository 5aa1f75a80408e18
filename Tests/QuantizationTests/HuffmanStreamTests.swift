import Quantization
import Reproducibility
import Testing

@Suite("Huffman-coded indices")
struct HuffmanStreamTests {
  /// Bits of the best prefix code for symbols that occur `counts` times: each joining of the two rarest costs a bit for every symbol below it.
  private func leastBits(_ counts: [Int]) -> Int {
    var trees = counts.filter { $0 > 0 }.sorted()
    if trees.count == 1 { return trees[0] }
    var bits = 0
    while trees.count > 1 {
      let joined = trees[0] + trees[1]
      bits += joined
      trees = (trees.dropFirst(2) + [joined]).sorted()
    }
    return bits
  }

  /// Indices of `bits` bits, of which some are frequent and some do not occur.
  private func indices(_ bits: Int, count: Int, _ source: inout RandomSource) -> [UInt8] {
    let kind = source.below(4)
    return (0..<count).map { _ in
      switch kind {
      case 0: UInt8(source.below(1 << bits))
      // Each index half as frequent as the one below it.
      case 1: UInt8(min((0..<40).first { _ in source.below(2) == 0 } ?? 40, (1 << bits) - 1))
      case 2: UInt8((1 << bits) - 1)
      default: UInt8(source.below(10) == 0 ? source.below(1 << bits) : 0)
      }
    }
  }

  private func counts(_ indices: [UInt8], bits: Int) -> [Int] {
    var counts = Array(repeating: 0, count: 1 << bits)
    for index in indices { counts[Int(index)] += 1 }
    return counts
  }

  @Test("Decoding gives what was coded; the size is the best code's and that of its table", arguments: 1...8)
  func roundTrip(bits: Int) throws {
    let seed: UInt64 = 711
    var source = RandomSource(seed: seed).split("\(bits)")
    for number in 0..<60 {
      let indices = indices(bits, count: number == 0 ? 0 : 1 + source.below(3000), &source)
      let stream = HuffmanStream(indices, indexBits: bits)
      let decoded = try HuffmanStream.indices(in: stream.bytes, count: indices.count, indexBits: bits)
      #expect(decoded == indices, "seed \(seed), case \(number)")
      let counts = counts(indices, bits: bits)
      let longest = HuffmanCode(counts: counts).lengths.max()!
      let lengthBits = (0...7).first { longest < 1 << $0 }!
      #expect(
        stream.bitCount == 3 + (1 << bits) * lengthBits + leastBits(counts), "seed \(seed), case \(number)")
      #expect(stream.bytes.count == (stream.bitCount + 7) / 8)
    }
  }

  @Test("Codes are canonical, no code starts another, and the mean is within a bit of the entropy")
  func canonicalCodes() {
    let seed: UInt64 = 712
    var source = RandomSource(seed: seed)
    for number in 0..<300 {
      let bits = 1 + source.below(8)
      let counts = counts(indices(bits, count: 1 + source.below(2000), &source), bits: bits)
      let code = HuffmanCode(counts: counts)
      let codes = code.codes
      let used = counts.indices.filter { counts[$0] > 0 }
      #expect(counts.indices.allSatisfy { (code.lengths[$0] > 0) == (counts[$0] > 0) })
      for a in used {
        for b in used where a != b && code.lengths[a] <= code.lengths[b] {
          let start = codes[b] >> UInt64(code.lengths[b] - code.lengths[a])
          #expect(start != codes[a], "seed \(seed), case \(number): \(a) starts \(b)")
          // A shorter code, or an equally long one of a lower symbol, is the lower number when read as a fraction.
          if code.lengths[a] < code.lengths[b] || a < b { #expect(codes[a] < start) }
        }
      }
      guard used.count > 1 else { continue }
      let all = Double(counts.reduce(0, +))
      let entropy = used.reduce(0.0) { sum, symbol in
        let share = Double(counts[symbol]) / all
        return sum - share * ElementaryFunctions.log(share) / ElementaryFunctions.log(2)
      }
      let mean = used.reduce(0.0) { $0 + Double(counts[$1] * code.lengths[$1]) } / all
      #expect(mean >= entropy - 1e-9 && mean < entropy + 1, "seed \(seed), case \(number)")
    }
  }

  @Test("Worked by hand: counts 1, 0, 5, 2 have the codes 10, -, 0, 11")
  func byHand() throws {
    // 1 and 2 are joined to 3, and 3 and 5 to 8: lengths 2, -, 1, 2.
    let code = HuffmanCode(counts: [1, 0, 5, 2])
    #expect(code.lengths == [2, 0, 1, 2] && code.codes == [0b10, 0, 0b0, 0b11])
    // 3 bits say 2; lengths 10 00 01 10; then 0, 10, 11.
    let stream = HuffmanStream([2, 0, 2, 3, 2, 3, 2, 2], indexBits: 2)
    #expect(stream.bitCount == 3 + 8 + 11 && stream.bytes == [0b0101_0000, 0b1100_1001, 0b1011_0000])
    #expect(HuffmanCode(counts: [0, 7]).lengths == [0, 1])
    #expect(HuffmanCode(counts: [0, 0]).lengths == [0, 0])
    // Fibonacci's numbers give the longest codes there are.
    #expect(HuffmanCode(counts: [1, 1, 2, 3, 5, 8, 13]).lengths == [6, 6, 5, 4, 3, 2, 1])
  }

  @Test("Bytes that are cut, a table that is no code, and bits that are no code are errors")
  func damage() {
    var source = RandomSource(seed: 713)
    let indices = indices(4, count: 300, &source) + [1, 2]
    let bytes = HuffmanStream(indices, indexBits: 4).bytes
    for length in 0..<bytes.count {
      #expect(throws: QuantizationError.self, "\(length) bytes") {
        _ = try HuffmanStream.indices(in: Array(bytes[..<length]), count: indices.count, indexBits: 4)
      }
    }
    // Lengths of 1 bit: all four symbols of 1 bit each.
    let crowded = #expect(throws: QuantizationError.self) {
      _ = try HuffmanStream.indices(in: [0b0011_1110, 0], count: 1, indexBits: 2)
    }
    #expect(crowded?.description.contains("no prefix code") == true)
    // Only symbol 0, with the code 0: a 1 is no code.
    let unknown = #expect(throws: QuantizationError.self) {
      _ = try HuffmanStream.indices(in: [0b0011_0001, 0xFF], count: 1, indexBits: 2)
    }
    #expect(unknown?.description.contains("are no code") == true)
  }
}
