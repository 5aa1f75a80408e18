import Datasets
import Foundation
import Reproducibility
import Testing

/// The published data sets, where they are installed.
@Suite("Published data sets")
struct PublishedSetTests {
  private static let hasFashionMNIST = FileManager.default.fileExists(
    atPath: DatasetSource.fashionMNISTDirectory.path)
  private static let mnistDirectory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/data/mnist")
  private static let hasMNIST = FileManager.default.fileExists(atPath: mnistDirectory.path)

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
