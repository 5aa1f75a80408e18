import Reproducibility
import Tensors

extension ImageSet {
  /// The images at `indices`, in that order, each disturbed.
  ///
  /// What an image becomes depends on its pixels, its index in this set, `seed`, `draw` and the disturbance: not on the other images, and not on the order.
  /// - Parameters:
  ///   - draw: which of many errors of the kind is drawn, from 0.
  ///   - resources: threads; they change nothing.
  public func disturbed(
    by disturbance: InputDisturbance, draw: Int, seed: UInt64, indices: some Collection<Int>,
    resources: ComputeResources = ComputeResources(threads: 1)
  ) -> ImageSet {
    let chosen = subset(indices)
    if disturbance.severity == 0 { return chosen }
    let source = RandomSource(seed: seed).split("input error \(disturbance.kind.rawValue)")
    let order = Array(indices)
    let size = valuesPerImage
    var pixels = [UInt8](repeating: 0, count: chosen.pixels.count)
    pixels.withUnsafeMutableBufferPointer { pixels in
      // Images are disjoint parts.
      nonisolated(unsafe) let pixels = pixels
      resources.forEach(order.count) { place in
        let image = DisturbedImage(chosen.image(place), height: height, width: width, channels: channels)
        let values = image.disturbed(by: disturbance, source.split("\(order[place]) \(draw)"))
        for (index, value) in values.enumerated() { pixels[place * size + index] = value }
      }
    }
    return ImageSet(
      height: height, width: width, channels: channels, classCount: classCount, pixels: pixels,
      labels: chosen.labels)
  }

  /// All images, each disturbed.
  public func disturbed(
    by disturbance: InputDisturbance, draw: Int, seed: UInt64,
    resources: ComputeResources = ComputeResources(threads: 1)
  ) -> ImageSet {
    disturbed(by: disturbance, draw: draw, seed: seed, indices: 0..<count, resources: resources)
  }
}

/// One image about to be disturbed: its pixels as numbers, 0...255.
struct DisturbedImage {
  let height: Int
  let width: Int
  let channels: Int
  /// Shape `[height, width, channels]`.
  var values: [Double]

  /// The range of a pixel's value.
  static let range = 255.0

  init(_ pixels: some Collection<UInt8>, height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
    values = pixels.map { Double($0) }
  }

  /// Pixels of the shorter side.
  var shorterSide: Double { Double(min(height, width)) }

  /// The image disturbed with the draws of `source`, values rounded to nearest, ties up, and clamped to 0...255.
  func disturbed(by disturbance: InputDisturbance, _ source: RandomSource) -> [UInt8] {
    var image = self
    var source = source
    let severity = disturbance.severity
    switch disturbance.kind {
    case .gaussianNoise: image.addNoise(severity, &source)
    case .brightness: image.shiftBrightness(severity, &source)
    case .contrast: image.reduceContrast(severity, &source)
    case .fog: image.addFog(severity, &source)
    case .rain: image.addRain(severity, &source)
    case .snow: image.addSnow(severity, &source)
    case .dust: image.addDust(severity, &source)
    case .occlusion: image.occlude(severity, &source)
    case .blur: image.blur(severity, &source)
    }
    return image.values.map { UInt8(min(max($0, 0), Self.range) + 0.5) }
  }

  /// Moves every value of pixel `index` by `share` of its way to `tone`.
  mutating func mix(pixel index: Int, with tone: Double, share: Double) {
    for value in index * channels..<(index + 1) * channels {
      values[value] += (tone - values[value]) * share
    }
  }
}
