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
    let stepsPerUnit = ElementaryFunctions.pow(2, Double(address.fractionLength))
    let low = Int(address.minimumRaw)
    let high = Int(address.maximumRaw)
    let values = (low...high).map { ElementaryFunctions.sigmoid(Double($0) / stepsPerUnit) }
    let entries = values.map { Int32(min((levels * $0 + 0.5).rounded(.down), levels - 1)) }
    var slopes = values.map { Float($0 * (1 - $0)) }
    slopes[0] = 0
    slopes[slopes.count - 1] = 0
    let format = try! FixedPointFormat(.signed, wordLength: address.wordLength, fractionLength: 0)
    return ActivationTable(table: LookUpTable(addressFormat: format, entries: entries), slopes: slopes)
  }
}
