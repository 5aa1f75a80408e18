import CKernels

/// A view of single-precision numbers in memory as a matrix with any strides. It does not own the memory.
public struct MatrixView: @unchecked Sendable {
  /// Element (0, 0).
  public let base: UnsafePointer<Float>
  /// Number of rows.
  public let rows: Int
  /// Number of columns.
  public let columns: Int
  /// Distance in elements from a row to the next.
  public let rowStride: Int
  /// Distance in elements from a column to the next.
  public let columnStride: Int

  /// A row-major matrix without gaps.
  public init(_ base: UnsafePointer<Float>, rows: Int, columns: Int) {
    self.init(base, rows: rows, columns: columns, rowStride: columns, columnStride: 1)
  }

  /// A matrix with the given strides.
  public init(_ base: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int, columnStride: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  /// The same memory with rows and columns exchanged.
  public var transposed: MatrixView {
    MatrixView(
      base, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride)
  }
}

/// Memory that matrix products need while they run; grows as needed and is reused.
///
/// One workspace serves one product at a time.
public final class ProductWorkspace: @unchecked Sendable {
  private var storage: UnsafeMutablePointer<Float>?
  private var capacity = 0

  /// An empty workspace.
  public init() {}

  deinit { storage?.deallocate() }

  fileprivate func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let storage, capacity >= count { return storage }
    storage?.deallocate()
    let fresh = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: max(count, 1))
    storage = fresh
    capacity = count
    return fresh
  }
}

/// Mutable memory handed to several threads that write disjoint parts of it.
private struct Destination: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
}

private struct ConstantRow: @unchecked Sendable {
  let base: UnsafePointer<Float>?
}

extension ComputeResources {
  /// `c = scale · (initial + a b)`, single precision.
  ///
  /// Each element is one chain of fused multiply-adds, `sum = fma(a[i, p], b[p, j], sum)` for p in increasing
  /// order, starting from `initial[j]` (0 where nil), then one multiplication by `scale`: the same bits on any
  /// number of threads and with any instruction set.
  ///
  /// - Parameters:
  ///   - a: `[rows, inner]`
  ///   - b: `[inner, columns]`
  ///   - c: `[rows, columns]`, row-major without gaps; must not overlap `a` or `b`.
  ///   - initial: `[columns]`, for example a layer's biases.
  /// - Precondition: `a.columns == b.rows`.
  public func multiply(
    _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>,
    initial: UnsafePointer<Float>? = nil, scale: Float = 1, workspace: ProductWorkspace
  ) {
    precondition(a.columns == b.rows, "inner sizes \(a.columns) and \(b.rows) differ")
    let rows = a.rows
    let columns = b.columns
    let inner = a.columns
    // A product below about a million operations is over before a second thread has woken.
    let isWorthSplitting = threads > 1 && 2 * rows * columns * inner >= 1 << 20
    let grid = isWorthSplitting ? ProductGrid(rows: rows, columns: columns, parts: threads) : .whole
    let rowRanges = grid.rowRanges(of: rows)
    let columnRanges = grid.columnRanges(of: columns)
    let parts = rowRanges.count * columnRanges.count
    let share = wl_multiply_workspace(rows, columns, inner)
    let scratch = Destination(base: workspace.reserve(share * parts))
    let target = Destination(base: c)
    let start = ConstantRow(base: initial)
    let version = instructionSet.kernelVersion

    @Sendable func run(rowRange: Range<Int>, columnRange: Range<Int>, part: Int) {
      var product = wl_product(
        rows: rowRange.count, columns: columnRange.count, inner: inner,
        a: a.base + rowRange.lowerBound * a.rowStride, a_row: a.rowStride, a_column: a.columnStride,
        b: b.base + columnRange.lowerBound * b.columnStride, b_row: b.rowStride, b_column: b.columnStride,
        c: target.base + rowRange.lowerBound * columns + columnRange.lowerBound, c_row: columns,
        initial: start.base.map { $0 + columnRange.lowerBound }, scale: scale)
      wl_multiply(version, &product, scratch.base + part * share)
    }

    forEach(parts) { part in
      run(
        rowRange: rowRanges[part / columnRanges.count], columnRange: columnRanges[part % columnRanges.count],
        part: part)
    }
  }
}
