import Datasets
import Foundation
import Hardware
import Networks
import Reproducibility
import Tensors
import Testing

@Suite("wordlength explore")
struct ExploreCommandTests {
  /// A sweep of a second or two: 2 networks, 2 word lengths, 2 methods, 2 seeds.
  private static let small = [
    "explore", "--quiet", "--hidden-layers", "1", "--units", "6,12", "--word-lengths", "4,2", "--seeds", "2",
    "--epochs", "4", "--retraining-epochs", "2",
  ]
  private static let reported = [
    "index.html", "results.csv", "results.json", "command.txt", "answer.network", "error-against-memory.svg",
    "effective-compression.svg", "gap-to-float.svg",
  ]

  private func files(_ report: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in Self.reported { files[name] = try Data(contentsOf: report.appendingPathComponent(name)) }
    return files
  }

  /// The files of an uninterrupted run from an empty cache on all cores.
  private func reference(in directory: URL) throws -> [String: Data] {
    let outcome = try BuiltProgram.run(
      Self.small + ["--output", "reference", "--cache", "reference-cache"], in: directory)
    try #require(outcome.status == 0, "\(outcome.error)")
    return try files(directory.appendingPathComponent("reference"))
  }

  private func withDirectory(_ body: (URL) throws -> Void) throws {
    let directory = try BuiltProgram.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory)
  }

  @Test("Two runs from empty caches give equal bytes, on one thread too, and a kept run the same again")
  func reproducible() throws {
    try withDirectory { directory in
      let first = try reference(in: directory)
      for (index, extra) in [["--threads", "1"], ["--threads", "3"]].enumerated() {
        let outcome = try BuiltProgram.run(
          Self.small + extra + ["--output", "again", "--cache", "cache\(index)"], in: directory)
        #expect(outcome.status == 0 && outcome.error == "")
        #expect(try files(directory.appendingPathComponent("again")) == first)
      }
      let kept = try BuiltProgram.run(
        Self.small + ["--output", "kept", "--cache", "reference-cache"], in: directory)
      #expect(kept.status == 0)
      #expect(try files(directory.appendingPathComponent("kept")) == first)
    }
  }

  @Test(
    "A run killed in the middle goes on and gives the bytes of an uninterrupted one",
    arguments: [
      SIGKILL, SIGINT,
    ])
  func interrupted(_ signal: Int32) throws {
    try withDirectory { directory in
      let expected = try reference(in: directory)
      let arguments = Self.small + ["--output", "report", "--cache", "cache", "--threads", "1"]
      let process = try BuiltProgram.start(arguments, in: directory)
      // Stopped as soon as three steps are kept: in the middle, whatever the machine's speed.
      let cache = directory.appendingPathComponent("cache")
      while process.isRunning && keptFiles(cache).count < 3 { usleep(2000) }
      kill(process.processIdentifier, signal)
      let outcome = try BuiltProgram.outcome(of: process, in: directory)
      #expect(
        !FileManager.default.fileExists(atPath: directory.appendingPathComponent("report/results.json").path))
      if signal == SIGINT {
        #expect(outcome.status == 130)
        #expect(outcome.error.contains("the same command goes on from there"))
        #expect(!FileManager.default.fileExists(atPath: directory.appendingPathComponent("report").path))
      }
      let keptBefore = keptFiles(cache)
      #expect(keptBefore.count >= 3 && keptBefore.count < 20)
      let resumed = try BuiltProgram.run(arguments, in: directory)
      #expect(resumed.status == 0 && resumed.error == "")
      #expect(try files(directory.appendingPathComponent("report")) == expected)
      #expect(Set(keptBefore).isSubset(of: keptFiles(cache)))
    }
  }

  private func keptFiles(_ cache: URL) -> [String] {
    let all = FileManager.default.enumerator(atPath: cache.path)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".result") }.sorted()
  }

  @Test("A damaged result is named, computed again, and changes nothing")
  func damaged() throws {
    try withDirectory { directory in
      let expected = try reference(in: directory)
      let cache = directory.appendingPathComponent("reference-cache")
      let victims = ["float-training", "quantized-network", "evaluation"].map { stage in
        keptFiles(cache).first { $0.hasPrefix(stage) }!
      }
      for (index, victim) in victims.enumerated() {
        let file = cache.appendingPathComponent(victim)
        var data = try Data(contentsOf: file)
        if index == 0 { data = data.dropLast(7) } else { data[data.count / 2] ^= 0x10 }
        try data.write(to: file)
      }
      let outcome = try BuiltProgram.run(
        Self.small + ["--output", "again", "--cache", "reference-cache"], in: directory)
      #expect(outcome.status == 0)
      // A quantised network is looked at only where its evaluation is missing.
      for victim in [victims[0], victims[2]] { #expect(outcome.error.contains(victim)) }
      #expect(try files(directory.appendingPathComponent("again")) == expected)
    }
  }

  @Test("Shards fill one cache, from which the report is the same")
  func shards() throws {
    try withDirectory { directory in
      let expected = try reference(in: directory)
      for shard in ["2/3", "1/3", "3/3"] {
        let outcome = try BuiltProgram.run(
          Self.small + ["--shard", shard, "--cache", "cache", "--output", "none"], in: directory)
        #expect(outcome.status == 0)
        #expect(!FileManager.default.fileExists(atPath: directory.appendingPathComponent("none").path))
      }
      let before = keptFiles(directory.appendingPathComponent("cache"))
      let outcome = try BuiltProgram.run(
        Self.small + ["--cache", "cache", "--output", "merged"], in: directory)
      #expect(outcome.status == 0)
      #expect(keptFiles(directory.appendingPathComponent("cache")) == before)
      #expect(try files(directory.appendingPathComponent("merged")) == expected)
    }
  }

  @Test("The answer's network file, run through the library, makes the errors that the report states")
  func answerNetwork() throws {
    try withDirectory { directory in
      let report = try reference(in: directory)
      let network = try IntegerNetwork(fileData: report["answer.network"]!, file: "answer.network")
      let json = try JSONValue(parsing: report["results.json"]!)
      guard case .object(let answer)? = json["answer"], case .string(let seed)? = answer["bestSeed"],
        let design = answer["design"], case .array(let seeds)? = design["seeds"],
        case .integer(let bits)? = design["weightBits"]
      else { throw JSONShape() }
      let stated = seeds.first { $0["seed"] == .string(seed) }
      let dataset = Dataset.glyphs()
      // 8-bit inputs are the pixels themselves.
      let inputs = dataset.test.pixels.map { Int32($0) }
      let engine = try MachineEngine(network, on: HardwareDescription.standard.withWeights(bits: bits))
      let classes = try engine.run(inputs, resources: ComputeResources(threads: 1)).classes
      let errors = zip(classes, dataset.test.labels).filter { $0 != $1 }.count
      #expect(stated?["testErrorCount"] == .integer(errors))
      // And the plain reference, which knows no machine, agrees on a part of them.
      for sample in stride(from: 0, to: dataset.test.count, by: 97) {
        let image = dataset.test.image(sample).map { Int64($0) }
        let outputs = network.referenceTensors(of: image)[network.output.name]!
        #expect(indexOfLargest(outputs) == Int(classes[sample]))
      }
    }
  }

  private struct JSONShape: Error {}

  @Test("A capacity that no design fits is an error that says the smallest, and leaves nothing behind")
  func nothingFits() throws {
    try withDirectory { directory in
      let outcome = try BuiltProgram.run(
        Self.small + ["--weight-capacity", "100B", "--output", "report"], in: directory)
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("no design fits a weight memory of 800 bits"))
      #expect(outcome.error.contains("the smallest of this family, ffdnn-1x6, ternary"))
      #expect(!FileManager.default.fileExists(atPath: directory.appendingPathComponent("report").path))
    }
  }

  @Test(
    "A bad command line is refused with status 2 and what was expected",
    arguments: [
      (["--weight-capacity", "64"], "unit"), (["--weight-capacity", "-3KiB"], "--weight-capacity"),
      (["--units", "2"], "4"), (["--units", "8,8"], "second time"),
      (["--dataset", "fashon-mnist"], "fashion-mnist"),
      (["--wordlengths", "2"], "--word-lengths"), (["--epochs", "2", "--retraining-epochs", "3"], "a part"),
      (["--activation", "sigmod"], "sigmoid"), (["--shard", "5/4"], "2/4"), (["extra"], "extra"),
    ])
  func usage(_ arguments: [String], _ hint: String) throws {
    try withDirectory { directory in
      let outcome = try BuiltProgram.run(["explore"] + arguments, in: directory)
      #expect(outcome.status == 2)
      #expect(outcome.error.contains(hint), "\(outcome.error)")
      #expect(outcome.output == "")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["error", "output"])
    }
  }

  @Test("Missing, truncated and mislabelled data are errors that name the file and the remedy")
  func badData() throws {
    try withDirectory { directory in
      func run() throws -> BuiltProgram.Outcome {
        try BuiltProgram.run(
          ["explore", "--dataset", "fashion-mnist", "--data-directory", "data", "--output", "report"],
          in: directory)
      }
      let data = directory.appendingPathComponent("data")
      try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
      let missing = try run()
      #expect(missing.status == 1)
      #expect(missing.error.contains("train-images-idx3-ubyte"))
      #expect(missing.error.contains("dataset-fashion-mnist"))
      // Two images of 2 x 2 and labels for them; then the image file cut, then labels in its place.
      let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8]
      let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]
      for part in ["train", "t10k"] {
        try Data(images).write(to: data.appendingPathComponent("\(part)-images-idx3-ubyte"))
        try Data(labels).write(to: data.appendingPathComponent("\(part)-labels-idx1-ubyte"))
      }
      try Data(images.dropLast(3)).write(to: data.appendingPathComponent("train-images-idx3-ubyte"))
      let truncated = try run()
      #expect(truncated.status == 1)
      #expect(truncated.error.contains("train-images-idx3-ubyte"))
      try Data(labels).write(to: data.appendingPathComponent("train-images-idx3-ubyte"))
      let mislabelled = try run()
      #expect(mislabelled.status == 1)
      #expect(mislabelled.error.contains("train-images-idx3-ubyte"))
      #expect(mislabelled.error != truncated.error)
      #expect(!FileManager.default.fileExists(atPath: directory.appendingPathComponent("report").path))
    }
  }

  @Test("An output or cache that cannot be written is reported before any work")
  func unwritable() throws {
    try withDirectory { directory in
      try Data("a file".utf8).write(to: directory.appendingPathComponent("file"))
      for arguments in [["--output", "file/report"], ["--cache", "file/cache", "--output", "report"]] {
        let outcome = try BuiltProgram.run(Self.small + arguments, in: directory)
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("file/"), "\(outcome.error)")
        #expect(!FileManager.default.fileExists(atPath: directory.appendingPathComponent("report").path))
      }
    }
  }

  @Test("Every fault of a hardware description is reported at once, with its path")
  func badHardware() throws {
    try withDirectory { directory in
      var text = String(
        decoding: Data(HardwareDescription.standard.json.indentedText.utf8), as: UTF8.self)
      text = text.replacing("\"lanes\": 16", with: "\"lanes\": 0").replacing(
        "\"saturate\"", with: "\"saturat\""
      )
      .replacing("\"weightMemory\"", with: "\"weightMemry\"")
      try Data(text.utf8).write(to: directory.appendingPathComponent("machine.json"))
      let outcome = try BuiltProgram.run(Self.small + ["--hardware", "machine.json"], in: directory)
      #expect(outcome.status == 1)
      for hint in [
        "laneArray.lanes", "laneArray.accumulator.overflow", "saturate", "weightMemry", "machine.json",
      ] {
        #expect(outcome.error.contains(hint), "\(outcome.error)")
      }
    }
  }
}
