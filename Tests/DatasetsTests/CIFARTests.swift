import Datasets
import Foundation
import Reproducibility
import Testing

@Suite("CIFAR files")
struct CIFARTests {
  @Test(
    "Planes become interleaved pixels, batches follow one another by number, and the last label byte counts")
  func records() throws {
    var source = RandomSource(seed: 101)
    let ten = try CIFARLikeDirectory(coarseLabels: [], &source)
    try ten.write("data_batch_10.bin", labels: [7])
    try ten.write("data_batch_2.bin", labels: [9, 0])
    try ten.write("data_batch_1.bin", labels: [3])
    try ten.write("data_batch_x.bin", labels: [1])
    try ten.write("test_batch.bin", labels: [4, 5])
    let set = try ten.load(validationCount: 0)
    #expect(set.name == "cifar-10" && set.classNames == (0...9).map(String.init))
    #expect(set.training.labels == [3, 9, 0, 7] && set.test.labels == [4, 5] && set.validation.count == 0)
    try expectPixels(
      set.training, from: ["data_batch_1.bin", "data_batch_2.bin", "data_batch_10.bin"], in: ten)
    try expectPixels(set.test, from: ["test_batch.bin"], in: ten)

    let hundred = try CIFARLikeDirectory(coarseLabels: [19], &source)
    try hundred.write("train.bin", labels: [99, 0, 42])
    try hundred.write("test.bin", labels: [17])
    let fine = try hundred.load(validationCount: 1)
    #expect(fine.name == "cifar-100" && fine.classNames == (0...99).map(String.init))
    #expect(Set(fine.training.labels + fine.validation.labels) == [99, 0, 42] && fine.test.labels == [17])
    #expect(fine.validation.count == 1)
    try expectPixels(fine.test, from: ["test.bin"], in: hundred)
  }

  /// Looks every value up at its place in the record: label bytes, then plane, row, column.
  private func expectPixels(_ set: ImageSet, from names: [String], in directory: CIFARLikeDirectory) throws {
    #expect(set.height == 32 && set.width == 32 && set.channels == 3)
    let records = try names.flatMap {
      [UInt8](try Data(contentsOf: directory.url.appendingPathComponent($0)))
    }
    let recordSize = records.count / set.count
    var wrong = 0
    for image in 0..<set.count {
      for row in 0..<32 {
        for column in 0..<32 {
          for channel in 0..<3 {
            let place =
              image * recordSize + (recordSize - 3072) + channel * 1024 + row * 32 + column
            let value = set.pixels[((image * 32 + row) * 32 + column) * 3 + channel]
            if value != records[place] { wrong += 1 }
          }
        }
      }
    }
    #expect(wrong == 0, "seed 101, \(names)")
  }

  @Test("Class names come from the published files of names, where they are")
  func classNames() throws {
    var source = RandomSource(seed: 103)
    let ten = try CIFARLikeDirectory.small(&source)
    let names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    let file = ten.url.appendingPathComponent("batches.meta.txt")
    for end in ["\n", "\n\n", "", "\r\n"] {
      try Data((names.joined(separator: end == "\r\n" ? end : "\n") + end).utf8).write(to: file)
      #expect(try ten.load().classNames == names)
    }
    try Data(names.dropLast().joined(separator: "\n").utf8).write(to: file)
    let error = #expect(throws: DatasetError.self) { try ten.load() }
    #expect(
      error?.description
        == "\(file.path): 9 class names, expected 10, one a line; without this file classes are named by number"
    )
    try Data([0xff, 0xfe]).write(to: file)
    let binary = #expect(throws: DatasetError.self) { try ten.load() }
    #expect(binary?.description == "\(file.path): cannot read: it is not UTF-8 text")

    let hundred = try CIFARLikeDirectory(coarseLabels: [0], &source)
    try hundred.write("train.bin", labels: [1])
    try hundred.write("test.bin", labels: [2])
    let fine = (0..<100).map { "class \($0)" }
    try Data((fine.joined(separator: "\n") + "\n").utf8).write(
      to: hundred.url.appendingPathComponent("fine_label_names.txt"))
    #expect(try hundred.load().classNames == fine)
  }

  @Test("Missing files, other formats and labels of no class are refused with what would help")
  func faults() throws {
    var source = RandomSource(seed: 107)
    func message(
      coarse: [UInt8], as format: CIFARFormat, _ change: (CIFARLikeDirectory) throws -> Void
    ) throws -> String? {
      let directory = try CIFARLikeDirectory(coarseLabels: coarse, &source)
      try change(directory)
      let error = #expect(throws: DatasetError.self) { try directory.load(as: format) }
      return error?.description.replacingOccurrences(of: directory.url.path + "/", with: "")
    }
    let site = "of https://www.cs.toronto.edu/~kriz/cifar.html"
    #expect(
      try message(coarse: [], as: .cifar10) { _ in }
        == "data_batch_1.bin: no such file; name the directory cifar-10-batches-bin, from the CIFAR-10 binary "
        + "version (cifar-10-binary.tar.gz) \(site)")
    #expect(
      try message(coarse: [1], as: .cifar100) { try $0.write("train.bin", labels: [1]) }
        == "test.bin: no such file; name the directory cifar-100-binary, from the CIFAR-100 binary version "
        + "(cifar-100-binary.tar.gz) \(site)")
    #expect(
      try message(coarse: [], as: .cifar10) {
        try $0.write("data_batch_3.bin", labels: [1, 2, 10])
        try $0.write("test_batch.bin", labels: [1])
      } == "data_batch_3.bin: label 10 of image 2, expected 0...9")
    #expect(
      try message(coarse: [1], as: .cifar100) {
        try $0.write("train.bin", labels: [1, 100])
        try $0.write("test.bin", labels: [1])
      } == "train.bin: label 100 of image 1, expected 0...99")
    // CIFAR-100's records in CIFAR-10's place.
    #expect(
      try message(coarse: [1], as: .cifar10) {
        try $0.write("data_batch_1.bin", labels: [1, 2])
        try $0.write("test_batch.bin", labels: [1])
      }
        == "data_batch_1.bin: 6148 bytes, expected a positive multiple of 3073, the bytes of a record: "
        + "the file is truncated, or of another format")
    #expect(
      try message(coarse: [], as: .cifar10) {
        try $0.write("data_batch_1.bin", labels: [1, 2])
        try FileManager.default.createDirectory(
          at: $0.url.appendingPathComponent("test_batch.bin"), withIntermediateDirectories: false)
      } == "test_batch.bin: cannot read: Is a directory")
  }

  @Test("A file cut anywhere is refused, but between records, where the records before the cut are left")
  func cuts() throws {
    var source = RandomSource(seed: 109)
    let directory = try CIFARLikeDirectory.small(&source)
    let file = directory.url.appendingPathComponent("test_batch.bin")
    let whole = try Data(contentsOf: file)
    let uncut = try directory.load().test
    for length in 0..<whole.count {
      var labels: [UInt8] = []
      var pixels: [UInt8] = []
      func read() throws {
        try CIFARFormat.cifar10.append(
          [UInt8](whole.prefix(length)), location: "cut", labels: &labels, pixels: &pixels)
      }
      if length == 3073 {
        try read()
        #expect(labels == [uncut.labels[0]] && pixels == Array(uncut.image(0)))
      } else {
        let fault = DatasetError(.notWholeRecords(found: length, recordBytes: 3073), at: "cut")
        #expect(throws: fault) { try read() }
      }
    }
    try whole.prefix(3072).write(to: file)
    let error = #expect(throws: DatasetError.self) { try directory.load() }
    #expect(error?.location == file.path)
  }

  @Test("A flipped bit is a refused label or changes that one byte")
  func flips() throws {
    var source = RandomSource(seed: 113)
    let directory = try CIFARLikeDirectory.small(&source)
    let file = directory.url.appendingPathComponent("test_batch.bin")
    let whole = try Data(contentsOf: file)
    let intact = try directory.load().test
    let places = [0, 1, 3072, 3073, 3074, 6145] + (0..<30).map { _ in source.below(whole.count) }
    for place in places {
      for bit in 0..<8 {
        var damaged = whole
        damaged[place] ^= 1 << bit
        try damaged.write(to: file)
        if place % 3073 == 0, damaged[place] >= 10 {
          let error = #expect(throws: DatasetError.self) {
            try directory.load()
          }
          #expect(
            error?.reason
              == .labelOutOfRange(label: Int(damaged[place]), index: place / 3073, classCount: 10))
        } else {
          let test = try directory.load().test
          let pixelChanges = zip(test.pixels, intact.pixels).filter { $0 != $1 }.count
          let labelChanges = zip(test.labels, intact.labels).filter { $0 != $1 }.count
          #expect(
            (pixelChanges, labelChanges) == (place % 3073 == 0 ? (0, 1) : (1, 0)),
            "seed 113, byte \(place), bit \(bit)")
        }
      }
    }
  }
}

/// A directory of files of CIFAR's records with random pixels.
private final class CIFARLikeDirectory {
  private let coarseLabels: [UInt8]
  private var source: RandomSource
  private let directory: TemporaryDirectory
  var url: URL { directory.url }

  /// Records whose label bytes are `coarseLabels` and the label.
  init(coarseLabels: [UInt8], _ source: inout RandomSource) throws {
    self.coarseLabels = coarseLabels
    self.source = source.split("\(source.next())")
    directory = try TemporaryDirectory()
  }

  /// A CIFAR-10 directory of one training image and two test images.
  static func small(_ source: inout RandomSource) throws -> CIFARLikeDirectory {
    let directory = try CIFARLikeDirectory(coarseLabels: [], &source)
    try directory.write("data_batch_1.bin", labels: [2])
    try directory.write("test_batch.bin", labels: [6, 1])
    return directory
  }

  /// The data set of this directory's files.
  func load(as format: CIFARFormat? = nil, validationCount: Int? = nil) throws -> Dataset {
    let source: DatasetSource =
      switch format ?? (coarseLabels.isEmpty ? .cifar10 : .cifar100) {
      case .cifar10: .cifar10(directory: url)
      case .cifar100: .cifar100(directory: url)
      }
    return try Dataset.load(source, validationCount: validationCount)
  }

  func write(_ name: String, labels: [UInt8]) throws {
    var data = Data()
    for label in labels {
      data += coarseLabels + [label] + (0..<3072).map { _ in UInt8(truncatingIfNeeded: source.next()) }
    }
    try data.write(to: url.appendingPathComponent(name))
  }
}
