import Tensors

/// What the test bench printed.
struct SimulationLog {
  /// One run of the twin.
  struct Run {
    /// The words for each index; nil for one with unknown bits.
    var outputs: [Int: [Int64?]] = [:]
    /// The run's count; nil where it did not end.
    var cycles: Int?
  }

  private var runs: [[Int: Run]]

  /// Reads `text`; words are `resultBits` bits of each machine.
  /// - Throws: `CosimulationError.unreadableLine`.
  init(parsing text: String, resultBits: [Int]) throws(CosimulationError) {
    runs = Array(repeating: [:], count: resultBits.count)
    for line in text.split(whereSeparator: \.isNewline) {
      let fields = line.split(separator: " ")
      let numbers = fields.dropFirst().prefix(3).map { Int($0) ?? -1 }
      guard let kind = fields.first else { continue }
      // Verilator says so where the bench's $finish ends the simulation.
      if kind.hasPrefix("-") { continue }
      guard numbers.count >= 2, runs.indices ~= numbers[0], numbers[1] >= 0 else {
        throw .unreadableLine(String(line))
      }
      let (machine, run) = (numbers[0], numbers[1])
      switch (kind, fields.count) {
      case ("output", 5):
        guard numbers[2] >= 0 else { throw .unreadableLine(String(line)) }
        let bits = UInt64(resultBits[machine])
        let word = UInt64(fields[4], radix: 16).map {
          Int64(bitPattern: $0 << (64 - bits)) >> Int64(64 - bits)
        }
        runs[machine][run, default: Run()].outputs[numbers[2], default: []].append(word)
      case ("cycles", 4): runs[machine][run, default: Run()].cycles = numbers[2]
      case ("timeout", 3): runs[machine][run, default: Run()].cycles = nil
      default: throw .unreadableLine(String(line))
      }
    }
  }

  /// Run `number` of a machine; an empty one where nothing was printed.
  func run(_ number: Int, machine: Int) -> Run { runs[machine][number] ?? Run() }
}

/// What the engine says of a case.
struct ExpectedRuns {
  /// The number of its machine.
  let machine: Int
  /// Inputs.
  let samples: Int
  /// Cycles of an input.
  let cycles: Int
  private let outputs: [Int64]
  private let outputCount: Int
  /// Seconds that the engine took on one thread.
  private let seconds: Double

  /// - Throws: `HardwareError` and `TwinCoverageError` where the case cannot be run.
  init(_ item: CosimulationCase, machine: Int) throws {
    _ = try TwinCoverage.lanes(of: item.hardware)
    let engine = try MachineEngine(item.network, on: item.hardware)
    try TwinCoverage.check(item.network, mapped: engine.mapping)
    let clock = ContinuousClock()
    let start = clock.now
    let result = try engine.run(item.inputs, resources: ComputeResources(threads: 1))
    seconds = (clock.now - start).seconds
    self.machine = machine
    samples = item.inputs.count / item.network.input.count
    cycles = engine.mapping.cycles
    outputs = result.outputs
    outputCount = result.outputCount
  }

  /// Compares runs `firstRun`, `firstRun + 1`, ... with this.
  func result(
    of item: CosimulationCase, in log: SimulationLog, firstRun: Int, seconds: Double
  ) -> CosimulationResult {
    var differences: [CosimulationDifference] = []
    var found: [Int?] = []
    for sample in 0..<samples {
      let run = log.run(firstRun + sample, machine: machine)
      for index in 0..<outputCount {
        let expected = outputs[sample * outputCount + index]
        let words = run.outputs[index] ?? []
        if words != [expected] {
          differences.append(
            CosimulationDifference(
              sample: sample,
              subject: .output(
                index: index, expected: expected, found: words.count == 1 ? words[0] : nil)))
        }
      }
      for index in run.outputs.keys.filter({ $0 >= outputCount }).sorted() {
        differences.append(CosimulationDifference(sample: sample, subject: .surplusOutput(index: index)))
      }
      if run.cycles != cycles {
        differences.append(
          CosimulationDifference(sample: sample, subject: .cycles(expected: cycles, found: run.cycles)))
      }
      found.append(run.cycles)
    }
    return CosimulationResult(
      network: item.network.name, hardware: item.hardware.name, samples: samples,
      comparedWords: samples * outputCount, expectedCycles: cycles, cycles: found, differences: differences,
      seconds: seconds, engineSeconds: self.seconds)
  }
}
