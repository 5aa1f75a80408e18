import Networks

/// The operands of a layer's outputs laid out as rows: for each output position the group's inputs, in the order kernel row, kernel
/// column, channel; padding is the zero point.
struct WindowRows {
  private let layer: WeightedLayer
  private let group: Int
  private let padding: Int32

  init(_ layer: WeightedLayer, group: Int) {
    self.layer = layer
    self.group = group
    padding = Int32(layer.inputZeroPoint)
  }

  /// The address of the first row of `rows` and the distance between rows, where the tensor itself is such rows: fully connected layers, and
  /// 1 × 1 kernels that step over every pixel.
  func inPlace<Element>(
    _ base: UnsafeMutablePointer<Element>, sampleStride: Int, rows: Range<Int>
  ) -> (UnsafePointer<Element>, rowStride: Int)? {
    guard layer.groups == 1, layer.window == SlidingWindow(kernel: PlaneExtent(square: 1)) else { return nil }
    if layer.positions == 1 {
      return (UnsafePointer(base + rows.lowerBound * sampleStride), sampleStride)
    }
    // Rows of bytes are read by fours, and may not run into the next sample's padding.
    guard layer.inputChannels % 4 == 0, sampleStride == layer.positions * layer.inputChannels else {
      return nil
    }
    return (UnsafePointer(base + rows.lowerBound * layer.inputChannels), layer.inputChannels)
  }

  /// Copies rows `rows` of `[samples · positions]` as 32-bit raw values to `destination`, `rowStride` apart.
  func gatherWords(
    from tensor: SampleTensor, rows: Range<Int>, to destination: UnsafeMutablePointer<Int32>, rowStride: Int
  ) {
    switch tensor.storage {
    case .words(let base):
      gather(
        from: base, sampleStride: tensor.stride, offset: 0, rows: rows, to: destination, rowStride: rowStride)
    case .bytes(let base):
      let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: rows.count * rowStride)
      defer { bytes.deallocate() }
      gather(
        from: base, sampleStride: tensor.stride, offset: tensor.offset, rows: rows, to: bytes,
        rowStride: rowStride)
      for index in 0..<rows.count * rowStride { destination[index] = Int32(bytes[index]) + tensor.offset }
    }
  }

  /// Copies rows `rows` of `[samples · positions]` to `destination`, `rowStride` apart, zeros behind each row's last value.
  func gather<Element: FixedWidthInteger>(
    from base: UnsafeMutablePointer<Element>, sampleStride: Int, offset: Int32, rows: Range<Int>,
    to destination: UnsafeMutablePointer<Element>, rowStride: Int
  ) {
    let pad = Element(truncatingIfNeeded: padding &- offset)
    let channels = layer.channels(ofGroup: group)
    let width = layer.inputPlane.width
    let kernel = layer.window.kernel
    let areTogether = layer.groups == 1 && layer.window.dilation.width == 1
    for row in rows {
      let (sample, position) = row.quotientAndRemainder(dividingBy: layer.positions)
      let (outputRow, outputColumn) = position.quotientAndRemainder(dividingBy: layer.outputPlane.width)
      let image = base + sample * sampleStride + channels.lowerBound
      var out = destination + (row - rows.lowerBound) * rowStride
      let end = out + rowStride
      for kernelRow in 0..<kernel.height {
        let r = layer.window.imageRow(output: outputRow, tap: kernelRow)
        let isInside = 0..<layer.inputPlane.height ~= r
        guard isInside else {
          out.update(repeating: pad, count: kernel.width * channels.count)
          out += kernel.width * channels.count
          continue
        }
        let first = layer.window.imageColumn(output: outputColumn, tap: 0)
        let line = image + r * width * layer.inputChannels
        if areTogether {
          // Taps that stand side by side in the image too: padding, one run of pixels, padding.
          let before = min(max(0, -first), kernel.width)
          let inside = max(0, min(kernel.width, width - first) - before)
          out.update(repeating: pad, count: before * channels.count)
          out += before * channels.count
          if inside > 0 {
            out.update(from: line + (first + before) * channels.count, count: inside * channels.count)
            out += inside * channels.count
          }
          let behind = kernel.width - before - inside
          out.update(repeating: pad, count: behind * channels.count)
          out += behind * channels.count
          continue
        }
        for kernelColumn in 0..<kernel.width {
          let c = first + kernelColumn * layer.window.dilation.width
          if 0..<width ~= c {
            out.update(from: line + c * layer.inputChannels, count: channels.count)
          } else {
            out.update(repeating: pad, count: channels.count)
          }
          out += channels.count
        }
      }
      while out < end {
        out.pointee = 0
        out += 1
      }
    }
  }
}
