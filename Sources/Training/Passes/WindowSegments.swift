import CKernels
import Networks

/// Where the operands under one position of a window stand in a padded image: runs of consecutive floats.
struct WindowSegments {
  /// Floats of a run.
  let length: Int
  /// Where runs start, from the position's first operand on.
  private let offsets: [Int]
  private let rowStep: Int
  private let columnStep: Int
  private let rows: Int
  private let columns: Int

  /// The operands of one group: rows of the kernel where they are without gaps, else single taps.
  ///
  /// - Parameters:
  ///   - channels: of the image, of which each group reads its share
  ///   - outputs: the output's shape, [rows, columns, channels]
  init(_ window: SlidingWindow, groups: Int, channels: Int, imageWidth: Int, outputs: [Int]) {
    let isRun = groups == 1 && window.dilation.width == 1
    self.init(
      window, tapsOfRun: isRun ? window.kernel.width : 1, channelsOfTap: channels / groups,
      channels: channels, imageWidth: imageWidth, outputs: outputs)
  }

  /// All channels of each tap, as a depthwise convolution reads them.
  init(depthwise window: SlidingWindow, channels: Int, imageWidth: Int, outputs: [Int]) {
    self.init(
      window, tapsOfRun: 1, channelsOfTap: channels, channels: channels, imageWidth: imageWidth,
      outputs: outputs)
  }

  private init(
    _ window: SlidingWindow, tapsOfRun: Int, channelsOfTap: Int, channels: Int, imageWidth: Int,
    outputs: [Int]
  ) {
    let pitch = imageWidth * channels
    length = tapsOfRun * channelsOfTap
    offsets = (0..<window.kernel.height).flatMap { row in
      stride(from: 0, to: window.kernel.width, by: tapsOfRun).map {
        row * window.dilation.height * pitch + $0 * window.dilation.width * channels
      }
    }
    rowStep = window.stride.height * pitch
    columnStep = window.stride.width * channels
    rows = outputs[0]
    columns = outputs[1]
  }

  /// Runs of one position.
  var count: Int { offsets.count }

  /// Calls `body` with the geometry as the kernels take it.
  func withWindow<Result>(_ body: (inout wl_window) -> Result) -> Result {
    offsets.withUnsafeBufferPointer { offsets in
      var geometry = wl_window(
        rows: rows, columns: columns, row_step: rowStep, column_step: columnStep, segments: offsets.count,
        segment_length: length, segment_offsets: offsets.baseAddress)
      return body(&geometry)
    }
  }
}
