import FixedPoint
import Foundation
import Quantization
import Reproducibility

extension HardwareDescription {
  /// The default machine, `HardwareModels/lane-array.json`, embedded in the product.
  public static let standard: HardwareDescription = {
    do {
      return try HardwareDescription(
        parsing: Data(PackageResources.lane_array_json), file: "lane-array.json")
    } catch {
      preconditionFailure("the embedded description is faulty: \(error)")
    }
  }()

  /// Reads a description.
  /// - Parameter file: the name that faults are reported under.
  /// - Throws: `DescriptionError` with every fault of the file, by JSON path, unknown keys included.
  public init(parsing data: Data, file: String) throws(DescriptionError) {
    self = try JSONReader.read(data, file: file) { reader in
      _ = reader.choice("format", of: ["wordlength-hardware"])
      _ = reader.integer("version", in: 1...1)
      let name = reader.string("name")
      let clock = reader.number("clockMegahertz", in: 0.001...100_000)
      let array = reader.object("laneArray").flatMap(Self.laneArray)
      let weights = reader.object("weightMemory").flatMap(Self.capacity)
      let activations = reader.object("activationMemory").flatMap(Self.capacity)
      reader.finish()
      guard let name, let clock, let array, let weights, let activations else { return nil }
      return HardwareDescription(
        name: name, clockMegahertz: clock, laneArray: array, weightMemoryBits: weights,
        activationMemoryBits: activations)
    }
  }

  private static func capacity(_ reader: JSONReader) -> Int? {
    defer { reader.finish() }
    return reader.integer("capacityBits", in: 1...(1 << 50))
  }

  private static func laneArray(_ reader: JSONReader) -> LaneArray? {
    defer { reader.finish() }
    let lanes = reader.integer("lanes", in: 1...65_536)
    let inputs = reader.integer("inputsPerCycle", in: 1...4096)
    let drained = reader.integer("outputsDrainedPerCycle", in: 1...65_536, default: 1)
    let path = reader.object("datapath").flatMap(datapath)
    let accumulator = reader.object("accumulator").flatMap { reader -> Accumulator? in
      defer { reader.finish() }
      let bits = reader.integer("bits", in: 8...64)
      let overflow: AccumulatorOverflow? = reader.choice("overflow", default: nil)
      guard let bits, let overflow else { return nil }
      return Accumulator(bits: bits, overflow: overflow)
    }
    let requantizer = reader.object("requantizer").flatMap(requantizer)
    let table = reader.contains("activationTable") ? reader.object("activationTable").flatMap(table) : nil
    let pipeline = reader.object("pipeline").flatMap { reader -> PipelineCycles? in
      defer { reader.finish() }
      let descriptor = reader.integer("descriptorCycles", in: 0...1000)
      let weightRead = reader.integer("weightReadCycles", in: 0...1000)
      let adderTree = reader.integer("adderTreeCycles", in: 0...1000)
      let requantizer = reader.integer("requantizerCycles", in: 0...1000)
      guard let descriptor, let weightRead, let adderTree, let requantizer else { return nil }
      return PipelineCycles(
        descriptor: descriptor, weightRead: weightRead, adderTree: adderTree, requantizer: requantizer)
    }
    guard let lanes, let inputs, let drained, let path, let accumulator, let requantizer, let pipeline
    else { return nil }
    return LaneArray(
      lanes: lanes, inputsPerCycle: inputs, outputsDrainedPerCycle: drained, datapath: path,
      accumulator: accumulator, requantizer: requantizer, activationTable: table, pipeline: pipeline)
  }

  private static func datapath(_ reader: JSONReader) -> Datapath? {
    let kind = reader.choice("kind", of: ["parallel", "ternary"])
    let activationBits = reader.integer("activationBits", in: 1...16)
    guard let kind else { return nil }
    defer { reader.finish() }
    guard let activationBits else { return nil }
    if kind == "ternary" {
      let packing: TernaryPacking? = reader.choice("packing", default: .twoBits)
      return packing.map { .ternary(activationBits: activationBits, packing: $0) }
    }
    return reader.integer("weightBits", in: 2...16).map {
      .parallel(weightBits: $0, activationBits: activationBits)
    }
  }

  private static func requantizer(_ reader: JSONReader) -> RequantizerKind? {
    let kind = reader.choice("kind", of: ["shift", "multiplier", "doublingHighMultiply"])
    guard let kind else { return nil }
    defer { reader.finish() }
    if kind == "doublingHighMultiply" { return .doublingHighMultiply }
    let rounding: Rounding? = reader.choice("rounding", default: .nearestTiesUp)
    if kind == "shift" { return rounding.map { .shift(rounding: $0) } }
    guard let bits = reader.integer("multiplierBits", in: 2...31), let rounding else { return nil }
    return .multiplier(wordLength: bits, rounding: rounding)
  }

  private static func table(_ reader: JSONReader) -> ActivationTableUnit? {
    defer { reader.finish() }
    let address = reader.integer("addressBits", in: 4...16)
    let fraction = reader.integer("addressFractionBits", in: -16...32)
    let output = reader.integer("outputBits", in: 1...16)
    guard let address, let fraction, let output else { return nil }
    return ActivationTableUnit(addressBits: address, addressFractionBits: fraction, outputBits: output)
  }

  /// The description as JSON: what `init(parsing:file:)` reads, and the key of results on this machine.
  public var json: JSONValue {
    var array: [String: JSONValue] = [
      "lanes": .integer(laneArray.lanes), "inputsPerCycle": .integer(laneArray.inputsPerCycle),
      "outputsDrainedPerCycle": .integer(laneArray.outputsDrainedPerCycle),
      "accumulator": [
        "bits": .integer(laneArray.accumulator.bits),
        "overflow": .string(laneArray.accumulator.overflow.rawValue),
      ],
      "pipeline": [
        "descriptorCycles": .integer(laneArray.pipeline.descriptor),
        "weightReadCycles": .integer(laneArray.pipeline.weightRead),
        "adderTreeCycles": .integer(laneArray.pipeline.adderTree),
        "requantizerCycles": .integer(laneArray.pipeline.requantizer),
      ],
    ]
    array["datapath"] =
      switch laneArray.datapath {
      case .parallel(let weightBits, let activationBits):
        [
          "kind": "parallel", "weightBits": .integer(weightBits),
          "activationBits": .integer(activationBits),
        ]
      case .ternary(let activationBits, let packing):
        [
          "kind": "ternary", "activationBits": .integer(activationBits),
          "packing": .string(packing.rawValue),
        ]
      }
    array["requantizer"] =
      switch laneArray.requantizer {
      case .shift(let rounding): ["kind": "shift", "rounding": .string(rounding.rawValue)]
      case .multiplier(let bits, let rounding):
        ["kind": "multiplier", "multiplierBits": .integer(bits), "rounding": .string(rounding.rawValue)]
      case .doublingHighMultiply: ["kind": "doublingHighMultiply"]
      }
    if let table = laneArray.activationTable {
      array["activationTable"] = [
        "addressBits": .integer(table.addressBits),
        "addressFractionBits": .integer(table.addressFractionBits),
        "outputBits": .integer(table.outputBits),
      ]
    }
    return [
      "format": "wordlength-hardware", "version": 1, "name": .string(name),
      "clockMegahertz": .number(clockMegahertz), "laneArray": .object(array),
      "weightMemory": ["capacityBits": .integer(weightMemoryBits)],
      "activationMemory": ["capacityBits": .integer(activationMemoryBits)],
    ]
  }
}
