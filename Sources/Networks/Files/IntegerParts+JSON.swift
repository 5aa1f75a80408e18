import FixedPoint
import Reproducibility

extension IntegerTensor {
  var archived: JSONValue {
    [
      "shape": .array(shape.map { .integer($0) }), "format": .string(format.description),
      "zeroPoint": .integer(zeroPoint),
    ]
  }

  init?(archive reader: JSONReader) {
    let shape = reader.integers("shape", in: 1...1 << 24, count: 1...4)
    let text = reader.string("format")
    let zeroPoint = reader.integer("zeroPoint")
    reader.finish()
    guard let shape, let text, let zeroPoint else { return nil }
    do {
      self.init(shape: shape, format: try FixedPointFormat(parsing: text), zeroPoint: zeroPoint)
    } catch {
      reader.note("\(error)", at: "format")
      return nil
    }
  }
}

extension SlidingWindow {
  var archived: JSONValue {
    func pair(_ extent: PlaneExtent) -> JSONValue { [.integer(extent.height), .integer(extent.width)] }
    let edges = [padding.top, padding.left, padding.bottom, padding.right]
    return [
      "kernel": pair(kernel), "stride": pair(stride), "dilation": pair(dilation),
      "padding": .array(edges.map { .integer($0) }),
    ]
  }

  init?(archive reader: JSONReader) {
    defer { reader.finish() }
    func pair(_ key: String) -> PlaneExtent? {
      reader.integers(key, in: 1...1 << 24, count: 2...2).map { PlaneExtent(height: $0[0], width: $0[1]) }
    }
    let kernel = pair("kernel")
    let stride = pair("stride")
    let dilation = pair("dilation")
    let edges = reader.integers("padding", in: 0...1 << 24, count: 4...4)
    guard let kernel, let stride, let dilation, let edges else { return nil }
    self.init(
      kernel: kernel, stride: stride, dilation: dilation,
      padding: PlanePadding(top: edges[0], left: edges[1], bottom: edges[2], right: edges[3]))
  }
}

extension IntegerOutputStage {
  var archived: JSONValue {
    switch self {
    case .accumulators: ["kind": "accumulators"]
    case .clamp(let requantization, let low, let high):
      [
        "kind": "clamp", "requantization": requantization.archived, "low": .integer(Int(low)),
        "high": .integer(Int(high)),
      ]
    case .table(let requantization, let table):
      [
        "kind": "table", "requantization": requantization.archived,
        "addressBits": .integer(table.addressFormat.wordLength),
      ]
    }
  }
}

extension Requantization {
  var archived: JSONValue {
    func pairs(_ kind: String, _ multipliers: [Int64], _ shifts: [Int]) -> [String: JSONValue] {
      [
        "kind": .string(kind), "multipliers": .array(multipliers.map { .integer(Int($0)) }),
        "shifts": .array(shifts.map { .integer($0) }),
      ]
    }
    switch self {
    case .shift(let bits, let rounding):
      return ["kind": "shift", "bits": .integer(bits), "rounding": .string(rounding.rawValue)]
    case .multiplier(let multipliers, let shifts, let rounding):
      var object = pairs("multiplier", multipliers, shifts)
      object["rounding"] = .string(rounding.rawValue)
      return .object(object)
    case .doublingHighMultiply(let multipliers, let shifts):
      return .object(pairs("doublingHighMultiply", multipliers, shifts))
    }
  }

  init?(archive reader: JSONReader) {
    guard let kind = reader.choice("kind", of: ["shift", "multiplier", "doublingHighMultiply"]) else {
      return nil
    }
    defer { reader.finish() }
    if kind == "shift" {
      let bits = reader.integer("bits", in: -62...62)
      guard let rounding = reader.choice("rounding", of: Rounding.self), let bits else { return nil }
      self = .shift(bits: bits, rounding: rounding)
      return
    }
    let multipliers = reader.integers("multipliers", in: 0...Int(UInt32.max), count: 1...1 << 24)
    let shifts = reader.integers("shifts", in: -62...62, count: 1...1 << 24)
    let rounding =
      kind == "multiplier" ? reader.choice("rounding", of: Rounding.self) : Rounding.nearestTiesUp
    guard let multipliers, let shifts, let rounding else { return nil }
    self =
      kind == "multiplier"
      ? .multiplier(multipliers.map { Int64($0) }, shifts: shifts, rounding: rounding)
      : .doublingHighMultiply(multipliers.map { Int64($0) }, shifts: shifts)
  }
}
