import Datasets
import Foundation
import Reproducibility

extension Dataset {
  /// The name by which data sets of NumPy arrays are known, beside `DatasetSource.names`.
  public static let arraysName = "npy"

  /// The data set in `train_images.npy`, `train_labels.npy`, `test_images.npy` and `test_labels.npy` of
  /// `directory`, arrays as `ImageSet(pixels:labels:classCount:)` takes them.
  ///
  /// There is one class more than the largest label; classes are named by their labels.
  /// - Parameters:
  ///   - preprocessing: what is done to the pixels; what it needs to know it learns from the training part.
  ///   - validationCount: how many training images are held out for validation, one tenth by default.
  /// - Throws: what is wrong with which file.
  public static func loadArrays(
    directory: URL, preprocessing: ImagePreprocessing = .none, validationCount: Int? = nil
  ) throws(InterchangeError) -> Dataset {
    let trainingPixels = try array("train_images.npy", in: directory)
    let trainingLabels = try array("train_labels.npy", in: directory)
    let testPixels = try array("test_images.npy", in: directory)
    let testLabels = try array("test_labels.npy", in: directory)
    let labels =
      try trainingLabels.classLabels(below: 256) + testLabels.classLabels(below: 256)
    let classCount = Int(labels.max() ?? 0) + 1
    let training = try ImageSet(pixels: trainingPixels, labels: trainingLabels, classCount: classCount)
    let test = try ImageSet(pixels: testPixels, labels: testLabels, classCount: classCount)
    do {
      return try assembled(
        name: arraysName, classNames: (0..<classCount).map(String.init), trainingAndValidation: training,
        test: test, directory: directory, validationCount: validationCount
      ).preprocessed(by: preprocessing)
    } catch {
      throw InterchangeError(error)
    }
  }

  private static func array(_ name: String, in directory: URL) throws(InterchangeError) -> NumpyArray {
    let file = directory.appendingPathComponent(name)
    if !FileManager.default.fileExists(atPath: file.path) {
      throw InterchangeError(
        .dataset(
          .missingFile(
            advice:
              "name a directory with train_images.npy, train_labels.npy, test_images.npy and test_labels.npy"
          )), at: file.path)
    }
    let data: Data
    do {
      data = try WholeFile.read(file)
    } catch {
      throw InterchangeError(.dataset(.unreadable(error.reason)), at: file.path)
    }
    return try NumpyArray(parsing: data, file: file.path)
  }
}
