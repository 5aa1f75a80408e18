/// How the generated image set `glyphs` is drawn: sizes, seed, and how far a glyph may stray from its shape.
///
/// Lengths are in pixels of the 16 × 16 image unless said otherwise; gray levels are in `0...255`. Deviations
/// are drawn evenly from −limit to +limit.
///
/// The defaults are tuned so that small networks are limited by their connections and large ones hardly are.
/// A fully connected network with two hidden layers of h sigmoid units, trained in floating point for 50 epochs
/// (momentum 0.9, rate 0.1, batches of 128), has these test errors, means of three seeds:
///
///     h        4     5     6     7     8    16    32    64    96   128
///     error  33.1  31.4  19.2  15.8  13.9   7.2   4.7   3.8   3.4   3.6 %
public struct GlyphSettings: Hashable, Sendable {
  /// Which set of the endless supply.
  public var seed: UInt64 = 1
  /// Training and validation images together. A multiple of 10 gives every class as many.
  public var trainingCount = 8000
  /// Test images.
  public var testCount = 4000
  /// Largest turn, in radians.
  public var rotation = 0.25
  /// Largest deviation of each axis's scale from 1.
  public var scaling = 0.15
  /// Largest shear, a ratio.
  public var shear = 0.15
  /// Largest shift along each axis.
  public var shift = 1.3
  /// Largest displacement of a control point by the smooth warp, in half glyph heights.
  public var warp = 0.12
  /// Stroke widths.
  public var strokeWidth = 1.2...2.2
  /// Gray levels between background and ink.
  public var contrast = 120.0...220.0
  /// Background gray levels.
  public var background = 0.0...35.0
  /// Standard deviation of the noise on each pixel, in gray levels.
  public var noise = 14.0
  /// Share of images with a stray stroke of ink.
  public var clutter = 0.06
  /// Share of images in which a stroke of background crosses the glyph.
  public var occlusion = 0.06

  /// The defaults.
  public init() {}

  /// What makes these settings unusable, `nil` if nothing does.
  var fault: String? {
    if trainingCount < 10 || testCount < 1 {
      return "\(trainingCount) training and \(testCount) test images, expected at least 10 and 1"
    }
    let limits = [rotation, scaling, shear, shift, warp, noise, clutter, occlusion]
    let ranges = [strokeWidth, contrast, background]
    let numbers = limits + ranges.flatMap { [$0.lowerBound, $0.upperBound] }
    if !numbers.allSatisfy({ $0.isFinite && $0 >= 0 && $0 <= 1000 }) {
      return "a limit is negative, beyond 1000 or not a number"
    }
    if scaling >= 1 { return "a scaling of \(scaling), expected less than 1" }
    if strokeWidth.lowerBound == 0 { return "a stroke width of 0, expected a positive one" }
    return nil
  }
}
