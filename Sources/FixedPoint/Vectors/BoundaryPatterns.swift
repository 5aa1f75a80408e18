import Reproducibility

/// Raw integers of a format at which arithmetic goes wrong first.
struct BoundaryPatterns {
  private let format: FixedPointFormat
  private let every: [Int128]

  init(_ format: FixedPointFormat) {
    self.format = format
    var raws: [Int128] = []
    for place in 0..<format.wordLength {
      let power = Int128(1) << Int128(place)
      raws += [power - 1, power, power + 1, -power - 1, -power, -power + 1]
    }
    every = BoundaryPatterns.sorted(raws + BoundaryPatterns.few(format), in: format)
  }

  static func number(_ raw: Int128, _ format: FixedPointFormat) -> FixedPointNumber {
    FixedPointNumber(bits: UInt128(bitPattern: raw), format: ExactFormat(format))
  }

  /// A handful, few enough to be crossed: both ends, zero and its neighbors, half the range, alternating bits.
  var few: [Int128] { BoundaryPatterns.few(format) }

  private static func few(_ format: FixedPointFormat) -> [Int128] {
    let (least, greatest) = (format.minimumRaw, format.maximumRaw)
    // 0101... and, where it fits, its complement.
    let alternating = greatest / 3
    return sorted(
      [
        least, least + 1, least / 2, -alternating - 1, -2, -1, 0, 1, 2, alternating, greatest / 2,
        greatest / 2 + 1, greatest - 1, greatest,
      ], in: format)
  }

  /// All patterns: those of `few`, neighbors of every power of two, and what lies about `destination`'s ends and
  /// about ties between its numbers.
  func all(around destination: FixedPointFormat?) -> [Int128] {
    guard let destination else { return every }
    let dropped = format.fractionLength - destination.fractionLength
    guard (0...62).contains(dropped) else { return every }
    let scale = Int128(1) << Int128(dropped)
    var raws = every
    for raw in BoundaryPatterns.few(destination) {
      for offset in [-scale, -scale / 2, 0, scale / 2, scale] {
        raws += [raw * scale + offset - 1, raw * scale + offset, raw * scale + offset + 1]
      }
    }
    return BoundaryPatterns.sorted(raws, in: format)
  }

  /// A raw of the format: any of the patterns, or any of all, each half of the time.
  func draw(_ source: inout RandomSource) -> Int128 {
    if source.next() & 1 == 0 { return every[source.below(every.count)] }
    let bits = source.next()
    let word = bits >> UInt64(64 - format.wordLength)
    return format.brought(Int128(word), overflow: .wrap)
  }

  private static func sorted(_ raws: [Int128], in format: FixedPointFormat) -> [Int128] {
    var result: [Int128] = []
    for raw in raws.sorted() where format.contains(raw: raw) && raw != result.last { result.append(raw) }
    return result
  }
}
