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
  /// CIFAR-10 (Krizhevsky 2009), 32 × 32 in color, from the files of its binary version.
  case cifar10(directory: URL)
  /// CIFAR-100 (Krizhevsky 2009) with its 100 fine classes, 32 × 32 in color, from the files of its binary
  /// version.
  case cifar100(directory: URL)
  /// PGM and PPM images of one size, `train/CLASS/NAME` and `test/CLASS/NAME`.
  case images(directory: URL)

  /// The names by which data sets are known.
  public static let names = ["glyphs", "fashion-mnist", "mnist", "cifar-10", "cifar-100", "images"]

  /// The directory of Debian's package `dataset-fashion-mnist`.
  public static let fashionMNISTDirectory = URL(fileURLWithPath: "/usr/share/datasets/fashion-mnist")

  /// The data set known as `name`, with its defaults and its files in `directory`.
  /// - Throws: where no set has this name (the nearest one is suggested), or one needs a directory.
  public init(named name: String, directory: URL? = nil) throws(DatasetError) {
    func needed() throws(DatasetError) -> URL {
      guard let directory else { throw DatasetError(.directoryNeeded(name: name), at: name) }
      return directory
    }
    switch name {
    case "glyphs": self = .glyphs(GlyphSettings())
    case "fashion-mnist": self = .fashionMNIST(directory: directory)
    case "mnist": self = .mnist(directory: try needed())
    case "cifar-10": self = .cifar10(directory: try needed())
    case "cifar-100": self = .cifar100(directory: try needed())
    case "images": self = .images(directory: try needed())
    default: throw DatasetError(.unknownName(name, known: Self.names), at: name)
    }
  }
}
