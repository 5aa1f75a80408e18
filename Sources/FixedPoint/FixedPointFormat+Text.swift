extension FixedPointFormat: CustomStringConvertible, LosslessStringConvertible {
  /// The format in MATLAB's spelling: `sfix8_En4` (fraction length 4), `ufix8_E3` (fraction length −3),
  /// `sfix8` (fraction length 0).
  public var description: String {
    spelled(signedness, wordLength: wordLength, fractionLength: fractionLength)
  }

  /// The format of a spelling, or nil; `init(parsing:)` says what is wrong.
  public init?(_ description: String) {
    guard let format = try? FixedPointFormat(parsing: description) else { return nil }
    self = format
  }

  /// The format that `text` spells, as MATLAB does (`sfix8_En4`, `ufix8_E3`) or as HLS does
  /// (`ap_fixed<8, 4>`, `ac_fixed<8, 4, true>`, `ap_uint<8>`).
  ///
  /// An HLS type that also states a rounding or overflow mode is a `HLSType`, and refused here,
  /// since the modes would be lost.
  /// - Throws: `FormatError` saying what was expected.
  public init(parsing text: String) throws(FormatError) {
    if text.contains("<") {
      let type = try HLSType(parsing: text)
      guard type.statesModes == .neither else {
        throw FormatError(
          .unreadable(text: text, expected: "a format without modes here, such as \(type.format)"))
      }
      self = type.format
      return
    }
    let expected = "MATLAB's spelling, as in sfix8_En4, ufix8_E3 or sfix8, or ap_fixed<8,4>"
    let unreadable = FormatError(.unreadable(text: text, expected: expected))
    let signedness: Signedness
    switch text.prefix(4) {
    case "sfix": signedness = .signed
    case "ufix": signedness = .unsigned
    default: throw unreadable
    }
    let parts = text.dropFirst(4).split(
      separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
    guard let wordLength = digits(parts[0]) else { throw unreadable }
    var fractionLength = 0
    if parts.count == 2 {
      guard parts[1].first == "E" else { throw unreadable }
      let isNegative = parts[1].dropFirst().first == "n"
      guard let exponent = digits(parts[1].dropFirst(isNegative ? 2 : 1)) else { throw unreadable }
      fractionLength = isNegative ? exponent : -exponent
    }
    try self.init(signedness, wordLength: wordLength, fractionLength: fractionLength)
  }
}

/// The number that `text` spells in ASCII digits alone; nil for anything else, signs and blanks included.
func digits(_ text: some StringProtocol) -> Int? {
  guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
  return Int(text)
}

/// A format in MATLAB's spelling; see `FixedPointFormat.description`.
func spelled(_ signedness: Signedness, wordLength: Int, fractionLength: Int) -> String {
  let stem = "\(signedness == .signed ? "sfix" : "ufix")\(wordLength)"
  if fractionLength == 0 { return stem }
  return fractionLength > 0 ? "\(stem)_En\(fractionLength)" : "\(stem)_E\(-fractionLength)"
}
