import CKernels
import Reproducibility
import Testing

@Suite("Convolution gradient kernels")
struct ConvolutionGradientTests {
  @Test(
    "A weight's gradient is one chain over the positions, continued from image to image, for any run of operands",
    arguments: KernelVersion.available)
  func weightGradient(_ version: KernelVersion) {
    var source = RandomSource(seed: 311)
    for draw in 0..<150 {
      let drawn = ConvolutionCase(&source)
      let (inputs, outputs) = (drawn.inputs, drawn.outputs)
      let pixel = outputs + source.below(3)
      let row = inputs + source.below(3)
      let x = source.operands(drawn.imageCount)
      let slopes = source.operands((drawn.positions - 1) * pixel + outputs)
      let before = source.operands((outputs - 1) * row + inputs)
      let isFirst = source.below(2) == 0
      let first = source.below(inputs)
      let last = source.integer(in: first...inputs)

      let (image, dy, dw) = (GuardedBuffer(x), GuardedBuffer(slopes), GuardedBuffer(before))
      withExtendedLifetime((image, dy, dw)) {
        drawn.withWindow {
          wl_convolve_weight_gradient(
            version.isa, $0, first, last, outputs, dy.base, pixel, image.base, isFirst ? 1 : 0, dw.base, row)
        }
      }
      var expected = before
      for o in 0..<outputs {
        for k in first..<last {
          var sum = isFirst ? 0 : before[o * row + k]
          for p in 0..<drawn.positions {
            sum = sum.addingProduct(slopes[p * pixel + o], x[drawn.address(position: p, operand: k)])
          }
          expected[o * row + k] = sum
        }
      }
      #expect(
        dw.elements.bits == expected.bits,
        "seed 311, draw \(draw), operands \(first)..<\(last), first image \(isFirst): \(drawn)")
    }
  }

  private func checkInputGradient(
    _ drawn: ConvolutionCase, _ version: KernelVersion, _ source: inout RandomSource, _ comment: String
  ) {
    let (inputs, outputs) = (drawn.inputs, drawn.outputs)
    let pixel = outputs + source.below(3)
    let weightRow = inputs + source.below(3)
    let slopes = source.operands((drawn.positions - 1) * pixel + outputs)
    let w = source.operands((outputs - 1) * weightRow + inputs)
    let scale = source.below(2) == 0 ? 1 : Float(source.normal())
    let dx = GuardedBuffer([Float](repeating: 0, count: drawn.imageCount))
    let (dy, weights) = (GuardedBuffer(slopes), GuardedBuffer(w))
    withExtendedLifetime((dx, dy, weights)) {
      drawn.withWindow {
        wl_convolve_input_gradient(
          version.isa, $0, outputs, dy.base, pixel, weights.base, weightRow, scale, dx.base)
      }
    }
    var expected = [Float](repeating: 0, count: drawn.imageCount)
    for p in 0..<drawn.positions {
      for k in 0..<inputs {
        var sum: Float = 0
        for o in 0..<outputs { sum = sum.addingProduct(slopes[p * pixel + o], w[o * weightRow + k]) }
        expected[drawn.address(position: p, operand: k)] += scale * sum
      }
    }
    #expect(dx.elements.bits == expected.bits, "\(comment): \(drawn), scale \(scale)")
  }

  @Test(
    "An input's gradient adds its positions in order, whatever the stride and the overlap",
    arguments: KernelVersion.available)
  func inputGradient(_ version: KernelVersion) {
    var source = RandomSource(seed: 312)
    for draw in 0..<150 {
      let drawn = ConvolutionCase(&source)
      checkInputGradient(drawn, version, &source, "seed 312, draw \(draw)")
    }
  }

  @Test("So does one whose filters exceed the kernel's buffer", arguments: KernelVersion.available)
  func inputGradientOfLargeFilters(_ version: KernelVersion) {
    var source = RandomSource(seed: 313)
    for (channels, kernel) in [(700, 3), (1100, 4), (2100, 4)] {
      let drawn = ConvolutionCase(
        rows: 2, columns: 3, stride: 1, kernelRows: kernel, kernelColumns: kernel, channels: channels,
        outputs: 3, hasSingleTaps: false)
      checkInputGradient(drawn, version, &source, "seed 313")
    }
  }
}
