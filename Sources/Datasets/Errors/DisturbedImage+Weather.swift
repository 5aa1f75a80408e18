import Reproducibility

/// Fog, and particles before the lens.
extension DisturbedImage {
  mutating func addFog(_ severity: Double, _ source: inout RandomSource) {
    let tone = source.uniform(in: 0.8...1) * Self.range
    let density = SmoothField(&source)
    for row in 0..<height {
      for column in 0..<width {
        let value = density.value(
          (Double(row) + 0.5) / Double(height), (Double(column) + 0.5) / Double(width))
        mix(pixel: row * width + column, with: tone, share: severity * (0.5 + 0.5 * value))
      }
    }
  }

  mutating func addRain(_ severity: Double, _ source: inout RandomSource) {
    let tone = source.uniform(in: 0.7...0.9) * Self.range
    let slant = source.uniform(in: -0.4...0.4)
    let thickness = max(0.5, 0.015 * shorterSide)
    let wanted = wanted(oneIn: 16, severity)
    var streaks: [Particle] = []
    while Double(streaks.count) < wanted {
      let length = source.uniform(in: 0.15...0.35) * Double(height)
      let end = place(&source)
      streaks.append(Particle(start: end - SIMD2(length, slant * length), end: end, radius: thickness))
    }
    cover(with: streaks, wanted, tone: tone, opacity: 0.8)
  }

  mutating func addSnow(_ severity: Double, _ source: inout RandomSource) {
    let wanted = wanted(oneIn: 10, severity)
    cover(with: discs(wanted, radii: 0.02...0.06, &source), wanted, tone: Self.range, opacity: 1)
  }

  mutating func addDust(_ severity: Double, _ source: inout RandomSource) {
    let tone = source.uniform(in: 0.1...0.4) * Self.range
    let wanted = wanted(oneIn: 8, severity)
    cover(with: discs(wanted, radii: 0.01...0.04, &source), wanted, tone: tone, opacity: 0.9)
  }

  /// How many particles there are: at full severity one in so many pixels, at least one.
  private func wanted(oneIn pixels: Int, _ severity: Double) -> Double {
    severity * Double(max(1, height * width / pixels))
  }

  /// A place in the image, row and column.
  private func place(_ source: inout RandomSource) -> SIMD2<Double> {
    SIMD2(source.uniform() * Double(height), source.uniform() * Double(width))
  }

  private func discs(
    _ wanted: Double, radii: ClosedRange<Double>, _ source: inout RandomSource
  ) -> [Particle] {
    var discs: [Particle] = []
    while Double(discs.count) < wanted {
      let radius = source.uniform(in: radii) * shorterSide
      let center = place(&source)
      discs.append(Particle(start: center, end: center, radius: max(radius, 0.5)))
    }
    return discs
  }

  /// Covers the image with the first `wanted` particles, the last of them in part.
  ///
  /// A pixel's cover is what all particles leave uncovered, and all have one tone: another particle never brings a pixel back.
  private mutating func cover(with particles: [Particle], _ wanted: Double, tone: Double, opacity: Double) {
    var clear = [Double](repeating: 1, count: height * width)
    for (number, particle) in particles.enumerated() {
      let strength = min(1, wanted - Double(number))
      for row in particle.rows(below: height) {
        for column in particle.columns(below: width) {
          clear[row * width + column] *= 1 - strength * particle.coverage(row: row, column: column)
        }
      }
    }
    for pixel in clear.indices { mix(pixel: pixel, with: tone, share: opacity * (1 - clear[pixel])) }
  }
}

/// A rounded streak from `start` to `end` (row, column), or a disc where these are one.
private struct Particle {
  let start: SIMD2<Double>
  let end: SIMD2<Double>
  let radius: Double

  private func pixels(_ axis: Int, below bound: Int) -> Range<Int> {
    let low = Int((min(start[axis], end[axis]) - radius - 1).rounded(.down))
    let high = Int((max(start[axis], end[axis]) + radius + 1).rounded(.up))
    return max(0, min(low, bound))..<max(0, min(high, bound))
  }

  /// Rows of an image that it may touch.
  func rows(below bound: Int) -> Range<Int> { pixels(0, below: bound) }
  /// Columns that it may touch.
  func columns(below bound: Int) -> Range<Int> { pixels(1, below: bound) }

  /// The share of a pixel that it covers, by the distance of the pixel's center from its outline.
  func coverage(row: Int, column: Int) -> Double {
    let point = SIMD2(Double(row) + 0.5, Double(column) + 0.5) - start
    let axis = end - start
    let square = (axis * axis).sum()
    let share = square > 0 ? min(max((point * axis).sum() / square, 0), 1) : 0
    let offset = point - axis * share
    return min(max(radius + 0.5 - (offset * offset).sum().squareRoot(), 0), 1)
  }
}

/// A field over the unit square that changes smoothly between the random values 0...1 of a grid of 4 × 4 points.
private struct SmoothField {
  private static let side = 4
  private let grid: [Double]

  init(_ source: inout RandomSource) {
    grid = (0..<Self.side * Self.side).map { _ in source.uniform() }
  }

  /// The value at row `y` and column `x`, both in 0...1.
  func value(_ y: Double, _ x: Double) -> Double {
    let (row, down) = Self.cell(y)
    let (column, right) = Self.cell(x)
    let corner = row * Self.side + column
    let upper = grid[corner] + (grid[corner + 1] - grid[corner]) * right
    let below = corner + Self.side
    let lower = grid[below] + (grid[below + 1] - grid[below]) * right
    return upper + (lower - upper) * down
  }

  /// The cell and the smoothed place in it.
  private static func cell(_ t: Double) -> (Int, Double) {
    let scaled = t * Double(side - 1)
    let cell = min(Int(scaled), side - 2)
    let rest = scaled - Double(cell)
    return (cell, rest * rest * (3 - 2 * rest))
  }
}
