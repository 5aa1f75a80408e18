import Datasets
import Foundation
import Networks
import Reporting
import Reproducibility
import Tensors
import Training

/// `wordlength train`: a float network from a data set.
package struct TrainCommand: Command {
  private static let network = CommandOption(
    "network", letter: "n",
    .text("NAME|FILE", "a topology such as lenet-5, or a float network to go on from"),
    help:
      "the network: a topology's name or .json description with random weights, or a file that train wrote",
    default: "ffdnn-2x64")
  private static let batchNormalization = CommandFlag(
    "batch-normalization", help: "normalize batches behind every layer but the last")
  private static let dropout = CommandOption(
    "dropout", .number(in: 0...0.95),
    help: "share of values dropped before every fully connected layer but the first",
    default: 0)
  private static let zeroPixel = CommandOption(
    "zero-pixel", .count(0...255),
    help: "the pixel that the network reads as 0, such as 128 for centered images",
    default: 0)
  private static let output = CommandOption(
    "output", letter: "o", .text("FILE", "a file to write"), help: "the trained network",
    default: "trained.network", influence: .presentationOnly)

  /// What it accepts and what its help says.
  package static let syntax = CommandSyntax(
    name: "train", summary: "train a float network on labeled images",
    discussion: [
      "Writes the network of the epoch with the fewest validation errors, and reports its error on the test set, which chose nothing. The same command gives the same "
        + "bytes on any machine and any number of threads.",
      "A run that is stopped, even killed, goes on where it stood when the same command is given again. Topologies: "
        + NetworkTopology.nameForms.joined(separator: ", ") + ".",
    ],
    options: [network.declaration] + DatasetOptions.declarations + [
      batchNormalization.declaration, dropout.declaration, zeroPixel.declaration,
    ] + TrainingOptions.declarations + [output.declaration],
    examples: [
      CommandExample(
        "train --network lenet-5 --dataset fashion-mnist -o lenet.network", "LeNet-5 on Fashion-MNIST"),
      CommandExample(
        "train --network cnn-32-32-64 --dataset cifar-10 --data-directory cifar-10-batches-bin --mirror --shift 2",
        "the papers' CNN"),
    ])

  /// Does what the arguments ask for.
  package static func run(_ arguments: CommandArguments, console: Console) throws -> CommandStatus {
    let dataset = try DatasetOptions.read(arguments)
    let resources = ComputeResources(
      threads: arguments.value(TrainingOptions.threads) ?? ComputeResources.all.threads)
    let start = try initialNetwork(arguments, dataset: dataset)
    let settings = TrainingOptions.settings(arguments)
    let key: JSONValue = [
      "command": "train", "network": .string(SHA256Digest(of: start.fileData).description),
      "dataset": .string(dataset.digest.description), "settings": settings.key,
      "seed": .integer(arguments.required(TrainingOptions.seed)),
    ]
    let loop = try TrainingLoop(
      start, dataset: dataset, settings: settings, plan: nil, key: key, arguments: arguments,
      console: console, resources: resources)
    try loop.finish()
    let best = loop.run.best
    let classes = Classifier(best, plan: nil, resources: resources).classes(of: dataset.test)
    let errors = errorCount(classes, dataset.test.labels)
    let path = arguments.required(output)
    try WholeFile.write(best.fileData, to: URL(fileURLWithPath: path))
    loop.removeCheckpoint()
    if arguments.required(TrainingOptions.format) == "json" {
      let object: JSONValue = [
        "network": .string(path), "bestEpoch": .integer(loop.run.bestEpoch + 1),
        "testErrors": .integer(errors), "testSamples": .integer(dataset.test.count),
        "parameters": .integer(best.parameterCount),
      ]
      console.output.write(object.canonicalText + "\n")
    } else {
      let share = Double(errors) / Double(dataset.test.count)
      console.output.write(
        "\(path): \(best.name), \(DecimalText.grouped(best.parameterCount)) parameters, of epoch \(loop.run.bestEpoch + 1),"
          + " test error \(PercentText(fraction: share))\n")
    }
    return .success
  }

  private static func initialNetwork(
    _ arguments: CommandArguments, dataset: Dataset
  ) throws -> FloatNetwork {
    let name = arguments.required(network)
    if FileManager.default.fileExists(atPath: name), !NetworkSource.isDescription(name) {
      return try FloatNetwork(fileData: try WholeFile.read(URL(fileURLWithPath: name)), file: name)
    }
    let images = dataset.training
    let topology = try NetworkSource.topology(
      name, inputShape: [images.height, images.width, images.channels], classes: images.classCount)
    let seed = UInt64(arguments.required(TrainingOptions.seed))
    return try topology.floatNetwork(
      random: RandomSource(seed: seed).split("initial weights"),
      extras: TrainingExtras(
        normalizesBatches: arguments.contains(batchNormalization),
        dropoutRate: arguments.required(dropout)), zeroPixel: arguments.required(zeroPixel))
  }
}
