import Dispatch
import Foundation
import Reproducibility

extension Dataset {
  /// The generated set `glyphs`: gray 16 × 16 images of ten stroke glyphs, deformed, covered and noisy.
  ///
  /// Image `i` of a part has class `i mod 10` and a random source of its own, named by the seed, the part and `i`;
  /// so the first images of a larger set are the images of a smaller one, and `workers`, the number of images
  /// painted at once, changes nothing.
  /// - Precondition: `settings` are usable (`Dataset.load` throws instead).
  public static func glyphs(
    _ settings: GlyphSettings = GlyphSettings(), validationCount: Int? = nil,
    workers: Int = ProcessInfo.processInfo.activeProcessorCount
  ) -> Dataset {
    precondition(settings.fault == nil, "glyphs: \(settings.fault ?? "")")
    let source = RandomSource(seed: settings.seed).split("glyphs")
    func part(_ name: String, count: Int) -> ImageSet {
      paintedImages(count: count, settings: settings, source: source.split(name), workers: workers)
    }
    return Dataset(
      name: "glyphs", classNames: GlyphPainter.classNames,
      trainingAndValidation: part("training", count: settings.trainingCount),
      test: part("test", count: settings.testCount),
      validationCount: validationCount ?? settings.trainingCount / 10)
  }

  private static func paintedImages(
    count: Int, settings: GlyphSettings, source: RandomSource, workers: Int
  ) -> ImageSet {
    let classCount = GlyphPainter.classCount
    let side = GlyphPainter.side
    let painter = GlyphPainter(settings)
    let workers = max(1, min(workers, count))
    var pixels = [UInt8](repeating: 0, count: count * side * side)
    pixels.withUnsafeMutableBufferPointer { buffer in
      // Workers write disjoint images.
      nonisolated(unsafe) let buffer = buffer
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for index in stride(from: worker, to: count, by: workers) {
          var ownSource = source.split("\(index)")
          let start = index * side * side
          painter.paint(
            index % classCount, with: &ownSource, into: .init(rebasing: buffer[start..<start + side * side]))
        }
      }
    }
    return ImageSet(
      height: side, width: side, channels: 1, classCount: classCount, pixels: pixels,
      labels: (0..<count).map { UInt8($0 % classCount) })
  }
}
