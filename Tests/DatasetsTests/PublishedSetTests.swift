import Datasets
import Foundation
import Reproducibility
import Testing

/// The published data sets, where they are installed.
@Suite("Published data sets")
struct PublishedSetTests {
  private static let hasFashionMNIST = FileManager.default.fileExists(
    atPath: DatasetSource.fashionMNISTDirectory.path)
  private static let sharedDirectory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/data")
  private static let mnistDirectory = sharedDirectory.appendingPathComponent("mnist")
  private static let hasMNIST = FileManager.default.fileExists(atPath: mnistDirectory.path)
  private static let cifar10Directory = sharedDirectory.appendingPathComponent("cifar-10-batches-bin")
  private static let hasCIFAR10 = FileManager.default.fileExists(atPath: cifar10Directory.path)

  @Test(
    "Fashion-MNIST has 60000 and 10000 images, 6000 and 1000 of each class",
    .enabled(if: hasFashionMNIST, "Debian's package dataset-fashion-mnist is not installed"))
  func fashionMNIST() throws {
    let set = try Dataset.load(.fashionMNIST(directory: nil))
    #expect(set.training.count == 54_000 && set.validation.count == 6_000 && set.test.count == 10_000)
    let both = zip(set.training.classHistogram, set.validation.classHistogram).map(+)
    #expect(both == [Int](repeating: 6000, count: 10))
    #expect(set.test.classHistogram == [Int](repeating: 1000, count: 10))
    // The mean pixel of the training images, published as 0.2860.
    let total = [set.training, set.validation].reduce(0) { $0 + $1.pixels.reduce(0) { $0 + Int($1) } }
    #expect((Double(total) / (60_000 * 784 * 255) - 0.2860).magnitude < 0.0001)
    // The first test image is an ankle boot.
    #expect(set.test.labels.prefix(5) == [9, 2, 1, 1, 6] && set.classNames[9] == "ankle boot")
  }

  @Test(
    "MNIST has its published class counts and mean",
    .enabled(if: hasMNIST, "MNIST is not beside the package"))
  func mnist() throws {
    let set = try Dataset.load(.mnist(directory: Self.mnistDirectory), validationCount: 5000)
    #expect(set.training.count == 55_000 && set.validation.count == 5_000 && set.test.count == 10_000)
    let both = zip(set.training.classHistogram, set.validation.classHistogram).map(+)
    #expect(both == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    #expect(set.test.classHistogram == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    let total = [set.training, set.validation].reduce(0) { $0 + $1.pixels.reduce(0) { $0 + Int($1) } }
    #expect((Double(total) / (60_000 * 784 * 255) - 0.1307).magnitude < 0.0001)
    #expect(set.test.labels.prefix(5) == [7, 2, 1, 0, 4])
  }

  @Test(
    "CIFAR-10's first three batches and test images have the sums that NumPy finds",
    .enabled(if: hasCIFAR10, "CIFAR-10 is not beside the package"))
  func cifar10() throws {
    let set = try Dataset.load(.cifar10(directory: Self.cifar10Directory))
    #expect(set.training.count == 27_000 && set.validation.count == 3_000 && set.test.count == 10_000)
    #expect(
      set.classNames
        == ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"])
    // From numpy.fromfile(FILE, numpy.uint8).reshape(-1, 3073): bincount of column 0, sums of columns 1...1024,
    // 1025...2048 and 2049...3072.
    let both = zip(set.training.classHistogram, set.validation.classHistogram).map(+)
    #expect(both == [2983, 3023, 3007, 3008, 2999, 2954, 3016, 3042, 2973, 2995])
    #expect(set.test.classHistogram == [Int](repeating: 1000, count: 10))
    func sums(_ parts: [ImageSet]) -> [Int] {
      var sums = [0, 0, 0]
      for part in parts {
        for start in stride(from: 0, to: part.pixels.count, by: 3) {
          for channel in 0..<3 { sums[channel] += Int(part.pixels[start + channel]) }
        }
      }
      return sums
    }
    #expect(sums([set.training, set.validation]) == [3_850_726_991, 3_775_501_236, 3_494_222_301])
    #expect(sums([set.test]) == [1_290_492_328, 1_266_775_083, 1_176_108_223])
    // The means are 126.02, 123.71 and 114.85; the first test image is a cat.
    #expect(set.test.labels.prefix(5) == [3, 8, 8, 0, 6])
    let first = Array(set.test.image(0))
    #expect(first[3..<6] == [159, 111, 47] && first[(5 * 32 + 7) * 3..<(5 * 32 + 8) * 3] == [167, 115, 41])

    // The sum that NumPy finds in double precision after 127/3 (x − mean) / max(std, 3), rounded and clamped.
    let normalized = try set.preprocessed(by: .globalContrast)
    #expect(sums([normalized.test]).reduce(0, +) == 3_931_930_723)
    #expect(normalized.digest != set.digest && normalized.test.labels == set.test.labels)
    #expect(throws: DatasetError(.tooLargeToWhiten(values: 3072, limit: 1024), at: "cifar-10")) {
      try set.preprocessed(by: .zca)
    }
  }

  @Test("A digest covers names, labels, pixels and shape")
  func digests() {
    func set(_ names: [String], labels: [UInt8], pixels: [UInt8], height: Int, width: Int) -> SHA256Digest {
      let images = ImageSet(
        height: height, width: width, channels: 1, classCount: 2, pixels: pixels, labels: labels)
      return Dataset(
        name: "x", classNames: names, trainingAndValidation: images, test: images, validationCount: 0
      ).digest
    }
    let digests = [
      set(["a", "b"], labels: [0, 1], pixels: [1, 2, 3, 4], height: 1, width: 2),
      set(["a", "c"], labels: [0, 1], pixels: [1, 2, 3, 4], height: 1, width: 2),
      set(["a", "b"], labels: [1, 1], pixels: [1, 2, 3, 4], height: 1, width: 2),
      set(["a", "b"], labels: [0, 1], pixels: [1, 2, 3, 5], height: 1, width: 2),
      set(["a", "b"], labels: [0, 1], pixels: [1, 2, 3, 4], height: 2, width: 1),
    ]
    #expect(Set(digests).count == digests.count)
    // sha256sum of the documented bytes.
    #expect(digests[0].description == "8a871af49f41320d99a0b452d907f8e246c96699468bd05acaf63e01186c8f6f")
  }
}
