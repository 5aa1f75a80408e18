import Foundation
import Reproducibility

/// A labeled image set in its three parts: to fit weights, to choose between designs, to report errors.
public struct Dataset: Sendable {
  /// The name by which the command line knows it.
  public let name: String
  /// What each label means. Shape `[classCount]`.
  public let classNames: [String]
  /// What weights are fitted to.
  public let training: ImageSet
  /// Held out of the training images: what choices (word lengths, formats, stopping) are made on.
  public let validation: ImageSet
  /// What errors are reported on. Nothing may be chosen by it.
  public let test: ImageSet
  /// SHA-256 of the class names, each ended by a line feed, and the digests of the three parts.
  public let digest: SHA256Digest

  /// The data set whose validation part is `validationCount` images drawn from `trainingAndValidation`.
  ///
  /// The draw is fixed: it depends on the two numbers only, never on a run's seed, so that all runs report on
  /// the same split. Both parts keep the order of the whole.
  /// - Precondition: `validationCount` leaves at least one training image, and the sets are of the same shape.
  public init(
    name: String, classNames: [String], trainingAndValidation: ImageSet, test: ImageSet, validationCount: Int
  ) {
    precondition(
      (0..<trainingAndValidation.count).contains(validationCount),
      "\(validationCount) of \(trainingAndValidation.count) images held out")
    precondition(classNames.count == test.classCount && test.classCount == trainingAndValidation.classCount)
    precondition(test.valuesPerImage == trainingAndValidation.valuesPerImage)
    var order = Array(0..<trainingAndValidation.count)
    var source = RandomSource(seed: 0).split("validation")
    source.shuffle(&order)
    self.init(
      name: name, classNames: classNames,
      training: trainingAndValidation.subset(order.dropFirst(validationCount).sorted()),
      validation: trainingAndValidation.subset(order.prefix(validationCount).sorted()), test: test)
  }

  /// The data set of three parts of the same shape.
  init(name: String, classNames: [String], training: ImageSet, validation: ImageSet, test: ImageSet) {
    self.name = name
    self.classNames = classNames
    self.training = training
    self.validation = validation
    self.test = test
    var hasher = SHA256Hasher()
    for className in classNames { hasher.update((className + "\n").utf8) }
    for part in [training, validation, test] { hasher.update(part.digest.bytes) }
    digest = hasher.finalize()
  }
}
