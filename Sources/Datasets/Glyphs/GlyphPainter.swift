import Reproducibility

/// Draws one image of the set `glyphs`: a shape deformed, stroked, covered, and disturbed by one random source.
struct GlyphPainter {
  static let side = 16
  private let settings: GlyphSettings
  /// The undeformed strokes of every shape.
  private let shapes: [[[SIMD2<Double>]]]

  init(_ settings: GlyphSettings) {
    self.settings = settings
    shapes = GlyphShape.allCases.map(\.strokes)
  }

  /// The number of characters. Each has two forms.
  static let classCount = GlyphShape.allCases.count / 2

  /// `ring or comb`, `hook or saltire`, ...
  static let classNames = (0..<classCount).map { label in
    GlyphShape.allCases[2 * label..<2 * label + 2].map(\.rawValue).joined(separator: " or ")
  }

  /// Paints an image of class `label` into `pixels`, shape `[16, 16]`.
  ///
  /// In order: the ink of the bent and turned glyph and of stray strokes, a stroke that takes ink away, gray
  /// levels, pixel noise. Every draw comes from `source`, so equal sources paint equal images.
  func paint(_ label: Int, with source: inout RandomSource, into pixels: UnsafeMutableBufferPointer<UInt8>) {
    var ink = Coverage()
    let placement = Placement(settings, &source)
    let width = source.uniform(in: settings.strokeWidth)
    let shape = shapes[2 * label + source.below(2)]
    for stroke in shape { ink.add(stroke.map(placement.callAsFunction), width: width) }
    if source.uniform() < settings.clutter {
      ink.add(Self.strayStroke(&source, length: 3...7), width: source.uniform(in: settings.strokeWidth))
    }
    var cover = Coverage()
    if source.uniform() < settings.occlusion {
      cover.add(Self.strayStroke(&source, length: 8...14), width: source.uniform(in: 1.5...2.5))
    }
    let background = source.uniform(in: settings.background)
    let contrast = source.uniform(in: settings.contrast)
    for index in pixels.indices {
      let level = background + contrast * ink.values[index] * (1 - cover.values[index])
      let noisy = level + settings.noise * source.normal()
      pixels[index] = UInt8(min(max(noisy, 0), 255) + 0.5)
    }
  }

  /// A straight stroke somewhere in the image, in pixels.
  private static func strayStroke(
    _ source: inout RandomSource, length: ClosedRange<Double>
  ) -> [SIMD2<Double>] {
    let middle = SIMD2(source.uniform(in: 1...15), source.uniform(in: 1...15))
    let angle = source.uniform() * (2 * Double.pi)
    let direction = SIMD2(ElementaryFunctions.cos(angle), ElementaryFunctions.sin(angle))
    let reach = source.uniform(in: length) / 2 * direction
    return [middle - reach, middle + reach]
  }
}

/// How one glyph's points come into the image: a smooth warp, then an affine map to pixels.
private struct Placement {
  private let amplitude: SIMD2<Double>
  private let wave: SIMD2<Double>
  private let phase: SIMD2<Double>
  private let column0: SIMD2<Double>
  private let column1: SIMD2<Double>
  private let offset: SIMD2<Double>

  init(_ settings: GlyphSettings, _ source: inout RandomSource) {
    func pair(_ limit: Double) -> SIMD2<Double> {
      SIMD2(source.uniform(in: -limit...limit), source.uniform(in: -limit...limit))
    }
    amplitude = pair(settings.warp)
    wave = 2.5 + pair(1.5)
    phase = pair(Double.pi)
    let angle = source.uniform(in: -settings.rotation...settings.rotation)
    let shear = source.uniform(in: -settings.shear...settings.shear)
    let halfSize = 5.6 * (1 + pair(settings.scaling))
    let (cosine, sine) = (ElementaryFunctions.cos(angle), ElementaryFunctions.sin(angle))
    column0 = halfSize.x * SIMD2(cosine, sine)
    column1 = halfSize.y * SIMD2(shear * cosine - sine, shear * sine + cosine)
    offset = Double(GlyphPainter.side) / 2 + pair(settings.shift)
  }

  /// Each axis is displaced by a sine wave along the other axis; both waves are longer than a stroke is thick.
  func callAsFunction(_ point: SIMD2<Double>) -> SIMD2<Double> {
    let bent = SIMD2(
      point.x + amplitude.x * ElementaryFunctions.sin(wave.x * point.y + phase.x),
      point.y + amplitude.y * ElementaryFunctions.sin(wave.y * point.x + phase.y))
    return offset + column0 * bent.x + column1 * bent.y
  }
}

/// How much of each pixel is covered by strokes, in `0...1`.
private struct Coverage {
  /// Shape `[16, 16]`.
  private(set) var values = [Double](repeating: 0, count: GlyphPainter.side * GlyphPainter.side)

  /// Adds a chain of points in pixels, drawn with a round pen of diameter `width`.
  ///
  /// A pixel whose center is d from the stroke is covered by `width/2 + 1/2 − d`, kept within `0...1`: exact for
  /// a straight edge along the grid, close for others. Strokes that cross do not add up.
  mutating func add(_ points: [SIMD2<Double>], width: Double) {
    let reach = width / 2 + 0.5
    for (from, to) in zip(points, points.dropFirst()) {
      let side = to - from
      let squareLength = side.x * side.x + side.y * side.y
      let inverse = squareLength > 0 ? 1 / squareLength : 0
      let columns = Self.indices(from: min(from.x, to.x) - reach, to: max(from.x, to.x) + reach)
      for row in Self.indices(from: min(from.y, to.y) - reach, to: max(from.y, to.y) + reach) {
        for column in columns {
          let center = SIMD2(Double(column) + 0.5, Double(row) + 0.5) - from
          let along = min(max((center.x * side.x + center.y * side.y) * inverse, 0), 1)
          let away = center - along * side
          let distance = (away.x * away.x + away.y * away.y).squareRoot()
          let coverage = min(max(reach - distance, 0), 1)
          let index = row * GlyphPainter.side + column
          if coverage > values[index] { values[index] = coverage }
        }
      }
    }
  }

  /// The pixels whose centers can lie between two coordinates.
  private static func indices(from low: Double, to high: Double) -> Range<Int> {
    let limit = Double(GlyphPainter.side)
    let first = Int(min(max(low - 0.5, 0), limit))
    let end = Int(min(max(high + 1, 0), limit))
    return first..<max(first, end)
  }
}
