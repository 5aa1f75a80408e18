import Foundation
import Reproducibility

/// Where a data set comes from.
public enum DatasetSource: Hashable, Sendable {
  /// The generated set of 16 × 16 glyphs.
  case glyphs(GlyphSettings)
  /// Fashion-MNIST (Xiao, Rasul and Vollgraf 2017), 28 × 28, from four IDX files; `nil` means the directory of
  /// Debian's package `dataset-fashion-mnist`.
  case fashionMNIST(directory: URL?)
  /// MNIST (LeCun, Cortes and Burges 1998), 28 × 28, from four IDX files of the same names.
  case mnist(directory: URL)

  /// The names by which data sets are known.
  public static let names = ["glyphs", "fashion-mnist", "mnist"]

  /// The directory of Debian's package `dataset-fashion-mnist`.
  public static let fashionMNISTDirectory = URL(fileURLWithPath: "/usr/share/datasets/fashion-mnist")

  /// The data set known as `name`, with its defaults and its files in `directory`.
  /// - Throws: where no set has this name (the nearest one is suggested), or one needs a directory.
  public init(named name: String, directory: URL? = nil) throws(DatasetError) {
    switch name {
    case "glyphs": self = .glyphs(GlyphSettings())
    case "fashion-mnist": self = .fashionMNIST(directory: directory)
    case "mnist":
      guard let directory else { throw DatasetError(.directoryNeeded(name: name), at: name) }
      self = .mnist(directory: directory)
    default: throw DatasetError(.unknownName(name, known: Self.names), at: name)
    }
  }
}

extension Dataset {
  /// The data set from `source`.
  ///
  /// - Parameter validationCount: how many training images are held out for validation, one tenth by default.
  /// - Throws: what is wrong with which file, or with the settings.
  public static func load(
    _ source: DatasetSource, validationCount: Int? = nil
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
    }
  }

  private static func idx(
    name: String, classNames: [String], directory: URL, advice: String, validationCount: Int?
  ) throws(DatasetError) -> Dataset {
    func images(_ prefix: String) throws(DatasetError) -> ImageSet {
      let imageFile = try file("\(prefix)-images-idx3-ubyte", in: directory, advice: advice)
      let labelFile = try file("\(prefix)-labels-idx1-ubyte", in: directory, advice: advice)
      return try ImageSet(imageFile: imageFile, labelFile: labelFile, classCount: classNames.count)
    }
    let training = try images("train")
    let test = try images("t10k")
    if training.height != test.height || training.width != test.width {
      throw DatasetError(
        .sizesDiffer(training: [training.height, training.width], test: [test.height, test.width]),
        at: directory.path)
    }
    let count = try checked(validationCount, of: training.count, name: name)
    return Dataset(
      name: name, classNames: classNames, trainingAndValidation: training, test: test, validationCount: count)
  }

  private static func checked(_ count: Int?, of available: Int, name: String) throws(DatasetError) -> Int {
    let count = count ?? available / 10
    if !(0..<available).contains(count) {
      throw DatasetError(.validationTooLarge(count: count, available: available), at: name)
    }
    return count
  }

  /// The file `name` in `directory`, or `name.gz`.
  private static func file(_ name: String, in directory: URL, advice: String) throws(DatasetError) -> URL {
    for candidate in [name, name + ".gz"] {
      let url = directory.appendingPathComponent(candidate)
      if FileManager.default.fileExists(atPath: url.path) { return url }
    }
    throw DatasetError(
      .missingFile(advice: advice), at: directory.appendingPathComponent(name).path + "[.gz]")
  }
}

extension ImageSet {
  /// The gray images of one IDX file and their labels from another.
  /// - Throws: what is wrong with either file, or where the two do not fit each other.
  public init(imageFile: URL, labelFile: URL, classCount: Int) throws(DatasetError) {
    let images = try IDXFile(reading: imageFile, expecting: .images)
    let labels = try IDXFile(reading: labelFile, expecting: .labels)
    if images.sizes[0] != labels.sizes[0] {
      throw DatasetError(
        .countsDiffer(images: images.sizes[0], labels: labels.sizes[0]), at: labelFile.path)
    }
    if let index = labels.elements.firstIndex(where: { $0 >= classCount }) {
      throw DatasetError(
        .labelOutOfRange(label: Int(labels.elements[index]), index: index, classCount: classCount),
        at: labelFile.path)
    }
    self.init(
      height: images.sizes[1], width: images.sizes[2], channels: 1, classCount: classCount,
      pixels: images.elements, labels: labels.elements)
  }
}
