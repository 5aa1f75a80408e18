/// A fixed-point type as C++ synthesis libraries write it: a format and the modes with which
/// every assignment to it rounds and overflows.
///
///     ap_fixed<W, I, Q, O, N>   ap_ufixed<W, I, Q, O, N>   ap_int<W>       ap_uint<W>
///     ac_fixed<W, I, S, Q, O>                               ac_int<W, S>
///
/// `I` counts integer bits, sign included. Modes left out are `TRN` (toward minus infinity) and `WRAP`.
public struct HLSType: Hashable, Sendable {
  /// The stored integers and their scale.
  public let format: FixedPointFormat
  /// What an assignment does with bits below the format's lowest.
  public let rounding: Rounding
  /// What an assignment does with integers outside the range.
  public let overflow: Overflow
  /// Which of the two modes the spelling stated.
  public let statesModes: StatedModes

  /// How much of the two modes a spelling states.
  public enum StatedModes: Hashable, Sendable {
    /// Neither: both are the library's defaults.
    case neither
    /// The rounding mode alone.
    case rounding
    /// Both.
    case both
  }

  /// The library whose spelling is meant.
  public enum Library: Hashable, Sendable, CaseIterable {
    /// `ap_fixed`, of the Vivado and Vitis HLS compilers.
    case arbitraryPrecision
    /// `ac_fixed`, of the Algorithmic C datatypes.
    case algorithmicC
  }

  /// The type of `format` that assigns with `rounding` and `overflow`.
  public init(_ format: FixedPointFormat, rounding: Rounding = .down, overflow: Overflow = .wrap) {
    self.format = format
    self.rounding = rounding
    self.overflow = overflow
    statesModes = .both
  }

  private init(_ format: FixedPointFormat, _ rounding: Rounding?, _ overflow: Overflow?) {
    self.format = format
    self.rounding = rounding ?? .down
    self.overflow = overflow ?? .wrap
    statesModes = rounding == nil ? .neither : overflow == nil ? .rounding : .both
  }

  /// The type that `text` spells; blanks between its parts do not matter.
  ///
  /// - Throws: `FormatError` saying what was expected.
  public init(parsing text: String) throws(FormatError) {
    func unreadable(_ expected: String) -> FormatError {
      FormatError(.unreadable(text: text, expected: expected))
    }
    let dense = text.filter { $0 != " " && $0 != "\t" }
    guard let open = dense.firstIndex(of: "<"), dense.last == ">" else {
      throw unreadable("a type such as ap_fixed<8,4,AP_RND_CONV,AP_SAT>")
    }
    var arguments = dense[dense.index(after: open)..<dense.index(before: dense.endIndex)]
      .split(separator: ",", omittingEmptySubsequences: false)[...]
    func integer(_ role: String) throws(FormatError) -> Int {
      guard let text = arguments.popFirst() else { throw unreadable("\(role) as a next argument") }
      let magnitude = digits(text.hasPrefix("-") ? text.dropFirst() : text)
      guard let magnitude else { throw unreadable("an integer for \(role) instead of \"\(text)\"") }
      return text.hasPrefix("-") ? -magnitude : magnitude
    }
    func signedness() throws(FormatError) -> Signedness {
      switch arguments.popFirst() {
      case nil, "true", "1": return .signed
      case "false", "0": return .unsigned
      case let text?: throw unreadable("true or false for signedness instead of \"\(text)\"")
      }
    }

    let name = dense[..<open]
    let isFixed = name.hasSuffix("fixed")
    var signed = Signedness.signed
    let width = try integer("the word length")
    var integerBits = width
    switch name {
    case "ap_fixed": integerBits = try integer("the integer bits")
    case "ap_ufixed":
      integerBits = try integer("the integer bits")
      signed = .unsigned
    case "ac_fixed":
      integerBits = try integer("the integer bits")
      signed = try signedness()
    case "ap_int": break
    case "ap_uint": signed = .unsigned
    case "ac_int": signed = try signedness()
    default:
      throw unreadable("one of ap_fixed, ap_ufixed, ac_fixed, ap_int, ap_uint, ac_int")
    }
    var modes: (rounding: Rounding?, overflow: Overflow?) = (nil, nil)
    if isFixed, let text = arguments.popFirst() {
      modes.rounding = Rounding(named: text)
      guard modes.rounding != nil else { throw unreadable("a quantization mode instead of \"\(text)\"") }
    }
    if isFixed, let text = arguments.popFirst() {
      modes.overflow = Overflow(named: text)
      guard modes.overflow != nil else { throw unreadable("an overflow mode instead of \"\(text)\"") }
    }
    if name.hasPrefix("ap_"), isFixed, !arguments.isEmpty {
      let count = try integer("the saturated bits")
      guard (0...max(width, 0)).contains(count) else {
        throw unreadable("0 to \(width) saturated bits instead of \(count)")
      }
      switch modes.overflow {
      case .wrap where count > 0: modes.overflow = .wrapSaturatedBits(count)
      case .wrapSignMagnitude: modes.overflow = .wrapSignMagnitude(count)
      case .wrap, .saturate, .saturateSymmetric, .zero, .wrapSaturatedBits, nil: break
      }
    }
    guard arguments.isEmpty else {
      throw unreadable("no further argument \"\(arguments[arguments.startIndex])\"")
    }
    let fraction = width.subtractingReportingOverflow(integerBits)
    guard !fraction.overflow else { throw FormatError(.fractionLengthOutOfRange(integerBits)) }
    let format = try FixedPointFormat(signed, wordLength: width, fractionLength: fraction.partialValue)
    self.init(format, modes.rounding, modes.overflow)
  }

  /// The type as `library` spells it, modes always stated; nil where the library lacks one of them.
  public func spelled(for library: Library) -> String? {
    guard let quantization = rounding.hlsName else { return nil }
    let lengths = "\(format.wordLength),\(format.integerLength)"
    switch library {
    case .arbitraryPrecision:
      if rounding == .nearestTiesToOdd { return nil }
      let name = format.isSigned ? "ap_fixed" : "ap_ufixed"
      let mode: String
      switch overflow {
      case .wrap, .saturate, .saturateSymmetric, .zero: mode = "AP_\(overflow.hlsName)"
      case .wrapSaturatedBits(let count): mode = "AP_WRAP,\(count)"
      case .wrapSignMagnitude(let count): mode = "AP_WRAP_SM,\(count)"
      }
      return "\(name)<\(lengths),AP_\(quantization),\(mode)>"
    case .algorithmicC:
      guard Overflow.sharedByVendors.contains(overflow) else { return nil }
      return "ac_fixed<\(lengths),\(format.isSigned),AC_\(quantization),AC_\(overflow.hlsName)>"
    }
  }
}
