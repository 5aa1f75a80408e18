import Datasets
import Foundation
import Testing

@Suite("Directories of images")
struct ImageDirectoryTests {
  @Test("Classes and images are ordered by name, whatever order the file system gives them in")
  func order() throws {
    let tree = try Tree([
      "train/dog/b.pgm": "P2 2 1 255 3 4", "train/dog/a.pgm": "P5 2 1 255 ab", "train/dog/B.PPM.txt": "no",
      "train/cat/10.PGM": "P2 2 1 255 5 6", "train/cat/9.ppm": "P2 2 1 255 7 8",
      "train/Zebra/é.pgm": "P2 2 1 255 9 10",
      "train/README": "not a class", "train/.hidden/x.pgm": "P2 9 9 9",
      "test/dog/x.pgm": "P2 2 1 1 0 1", "test/cat/.y.pgm": "nothing", "test/cat/y.pgm": "P2 2 1 255 1 2",
    ])
    let set = try tree.load(validationCount: 0)
    #expect(set.name == "images" && set.classNames == ["Zebra", "cat", "dog"])
    #expect(set.training.labels == [0, 1, 1, 2, 2])
    #expect(set.training.pixels == [9, 10, 5, 6, 7, 8, 97, 98, 3, 4])
    #expect(set.test.labels == [1, 2] && set.test.pixels == [1, 2, 0, 255])
    #expect(set.test.height == 1 && set.test.width == 2 && set.test.channels == 1)
  }

  @Test("Color images keep red, green and blue together")
  func color() throws {
    let tree = try Tree([
      "train/a/1.ppm": "P3 1 2 255 1 2 3 4 5 6", "test/a/1.ppm": "P6 1 2 255 abcdef",
    ])
    let set = try tree.load()
    #expect(set.training.pixels == [1, 2, 3, 4, 5, 6] && set.test.pixels == [97, 98, 99, 100, 101, 102])
    #expect(set.test.height == 2 && set.test.width == 1 && set.test.channels == 3 && set.test.classCount == 1)
  }

  @Test(
    "A directory that is no such set is refused with the place and what was expected",
    arguments: [
      (
        ["other/a/1.pgm": "P2 1 1 1 1"],
        "train: no such file; name a directory that holds train/CLASS/NAME.ppm and test/CLASS/NAME.ppm (or .pgm)"
      ),
      (
        ["train/a/1.pgm": "P2 1 1 1 1"],
        "test: no such file; name a directory that holds train/CLASS/NAME.ppm and test/CLASS/NAME.ppm (or .pgm)"
      ),
      (["train/1.pgm": "P2 1 1 1 1"], "train: no directories, expected one for each class, with its images"),
      (
        ["train/a/1.pgm": "P2 1 1 1 1", "test/1.pgm": "P2 1 1 1 1"],
        "test: no directories, expected one for each class, with its images"
      ),
      (
        ["train/a/1.png": "PNG", "test/a/1.pgm": "P2 1 1 1 1"],
        "train/a: no images, expected files whose names end in .pgm or .ppm"
      ),
      (
        ["train/cat/1.pgm": "P2 1 1 1 1", "train/dog/1.pgm": "P2 1 1 1 1", "test/cats/1.pgm": "P2 1 1 1 1"],
        "test/cats: class \"cats\" has no training images; did you mean \"cat\"? known: cat, dog"
      ),
      (
        ["train/a/1.pgm": "P2 1 1 1 1", "test/a/1.pgm": "P2 1 1 1 2"],
        "test/a/1.pgm: value 2 at index 0, expected 0...1 as the header states"
      ),
      (
        [
          "train/a/1.pgm": "P2 1 2 1 1 0", "train/b/1.pgm": "P2 1 2 1 1 0", "train/b/2.pgm": "P2 2 1 1 1 0",
          "train/b/3.pgm": "P2 3 1 1 1 0 1", "test/a/1.pgm": "P2 9 1 1 1 0",
        ],
        "train/b/2.pgm: an image of 1 × 2 × 1 values, expected 2 × 1 × 1 as in train/a/1.pgm"
      ),
      (
        ["train/a/1.ppm": "P3 1 1 1 1 0 1", "test/a/1.ppm": "P2 1 1 1 1"],
        "test/a/1.ppm: an image of 1 × 1 × 1 values, expected 1 × 1 × 3 as in train/a/1.ppm"
      ),
    ])
  func faults(_ files: [String: String], _ message: String) throws {
    let tree = try Tree(files)
    let error = #expect(throws: DatasetError.self) { try tree.load() }
    #expect(error?.description.replacingOccurrences(of: tree.url.path + "/", with: "") == message)
  }

  @Test("257 classes are refused, 256 are not")
  func classLimit() throws {
    var files = ["test/1/1.pgm": "P2 1 1 1 1"]
    for index in 1...256 { files["train/\(index)/1.pgm"] = "P2 1 1 1 1" }
    #expect(try Tree(files).load().classNames.count == 256)
    files["train/257/1.pgm"] = "P2 1 1 1 1"
    let tree = try Tree(files)
    let error = #expect(throws: DatasetError.self) { try tree.load() }
    #expect(error?.reason == .tooManyClasses(257))
  }
}

/// A directory of files with the given paths and texts.
private final class Tree {
  private let directory: TemporaryDirectory
  var url: URL { directory.url }

  init(_ files: [String: String]) throws {
    directory = try TemporaryDirectory()
    for (path, text) in files {
      let file = url.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }

  func load(validationCount: Int? = nil) throws -> Dataset {
    try Dataset.load(.images(directory: url), validationCount: validationCount)
  }
}
