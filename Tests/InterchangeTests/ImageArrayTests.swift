import Datasets
import Foundation
import Interchange
import Reproducibility
import Testing

@Suite("Image sets of NumPy arrays")
struct ImageArrayTests {
  /// Two color images of 1 × 3, three gray ones of 1 × 3, and labels for either.
  private static let color = NumpyArray(shape: [2, 1, 3, 3], elements: (0..<18).map { UInt8($0) })
  private static let gray = NumpyArray(shape: [3, 1, 3], elements: (100..<109).map { UInt8($0) })

  @Test("Pixels of three or four dimensions and labels of any integer type make a set")
  func sets() throws {
    let set = try ImageSet(
      pixels: Self.color, labels: NumpyArray(shape: [2], elements: [Int64(4), 0]), classCount: 7)
    #expect(set.count == 2 && set.height == 1 && set.width == 3 && set.channels == 3 && set.classCount == 7)
    #expect(set.pixels == (0..<18).map { UInt8($0) } && set.labels == [4, 0])
    let labels = [
      NumpyArray(shape: [3], elements: [Int8(1), 0, 2]), NumpyArray(shape: [3], elements: [Int16(1), 0, 2]),
      NumpyArray(shape: [3], elements: [Int32(1), 0, 2]), NumpyArray(shape: [3], elements: [UInt8(1), 0, 2]),
      NumpyArray(shape: [3], elements: [UInt16(1), 0, 2]),
      NumpyArray(shape: [3], elements: [UInt32(1), 0, 2]),
      NumpyArray(shape: [3], elements: [UInt64(1), 0, 2]),
    ]
    for array in labels {
      let set = try ImageSet(pixels: Self.gray, labels: array)
      #expect(set.height == 1 && set.width == 3 && set.channels == 1 && set.classCount == 3)
      #expect(set.labels == [1, 0, 2] && set.pixels == (100..<109).map { UInt8($0) })
    }
    let high = NumpyArray(shape: [3], elements: [Int64(255), 0, 1])
    #expect(try ImageSet(pixels: Self.gray, labels: high).classCount == 256)
  }

  @Test("Arrays that hold no images or no labels are refused by their reason")
  func faults() {
    let labels = NumpyArray(shape: [3], elements: [Int64(1), 0, 2])
    func expect(_ reason: InterchangeError.Reason, _ pixels: NumpyArray, _ labels: NumpyArray) {
      let error = #expect(throws: InterchangeError.self) {
        try ImageSet(pixels: pixels, labels: labels, classCount: 3)
      }
      #expect(error?.reason == reason)
      #expect(error?.description.hasPrefix("array: ") == true)
    }
    for shape in [[], [9], [3, 3], [0, 1, 3], [3, 0, 3], [3, 1, 3, 0], [3, 1, 3, 1, 1]] {
      let count = shape.reduce(1, *)
      expect(
        .array(.notImages(shape: shape)),
        NumpyArray(shape: shape, elements: [UInt8](repeating: 1, count: count)), labels)
    }
    expect(
      .array(.wrongElementType(found: .float32, expected: .uint8)),
      NumpyArray(shape: [3, 1, 1], elements: [Float](repeating: 0.5, count: 3)), labels)
    expect(
      .array(.notLabels(shape: [3, 1])), Self.gray, NumpyArray(shape: [3, 1], elements: [Int8(0), 0, 0]))
    expect(.array(.notLabels(shape: [0])), Self.gray, NumpyArray(shape: [0], elements: [Int8]()))
    expect(.array(.notIntegers(.float64)), Self.gray, NumpyArray(shape: [3], elements: [0.0, 1, 2]))
    expect(.dataset(.countsDiffer(images: 2, labels: 3)), Self.color, labels)
    for label in [3, -1, 256, Int64.max, Int64.min] {
      expect(
        .dataset(.labelOutOfRange(label: Int(label), index: 1, classCount: 3)), Self.gray,
        NumpyArray(shape: [3], elements: [0, label, 9]))
    }
  }

  @Test("A directory of four arrays is a data set; the largest label of either part counts the classes")
  func directory() throws {
    let directory = try ArrayDirectory()
    let set = try directory.load(validationCount: 1)
    #expect(set.name == "npy" && set.classNames == ["0", "1", "2", "3", "4", "5"])
    #expect(set.training.count == 2 && set.validation.count == 1 && set.test.labels == [5, 0])
    #expect(set.test.pixels == [1, 2, 3, 4, 5, 6])
    #expect(Set(set.training.labels + set.validation.labels) == [0, 1, 2])
    let normalized = try directory.load(preprocessing: .globalContrast)
    #expect(normalized.test == GlobalContrastNormalization().applied(to: set.test))
  }

  @Test("Missing and damaged files, sizes that differ and too large a validation part are named")
  func directoryFaults() throws {
    func message(validationCount: Int? = nil, _ change: (ArrayDirectory) throws -> Void) throws -> String? {
      let directory = try ArrayDirectory()
      try change(directory)
      let error = #expect(throws: InterchangeError.self) {
        try directory.load(validationCount: validationCount)
      }
      return error?.description.replacingOccurrences(of: directory.url.path, with: "D")
    }
    for name in ArrayDirectory.names {
      #expect(
        try message { try FileManager.default.removeItem(at: $0.url.appendingPathComponent(name)) }
          == "D/\(name): no such file; name a directory with train_images.npy, train_labels.npy, "
          + "test_images.npy and test_labels.npy")
    }
    #expect(
      try message { try $0.write("test_images.npy", NumpyArray(shape: [2, 3, 1], elements: [UInt8](1...6))) }
        == "D: images of 3 × 1 values, expected 1 × 3 as in the training images")
    #expect(
      try message { try $0.write("test_labels.npy", NumpyArray(shape: [2], elements: [Int64(256), 1])) }
        == "D/test_labels.npy: label 256 of image 0, expected 0...255")
    #expect(
      try message(validationCount: 3) { _ in }
        == "npy: 3 images to hold out for validation, expected 0...2 of 3")
    #expect(
      try message { try Data("PK".utf8).write(to: $0.url.appendingPathComponent("train_labels.npy")) }
        == "D/train_labels.npy: not a .npy file: it starts with 50 4b, expected 93 4e 55 4d 50 59 (\\x93NUMPY)"
    )
  }

  @Test("Every cut is refused, and a flipped bit is refused or changes values only")
  func damage() throws {
    let directory = try ArrayDirectory()
    let intact = try directory.load()
    for name in ArrayDirectory.names {
      let file = directory.url.appendingPathComponent(name)
      let whole = try Data(contentsOf: file)
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: file)
        #expect(throws: InterchangeError.self) { try directory.load() }
      }
      for place in whole.indices {
        for bit in [0, 2, 5, 7] {
          var damaged = whole
          damaged[place] ^= 1 << bit
          try damaged.write(to: file)
          guard let set = try? directory.load() else { continue }
          #expect(
            set.training.count + set.validation.count == 3 && set.test.count == intact.test.count,
            "\(name), byte \(place), bit \(bit)")
        }
      }
      try whole.write(to: file)
    }
  }
}

/// A directory of three training and two test images of 1 × 3.
private final class ArrayDirectory {
  static let names = ["train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy"]
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("wordlength-test-\(UUID())")

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try write("train_images.npy", NumpyArray(shape: [3, 1, 3], elements: [UInt8](11...19)))
    try write("train_labels.npy", NumpyArray(shape: [3], elements: [Int64(2), 0, 1]))
    try write("test_images.npy", NumpyArray(shape: [2, 1, 3, 1], elements: [UInt8](1...6)))
    try write("test_labels.npy", NumpyArray(shape: [2], elements: [UInt8(5), 0]))
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ name: String, _ array: NumpyArray) throws {
    try array.encoded().write(to: url.appendingPathComponent(name))
  }

  func load(preprocessing: ImagePreprocessing = .none, validationCount: Int? = nil) throws -> Dataset {
    try Dataset.loadArrays(directory: url, preprocessing: preprocessing, validationCount: validationCount)
  }
}
