import Datasets
import Foundation
import Networks
import Quantization
import Reporting
import Reproducibility
import Tensors
import Training

/// Runs a training epoch by epoch with progress, a checkpoint after each epoch, and a clean end at an interrupt.
struct TrainingLoop {
  let run: TrainingRun
  private let checkpoint: URL
  private let arguments: CommandArguments
  private let console: Console
  private let dataset: Dataset

  /// A run whose checkpoint, if there is one from a stopped run of the same command, is taken up.
  init(
    _ network: FloatNetwork, dataset: Dataset, settings: TrainingSettings, plan: QuantizationPlan?,
    key: JSONValue, arguments: CommandArguments, console: Console, resources: ComputeResources
  ) throws {
    let digest = SHA256Digest(of: key.canonicalText).description
    let directory = URL(fileURLWithPath: arguments.required(TrainingOptions.cache), isDirectory: true)
      .appendingPathComponent("checkpoints")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    checkpoint = directory.appendingPathComponent(digest)
    self.arguments = arguments
    self.console = console
    self.dataset = dataset
    let random = RandomSource(seed: UInt64(arguments.required(TrainingOptions.seed))).split("sample order")
    func make(_ resuming: (data: Data, file: String)?) throws -> TrainingRun {
      try TrainingRun(
        network, dataset: dataset, settings: settings, plan: plan, random: random, resources: resources,
        key: digest, resuming: resuming)
    }
    if FileManager.default.fileExists(atPath: checkpoint.path) {
      do {
        run = try make((try WholeFile.read(checkpoint), checkpoint.path))
        console.report(ConsoleMessage("going on after epoch \(run.epoch)"), .note)
        return
      } catch let error as TrainingError {
        throw error
      } catch {
        console.report(ConsoleMessage("\(error); starting anew"), .note)
      }
    }
    run = try make(nil)
  }

  /// Trains to the end.
  /// - Throws: `InterruptionError` once the present epoch is kept; `CommandFailure` where training diverges.
  func finish() throws {
    let isJSON = arguments.required(TrainingOptions.format) == "json"
    let console = console
    let meter = ProgressMeter(
      tasks: run.settings.epochs, cost: Double(run.settings.epochs),
      stream: arguments.contains(TrainingOptions.quiet) ? nil : console.error)
    defer { meter.close() }
    let interruption = Interruption {
      meter.interrupt {
        console.error.write("wordlength: stopping after this epoch; a second interrupt ends at once\n")
      }
    }
    defer { interruption.stopListening() }
    // Epochs of a run that was stopped took no time of this one.
    let first = run.epoch
    while !run.isFinished {
      meter.show(
        done: run.epoch, of: run.settings.epochs, costDone: Double(run.epoch - first),
        cost: Double(run.settings.epochs - first),
        current: run.reports.last.map { "last error \(percent($0))" } ?? "first epoch")
      if interruption.isRequested { throw InterruptionError() }
      let start = DispatchTime.now().uptimeNanoseconds
      let report: EpochReport
      do {
        report = try run.runEpoch()
      } catch {
        throw CommandFailure(
          ConsoleMessage(
            "\(error)",
            help: run.epoch > 0 ? "the checkpoint of epoch \(run.epoch) is kept in \(checkpoint.path)" : nil))
      }
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      try WholeFile.write(run.checkpoint, to: checkpoint)
      meter.interrupt { console.output.write(line(report, seconds: seconds, isJSON: isJSON)) }
    }
  }

  /// Removes the checkpoint: for a run whose results are written.
  func removeCheckpoint() { try? FileManager.default.removeItem(at: checkpoint) }

  private func percent(_ report: EpochReport) -> String {
    PercentText(fraction: Double(report.validationErrors) / Double(dataset.validation.count)).description
  }

  private func line(_ report: EpochReport, seconds: Double, isJSON: Bool) -> String {
    let rate = Double(dataset.training.count) / seconds
    if isJSON {
      let object: JSONValue = [
        "epoch": .integer(report.epoch + 1), "loss": .number(report.loss),
        "validationErrors": .integer(report.validationErrors),
        "validationSamples": .integer(dataset.validation.count), "samplesPerSecond": .number(rate),
      ]
      return object.canonicalText + "\n"
    }
    return
      "epoch \(report.epoch + 1) of \(run.settings.epochs): loss \(DecimalText.fixed(report.loss, digits: 4)),"
      + " validation error \(percent(report)), \(QuantityText(rate, unit: "samples/s"))\n"
  }
}
