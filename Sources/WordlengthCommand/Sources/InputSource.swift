import Datasets
import Foundation
import Interchange
import Networks
import Quantization
import Reproducibility

/// The inputs that a network runs on: a data set's test images, an array file, or random words.
struct InputSource {
  static let dataset = CommandOption(
    "dataset", .choice(DatasetOptions.names.map { ($0, $0) }, placeholder: "NAME"),
    help: "run on this data set's test images and report the error")
  static let inputs = CommandOption(
    "inputs", .text("FILE", "a .npy file of integers, one input a row"),
    help: "run on these raw input words, [samples, ...]")
  static let samples = CommandOption(
    "samples", .count(1...1_000_000),
    help: "how many inputs (by default all of a data set or file, else one random input)")

  /// Declarations in the order of the help text.
  static let declarations: [OptionDeclaration] = [
    dataset.declaration, DatasetOptions.directory.declaration, DatasetOptions.preprocessing.declaration,
    inputs.declaration, samples.declaration,
  ]

  /// Raw words, `[samples, elements]`.
  let values: [Int32]
  /// The class of each sample, where it is known.
  let labels: [UInt8]?

  /// How many samples.
  func count(of network: IntegerNetwork) -> Int { values.count / network.input.count }

  /// Reads or draws the inputs of `network`; `standard` random ones where nothing else is asked for.
  /// - Throws: `UsageError` where options contradict each other, `CommandFailure` for faulty files.
  init(_ arguments: CommandArguments, for network: IntegerNetwork, standard: Int = 1) throws {
    let size = network.input.count
    let wanted = arguments.value(Self.samples)
    let values: [Int32]
    var labels: [UInt8]?
    switch (arguments.value(Self.dataset), arguments.value(Self.inputs)) {
    case (.some, .some):
      throw UsageError(
        command: arguments.syntax.name,
        faults: [.rule(what: "--dataset and --inputs both name inputs", help: "give one of them")])
    case (let name?, nil):
      let images = try DatasetOptions.load(
        name, directory: arguments.value(DatasetOptions.directory),
        preprocessing: arguments.required(DatasetOptions.preprocessing)
      ).test
      guard images.valuesPerImage == size, network.preprocessing != nil else {
        throw CommandFailure(
          ConsoleMessage(
            "images of \(images.height) x \(images.width) x \(images.channels) values cannot feed \(network.name), which reads"
              + " \(network.input.shape)", location: name,
            help: "choose the data set that the network was made for, or --inputs FILE"))
      }
      values = network.inputs(from: images)
      labels = images.labels
    case (nil, let path?):
      values = try Self.array(path, for: network)
    case (nil, nil):
      var draws = RandomSource(seed: UInt64(arguments.required(NetworkSource.seed))).split("inputs")
      let low = Int(network.input.format.minimumRaw)
      let span = Int(network.input.format.maximumRaw) - low + 1
      values = (0..<(wanted ?? standard) * size).map { _ in Int32(draws.below(span) + low) }
    }
    let kept = min(wanted ?? .max, values.count / size)
    self.values = Array(values.prefix(kept * size))
    self.labels = labels.map { Array($0.prefix(kept)) }
  }

  private static func array(_ path: String, for network: IntegerNetwork) throws -> [Int32] {
    let array = try NumpyArray(parsing: try WholeFile.read(URL(fileURLWithPath: path)), file: path)
    let size = network.input.count
    guard array.count > 0, array.count % size == 0 else {
      throw CommandFailure(
        ConsoleMessage(
          "holds \(array.shape.map(String.init).joined(separator: " x ")) values, not a whole number of inputs of"
            + " \(size)", location: path,
          expected: "an array [samples, \(network.input.shape.map(String.init).joined(separator: ", "))]"))
    }
    let values = try array.integers
    let format = network.input.format
    if let index = values.firstIndex(where: { !format.contains(raw: Int128($0)) }) {
      throw CommandFailure(
        ConsoleMessage(
          "value \(values[index]) of sample \(index / size) does not fit \(format)", location: path,
          expected: "raw words from \(format.minimumRaw) to \(format.maximumRaw)"))
    }
    return values.map { Int32($0) }
  }
}
