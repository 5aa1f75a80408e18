import CKernels
import Reproducibility
import Testing

@Suite("Depthwise convolution kernels")
struct DepthwiseKernelTests {
  @Test(
    "Forward, weight gradient and input gradient are the documented chains, bit for bit",
    arguments: KernelVersion.available)
  func chains(_ version: KernelVersion) {
    var source = RandomSource(seed: 321)
    for draw in 0..<150 {
      let drawn = ConvolutionCase(&source, isDepthwise: true)
      let (channels, taps) = (drawn.channels, drawn.offsets.count)
      let pixel = channels + source.below(3)
      let x = source.operands(drawn.imageCount)
      let w = source.operands(taps * channels)
      let slopes = source.operands((drawn.positions - 1) * pixel + channels)
      let oldSlopes = source.operands(taps * channels)
      let initial = source.below(2) == 0 ? nil : source.operands(channels)
      let scale = source.below(2) == 0 ? 1 : Float(source.normal())
      let isFirst = source.below(2) == 0
      let before = source.anyFloats(slopes.count)

      let (image, weights, dy, y) = (
        GuardedBuffer(x), GuardedBuffer(w), GuardedBuffer(slopes), GuardedBuffer(before)
      )
      let start = GuardedBuffer(initial ?? [])
      let (dw, dx) = (GuardedBuffer(oldSlopes), GuardedBuffer([Float](repeating: 0, count: x.count)))
      withExtendedLifetime((image, weights, dy, y, start, dw, dx)) {
        drawn.withWindow { window in
          wl_convolve_depthwise(
            version.isa, window, image.base, weights.base, initial == nil ? nil : start.base, scale, y.base,
            pixel)
          wl_convolve_depthwise_weight_gradient(
            version.isa, window, dy.base, pixel, image.base, isFirst ? 1 : 0, dw.base)
          wl_convolve_depthwise_input_gradient(
            version.isa, window, dy.base, pixel, weights.base, scale, dx.base)
        }
      }
      var expectedY = before
      var expectedDW = isFirst ? [Float](repeating: 0, count: w.count) : oldSlopes
      var expectedDX = [Float](repeating: 0, count: x.count)
      for p in 0..<drawn.positions {
        for c in 0..<channels {
          var sum = initial?[c] ?? 0
          let slope = slopes[p * pixel + c]
          for tap in 0..<taps {
            let address = drawn.address(position: p, operand: tap * channels + c)
            let weight = tap * channels + c
            sum = sum.addingProduct(x[address], w[weight])
            expectedDW[weight] = expectedDW[weight].addingProduct(slope, x[address])
            expectedDX[address] = expectedDX[address].addingProduct(scale * slope, w[weight])
          }
          expectedY[p * pixel + c] = scale * sum
        }
      }
      #expect(y.elements.bits == expectedY.bits, "seed 321, draw \(draw), forward: \(drawn)")
      #expect(dw.elements.bits == expectedDW.bits, "seed 321, draw \(draw), weight gradient: \(drawn)")
      #expect(dx.elements.bits == expectedDX.bits, "seed 321, draw \(draw), input gradient: \(drawn)")
    }
  }
}
