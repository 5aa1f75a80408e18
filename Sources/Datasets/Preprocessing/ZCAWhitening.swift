import Tensors

/// Whitening that stays as near to the image as whitening can ("zero-phase component analysis", Bell and
/// Sejnowski 1997; also Mahalanobis whitening): removes the mean and the correlations of pixels.
///
/// With the training images x of d values as vectors, their mean μ, covariance C = Σ(x − μ)(x − μ)ᵀ / n, added
/// variance ε and k = `spannedDeviations`,
///
///     W = (C + ε I)^(−1/2), symmetric                                                (1)
///     y = 128 + 127 / k · W (x − μ)                                                  (2)
///
/// rounded to nearest, ties away from 128, then clamped to `0...255`. Without ε the y of the training images
/// would have the covariance (127/k)² I.
///
/// Precision: C is exact until its one division by n², (1) is computed in double precision (see
/// `PositiveDefiniteMatrix`), (2) in single precision with fused sums in a fixed order. Every machine gets the
/// same bits.
///
/// Images may have `largestImage` values at most: the eigenvectors of one matrix over all values are needed, and
/// their cost grows with the cube of d: 4 s for 1,024 values on one core of an AMD EPYC (Zen 4), minutes for the
/// 3,072 of a 32 × 32 color image. Whitening channels or patches on their own would leave correlations, so that
/// is not done under this name.
public struct ZCAWhitening: Sendable {
  /// The most values that an image may have.
  public static let largestImage = 1024

  /// 0.1 of the variance of images after `GlobalContrastNormalization` with its standard settings, in squared
  /// gray levels: the ε that Coates, Ng and Lee 2011 and Goodfellow et al. 2013 add to images of variance 1.
  public static let standardAddedVariance = {
    let levels = GlobalContrastNormalization().levelsPerDeviation
    return 0.1 * levels * levels
  }()

  /// Standard deviations of a whitened value on either side of its mean within the 8-bit range.
  public let spannedDeviations: Int
  /// μ in gray levels. Shape `[d]`.
  package let mean: [Double]
  /// W. Shape `[d, d]`, row-major.
  package let matrix: [Double]

  /// The whitening of images like `training`. O(images d² + d³).
  ///
  /// - Parameters:
  ///   - addedVariance: ε, in squared gray levels.
  ///   - spannedDeviations: k. Whitened values are far from normally distributed; 4 leaves few to clamp.
  /// - Precondition: there are images, of at most `largestImage` values; `addedVariance` is in `0.001...1e6`,
  ///   `spannedDeviations` in `1...127`.
  public init(
    fittedTo training: ImageSet, addedVariance: Double = standardAddedVariance, spannedDeviations: Int = 4
  ) {
    let size = training.valuesPerImage
    precondition(
      training.count > 0 && size <= Self.largestImage,
      "\(training.count) images of \(size) values to whiten, expected 1 or more of at most \(Self.largestImage)"
    )
    // A covariance's trace is at most 1024 · 127.5², so a Cholesky pivot errs by less than 10⁻⁵.
    precondition((0.001...1e6).contains(addedVariance), "an added variance of \(addedVariance)")
    precondition((1...127).contains(spannedDeviations), "\(spannedDeviations) deviations to span")
    self.spannedDeviations = spannedDeviations
    let moments = PixelMoments(of: training)
    mean = moments.mean
    var covariance = moments.covariance
    for index in 0..<size { covariance[index * size + index] += addedVariance }
    matrix = PositiveDefiniteMatrix(size: size, elements: covariance).inverseSquareRoot()
  }

  /// `images` whitened by (2).
  /// - Precondition: they have as many values as the images that this was fitted to.
  public func applied(to images: ImageSet) -> ImageSet {
    let size = mean.count
    precondition(images.valuesPerImage == size, "\(images.valuesPerImage) values, fitted to \(size)")
    let weights = matrix.map { Float($0) }
    let means = mean.map { Float($0) }
    let workspace = ProductWorkspace()
    let chunk = 1024
    var centered = [Float](repeating: 0, count: chunk * size)
    var whitened = centered
    var pixels: [UInt8] = []
    pixels.reserveCapacity(images.pixels.count)
    for start in stride(from: 0, to: images.count, by: chunk) {
      let rows = min(chunk, images.count - start)
      for row in 0..<rows {
        for column in 0..<size {
          centered[row * size + column] = Float(images.pixels[(start + row) * size + column]) - means[column]
        }
      }
      // W is symmetric, so that the rows (x − μ)ᵀ W are the W (x − μ) of (2).
      centered.withUnsafeBufferPointer { centered in
        weights.withUnsafeBufferPointer { weights in
          ComputeResources.all.multiply(
            MatrixView(centered.baseAddress!, rows: rows, columns: size),
            MatrixView(weights.baseAddress!, rows: size, columns: size),
            into: &whitened, scale: 127 / Float(spannedDeviations), workspace: workspace)
        }
      }
      for index in 0..<rows * size {
        let steps = whitened[index].rounded(.toNearestOrAwayFromZero)
        pixels.append(UInt8(min(255, max(0, 128 + steps))))
      }
    }
    return images.replacingPixels(pixels)
  }
}
