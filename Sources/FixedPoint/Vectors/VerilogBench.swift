/// A `$readmemh` image of vectors, a self-checking Verilog bench that reads it, and a reference module with the
/// ports that the bench drives, in place of which a design of one's own can be put.
///
///     iverilog -g2012 -o run NAME_bench.v NAME_reference.v && vvp run                     # the reference
///     iverilog -g2012 -DDUT=my_adder -o run NAME_bench.v my_adder.v && vvp run            # a design
///
/// Ports are combinational: operands `a_i` and `b_i`, for shifts `a_i` and `places_i` (32 bits, signed), for
/// multiply-accumulate steps `acc_i` (the register before the step), `a_i` and `b_i`; result `r_o`, two bits
/// (−1, 0, 1) for comparisons. The simulation ends with a nonzero status if a vector mismatches.
public struct VerilogBench: Hashable, Sendable {
  /// The stem of the three files' and modules' names.
  public let name: String
  /// The image: a word a line, operands in the order of the ports, then the result.
  public let memory: String
  /// The bench.
  public let bench: String
  /// The reference module, behavioral and independent of this package's arithmetic.
  public let reference: String

  /// The widest integer that the reference module may need inside.
  static let widestInteger = 4096

  /// A bench for each pair of modes of `recipe`, whose names begin with `name`.
  ///
  /// - Throws: `VectorRecipeError` if the operation has no Verilog form, the module would need integers of more
  ///   than 4,096 bits, or there is no vector at all.
  public static func benches(for recipe: VectorRecipe, name: String) throws(VectorRecipeError)
    -> [VerilogBench]
  {
    var result: [VerilogBench] = []
    for rounding in recipe.roundings {
      for overflow in recipe.overflows {
        let single = try VectorRecipe(
          recipe.operation, first: recipe.first, second: recipe.second, destination: recipe.destination,
          roundings: [rounding], overflows: [overflow], exhaustiveBits: recipe.exhaustiveBits,
          drawnRows: recipe.drawnRows, steps: recipe.steps, seed: recipe.seed)
        let mode = "\(rounding.vectorName)_\(overflow.hlsName)".replacing(":", with: "_")
        let full = recipe.operation.usesModes ? "\(name)_\(mode)" : name
        result.append(try VerilogBench(single, rounding: rounding, overflow: overflow, name: full))
      }
    }
    return result
  }

  private init(
    _ recipe: VectorRecipe, rounding: Rounding, overflow: Overflow, name: String
  ) throws(VectorRecipeError) {
    guard let first = recipe.first else {
      throw VectorRecipeError(
        description: "\(recipe.operation.rawValue) has no Verilog form: hardware has no IEEE doubles here. "
          + "Write CSV, or vectors of convert.")
    }
    self.name = name
    let module = try VerilogReference(
      recipe.operation, first: first, second: recipe.second, destination: recipe.destination,
      rounding: rounding, overflow: overflow)
    let widths = module.ports.map(\.width) + [module.result.width]
    var lines: [String] = []
    do throws(ArithmeticError) {
      try recipe.forEachRow { (row) throws(ArithmeticError) in
        for words in try row.portWords() { lines.append(VerilogBench.hex(words, widths: widths)) }
      }
    } catch {
      throw VectorRecipeError(description: error.description)
    }
    guard !lines.isEmpty else {
      throw VectorRecipeError(description: "the recipe gives no vectors; ask for some drawn rows.")
    }
    memory = lines.map { $0 + "\n" }.joined()
    reference = module.text(name: "\(name)_reference")
    bench = VerilogBench.benchText(name: name, module: module, count: lines.count)
  }

  /// The fields side by side as one hexadecimal word, the first field on top.
  private static func hex(_ fields: [UInt128], widths: [Int]) -> String {
    var bits: [Bool] = []
    for (field, width) in zip(fields, widths) {
      for place in (0..<width).reversed() { bits.append((field >> UInt128(place)) & 1 == 1) }
    }
    bits.insert(contentsOf: repeatElement(false, count: (4 - bits.count % 4) % 4), at: 0)
    var text = ""
    for start in stride(from: 0, to: bits.count, by: 4) {
      let digit = bits[start..<start + 4].reduce(0) { 2 * $0 + ($1 ? 1 : 0) }
      text += String(digit, radix: 16)
    }
    return text
  }

  private static func benchText(name: String, module: VerilogReference, count: Int) -> String {
    let total = module.ports.reduce(module.result.width) { $0 + $1.width }
    let fields = module.ports.map { "  reg [\($0.width - 1):0] \($0.name);" }.joined(separator: "\n")
    let names = module.ports.map(\.name).joined(separator: ", ")
    let connections = module.ports.map { ".\($0.name)(\($0.name)), " }.joined()
    let shown = module.ports.map { "\($0.name) %h" }.joined(separator: ", ")
    return """
      // \(module.title).
      // iverilog -g2012 [-DDUT=your_module] -o run \(name)_bench.v \(name)_reference.v && vvp run
      `ifndef DUT
      `define DUT \(name)_reference
      `endif
      module \(name)_bench;
        reg [\(total - 1):0] vectors [0:\(count - 1)];
      \(fields)
        reg [\(module.result.width - 1):0] expected;
        wire [\(module.result.width - 1):0] r_o;
        integer index, mismatches;
        reg [8*512:1] path;

        `DUT dut (\(connections).r_o(r_o));

        initial begin
          if (!$value$plusargs("vectors=%s", path)) path = "\(name).hex";
          $readmemh(path, vectors);
          mismatches = 0;
          for (index = 0; index < \(count); index = index + 1) begin
            {\(names), expected} = vectors[index];
            #1;
            // An x in the image or in the result is a mismatch too.
            if (r_o !== expected || ^expected === 1'bx) begin
              mismatches = mismatches + 1;
              if (mismatches <= 10)
                $display("vector %0d: \(shown): found %h, expected %h", index, \(names), r_o, expected);
            end
          end
          if (mismatches != 0) $fatal(1, "FAIL: %0d of \(count) vectors mismatch", mismatches);
          $display("PASS: \(count) vectors");
          $finish;
        end
      endmodule

      """
  }
}

extension VectorRow {
  /// The bits at the ports, result last, for each step of the row.
  func portWords() throws(ArithmeticError) -> [[UInt128]] {
    switch try outcome() {
    case .order(let order):
      return [[first[0].bits, second[0].bits, UInt128(truncatingIfNeeded: order)]]
    case .numbers(let numbers):
      switch operation {
      case .multiplyAccumulate:
        return numbers.indices.map { step in
          [step == 0 ? 0 : numbers[step - 1].bits, first[step].bits, second[step].bits, numbers[step].bits]
        }
      case .shiftLeft, .shiftRight:
        return [[first[0].bits, UInt128(truncatingIfNeeded: places), numbers[0].bits]]
      case .convert, .fromDouble, .add, .subtract, .multiply, .multiplyAssign, .divide, .compare, .negate,
        .negateAssign:
        return [(first + second).map(\.bits) + [numbers[0].bits]]
      }
    }
  }
}
