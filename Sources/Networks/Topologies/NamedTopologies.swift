import Reproducibility

extension NetworkTopology {
  /// A family of topologies that one name, perhaps with sizes, stands for.
  private enum Family {
    case feedForward(FeedForwardTopology)
    case papersCNN(featureMaps: [Int])
    /// With one in so many of its maps and units.
    case fixed(Fixed, divisor: Int)
  }

  /// Networks of fixed size.
  private enum Fixed: String, CaseIterable {
    case lenet5 = "lenet-5"
    case lenetCaffe = "lenet-caffe"
    case alexNet = "alexnet"
    case vgg16 = "vgg-16"
    case resNet8 = "resnet-8"
    case dsCNN = "ds-cnn"
    case alexNet32 = "alexnet-32"
  }

  /// How the names are written, for messages and help.
  public static let nameForms =
    ["ffdnn-LAYERSxUNITS[-relu]", "cnn-MAPS-MAPS-MAPS"] + Fixed.allCases.map(\.rawValue) + [
      "one of these names and /N for an N-th of its maps and units"
    ]

  /// The topology called `name`, with its usual input and number of classes unless others are given.
  ///
  /// | name | network | source |
  /// | --- | --- | --- |
  /// | `ffdnn-4x256`, `…-relu` | hidden layers of equal size, sigmoid or ReLU | Sung, Shin and Hwang 2015 |
  /// | `cnn-32-32-64` | three 5 × 5 convolutions, each with 3 × 3 pooling of stride 2 (maximum, average, average), 64 units | the same |
  /// | `lenet-5` | 6-16-120-84, ReLU, maximum pooling | LeCun et al. 1998, whose sub-sampling and squashing differ |
  /// | `lenet-caffe` | 20-50-500 | Caffe's MNIST example |
  /// | `alexnet` | one tower, no response normalisation | Krizhevsky 2014 (arXiv:1404.5997) |
  /// | `vgg-16` | configuration D | Simonyan and Zisserman 2015 |
  /// | `resnet-8` | three residual blocks, 16-32-64 | MLPerf Tiny, image classification |
  /// | `ds-cnn` | depthwise-separable, 64 channels | MLPerf Tiny, keyword spotting |
  /// | `alexnet-32` | `alexnet` for small images: its first kernel is 5 × 5 with stride 1 | the same |
  /// | `vgg-16/4`, … | a network of fixed size with a quarter of its maps and units, rounded up | |
  ///
  /// - Throws: `NetworkError` saying how names are written, or where an input does not fit.
  public init(named name: String, inputShape: [Int]? = nil, classes: Int? = nil) throws(NetworkError) {
    let family = try Self.family(name)
    let (usualInput, usualClasses) = Self.usual(family)
    let classes = classes ?? usualClasses
    guard 1...65_536 ~= classes else {
      throw NetworkError(at: name, "\(classes) classes; 1 to 65536 are possible")
    }
    var builder = try TopologyBuilder(name, inputShape: inputShape ?? usualInput)
    if case .fixed(_, let divisor) = family { builder.divisor = divisor }
    switch family {
    case .feedForward(let sizes):
      for layer in 1...sizes.hiddenLayers {
        try builder.dense("hidden\(layer)", outputs: sizes.units, activation: sizes.activation)
      }
    case .papersCNN(let maps): try Self.papersCNN(maps, &builder)
    case .fixed(.lenet5, _): try Self.lenet(maps: [6, 16], padding: 2, units: [120, 84], &builder)
    case .fixed(.lenetCaffe, _): try Self.lenet(maps: [20, 50], padding: 0, units: [500], &builder)
    case .fixed(.alexNet, _): try Self.alexNet(first: (kernel: 11, stride: 4), &builder)
    case .fixed(.alexNet32, _): try Self.alexNet(first: (kernel: 5, stride: 1), &builder)
    case .fixed(.vgg16, _): try Self.vgg16(&builder)
    case .fixed(.resNet8, _): try Self.resNet8(&builder)
    case .fixed(.dsCNN, _): try Self.dsCNN(&builder)
    }
    try builder.dense("logits", outputs: classes, activation: nil)
    self = builder.topology
  }

  private static func family(_ name: String) throws(NetworkError) -> Family {
    let sizes = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if let fixed = sizes.first.flatMap({ Fixed(rawValue: String($0)) }) {
      if sizes.count == 1 { return .fixed(fixed, divisor: 1) }
      if let divisor = Int(sizes[1]), 1...64 ~= divisor, sizes[1] == "\(divisor)" {
        return .fixed(fixed, divisor: divisor)
      }
      throw NetworkError(
        at: name, "\"\(sizes[1])\" divides no network; /1 to /64 are possible, such as vgg-16/4")
    }
    if name.hasPrefix("ffdnn-") { return .feedForward(try FeedForwardTopology(named: name)) }
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    let maps = parts.dropFirst().compactMap { Int($0) }
    if parts[0] == "cnn", maps.count == 3, maps.allSatisfy({ 1...4096 ~= $0 }),
      name == "cnn-" + maps.map(String.init).joined(separator: "-")
    {
      return .papersCNN(featureMaps: maps)
    }
    let near = nearestName(to: name, among: Fixed.allCases.map(\.rawValue))
    throw NetworkError(
      at: name,
      "no such topology; write one of \(nameForms.joined(separator: ", "))"
        + (near.map { ". Did you mean \($0)?" } ?? ""))
  }

  private static func usual(_ family: Family) -> (input: [Int], classes: Int) {
    switch family {
    case .feedForward, .fixed(.lenet5, _), .fixed(.lenetCaffe, _): ([28, 28, 1], 10)
    case .papersCNN, .fixed(.resNet8, _), .fixed(.alexNet32, _): ([32, 32, 3], 10)
    case .fixed(.alexNet, _), .fixed(.vgg16, _): ([224, 224, 3], 1000)
    case .fixed(.dsCNN, _): ([49, 10, 1], 12)
    }
  }

  private static func pool(_ kernel: Int, stride: Int) -> SlidingWindow {
    SlidingWindow(kernel: PlaneExtent(square: kernel), stride: PlaneExtent(square: stride))
  }

  private static func papersCNN(_ maps: [Int], _ builder: inout TopologyBuilder) throws(NetworkError) {
    for (index, maps) in maps.enumerated() {
      try builder.convolution("conv\(index + 1)", outputs: maps, kernel: PlaneExtent(square: 5))
      // Windows that begin inside the image count, as in cuda-convnet: 32 rows give 16.
      let shape = builder.topology.shape(of: builder.current)
      let kernel = PlaneExtent(square: 3)
      let stride = PlaneExtent(square: 2)
      let window = SlidingWindow(
        kernel: kernel, stride: stride,
        padding: PlanePadding(
          same: PlaneExtent(height: shape[0], width: shape[1]), kernel: kernel, stride: stride,
          dilation: PlaneExtent(square: 1)))
      if index == 0 {
        try builder.maximumPooling("pool1", window)
      } else {
        try builder.averagePooling("pool\(index + 1)", window)
      }
    }
    try builder.dense("hidden", outputs: 64)
  }

  private static func lenet(
    maps: [Int], padding: Int, units: [Int], _ builder: inout TopologyBuilder
  ) throws(NetworkError) {
    for (index, maps) in maps.enumerated() {
      try builder.convolution(
        "conv\(index + 1)", outputs: maps, kernel: PlaneExtent(square: 5),
        padding: PlanePadding(all: index == 0 ? padding : 0))
      try builder.maximumPooling("pool\(index + 1)", pool(2, stride: 2))
    }
    for (index, units) in units.enumerated() { try builder.dense("hidden\(index + 1)", outputs: units) }
  }

  private static func alexNet(
    first: (kernel: Int, stride: Int), _ builder: inout TopologyBuilder
  ) throws(NetworkError) {
    let convolutions = [
      (64, first.kernel, first.stride, 2), (192, 5, 1, 2), (384, 3, 1, 1), (256, 3, 1, 1), (256, 3, 1, 1),
    ]
    for (index, (maps, kernel, stride, padding)) in convolutions.enumerated() {
      try builder.convolution(
        "conv\(index + 1)", outputs: maps, kernel: PlaneExtent(square: kernel), stride: stride,
        padding: PlanePadding(all: padding))
      if [0, 1, 4].contains(index) { try builder.maximumPooling("pool\(index + 1)", pool(3, stride: 2)) }
    }
    for layer in 1...2 { try builder.dense("hidden\(layer)", outputs: 4096) }
  }

  private static func vgg16(_ builder: inout TopologyBuilder) throws(NetworkError) {
    for (stage, (maps, count)) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)].enumerated() {
      for layer in 1...count {
        try builder.convolution(
          "conv\(stage + 1)_\(layer)", outputs: maps, kernel: PlaneExtent(square: 3),
          padding: PlanePadding(all: 1))
      }
      try builder.maximumPooling("pool\(stage + 1)", pool(2, stride: 2))
    }
    for layer in 1...2 { try builder.dense("hidden\(layer)", outputs: 4096) }
  }

  private static func resNet8(_ builder: inout TopologyBuilder) throws(NetworkError) {
    try builder.convolution("conv1", outputs: 16, kernel: PlaneExtent(square: 3))
    for (stage, (maps, stride)) in [(16, 1), (32, 2), (64, 2)].enumerated() {
      let block = "block\(stage + 1)"
      let input = builder.current
      try builder.convolution(
        "\(block)_conv1", outputs: maps, kernel: PlaneExtent(square: 3), stride: stride)
      try builder.convolution(
        "\(block)_conv2", outputs: maps, kernel: PlaneExtent(square: 3), activation: nil)
      let branch = builder.current
      var shortcut = input
      if stride > 1 {
        try builder.convolution(
          "\(block)_shortcut", outputs: maps, kernel: PlaneExtent(square: 1), stride: stride, from: input,
          activation: nil)
        shortcut = builder.current
      }
      try builder.addition("\(block)_sum", branch, shortcut)
    }
    try builder.globalAverage("average")
  }

  private static func dsCNN(_ builder: inout TopologyBuilder) throws(NetworkError) {
    try builder.convolution("conv1", outputs: 64, kernel: PlaneExtent(height: 10, width: 4), stride: 2)
    for block in 1...4 {
      try builder.convolution(
        "depthwise\(block)", outputs: 64, kernel: PlaneExtent(square: 3), groups: 64)
      try builder.convolution("pointwise\(block)", outputs: 64, kernel: PlaneExtent(square: 1))
    }
    try builder.globalAverage("average")
  }
}
