/// A trace as a value change dump (IEEE 1364-2005, section 18), which wave viewers read.
///
/// Cycle n lies between the rising edges of `clk` at n and n + 1 periods. Nothing in the text depends on when or where it is written.
public struct ValueChangeDump {
  private let signals: [TraceSignal]
  private let halfPeriod: Int
  private var last: [Int64]?
  private var cycles = 0
  private var pending: String

  /// The dump of a machine's signals.
  ///
  /// The time unit is the longest of 1, 10 and 100 s, ms, … fs of which half a clock period is a whole number; below 1 fs the half period is
  /// rounded to one.
  public init(_ signals: [TraceSignal], clockMegahertz: Double) {
    self.signals = signals
    // A half period in femtoseconds: 10^15 / (2 · 10^6 · MHz).
    var half = max(1, Int((5e8 / clockMegahertz).rounded()))
    var unit = 0
    while unit < 15, half % 10 == 0 {
      half /= 10
      unit += 1
    }
    halfPeriod = half
    let name = ["fs", "ps", "ns", "us", "ms", "s"][unit / 3]
    pending = "$version wordlength $end\n$timescale \([1, 10, 100][unit % 3]) \(name) $end\n"
    pending += "$scope module machine $end\n$var wire 1 ! clk $end\n"
    for (index, signal) in signals.enumerated() {
      let range = signal.width > 1 ? " [\(signal.width - 1):0]" : ""
      let kind = signal.isSigned ? "reg" : "wire"
      pending += "$var \(kind) \(signal.width) \(Self.identifier(index + 1)) \(signal.name)\(range) $end\n"
    }
    pending += "$upscope $end\n$enddefinitions $end\n"
  }

  /// Appends a cycle: values in the order of the signals.
  /// - Precondition: one value a signal.
  public mutating func append(_ values: [Int64]) {
    precondition(values.count == signals.count, "\(values.count) values for \(signals.count) signals")
    pending += "#\(2 * halfPeriod * cycles)\n"
    if last == nil { pending += "$dumpvars\n" }
    pending += "1!\n"
    for (index, value) in values.enumerated() where last.map({ $0[index] != value }) ?? true {
      pending += Self.change(value, of: signals[index], identifier: Self.identifier(index + 1))
    }
    if last == nil { pending += "$end\n" }
    pending += "#\(2 * halfPeriod * cycles + halfPeriod)\n0!\n"
    last = values
    cycles += 1
  }

  /// The text since the last call. Call once more after the last cycle.
  public mutating func takeText() -> String {
    defer { pending = "" }
    return pending
  }

  /// Identifier codes are of the characters `!` to `~`; number 0 is `!`.
  private static func identifier(_ number: Int) -> String {
    var rest = number
    var code = ""
    repeat {
      code.unicodeScalars.append(Unicode.Scalar(UInt8(33 + rest % 94)))
      rest = rest / 94 - 1
    } while rest >= 0
    return code
  }

  private static func change(_ value: Int64, of signal: TraceSignal, identifier: String) -> String {
    if signal.width == 1 { return "\(value & 1)\(identifier)\n" }
    let unused = UInt64(64 - signal.width)
    let bits = (UInt64(bitPattern: value) << unused) >> unused
    // Leading zeros are left out, as the standard has readers extend with zeros.
    return "b\(String(bits, radix: 2)) \(identifier)\n"
  }
}
