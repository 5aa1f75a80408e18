/// What a conversion lost. Collected only where asked for; conversions without it pay nothing.
@frozen public struct ArithmeticEvents: OptionSet, Hashable, Sendable, CustomStringConvertible {
  /// The set as bits 0 (inexact), 1 (overflow) and 2 (underflow).
  public let rawValue: UInt8

  /// The set whose bits are `rawValue`.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Rounding changed the value: the exact one lay between two neighbors of the destination.
  public static let inexact = ArithmeticEvents(rawValue: 1)
  /// The rounded integer lay outside the destination's range (under `saturateSymmetric` the most
  /// negative code itself lies outside), whatever the overflow mode made of it.
  public static let overflow = ArithmeticEvents(rawValue: 2)
  /// A value other than zero rounded to zero.
  public static let underflow = ArithmeticEvents(rawValue: 4)

  /// The names of the set's members, joined by `+`; `none` for the empty set.
  public var description: String {
    let names = [(ArithmeticEvents.inexact, "inexact"), (.overflow, "overflow"), (.underflow, "underflow")]
    let present = names.filter { contains($0.0) }.map(\.1)
    return present.isEmpty ? "none" : present.joined(separator: "+")
  }
}
