import CKernels
import Reproducibility

/// A drawn convolution over a padded image, with plain loops over its window as the oracle.
struct ConvolutionCase: CustomStringConvertible {
  let rows, columns, stride, kernelRows, kernelColumns, channels, outputs: Int
  /// Every tap a segment of its own, instead of every row of the kernel.
  let hasSingleTaps: Bool
  let imageRows, imageColumns: Int
  let offsets: [Int]
  let segmentLength: Int

  var positions: Int { rows * columns }
  var inputs: Int { offsets.count * segmentLength }
  var imageCount: Int { imageRows * imageColumns * channels }
  var description: String {
    "\(rows)x\(columns) positions, stride \(stride), kernel \(kernelRows)x\(kernelColumns), "
      + "\(channels) to \(outputs) channels, \(offsets.count) segments of \(segmentLength)"
  }

  /// Sizes on both sides of every version's register tile; narrow layers more often than wide ones.
  init(_ source: inout RandomSource, stride: Int? = nil, isDepthwise: Bool = false) {
    let channels = source.integer(in: 1...(source.below(4) == 0 ? 70 : 20))
    let outputs = source.integer(in: 1...(source.below(4) == 0 ? 100 : 20))
    self.init(
      rows: source.integer(in: 1...9), columns: source.integer(in: 1...9),
      stride: stride ?? source.integer(in: 1...3), kernelRows: source.integer(in: 1...5),
      kernelColumns: source.integer(in: 1...5), channels: channels, outputs: outputs,
      hasSingleTaps: isDepthwise || source.below(3) == 0)
  }

  init(
    rows: Int, columns: Int, stride: Int, kernelRows: Int, kernelColumns: Int, channels: Int, outputs: Int,
    hasSingleTaps: Bool
  ) {
    (self.rows, self.columns, self.stride) = (rows, columns, stride)
    (self.kernelRows, self.kernelColumns) = (kernelRows, kernelColumns)
    (self.channels, self.outputs, self.hasSingleTaps) = (channels, outputs, hasSingleTaps)
    imageRows = (rows - 1) * stride + kernelRows
    imageColumns = (columns - 1) * stride + kernelColumns
    let row = imageColumns * channels
    if hasSingleTaps {
      offsets = (0..<kernelRows).flatMap { i in (0..<kernelColumns).map { i * row + $0 * channels } }
      segmentLength = channels
    } else {
      offsets = (0..<kernelRows).map { $0 * row }
      segmentLength = kernelColumns * channels
    }
  }

  func withWindow(_ body: (UnsafePointer<wl_window>) -> Void) {
    offsets.withUnsafeBufferPointer { offsets in
      var window = wl_window(
        rows: rows, columns: columns, row_step: stride * imageColumns * channels,
        column_step: stride * channels, segments: offsets.count, segment_length: segmentLength,
        segment_offsets: offsets.baseAddress!)
      body(&window)
    }
  }

  /// Where operand `k` of `position` stands in the image.
  func address(position: Int, operand k: Int) -> Int {
    let start = (position / columns * imageColumns + position % columns) * stride * channels
    return start + offsets[k / segmentLength] + k % segmentLength
  }
}

extension RandomSource {
  /// Numbers of several magnitudes, zeros among them, so that another order of a sum gives other bits.
  mutating func operands(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(normal()) * [1, 1, 1e-4, 300, 0][below(5)] }
  }
}
