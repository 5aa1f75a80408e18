import Reproducibility
import Tensors
import Testing

/// One product: sizes, which operands are transposed views, and what is added and multiplied.
private struct ProductCase: CustomStringConvertible {
  let rows, columns, inner: Int
  let transposesA, transposesB: Bool
  let a, b: [Float]
  let initial: [Float]?
  let scale: Float

  var description: String {
    "[\(rows), \(inner)]\(transposesA ? "ᵀ" : "") × [\(inner), \(columns)]\(transposesB ? "ᵀ" : ""), scale \(scale)"
      + (initial == nil ? "" : ", initial")
  }

  init(_ source: inout RandomSource, rows: Int, columns: Int, inner: Int) {
    (self.rows, self.columns, self.inner) = (rows, columns, inner)
    transposesA = source.below(2) == 0
    transposesB = source.below(2) == 0
    // Sizes of many magnitudes, so that another order of the sum gives other bits.
    func floats(_ count: Int, _ source: inout RandomSource) -> [Float] {
      (0..<count).map { _ in
        Float(source.normal()) * [1, 1, 1e-4, 300][source.below(4)] * (source.below(20) == 0 ? 0 : 1)
      }
    }
    a = floats(rows * inner, &source)
    b = floats(inner * columns, &source)
    initial = source.below(2) == 0 ? floats(columns, &source) : nil
    scale = source.below(2) == 0 ? 1 : Float(source.uniform(in: -2...2))
  }

  /// The documented chain, one element at a time.
  func plain() -> [Float] {
    var c: [Float] = []
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = initial?[j] ?? 0
        for p in 0..<inner {
          let left = transposesA ? a[p * rows + i] : a[i * inner + p]
          let right = transposesB ? b[j * inner + p] : b[p * columns + j]
          sum = sum.addingProduct(left, right)
        }
        c.append(scale * sum)
      }
    }
    return c
  }

  func run(_ resources: ComputeResources, workspace: ProductWorkspace) -> [Float] {
    var c = [Float](repeating: .nan, count: rows * columns) + [-5, -6, -7]
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        let empty = UnsafePointer<Float>(bitPattern: 64)!
        let aBase = a.baseAddress ?? empty
        let bBase = b.baseAddress ?? empty
        let left =
          transposesA
          ? MatrixView(aBase, rows: inner, columns: rows).transposed
          : MatrixView(aBase, rows: rows, columns: inner)
        let right =
          transposesB
          ? MatrixView(bBase, rows: columns, columns: inner).transposed
          : MatrixView(bBase, rows: inner, columns: columns)
        if let initial {
          resources.multiply(left, right, into: &c, initial: initial, scale: scale, workspace: workspace)
        } else {
          resources.multiply(left, right, into: &c, scale: scale, workspace: workspace)
        }
      }
    }
    #expect(Array(c.suffix(3)) == [-5, -6, -7], "the product wrote past its end: \(self)")
    return c.dropLast(3)
  }
}

@Suite("Matrix products")
struct MatrixProductTests {
  /// Every instruction set of this processor with 1, 2 and 3 threads.
  private static let allResources = InstructionSet.allCases.filter(\.isAvailable).flatMap { version in
    (1...3).map { ComputeResources(threads: $0, instructionSet: version) }
  }

  private func check(_ drawn: ProductCase, workspace: ProductWorkspace, _ comment: String) {
    let expected = drawn.plain().map(\.bitPattern)
    for resources in Self.allResources {
      let got = drawn.run(resources, workspace: workspace).map(\.bitPattern)
      #expect(
        got == expected,
        "\(comment): \(drawn) with \(resources.instructionSet) on \(resources.threads) threads")
    }
  }

  @Test("Small products are the plain chain of fused multiply-adds, bit for bit, in every setting")
  func smallProducts() {
    var source = RandomSource(seed: 201)
    let workspace = ProductWorkspace()
    for draw in 0..<300 {
      let drawn = ProductCase(
        &source, rows: 1 + source.below(70), columns: 1 + source.below(70), inner: source.below(71))
      check(drawn, workspace: workspace, "seed 201, draw \(draw)")
    }
  }

  @Test("So are products of every width and height about the register tiles")
  func tileEdges() {
    var source = RandomSource(seed: 202)
    let workspace = ProductWorkspace()
    for columns in 1...130 {
      let drawn = ProductCase(
        &source, rows: 1 + source.below(19), columns: columns, inner: 1 + source.below(9))
      check(drawn, workspace: workspace, "seed 202")
    }
    for rows in 1...34 {
      let drawn = ProductCase(&source, rows: rows, columns: 1 + source.below(20), inner: 3)
      check(drawn, workspace: workspace, "seed 202")
    }
  }

  @Test("So are products longer than the block of the inner dimension, and those split among threads")
  func largeProducts() {
    var source = RandomSource(seed: 203)
    let workspace = ProductWorkspace()
    // More than 2^19 multiply-adds are split: along the rows, the columns or both, whichever is done first.
    let shapes = [
      (3, 5, 255), (3, 5, 256), (3, 5, 257), (2, 50, 512), (9, 17, 1000), (70, 96, 100), (128, 97, 300),
      (17, 400, 260), (300, 95, 30), (513, 10, 200), (1000, 3, 257), (1, 1100, 513), (2100, 1, 256),
    ]
    for (rows, columns, inner) in shapes {
      for _ in 0..<2 {
        let drawn = ProductCase(&source, rows: rows, columns: columns, inner: inner)
        check(drawn, workspace: workspace, "seed 203")
      }
    }
  }

  @Test("An empty inner dimension leaves scale · initial, and an empty result is no work")
  func emptyProducts() {
    let workspace = ProductWorkspace()
    let memory: [Float] = [1, 2, 3]
    for resources in Self.allResources {
      var c: [Float] = [.nan, .nan, .nan, .nan, .nan, .nan]
      resources.multiply(
        MatrixView(memory, rows: 2, columns: 0), MatrixView(memory, rows: 0, columns: 3), into: &c,
        initial: [1, -2, 3], scale: 0.5, workspace: workspace)
      #expect(c == [0.5, -1, 1.5, 0.5, -1, 1.5])
      resources.multiply(
        MatrixView(memory, rows: 2, columns: 0), MatrixView(memory, rows: 0, columns: 3), into: &c,
        workspace: workspace)
      #expect(c == [0, 0, 0, 0, 0, 0])
      c = [9]
      resources.multiply(
        MatrixView(memory, rows: 0, columns: 3), MatrixView(memory, rows: 3, columns: 1), into: &c,
        workspace: workspace)
      #expect(c == [9])
    }
  }

  @Test("Strided views of a larger matrix multiply as the part they show")
  func stridedViews() {
    // Every second row and column of 0...35 in a row-major 6 × 6: [[0, 2, 4], [12, 14, 16], [24, 26, 28]].
    let memory = (0..<36).map { Float($0) }
    for resources in Self.allResources {
      var c = [Float](repeating: 0, count: 9)
      memory.withUnsafeBufferPointer { memory in
        let part = MatrixView(memory.baseAddress!, rows: 3, columns: 3, rowStride: 12, columnStride: 2)
        resources.multiply(part, part, into: &c, workspace: ProductWorkspace())
      }
      #expect(c == [120, 132, 144, 552, 636, 720, 984, 1140, 1296])
    }
  }
}
