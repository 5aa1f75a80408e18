/// How a matrix product is cut among threads: into `rowParts × columnParts` blocks of the result, one a thread.
///
/// Every block packs its own rows of the left operand and its own columns of the right one, so a cut along the
/// rows makes each thread pack all of the right operand, and the other way round. The grid chosen is the one
/// whose largest block is done first, counting a packed element as `packingCost` multiply-adds.
package struct ProductGrid: Hashable, Sendable {
  /// Parts along the rows.
  package let rowParts: Int
  /// Parts along the columns.
  package let columnParts: Int

  /// One block.
  static let whole = ProductGrid(rowParts: 1, columnParts: 1)

  /// Rows of the tallest register tile that blocks should not cut, and floats of the widest vector.
  static let rowUnit = 8
  static let columnUnit = 16

  /// Multiply-adds in the time that packing takes for one element: about half a cycle at 16 a cycle.
  private static let packingCost = 8

  private init(rowParts: Int, columnParts: Int) {
    self.rowParts = rowParts
    self.columnParts = columnParts
  }

  /// The best grid of at most `parts` blocks for a result of `[rows, columns]`; of equal ones, that with the fewest blocks
  /// along the rows.
  package init(rows: Int, columns: Int, parts: Int) {
    func time(_ grid: ProductGrid) -> Int {
      let height = grid.rowRanges(of: rows).map(\.count).max() ?? 0
      let width = grid.columnRanges(of: columns).map(\.count).max() ?? 0
      let vectors = (width + Self.columnUnit - 1) / Self.columnUnit * Self.columnUnit
      return height * vectors + Self.packingCost * (height + width)
    }
    let grids = (1...parts).map { ProductGrid(rowParts: $0, columnParts: parts / $0) }
    self = grids.min { time($0) < time($1) } ?? .whole
  }

  /// The blocks' rows.
  package func rowRanges(of rows: Int) -> [Range<Int>] {
    ComputeResources.ranges(of: rows, parts: rowParts, unit: Self.rowUnit)
  }

  /// The blocks' columns.
  package func columnRanges(of columns: Int) -> [Range<Int>] {
    ComputeResources.ranges(of: columns, parts: columnParts, unit: Self.columnUnit)
  }
}
