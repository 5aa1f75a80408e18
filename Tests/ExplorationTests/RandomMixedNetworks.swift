import Datasets
import Exploration
import Hardware
import Networks
import Quantization
import Reproducibility
import Tensors
import Training

/// A small random float network with calibration images, small enough that every choice of widths can be tried.
struct RandomMixedNetwork {
  let network: FloatNetwork
  let choices: MixedPrecision
  let calibration: CalibrationSet

  /// A network of three layers: two fully connected ones or a convolution with pooling before the last. Its labels are its own classes, but for a few.
  init(seed: UInt64, samples: Int = 24) throws {
    var source = RandomSource(seed: seed).split("network")
    func weights(_ shape: [Int]) -> Tensor<Float> {
      let count = shape.reduce(1, *)
      // Some layers with heavy tails, so that widths matter differently from layer to layer.
      let tail = source.below(3) == 0
      let scale = 1.5 / Double(count / shape[0]).squareRoot()
      return Tensor(
        shape: shape,
        elements: (0..<count).map { _ in
          let deviate = source.normal()
          return Float(scale * (tail ? deviate * abs(deviate) : deviate))
        })
    }
    func biases(_ count: Int) -> [Float] { (0..<count).map { _ in Float(0.1 * source.normal()) } }
    let hidden = 4 + source.below(4)
    var nodes: [FloatNetwork.Node]
    if source.below(2) == 0 {
      let window = SlidingWindow(kernel: PlaneExtent(square: 3), padding: PlanePadding(all: 1))
      let pool = SlidingWindow(kernel: PlaneExtent(square: 2), stride: PlaneExtent(square: 2))
      nodes = [
        .init(
          "conv1", inputs: [inputTensorName],
          .convolution(
            FloatConvolution(weights: weights([3, 3, 3, 1]), biases: biases(3), window: window))),
        .init("relu1", inputs: ["conv1"], .activation(.relu)),
        .init("pool1", inputs: ["relu1"], .maximumPooling(pool)),
        .init(
          "fc2", inputs: ["pool1"],
          .dense(FloatDense(weights: weights([hidden, 12]), biases: biases(hidden)))),
      ]
    } else {
      nodes = [
        .init(
          "fc1", inputs: [inputTensorName],
          .dense(FloatDense(weights: weights([9, 16]), biases: biases(9)))),
        .init("relu1", inputs: ["fc1"], .activation(.relu)),
        .init(
          "fc2", inputs: ["relu1"],
          .dense(FloatDense(weights: weights([hidden, 9]), biases: biases(hidden)))),
      ]
    }
    nodes += [
      .init("relu2", inputs: ["fc2"], .activation(source.below(2) == 0 ? .relu : .sigmoid)),
      .init(
        "logits", inputs: ["relu2"],
        .dense(FloatDense(weights: weights([4, hidden]), biases: biases(4)))),
    ]
    let network = try FloatNetwork(name: "random \(seed)", inputShape: [4, 4, 1], nodes: nodes)
    self.network = network
    let pixels = (0..<samples * 16).map { _ in UInt8(source.below(256)) }
    func images(_ labels: [UInt8]) -> ImageSet {
      ImageSet(height: 4, width: 4, channels: 1, classCount: 4, pixels: pixels, labels: labels)
    }
    let resources = ComputeResources(threads: 1)
    let classes = Classifier(network, plan: nil, resources: resources)
      .classes(of: images(Array(repeating: 0, count: samples)))
    let labeled = images(classes.map { source.below(6) == 0 ? UInt8(source.below(4)) : $0 })
    choices = try MixedPrecision(
      network, recipe: QuantizationRecipe(weightWordLength: 8), on: .standard
    ) { name in
      Classifier(network, plan: nil, resources: resources).values(of: name, over: labeled, count: samples)
    }
    calibration = try CalibrationSet(
      labeled, count: samples,
      disturbances: [
        try InputDisturbance(.gaussianNoise, severity: 0.1), try InputDisturbance(.fog, severity: 0.3),
      ], seed: seed, network: network, resources: resources)
  }

  /// Every choice of widths, in order.
  var everyChoice: [[Int]] {
    choices.layers.reduce([[]]) { all, _ in all.flatMap { front in (2...8).map { front + [$0] } } }
  }

  /// The robustness loss of `widths` by the plain reference of the integer network and of the float network, sharing no code with the search but the loss of a sample.
  func referenceLoss(_ widths: [Int]) throws -> Double {
    let integers = try choices.integerNetwork(widths)
    let inputs = integers.inputs(from: calibration.images)
    let output = integers.output.name
    var sum = 0.0
    for sample in 0..<calibration.count {
      let label = Int(calibration.images.labels[sample])
      func margin(_ logits: [Double]) -> Double {
        logits[label] - logits.indices.filter { $0 != label }.map { logits[$0] }.max()!
      }
      let words = inputs[sample * 16..<(sample + 1) * 16].map { Int64($0) }
      let raw = integers.referenceTensors(of: words)[output]!
      let own = margin(raw.map { Double($0) * integers.scales[output]! })
      sum += RobustnessLoss.term(margin: own, floatMargin: calibration.floatMargins[sample])
    }
    return sum / Double(calibration.count)
  }
}
