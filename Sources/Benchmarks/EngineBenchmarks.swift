import FixedPoint
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors

/// The lane array's engine on a large dense layer, where no sum can leave the accumulator and where all are stepped,
/// and on a whole network; beside a plain loop over the same multiplications.
func engineBenchmarks(_ resources: ComputeResources) -> [Benchmark] {
  var random = RandomSource(seed: 3)
  func dense(_ inputs: Int, _ outputs: Int, bits: Int, accumulator: Int) -> (
    IntegerNetwork, HardwareDescription
  ) {
    let limit = UniformQuantizer.limit(wordLength: bits)
    let weights = (0..<inputs * outputs).map { _ in Int16(random.below(2 * limit + 1) - limit) }
    func format(_ signedness: Signedness, _ bits: Int) -> FixedPointFormat {
      try! FixedPointFormat(signedness, wordLength: bits, fractionLength: 0)
    }
    let network = try! IntegerNetwork(
      name: "dense \(inputs) x \(outputs)",
      input: IntegerTensor(shape: [inputs], format: format(.unsigned, 8)),
      nodes: [
        IntegerNetwork.Node(
          "logits", inputs: [inputTensorName],
          .dense(
            IntegerDense(
              weights: Tensor(shape: [outputs, inputs], elements: weights), weightWordLength: bits,
              biases: Array(repeating: 0, count: outputs), outputStage: .accumulators)),
          output: IntegerTensor(shape: [outputs], format: format(.signed, accumulator)))
      ])
    let machine = HardwareDescription.standard.withWeights(bits: bits)
      .withWeightMemory(bits: 1 << 30).withAccumulator(Accumulator(bits: accumulator, overflow: .saturate))
    return (network, machine)
  }

  let samples = 64
  let (inputs, outputs) = (1024, 1024)
  let values = (0..<samples * inputs).map { _ in Int32(random.below(256)) }
  let cases: [(String, Int, Int)] = [
    ("8-bit weights, proved safe", 8, 32), ("ternary weights, proved safe", 2, 32),
    ("8-bit weights, stepped", 8, 20),
  ]
  return cases.map { name, bits, accumulator in
    let (network, machine) = dense(inputs, outputs, bits: bits, accumulator: accumulator)
    let engine = try! MachineEngine(network, on: machine)
    guard case .dense(let layer) = network.nodes[0].operation else { fatalError("a dense layer was built") }
    var sums = [Int64](repeating: 0, count: outputs)
    return Benchmark(
      "engine, dense 1024 x 1024, batch 64, \(name), \(resources.threadWords)", unit: "GMAC/s",
      work: 1e-9 * Double(samples * inputs * outputs), referenceWork: 1e-9 * Double(inputs * outputs)
    ) {
      _ = try! engine.run(values, resources: resources)
    } reference: {
      plainDense(layer, values, &sums)
    }
  }
}

/// One sample by plain loops over 32-bit words.
private func plainDense(_ layer: IntegerDense, _ x: [Int32], _ sums: inout [Int64]) {
  layer.weights.elements.withUnsafeBufferPointer { weights in
    x.withUnsafeBufferPointer { x in
      for output in 0..<layer.outputs {
        var sum = layer.biases[output]
        for input in 0..<layer.inputs {
          sum += Int64(weights[output * layer.inputs + input]) * Int64(x[input])
        }
        sums[output] = sum
      }
    }
  }
}
