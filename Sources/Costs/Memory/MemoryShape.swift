import Reproducibility

/// How the energy of an access grows with capacity and word: equation (10), a quadratic in logarithms within the reference table, and the power
/// law of the table's edge beyond it.
public struct MemoryShape: Sendable, Hashable {
  /// Names of the five exponents, in order.
  static let exponentNames = [
    "capacity", "word", "capacityCurvature", "mixedCurvature", "wordCurvature",
  ]
  /// Bits at which the logarithm of the capacity is 0: 32 KiB.
  static let referenceBits = 262_144.0
  /// Bits at which that of the word is 0.
  static let referenceWord = 128.0
  /// What the reference table covers, in bits.
  public static let coveredBits = 8192...33_554_432
  /// The same of words.
  public static let coveredWords = 32...512

  /// ln(E / E₀) = capacity·x + word·y + capacityCurvature·x² + mixedCurvature·x·y + wordCurvature·y².
  let exponents: [Double]

  /// x and y of a memory, and their five products.
  static func terms(bits: Double, word: Double) -> [Double] {
    let x = ElementaryFunctions.log(bits / referenceBits)
    let y = ElementaryFunctions.log(word / referenceWord)
    return [x, y, x * x, x * y, y * y]
  }

  /// E / E₀ of a memory.
  func factor(bits: Double, word: Double) -> Double {
    let insideBits = min(max(bits, Double(Self.coveredBits.lowerBound)), Double(Self.coveredBits.upperBound))
    let insideWord = min(
      max(word, Double(Self.coveredWords.lowerBound)), Double(Self.coveredWords.upperBound))
    let terms = Self.terms(bits: insideBits, word: insideWord)
    var logarithm = zip(exponents, terms).reduce(0) { $0 + $1.0 * $1.1 }
    // Beyond the table, along the tangent.
    logarithm +=
      (exponents[0] + 2 * exponents[2] * terms[0] + exponents[3] * terms[1])
      * ElementaryFunctions.log(bits / insideBits)
    logarithm +=
      (exponents[1] + exponents[3] * terms[0] + 2 * exponents[4] * terms[1])
      * ElementaryFunctions.log(word / insideWord)
    return ElementaryFunctions.exp(logarithm)
  }
}
