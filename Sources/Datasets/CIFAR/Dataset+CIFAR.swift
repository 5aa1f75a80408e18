import Foundation
import Reproducibility

extension Dataset {
  /// The set in the files of `directory`, under the names of the binary version: `data_batch_N.bin` (those that
  /// are there, by rising N) and `test_batch.bin` of CIFAR-10, `train.bin` and `test.bin` of CIFAR-100.
  ///
  /// Classes are named by `batches.meta.txt` or `fine_label_names.txt`, or where it is absent by their labels.
  static func cifar(
    _ format: CIFARFormat, directory: URL, validationCount: Int?
  ) throws(DatasetError) -> Dataset {
    let files = try CIFARFiles(format, in: directory)
    let classNames = try files.classNames(count: format.classCount)
    let training = try format.images(in: files.training)
    let test = try format.images(in: [files.test])
    return try assembled(
      name: format.name, classNames: classNames, trainingAndValidation: training, test: test,
      directory: directory, validationCount: validationCount)
  }
}

/// Where the parts of a CIFAR set lie.
private struct CIFARFiles {
  /// Files of training images, in order.
  let training: [URL]
  /// The file of test images.
  let test: URL
  /// The file of class names, a name a line. It need not exist.
  private let names: URL

  /// The files of `format` in `directory`.
  /// - Throws: where there is no file of training images, or none of test images.
  init(_ format: CIFARFormat, in directory: URL) throws(DatasetError) {
    func existing(_ name: String, _ advice: String) throws(DatasetError) -> URL {
      let file = directory.appendingPathComponent(name)
      if !FileManager.default.fileExists(atPath: file.path) {
        throw DatasetError(.missingFile(advice: advice), at: file.path)
      }
      return file
    }
    let site = "of https://www.cs.toronto.edu/~kriz/cifar.html"
    switch format {
    case .cifar10:
      let advice =
        "name the directory cifar-10-batches-bin, from the CIFAR-10 binary version (cifar-10-binary.tar.gz) "
        + site
      let batches = Self.batches(in: directory)
      training = batches.isEmpty ? [try existing("data_batch_1.bin", advice)] : batches
      test = try existing("test_batch.bin", advice)
      names = directory.appendingPathComponent("batches.meta.txt")
    case .cifar100:
      let advice =
        "name the directory cifar-100-binary, from the CIFAR-100 binary version (cifar-100-binary.tar.gz) "
        + site
      training = [try existing("train.bin", advice)]
      test = try existing("test.bin", advice)
      names = directory.appendingPathComponent("fine_label_names.txt")
    }
  }

  /// The files `data_batch_N.bin` of `directory`, by rising N.
  private static func batches(in directory: URL) -> [URL] {
    let (prefix, suffix) = ("data_batch_", ".bin")
    let present = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    let numbers = present.compactMap { name -> Int? in
      guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
      let number = Int(name.dropFirst(prefix.count).dropLast(suffix.count))
      // `+1` and `01` are other files than `1`.
      return number.flatMap { "\(prefix)\($0)\(suffix)" == name ? $0 : nil }
    }
    return numbers.sorted().map { directory.appendingPathComponent("\(prefix)\($0)\(suffix)") }
  }

  /// The name of each of `count` classes. Empty lines, which the published files end with, do not count.
  func classNames(count: Int) throws(DatasetError) -> [String] {
    if !FileManager.default.fileExists(atPath: names.path) { return (0..<count).map(String.init) }
    let data: Data
    do {
      data = try WholeFile.read(names)
    } catch {
      throw DatasetError(.unreadable(error.reason), at: names.path)
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw DatasetError(.unreadable("it is not UTF-8 text"), at: names.path)
    }
    let found = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    if found.count != count {
      throw DatasetError(.wrongClassNames(found: found.count, expected: count), at: names.path)
    }
    return found
  }
}
