import Datasets
import Foundation
import Reproducibility
import Testing

@Suite("ZCA whitening")
struct ZCAWhiteningTests {
  /// `count` images of `side` × `side` with smooth brightness, so that neighbors are correlated.
  private static func smoothImages(_ count: Int, side: Int, seed: UInt64) -> ImageSet {
    var source = RandomSource(seed: seed)
    var pixels: [UInt8] = []
    for _ in 0..<count {
      var image = (0..<side * side).map { _ in 40 * source.normal() }
      for place in 1..<image.count { image[place] = 0.8 * image[place - 1] + 0.6 * image[place] }
      pixels += image.map { UInt8(min(255, max(0, 120 + $0.rounded()))) }
    }
    return ImageSet(
      height: side, width: side, channels: 1, classCount: 1, pixels: pixels,
      labels: [UInt8](repeating: 0, count: count))
  }

  /// Mean and covariance, by their definitions.
  private static func moments(_ images: ImageSet) -> (mean: [Double], covariance: [[Double]]) {
    let size = images.valuesPerImage
    let rows = (0..<images.count).map { images.image($0).map { Double($0) } }
    let count = Double(rows.count)
    let mean = (0..<size).map { column in rows.reduce(0) { $0 + $1[column] } / count }
    var covariance = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for i in 0..<size {
      for j in 0..<size {
        for row in rows { covariance[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]) }
        covariance[i][j] /= count
      }
    }
    return (mean, covariance)
  }

  @Test("The whitened training images have nearly the identity for a covariance", arguments: [2, 5, 7])
  func identity(_ side: Int) {
    let images = Self.smoothImages(3000, side: side, seed: 149)
    let whitening = ZCAWhitening(fittedTo: images, addedVariance: 0.01, spannedDeviations: 6)
    let (mean, covariance) = Self.moments(whitening.applied(to: images))
    let unit = (127.0 / 6) * (127.0 / 6)
    for i in 0..<side * side {
      #expect((mean[i] - 128).magnitude < 0.1)
      for j in 0..<side * side {
        // Rounding to 8 bits adds 1/12 to a variance of 448; ε takes some 10⁻⁴ away.
        #expect(
          (covariance[i][j] / unit - (i == j ? 1 : 0)).magnitude < 0.002, "seed 149, \(i), \(j)")
      }
    }
    // They were far from it before.
    #expect(Self.moments(images).covariance[0][1] > 0.5 * Self.moments(images).covariance[0][0])
  }

  @Test(
    "The matrix is symmetric, and its square is the inverse of the covariance with ε",
    arguments: [1, 3, 8, 9])
  func inverseSquareRoot(_ side: Int) {
    let images = Self.smoothImages(200, side: side, seed: 151)
    let size = side * side
    for addedVariance in [0.001, 3, 1000] {
      let matrix = ZCAWhitening(fittedTo: images, addedVariance: addedVariance).matrix
      var (_, sum) = Self.moments(images)
      for i in 0..<size { sum[i][i] += addedVariance }
      func times(_ left: (Int, Int) -> Double, _ right: (Int, Int) -> Double) -> [Double] {
        var product = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
          for j in 0..<size {
            for k in 0..<size { product[i * size + j] += left(i, k) * right(k, j) }
          }
        }
        return product
      }
      let half = times({ matrix[$0 * size + $1] }, { sum[$0][$1] })
      let whole = times({ half[$0 * size + $1] }, { matrix[$0 * size + $1] })
      for i in 0..<size {
        for j in 0..<size {
          #expect((whole[i * size + j] - (i == j ? 1 : 0)).magnitude < 1e-9, "seed 151, ε \(addedVariance)")
          #expect((matrix[i * size + j] - matrix[j * size + i]).magnitude < 1e-12)
        }
        // Symmetric square roots are many; the positive one has a positive diagonal.
        #expect(matrix[i * size + i] > 0)
      }
    }
  }

  @Test("Fewer images than values, and values that never change, are whitened too")
  func singularCovariance() {
    let few = Self.smoothImages(3, side: 6, seed: 157)
    let matrix = ZCAWhitening(fittedTo: few, addedVariance: 0.5).matrix
    // Along a direction without variance W is ε^(−1/2); nowhere is it larger.
    #expect(matrix.allSatisfy { $0.isFinite && $0.magnitude <= 1 / 0.5.squareRoot() + 1e-9 })
    let constant = ImageSet(
      height: 1, width: 3, channels: 1, classCount: 1, pixels: [9, 9, 9, 9, 9, 9], labels: [0, 0])
    #expect(
      ZCAWhitening(fittedTo: constant).applied(to: constant).pixels == [UInt8](repeating: 128, count: 6))
  }

  @Test("Two values by hand: the root of a 2 × 2 matrix has a closed form")
  func closedForm() {
    // Covariance with ε = 2: [[12, 6], [6, 12]]; eigenvalues 18 and 6 along (1, 1) and (1, −1).
    let pixels: [UInt8] = [104, 104, 96, 96, 102, 98, 98, 102]
    let images = ImageSet(
      height: 1, width: 2, channels: 1, classCount: 1, pixels: pixels, labels: [0, 0, 0, 0])
    // (16 + 16 + 4 + 4)/4 = 10 on the diagonal, (16 + 16 − 4 − 4)/4 = 6 beside it.
    let matrix = ZCAWhitening(fittedTo: images, addedVariance: 2).matrix
    let sum = 1 / 18.0.squareRoot()
    let difference = 1 / 6.0.squareRoot()
    let expected = [sum + difference, sum - difference, sum - difference, sum + difference].map { $0 / 2 }
    #expect(zip(matrix, expected).allSatisfy { ($0 - $1).magnitude < 1e-14 })
    // W (4, 4) = 4 · √(1/18) (1, 1) = 0.943; times 127/4 is 29.93. W (2, −2) = 2 · √(1/6) = 0.816; 25.92.
    #expect(
      ZCAWhitening(fittedTo: images, addedVariance: 2).applied(to: images).pixels
        == [158, 158, 98, 98, 154, 102, 102, 154])
  }

  @Test("Sums of the brightest pixels are exact")
  func brightest() {
    // 501 images of 255 and 500 of 254.
    let pixels = (0..<1001).map { UInt8(255 - $0 % 2) }
    let images = ImageSet(
      height: 1, width: 1, channels: 1, classCount: 1, pixels: pixels,
      labels: [UInt8](repeating: 0, count: 1001))
    let matrix = ZCAWhitening(fittedTo: images, addedVariance: 0.001).matrix
    let variance = 501.0 * 500 / (1001 * 1001)
    #expect((matrix[0] - 1 / (variance + 0.001).squareRoot()).magnitude < 1e-14)
  }

  @Test("A data set's whitening learns from its training part alone, after contrast normalization")
  func trainingOnly() throws {
    var settings = GlyphSettings()
    settings.trainingCount = 60
    settings.testCount = 20
    let plain = Dataset.glyphs(settings)
    #expect(try Dataset.load(.glyphs(settings)).digest == plain.digest)
    let whitened = try Dataset.load(.glyphs(settings), preprocessing: .zca)
    let contrast = GlobalContrastNormalization()
    let whitening = ZCAWhitening(fittedTo: contrast.applied(to: plain.training))
    for (part, original) in [
      (whitened.training, plain.training), (whitened.validation, plain.validation),
      (whitened.test, plain.test),
    ] {
      #expect(part == whitening.applied(to: contrast.applied(to: original)))
      #expect(part.labels == original.labels)
    }
    let digests = try ImagePreprocessing.allCases.map {
      try Dataset.load(.glyphs(settings), preprocessing: $0).digest
    }
    #expect(Set(digests).count == 3 && digests[0] == plain.digest)
    #expect(ImagePreprocessing.allCases.map(\.rawValue) == ["none", "globalContrast", "zca"])
  }

  @Test("The whitened glyphs are the same on every machine")
  func knownDigest() throws {
    var settings = GlyphSettings()
    settings.trainingCount = 300
    settings.testCount = 100
    let set = try Dataset.load(.glyphs(settings), preprocessing: .zca)
    #expect(set.digest.description == "f17219d5c7598024647d6068e658b4c83891c8f88fcc89b1c85a6faf8a312a46")
  }
}
