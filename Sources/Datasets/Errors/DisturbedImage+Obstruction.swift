import Reproducibility

/// What hides parts of the image, or its detail.
extension DisturbedImage {
  mutating func occlude(_ severity: Double, _ source: inout RandomSource) {
    let tone = source.uniform() * Self.range
    let (down, right) = (source.uniform(), source.uniform())
    let share = severity.squareRoot()
    // As an extent grows by one, its first row or column moves up by one or not at all: larger rectangles hold smaller ones.
    func span(_ bound: Int, _ place: Double) -> Range<Int> {
      let extent = Int((share * Double(bound)).rounded(.toNearestOrAwayFromZero))
      let first = Int(place * Double(bound - extent))
      return first..<first + extent
    }
    for row in span(height, down) {
      for column in span(width, right) { mix(pixel: row * width + column, with: tone, share: 1) }
    }
  }

  mutating func blur(_ severity: Double, _ source: inout RandomSource) {
    let deviation = severity * shorterSide / 4
    let vertical = BlurKernel(deviation: deviation * source.uniform(in: 0.5...1.5))
    let horizontal = BlurKernel(deviation: deviation * source.uniform(in: 0.5...1.5))
    for channel in 0..<channels {
      for column in 0..<width {
        let first = column * channels + channel
        values.blur(vertical, from: first, count: height, stride: width * channels)
      }
      for row in 0..<height {
        values.blur(horizontal, from: row * width * channels + channel, count: width, stride: channels)
      }
    }
  }
}

/// The weights of a Gaussian at whole distances, out to four standard deviations, with sum 1.
private struct BlurKernel {
  /// By distance, from 0.
  let weights: [Double]

  init(deviation: Double) {
    let reach = Int((4 * deviation).rounded(.up))
    let powers = (0...reach).map { distance in
      let scaled = Double(distance) / max(deviation, 1e-6)
      return ElementaryFunctions.exp(-0.5 * scaled * scaled)
    }
    let sum = powers.dropFirst().reduce(powers[0]) { $0 + 2 * $1 }
    weights = powers.map { $0 / sum }
  }
}

extension [Double] {
  /// Blurs `count` elements that stand `stride` apart, continued by reflection: …, x₁, x₀, x₀, x₁, ….
  fileprivate mutating func blur(_ kernel: BlurKernel, from first: Int, count: Int, stride: Int) {
    let line = (0..<count).map { self[first + $0 * stride] }
    func reflected(_ index: Int) -> Double {
      let turn = ((index % (2 * count)) + 2 * count) % (2 * count)
      return line[turn < count ? turn : 2 * count - 1 - turn]
    }
    for index in 0..<count {
      var sum = kernel.weights[0] * line[index]
      for distance in 1..<kernel.weights.count {
        sum += kernel.weights[distance] * (reflected(index - distance) + reflected(index + distance))
      }
      self[first + index * stride] = sum
    }
  }
}
