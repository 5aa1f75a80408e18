import Networks
import Testing

extension NetworkTopology {
  /// Parameters of a layer with weights: its weights and one bias an output.
  private func parameters(of layer: Layer) -> (weights: Int, biases: Int) {
    let input = shape(of: layer.inputs[0])
    return switch layer.operation {
    case .convolution(let outputs, let window, let groups):
      (outputs * window.kernel.height * window.kernel.width * input[2] / groups, outputs)
    case .dense(let outputs): (outputs * input.reduce(1, *), outputs)
    case .maximumPooling, .averagePooling, .addition: (0, 0)
    }
  }

  fileprivate var weights: Int { layers.reduce(0) { $0 + parameters(of: $1).weights } }
  fileprivate var biases: Int { layers.reduce(0) { $0 + parameters(of: $1).biases } }

  /// Multiplications for one input, padding included.
  fileprivate var multiplications: Int {
    layers.reduce(0) { sum, layer in
      sum + parameters(of: layer).weights * layer.outputShape.dropLast().reduce(1, *)
    }
  }

  /// `[height, width, channels]` of what each layer makes, as text.
  fileprivate var shapes: [String] {
    layers.map { "\($0.name) \($0.outputShape.map(String.init).joined(separator: "x"))" }
  }
}

@Suite("Topologies by name")
struct NetworkTopologyTests {
  /// A network's published size. The multiplications of AlexNet and VGG-16 are sums over the published layer tables.
  struct Published: CustomTestStringConvertible {
    let name: String
    let parameters: Int
    let multiplications: Int
    var testDescription: String { name }
  }

  private static let published = [
    Published(name: "vgg-16", parameters: 138_357_544, multiplications: 15_470_264_320),
    Published(name: "alexnet", parameters: 61_100_840, multiplications: 714_188_480),
    Published(name: "lenet-5", parameters: 61_706, multiplications: 416_520),
    Published(name: "lenet-caffe", parameters: 431_080, multiplications: 2_293_000),
    Published(name: "ds-cnn", parameters: 22_016 + 588, multiplications: 2_656_768),
    Published(name: "resnet-8", parameters: 77_706, multiplications: 12_501_632),
    Published(
      name: "cnn-32-32-64", parameters: 145_376 + 32 + 32 + 64 + 64 + 10,
      multiplications: 2400 * 1024 + 25_600 * 256 + 51_200 * 64 + 65_536 + 640),
    Published(
      name: "ffdnn-4x256", parameters: 784 * 256 + 3 * 256 * 256 + 2560 + 4 * 256 + 10,
      multiplications: 784 * 256 + 3 * 256 * 256 + 2560),
  ]

  @Test("Parameters and multiplications are the published ones", arguments: published)
  func sizes(_ expected: Published) throws {
    let topology = try NetworkTopology(named: expected.name)
    #expect(topology.weights + topology.biases == expected.parameters)
    #expect(topology.multiplications == expected.multiplications)
    #expect(topology.name == expected.name)
  }

  @Test("ResNet-8 has the 78,666 parameters of MLPerf Tiny with four a channel of its batch normalisation")
  func residualNetwork() throws {
    let topology = try NetworkTopology(named: "resnet-8")
    let normalized = topology.layers.filter {
      if case .convolution = $0.operation { !$0.name.hasSuffix("shortcut") } else { false }
    }
    let channels = normalized.reduce(0) { $0 + $1.outputShape[2] }
    #expect(channels == 240)
    #expect(topology.weights + topology.biases + 4 * channels == 78_666)
    let sums = topology.layers.filter { $0.operation == .addition }
    #expect(
      sums.map(\.inputs) == [
        ["block1_conv2", "conv1"], ["block2_conv2", "block2_shortcut"], ["block3_conv2", "block3_shortcut"],
      ])
    #expect(sums.map(\.outputShape) == [[32, 32, 16], [16, 16, 32], [8, 8, 64]])
  }

  @Test("The keyword-spotting network has the shapes of the published table")
  func keywordSpotting() throws {
    let topology = try NetworkTopology(named: "ds-cnn")
    let blocks = (1...4).flatMap { ["depthwise\($0) 25x5x64", "pointwise\($0) 25x5x64"] }
    #expect(topology.shapes == ["conv1 25x5x64"] + blocks + ["average 1x1x64", "logits 12"])
    guard case .convolution(_, let window, _) = topology.layers[0].operation else {
      Issue.record("the first layer is no convolution")
      return
    }
    #expect(window.padding == PlanePadding(top: 4, left: 1, bottom: 5, right: 1))
  }

  @Test("Layers have the published shapes")
  func shapes() throws {
    func shapes(_ name: String) throws -> [String] { try NetworkTopology(named: name).shapes }
    #expect(
      try shapes("alexnet") == [
        "conv1 55x55x64", "pool1 27x27x64", "conv2 27x27x192", "pool2 13x13x192", "conv3 13x13x384",
        "conv4 13x13x256", "conv5 13x13x256", "pool5 6x6x256", "hidden1 4096", "hidden2 4096", "logits 1000",
      ])
    #expect(
      try shapes("lenet-5") == [
        "conv1 28x28x6", "pool1 14x14x6", "conv2 10x10x16", "pool2 5x5x16", "hidden1 120", "hidden2 84",
        "logits 10",
      ])
    #expect(
      try shapes("lenet-caffe") == [
        "conv1 24x24x20", "pool1 12x12x20", "conv2 8x8x50", "pool2 4x4x50", "hidden1 500", "logits 10",
      ])
    #expect(
      try shapes("cnn-8-4-2") == [
        "conv1 32x32x8", "pool1 16x16x8", "conv2 16x16x4", "pool2 8x8x4", "conv3 8x8x2", "pool3 4x4x2",
        "hidden 64", "logits 10",
      ])
    let vgg = try shapes("vgg-16")
    #expect(vgg.count == 13 + 5 + 3 && vgg.contains("pool4 14x14x512") && vgg.contains("pool5 7x7x512"))
    #expect(try shapes("ffdnn-2x64-relu") == ["hidden1 64", "hidden2 64", "logits 10"])
    let activations = try ["ffdnn-2x64", "ffdnn-2x64-relu"].map {
      try NetworkTopology(named: $0).layers.map(\.activation)
    }
    #expect(activations == [[.sigmoid, .sigmoid, nil], [.relu, .relu, nil]])
  }

  @Test("Another input or number of classes changes what depends on it")
  func otherInputs() throws {
    let topology = try NetworkTopology(named: "lenet-5", inputShape: [32, 32, 3], classes: 100)
    #expect(topology.inputShape == [32, 32, 3] && topology.layers.last?.outputShape == [100])
    #expect(topology.shape(of: "pool2") == [6, 6, 16])
    #expect(try NetworkTopology(named: "ffdnn-1x4", inputShape: [12]).weights == 12 * 4 + 40)
  }

  private func message(_ name: String, inputShape: [Int]? = nil, classes: Int? = nil) -> String? {
    do {
      _ = try NetworkTopology(named: name, inputShape: inputShape, classes: classes)
      return nil
    } catch { return error.description }
  }

  @Test(
    "A divisor makes that part of the maps and units, but all classes; AlexNet has a form for small images")
  func narrowed() throws {
    let narrow = try NetworkTopology(named: "vgg-16/4", inputShape: [32, 32, 3], classes: 10)
    let channels = narrow.layers.filter { $0.activation != nil }.map { $0.outputShape.last! }
    #expect(channels == [16, 16, 32, 32, 64, 64, 64, 128, 128, 128, 128, 128, 128, 1024, 1024])
    #expect(narrow.layers.last!.outputShape == [10])
    let same = try NetworkTopology(named: "ds-cnn/1")
    #expect(same.layers == (try NetworkTopology(named: "ds-cnn").layers))
    #expect(try NetworkTopology(named: "ds-cnn/8").layers.first!.outputShape.last == 8)
    #expect(try NetworkTopology(named: "alexnet-32").shape(of: "pool5") == [3, 3, 256])
    for name in ["vgg-16/", "vgg-16/0", "vgg-16/04", "vgg-16/65", "vgg-16/4/2"] {
      #expect(message(name)?.contains("/1 to /64 are possible") == true, "\(name)")
    }
  }

  @Test("Names that stand for nothing are refused with what could be meant")
  func unknownNames() {
    let forms = "ffdnn-LAYERSxUNITS[-relu], cnn-MAPS-MAPS-MAPS, lenet-5, lenet-caffe, alexnet, vgg-16"
    for (name, near) in [("vgg16", "vgg-16"), ("resnet8", "resnet-8"), ("Alexnet", "alexnet")] {
      #expect(
        message(name)?.hasPrefix("\(name): no such topology; write one of \(forms)") == true
          && message(name)?.hasSuffix("Did you mean \(near)?") == true, "\(message(name) ?? "accepted")")
    }
    for name in [
      "", "-", "cnn", "cnn-32-32", "cnn-032-32-64", "cnn-0-1-1", "cnn-1-1-4097", "cnn--1-2-3", "🦆",
    ] {
      #expect(message(name)?.hasPrefix("\(name): no such topology; write one of \(forms)") == true, "\(name)")
    }
    #expect(message("cnn-1-1-4096", inputShape: [8, 8, 1]) == nil)
    #expect(message("ffdnn-5x10") == "ffdnn-5x10: 5 hidden layers; 1 to 4 are possible")
    #expect(message("ffdnn-4") == FeedForwardTopology.refusal("ffdnn-4"))
    for classes in [0, -1, 65_537, .max] {
      #expect(message("lenet-5", classes: classes) == "lenet-5: \(classes) classes; 1 to 65536 are possible")
    }
  }

  @Test("Inputs that the layers do not chain from are refused, naming the layer")
  func misfittingInputs() {
    #expect(
      message("vgg-16", inputShape: [16, 16, 3])
        == "vgg-16, layer pool5: a window of 2 x 2 does not fit its input [1, 1, 512]; give the network a larger input"
    )
    #expect(message("vgg-16", inputShape: [32, 32, 3]) == nil)
    #expect(message("lenet-caffe", inputShape: [4, 28, 1])?.hasPrefix("lenet-caffe, layer conv1: ") == true)
    for shape in [[784], [28, 28], [1, 28, 28, 1]] {
      #expect(message("lenet-5", inputShape: shape)?.hasPrefix("lenet-5, layer conv1: ") == true, "\(shape)")
    }
    for shape in [[], [0, 1, 1], [28, -28, 1], [.max, .max, .max], [1 << 13, 1 << 12, 1]] {
      #expect(message("ds-cnn", inputShape: shape)?.hasPrefix("input: shape ") == true, "\(shape)")
    }
  }

  @Test("Layers of more weights than any memory holds are refused before anything is drawn")
  func hugeLayers() {
    #expect(
      message("ffdnn-1x1024", inputShape: [4096, 4096, 1])
        == "ffdnn-1x1024, layer hidden1: has 17179869184 weights; at most 1073741824 are possible")
  }
}

extension FeedForwardTopology {
  /// What a name that is none is told.
  fileprivate static func refusal(_ name: String) -> String {
    "\(name): no such topology; write ffdnn-LAYERSxUNITS, for example ffdnn-4x256 or ffdnn-2x64-relu"
  }
}
