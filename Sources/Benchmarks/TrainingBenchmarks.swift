import CKernels
import Datasets
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// The plain single loop that the trainer's products are compared with: one multiply-add after the other.
private func plainProduct(
  _ a: [Float], _ b: [Float], _ c: inout [Float], rows: Int, columns: Int, inner: Int
) {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      c.withUnsafeMutableBufferPointer { c in
        for i in 0..<rows {
          for j in 0..<columns {
            var sum: Float = 0
            for p in 0..<inner { sum += a[i * inner + p] * b[p * columns + j] }
            c[i * columns + j] = sum
          }
        }
      }
    }
  }
}

/// Products of the sizes that training the largest feed-forward network is made of.
func productBenchmarks(_ resources: ComputeResources) -> [Benchmark] {
  [(128, 512, 512), (1024, 1024, 1024)].map { rows, columns, inner in
    var random = RandomSource(seed: 1)
    let a = (0..<rows * inner).map { _ in Float(random.uniform() - 0.5) }
    let b = (0..<inner * columns).map { _ in Float(random.uniform() - 0.5) }
    var c = [Float](repeating: 0, count: rows * columns)
    var d = [Float](repeating: 0, count: 16 * columns)
    let workspace = ProductWorkspace()
    let left = Array(a[0..<16 * inner])
    return Benchmark(
      "float product \(rows) x \(columns) x \(inner), \(resources.threadWords)", unit: "GFLOP/s",
      work: 2e-9 * Double(rows * columns * inner), referenceWork: 2e-9 * Double(16 * columns * inner)
    ) {
      resources.multiply(
        MatrixView(a, rows: rows, columns: inner), MatrixView(b, rows: inner, columns: columns), into: &c,
        workspace: workspace)
    } reference: {
      plainProduct(left, b, &d, rows: 16, columns: columns, inner: inner)
    }
  }
}

/// Fused multiply-adds on registers alone: what no product of this processor can exceed.
func floatPeakBenchmark(_ resources: ComputeResources) -> Benchmark {
  let version = resources.instructionSet.kernelVersion
  let rounds: Int64 = 1 << 20
  let operations = Double(wl_float_peak(version, rounds))
  let left = [Float](repeating: 0.5, count: 64 * 256)
  let right = [Float](repeating: 0.25, count: 256 * 64)
  var out = [Float](repeating: 0, count: 64 * 64)
  return Benchmark(
    "float multiply-adds on registers alone, 1 thread", unit: "GFLOP/s", work: operations * 1e-9,
    referenceWork: 2e-9 * 64 * 64 * 256
  ) {
    _ = wl_float_peak(version, rounds)
  } reference: {
    plainProduct(left, right, &out, rows: 64, columns: 64, inner: 256)
  }
}

/// Training of LeNet-5 and of the papers' CNN on random images, beside a plain loop that does the products of one sample's forward pass.
func imageTrainingBenchmarks(_ resources: ComputeResources) -> [Benchmark] {
  [("lenet-5", [28, 28, 1]), ("cnn-32-32-64", [32, 32, 3])].flatMap { name, shape in
    let samples = 512
    var random = RandomSource(seed: 6)
    let images = ImageSet(
      height: shape[0], width: shape[1], channels: shape[2], classCount: 10,
      pixels: (0..<samples * shape.reduce(1, *)).map { _ in UInt8(random.below(256)) },
      labels: (0..<samples).map { _ in UInt8(random.below(10)) })
    let topology = try! NetworkTopology(named: name)
    let network = try! topology.floatNetwork(random: random)
    let one = images.subset([0])
    let trainer = try! Trainer(
      TrainingState(network: network), training: images, validation: one,
      settings: TrainingSettings(epochs: 1000, learningRate: 0.001), random: random, resources: resources)
    let multiplications = forwardMultiplications(of: network)
    // A plain product of as many multiplications as one sample's forward pass and both backward passes.
    let inner = 512
    let rows = max(1, 3 * multiplications / (64 * inner))
    let left = [Float](repeating: 0.5, count: rows * inner)
    let right = [Float](repeating: 0.25, count: inner * 64)
    var out = [Float](repeating: 0, count: rows * 64)
    let measured = Benchmark(
      "training \(name) at \(shape.map(String.init).joined(separator: " x ")), batch 128, \(resources.threadWords)",
      unit: "samples/s", work: Double(samples), referenceWork: 1
    ) {
      _ = try! trainer.runEpoch()
    } reference: {
      plainProduct(left, right, &out, rows: rows, columns: 64, inner: inner)
    }
    let operations = Double(6 * multiplications) * 1e-9
    return [
      measured,
      Benchmark(
        "the same, three products a layer", unit: "GFLOP/s", value: measured.value * operations,
        reference: measured.reference * operations),
    ]
  }
}

/// Multiplications of one sample's forward pass.
private func forwardMultiplications(of network: FloatNetwork) -> Int {
  network.nodes.reduce(0) { sum, node in
    switch node.operation {
    case .dense(let dense): sum + dense.weights.count
    case .convolution(let convolution):
      sum + network.shapes[node.name]!.dropLast().reduce(1, *) * convolution.weights.count
    case .batchNormalization, .activation, .maximumPooling, .averagePooling, .dropout, .addition: sum
    }
  }
}

/// Training of 784-512-512-512-512-10 on random images, in float and ternary, beside a plain loop that does the
/// three products of each layer (forward, weight gradient, input gradient) and nothing else.
func trainingBenchmarks(_ resources: ComputeResources) -> [Benchmark] {
  let samples = 1024
  var random = RandomSource(seed: 2)
  let images = ImageSet(
    height: 28, width: 28, channels: 1, classCount: 10,
    pixels: (0..<samples * 784).map { _ in UInt8(random.below(256)) },
    labels: (0..<samples).map { _ in UInt8(random.below(10)) })
  let topology = try! FeedForwardTopology(hiddenLayers: 4, units: 512, activation: .sigmoid)
  let network = topology.network(inputShape: [28, 28, 1], classes: 10, random: random)
  let weights = topology.weightCount(inputs: 784, classes: 10)
  // The first layer has no input gradient.
  let operationsOfSample = Double(6 * weights - 2 * 784 * 512)
  let plan = try! QuantizationPlan(
    network: network, recipe: QuantizationRecipe(weightWordLength: 2), calibration: { _ in [] })
  let one = ImageSet(
    height: 28, width: 28, channels: 1, classCount: 10, pixels: Array(images.pixels[0..<784]),
    labels: Array(images.labels[0..<1]))
  let sizes = [784, 512, 512, 512, 512, 10]
  return [("float", QuantizationPlan?.none), ("ternary retraining", plan)].flatMap { name, plan in
    let trainer = try! Trainer(
      TrainingState(network: network), training: images, validation: one,
      settings: TrainingSettings(epochs: 1000, learningRate: 0.001), plan: plan, random: random,
      resources: resources)
    var activations = sizes.map { [Float](repeating: 0.5, count: $0) }
    let matrices = zip(sizes, sizes.dropFirst()).map { [Float](repeating: 0.01, count: $0 * $1) }
    var gradients = matrices
    let measured = Benchmark(
      "training 784-512-512-512-512-10, \(name), \(resources.threadWords)", unit: "samples/s",
      work: Double(samples), referenceWork: 1
    ) {
      _ = try! trainer.runEpoch()
    } reference: {
      for layer in matrices.indices {
        plainProduct(
          activations[layer], matrices[layer], &activations[layer + 1], rows: 1, columns: sizes[layer + 1],
          inner: sizes[layer])
      }
      for layer in matrices.indices.reversed() {
        plainProduct(
          activations[layer], activations[layer + 1], &gradients[layer], rows: sizes[layer],
          columns: sizes[layer + 1], inner: 1)
        if layer > 0 {
          plainProduct(
            matrices[layer], activations[layer + 1], &activations[layer], rows: sizes[layer], columns: 1,
            inner: sizes[layer + 1])
        }
      }
    }
    return [
      measured,
      Benchmark(
        "the same", unit: "GFLOP/s", value: measured.value * operationsOfSample * 1e-9,
        reference: measured.reference * operationsOfSample * 1e-9),
    ]
  }
}
