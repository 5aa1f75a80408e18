import Costs
import Hardware

/// What a design may take; it fits where it keeps to every limit.
public struct DesignBudget: Sendable, Hashable {
  /// A quantity that can be limited.
  public enum Quantity: String, Sendable, Hashable, CaseIterable {
    /// Stored bits of weights and biases.
    case weightBits
    /// Area of the machine in mm².
    case areaSquareMillimeters
    /// Energy of an input on the chip and in external memory, in nJ.
    case energyNanojoules
  }

  private let limits: [Quantity: Double]

  /// A budget of at least one limit.
  /// - Precondition: some limit is given, and all are positive.
  public init(
    weightBits: Int? = nil, areaSquareMillimeters: Double? = nil, energyNanojoules: Double? = nil
  ) {
    var limits: [Quantity: Double] = [:]
    limits[.weightBits] = weightBits.map(Double.init)
    limits[.areaSquareMillimeters] = areaSquareMillimeters
    limits[.energyNanojoules] = energyNanojoules
    precondition(!limits.isEmpty && limits.values.allSatisfy { $0 > 0 }, "limits \(limits)")
    self.limits = limits
  }

  /// The limit of `quantity`, or nil for none.
  public subscript(quantity: Quantity) -> Double? { limits[quantity] }

  /// Stored bits of weights and biases that a design may take, or nil for any number.
  public var weightBits: Int? { limits[.weightBits].map { Int($0) } }

  /// Whether a machine with a network on it keeps to every limit.
  public func admits(_ cost: DesignCost) -> Bool {
    limits.allSatisfy { quantity, limit in cost[quantity] <= limit }
  }
}

/// A design's machine with the design on it: memory, cycles, area and energy, which no seed changes.
public struct DesignCost: Sendable, Hashable {
  /// Layers, cycles and memory.
  public let mapping: NetworkMapping
  /// Area of the machine, whose weight memory just holds the design, in µm².
  public let areaSquareMicrometers: Double
  /// Energy of an input, external memory included, in pJ.
  public let energyPicojoules: Double
  /// Whether some memory lies outside what the reference figures cover.
  public let isExtrapolated: Bool

  /// The cost of `mapping` on its machine.
  /// - Throws: `CostError` where a memory is beyond the model.
  init(_ mapping: NetworkMapping, of name: String, in technology: Technology) throws(CostError) {
    let cost = try MachineCost(mapping, of: name, in: technology)
    self.mapping = mapping
    areaSquareMicrometers = cost.area.areaSquareMicrometers
    energyPicojoules = cost.network!.energy.totalPicojoules
    isExtrapolated = !cost.area.extrapolated.isEmpty
  }

  /// A quantity that a budget can limit, in its unit.
  public subscript(quantity: DesignBudget.Quantity) -> Double {
    switch quantity {
    case .weightBits: Double(mapping.storedBits)
    case .areaSquareMillimeters: areaSquareMicrometers * 1e-6
    case .energyNanojoules: energyPicojoules * 1e-3
    }
  }

  /// Inputs a second for every mm² of the machine.
  public var inferencesPerSecondPerSquareMillimeter: Double {
    mapping.inferencesPerSecond / (areaSquareMicrometers * 1e-6)
  }
}
