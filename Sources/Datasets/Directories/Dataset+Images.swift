import Foundation

extension Dataset {
  /// The set of the images `train/CLASS/NAME` and `test/CLASS/NAME` in `directory`, all of one size.
  ///
  /// The classes are the directories in `train`; `test` may have fewer, but no others.
  static func images(directory: URL, validationCount: Int?) throws(DatasetError) -> Dataset {
    let train = ImageDirectory(url: directory.appendingPathComponent("train", isDirectory: true))
    let test = ImageDirectory(url: directory.appendingPathComponent("test", isDirectory: true))
    let classNames = try train.classNames()
    if classNames.count > 256 { throw DatasetError(.tooManyClasses(classNames.count), at: train.url.path) }
    let trainingEntries = try train.entries(labeledBy: classNames)
    let testEntries = try test.entries(labeledBy: classNames)
    let first = trainingEntries[0].file
    let model = try PortableImage(reading: first)

    func imageSet(_ entries: [ImageDirectory.Entry]) throws(DatasetError) -> ImageSet {
      var pixels: [UInt8] = []
      pixels.reserveCapacity(entries.count * model.pixels.count)
      for entry in entries {
        let image = try PortableImage(reading: entry.file)
        let found = [image.height, image.width, image.channels]
        let expected = [model.height, model.width, model.channels]
        if found != expected {
          throw DatasetError(
            .imageSizeDiffers(found: found, expected: expected, model: first.path), at: entry.file.path)
        }
        pixels += image.pixels
      }
      return ImageSet(
        height: model.height, width: model.width, channels: model.channels, classCount: classNames.count,
        pixels: pixels, labels: entries.map(\.label))
    }
    return try assembled(
      name: "images", classNames: classNames, trainingAndValidation: try imageSet(trainingEntries),
      test: try imageSet(testEntries), directory: directory, validationCount: validationCount)
  }
}
