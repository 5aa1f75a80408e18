import Foundation
import Reproducibility

extension Technology {
  /// All technologies with their fitted constants made anew from the training halves of the references; what is not fitted stays.
  ///
  /// Gate equivalents and 45 nm cell areas: least relative errors of the bills over the synthesised blocks. Other nodes' cells, energies
  /// and leakages: those of 45 nm by the scaling rules of equation (7). Memories: least relative errors, each node and cell for itself, but one
  /// shape of access energies for all. Four significant digits are kept.
  public static func fitted() -> [Technology] {
    let gates = cellConstants(unit: "GE", of: "gate equivalents") { $0.gateEquivalents }
    let areas = cellConstants(unit: "um2", of: "NanGate 45 nm areas") { $0.area }
    let energy = PublishedReference.embedded.energyPerGateEquivalent(CellPrices(gates.mapValues(\.value)))
    let leakage = PublishedReference.embedded.leakagePerGateEquivalent(CellPrices(gates.mapValues(\.value)))
    let memories = MemoryFit(MemoryReference.embedded)
    return embedded.values.sorted { $0.featureSize.value > $1.featureSize.value }.map { old in
      var new = old
      new.gateEquivalents = gates
      let scaling = NodeScaling(old, from: standard)
      new.cellAreas = areas.mapValues { scaling.scaled($0, by: scaling.area, rule: "(F / 45 nm)^2") }
      new.energyPerGateEquivalent = scaling.scaled(
        energy, by: scaling.energy, rule: "(F / 45 nm) (V / 1.0 V)^2")
      new.leakagePerGateEquivalent = scaling.scaled(
        leakage, by: scaling.leakage, rule: "F V I, the node's off-current")
      for cell in MemoryCell.allCases { new.memories[cell] = memories.constants(old.name, cell) }
      return new
    }
  }

  private static func cellConstants(
    unit: String, of what: String, _ value: (LogicReference.Row) -> Double
  ) -> [LogicCell: PhysicalConstant] {
    let rows = LogicReference.embedded.rows.filter { $0.half == .training && $0.isFitted }
    let cells = LogicCell.allCases.filter { $0 != .prefixNode }
    let prices = LeastSquares.nonNegative(
      rows.map { row in cells.map { Double(row.bill[$0]) } }, values: rows.map(value))
    var constants: [LogicCell: PhysicalConstant] = [:]
    for (cell, price) in zip(cells, prices) {
      constants[cell] = PhysicalConstant(
        significant(price), unit: unit,
        source: "fit of structural bills to the training half of reference/logic.csv, \(what)")
    }
    // No block of the reference shows one: two gates for generate, of which one inverts, and one for propagate at two nodes in five.
    constants[.prefixNode] = PhysicalConstant(
      significant(2 * constants[.nand]!.value + 0.4 * constants[.and]!.value), unit: unit,
      source: "two NAND gates for generate, and an AND for propagate at two nodes in five")
    return constants
  }

  /// `value` with four significant digits, which the fit's last bits never reach.
  static func significant(_ value: Double) -> Double {
    Double(String(format: "%.3e", locale: nil, value))!
  }
}

/// Equation (7): how cells of a node follow from those of another.
private struct NodeScaling {
  let area: Double
  let energy: Double
  let leakage: Double
  private let isSame: Bool

  init(_ node: Technology, from base: Technology) {
    isSame = node.name == base.name
    let size = node.featureSize.value / base.featureSize.value
    let voltage = node.supplyVoltage.value / base.supplyVoltage.value
    area = size * size
    energy = size * voltage * voltage
    leakage = size * voltage * node.offCurrent.value / base.offCurrent.value
  }

  func scaled(_ constant: PhysicalConstant, by factor: Double, rule: String) -> PhysicalConstant {
    isSame
      ? constant
      : PhysicalConstant(
        Technology.significant(constant.value * factor), unit: constant.unit,
        source: "scaled from 45nm by \(rule)")
  }
}

/// Memory constants of every node and cell.
private struct MemoryFit {
  private let reference: MemoryReference
  private let shapes: [MemoryReference.Figure: (exponents: [Double], levels: [String: Double])]

  init(_ reference: MemoryReference) {
    self.reference = reference
    let training = reference.rows.filter { $0.half == .training }
    let groups = Set(training.map { Self.group($0.technology, $0.cell) }).sorted()
    shapes = [MemoryReference.Figure.readEnergy, .writeEnergy].reduce(into: [:]) { shapes, figure in
      let rows = training.map { row in
        groups.map { $0 == Self.group(row.technology, row.cell) ? 1.0 : 0 }
          + MemoryShape.terms(bits: row.bits, word: row.word)
      }
      let values = training.map { ElementaryFunctions.log($0.figures[figure]!) }
      let fit = LeastSquares.unconstrained(rows, values: values)
      shapes[figure] = (
        Array(fit[groups.count...]),
        Dictionary(uniqueKeysWithValues: zip(groups, fit.prefix(groups.count).map(ElementaryFunctions.exp)))
      )
    }
  }

  private static func group(_ technology: String, _ cell: MemoryCell) -> String {
    "\(technology) \(cell.rawValue)"
  }

  func constants(_ technology: String, _ cell: MemoryCell) -> MemoryConstants {
    let rows = reference.rows.filter {
      $0.half == .training && $0.technology == technology && $0.cell == cell
    }
    let source = "fit to the training half of reference/sram.csv"
    func linear(
      _ figure: MemoryReference.Figure, _ keys: [(String, String)], _ terms: (MemoryReference.Row) -> [Double]
    ) -> [PhysicalConstant] {
      zip(LeastSquares.nonNegative(rows.map(terms), values: rows.map { $0.figures[figure]! }), keys).map {
        PhysicalConstant(Technology.significant($0), unit: $1.1, source: source)
      }
    }
    func energy(_ figure: MemoryReference.Figure) -> [PhysicalConstant] {
      let shape = shapes[figure]!
      return [
        PhysicalConstant(
          Technology.significant(shape.levels[Self.group(technology, cell)]!), unit: "pJ", source: source)
      ]
        + shape.exponents.map {
          PhysicalConstant(
            Technology.significant($0), unit: "1", source: source + ", one shape for all nodes and cells")
        }
    }
    return MemoryConstants(
      area: linear(.area, MemoryConstants.areaKeys) { MemoryModel.areaTerms(bits: $0.bits, word: $0.word) },
      leakage: linear(.leakage, MemoryConstants.leakageKeys) { MemoryModel.leakageTerms(bits: $0.bits) },
      readEnergy: energy(.readEnergy), writeEnergy: energy(.writeEnergy),
      accessTime: linear(.accessTime, MemoryConstants.timeKeys) { MemoryModel.timeTerms(bits: $0.bits) })
  }
}
