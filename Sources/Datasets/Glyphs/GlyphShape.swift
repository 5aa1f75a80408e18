import Reproducibility

/// The undeformed glyphs. The shapes 2k and 2k + 1 are the two forms of character k, as unlike as a capital and
/// its small letter can be.
enum GlyphShape: String, CaseIterable {
  case ring, comb
  case hook, saltire
  case zigzag, cup
  case fork, box
  case cross, chevron
  case arch, corner
  case wave, rails
  case tee, triangle
  case gate, flag
  case spiral, bolt

  /// The strokes, each a chain of points closely spaced enough to be bent. The glyph fills about −1...1 on both
  /// axes, y downwards.
  var strokes: [[SIMD2<Double>]] {
    switch self {
    case .ring:
      [Self.arc(around: [0, 0], radii: [0.7, 0.85], from: 0, to: 1, pieces: 12)]
    case .comb:
      [
        Self.chain([[0.6, -0.8], [-0.6, -0.8], [-0.6, 0.8], [0.6, 0.8]]),
        Self.chain([[-0.6, 0], [0.45, 0]]),
      ]
    case .hook:
      [
        Self.chain([[0.35, -0.9], [0.35, 0.35]])
          + Self.arc(around: [-0.1, 0.35], radii: [0.45, 0.5], to: 0.5)
      ]
    case .saltire:
      [Self.chain([[-0.7, -0.8], [0.7, 0.8]]), Self.chain([[0.7, -0.8], [-0.7, 0.8]])]
    case .zigzag:
      [Self.chain([[-0.65, -0.8], [0.65, -0.8], [-0.65, 0.8], [0.65, 0.8]])]
    case .cup:
      [
        Self.chain([[0.65, -0.85], [0.65, 0.15]])
          + Self.arc(around: [0, 0.15], radii: [0.65, 0.7], to: 0.5)
          + Self.chain([[-0.65, 0.15], [-0.65, -0.85]])
      ]
    case .fork:
      [Self.chain([[-0.7, -0.85], [0, 0.05], [0.7, -0.85]]), Self.chain([[0, 0.05], [0, 0.9]])]
    case .box:
      [Self.chain([[-0.65, -0.7], [0.65, -0.7], [0.65, 0.7], [-0.65, 0.7], [-0.65, -0.7]])]
    case .cross:
      [Self.chain([[0, -0.9], [0, 0.9]]), Self.chain([[-0.8, 0], [0.8, 0]])]
    case .chevron:
      [Self.chain([[0.6, -0.85], [-0.6, 0], [0.6, 0.85]])]
    case .arch:
      [
        Self.chain([[-0.65, 0.85], [-0.65, -0.15]])
          + Self.arc(around: [0, -0.15], radii: [0.65, 0.7], from: 0.5, to: 1)
          + Self.chain([[0.65, -0.15], [0.65, 0.85]])
      ]
    case .corner:
      [Self.chain([[-0.55, -0.85], [-0.55, 0.75], [0.7, 0.75]])]
    case .wave:
      [
        Self.arc(around: [0, -0.42], radii: [0.6, 0.42], from: 0.95, to: 0.25)
          + Self.arc(around: [0, 0.42], radii: [0.6, 0.42], from: 0.75, to: 1.45)
      ]
    case .rails:
      [Self.chain([[-0.75, -0.4], [0.75, -0.4]]), Self.chain([[-0.75, 0.4], [0.75, 0.4]])]
    case .tee:
      [Self.chain([[-0.75, -0.75], [0.75, -0.75]]), Self.chain([[0, -0.75], [0, 0.9]])]
    case .triangle:
      [Self.chain([[0, -0.85], [0.8, 0.7], [-0.8, 0.7], [0, -0.85]])]
    case .gate:
      [
        Self.chain([[-0.6, -0.85], [-0.6, 0.85]]), Self.chain([[0.6, -0.85], [0.6, 0.85]]),
        Self.chain([[-0.6, 0], [0.6, 0]]),
      ]
    case .flag:
      [
        Self.chain([[-0.5, 0.9], [-0.5, -0.8]])
          + Self.arc(around: [-0.45, -0.35], radii: [0.95, 0.45], from: -0.25, to: 0.25)
      ]
    case .spiral:
      // From the top inwards: three quarters of a large turn, then a whole small one.
      [
        Self.arc(around: [0, 0], radii: [0.75, 0.85], from: 0.85, to: 0.1, pieces: 9)
          + Self.arc(around: [0.05, 0.25], radii: [0.5, 0.4], from: 0.1, to: -0.55)
      ]
    case .bolt:
      [Self.chain([[-0.65, 0.85], [-0.65, -0.85], [0.65, 0.85], [0.65, -0.85]])]
    }
  }

  /// Points on an ellipse between two angles in turns; angle 0 points right and a quarter turn points down.
  private static func arc(
    around center: SIMD2<Double>, radii: SIMD2<Double>, from start: Double = 0, to end: Double,
    pieces: Int = 6
  ) -> [SIMD2<Double>] {
    (0...pieces).map { index in
      let turn = start + (end - start) * Double(index) / Double(pieces)
      let angle = turn * (2 * Double.pi)
      return center + radii * SIMD2(ElementaryFunctions.cos(angle), ElementaryFunctions.sin(angle))
    }
  }

  /// The poly-line through `corners`, every side cut in three.
  private static func chain(_ corners: [SIMD2<Double>]) -> [SIMD2<Double>] {
    var points = [corners[0]]
    for (from, to) in zip(corners, corners.dropFirst()) {
      for third in 1...3 { points.append(from + (to - from) * (Double(third) / 3)) }
    }
    return points
  }
}
