import Reproducibility

extension NetworkTopology {
  /// A family of topologies that one name, perhaps with sizes, stands for.
  private enum Family {
    case feedForward(FeedForwardTopology)
    case papersCNN(featureMaps: [Int])
    /// All maps and hidden units times `width`.
    case scaled(Scaled, width: Double)
    case fixed(Fixed)
  }

  /// Networks that also come narrower.
  private enum Scaled: String, CaseIterable {
    case alexNet = "alexnet"
    case vgg16 = "vgg-16"
  }

  /// Networks of fixed size.
  private enum Fixed: String, CaseIterable {
    case lenet5 = "lenet-5"
    case lenetCaffe = "lenet-caffe"
    case resNet8 = "resnet-8"
    case dsCNN = "ds-cnn"
  }

  /// How the names are written, for messages and help.
  public static let nameForms =
    ["ffdnn-LAYERSxUNITS[-relu]", "cnn-MAPS-MAPS-MAPS"] + Scaled.allCases.map { "\($0.rawValue)[-WIDTH]" }
    + Fixed.allCases.map(\.rawValue)

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
  /// | `alexnet-0.25`, `vgg-16-0.25` | the same with all maps and hidden units times 0.25 |  |
  /// | `resnet-8` | three residual blocks, 16-32-64 | MLPerf Tiny, image classification |
  /// | `ds-cnn` | depthwise-separable, 64 channels | MLPerf Tiny, keyword spotting |
  ///
  /// For images of fewer than 64 rows `alexnet` begins with a 5 × 5 convolution of stride 1 and `alexnet` and `vgg-16` have 512 hidden units a layer
  /// instead of 4096, as is usual for CIFAR (Liu and Deng 2015, doi:10.1109/ACPR.2015.7486599).
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
    switch family {
    case .feedForward(let sizes):
      for layer in 1...sizes.hiddenLayers {
        try builder.dense("hidden\(layer)", outputs: sizes.units, activation: sizes.activation)
      }
    case .papersCNN(let maps): try Self.papersCNN(maps, &builder)
    case .scaled(.alexNet, let width): try Self.alexNet(width, &builder)
    case .scaled(.vgg16, let width): try Self.vgg16(width, &builder)
    case .fixed(.lenet5): try Self.lenet(maps: [6, 16], padding: 2, units: [120, 84], &builder)
    case .fixed(.lenetCaffe): try Self.lenet(maps: [20, 50], padding: 0, units: [500], &builder)
    case .fixed(.resNet8): try Self.resNet8(&builder)
    case .fixed(.dsCNN): try Self.dsCNN(&builder)
    }
    try builder.dense("logits", outputs: classes, activation: nil)
    self = builder.topology
  }

  private static func family(_ name: String) throws(NetworkError) -> Family {
    if let fixed = Fixed(rawValue: name) { return .fixed(fixed) }
    if name.hasPrefix("ffdnn-") { return .feedForward(try FeedForwardTopology(named: name)) }
    for scaled in Scaled.allCases {
      if name == scaled.rawValue { return .scaled(scaled, width: 1) }
      guard name.hasPrefix(scaled.rawValue + "-") else { continue }
      let text = name.dropFirst(scaled.rawValue.count + 1)
      guard text.hasPrefix("0."), let width = Double(text), 0.01...1 ~= width else {
        throw NetworkError(
          at: name, "a width of \"\(text)\"; write one from 0.01 to 1, such as \(scaled.rawValue)-0.25")
      }
      return .scaled(scaled, width: width)
    }
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    let maps = parts.dropFirst().compactMap { Int($0) }
    if parts[0] == "cnn", maps.count == 3, maps.allSatisfy({ 1...4096 ~= $0 }),
      name == "cnn-" + maps.map(String.init).joined(separator: "-")
    {
      return .papersCNN(featureMaps: maps)
    }
    let near = nearestName(to: name, among: Fixed.allCases.map(\.rawValue) + Scaled.allCases.map(\.rawValue))
    throw NetworkError(
      at: name,
      "no such topology; write one of \(nameForms.joined(separator: ", "))"
        + (near.map { ". Did you mean \($0)?" } ?? ""))
  }

  private static func usual(_ family: Family) -> (input: [Int], classes: Int) {
    switch family {
    case .feedForward, .fixed(.lenet5), .fixed(.lenetCaffe): ([28, 28, 1], 10)
    case .papersCNN, .fixed(.resNet8): ([32, 32, 3], 10)
    case .scaled: ([224, 224, 3], 1000)
    case .fixed(.dsCNN): ([49, 10, 1], 12)
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

  /// `count` times `width`, rounded to nearest with ties away from zero, and at least 1.
  private static func scaled(_ count: Int, _ width: Double) -> Int {
    max(1, Int((Double(count) * width).rounded()))
  }

  private static func isSmall(_ builder: TopologyBuilder) -> Bool { builder.topology.inputShape[0] < 64 }

  private static func alexNet(_ width: Double, _ builder: inout TopologyBuilder) throws(NetworkError) {
    let first = isSmall(builder) ? (64, 5, 1, 2) : (64, 11, 4, 2)
    let convolutions = [first, (192, 5, 1, 2), (384, 3, 1, 1), (256, 3, 1, 1), (256, 3, 1, 1)]
    let units = isSmall(builder) ? 512 : 4096
    for (index, (maps, kernel, stride, padding)) in convolutions.enumerated() {
      try builder.convolution(
        "conv\(index + 1)", outputs: scaled(maps, width), kernel: PlaneExtent(square: kernel),
        stride: stride, padding: PlanePadding(all: padding))
      if [0, 1, 4].contains(index) { try builder.maximumPooling("pool\(index + 1)", pool(3, stride: 2)) }
    }
    for layer in 1...2 { try builder.dense("hidden\(layer)", outputs: scaled(units, width)) }
  }

  private static func vgg16(_ width: Double, _ builder: inout TopologyBuilder) throws(NetworkError) {
    let units = isSmall(builder) ? 512 : 4096
    for (stage, (maps, count)) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)].enumerated() {
      for layer in 1...count {
        try builder.convolution(
          "conv\(stage + 1)_\(layer)", outputs: scaled(maps, width), kernel: PlaneExtent(square: 3),
          padding: PlanePadding(all: 1))
      }
      try builder.maximumPooling("pool\(stage + 1)", pool(2, stride: 2))
    }
    for layer in 1...2 { try builder.dense("hidden\(layer)", outputs: scaled(units, width)) }
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
