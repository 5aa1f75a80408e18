/// The Verilog of one operation with one pair of modes, written from the definitions, not from this package's code.
struct VerilogReference: Hashable {
  struct Port: Hashable {
    let name: String
    let width: Int
    let isSigned: Bool
  }

  let ports: [Port]
  let result: Port
  let title: String
  private let lines: [String]

  init(
    _ operation: VectorOperation, first: FixedPointFormat, second: FixedPointFormat?,
    destination: FixedPointFormat?, rounding: Rounding, overflow: Overflow
  ) throws(VectorRecipeError) {
    let a = Port(name: "a_i", width: first.wordLength, isSigned: first.isSigned)
    let b = second.map { Port(name: "b_i", width: $0.wordLength, isSigned: $0.isSigned) }
    let formats = [first, second, destination].compactMap { $0?.description }.joined(separator: ", ")
    title =
      "\(operation.rawValue) of \(formats)"
      + (operation.usesModes ? ", \(rounding.vectorName), \(overflow.hlsName)" : "")
    let fraction2 = second?.fractionLength ?? 0
    var ports = [a] + (b.map { [$0] } ?? [])
    /// The fraction length of the exact value x.
    var fraction = first.fractionLength
    var bits = first.wordLength + (second?.wordLength ?? 0) + 2
    let expression: String
    /// What the exact value is converted into; nil where its low bits are the result.
    var target = destination
    var width: Int?

    /// `name` shifted left from fraction length `own` to the common one, `fraction`.
    func aligned(_ name: String, _ own: Int) -> String { "(\(name) <<< \(fraction - own))" }
    switch operation {
    case .convert, .fromDouble: expression = "a"
    case .negate, .negateAssign:
      expression = "-a"
      if operation == .negateAssign { target = first }
      width = first.wordLength + 1
    case .add, .subtract, .compare:
      fraction = max(first.fractionLength, fraction2)
      bits += abs(first.fractionLength - fraction2)
      let (left, right) = (aligned("a", first.fractionLength), aligned("b", fraction2))
      switch operation {
      case .add: expression = "\(left) + \(right)"
      case .subtract: expression = "\(left) - \(right)"
      default: expression = "\(left) < \(right) ? -1 : \(left) == \(right) ? 0 : 1"
      }
      if operation == .compare { width = 2 }
    case .multiply, .multiplyAssign:
      fraction = first.fractionLength + fraction2
      expression = "a * b"
    case .divide:
      bits += max(fraction2, 0)
      expression = "(a <<< \(max(fraction2, 0))) / b"
    case .multiplyAccumulate:
      let product = first.fractionLength + fraction2
      let own = destination?.fractionLength ?? product
      fraction = max(product, own)
      bits += (destination?.wordLength ?? 0) + abs(product - own)
      expression = "\(aligned("acc", own)) + (\(aligned("(a * b)", product)))"
      if let destination {
        ports.insert(
          Port(name: "acc_i", width: destination.wordLength, isSigned: destination.isSigned), at: 0)
      }
    case .shiftLeft, .shiftRight:
      ports.append(Port(name: "places_i", width: 32, isSigned: true))
      let places = operation == .shiftLeft ? "places" : "(-places)"
      expression = "\(places) >= 0 ? a <<< \(places) : a >>> (-\(places))"
      width = first.wordLength
      bits = max(bits, 34)
    }
    let exactWidth = width ?? VerilogReference.exactWidth(operation, first, second)
    let dropped = target.map { fraction - $0.fractionLength } ?? 0
    let outputWidth = target?.wordLength ?? exactWidth
    bits = max(bits, exactWidth) + abs(dropped) + outputWidth + 2
    guard bits <= VerilogBench.widestInteger else {
      throw VectorRecipeError(
        description: "\(title): a module would need integers of \(bits) bits, and at most "
          + "\(VerilogBench.widestInteger) are written; bring the points of the formats closer together.")
    }
    self.ports = ports
    result = Port(name: "r_o", width: outputWidth, isSigned: false)
    var lines = ports.map { port in
      let value = port.isSigned ? "$signed(\(port.name))" : "$signed({1'b0, \(port.name)})"
      return "wire signed [\(bits - 1):0] \(port.name.dropLast(2)) = \(value);"
    }
    lines.append("wire signed [\(bits - 1):0] x = \(expression);")
    if let target {
      lines += VerilogReference.rounding(rounding, dropped: dropped, bits: bits)
      lines += VerilogReference.overflow(overflow, target, bits: bits)
    } else {
      lines.append("assign r_o = x[\(outputWidth - 1):0];")
    }
    self.lines = lines
  }

  func text(name: String) -> String {
    let inputs = ports.map { port in
      "  input  wire \(port.isSigned ? "signed " : "")[\(port.width - 1):0] \(port.name),\n"
    }
    return "// \(title).\nmodule \(name) (\n\(inputs.joined())  output wire [\(result.width - 1):0] r_o\n);\n"
      + lines.map { "  \($0)\n" }.joined() + "endmodule\n"
  }

  /// The word length of an exact result, by the rules of `ExactFormat`.
  private static func exactWidth(
    _ operation: VectorOperation, _ first: FixedPointFormat, _ second: FixedPointFormat?
  ) -> Int {
    guard let second else { return first.wordLength }
    let (a, b) = (ExactFormat(first), ExactFormat(second))
    let format: ExactFormat? =
      switch operation {
      case .add: try? a.sum(with: b)
      case .subtract: try? a.difference(with: b)
      case .multiply: try? a.product(with: b)
      case .divide: try? a.quotient(by: b)
      case .convert, .fromDouble, .multiplyAssign, .compare, .negate, .negateAssign, .shiftLeft, .shiftRight,
        .multiplyAccumulate:
        nil
      }
    return format?.wordLength ?? first.wordLength + second.wordLength
  }

  /// `floor` and `q`, the exact value x without its last `dropped` bits, and rounded.
  private static func rounding(_ rule: Rounding, dropped: Int, bits: Int) -> [String] {
    let wire = "wire signed [\(bits - 1):0]"
    guard dropped > 0 else { return ["\(wire) floor = x <<< \(-dropped);", "\(wire) q = floor;"] }
    let inexact = "rest != 0"
    func nearest(_ tieGoesUp: String) -> String { "rest > half || (rest == half && \(tieGoesUp))" }
    let goesUp: String
    switch rule {
    case .down: goesUp = "1'b0"
    case .up: goesUp = inexact
    case .towardZero: goesUp = "x < 0 && \(inexact)"
    case .awayFromZero: goesUp = "x > 0 && \(inexact)"
    case .nearestTiesDown: goesUp = nearest("1'b0")
    case .nearestTiesUp: goesUp = nearest("1'b1")
    case .nearestTiesTowardZero: goesUp = nearest("x < 0")
    case .nearestTiesAwayFromZero: goesUp = nearest("x > 0")
    case .nearestTiesToEven: goesUp = nearest("floor[0]")
    case .nearestTiesToOdd: goesUp = nearest("!floor[0]")
    }
    return [
      "\(wire) floor = x >>> \(dropped);", "\(wire) rest = x - (floor <<< \(dropped));",
      "\(wire) one = 1;", "\(wire) half = one <<< \(dropped - 1);", "wire goes_up = \(goesUp);",
      "\(wire) q = goes_up ? floor + one : floor;",
    ]
  }

  /// `r_o`, the rounded q brought into the target's range.
  private static func overflow(_ mode: Overflow, _ target: FixedPointFormat, bits: Int) -> [String] {
    let width = target.wordLength
    func literal(_ value: Int128) -> String {
      value < 0 ? "-\(bits)'sd\(value.magnitude)" : "\(bits)'sd\(value)"
    }
    func word(_ value: UInt128) -> String { "\(width)'h\(String(value, radix: 16))" }
    let least = mode == .saturateSymmetric ? target.symmetricMinimumRaw : target.minimumRaw
    let sign: UInt128 = 1 << UInt128(width - 1)
    var lines = [
      "wire signed [\(bits - 1):0] least = \(literal(least));",
      "wire signed [\(bits - 1):0] greatest = \(literal(target.maximumRaw));",
      "wire below = q < least;", "wire above = q > greatest;",
      "wire [\(width - 1):0] low = q[\(width - 1):0];",
    ]
    /// The top `count` bits forced as the vendors do: the sign, then its complement.
    func forced(_ name: String, count: Int) -> String {
      let ones: UInt128 = (1 << UInt128(width)) - 1
      let mask = ones & ~(ones >> UInt128(count))
      let (negative, positive) = target.isSigned ? (sign, mask & ~sign) : (mask, mask)
      return "(\(name) & \(word(ones & ~mask))) | (below ? \(word(negative)) : \(word(positive)))"
    }
    let outside: String
    switch mode {
    case .wrap: outside = "low"
    case .saturate, .saturateSymmetric: outside = "below ? least[\(width - 1):0] : greatest[\(width - 1):0]"
    case .zero: outside = "\(width)'h0"
    case .wrapSaturatedBits(let count):
      outside = count <= 0 ? "low" : forced("low", count: min(count, width))
    case .wrapSignMagnitude(let count):
      let used = min(max(count, 0), width)
      let inverts =
        used == 0
        ? "floor[\(width)] != low[\(width - 1)]"
        : used == 1 ? "low[\(width - 1)] != below" : "low[\(width - used)] == below"
      lines.append("wire [\(width - 1):0] turned = (\(inverts)) ? ~low : low;")
      outside = !target.isSigned ? "low" : used == 0 ? "turned" : forced("turned", count: used)
    }
    return lines + ["assign r_o = below || above ? (\(outside)) : low;"]
  }
}
