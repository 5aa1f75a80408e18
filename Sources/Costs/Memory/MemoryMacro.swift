/// How far a memory's figures stand on the reference table.
public enum MemoryCoverage: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Capacity and word lie within the table.
  case covered
  /// Larger than a macro of the table, and built of several equal ones.
  case severalMacros
  /// The word is narrower or wider than the table's, or there are fewer than 32 words: extrapolated.
  case extrapolatedWord
  /// Below 1 KiB: for each figure the lower of flip-flops and of the smallest macro.
  case registerFile

  /// From well founded to ill founded.
  public static func < (left: MemoryCoverage, right: MemoryCoverage) -> Bool {
    allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
  }

  /// What a report says of it.
  public var words: String {
    switch self {
    case .covered: "within the table"
    case .severalMacros: "several macros"
    case .extrapolatedWord: "word extrapolated"
    case .registerFile: "register file"
    }
  }
}

/// A figure that the model cannot give.
public enum CostError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A memory of no bits or no word.
  case emptyMemory(name: String, bits: Int, wordBits: Int)
  /// A memory larger than the model covers.
  case capacityNotCovered(name: String, bits: Int, mostBits: Int)

  /// What, where and what would help.
  public var description: String {
    switch self {
    case .emptyMemory(let name, let bits, let word):
      "\(name): \(bits) bits in words of \(word) bits; a memory has at least one bit and a word of one"
    case .capacityNotCovered(let name, let bits, let most):
      "\(name): a bank of \(bits) bits is beyond the memory model, which covers 1 bit to \(most) bits"
        + " (\(most >> 23) MiB) a bank, macros of 1 KiB to 4 MiB by the reference table. Use more banks or a smaller memory"
    }
  }
}

/// One bank of a memory with a single port, as a technology makes it: equations (8) to (11).
///
/// No figure shrinks where capacity or word grows by doubling; of several banks that share a capacity, none shrinks where there are more of them.
public struct MemoryMacro: Sendable, Hashable {
  /// Capacity in bits, at least a word.
  public let bits: Int
  /// Bits of a word.
  public let wordBits: Int
  /// Equal macros that the bank is built of.
  public let macros: Int
  /// What the figures stand on.
  public let coverage: MemoryCoverage
  /// Area of the bank in µm².
  public let areaSquareMicrometers: Double
  /// Leakage of the bank in nW.
  public let leakageNanowatts: Double
  /// Energy of reading a word in pJ.
  public let readPicojoules: Double
  /// Energy of writing a word in pJ.
  public let writePicojoules: Double
  /// Time from an address to its word in ns.
  public let accessNanoseconds: Double

  /// Largest bank: 256 macros of 4 MiB.
  public static let mostBits = 256 * MemoryShape.coveredBits.upperBound

  /// A bank of `bits` bits, or of one word where that is more.
  /// - Throws: `CostError` that names the memory, where it is empty or beyond `mostBits`.
  public init(
    _ name: String, bits: Int, wordBits: Int, cell: MemoryCell, in technology: Technology
  ) throws(CostError) {
    guard bits > 0, wordBits > 0 else {
      throw .emptyMemory(name: name, bits: bits, wordBits: wordBits)
    }
    let bits = max(bits, wordBits)
    guard bits <= Self.mostBits else {
      throw .capacityNotCovered(name: name, bits: bits, mostBits: Self.mostBits)
    }
    self.bits = bits
    self.wordBits = wordBits
    let largest = MemoryShape.coveredBits.upperBound
    macros = (bits + largest - 1) / largest
    let smallest = MemoryShape.coveredBits.lowerBound
    coverage =
      bits < smallest
      ? .registerFile
      : !MemoryShape.coveredWords.contains(wordBits) || bits / wordBits < 32
        ? .extrapolatedWord : macros > 1 ? .severalMacros : .covered
    let model = MemoryModel(technology.memories[cell]!)
    let macroBits = Double(max(bits, smallest)) / Double(macros)
    let word = Double(wordBits)
    var area = Double(macros) * model.area(bits: macroBits, word: word)
    var leakage = Double(macros) * model.leakage(bits: macroBits)
    var read = model.readEnergy(bits: macroBits, word: word)
    var write = model.writeEnergy(bits: macroBits, word: word)
    if bits < smallest {
      let registers = RegisterFile(bits: bits, wordBits: wordBits, in: technology)
      area = min(area, registers.area)
      leakage = min(leakage, registers.leakageNanowatts)
      read = min(read, registers.readPicojoules)
      write = min(write, registers.writePicojoules)
    }
    areaSquareMicrometers = area
    leakageNanowatts = leakage
    readPicojoules = read
    writePicojoules = write
    accessNanoseconds = model.accessTime(bits: macroBits)
  }
}

/// The equations over one technology's constants. Also what the calibration holds against the reference.
struct MemoryModel {
  private let constants: MemoryConstants

  init(_ constants: MemoryConstants) { self.constants = constants }

  static func areaTerms(bits: Double, word: Double) -> [Double] {
    [bits, bits.squareRoot(), word, word * word]
  }
  static func leakageTerms(bits: Double) -> [Double] { [bits, bits.squareRoot()] }
  static func timeTerms(bits: Double) -> [Double] { [1, bits.squareRoot()] }

  private static func sum(_ constants: [PhysicalConstant], _ terms: [Double]) -> Double {
    zip(constants, terms).reduce(0) { $0 + $1.0.value * $1.1 }
  }

  /// Equation (8), µm².
  func area(bits: Double, word: Double) -> Double {
    Self.sum(constants.area, Self.areaTerms(bits: bits, word: word))
  }
  /// Equation (9), nW.
  func leakage(bits: Double) -> Double { Self.sum(constants.leakage, Self.leakageTerms(bits: bits)) }
  /// Equation (10), pJ a word.
  func readEnergy(bits: Double, word: Double) -> Double {
    Self.energy(constants.readEnergy, bits: bits, word: word)
  }
  /// Equation (10), pJ a word.
  func writeEnergy(bits: Double, word: Double) -> Double {
    Self.energy(constants.writeEnergy, bits: bits, word: word)
  }
  /// Equation (11), ns.
  func accessTime(bits: Double) -> Double {
    Self.sum(constants.accessTime, Self.timeTerms(bits: bits))
  }

  private static func energy(_ constants: [PhysicalConstant], bits: Double, word: Double) -> Double {
    constants[0].value
      * MemoryShape(exponents: constants.dropFirst().map(\.value)).factor(bits: bits, word: word)
  }
}

/// A small memory of flip-flops with an enable and a multiplexer a bit.
private struct RegisterFile {
  let area: Double
  let leakageNanowatts: Double
  let readPicojoules: Double
  let writePicojoules: Double

  init(bits: Int, wordBits: Int, in technology: Technology) {
    let storage = CellBill([.flipFlop: bits, .multiplexer: 2 * bits])
    let equivalents = technology.gatePrices.price(of: storage)
    let perGate = technology.energyPerGateEquivalent.value / 1000
    area = technology.areaPrices.price(of: storage) / technology.placementDensity.value
    leakageNanowatts = equivalents * technology.leakagePerGateEquivalent.value
    readPicojoules = perGate * technology.gatePrices.price(of: CellBill([.multiplexer: bits]))
    writePicojoules =
      readPicojoules
      + perGate * technology.gatePrices.price(of: CellBill([.flipFlop: wordBits, .multiplexer: wordBits]))
  }
}
