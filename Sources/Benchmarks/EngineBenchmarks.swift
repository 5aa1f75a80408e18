import CKernels
import FixedPoint
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors

/// The engine on a large fully connected layer, on a convolution and on VGG-16, where no sum can leave the accumulator and where all are stepped;
/// beside a plain loop over the same kind of multiplications, and the register-only peak of the dot-product instruction.
func engineBenchmarks(_ resources: ComputeResources) -> [Benchmark] {
  let words = resources.threadWords
  var benchmarks = [dotProductPeak(resources)]
  let dense = [
    ("8-bit weights, proved safe", 8, 32), ("ternary weights, proved safe", 2, 32),
    ("8-bit weights, stepped", 8, 20),
  ]
  for (name, bits, accumulator) in dense {
    benchmarks.append(
      EngineCase(
        network: oneLayer(
          .dense(outputs: 1024), input: [1024], shape: [1024], bits: bits, accumulator: accumulator),
        bits: bits, accumulator: accumulator, samples: 64
      ).benchmark("engine, dense 1024 x 1024, batch 64, \(name), \(words)", resources))
  }
  let window = SlidingWindow(kernel: PlaneExtent(square: 3), padding: PlanePadding(all: 1))
  for (name, bits, accumulator) in dense {
    benchmarks.append(
      EngineCase(
        network: oneLayer(
          .convolution(outputs: 64, window: window, groups: 1), input: [32, 32, 64], shape: [32, 32, 64],
          bits: bits, accumulator: accumulator), bits: bits, accumulator: accumulator, samples: 1
      ).benchmark("engine, convolution 3 x 3, 64 to 64, 32 x 32, \(name), \(words)", resources))
  }
  return benchmarks
}

/// Whole VGG-16 at 224 x 224 with random weights.
func vggBenchmarks(_ resources: ComputeResources) -> [Benchmark] {
  let topology = try! NetworkTopology(named: "vgg-16")
  var benchmarks: [Benchmark] = []
  for (name, bits, accumulator) in [
    ("8-bit weights, proved safe", 8, 32), ("ternary weights, proved safe", 2, 32),
    ("8-bit weights, stepped", 8, 24), ("ternary weights, stepped", 2, 16),
  ] {
    let network = try! topology.integerNetwork(
      recipe: QuantizationRecipe(weightWordLength: bits, accumulatorWordLength: accumulator),
      weights: .random(RandomSource(seed: 5)))
    let measured = EngineCase(network: network, bits: bits, accumulator: accumulator, samples: 1)
    let speed = measured.benchmark(
      "engine, vgg-16 at 224 x 224, \(name), \(resources.threadWords)", resources, repetitions: 3)
    benchmarks.append(speed)
    benchmarks.append(
      Benchmark(
        "the same", unit: "images/s", value: speed.value / measured.work,
        reference: speed.reference / measured.work))
    if bits == 8 && accumulator == 32 { benchmarks.append(measured.mappingBenchmark()) }
  }
  return benchmarks
}

/// The peak of this machine's int8 dot product, on registers alone.
private func dotProductPeak(_ resources: ComputeResources) -> Benchmark {
  let version = resources.singleThreaded.instructionSet.kernelVersion
  let iterations: Int64 = 1 << 16
  let work = Double(wl_dot_product_peak(version, iterations)) * 1e-9
  let plain = PlainConvolution(size: 32, channels: 64)
  return Benchmark(
    "int8 dot product on registers alone, 1 thread", unit: "GMAC/s", work: work, referenceWork: plain.work
  ) {
    _ = wl_dot_product_peak(version, iterations)
  } reference: {
    plain.run()
  }
}

/// A network of one layer with random weights whose accumulators leave as they are.
private func oneLayer(
  _ operation: NetworkTopology.Operation, input: [Int], shape: [Int], bits: Int, accumulator: Int
) -> IntegerNetwork {
  func tensor(_ shape: [Int], _ signedness: Signedness, _ bits: Int) -> IntegerTensor {
    IntegerTensor(
      shape: shape, format: try! FixedPointFormat(signedness, wordLength: bits, fractionLength: 0))
  }
  var random = RandomSource(seed: 3)
  let limit = UniformQuantizer.limit(wordLength: bits)
  func weights(_ shape: [Int]) -> Tensor<Int16> {
    Tensor(
      shape: shape,
      elements: (0..<shape.reduce(1, *)).map { _ in Int16(random.below(2 * limit + 1) - limit) })
  }
  let layer: IntegerOperation
  switch operation {
  case .dense(let outputs):
    layer = .dense(
      IntegerDense(
        weights: weights([outputs, input.reduce(1, *)]), weightWordLength: bits,
        biases: Array(repeating: 0, count: outputs), outputStage: .accumulators))
  case .convolution(let outputs, let window, let groups):
    layer = .convolution(
      IntegerConvolution(
        weights: weights([outputs, window.kernel.height, window.kernel.width, input[2] / groups]),
        weightWordLength: bits, biases: Array(repeating: 0, count: outputs), window: window, groups: groups,
        outputStage: .accumulators))
  case .maximumPooling, .averagePooling, .addition: fatalError("a layer with weights is wanted")
  }
  return try! IntegerNetwork(
    name: "one layer", input: tensor(input, .unsigned, 8),
    nodes: [
      IntegerNetwork.Node(
        "sums", inputs: [inputTensorName], layer, output: tensor(shape, .signed, accumulator))
    ])
}

/// A network on the default lane array, with memories that hold it.
private struct EngineCase {
  let network: IntegerNetwork
  let hardware: HardwareDescription
  let engine: MachineEngine
  let inputs: [Int32]
  let samples: Int

  init(network: IntegerNetwork, bits: Int, accumulator: Int, samples: Int) {
    self.network = network
    self.samples = samples
    hardware = HardwareDescription.standard.withWeights(bits: bits).withWeightMemory(bits: 1 << 40)
      .withActivationMemory(bits: 1 << 40)
      .withAccumulator(Accumulator(bits: accumulator, overflow: .saturate))
    engine = try! MachineEngine(network, on: hardware)
    var random = RandomSource(seed: 4)
    inputs = (0..<samples * network.input.count).map { _ in Int32(random.below(256)) }
  }

  /// 10^9 multiplications of one run.
  var work: Double { 1e-9 * Double(samples) * Double(engine.mapping.layers.reduce(0) { $0 + $1.usefulMACs }) }

  func benchmark(_ name: String, _ resources: ComputeResources, repetitions: Int = 7) -> Benchmark {
    let plain = PlainConvolution(size: 32, channels: 64)
    return Benchmark(
      name, unit: "GMAC/s", work: work, referenceWork: plain.work, repetitions: repetitions
    ) {
      _ = try! engine.run(inputs, resources: resources)
    } reference: {
      plain.run()
    }
  }

  /// Cycles, memory and events of the network without running it; the reference adds up one position of one tile at a time.
  func mappingBenchmark() -> Benchmark {
    Benchmark("cycles, memory and events of \(network.name) without running it", unit: "networks/s", work: 1)
    {
      _ = try! NetworkMapping(network, on: hardware)
    } reference: {
      var cycles = 0
      for layer in engine.mapping.layers {
        for _ in 0..<layer.tiles {
          for _ in 0..<layer.positions { cycles += max(layer.taps, 4) }
        }
      }
      precondition(cycles > 0)
    }
  }
}

/// A 3 x 3 convolution of one image by plain loops over 32-bit words.
private final class PlainConvolution {
  private let size: Int
  private let channels: Int
  private let image: [Int32]
  private let weights: [Int16]
  private var sums: [Int64]

  init(size: Int, channels: Int) {
    self.size = size
    self.channels = channels
    image = (0..<size * size * channels).map { Int32($0 % 251) }
    weights = (0..<channels * 9 * channels).map { Int16($0 % 127) }
    sums = [Int64](repeating: 0, count: 2 * size * channels)
  }

  /// 10^9 multiplications of one run: two rows of outputs.
  var work: Double { 1e-9 * Double(2 * size * channels * 9 * channels) }

  func run() {
    image.withUnsafeBufferPointer { image in
      weights.withUnsafeBufferPointer { weights in
        for position in 0..<2 * size {
          let (row, column) = position.quotientAndRemainder(dividingBy: size)
          for output in 0..<channels {
            var sum: Int64 = 0
            for tap in 0..<9 {
              let r = row + tap / 3 - 1
              let c = column + tap % 3 - 1
              guard 0..<size ~= r, 0..<size ~= c else { continue }
              for channel in 0..<channels {
                sum +=
                  Int64(weights[(output * 9 + tap) * channels + channel])
                  * Int64(image[(r * size + c) * channels + channel])
              }
            }
            sums[position * channels + output] = sum
          }
        }
      }
    }
  }
}
