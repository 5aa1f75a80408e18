/// The transistors of memory cells and of what surrounds them.
public enum MemoryCell: String, Sendable, Hashable, CaseIterable {
  /// Slow and frugal: leaks a few thousandths of the other.
  case lowStandbyPower
  /// Fast, with much leakage.
  case highPerformance
}

/// What a memory of b bits in words of W bits costs in a technology: the constants of equations (8) to (11).
public struct MemoryConstants: Sendable, Hashable {
  /// Area a·b + c·√b + d·W + e·W²: of a bit, of the periphery along an edge, of a column's and of wide words' wiring, in µm².
  public var area: [PhysicalConstant]
  /// Leakage a·b + c·√b in nW.
  public var leakage: [PhysicalConstant]
  /// Energy of reading a word: at 32 KiB in words of 128 bits, in pJ, then the exponents of `MemoryShape`.
  public var readEnergy: [PhysicalConstant]
  /// Energy of writing a word, likewise.
  public var writeEnergy: [PhysicalConstant]
  /// Access time c + d·√b in ns.
  public var accessTime: [PhysicalConstant]
}

/// A process: what cells, memories and operations cost in it. Every constant has its unit and source.
public struct Technology: Sendable, Hashable {
  /// Its name: `45nm`.
  public var name: String
  /// Feature size in nm.
  public var featureSize: PhysicalConstant
  /// Supply voltage of the logic in V.
  public var supplyVoltage: PhysicalConstant
  /// Off-current of a transistor per width at 330 K, in nA/µm, by which the leakage of logic scales.
  public var offCurrent: PhysicalConstant
  /// Gate equivalents (transistors / 4) of each cell.
  public var gateEquivalents: [LogicCell: PhysicalConstant]
  /// Area of each cell in µm².
  public var cellAreas: [LogicCell: PhysicalConstant]
  /// Area of cells over area of the block they are placed and wired in.
  public var placementDensity: PhysicalConstant
  /// Energy of an operation of a unit, for each gate equivalent of the unit, in fJ.
  public var energyPerGateEquivalent: PhysicalConstant
  /// Leakage of a gate equivalent in nW.
  public var leakagePerGateEquivalent: PhysicalConstant
  /// Energy of a bit that crosses the chip's edge, in pJ.
  public var externalEnergyPerBit: PhysicalConstant
  /// Memories of either kind of cell.
  public var memories: [MemoryCell: MemoryConstants]

  /// Gate equivalents by cell.
  public var gatePrices: CellPrices { CellPrices(gateEquivalents.mapValues(\.value)) }
  /// µm² by cell.
  public var areaPrices: CellPrices { CellPrices(cellAreas.mapValues(\.value)) }
}
