import Networks
import Reproducibility
import Testing

/// One axis of a window: the definition by lists of rows.
private struct Axis: CustomStringConvertible {
  let image, kernel, stride, dilation, before, after: Int

  /// The rows that output row `row` reads, padding included.
  func reads(_ row: Int) -> [Int] { (0..<kernel).map { row * stride + $0 * dilation - before } }

  /// Output rows whose window lies within the image and its padding, counted one by one.
  var outputs: Int {
    var count = 0
    while reads(count).allSatisfy({ -before..<image + after ~= $0 }) { count += 1 }
    return count
  }

  /// Image rows between the first and the last that `rows` read.
  func imageRows(_ rows: Range<Int>) -> Range<Int> {
    let inside = rows.flatMap(reads).filter { 0..<image ~= $0 }
    return inside.isEmpty ? 0..<0 : inside.min()!..<inside.max()! + 1
  }

  /// Every axis of small extents.
  static let small: [Axis] = (1...7).flatMap { image in
    (1...4).flatMap { kernel in
      (1...4).flatMap { stride in
        (1...3).flatMap { dilation in
          (0...3).flatMap { before in
            (0...2).map { after in
              Axis(
                image: image, kernel: kernel, stride: stride, dilation: dilation, before: before, after: after
              )
            }
          }
        }
      }
    }
  }

  var description: String {
    "\(image) rows, kernel \(kernel), stride \(stride), dilation \(dilation), padding \(before), \(after)"
  }
}

/// The window with these axes, rows first.
private func window(_ rows: Axis, _ columns: Axis) -> SlidingWindow {
  func extent(_ part: KeyPath<Axis, Int>) -> PlaneExtent {
    PlaneExtent(height: rows[keyPath: part], width: columns[keyPath: part])
  }
  return SlidingWindow(
    kernel: extent(\.kernel), stride: extent(\.stride), dilation: extent(\.dilation),
    padding: PlanePadding(top: rows.before, left: columns.before, bottom: rows.after, right: columns.after))
}

@Suite("Sliding windows")
struct SlidingWindowTests {
  @Test("Outputs are as many as windows lie within image and padding; none is nil")
  func outputExtents() {
    var source = RandomSource(seed: 311)
    var misfits = 0
    for rows in Axis.small {
      let columns = Axis.small[source.below(Axis.small.count)]
      let image = PlaneExtent(height: rows.image, width: columns.image)
      let fits = rows.outputs > 0 && columns.outputs > 0
      let expected = fits ? PlaneExtent(height: rows.outputs, width: columns.outputs) : nil
      misfits += fits ? 0 : 1
      #expect(window(rows, columns).outputExtent(over: image) == expected, "seed 311: \(rows); \(columns)")
    }
    #expect(misfits > 500 && misfits < Axis.small.count / 2)
  }

  @Test("The rows that a band reads go from the first to the last that any of its windows reads")
  func bandsOfRows() {
    for rows in Axis.small where rows.outputs > 0 {
      let window = window(rows, rows)
      for first in 0..<rows.outputs {
        for end in first + 1...rows.outputs {
          #expect(
            window.imageRows(of: first..<end, height: rows.image) == rows.imageRows(first..<end),
            "\(rows), outputs \(first)..<\(end)")
        }
      }
    }
  }

  @Test("SAME padding gives ⌈image / stride⌉ outputs with no row to spare, the odd one below")
  func samePadding() {
    for rows in Axis.small where rows.before == 0 && rows.after == 0 {
      let padding = PlanePadding(
        same: PlaneExtent(height: rows.image, width: 1),
        kernel: PlaneExtent(height: rows.kernel, width: 1),
        stride: PlaneExtent(height: rows.stride, width: 1),
        dilation: PlaneExtent(height: rows.dilation, width: 1))
      func outputs(after: Int) -> Int {
        Axis(
          image: rows.image, kernel: rows.kernel, stride: rows.stride, dilation: rows.dilation,
          before: padding.top, after: after
        ).outputs
      }
      let wanted = (rows.image + rows.stride - 1) / rows.stride
      #expect(outputs(after: padding.bottom) == wanted, "\(rows)")
      #expect(0...1 ~= padding.bottom - padding.top, "\(rows)")
      #expect(padding.bottom == 0 || outputs(after: padding.bottom - 1) < wanted, "\(rows)")
      #expect(padding.left == 0 && padding.right == 0, "\(rows)")
    }
    // The first layer of the published keyword-spotting network.
    let published = PlanePadding(
      same: PlaneExtent(height: 49, width: 10), kernel: PlaneExtent(height: 10, width: 4),
      stride: PlaneExtent(square: 2), dilation: PlaneExtent(square: 1))
    #expect(published == PlanePadding(top: 4, left: 1, bottom: 5, right: 1))
  }

  @Test("Numbers that no window can have give no outputs, and never trap")
  func impossibleNumbers() {
    let one = PlaneExtent(square: 1)
    let good = SlidingWindow(kernel: one)
    let most = 1 << 24
    #expect(good.outputExtent(over: PlaneExtent(square: most)) == PlaneExtent(square: most))
    for bad in [0, -1, .min, most + 1, .max] {
      let extent = PlaneExtent(height: 1, width: bad)
      #expect(good.outputExtent(over: extent) == nil)
      #expect(SlidingWindow(kernel: extent).outputExtent(over: one) == nil)
      #expect(SlidingWindow(kernel: one, stride: extent).outputExtent(over: one) == nil)
      #expect(SlidingWindow(kernel: one, dilation: extent).outputExtent(over: one) == nil)
      guard bad != 0 else { continue }
      let padding = PlanePadding(top: 0, left: 0, bottom: bad, right: 0)
      #expect(SlidingWindow(kernel: one, padding: padding).outputExtent(over: one) == nil)
    }
    let widest = SlidingWindow(
      kernel: PlaneExtent(square: most), dilation: PlaneExtent(square: most), padding: PlanePadding(all: most)
    )
    #expect(widest.outputExtent(over: PlaneExtent(square: most)) == nil)
  }
}
