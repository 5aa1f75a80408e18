import Datasets

/// A plane through three test images in the space of all images, as a grid of points: how networks divide it shows where their decisions change.
public struct DecisionSlice: Sendable, Hashable {
  /// A point of the plane that is a test image.
  public struct Anchor: Sendable, Hashable {
    /// Which test image.
    public let sample: Int
    /// Its class.
    public let label: Int
    /// Its column in the grid, from 0.
    public let column: Double
    /// Its row, from the top.
    public let row: Double
  }

  /// Points of a side.
  public let side: Int
  /// The three images.
  public let anchors: [Anchor]
  /// The points as images, rows from the top.
  public let images: ImageSet

  /// The plane through the first images of three classes that `correct` says are classed correctly; nil where there are not three such classes or the images lie
  /// on a line.
  ///
  /// The plane keeps distances: its axes are orthonormal in pixel space, the first image's at the lower left, the second to its right. Pixels are rounded to
  /// nearest and clamped to 0...255, so that far points of the plane are not quite on it.
  public init?(_ images: ImageSet, correct: [Bool], side: Int = 96) {
    var samples: [Int] = []
    for index in 0..<images.count where correct[index] && samples.count < 3 {
      if !samples.contains(where: { images.labels[$0] == images.labels[index] }) { samples.append(index) }
    }
    guard samples.count == 3 else { return nil }
    let points = samples.map { images.image($0).map { Double($0) } }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    func difference(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 - $1 } }
    let first = difference(points[1], points[0])
    let base = dot(first, first).squareRoot()
    guard base > 0 else { return nil }
    let right = first.map { $0 / base }
    let second = difference(points[2], points[0])
    let along = dot(second, right)
    let rest = difference(second, right.map { $0 * along })
    let height = dot(rest, rest).squareRoot()
    guard height > 1e-6 * base else { return nil }
    let up = rest.map { $0 / height }
    // A square around the triangle, with a margin of a fifth of its extent on each side.
    let (low, high) = (min(0, along), max(base, along))
    let extent = 1.4 * max(high - low, height)
    let left = (low + high - extent) / 2
    let bottom = (height - extent) / 2
    let pitch = extent / Double(side)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(side * side * images.valuesPerImage)
    for row in 0..<side {
      let y = bottom + (Double(side - 1 - row) + 0.5) * pitch
      for column in 0..<side {
        let x = left + (Double(column) + 0.5) * pitch
        for index in points[0].indices {
          let value = points[0][index] + x * right[index] + y * up[index]
          pixels.append(UInt8(min(max(value, 0), 255) + 0.5))
        }
      }
    }
    func anchor(_ number: Int, _ x: Double, _ y: Double) -> Anchor {
      Anchor(
        sample: samples[number], label: Int(images.labels[samples[number]]), column: (x - left) / pitch,
        row: Double(side) - (y - bottom) / pitch)
    }
    self.side = side
    anchors = [anchor(0, 0, 0), anchor(1, base, 0), anchor(2, along, height)]
    self.images = ImageSet(
      height: images.height, width: images.width, channels: images.channels, classCount: images.classCount,
      pixels: pixels, labels: Array(repeating: 0, count: side * side))
  }
}
