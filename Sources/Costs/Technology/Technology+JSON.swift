import Foundation
import Reproducibility

extension Technology {
  /// The technologies of `HardwareModels/technology` by name.
  public static let embedded: [String: Technology] = {
    let files = [
      "90nm": PackageResources.node_90nm_json, "65nm": PackageResources.node_65nm_json,
      "45nm": PackageResources.node_45nm_json, "32nm": PackageResources.node_32nm_json,
      "22nm": PackageResources.node_22nm_json,
    ]
    return files.reduce(into: [:]) { technologies, file in
      do {
        technologies[file.key] = try Technology(parsing: Data(file.value), file: "node-\(file.key).json")
      } catch {
        preconditionFailure("the embedded technology is faulty: \(error)")
      }
    }
  }()

  /// The technology that all fits of logic are made in, `45nm`.
  public static let standard = embedded["45nm"]!

  /// Reads a technology.
  /// - Parameter file: the name that faults are reported under.
  /// - Throws: `DescriptionError` with every fault of the file, by JSON path: missing constants, wrong units, unknown keys.
  public init(parsing data: Data, file: String) throws(DescriptionError) {
    self = try JSONReader.read(data, file: file) { reader in
      _ = reader.choice("format", of: ["wordlength-technology"])
      _ = reader.integer("version", in: 1...1)
      let name = reader.string("name")
      let feature = reader.constant("featureSize", unit: "nm", in: 1...1000)
      let supply = reader.constant("supplyVoltage", unit: "V", in: 0.1...10)
      let offCurrent = reader.constant("offCurrent", unit: "nA/um", in: 0...1e6)
      let gates = Self.cells(reader, "gateEquivalents", unit: "GE")
      let areas = Self.cells(reader, "cellAreas", unit: "um2")
      let density = reader.constant("placementDensity", unit: "um2/um2", in: 0.05...1)
      let energy = reader.constant("energyPerGateEquivalent", unit: "fJ", in: 0...1e6)
      let leakage = reader.constant("leakagePerGateEquivalent", unit: "nW", in: 0...1e9)
      let external = reader.constant("externalEnergyPerBit", unit: "pJ/bit", in: 0...1e6)
      let memories = reader.object("memories").map { reader in
        defer { reader.finish() }
        return MemoryCell.allCases.reduce(into: [MemoryCell: MemoryConstants]()) { memories, cell in
          memories[cell] = reader.object(cell.rawValue).flatMap(MemoryConstants.init)
        }
      }
      reader.finish()
      guard let name, let feature, let supply, let offCurrent, let gates, let areas, let density, let energy,
        let leakage,
        let external, let memories, memories.count == MemoryCell.allCases.count
      else { return nil }
      return Technology(
        name: name, featureSize: feature, supplyVoltage: supply, offCurrent: offCurrent,
        gateEquivalents: gates, cellAreas: areas,
        placementDensity: density, energyPerGateEquivalent: energy, leakagePerGateEquivalent: leakage,
        externalEnergyPerBit: external, memories: memories)
    }
  }

  private static func cells(
    _ reader: JSONReader, _ key: String, unit: String
  ) -> [LogicCell: PhysicalConstant]? {
    reader.object(key).flatMap { reader in
      defer { reader.finish() }
      var prices: [LogicCell: PhysicalConstant] = [:]
      for cell in LogicCell.allCases {
        prices[cell] = reader.constant(cell.rawValue, unit: unit, in: 0...1e6)
      }
      return prices.count == LogicCell.allCases.count ? prices : nil
    }
  }

  /// What `init(parsing:file:)` reads.
  public var json: JSONValue {
    func cells(_ prices: [LogicCell: PhysicalConstant]) -> JSONValue {
      .object(Dictionary(uniqueKeysWithValues: prices.map { ($0.key.rawValue, $0.value.json) }))
    }
    return [
      "format": "wordlength-technology", "version": 1, "name": .string(name),
      "featureSize": featureSize.json, "supplyVoltage": supplyVoltage.json,
      "offCurrent": offCurrent.json,
      "gateEquivalents": cells(gateEquivalents), "cellAreas": cells(cellAreas),
      "placementDensity": placementDensity.json, "energyPerGateEquivalent": energyPerGateEquivalent.json,
      "leakagePerGateEquivalent": leakagePerGateEquivalent.json,
      "externalEnergyPerBit": externalEnergyPerBit.json,
      "memories": .object(
        Dictionary(uniqueKeysWithValues: memories.map { ($0.key.rawValue, $0.value.json) })),
    ]
  }
}

extension MemoryConstants {
  /// Name and unit of each constant of each figure, in the order of the equations.
  static let areaKeys = [
    ("bit", "um2/bit"), ("rootBit", "um2/sqrt(bit)"), ("wordBit", "um2/bit"), ("wordBitSquared", "um2/bit2"),
  ]
  static let leakageKeys = [("bit", "nW/bit"), ("rootBit", "nW/sqrt(bit)")]
  static let energyKeys =
    [("reference", "pJ")] + MemoryShape.exponentNames.map { ($0, "1") }
  static let timeKeys = [("constant", "ns"), ("rootBit", "ns/sqrt(bit)")]

  /// Reads the five objects of a memory's constants; nil where any is faulty, which is then noted.
  init?(_ reader: JSONReader) {
    defer { reader.finish() }
    func constants(_ key: String, _ names: [(String, String)], from least: Double) -> [PhysicalConstant]? {
      reader.object(key).flatMap { reader in
        defer { reader.finish() }
        let read = names.enumerated().map { index, name in
          // Only exponents may be negative.
          reader.constant(name.0, unit: name.1, in: (index > 0 ? least : 0)...1e9)
        }
        let whole = read.compactMap { $0 }
        return whole.count == names.count ? whole : nil
      }
    }
    let area = constants("area", Self.areaKeys, from: 0)
    let leakage = constants("leakage", Self.leakageKeys, from: 0)
    let read = constants("readEnergy", Self.energyKeys, from: -10)
    let write = constants("writeEnergy", Self.energyKeys, from: -10)
    let time = constants("accessTime", Self.timeKeys, from: 0)
    guard let area, let leakage, let read, let write, let time else { return nil }
    self.init(area: area, leakage: leakage, readEnergy: read, writeEnergy: write, accessTime: time)
  }

  var json: JSONValue {
    func object(_ constants: [PhysicalConstant], _ names: [(String, String)]) -> JSONValue {
      .object(Dictionary(uniqueKeysWithValues: zip(names, constants).map { ($0.0, $1.json) }))
    }
    return [
      "area": object(area, Self.areaKeys), "leakage": object(leakage, Self.leakageKeys),
      "readEnergy": object(readEnergy, Self.energyKeys), "writeEnergy": object(writeEnergy, Self.energyKeys),
      "accessTime": object(accessTime, Self.timeKeys),
    ]
  }
}
