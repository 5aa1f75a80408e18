import Datasets
import Foundation
import Reproducibility
import Testing

@Suite("Global contrast normalization")
struct GlobalContrastTests {
  @Test("Every value is the formula's, to nearest with ties away from 128", arguments: [1, 2, 3, 5, 127])
  func formula(_ deviations: Int) {
    var source = RandomSource(seed: 131)
    for floor in [1, 3, 40, 255] {
      let normalization = GlobalContrastNormalization(spannedDeviations: deviations, deviationFloor: floor)
      for trial in 0..<40 {
        let images = ImageSet.drawn(&source)
        let result = normalization.applied(to: images)
        for index in 0..<images.count {
          let values = images.image(index).map { Double($0) }
          let mean = values.reduce(0, +) / Double(values.count)
          let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
          let divisor = max(variance.squareRoot(), Double(floor))
          for (value, found) in zip(values, result.image(index)) {
            let exact = 127 / Double(deviations) * (value - mean) / divisor
            // Clamped; and where this sum's own rounding might decide a tie, both neighbors are right.
            let candidates = [exact * (1 - 1e-12), exact * (1 + 1e-12)].map {
              UInt8(min(255, max(0, 128 + $0.rounded(.toNearestOrAwayFromZero))))
            }
            #expect(candidates.contains(found), "seed 131, trial \(trial), image \(index), value \(value)")
          }
        }
      }
    }
  }

  @Test("Ties go away from 128: 127 · 1/2 is 63.5 above and below")
  func ties() {
    // Mean 100, deviation 8, two of them to span 127: ±1 deviation is ±63.5.
    let pair = ImageSet(height: 1, width: 2, channels: 1, classCount: 1, pixels: [92, 108], labels: [0])
    #expect(GlobalContrastNormalization(spannedDeviations: 2).applied(to: pair).pixels == [64, 192])
  }

  @Test("A constant image becomes 128 throughout, and one of little contrast is divided by the floor")
  func littleContrast() {
    for level in 0...255 {
      let images = ImageSet(
        height: 2, width: 3, channels: 1, classCount: 1,
        pixels: [UInt8](repeating: UInt8(level), count: 6), labels: [0])
      #expect(GlobalContrastNormalization().applied(to: images).pixels == [UInt8](repeating: 128, count: 6))
    }
    // Deviation 1 below the floor of 3: 127/9 = 14.1 levels.
    let faint = ImageSet(height: 1, width: 2, channels: 1, classCount: 1, pixels: [10, 12], labels: [0])
    #expect(GlobalContrastNormalization().applied(to: faint).pixels == [114, 142])
  }

  @Test("Where nothing is clamped the mean is 128 and the deviation 127 over the deviations to span")
  func moments() {
    var source = RandomSource(seed: 137)
    for _ in 0..<100 {
      let images = ImageSet.drawn(&source)
      // No value of n is more than √(n − 1) deviations from the mean.
      let normalization = GlobalContrastNormalization(spannedDeviations: 9, deviationFloor: 1)
      let result = normalization.applied(to: images)
      for index in 0..<images.count {
        let before = images.image(index)
        if Set(before).count < 3 { continue }
        let values = result.image(index).map { Double($0) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect((mean - 128).magnitude <= 0.5, "seed 137")
        #expect((variance.squareRoot() - 127.0 / 9).magnitude <= 0.6, "seed 137")
      }
    }
  }

  @Test("Brightness and contrast of an image do not matter, to the bit, nor what else is in the set")
  func affineInvariance() {
    var source = RandomSource(seed: 139)
    let normalization = GlobalContrastNormalization()
    for trial in 0..<200 {
      let levels = (0..<60).map { _ in source.below(40) }
      let gain = source.below(5) + 1
      let offset = source.below(255 - 40 * gain + 1)
      let images = ImageSet(
        height: 4, width: 5, channels: 3, classCount: 1,
        pixels: levels.map { UInt8($0) } + levels.map { UInt8($0 * gain + offset) }, labels: [0, 0])
      let result = normalization.applied(to: images)
      #expect(
        Array(result.image(0)) == Array(result.image(1)),
        "seed 139, trial \(trial): \(gain) x + \(offset), x = \(levels)")
      #expect(normalization.applied(to: images.subset(1..<2)).pixels == Array(result.image(1)))
    }
  }
}

extension ImageSet {
  /// Three images of 80 values: even noise, values of a narrow range, and few bright values on a dark ground.
  fileprivate static func drawn(_ source: inout RandomSource) -> ImageSet {
    let noise = (0..<80).map { _ in UInt8(source.below(256)) }
    let low = source.below(200)
    let narrow = (0..<80).map { _ in UInt8(low + source.below(20)) }
    let sparse = (0..<80).map { _ in UInt8(source.below(10) == 0 ? 200 + source.below(56) : 5) }
    return ImageSet(
      height: 4, width: 5, channels: 4, classCount: 1, pixels: noise + narrow + sparse, labels: [0, 0, 0])
  }
}
