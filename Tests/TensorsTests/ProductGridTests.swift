import Reproducibility
import Tensors
import Testing

@Suite("Product grids")
struct ProductGridTests {
  @Test("The blocks of a grid cover the result once, in order, and are no more than asked for")
  func blocksCoverOnce() {
    var source = RandomSource(seed: 601)
    for draw in 0..<2000 {
      let (rows, columns, parts) = (1 + source.below(300), 1 + source.below(300), 1 + source.below(12))
      let grid = ProductGrid(rows: rows, columns: columns, parts: parts)
      let drawn = "seed 601, draw \(draw): [\(rows), \(columns)] in \(parts)"
      let rowRanges = grid.rowRanges(of: rows)
      let columnRanges = grid.columnRanges(of: columns)
      #expect(1...parts ~= rowRanges.count * columnRanges.count, "\(drawn)")
      #expect(rowRanges.flatMap(Array.init) == Array(0..<rows), "\(drawn)")
      #expect(columnRanges.flatMap(Array.init) == Array(0..<columns), "\(drawn)")
      // Register tiles are cut at the far edges alone.
      #expect(rowRanges.dropLast().allSatisfy { $0.upperBound % 8 == 0 }, "\(drawn)")
      #expect(columnRanges.dropLast().allSatisfy { $0.upperBound % 16 == 0 }, "\(drawn)")
    }
  }

  @Test(
    "The largest block is no larger than any other grid of as many blocks leaves, but for what packing costs")
  func noOtherGridIsFaster() {
    var source = RandomSource(seed: 602)
    for draw in 0..<500 {
      let (rows, columns, parts) = (1 + source.below(2000), 1 + source.below(2000), 1 + source.below(8))
      // The time of a grid, written apart: padded multiply-adds of the largest block, and 8 for every packed element.
      func time(_ down: Int, _ across: Int) -> Int {
        func largest(_ count: Int, _ parts: Int, unit: Int) -> Int {
          let units = (count + unit - 1) / unit
          let used = min(parts, units)
          return (0..<used).map { part in
            min(count, units * (part + 1) / used * unit) - min(count, units * part / used * unit)
          }.max()!
        }
        let height = largest(rows, down, unit: 8)
        let width = largest(columns, across, unit: 16)
        return height * ((width + 15) / 16 * 16) + 8 * (height + width)
      }
      let grid = ProductGrid(rows: rows, columns: columns, parts: parts)
      let chosen = time(grid.rowParts, grid.columnParts)
      for down in 1...parts {
        for across in 1...parts where down * across <= parts {
          #expect(
            chosen <= time(down, across),
            "seed 602, draw \(draw): [\(rows), \(columns)] in \(parts), \(grid) against \(down) x \(across)")
        }
      }
    }
  }
}
