/// Rows and columns of an image, a kernel or a step.
public struct PlaneExtent: Sendable, Hashable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// An extent.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// The same number of rows and columns.
  public init(square side: Int) { self.init(height: side, width: side) }

  /// Number of elements.
  public var count: Int { height * width }
}

/// Rows and columns that a window may reach beyond an image.
public struct PlanePadding: Sendable, Hashable {
  /// Rows above the image.
  public let top: Int
  /// Columns left of it.
  public let left: Int
  /// Rows below it.
  public let bottom: Int
  /// Columns right of it.
  public let right: Int

  /// A padding.
  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// The same on all four sides.
  public init(all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

  /// The embedded runtimes' SAME padding: `⌈input / stride⌉` outputs; of an odd total, the smaller half above and left.
  public init(same input: PlaneExtent, kernel: PlaneExtent, stride: PlaneExtent, dilation: PlaneExtent) {
    func total(_ input: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
      let outputs = (input + stride - 1) / stride
      return max((outputs - 1) * stride + (kernel - 1) * dilation + 1 - input, 0)
    }
    let rows = total(input.height, kernel.height, stride.height, dilation.height)
    let columns = total(input.width, kernel.width, stride.width, dilation.width)
    self.init(
      top: rows / 2, left: columns / 2, bottom: rows - rows / 2, right: columns - columns / 2)
  }
}

/// A window that slides over an image: of a convolution or a pooling.
///
/// Output row r and kernel row k read image row `r · stride + k · dilation − top`; columns likewise. Rows and columns outside the
/// image are padding.
public struct SlidingWindow: Sendable, Hashable {
  /// Taps.
  public let kernel: PlaneExtent
  /// Image rows and columns between neighboring outputs.
  public let stride: PlaneExtent
  /// Image rows and columns between neighboring taps.
  public let dilation: PlaneExtent
  /// How far the window may reach beyond the image.
  public let padding: PlanePadding

  /// A window.
  public init(
    kernel: PlaneExtent, stride: PlaneExtent = PlaneExtent(square: 1),
    dilation: PlaneExtent = PlaneExtent(square: 1), padding: PlanePadding = PlanePadding(all: 0)
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  /// Output rows and columns over an image: `⌊(image + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1`; nil where the
  /// window does not fit or one of its numbers is not possible.
  public func outputExtent(over image: PlaneExtent) -> PlaneExtent? {
    let parts = [kernel, stride, dilation].flatMap { [$0.height, $0.width] }
    let edges = [padding.top, padding.left, padding.bottom, padding.right]
    guard parts.allSatisfy({ 1...Self.largestPart ~= $0 }), edges.allSatisfy({ 0...Self.largestPart ~= $0 }),
      1...Self.largestPart ~= image.height, 1...Self.largestPart ~= image.width
    else { return nil }
    let rows =
      image.height + padding.top + padding.bottom - dilation.height * (kernel.height - 1) - 1
    let columns = image.width + padding.left + padding.right - dilation.width * (kernel.width - 1) - 1
    guard rows >= 0, columns >= 0 else { return nil }
    return PlaneExtent(height: rows / stride.height + 1, width: columns / stride.width + 1)
  }

  /// The image row that kernel row `tap` reads for output row `row`; may lie outside the image.
  public func imageRow(output row: Int, tap: Int) -> Int {
    row * stride.height + tap * dilation.height - padding.top
  }

  /// The image column that kernel column `tap` reads for output column `column`; may lie outside the image.
  public func imageColumn(output column: Int, tap: Int) -> Int {
    column * stride.width + tap * dilation.width - padding.left
  }

  /// Image rows, inside an image of `height` rows, that output rows `rows` read: from the first to the last that any reads.
  /// Empty where all of them read padding alone.
  public func imageRows(of rows: Range<Int>, height: Int) -> Range<Int> {
    var first = Int.max
    var last = -1
    // Dilation and stride leave rows out, so that neither end need be read by the first or the last tap.
    for tap in 0..<kernel.height {
      let offset = imageRow(output: 0, tap: tap)
      let lowest = max(rows.lowerBound, Self.ceiling(-offset, stride.height))
      let highest = min(rows.upperBound - 1, Self.ceiling(height - offset, stride.height) - 1)
      guard lowest <= highest else { continue }
      first = min(first, lowest * stride.height + offset)
      last = max(last, highest * stride.height + offset)
    }
    return first > last ? 0..<0 : first..<last + 1
  }

  /// Whether every output's window holds at least one element of `image`.
  func alwaysMeets(_ image: PlaneExtent) -> Bool {
    guard let output = outputExtent(over: image) else { return false }
    // The first tap at or behind the image's first element decides: later ones lie farther on.
    let rows = (0..<output.height).allSatisfy { row in
      let tap = max(0, Self.ceiling(-imageRow(output: row, tap: 0), dilation.height))
      return tap < kernel.height && imageRow(output: row, tap: tap) < image.height
    }
    return rows
      && (0..<output.width).allSatisfy { column in
        let tap = max(0, Self.ceiling(-imageColumn(output: column, tap: 0), dilation.width))
        return tap < kernel.width && imageColumn(output: column, tap: tap) < image.width
      }
  }

  /// `⌈numerator / denominator⌉` for a positive denominator.
  private static func ceiling(_ numerator: Int, _ denominator: Int) -> Int {
    numerator > 0 ? (numerator - 1) / denominator + 1 : -(-numerator / denominator)
  }

  // So that no product of two of them comes near 64 bits.
  private static let largestPart = 1 << 24
}
