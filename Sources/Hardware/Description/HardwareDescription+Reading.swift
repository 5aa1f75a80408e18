import FixedPoint
import Foundation
import Quantization
import Reproducibility

extension HardwareDescription {
  /// The default machine, `HardwareModels/lane-array.json`.
  public static let standard = embedded["lane-array"]!

  /// The machines of `HardwareModels/` that are part of the product, by the names of their files.
  public static let embedded: [String: HardwareDescription] = {
    let files = [
      "lane-array": PackageResources.lane_array_json, "ternary-small": PackageResources.ternary_small_json,
      "lane-array-large": PackageResources.lane_array_large_json,
      "weights-8-bit": PackageResources.weights_8_bit_json,
      "weights-4-bit": PackageResources.weights_4_bit_json,
      "weights-ternary": PackageResources.weights_ternary_json,
      "bit-serial": PackageResources.bit_serial_json, "decomposable": PackageResources.decomposable_json,
      "codebook": PackageResources.codebook_json,
      "systolic-output-stationary": PackageResources.systolic_output_stationary_json,
      "systolic-weight-stationary": PackageResources.systolic_weight_stationary_json,
      "systolic-input-stationary": PackageResources.systolic_input_stationary_json,
    ]
    var machines: [String: HardwareDescription] = [:]
    for (name, bytes) in files {
      do {
        machines[name] = try HardwareDescription(parsing: Data(bytes), file: "\(name).json")
      } catch {
        preconditionFailure("the embedded description is faulty: \(error)")
      }
    }
    return machines
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
      let array = Self.array(reader)
      let vectorUnit = reader.optional("vectorUnit") { reader -> VectorUnit? in
        let elements = reader.integer("elementsPerCycle", in: 1...4096)
        let cycles = reader.integer("pipelineCycles", in: 0...1000)
        guard let elements, let cycles else { return nil }
        return VectorUnit(elementsPerCycle: elements, pipelineCycles: cycles)
      }
      let weights = reader.object("weightMemory").flatMap { reader in
        defer { reader.finish() }
        return reader.integer("capacityBits", in: Self.capacities)
      }
      let external = reader.optional("externalMemory") { reader -> ExternalMemory? in
        let weights = reader.integer("weightBitsPerCycle", in: 1...1 << 20)
        let activations = reader.integer("activationBitsPerCycle", in: 1...1 << 20)
        let latency = reader.integer("latencyCycles", in: 0...1_000_000)
        guard let weights, let activations, let latency else { return nil }
        return ExternalMemory(
          weightBitsPerCycle: weights, activationBitsPerCycle: activations, latencyCycles: latency)
      }
      let activations = reader.object("activationMemory").flatMap { object -> ActivationMemory? in
        defer { object.finish() }
        let capacity = object.integer("capacityBits", in: Self.capacities)
        let overflow: ActivationOverflow? = object.choice("whenTooSmall", default: .reject)
        if overflow == .bands, !reader.contains("externalMemory") {
          object.note(
            "bands live in external memory; add externalMemory or choose \"reject\"", at: "whenTooSmall")
        }
        guard let capacity, let overflow else { return nil }
        return ActivationMemory(capacityBits: capacity, whenTooSmall: overflow)
      }
      reader.finish()
      guard let name, let clock, let array, let weights, let activations else { return nil }
      return HardwareDescription(
        name: name, clockMegahertz: clock, array: array, vectorUnit: vectorUnit, weightMemoryBits: weights,
        activationMemory: activations, externalMemory: external)
    }
  }

  private static let capacities = 1...(1 << 50)

  private static func array(_ reader: JSONReader) -> ComputeArray? {
    let hasLanes = reader.contains("laneArray")
    let isSystolic = reader.contains("systolicArray")
    if hasLanes && isSystolic {
      reader.note("a machine has one array; keep laneArray or systolicArray", at: "systolicArray")
    }
    if isSystolic {
      return reader.object("systolicArray").flatMap(SystolicArray.init).map { .systolic($0) }
    }
    return reader.object("laneArray").flatMap(LaneArray.init).map { .lanes($0) }
  }
}

extension JSONReader {
  /// What `read` makes of the object `key`, all of whose members it asks for; nil where there is none.
  fileprivate func optional<Value>(_ key: String, _ read: (JSONReader) -> Value?) -> Value? {
    guard contains(key) else { return nil }
    return object(key).flatMap { reader in
      defer { reader.finish() }
      return read(reader)
    }
  }
}

extension LaneArray {
  fileprivate init?(_ reader: JSONReader) {
    defer { reader.finish() }
    let lanes = reader.integer("lanes", in: 1...65_536)
    let inputs = reader.integer("inputsPerCycle", in: 1...4096)
    let drained = reader.integer("outputsDrainedPerCycle", in: 1...65_536, default: 1)
    let path = OutputPath(reader, kinds: ["parallel", "ternary", "bitSerial", "decomposable", "codebook"])
    let pipeline = reader.object("pipeline").flatMap { reader -> PipelineCycles? in
      defer { reader.finish() }
      let descriptor = reader.integer("descriptorCycles", in: 0...1000)
      let weightRead = reader.integer("weightReadCycles", in: 0...1000)
      let hasTable = (path?.datapath.indexBits ?? 1) > 0
      if !hasTable, reader.contains("decodeCycles") {
        reader.note(
          "only a datapath of kind \"codebook\" has a decode table; leave it out", at: "decodeCycles")
      }
      let decode = reader.integer("decodeCycles", in: 0...1000, default: hasTable ? 1 : 0)
      let adderTree = reader.integer("adderTreeCycles", in: 0...1000)
      let requantizer = reader.integer("requantizerCycles", in: 0...1000)
      guard let descriptor, let weightRead, let decode, let adderTree, let requantizer else { return nil }
      return PipelineCycles(
        descriptor: descriptor, weightRead: weightRead, decode: decode, adderTree: adderTree,
        requantizer: requantizer)
    }
    guard let lanes, let inputs, let drained, let path, let pipeline else { return nil }
    self.init(
      lanes: lanes, inputsPerCycle: inputs, outputsDrainedPerCycle: drained, path: path, pipeline: pipeline)
  }
}

extension SystolicArray {
  fileprivate init?(_ reader: JSONReader) {
    defer { reader.finish() }
    let rows = reader.integer("rows", in: 1...4096)
    let columns = reader.integer("columns", in: 1...4096)
    let dataflow: Dataflow? = reader.choice("dataflow", default: nil)
    let path = OutputPath(reader, kinds: ["parallel", "ternary"])
    let pipeline = reader.object("pipeline").flatMap { reader -> (Int, Int)? in
      defer { reader.finish() }
      let descriptor = reader.integer("descriptorCycles", in: 0...1000)
      let requantizer = reader.integer("requantizerCycles", in: 0...1000)
      guard let descriptor, let requantizer else { return nil }
      return (descriptor, requantizer)
    }
    guard let rows, let columns, let dataflow, let path, let (descriptor, requantizer) = pipeline else {
      return nil
    }
    self.init(
      rows: rows, columns: columns, dataflow: dataflow, path: path, descriptorCycles: descriptor,
      requantizerCycles: requantizer)
  }
}

extension OutputPath {
  /// Reads the members of an array that say what follows and feeds its multipliers.
  fileprivate init?(_ reader: JSONReader, kinds: [String]) {
    let datapath = reader.object("datapath").flatMap { Datapath($0, kinds: kinds) }
    let accumulator = reader.object("accumulator").flatMap { reader -> Accumulator? in
      defer { reader.finish() }
      let bits = reader.integer("bits", in: 8...64)
      let overflow: AccumulatorOverflow? = reader.choice("overflow", default: nil)
      guard let bits, let overflow else { return nil }
      return Accumulator(bits: bits, overflow: overflow)
    }
    let requantizer = reader.object("requantizer").flatMap(Self.requantizer)
    let table = reader.optional("activationTable") { reader -> ActivationTableUnit? in
      let address = reader.integer("addressBits", in: 4...16)
      let fraction = reader.integer("addressFractionBits", in: -16...32)
      let output = reader.integer("outputBits", in: 1...16)
      guard let address, let fraction, let output else { return nil }
      return ActivationTableUnit(addressBits: address, addressFractionBits: fraction, outputBits: output)
    }
    guard let datapath, let accumulator, let requantizer else { return nil }
    self.init(
      datapath: datapath, accumulator: accumulator, requantizer: requantizer, activationTable: table)
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
}

extension Datapath {
  /// Reads a datapath of one of `kinds`.
  fileprivate init?(_ reader: JSONReader, kinds: [String]) {
    let kind = reader.choice("kind", of: kinds)
    let activationBits = reader.integer("activationBits", in: 1...16)
    guard let kind else { return nil }
    defer { reader.finish() }
    if kind == "ternary" {
      let packing: TernaryPacking? = reader.choice("packing", default: .twoBits)
      guard let packing, let activationBits else { return nil }
      self = .ternary(activationBits: activationBits, packing: packing)
      return
    }
    let bits = reader.integer("weightBits", in: 1...16)
    if kind == "decomposable", let bits, ![2, 4, 8, 16].contains(bits) {
      reader.note("found \(bits), expected 2, 4, 8 or 16: a decomposable multiplier halves", at: "weightBits")
    }
    let indexBits = kind == "codebook" ? reader.integer("indexBits", in: 1...8) : 0
    guard let bits, let activationBits, let indexBits else { return nil }
    switch kind {
    case "parallel": self = .parallel(weightBits: bits, activationBits: activationBits)
    case "bitSerial": self = .bitSerial(weightBits: bits, activationBits: activationBits)
    case "codebook":
      self = .codebook(indexBits: indexBits, weightBits: bits, activationBits: activationBits)
    default: self = .decomposable(weightBits: bits, activationBits: activationBits)
    }
  }
}
