/// An error on the input of a network: what disturbs an image, and how much.
///
/// Severity 0 leaves every image as it is, 1 is the strongest. All draws of an image (noise, places, tones) are made without regard to the severity, so
/// that a severer error of the same draw is the same scene with more of it: but for `blur` no pixel ever comes nearer to the undisturbed one as
/// severity grows, and for `blur` the whole image does not (up to rounding).
public struct InputDisturbance: Sendable, Hashable {
  /// What disturbs. R stands for the range of a pixel, 255; s for the severity.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Adds to every value a normal deviate of standard deviation s · R/2, drawn for each value alone.
    case gaussianNoise = "gaussian-noise"
    /// Adds s · R to every value or subtracts it; the sign is drawn for the image.
    case brightness
    /// Moves every value by the share s of its way to one gray level, drawn for the image from 0.35 R to 0.65 R: 1 leaves only that gray.
    case contrast
    /// Moves every value by a share of its way to a light gray (0.8 R to R, drawn for the image). The share is s times a density from 1/2 to 1 that changes
    /// smoothly over the image.
    case fog
    /// Slanting streaks of a light gray (0.7 R to 0.9 R) at four fifths of full cover; s · pixels/16 of them, each 0.15 to 0.35 of the height long.
    case rain
    /// Flakes of R at full cover; s · pixels/10 of them, of radius 0.02 to 0.06 of the shorter side.
    case snow
    /// Specks of a dark gray (0.1 R to 0.4 R) at nine tenths of full cover; s · pixels/8 of them, of radius 0.01 to 0.04 of the shorter side.
    case dust
    /// A rectangle of the image's proportions that covers the share s of its area, in a gray level from 0 to R.
    case occlusion
    /// A Gaussian blur whose standard deviation is s · 1/4 of the shorter side, times a factor from 1/2 to 3/2 drawn for rows and another for columns. The
    /// image is continued by reflection.
    case blur
  }

  /// What disturbs.
  public let kind: Kind
  /// How much: 0...1.
  public let severity: Double

  /// A disturbance.
  /// - Throws: `DatasetError` where `severity` is not a number in 0...1.
  public init(_ kind: Kind, severity: Double) throws(DatasetError) {
    guard severity >= 0, severity <= 1 else {
      throw DatasetError(
        .unusableSettings("severity \(severity); 0 (unchanged) to 1 (strongest) are possible"),
        at: "input error \(kind.rawValue)")
    }
    self.kind = kind
    self.severity = severity
  }
}
