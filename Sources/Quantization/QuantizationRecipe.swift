import FixedPoint
import Networks
import Reproducibility

/// Which weights share a step.
public enum StepGranularity: String, Sendable, Hashable, CaseIterable {
  /// All of a layer, as in the papers.
  case layer
  /// Those of an output channel. The last layer keeps one, since its accumulators are compared.
  case outputChannel
}

/// The word lengths and units that a quantised network is made for.
public struct QuantizationRecipe: Sendable, Hashable {
  /// Bits of a weight, 2...8, in layers that `weightWordLengths` does not name. 2 bits are ternary. Where weights share values, bits of an entry of the
  /// codebook.
  public var weightWordLength: Int
  /// Bits of a weight by the name of the node that has it, where it differs.
  public var weightWordLengths: [String: Int]
  /// Bits of a hidden signal, 1...8, unsigned.
  public var signalWordLength: Int
  /// Bits of an input value, 1...8, unsigned.
  public var inputWordLength: Int
  /// Bits of an accumulator, and so of a bias: 8...64.
  public var accumulatorWordLength: Int
  /// Format of the activation table's address; its fraction length fixes the range of its argument.
  public var tableAddress: FixedPointFormat
  /// The hardware's requantiser.
  public var requantizer: RequantizerKind
  /// Which weights share a step.
  public var granularity: StepGranularity
  /// How weights share values, or nil where each is quantised by itself.
  public var codebook: CodebookRecipe?
  /// How average pooling rounds: as the embedded runtimes do.
  public var averageRounding: Rounding { .nearestTiesAwayFromZero }

  /// A recipe. The default address spans −8 ... 8 in steps of 1/64, where a sigmoid of 8 bits changes by at
  /// most one step from an address to the next.
  public init(
    weightWordLength: Int, weightWordLengths: [String: Int] = [:], signalWordLength: Int = 8,
    inputWordLength: Int = 8, accumulatorWordLength: Int = 24, tableAddress: FixedPointFormat? = nil,
    requantizer: RequantizerKind = .multiplier(wordLength: 16, rounding: .nearestTiesUp),
    granularity: StepGranularity = .layer, codebook: CodebookRecipe? = nil
  ) {
    self.weightWordLength = weightWordLength
    self.weightWordLengths = weightWordLengths
    self.signalWordLength = signalWordLength
    self.inputWordLength = inputWordLength
    self.accumulatorWordLength = accumulatorWordLength
    self.tableAddress =
      tableAddress ?? (try! FixedPointFormat(.signed, wordLength: 10, fractionLength: 6))
    self.requantizer = requantizer
    self.granularity = granularity
    self.codebook = codebook
  }

  /// Bits of the weights of node `name`.
  public func weightWordLength(of name: String) -> Int { weightWordLengths[name] ?? weightWordLength }

  /// Checks the word lengths.
  /// - Throws: `QuantizationError` naming each that is out of range.
  func check() throws(QuantizationError) {
    var faults: [String] = []
    func expect(_ range: ClosedRange<Int>, _ value: Int, _ what: String) {
      if !range.contains(value) {
        faults.append("\(what) of \(value) bits; \(range.lowerBound) to \(range.upperBound) are possible")
      }
    }
    expect(2...8, weightWordLength, "weights")
    for (name, bits) in weightWordLengths.sorted(by: { $0.key < $1.key }) {
      expect(2...8, bits, "weights of \(name)")
    }
    expect(1...8, signalWordLength, "signals")
    expect(1...8, inputWordLength, "inputs")
    expect(8...64, accumulatorWordLength, "accumulators")
    expect(4...16, tableAddress.wordLength, "table addresses")
    if !tableAddress.isSigned || !(-62...62).contains(tableAddress.fractionLength) {
      faults.append(
        "table addresses of format \(tableAddress); signed ones with −62 to 62 fraction bits are possible")
    }
    if let fault = requantizer.fault { faults.append(fault) }
    if granularity == .outputChannel, requantizer.needsPowersOfTwo {
      faults.append("a step for each output channel, which a requantiser that only shifts cannot follow")
    }
    if let codebook { faults += codebook.faults }
    if codebook != nil, granularity == .outputChannel {
      faults.append("a step for each output channel of a codebook, which all channels share; use one a layer")
    }
    if !faults.isEmpty { throw QuantizationError(faults.joined(separator: "; ")) }
  }
}

extension QuantizationRecipe {
  /// Everything of the recipe that can change a result, as JSON for keys. Members that came later are left out at their defaults, so that older keys hold.
  public var key: JSONValue {
    let unit: JSONValue =
      switch requantizer {
      case .shift(let rounding): ["shift": .string(rounding.rawValue)]
      case .multiplier(let bits, let rounding):
        ["multiplierBits": .integer(bits), "rounding": .string(rounding.rawValue)]
      case .doublingHighMultiply: "doublingHighMultiply"
      }
    var key: [String: JSONValue] = [
      "weightBits": .integer(weightWordLength),
      "weightBitsByLayer": .object(weightWordLengths.mapValues { .integer($0) }),
      "signalBits": .integer(signalWordLength), "inputBits": .integer(inputWordLength),
      "accumulatorBits": .integer(accumulatorWordLength), "tableAddress": .string("\(tableAddress)"),
      "requantizer": unit,
    ]
    if granularity != .layer { key["granularity"] = .string(granularity.rawValue) }
    if let codebook {
      key["codebook"] = [
        "indexBits": .integer(codebook.indexBits),
        "indexBitsByLayer": .object(codebook.indexBitsByLayer.mapValues { .integer($0) }),
        "prunedFraction": .number(codebook.prunedFraction),
      ]
    }
    return .object(key)
  }
}
