import FixedPoint
import Foundation
import Hardware
import Interchange
import Networks
import Quantization
import Reproducibility
import Tensors
import Testing

@Suite("simulate, through the built program")
struct SimulateCommandTests {
  private static let reports = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Reports/explore-glyphs").standardizedFileURL

  /// Runs the program in a new directory, in which `prepare` has put files.
  private func simulate(
    _ words: [String], environment: [String: String] = [:], prepare: (URL) throws -> Void = { _ in },
    check: (URL, BuiltProgram.Outcome) throws -> Void
  ) throws {
    let directory = try BuiltProgram.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    try prepare(directory)
    try check(
      directory,
      try BuiltProgram.run(["simulate", "--quiet"] + words, in: directory, environment: environment))
  }

  private func json(_ words: [String]) throws -> JSONValue {
    var value = JSONValue.null
    try simulate(words + ["--format", "json"]) { _, outcome in
      #expect(outcome.status == 0 && outcome.error.isEmpty, "\(outcome.error)")
      value = try JSONValue(parsing: Data(outcome.output.utf8))
    }
    return value
  }

  private func integer(_ value: JSONValue?) throws -> Int {
    guard case .integer(let integer)? = value else { throw CocoaError(.coderValueNotFound) }
    return integer
  }

  private func elements(_ value: JSONValue?) throws -> [JSONValue] {
    guard case .array(let elements)? = value else { throw CocoaError(.coderValueNotFound) }
    return elements
  }

  private func keys(_ value: JSONValue?) -> [String] {
    guard case .object(let members)? = value else { return [] }
    return members.keys.sorted()
  }

  @Test("The JSON has the keys that scripts read, and its parts sum to its totals")
  func keysAndConservation() throws {
    let run = try json(["--network", "resnet-8", "--hardware", "decomposable", "--samples", "2"])
    #expect(
      keys(run) == [
        "accumulatorOverflowsOfAllSamples", "activationMemoryBits", "cycles", "cyclesOfAllSamples", "events",
        "hardware", "inferencesPerSecond", "layers", "model", "network", "samples", "storedWeightMemoryBits",
        "usefulWeightMemoryBits",
      ])
    let layers = try elements(run["layers"])
    #expect(layers.count == 14)
    let events = [
      "accumulations", "activationBitsRead", "activationBitsWritten", "decodeTableBitsWritten",
      "decodeTableReads", "externalBits", "multiplications", "requantizations", "startBitsRead",
      "tableLookups", "vectorOperations", "weightBitsRead",
    ]
    #expect(keys(run["events"]) == events)
    var total = 0
    for layer in layers {
      #expect(
        keys(layer) == [
          "accumulatorOverflowsOfAllSamples", "bands", "cycles", "events", "inputsPerOutput", "isResident",
          "multiplyAccumulates", "name", "outputs", "positions", "storedWeightMemoryBits", "taps", "tiles",
          "usefulCodebookBits", "usefulWeightMemoryBits", "utilization", "weightBits",
        ])
      #expect(keys(layer["events"]) == events)
      let parts = ["compute", "drain", "weightStall", "activationStall", "pipeline"]
      #expect(keys(layer["cycles"]) == (parts + ["total"]).sorted())
      let sum = try parts.reduce(0) { $0 + (try integer(layer["cycles"]?[$1])) }
      #expect(sum == (try integer(layer["cycles"]?["total"])), "\(layer)")
      total += sum
    }
    #expect(total == (try integer(run["cycles"])))
    for event in events {
      let sum = try layers.reduce(0) { $0 + (try integer($1["events"]?[event])) }
      #expect(sum == (try integer(run["events"]?[event])), "\(event)")
    }
    for key in ["usefulWeightMemoryBits", "storedWeightMemoryBits", "accumulatorOverflowsOfAllSamples"] {
      let sum = try layers.reduce(0) { $0 + (try integer($1[key])) }
      #expect(sum == (try integer(run[key])), "\(key)")
    }
    #expect(run["model"] == "engine" && run["samples"] == 2 && run["network"] == "resnet-8")

    let counted = try json(
      ["--network", "resnet-8", "--hardware", "decomposable", "--samples", "2", "--cycles-only"])
    #expect(counted["model"] == "closed forms")
    for key in ["cycles", "cyclesOfAllSamples", "events", "activationMemoryBits", "hardware"] {
      #expect(counted[key] == run[key], "\(key)")
    }
    for (one, other) in zip(try elements(counted["layers"]), layers) {
      #expect(one["cycles"] == other["cycles"])
    }
  }

  @Test("The published answer errs on as many glyphs as its report says, in as many cycles")
  func publishedAnswer() throws {
    let network = Self.reports.appendingPathComponent("answer.network").path
    let run = try json(["--network", network, "--dataset", "glyphs"])
    let report = try JSONValue(
      parsing: Data(contentsOf: Self.reports.appendingPathComponent("results.json")))
    let design = report["answer"]?["design"]
    let seed = report["answer"]?["bestSeed"]
    let best = try #require(try elements(design?["seeds"]).first { $0["seed"] == seed })
    #expect(run["classificationErrors"] == best["testErrorCount"])
    #expect(run["labeledSamples"] == 4000 && run["samples"] == 4000)
    #expect(run["cycles"] == design?["cycles"])
    #expect(run["accumulatorOverflowsOfAllSamples"] == 0)
  }

  /// A network of one fully connected layer that sums its inputs.
  private func sum(bits: Int, inputs: Int = 3) throws -> IntegerNetwork {
    try IntegerNetwork(
      name: "sum",
      input: IntegerTensor(
        shape: [inputs], format: try FixedPointFormat(.unsigned, wordLength: bits, fractionLength: 0)),
      nodes: [
        .init(
          "out", inputs: [inputTensorName],
          .dense(
            IntegerDense(
              weights: Tensor(shape: [2, inputs], elements: (0..<2 * inputs).map { Int16($0) }),
              weightWordLength: 8, biases: [5, -7], outputStage: .accumulators)),
          output: IntegerTensor(
            shape: [2], format: try FixedPointFormat(.signed, wordLength: 24, fractionLength: 0)))
      ])
  }

  @Test("Outputs of a file's inputs go to a file that reads back: the network's sums")
  func outputs() throws {
    let words: [Int64] = [1, 2, 3, 255, 0, 255]
    try simulate(
      ["--network", "sum.network", "--inputs", "in.npy", "--outputs", "out.npy"],
      prepare: { directory in
        try sum(bits: 8).fileData.write(to: directory.appendingPathComponent("sum.network"))
        try NumpyArray(shape: [2, 3], elements: words).encoded()
          .write(to: directory.appendingPathComponent("in.npy"))
      },
      check: { directory, outcome in
        #expect(outcome.status == 0 && outcome.output.contains("2 inputs run."), "\(outcome)")
        let data = try Data(contentsOf: directory.appendingPathComponent("out.npy"))
        let array = try NumpyArray(parsing: data, file: "out.npy")
        // With weights 0, 1, 2 and 3, 4, 5: 8 and 26, then 510 and 2040, with biases of 5 and −7.
        #expect(array.shape == [2, 2])
        #expect(try array.integers == [13, 19, 515, 2033])
      })
  }

  @Test("Faulty inputs and networks are told in one message, with status 1 and nothing on standard output")
  func faultyFiles() throws {
    func message(_ network: IntegerNetwork, _ inputs: NumpyArray?) throws -> String {
      var message = ""
      let words = inputs == nil ? [] : ["--inputs", "in.npy"]
      try simulate(
        ["--network", "sum.network"] + words,
        prepare: { directory in
          try network.fileData.write(to: directory.appendingPathComponent("sum.network"))
          try inputs?.encoded().write(to: directory.appendingPathComponent("in.npy"))
        },
        check: { _, outcome in
          #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome)")
          message = outcome.error
        })
      return message
    }
    let four = NumpyArray(shape: [4], elements: [1, 2, 3, 4] as [Int64])
    #expect(try message(try sum(bits: 8), four).contains("not a whole number of inputs of 3"))
    let high = NumpyArray(shape: [1, 3], elements: [0, 256, 0] as [Int64])
    #expect(try message(try sum(bits: 8), high).contains("value 256 of sample 0 does not fit ufix8"))
    // Words that no datapath reads are refused before any is drawn or converted.
    for inputs in [nil, NumpyArray(shape: [1, 3], elements: [0, 1 << 39, 0] as [Int64])] {
      #expect(try message(try sum(bits: 40), inputs).contains("it reads activations of 40 bits"))
    }
    try simulate(
      ["--network", "sum.network"],
      prepare: { directory in
        try Data("no network".utf8).write(to: directory.appendingPathComponent("sum.network"))
      }
    ) { _, outcome in
      #expect(outcome.status == 1 && outcome.error.contains("sum.network: "))
    }
  }

  @Test(
    "Names that stand for nothing are refused with what is meant, and contradictions with what to leave out",
    arguments: [
      (["--network", "vgg16"], 1, "Did you mean vgg-16?"),
      (["--network", "lenet-5", "--hardware", "lane-aray"], 1, "did you mean lane-array?"),
      (["--network", "lenet-5", "--hardware", "none.json"], 1, "none.json"),
      (["--network", "vgg-16", "--input-shape", "16x16x3"], 1, "layer pool5"),
      (["--network", "ffdnn-4x1024"], 1, "the weight memory holds"),
      ([], 2, "--network"),
      (["--network", "lenet-5", "--input-shape", "28x28"], 2, "three positive numbers"),
      (["--network", "lenet-5", "--dataset", "glyphs", "--inputs", "x.npy"], 2, "both name inputs"),
      (["--network", "lenet-5", "--cycles-only", "--golden", "g"], 2, "--golden needs a run"),
      (["--network", "lenet-5", "--cycles-only", "--outputs", "o.npy"], 2, "--outputs needs a run"),
      (["--network", "lenet-5", "--cycle-only"], 2, "--cycles-only"),
    ])
  func refusals(_ words: [String], _ status: Int32, _ message: String) throws {
    try simulate(words) { directory, outcome in
      let oneLine = outcome.error.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(outcome.status == status && oneLine.contains(message), "\(outcome)")
      #expect(outcome.output.isEmpty)
      let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      #expect(left.sorted() == ["error", "output"])
    }
  }

  @Test("Help exits with 0 and names every option")
  func help() throws {
    try simulate(["--help"]) { _, outcome in
      #expect(outcome.status == 0 && outcome.error.isEmpty)
      for option in ["--network", "--hardware", "--cycles-only", "--golden", "--outputs", "--format"] {
        #expect(outcome.output.contains(option), "\(option)")
      }
    }
  }

  @Test("No line is wider than the terminal", arguments: [1, 50, 80, 130])
  func narrowTerminals(_ columns: Int) throws {
    let width = max(20, columns)
    for words in [
      ["--network", "resnet-8", "--hardware", "decomposable", "--samples", "3"],
      ["--network", "lenet-5", "--hardware", "lane-array-large", "--cycles-only"],
    ] {
      try simulate(words, environment: ["COLUMNS": "\(columns)"]) { _, outcome in
        #expect(outcome.status == 0, "\(outcome.error)")
        let lines = outcome.output.split(whereSeparator: \.isNewline)
        #expect(lines.count > 10)
        for line in lines { #expect(line.count <= width, "\(line)") }
      }
    }
  }
}
