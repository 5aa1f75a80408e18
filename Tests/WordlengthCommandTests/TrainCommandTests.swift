import Foundation
import Networks
import Reproducibility
import Testing

@Suite("train and quantize, through the built program")
struct TrainCommandTests {
  private static let training = [
    "train", "--network", "cnn-4-6-8", "--epochs", "4", "--batch-normalization", "--shift", "1", "--dropout",
    "0.2",
    "--quiet",
  ]

  private func inDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let directory = try BuiltProgram.temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
  }

  private func trained(_ more: [String] = [], in directory: URL) throws -> Data {
    let outcome = try BuiltProgram.run(Self.training + more, in: directory)
    #expect(outcome.status == 0, "\(outcome.error)")
    return try Data(contentsOf: directory.appendingPathComponent("trained.network"))
  }

  private func checkpoints(_ directory: URL) -> [String] {
    let folder = directory.appendingPathComponent(".wordlength/checkpoints").path
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
      !$0.hasPrefix(".")
    }
  }

  @Test(
    "The same bytes on one thread and two, and after a kill and a second run; no checkpoint is left behind")
  func killAndResume() throws {
    let expected = try inDirectory { try trained(["--threads", "1"], in: $0) }
    try inDirectory { directory in
      let process = try BuiltProgram.start(Self.training + ["--threads", "2"], in: directory)
      // The first checkpoint shows that an epoch is done.
      for _ in 0..<3000 where checkpoints(directory).isEmpty && process.isRunning { usleep(10_000) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal, "it was over before it could be killed")
      #expect(checkpoints(directory).count == 1)
      let again = try BuiltProgram.run(Self.training, in: directory)
      #expect(again.status == 0 && again.error.contains("going on after epoch"), "\(again.error)")
      #expect(try Data(contentsOf: directory.appendingPathComponent("trained.network")) == expected)
      #expect(checkpoints(directory).isEmpty)
    }
  }

  @Test("An interrupt keeps the epoch and ends with status 130; a damaged checkpoint is named and not used")
  func interruptAndDamage() throws {
    let expected = try inDirectory { try trained(in: $0) }
    try inDirectory { directory in
      let process = try BuiltProgram.start(Self.training, in: directory)
      for _ in 0..<3000 where checkpoints(directory).isEmpty && process.isRunning { usleep(10_000) }
      kill(process.processIdentifier, SIGINT)
      let outcome = try BuiltProgram.outcome(of: process, in: directory)
      #expect(outcome.status == 130, "\(outcome.error)")
      let name = try #require(checkpoints(directory).first)
      let file = directory.appendingPathComponent(".wordlength/checkpoints/\(name)")
      var bytes = try Data(contentsOf: file)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: file)
      let again = try BuiltProgram.run(Self.training, in: directory)
      #expect(again.status == 0 && again.error.contains(name) && again.error.contains("starting anew"))
      #expect(try Data(contentsOf: directory.appendingPathComponent("trained.network")) == expected)
    }
  }

  @Test(
    "A quantized network is classed by the hardware as the trainer and the report say",
    arguments: ["direct", "retrained", "gradual"])
  func quantized(method: String) throws {
    try inDirectory { directory in
      _ = try trained(in: directory)
      let outcome = try BuiltProgram.run(
        [
          "quantize", "trained.network", "-w", "4", "--layer-bits", "logits=8", "--method", method,
          "--epochs", "1",
          "--learning-rate", "0.01", "--format", "json", "--quiet",
        ], in: directory)
      #expect(outcome.status == 0, "\(outcome.error)")
      let last = try #require(outcome.output.split(separator: "\n").last)
      let report = try JSONValue(parsing: Data(last.utf8))
      #expect(report["differingSamples"] == 0)
      let network = try IntegerNetwork(
        fileData: try Data(contentsOf: directory.appendingPathComponent("quantized.network")), file: "q")
      let bits = network.nodes.compactMap { network.weightedLayer(of: $0)?.weightWordLength }
      #expect(bits == [4, 4, 4, 4, 8])
      let run = try BuiltProgram.run(
        [
          "simulate", "--network", "quantized.network", "--dataset", "glyphs", "--format", "json", "--quiet",
          "--hardware", "systolic-output-stationary",
        ], in: directory)
      #expect(run.status == 0, "\(run.error)")
      let simulated = try JSONValue(parsing: Data(run.output.utf8))
      #expect(simulated["classificationErrors"] == report["testErrors"])
    }
  }

  @Test(
    "Weights that share values: the hardware classes as the trainer does, and memory is told part by part",
    arguments: ["direct", "retrained"])
  func codebooks(method: String) throws {
    try inDirectory { directory in
      _ = try trained(in: directory)
      let words = [
        "quantize", "trained.network", "--codebook", "3", "--by-layer", "logits=5", "--prune", "0.25",
        "--method", method, "--epochs", "1", "--optimizer", "adam", "--learning-rate", "0.003", "--quiet",
      ]
      let outcome = try BuiltProgram.run(words + ["--format", "json"], in: directory)
      #expect(outcome.status == 0, "\(outcome.error)")
      let last = try #require(outcome.output.split(separator: "\n").last)
      let report = try JSONValue(parsing: Data(last.utf8))
      #expect(report["differingSamples"] == 0)
      let data = try Data(contentsOf: directory.appendingPathComponent("quantized.network"))
      let network = try IntegerNetwork(fileData: data, file: "q")
      let layers = network.nodes.compactMap { network.weightedLayer(of: $0) }
      #expect(layers.map { $0.codebook?.indexBits } == [3, 3, 3, 3, 5])
      for layer in layers {
        let codebook = try #require(layer.codebook)
        #expect(codebook.table[0] == 0)
        #expect(codebook.indices.filter { $0 == 0 }.count == codebook.indices.count / 4)
      }
      let memory = try #require(report["codebookMemory"])
      let indices = layers.reduce(0) { $0 + $1.weights.count * $1.storedWordLength }
      let entries = (4 * 8 + 32) * 8
      let biases = layers.reduce(0) { $0 + $1.outputs * 24 }
      #expect(memory["indexBits"] == .integer(indices) && memory["codebookBits"] == .integer(entries))
      #expect(memory["biasBits"] == .integer(biases))
      #expect(memory["usefulBits"] == .integer(indices + entries + biases))
      #expect(report["usefulWeightMemoryBits"] == memory["usefulBits"])
      for (machine, status) in [("codebook", 0), ("lane-array", 1)] as [(String, Int32)] {
        let run = try BuiltProgram.run(
          [
            "simulate", "--network", "quantized.network", "--dataset", "glyphs", "--format", "json",
            "--quiet", "--hardware", machine,
          ], in: directory)
        #expect(run.status == status, "\(machine): \(run.error)")
        if status == 0 {
          let simulated = try JSONValue(parsing: Data(run.output.utf8))
          #expect(simulated["classificationErrors"] == report["testErrors"])
        } else {
          #expect(run.error.contains("use a datapath of kind \"codebook\""), "\(run.error)")
        }
      }
      // The same command gives the same bytes.
      let again = try BuiltProgram.run(words + ["--threads", "1", "-o", "again"], in: directory)
      #expect(again.output.contains("Huffman-coded"), "\(again.output)")
      #expect(try Data(contentsOf: directory.appendingPathComponent("again")) == data)
    }
  }

  @Test("Images that were preprocessed for training are preprocessed for the hardware as well")
  func preprocessed() throws {
    try inDirectory { directory in
      let data = ["--dataset", "glyphs", "--preprocessing", "global-contrast", "--quiet"]
      let training = try BuiltProgram.run(
        ["train", "--network", "ffdnn-1x16", "--epochs", "2", "--zero-pixel", "128"] + data, in: directory)
      #expect(training.status == 0, "\(training.error)")
      let quantizing = try BuiltProgram.run(
        ["quantize", "trained.network", "--format", "json"] + data, in: directory)
      #expect(quantizing.status == 0, "\(quantizing.error)")
      let report = try JSONValue(parsing: Data(quantizing.output.utf8))
      #expect(report["differingSamples"] == 0)
      for (words, isEqual) in [(data, true), (["--dataset", "glyphs", "--quiet"], false)] {
        let run = try BuiltProgram.run(
          ["simulate", "--network", "quantized.network", "--format", "json"] + words, in: directory)
        #expect(run.status == 0, "\(run.error)")
        let simulated = try JSONValue(parsing: Data(run.output.utf8))
        #expect((simulated["classificationErrors"] == report["testErrors"]) == isEqual)
      }
    }
  }

  @Test("What cannot be trained is told, with what helps")
  func refusals() throws {
    try inDirectory { directory in
      for (words, part) in [
        (["train", "--network", "lenet5"], "Did you mean lenet-5?"),
        (["train", "--network", "vgg-16"], "does not fit its input"),
        (
          [
            "train", "--network", "ffdnn-1x8", "--epochs", "2", "--learning-rate", "1e3", "--optimizer",
            "sgd", "--activation",
          ], "--activation"
        ),
        (["quantize", "nowhere.network"], "nowhere.network"),
        (["quantize", "x", "--codebook", "9"], "--codebook"),
        (["quantize", "x", "--prune", "0.5"], "--prune is for weights that share values"),
        (["quantize", "x", "--by-layer", "a=2"], "--by-layer is for weights that share values"),
        (["quantize", "x", "--codebook", "3", "--by-layer", "a"], "--by-layer has \"a\""),
        (["quantize", "x", "--codebook", "3", "--prune", "1"], "--prune"),
        (["quantize", "x", "--codebook", "3", "--method", "gradual"], "--method gradual"),
        (
          ["quantize", "x", "--codebook", "3", "--step-granularity", "channel"], "--step-granularity channel"
        ),
      ] as [([String], String)] {
        let outcome = try BuiltProgram.run(words + ["--quiet"], in: directory)
        #expect(outcome.status != 0 && outcome.error.contains(part), "\(words): \(outcome.error)")
        #expect(
          !FileManager.default.fileExists(atPath: directory.appendingPathComponent("trained.network").path))
      }
      _ = try trained(in: directory)
      let systolic = try BuiltProgram.run(
        [
          "quantize", "trained.network", "--codebook", "3", "--hardware", "systolic-weight-stationary",
          "--quiet",
        ], in: directory)
      #expect(systolic.status == 1 && systolic.error.contains("no decode table"), "\(systolic.error)")
      // The decay alone multiplies every weight by -999 a step.
      let diverging = try BuiltProgram.run(
        [
          "train", "--network", "cnn-4-4-8", "--epochs", "3", "--learning-rate", "1e3", "--weight-decay", "1",
          "--quiet",
        ], in: directory)
      #expect(
        diverging.status == 1 && diverging.error.contains("diverged in epoch 1")
          && diverging.error.contains("Use a smaller --learning-rate"), "\(diverging.error)")
    }
  }
}
