import Reproducibility

/// Noise and light: the same rule for every pixel.
extension DisturbedImage {
  mutating func addNoise(_ severity: Double, _ source: inout RandomSource) {
    let deviation = severity * Self.range / 2
    for index in values.indices { values[index] += deviation * source.normal() }
  }

  mutating func shiftBrightness(_ severity: Double, _ source: inout RandomSource) {
    let shift = (source.below(2) == 0 ? -1 : 1) * severity * Self.range
    for index in values.indices { values[index] += shift }
  }

  mutating func reduceContrast(_ severity: Double, _ source: inout RandomSource) {
    let gray = source.uniform(in: 0.35...0.65) * Self.range
    for pixel in 0..<height * width { mix(pixel: pixel, with: gray, share: severity) }
  }
}
