import CKernels
import Reproducibility
import Testing

@Suite("Convolution kernels")
struct ConvolutionKernelTests {
  private let draws = 150

  @Test(
    "Every output is the documented chain, bit for bit, and nothing beside it is touched",
    arguments: KernelVersion.available)
  func forward(_ version: KernelVersion) {
    var source = RandomSource(seed: 301)
    for draw in 0..<draws {
      let drawn = ConvolutionCase(&source)
      let (inputs, outputs) = (drawn.inputs, drawn.outputs)
      let weightRow = inputs + source.below(3)
      let x = source.operands(drawn.imageCount)
      let w = source.operands((outputs - 1) * weightRow + inputs)
      let initial = source.below(2) == 0 ? nil : source.operands(outputs)
      let scale = source.below(2) == 0 ? 1 : Float(source.normal())
      let pixel = outputs + source.below(3)
      let before = source.anyFloats((drawn.positions - 1) * pixel + outputs)

      let packed = GuardedBuffer([Float](repeating: .nan, count: wl_packed_filters(outputs, inputs)))
      let (image, weights, y) = (GuardedBuffer(x), GuardedBuffer(w), GuardedBuffer(before))
      let start = GuardedBuffer(initial ?? [])
      withExtendedLifetime((packed, image, weights, y, start)) {
        wl_pack_filters(version.isa, outputs, inputs, weights.base, weightRow, packed.base)
        drawn.withWindow {
          wl_convolve(
            version.isa, $0, outputs, image.base, packed.base, initial == nil ? nil : start.base, scale,
            y.base, pixel)
        }
      }
      var expected = before
      for p in 0..<drawn.positions {
        for o in 0..<outputs {
          var sum = initial?[o] ?? 0
          for k in 0..<inputs {
            sum = sum.addingProduct(x[drawn.address(position: p, operand: k)], w[o * weightRow + k])
          }
          expected[p * pixel + o] = scale * sum
        }
      }
      #expect(y.elements.bits == expected.bits, "seed 301, draw \(draw): \(drawn), scale \(scale)")
    }
  }

  @Test(
    "A panel of 16 outputs of packed filters stands alone, so outputs may be computed in parts",
    arguments: KernelVersion.available)
  func panels(_ version: KernelVersion) {
    var source = RandomSource(seed: 302)
    for draw in 0..<30 {
      let drawn = ConvolutionCase(&source)
      let outputs = drawn.outputs + 16
      let x = source.operands(drawn.imageCount)
      let w = source.operands(outputs * drawn.inputs)
      var packed = [Float](repeating: 0, count: wl_packed_filters(outputs, drawn.inputs))
      wl_pack_filters(version.isa, outputs, drawn.inputs, w, drawn.inputs, &packed)
      var whole = [Float](repeating: 0, count: drawn.positions * outputs)
      var parts = whole
      drawn.withWindow {
        wl_convolve(version.isa, $0, outputs, x, packed, nil, 1, &whole, outputs)
        wl_convolve(version.isa, $0, 16, x, packed, nil, 1, &parts, outputs)
      }
      parts.withUnsafeMutableBufferPointer { parts in
        packed.withUnsafeBufferPointer { packed in
          drawn.withWindow {
            wl_convolve(
              version.isa, $0, outputs - 16, x, packed.baseAddress! + 16 * drawn.inputs, nil, 1,
              parts.baseAddress! + 16, outputs)
          }
        }
      }
      #expect(parts.bits == whole.bits, "seed 302, draw \(draw): \(drawn)")
    }
  }

  @Test(
    "At stride 1 the input gradient is the convolution of the padded output gradient with flipped filters",
    arguments: KernelVersion.available)
  func flippedFilters(_ version: KernelVersion) {
    var source = RandomSource(seed: 303)
    for draw in 0..<draws {
      let drawn = ConvolutionCase(&source, stride: 1)
      let (outputs, channels) = (drawn.outputs, drawn.channels)
      let (kernelRows, kernelColumns) = (drawn.kernelRows, drawn.kernelColumns)
      let taps = kernelRows * kernelColumns
      let w = source.operands(outputs * taps * channels)
      let dy = source.operands(drawn.positions * outputs)
      // The gradient with kernel − 1 zeros on every side.
      let paddedRow = (drawn.columns + 2 * (kernelColumns - 1)) * outputs
      var padded = [Float](repeating: 0, count: (drawn.rows + 2 * (kernelRows - 1)) * paddedRow)
      for r in 0..<drawn.rows {
        for e in 0..<drawn.columns * outputs {
          padded[(r + kernelRows - 1) * paddedRow + (kernelColumns - 1) * outputs + e] =
            dy[r * drawn.columns * outputs + e]
        }
      }
      let packed = GuardedBuffer(
        [Float](repeating: .nan, count: wl_packed_filters(channels, taps * outputs)))
      var dx = [Float](repeating: 5, count: drawn.imageCount)
      let offsets = (0..<kernelRows).map { $0 * paddedRow }
      offsets.withUnsafeBufferPointer { offsets in
        withExtendedLifetime(packed) {
          wl_pack_flipped_filters(
            version.isa, outputs, kernelRows, kernelColumns, channels, w, packed.base)
          var window = wl_window(
            rows: drawn.imageRows, columns: drawn.imageColumns, row_step: paddedRow, column_step: outputs,
            segments: kernelRows, segment_length: kernelColumns * outputs,
            segment_offsets: offsets.baseAddress!)
          wl_convolve(version.isa, &window, channels, padded, packed.base, nil, 1, &dx, channels)
        }
      }
      for e in 0..<drawn.imageCount {
        let (pixel, channel) = (e / channels, e % channels)
        var sum: Float = 0
        for tap in (0..<taps).reversed() {
          let row = pixel / drawn.imageColumns - tap / kernelColumns
          let column = pixel % drawn.imageColumns - tap % kernelColumns
          let isInside = (0..<drawn.rows).contains(row) && (0..<drawn.columns).contains(column)
          for o in 0..<outputs {
            let slope = isInside ? dy[(row * drawn.columns + column) * outputs + o] : 0
            sum = sum.addingProduct(slope, w[(o * taps + tap) * channels + channel])
          }
        }
        guard dx[e].bitPattern == sum.bitPattern else {
          Issue.record("seed 303, draw \(draw), element \(e): \(dx[e]), not \(sum): \(drawn)")
          return
        }
      }
    }
  }
}
