/// How a series is told apart: by color, by marker and by dashes, so that any one of them may be lost (in print, to a
/// color-blind reader, at a distance).
package struct SeriesLook: Hashable, Sendable {
  /// The shape of the markers.
  package enum Marker: Int, CaseIterable, Sendable {
    case circle, square, triangle, diamond, invertedTriangle, plus, cross, pentagon
  }

  /// Which color of the palette.
  package let color: Int
  /// The shape of the markers.
  package let marker: Marker
  /// Lengths of dashes and gaps; empty for a solid line.
  package let dashes: [Double]

  /// The number of looks before they repeat.
  package static let count = 64

  /// Look number `index`; numbers past the last start anew. The first eight differ in color, marker and dashes,
  /// and any two of the 64 differ in color or in marker.
  package init(_ index: Int) {
    let index = ((index % Self.count) + Self.count) % Self.count
    let round = index / 8
    color = index % 8
    marker = Marker.allCases[(index + round) % 8]
    dashes = Self.dashPatterns[(index + 3 * round) % 8]
  }

  private static let dashPatterns: [[Double]] = [
    [], [7, 4], [2, 3], [10, 3, 2, 3], [13, 4], [6, 2, 2, 2, 2, 2], [4, 2], [1.5, 4],
  ]

  /// One color on light and on dark ground.
  package struct Ink: Hashable, Sendable {
    /// The color on light ground, as `#rrggbb`.
    package let light: String
    /// The color on dark ground, as `#rrggbb`.
    package let dark: String
  }

  /// The colors, after Okabe and Ito's palette for all kinds of color vision, darkened and lightened until each has
  /// a contrast of at least 3:1 (WCAG 2.1, 1.4.11) with its ground.
  package static let palette: [Ink] = [
    Ink(light: "#0067a5", dark: "#5cb3ee"), Ink(light: "#cc4f00", dark: "#ff8d4d"),
    Ink(light: "#00795a", dark: "#35cfa2"), Ink(light: "#a63d7d", dark: "#ec9fc9"),
    Ink(light: "#8a6a00", dark: "#e2c04c"), Ink(light: "#45484d", dark: "#c5cad1"),
    Ink(light: "#5a3fb0", dark: "#ab98f5"), Ink(light: "#7c4a1c", dark: "#cf9f6f"),
  ]

  /// The marker's outline around (`x`, `y`), about `2 · radius` across and of equal visual weight among shapes.
  package func outline(x: Double, y: Double, radius: Double) -> FigurePath {
    func corners(_ offsets: [(Double, Double)]) -> FigurePath {
      FigurePath(points: offsets.map { (x + $0.0 * radius, y + $0.1 * radius) }, isClosed: true)
    }
    switch marker {
    case .circle: return FigurePath(circleX: x, y: y, radius: radius)
    case .square: return corners([(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)])
    case .triangle: return corners([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)])
    case .diamond: return corners([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
    case .invertedTriangle: return corners([(0, 1.2), (1.1, -0.8), (-1.1, -0.8)])
    case .plus:
      let (thin, long) = (0.38, 1.2)
      return corners([
        (-thin, -long), (thin, -long), (thin, -thin), (long, -thin), (long, thin), (thin, thin), (thin, long),
        (-thin, long), (-thin, thin), (-long, thin), (-long, -thin), (-thin, -thin),
      ])
    case .cross:
      let (thin, long) = (0.5, 1.05)
      return corners([
        (0, -thin), (long - thin, -long), (long, thin - long), (thin, 0), (long, long - thin),
        (long - thin, long), (0, thin), (thin - long, long), (-long, long - thin), (-thin, 0),
        (-long, thin - long), (thin - long, -long),
      ])
    case .pentagon:
      return corners([(0, -1.15), (1.09, -0.36), (0.68, 0.93), (-0.68, 0.93), (-1.09, -0.36)])
    }
  }
}

/// The data of an SVG path, with coordinates to a hundredth.
package struct FigurePath: Hashable, Sendable {
  /// The value of the `d` attribute.
  package let data: String

  /// Straight lines through `points`, back to the first where closed.
  package init(points: [(Double, Double)], isClosed: Bool = false) {
    data =
      points.enumerated().map { index, point in
        "\(index == 0 ? "M" : "L")\(point.0.coordinate) \(point.1.coordinate)"
      }.joined() + (isClosed ? "Z" : "")
  }

  /// A circle.
  package init(circleX x: Double, y: Double, radius: Double) {
    let r = radius.coordinate
    let across = (2 * radius).coordinate
    data =
      "M\((x - radius).coordinate) \(y.coordinate)a\(r) \(r) 0 1 0 \(across) 0a\(r) \(r) 0 1 0 -\(across) 0Z"
  }
}

extension Double {
  /// A length in a figure, to a hundredth and without needless zeros; ties go away from zero.
  package var coordinate: String {
    precondition(isFinite && magnitude < 1e9, "\(self) is no coordinate")
    let hundredths = Int((self * 100).rounded())
    let whole = hundredths.magnitude / 100
    let rest = hundredths.magnitude % 100
    let decimals = rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    return (hundredths < 0 ? "-" : "") + "\(whole)\(decimals)"
  }
}
