import FixedPoint
import Networks
import Reproducibility
import Tensors
import Testing

extension RandomSource {
  /// An integer drawn evenly from `range`.
  fileprivate mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  fileprivate mutating func values(_ count: Int, in range: ClosedRange<Int>) -> [Int64] {
    (0..<count).map { _ in Int64(integer(in: range)) }
  }

  /// A window of up to 3 × 3 taps that fits `image`.
  fileprivate mutating func window(over image: PlaneExtent) -> SlidingWindow {
    while true {
      func extent(_ most: Int) -> PlaneExtent {
        PlaneExtent(height: integer(in: 1...most), width: integer(in: 1...most))
      }
      let window = SlidingWindow(
        kernel: extent(3), stride: extent(3), dilation: extent(2),
        padding: PlanePadding(top: below(3), left: below(3), bottom: below(3), right: below(3)))
      if window.outputExtent(over: image) != nil { return window }
    }
  }
}

/// An image with a frame around it, `[rows][columns][channels]`; nil where there is no pixel.
private struct FramedImage {
  let rows: [[[Int64]?]]

  init(_ values: [Int64], _ image: PlaneExtent, channels: Int, _ padding: PlanePadding) {
    var pixels = values[...]
    let empty = [[Int64]?](repeating: nil, count: padding.left + image.width + padding.right)
    var rows = [[[Int64]?]](repeating: empty, count: padding.top)
    for _ in 0..<image.height {
      var row = [[Int64]?](repeating: nil, count: padding.left)
      for _ in 0..<image.width {
        row.append(Array(pixels.prefix(channels)))
        pixels = pixels.dropFirst(channels)
      }
      rows.append(row + [[Int64]?](repeating: nil, count: padding.right))
    }
    self.rows = rows + [[[Int64]?]](repeating: empty, count: padding.bottom)
  }

  /// The pixels under the window whose upper left corner is at (`row`, `column`) of the frame, tap by tap.
  func pixels(_ window: SlidingWindow, _ row: Int, _ column: Int) -> [[Int64]?] {
    (0..<window.kernel.height).flatMap { r in
      (0..<window.kernel.width).map { c in
        rows[row + r * window.dilation.height][column + c * window.dilation.width]
      }
    }
  }
}

@Suite("Integer layers over images")
struct IntegerLayerTests {
  /// What one node makes of raw values.
  private func run(
    _ operation: IntegerOperation, on x: [Int64], reading input: IntegerTensor, making output: IntegerTensor
  ) throws -> [Int64] {
    let network = try IntegerNetwork(
      name: "n", input: input, nodes: [.init("out", inputs: [inputTensorName], operation, output: output)])
    return try #require(network.referenceTensors(of: x)["out"])
  }

  @Test("A convolution is the sum over the taps inside the image, by groups")
  func convolutions() throws {
    var source = RandomSource(seed: 312)
    for number in 0..<300 {
      let image = PlaneExtent(height: source.integer(in: 1...6), width: source.integer(in: 1...6))
      let window = source.window(over: image)
      let groups = source.integer(in: 1...3)
      let inGroup = source.integer(in: 1...3)
      let outGroup = source.integer(in: 1...2)
      let (channels, outputs) = (groups * inGroup, groups * outGroup)
      let zeroPoint = source.integer(in: -8...7)
      let plane = try #require(window.outputExtent(over: image))
      let shape = [outputs, window.kernel.height, window.kernel.width, inGroup]
      let convolution = IntegerConvolution(
        weights: .drawn(shape, size: 7, from: &source), weightWordLength: 4,
        biases: source.values(outputs, in: -50...50), window: window, groups: groups,
        outputStage: .accumulators)
      let tensor = IntegerTensor(
        shape: [image.height, image.width, channels], format: .integer(.signed, 4), zeroPoint: zeroPoint)
      let x = source.values(tensor.count, in: -8...7)
      let frame = FramedImage(x, image, channels: channels, window.padding)
      var expected: [Int64] = []
      for row in 0..<plane.height {
        for column in 0..<plane.width {
          let pixels = frame.pixels(window, row * window.stride.height, column * window.stride.width)
          for group in 0..<groups {
            for output in group * outGroup..<(group + 1) * outGroup {
              var sum = convolution.biases[output]
              for (tap, pixel) in pixels.enumerated() {
                for channel in 0..<inGroup {
                  guard let pixel else { continue }
                  let weight = convolution.weights.elements[(output * pixels.count + tap) * inGroup + channel]
                  sum += Int64(weight) * (pixel[group * inGroup + channel] - Int64(zeroPoint))
                }
              }
              expected.append(sum)
            }
          }
        }
      }
      let output = IntegerTensor(
        shape: [plane.height, plane.width, outputs], format: .integer(.signed, 32))
      let got = try run(.convolution(convolution), on: x, reading: tensor, making: output)
      #expect(got == expected, "seed 312, case \(number): \(window), \(groups) groups, \(tensor.shape)")
      try checkWeightedLayer(convolution, tensor, x, expected, label: "seed 312, case \(number)")
    }
  }

  /// The view that the machines execute: with padding at the zero point and the zero point folded into the start, the same sums.
  private func checkWeightedLayer(
    _ convolution: IntegerConvolution, _ tensor: IntegerTensor, _ x: [Int64], _ expected: [Int64],
    label: String
  ) throws {
    let layer = try #require(IntegerOperation.convolution(convolution).weightedLayer(reading: tensor))
    let starts = layer.foldedBiases
    #expect(layer.positions * layer.outputs == expected.count, "\(label)")
    for position in 0..<layer.positions {
      let (row, column) = position.quotientAndRemainder(dividingBy: layer.outputPlane.width)
      for output in 0..<layer.outputs {
        var sum = starts[output]
        for r in 0..<layer.window.kernel.height {
          for c in 0..<layer.window.kernel.width {
            let (y, z) = (
              layer.window.imageRow(output: row, tap: r), layer.window.imageColumn(output: column, tap: c)
            )
            let isInside = 0..<tensor.plane.height ~= y && 0..<tensor.plane.width ~= z
            for channel in 0..<layer.inputChannels {
              let value =
                isInside
                ? x[(y * tensor.plane.width + z) * layer.inputChannels + channel] : Int64(tensor.zeroPoint)
              sum += Int128(layer.weight(output: output, row: r, column: c, channel: channel)) * Int128(value)
            }
          }
        }
        #expect(sum == Int128(expected[position * layer.outputs + output]), "\(label), output \(output)")
      }
    }
  }

  @Test("A pooling counts only what lies inside the image, and keeps zero points out of it")
  func poolings() throws {
    var source = RandomSource(seed: 313)
    var ragged = 0
    var refused = 0
    for number in 0..<400 {
      let image = PlaneExtent(height: source.integer(in: 1...6), width: source.integer(in: 1...6))
      let window = source.window(over: image)
      let channels = source.integer(in: 1...3)
      let tensor = IntegerTensor(
        shape: [image.height, image.width, channels], format: .integer(.signed, 6),
        zeroPoint: source.integer(in: -32...31))
      let x = source.values(tensor.count, in: -32...31)
      let frame = FramedImage(x, image, channels: channels, window.padding)
      let plane = try #require(window.outputExtent(over: image))
      let (low, high) = (source.integer(in: -32 ... -10), source.integer(in: 10...31))
      let isMaximum = source.below(2) == 0
      var expected: [Int64] = []
      var isEmpty = false
      for row in 0..<plane.height {
        for column in 0..<plane.width {
          let all = frame.pixels(window, row * window.stride.height, column * window.stride.width)
          let inside = all.compactMap { $0 }
          isEmpty = isEmpty || inside.isEmpty
          ragged += inside.count < all.count ? 1 : 0
          for channel in 0..<channels where !inside.isEmpty {
            let values = inside.map { $0[channel] }
            let sum = values.reduce(0, +)
            let half = Int64(values.count) / 2
            // The embedded runtimes' rule, as they write it: both divisions truncate.
            let mean = (sum > 0 ? sum + half : sum - half) / Int64(values.count)
            expected.append(min(max(isMaximum ? values.max()! : mean, Int64(low)), Int64(high)))
          }
        }
      }
      let pooling = IntegerPooling(
        isMaximum ? .maximum : .average(rounding: .nearestTiesAwayFromZero), window: window,
        low: Int64(low), high: Int64(high))
      let output = IntegerTensor(
        shape: [plane.height, plane.width, channels], format: tensor.format, zeroPoint: tensor.zeroPoint)
      let label = "seed 313, case \(number): \(window) over \(tensor.shape)"
      do {
        let got = try run(.pooling(pooling), on: x, reading: tensor, making: output)
        #expect(!isEmpty && got == expected, "\(label)")
      } catch let error as NetworkError {
        refused += 1
        #expect(isEmpty && error.description.hasPrefix("out: some window holds no element of"), "\(label)")
      }
    }
    #expect(ragged > 500 && refused > 20, "\(ragged) ragged windows, \(refused) refused")
  }

  /// Rule 2 of the embedded runtimes, as their integer code has it.
  private func runtime(_ x: Int64, _ multiplier: Int64, _ shift: Int) -> Int64 {
    let product = Int128(x << Int64(max(shift, 0))) * Int128(multiplier)
    let nudge: Int128 = product >= 0 ? 1 << 30 : 1 - (1 << 30)
    let high = Int64((product + nudge) / (1 << 31))
    let saturated = min(max(high, Int64(Int32.min)), Int64(Int32.max))
    let places = Int64(max(-shift, 0))
    let mask = (Int64(1) << places) - 1
    let threshold = (mask >> 1) + (saturated < 0 ? 1 : 0)
    return (saturated >> places) + (saturated & mask > threshold ? 1 : 0)
  }

  @Test("An addition is the embedded runtimes' rule, for every pair of bytes")
  func additions() throws {
    var source = RandomSource(seed: 314)
    let bytes = FixedPointFormat.integer(.signed, 8)
    for number in 0..<12 {
      func multiplier() -> Int64 { Int64(source.integer(in: 1 << 30...Int(Int32.max))) }
      let (m1, m2, m3) = (multiplier(), multiplier(), multiplier())
      let (s1, s2, s3) = (-source.below(3), -source.below(4), -18 - source.below(3))
      let (z1, z2, z3) = (
        source.integer(in: -128...127), source.integer(in: -128...127), source.integer(in: -128...127)
      )
      let low = source.below(2) == 0 ? -128 : z3
      let addition = IntegerAddition(
        leftShift: 20, first: .doublingHighMultiply([m1], shifts: [s1]),
        second: .doublingHighMultiply([m2], shifts: [s2]),
        outputStage: .clamp(.doublingHighMultiply([m3], shifts: [s3]), low: Int64(low), high: 127))
      for a in -128...127 {
        for b in stride(from: -128, through: 127, by: number == 0 ? 1 : 17) {
          let first = runtime(Int64(a - z1) << 20, m1, s1)
          let second = runtime(Int64(b - z2) << 20, m2, s2)
          let expected = min(max(runtime(first + second, m3, s3) + Int64(z3), Int64(low)), 127)
          let got = addition.output(of: Int64(a - z1), Int64(b - z2), channel: 0, zeroPoint: z3)
          #expect(got == expected, "seed 314, case \(number): \(a) + \(b)")
        }
      }
      // The node subtracts each tensor's own zero point.
      let identical = IntegerPooling(
        .maximum, window: SlidingWindow(kernel: PlaneExtent(square: 1)), low: -128, high: 127)
      let identity = IntegerConvolution(
        weights: Tensor(shape: [1, 1, 1, 1], repeating: 1), weightWordLength: 2, biases: [0],
        window: SlidingWindow(kernel: PlaneExtent(square: 1)),
        outputStage: .clamp(.shift(bits: 0, rounding: .down), low: -128, high: 127))
      func tensor(_ zeroPoint: Int) -> IntegerTensor {
        IntegerTensor(shape: [1, 2, 1], format: bytes, zeroPoint: zeroPoint)
      }
      let network = try IntegerNetwork(
        name: "n", input: tensor(z1),
        nodes: [
          .init("same", inputs: [inputTensorName], .pooling(identical), output: tensor(z1)),
          .init("moved", inputs: [inputTensorName], .convolution(identity), output: tensor(z2)),
          .init("sum", inputs: ["same", "moved"], .addition(addition), output: tensor(z3)),
        ])
      let tensors = network.referenceTensors(of: [-100, 77])
      for (index, a) in [Int64(-100), 77].enumerated() {
        let moved = min(max(a - Int64(z1) + Int64(z2), -128), 127)
        let sum = runtime((a - Int64(z1)) << 20, m1, s1) + runtime((moved - Int64(z2)) << 20, m2, s2)
        #expect(
          tensors["sum"]?[index] == min(max(runtime(sum, m3, s3) + Int64(z3), Int64(low)), 127),
          "seed 314, case \(number), node")
      }
    }
  }

  @Test("A sum beyond 64 bits goes to its end")
  func saturatedSums() {
    let raise = Requantization.shift(bits: -62, rounding: .down)
    let addition = IntegerAddition(
      leftShift: 0, first: raise, second: raise,
      outputStage: .clamp(.shift(bits: 60, rounding: .down), low: -100, high: 100))
    #expect(addition.output(of: 1, 2, channel: 0, zeroPoint: 0) == 7)
    #expect(addition.output(of: -1, -2, channel: 0, zeroPoint: 0) == -8)
    #expect(addition.output(of: -1, 1, channel: 0, zeroPoint: 3) == 3)
  }
}
