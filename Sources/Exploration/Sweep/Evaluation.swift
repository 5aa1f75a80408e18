import Datasets
import Hardware
import Networks
import Reproducibility
import Tensors
import Training

/// Why the trainer's forward pass and the hardware may class a sample differently.
public enum DifferenceCause: String, Sendable, Hashable, CaseIterable {
  /// An accumulator of the hardware wrapped or saturated; the trainer's do not.
  case accumulatorOverflow
  /// The hardware's accumulators held, but the trainer's single-precision sums passed 2^24 and rounded.
  case floatSumBeyond24Bits
  /// Neither: a fault of this program.
  case unexplained
}

/// A design's network for one seed on the machine: what it computes, and at what cost.
public struct Evaluation: Sendable, Hashable {
  /// Validation samples classified wrongly by the hardware.
  public let validationErrors: Int
  /// Test samples classified wrongly by the hardware.
  public let testErrors: Int
  /// Test samples that the trainer's forward pass classes differently, by cause.
  public let differences: [DifferenceCause: Int]
  /// Additions that left an accumulator over the test set, by layer.
  public let overflows: [Int]

  /// Test samples that the trainer's forward pass classes differently.
  public var differenceCount: Int { differences.values.reduce(0, +) }

  /// What the result depends on.
  static func inputs(
    _ design: DesignPoint, seed: UInt64, settings: ExplorationSettings, dataset: Dataset
  ) -> JSONValue {
    let network = QuantizedNetwork.inputs(design, seed: seed, settings: settings, dataset: dataset)
    return [
      "quantizedNetwork": .string(ResultCache.digest(.quantizedNetwork, network)),
      // The clock changes no count; capacities are the machine's own business.
      "hardware": settings.machine(weightBits: design.weightBits).withClock(megahertz: 1).json,
      "dataset": .string(dataset.digest.description),
    ]
  }

  /// Runs the network on the machine, or takes the kept result.
  static func run(
    _ design: DesignPoint, seed: UInt64, settings: ExplorationSettings, dataset: Dataset,
    cache: ResultCache, resources: ComputeResources, quantized: () throws -> QuantizedNetwork
  ) throws -> Evaluation {
    let inputs = inputs(design, seed: seed, settings: settings, dataset: dataset)
    return try cache.result(.evaluation, inputs) { container, file in
      try Evaluation(container, file: file)
    } make: {
      let quantized = try quantized()
      let mapping = try NetworkMapping(
        quantized.network, on: settings.machine(weightBits: design.weightBits))
      let engine = try MachineEngine(
        quantized.network, on: mapping.hardware.withWeightMemory(bits: mapping.storedBits))
      let validation = try engine.run(
        quantized.network.inputs(from: dataset.validation), resources: resources)
      let testInputs = quantized.network.inputs(from: dataset.test)
      let test = try engine.run(testInputs, resources: resources)
      let classes = test.classes
      var differences: [DifferenceCause: Int] = [:]
      for sample in classes.indices where classes[sample] != Int(quantized.trainerClasses[sample]) {
        let cause = cause(
          of: quantized.network, sample: sample, inputs: testInputs, result: test)
        differences[cause, default: 0] += 1
      }
      let result = Evaluation(
        validationErrors: errorCount(validation.classes, dataset.validation.labels),
        testErrors: errorCount(classes, dataset.test.labels), differences: differences,
        overflows: test.overflows)
      return (result, result.container)
    }
  }

  /// Compares the hardware with accumulators that never overflow, and these with what single precision holds.
  private static func cause(
    of network: IntegerNetwork, sample: Int, inputs: [Int32], result: ExecutionResult
  ) -> DifferenceCause {
    let size = network.input.count
    let input = inputs[sample * size..<(sample + 1) * size].map { Int64($0) }
    let outputs = network.referenceTensors(of: input)[network.output.name]!
    let width = result.outputCount
    if Array(result.outputs[sample * width..<(sample + 1) * width]) != outputs { return .accumulatorOverflow }
    return network.sumsCanPass(bits: 24) ? .floatSumBeyond24Bits : .unexplained
  }

  private init(
    validationErrors: Int, testErrors: Int, differences: [DifferenceCause: Int], overflows: [Int]
  ) {
    self.validationErrors = validationErrors
    self.testErrors = testErrors
    self.differences = differences
    self.overflows = overflows
  }

  private var container: Container {
    Container(
      kind: "",
      content: [
        "validationErrors": .integer(validationErrors), "testErrors": .integer(testErrors),
        "differences": .object(
          Dictionary(
            uniqueKeysWithValues: differences.map { ($0.key.rawValue, JSONValue.integer($0.value)) })),
        "overflows": .array(overflows.map { .integer($0) }),
      ])
  }

  private init(_ container: Container, file: String) throws {
    self = try JSONReader.read(container.content, file: file) { reader -> Evaluation? in
      let validation = reader.integer("validationErrors", in: 0...Int.max)
      let test = reader.integer("testErrors", in: 0...Int.max)
      let overflows = reader.integers("overflows")
      var differences: [DifferenceCause: Int] = [:]
      if let object = reader.object("differences") {
        for cause in DifferenceCause.allCases where object.contains(cause.rawValue) {
          differences[cause] = object.integer(cause.rawValue, in: 1...Int.max)
        }
        object.finish()
      }
      reader.finish()
      guard let validation, let test, let overflows else { return nil }
      return Evaluation(
        validationErrors: validation, testErrors: test, differences: differences, overflows: overflows)
    }
  }
}

extension IntegerNetwork {
  /// Whether some sum of products, for some input, needs more than `bits` bits of magnitude.
  func sumsCanPass(bits: Int) -> Bool {
    nodes.contains { node in
      guard let layer = weightedLayer(of: node) else { return false }
      let most = Int64(tensor(node.inputs[0])!.format.maximumRaw)
      let width = layer.inputsPerOutput
      return (0..<layer.outputs).contains { output in
        let row = layer.weights[output * width..<(output + 1) * width]
        return row.reduce(abs(layer.biases[output])) { $0 + Int64($1.magnitude) * most } > 1 << bits
      }
    }
  }
}
