import FixedPoint
import Foundation
import Testing

@Suite("Making vectors")
struct VectorGenerationTests {
  /// A directory of its own for `body`, removed afterwards.
  private func inTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
  }

  /// A recipe for `operation` in formats of about `width` bits.
  private static func recipe(
    _ operation: VectorOperation, width: Int, seed: UInt64 = 1, rows: Int = 100,
    roundings: [Rounding] = Rounding.allCases, overflows: [Overflow] = overflowModes(3)
  ) throws -> VectorRecipe {
    let first = testFormat(.signed, width, fraction: width / 2)
    let second = testFormat(.unsigned, width, fraction: 1)
    return try VectorRecipe(
      operation, first: operation.operandFormats >= 1 ? first : nil,
      second: operation.operandFormats == 2 ? second : nil,
      destination: operation.choosesResultFormat
        ? testFormat(.signed, max(width - 1, 3), fraction: width / 2 - 1) : nil,
      roundings: roundings, overflows: overflows, drawnRows: rows, seed: seed)
  }

  @Test(
    "Vectors of every operation pass verification and are the same at every making",
    arguments: VectorOperation.allCases)
  func generatedVectorsPass(_ operation: VectorOperation) throws {
    for width in [4, 16, 40] {
      let recipe = try Self.recipe(operation, width: width)
      let csv = try recipe.csv()
      #expect(try csv == recipe.csv())
      let result = try inTemporaryDirectory { directory in
        let file = directory.appendingPathComponent("vectors.csv")
        try Data(csv.utf8).write(to: file)
        return try VectorVerification(path: file.path)
      }
      #expect(result.passes && result.rows >= 16, "\(result.text)")
      #expect(
        result.groups.count == (operation.usesModes ? Rounding.allCases.count * overflowModes(3).count : 1))
    }
    if operation != .shiftLeft, operation != .shiftRight {
      let (one, two) = (try Self.recipe(operation, width: 40), try Self.recipe(operation, width: 40, seed: 2))
      #expect(try one.csv() != two.csv())
    }
  }

  @Test("Small operands are enumerated: every pair, once")
  func exhaustive() throws {
    let csv = try Self.recipe(.multiply, width: 4).csv()
    let operands = csv.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",")[7...8].joined(separator: ",")
    }
    #expect(operands.count == 256 && Set(operands).count == 256)
  }

  @Test("A recipe that makes no sense is refused with a reason")
  func badRecipes() {
    let byte = testFormat(.signed, 8, fraction: 4)
    let far = testFormat(.signed, 8, fraction: 900)
    #expect(throws: VectorRecipeError(description: "add needs a second operand's format.")) {
      try VectorRecipe(.add, first: byte)
    }
    #expect(throws: VectorRecipeError(description: "neg takes no result format.")) {
      try VectorRecipe(.negate, first: byte, destination: byte)
    }
    #expect(throws: VectorRecipeError.self) { try VectorRecipe(.add, first: byte, second: far) }
    #expect(throws: VectorRecipeError.self) { try VectorRecipe(.negate, first: byte, exhaustiveBits: 64) }
    #expect(throws: VectorRecipeError.self) {
      try VectorRecipe(.convert, first: byte, destination: byte, roundings: [])
    }
    #expect(throws: VectorRecipeError.self) {
      try VerilogBench.benches(for: VectorRecipe(.fromDouble, destination: byte), name: "x")
    }
    #expect(throws: VectorRecipeError.self) {
      try VerilogBench.benches(
        for: VectorRecipe(.convert, first: byte, destination: testFormat(.signed, 8, fraction: 100_000)),
        name: "x")
    }
  }

  private static let hasIcarus = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/iverilog") }

  private struct Run {
    let status: Int32
    let output: String
  }

  private func run(_ command: String, _ arguments: [String], in directory: URL) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.currentDirectoryURL = directory
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
  }

  /// Compiles and runs the bench with its reference, after `damage` to the reference.
  private func simulate(_ bench: VerilogBench, damage: (String) -> String = { $0 }) throws -> Run {
    try inTemporaryDirectory { directory in
      let files = [
        ("\(bench.name).hex", bench.memory), ("\(bench.name)_bench.v", bench.bench),
        ("\(bench.name)_reference.v", damage(bench.reference)),
      ]
      for (name, text) in files { try Data(text.utf8).write(to: directory.appendingPathComponent(name)) }
      let compiled = try run(
        "iverilog", ["-g2012", "-Wall", "-Wno-timescale", "-o", "run", files[1].0, files[2].0], in: directory)
      guard compiled.status == 0, compiled.output.isEmpty else { return compiled }
      return try run("vvp", ["-n", "run"], in: directory)
    }
  }

  @Test(
    "Icarus agrees with every vector of every operation, through Verilog written from the definitions",
    .enabled(if: hasIcarus, "Icarus Verilog is absent"),
    arguments: VectorOperation.allCases.filter { $0 != .fromDouble })
  func icarusAgrees(_ operation: VectorOperation) throws {
    // The wide formats with a few modes, the narrow ones with all rules and then all modes.
    var recipes = [
      try Self.recipe(operation, width: 60, rows: 60, roundings: [.nearestTiesToEven], overflows: [.saturate])
    ]
    recipes.append(try Self.recipe(operation, width: 6, rows: 40, roundings: [.nearestTiesUp]))
    recipes.append(try Self.recipe(operation, width: 5, rows: 40, overflows: [.saturate]))
    for recipe in recipes {
      for bench in try VerilogBench.benches(for: recipe, name: "vectors") {
        let result = try simulate(bench)
        #expect(result.status == 0 && result.output.hasPrefix("PASS: "), "\(bench.name): \(result.output)")
        if !operation.usesModes || operation == .negateAssign { break }
      }
    }
  }

  @Test(
    "A design with a wrong tie rule fails its bench, with a status that says so",
    .enabled(if: hasIcarus, "Icarus Verilog is absent"))
  func icarusFindsFaults() throws {
    let recipe = try Self.recipe(.convert, width: 8, roundings: [.nearestTiesToEven], overflows: [.saturate])
    let bench = try VerilogBench.benches(for: recipe, name: "convert")[0]
    let result = try simulate(bench) { $0.replacing("&& floor[0]", with: "&& !floor[0]") }
    #expect(result.status != 0 && result.output.contains("FAIL: "), "\(result.output)")
  }
}
