import CKernels
import Reproducibility
import Testing

/// A drawn pooling with windows that overlap, leave gaps, or hang over the image's edges.
private struct PoolingCase: CustomStringConvertible {
  var geometry = wl_pooling()
  let channels: Int
  var description: String { "\(geometry), \(channels) channels" }

  init(_ source: inout RandomSource) {
    geometry.kernel_rows = source.integer(in: 1...4)
    geometry.kernel_columns = source.integer(in: 1...4)
    geometry.row_stride = source.integer(in: 1...4)
    geometry.column_stride = source.integer(in: 1...4)
    geometry.row_padding = source.below(geometry.kernel_rows)
    geometry.column_padding = source.below(geometry.kernel_columns)
    geometry.rows = source.integer(in: 1...9)
    geometry.columns = source.integer(in: 1...9)
    // The last window that still begins inside the image may be the last one.
    geometry.output_rows =
      1 + source.below((geometry.rows - 1 + geometry.row_padding) / geometry.row_stride + 1)
    geometry.output_columns =
      1 + source.below((geometry.columns - 1 + geometry.column_padding) / geometry.column_stride + 1)
    channels = source.integer(in: 1...(source.below(4) == 0 ? 70 : 20))
  }

  var inputCount: Int { geometry.rows * geometry.columns * channels }
  var outputCount: Int { geometry.output_rows * geometry.output_columns * channels }

  /// The number of every tap of the window of output element `e` inside the image, and the element under it.
  func taps(of e: Int) -> [(number: Int, element: Int)] {
    let (pixel, channel) = (e / channels, e % channels)
    return (0..<geometry.kernel_rows * geometry.kernel_columns).compactMap { tap in
      let row =
        pixel / geometry.output_columns * geometry.row_stride - geometry.row_padding
        + tap / geometry.kernel_columns
      let column =
        pixel % geometry.output_columns * geometry.column_stride - geometry.column_padding
        + tap % geometry.kernel_columns
      guard (0..<geometry.rows).contains(row), (0..<geometry.columns).contains(column) else { return nil }
      return (tap, (row * geometry.columns + column) * channels + channel)
    }
  }
}

@Suite("Pooling kernels")
struct PoolingKernelTests {
  @Test(
    "The largest element inside the image wins, the first of equal ones, and takes the whole gradient",
    arguments: KernelVersion.available)
  func maximum(_ version: KernelVersion) {
    var source = RandomSource(seed: 331)
    for draw in 0..<200 {
      let drawn = PoolingCase(&source)
      var geometry = drawn.geometry
      // Few different values, all negative at times: ties abound, and a padding of zeros would win.
      let x = (0..<drawn.inputCount).map { _ in Float(source.integer(in: -5...(draw % 2 == 0 ? -1 : 3))) }
      let slopes = source.operands(drawn.outputCount)
      let (image, dy) = (GuardedBuffer(x), GuardedBuffer(slopes))
      let y = GuardedBuffer([Float](repeating: .nan, count: drawn.outputCount))
      let winners = GuardedBuffer(
        [UInt8](repeating: 255, count: drawn.outputCount + Int(WL_WINNERS_ROOM)))
      let dx = GuardedBuffer([Float](repeating: 0, count: drawn.inputCount))
      withExtendedLifetime((image, dy, y, winners, dx)) {
        wl_maximum_pool(version.isa, &geometry, drawn.channels, image.base, y.base, winners.base)
        wl_maximum_pool_gradient(version.isa, &geometry, drawn.channels, dy.base, winners.base, dx.base)
      }
      var (largest, firsts): ([Float], [UInt8]) = ([], [])
      var expected = [Float](repeating: 0, count: drawn.inputCount)
      for e in 0..<drawn.outputCount {
        let taps = drawn.taps(of: e)
        largest.append(taps.map { x[$0.element] }.max()!)
        let winner = taps.first { x[$0.element] == largest[e] }!
        firsts.append(UInt8(winner.number))
        expected[winner.element] += slopes[e]
      }
      #expect(y.elements == largest, "seed 331, draw \(draw): \(drawn)")
      #expect(
        Array(winners.elements.prefix(drawn.outputCount)) == firsts,
        "seed 331, draw \(draw), winners: \(drawn)")
      #expect(dx.elements.bits == expected.bits, "seed 331, draw \(draw), gradient: \(drawn)")
    }
  }

  @Test(
    "An average is the sum in the order of the taps over the number inside the image; its gradient is shared evenly",
    arguments: KernelVersion.available)
  func average(_ version: KernelVersion) {
    var source = RandomSource(seed: 332)
    for draw in 0..<200 {
      let drawn = PoolingCase(&source)
      var geometry = drawn.geometry
      let x = source.operands(drawn.inputCount)
      let slopes = source.operands(drawn.outputCount)
      let (image, dy) = (GuardedBuffer(x), GuardedBuffer(slopes))
      let y = GuardedBuffer([Float](repeating: .nan, count: drawn.outputCount))
      let dx = GuardedBuffer([Float](repeating: 0, count: drawn.inputCount))
      withExtendedLifetime((image, dy, y, dx)) {
        wl_average_pool(version.isa, &geometry, drawn.channels, image.base, y.base)
        wl_average_pool_gradient(version.isa, &geometry, drawn.channels, dy.base, dx.base)
      }
      var averages: [Float] = []
      var expected = [Float](repeating: 0, count: drawn.inputCount)
      for e in 0..<drawn.outputCount {
        let taps = drawn.taps(of: e)
        averages.append(taps.reduce(Float(0)) { $0 + x[$1.element] } / Float(taps.count))
        for tap in taps { expected[tap.element] += slopes[e] / Float(taps.count) }
      }
      #expect(y.elements.bits == averages.bits, "seed 332, draw \(draw): \(drawn)")
      #expect(dx.elements.bits == expected.bits, "seed 332, draw \(draw), gradient: \(drawn)")
    }
  }
}
