import Foundation

extension Dataset {
  /// The data set from `source`.
  ///
  /// - Parameters:
  ///   - preprocessing: what is done to the pixels; what it needs to know it learns from the training part.
  ///   - validationCount: how many training images are held out for validation, one tenth by default.
  /// - Throws: what is wrong with which file, or with the settings.
  public static func load(
    _ source: DatasetSource, preprocessing: ImagePreprocessing = .none, validationCount: Int? = nil
  ) throws(DatasetError) -> Dataset {
    try loadUnprocessed(source, validationCount: validationCount).preprocessed(by: preprocessing)
  }

  private static func loadUnprocessed(
    _ source: DatasetSource, validationCount: Int?
  ) throws(DatasetError) -> Dataset {
    switch source {
    case .glyphs(let settings):
      if let fault = settings.fault { throw DatasetError(.unusableSettings(fault), at: "glyphs") }
      let count = try checked(validationCount, of: settings.trainingCount, name: "glyphs")
      return glyphs(settings, validationCount: count)
    case .fashionMNIST(let directory):
      return try idx(
        name: "fashion-mnist",
        classNames: [
          "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
          "ankle boot",
        ],
        directory: directory ?? DatasetSource.fashionMNISTDirectory,
        advice: "install Debian's package dataset-fashion-mnist or name the directory of its files",
        validationCount: validationCount)
    case .mnist(let directory):
      return try idx(
        name: "mnist", classNames: (0...9).map(String.init), directory: directory,
        advice: "name the directory of MNIST's four IDX files", validationCount: validationCount)
    case .cifar10(let directory):
      return try cifar(.cifar10, directory: directory, validationCount: validationCount)
    case .cifar100(let directory):
      return try cifar(.cifar100, directory: directory, validationCount: validationCount)
    case .images(let directory):
      return try images(directory: directory, validationCount: validationCount)
    }
  }

  /// The data set whose validation part is `validationCount` images (one tenth by default) drawn from
  /// `trainingAndValidation`, from files in `directory`.
  /// - Throws: where the two sets hold images of different sizes, or so many images cannot be held out.
  /// - Precondition: `classNames` names the classes of both sets.
  package static func assembled(
    name: String, classNames: [String], trainingAndValidation: ImageSet, test: ImageSet, directory: URL,
    validationCount: Int?
  ) throws(DatasetError) -> Dataset {
    if trainingAndValidation.imageSizes != test.imageSizes {
      throw DatasetError(
        .sizesDiffer(training: trainingAndValidation.imageSizes, test: test.imageSizes), at: directory.path)
    }
    return Dataset(
      name: name, classNames: classNames, trainingAndValidation: trainingAndValidation, test: test,
      validationCount: try checked(validationCount, of: trainingAndValidation.count, name: name))
  }

  private static func checked(_ count: Int?, of available: Int, name: String) throws(DatasetError) -> Int {
    let count = count ?? available / 10
    if !(0..<available).contains(count) {
      throw DatasetError(.validationTooLarge(count: count, available: available), at: name)
    }
    return count
  }
}

extension ImageSet {
  /// The sizes of an image as messages give them: rows and columns, and channels where there are several.
  var imageSizes: [Int] { channels == 1 ? [height, width] : [height, width, channels] }
}
