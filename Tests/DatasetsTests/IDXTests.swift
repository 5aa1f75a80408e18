import Datasets
import Foundation
import Reproducibility
import Testing

@Suite("IDX files")
struct IDXTests {
  @Test("A data set written as IDX is read back, plain and gzipped alike, whatever the names say")
  func plainAndGzipped() throws {
    var source = RandomSource(seed: 61)
    let plain = try MNISTLikeDirectory(&source)
    let gzipped = try MNISTLikeDirectory(copying: plain)
    for name in MNISTLikeDirectory.names { try gzipped.gzip(name) }
    // Gzipped content under a plain name, and plain content under a name that ends in .gz.
    let misnamed = try MNISTLikeDirectory(copying: plain)
    try misnamed.gzip("train-images-idx3-ubyte")
    try misnamed.rename("train-images-idx3-ubyte.gz", to: "train-images-idx3-ubyte")
    try misnamed.rename("t10k-labels-idx1-ubyte", to: "t10k-labels-idx1-ubyte.gz")
    for directory in [plain, gzipped, misnamed] {
      let set = try Dataset.load(.mnist(directory: directory.url), validationCount: 7)
      #expect(set.validation.count == 7 && set.training.count == 33 && set.test.count == 12)
      #expect(set.test.pixels == Array(plain.files["t10k-images-idx3-ubyte"]!.dropFirst(16)), "seed 61")
      #expect(set.test.labels == Array(plain.files["t10k-labels-idx1-ubyte"]!.dropFirst(8)), "seed 61")
      #expect(set.test.height == 28 && set.test.width == 28 && set.test.channels == 1)
      // Training and validation are the file's images, each once, with their labels, in the file's order.
      let pixels = Array(plain.files["train-images-idx3-ubyte"]!.dropFirst(16))
      let labels = Array(plain.files["train-labels-idx1-ubyte"]!.dropFirst(8))
      var rest = Array(0..<40)
      for part in [set.training, set.validation] {
        var last = -1
        for index in 0..<part.count {
          let found = rest.firstIndex { pixels[$0 * 784..<($0 + 1) * 784] == part.image(index) }
          let original = rest.remove(at: try #require(found, "seed 61, image \(index)"))
          #expect(labels[original] == part.labels[index] && original > last)
          last = original
        }
      }
      #expect(rest.isEmpty)
    }
  }

  @Test("A damaged file is refused by a message that says what was found and what was expected")
  func damagedFiles() throws {
    let images = "train-images-idx3-ubyte"
    let labels = "train-labels-idx1-ubyte"
    let cases: [(String, (inout Data) -> Void, String)] = [
      (images, { $0 = $0.dropLast() }, "31375 bytes, expected 31376: the file is truncated"),
      (images, { $0.append(0) }, "31377 bytes, expected 31376: the file goes on after its end"),
      (images, { $0 = $0.prefix(10) }, "10 bytes, expected 16: the file is truncated"),
      (
        images, { $0 = $0.prefix(3) },
        "not an IDX file: it starts with 00 00 08, expected 00 00 08 and the number of dimensions"
      ),
      (
        images, { $0 = Data() },
        "not an IDX file: it starts with nothing, expected 00 00 08 and the number of dimensions"
      ),
      (
        images, { $0 = Data("PK\u{3}\u{4}abc".utf8) },
        "not an IDX file: it starts with 50 4b 03 04, expected 00 00 08 and the number of dimensions"
      ),
      (images, { $0[2] = 13 }, "elements of IDX type 0d, expected 08 (unsigned bytes)"),
      (
        images, { $0.replaceSubrange(4..<8, with: [0xff, 0xff, 0xff, 0xff]) },
        "31376 bytes, expected \(0xffff_ffff * 784 + 16): the file is truncated"
      ),
      (
        images, { $0.replaceSubrange(4..<16, with: [UInt8](repeating: 0xff, count: 12)) },
        "31376 bytes, expected \(Int.max): the file is truncated"
      ),
      (
        images, { $0[7] = 0 },
        "3 dimensions (0 × 28 × 28), expected 3, none of them 0 (images, rows, columns)"
      ),
      (
        images, { $0 = Data([0, 0, 8, 1, 0, 0, 0, 1, 5]) },
        "1 dimensions (1), expected 3, none of them 0 (images, rows, columns); these look like labels"
      ),
      (
        labels, { $0 = Data([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5]) },
        "3 dimensions (1 × 1 × 1), expected 1, not 0 (labels); these look like images"
      ),
      (
        labels,
        { $0 = Data([0, 0, 8, 1, 0, 0, 0, 39]) + $0.dropFirst(9) },
        "39 labels for 40 images, expected as many"
      ),
      (labels, { $0[8 + 17] = 10 }, "label 10 of image 17, expected 0...9"),
    ]
    var source = RandomSource(seed: 67)
    for (name, change, message) in cases {
      let directory = try MNISTLikeDirectory(&source)
      var data = directory.files[name]!
      change(&data)
      try data.write(to: directory.url.appendingPathComponent(name))
      let error = #expect(throws: DatasetError.self) { try Dataset.load(.mnist(directory: directory.url)) }
      #expect(error?.description == "\(directory.url.path)/\(name): \(message)")
    }
  }

  @Test("Test images of another size than the training images are refused")
  func sizesDiffer() throws {
    var source = RandomSource(seed: 71)
    let directory = try MNISTLikeDirectory(&source)
    let other = Data([0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 2] + [UInt8](repeating: 1, count: 24))
    try other.write(to: directory.url.appendingPathComponent("t10k-images-idx3-ubyte"))
    let error = #expect(throws: DatasetError.self) { try Dataset.load(.mnist(directory: directory.url)) }
    #expect(
      error?.description
        == "\(directory.url.path): images of 1 × 2 values, expected 28 × 28 as in the training images")
  }

  @Test("Damaged compression is reported in gzip's words, with the file")
  func damagedCompression() throws {
    var source = RandomSource(seed: 73)
    let directory = try MNISTLikeDirectory(&source)
    try directory.gzip("train-images-idx3-ubyte")
    let file = directory.url.appendingPathComponent("train-images-idx3-ubyte.gz")
    let data = try Data(contentsOf: file)
    var flipped = data
    flipped[data.count / 2] ^= 0x55
    for damaged in [data.prefix(data.count / 2), flipped, data.prefix(5), data + Data("rest".utf8)] {
      try Data(damaged).write(to: file)
      let error = #expect(throws: DatasetError.self) { try Dataset.load(.mnist(directory: directory.url)) }
      #expect(error?.location == file.path)
      #expect(error?.description.contains("gzip cannot decompress it: gzip: stdin: ") == true, "\(error!)")
    }
  }

  @Test("A missing data set is named with the directory and the package that brings it")
  func missing() throws {
    let empty = try TemporaryDirectory()
    let error = #expect(throws: DatasetError.self) {
      try Dataset.load(.fashionMNIST(directory: empty.url))
    }
    #expect(
      error?.description
        == "\(empty.url.path)/train-images-idx3-ubyte[.gz]: no such file; "
        + "install Debian's package dataset-fashion-mnist or name the directory of its files")
    let mnist = #expect(throws: DatasetError.self) { try Dataset.load(.mnist(directory: empty.url)) }
    #expect(
      mnist?.description.hasSuffix("no such file; name the directory of MNIST's four IDX files") == true)
    let folder = empty.url.appendingPathComponent("train-images-idx3-ubyte")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    try Data().write(to: empty.url.appendingPathComponent("train-labels-idx1-ubyte"))
    let unreadable = #expect(throws: DatasetError.self) { try Dataset.load(.mnist(directory: empty.url)) }
    #expect(unreadable?.description == "\(folder.path): cannot read: Is a directory")
  }

  @Test("Data sets are found by name, and the nearest name is suggested")
  func names() throws {
    #expect(try DatasetSource(named: "glyphs") == .glyphs(GlyphSettings()))
    #expect(try DatasetSource(named: "fashion-mnist") == .fashionMNIST(directory: nil))
    let url = URL(fileURLWithPath: "/data")
    #expect(try DatasetSource(named: "mnist", directory: url) == .mnist(directory: url))
    #expect(try DatasetSource(named: "cifar-10", directory: url) == .cifar10(directory: url))
    #expect(try DatasetSource(named: "cifar-100", directory: url) == .cifar100(directory: url))
    #expect(try DatasetSource(named: "images", directory: url) == .images(directory: url))
    let known = "known: glyphs, fashion-mnist, mnist, cifar-10, cifar-100, images"
    let near = #expect(throws: DatasetError.self) { try DatasetSource(named: "fashion_mnits") }
    #expect(
      near?.description == "fashion_mnits: unknown data set; did you mean \"fashion-mnist\"? \(known)")
    let far = #expect(throws: DatasetError.self) { try DatasetSource(named: "imagenet") }
    #expect(far?.description == "imagenet: unknown data set; \(known)")
    for name in ["mnist", "cifar-10", "cifar-100", "images"] {
      let bare = #expect(throws: DatasetError.self) { try DatasetSource(named: name) }
      #expect(bare?.description == "\(name): say in which directory the files of \"\(name)\" are")
    }
  }

  @Test("More images than there are cannot be held out", arguments: [-1, 40, 41])
  func validationTooLarge(_ count: Int) throws {
    var source = RandomSource(seed: 79)
    let directory = try MNISTLikeDirectory(&source)
    let error = #expect(throws: DatasetError.self) {
      try Dataset.load(.mnist(directory: directory.url), validationCount: count)
    }
    #expect(
      error?.description == "mnist: \(count) images to hold out for validation, expected 0...39 of 40")
    #expect(try Dataset.load(.mnist(directory: directory.url), validationCount: 0).training.count == 40)
  }
}
