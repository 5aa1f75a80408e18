/// A canonical Huffman code of the symbols 0, 1, 2, …: codes of equal length are consecutive numbers in the order of their symbols, and shorter codes stand
/// before longer ones, so that the lengths alone say everything.
public struct HuffmanCode: Sendable, Hashable {
  /// Bits of each symbol's code; 0 for a symbol that does not occur.
  public let lengths: [Int]

  /// The code with the fewest bits for symbols that occur `counts` times.
  ///
  /// The two rarest trees are joined first; of equally rare ones, single symbols before joined trees, lower symbols and earlier trees before others. A
  /// symbol that alone occurs has a code of 1 bit.
  public init(counts: [Int]) {
    /// Symbols in the order of their counts, then trees in the order of their making, which is that of their counts too.
    let symbols = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$0], $0) < (counts[$1], $1) }
    var weights = symbols.map { counts[$0] }
    var parents = symbols.map { _ in 0 }
    var nextSymbol = 0
    var nextTree = symbols.count
    /// Takes the rarest of what is not yet joined.
    func takeRarest() -> Int {
      if nextSymbol < symbols.count, nextTree == weights.count || weights[nextSymbol] <= weights[nextTree] {
        nextSymbol += 1
        return nextSymbol - 1
      }
      nextTree += 1
      return nextTree - 1
    }
    while symbols.count - nextSymbol + weights.count - nextTree > 1 {
      let (first, second) = (takeRarest(), takeRarest())
      parents[first] = weights.count
      parents[second] = weights.count
      weights.append(weights[first] + weights[second])
      parents.append(0)
    }
    var depths = weights.map { _ in 0 }
    for tree in weights.indices.dropLast().reversed() { depths[tree] = depths[parents[tree]] + 1 }
    var lengths = counts.map { _ in 0 }
    for (place, symbol) in symbols.enumerated() { lengths[symbol] = max(depths[place], 1) }
    self.lengths = lengths
  }

  /// The code with these lengths, or nil if there is none: more codes than their bits allow, or one beyond 63 bits.
  init?(lengths: [Int]) {
    guard lengths.allSatisfy({ 0...63 ~= $0 }) else { return nil }
    let used = lengths.filter { $0 > 0 }
    // Kraft's inequality in units of 2^−63.
    let taken = used.reduce(Int128(0)) { $0 + 1 << Int128(63 - $1) }
    guard taken <= 1 << 63 else { return nil }
    self.lengths = lengths
  }

  /// The code of each symbol, its first bit highest; 0 for one that does not occur.
  public var codes: [UInt64] {
    var codes = lengths.map { _ in UInt64(0) }
    var next: UInt64 = 0
    var length = 0
    for symbol in symbolsInOrder {
      next <<= UInt64(lengths[symbol] - length)
      length = lengths[symbol]
      codes[symbol] = next
      next += 1
    }
    return codes
  }

  /// The symbols that occur, in the order of their codes.
  var symbolsInOrder: [Int] {
    lengths.indices.filter { lengths[$0] > 0 }.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
  }
}
