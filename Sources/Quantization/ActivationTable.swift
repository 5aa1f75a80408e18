import FixedPoint
import Networks
import Reproducibility

/// A sigmoid as a table: what the hardware looks up, and the slope the trainer uses.
public struct ActivationTable: Sendable, Hashable {
  /// The table itself.
  public let table: LookUpTable
  /// d output / d argument in real units at each address; 0 at both ends, where the address is clamped.
  public let slopes: [Float]

  /// The sigmoid for arguments `address · 2^−F` (F: the address format's fraction length), as unsigned
  /// `signalWordLength`-bit words of scale 2^−signalWordLength: `min(⌊2^b · σ(x) + 1/2⌋, 2^b − 1)`, ties up.
  public static func sigmoid(address: FixedPointFormat, signalWordLength: Int) -> ActivationTable {
    let levels = Double(1 << signalWordLength)
    return make(address) { x in
      let value = ElementaryFunctions.sigmoid(x)
      return (min((levels * value + 0.5).rounded(.down), levels - 1), value * (1 - value))
    }
  }

  /// The hyperbolic tangent for arguments `address · 2^−F`, as signed b-bit words of scale 2^−(b−1), b being `signalWordLength`:
  /// `clamp(⌊2^(b−1) · tanh(x) + 1/2⌋, −(2^(b−1) − 1), 2^(b−1) − 1)`, ties up.
  public static func tanh(address: FixedPointFormat, signalWordLength: Int) -> ActivationTable {
    let levels = Double(1 << (signalWordLength - 1))
    return make(address) { x in
      let value = ElementaryFunctions.tanh(x)
      let rounded = (levels * value + 0.5).rounded(.down)
      return (min(max(rounded, 1 - levels), levels - 1), 1 - value * value)
    }
  }

  /// A table whose entries and slopes are `values` of the real argument.
  private static func make(
    _ address: FixedPointFormat, _ values: (Double) -> (entry: Double, slope: Double)
  ) -> ActivationTable {
    let stepsPerUnit = ElementaryFunctions.pow(2, Double(address.fractionLength))
    let pairs = (Int(address.minimumRaw)...Int(address.maximumRaw)).map { values(Double($0) / stepsPerUnit) }
    var slopes = pairs.map { Float($0.slope) }
    slopes[0] = 0
    slopes[slopes.count - 1] = 0
    let format = try! FixedPointFormat(.signed, wordLength: address.wordLength, fractionLength: 0)
    return ActivationTable(
      table: LookUpTable(addressFormat: format, entries: pairs.map { Int32($0.entry) }), slopes: slopes)
  }
}
