import CKernels
import Datasets
import Foundation
import Networks
import Quantization
import Reproducibility
import Tensors

/// A network in the middle of its training: all that the next epoch depends on.
public struct TrainingState: Sendable, Hashable {
  /// The float weights and biases.
  public var network: FloatNetwork
  /// What the optimizer keeps beside each trained number, by `node.parameter`: velocities, running squares.
  public var slots: [String: [[Float]]]
  /// Epochs done.
  public var epoch: Int
  /// Mini-batches done.
  public var steps: Int

  /// A state; slots that are left out start at zero.
  public init(network: FloatNetwork, slots: [String: [[Float]]] = [:], epoch: Int = 0, steps: Int = 0) {
    self.network = network
    self.slots = slots
    self.epoch = epoch
    self.steps = steps
  }
}

/// What an epoch came to.
public struct EpochReport: Sendable, Hashable {
  /// The epoch, counted from 0.
  public let epoch: Int
  /// Mean cross-entropy over the epoch's samples, in nats, as the weights changed.
  public let loss: Double
  /// Validation samples classified wrongly after the epoch.
  public let validationErrors: Int
}

/// Trains one network by mini-batch gradient descent on soft-max cross-entropy.
///
/// Given a plan, it retrains: forward and backward passes use quantised weights and signals, the update goes to
/// the float weights, which are quantised anew after it (Sung, Shin and Hwang 2015, section 2; Hwang and Sung 2014). Where weights share values, the centroids are
/// trained: the gradient of one is the sum over its members, and pruned weights stay 0.
/// Same settings, seed and data give the same bits on any machine and number of threads.
public final class Trainer {
  /// The settings of the run.
  public let settings: TrainingSettings
  private let training: ImageSet
  private let validation: ImageSet
  private let pass: NetworkPass
  private let classifier: Classifier
  private let random: RandomSource
  private var epoch: Int
  private var steps: Int

  /// A trainer that goes on from `state`.
  ///
  /// - Parameters:
  ///   - random: shuffles the samples; each epoch has a generator of its own, so a run can go on anywhere.
  ///   - plan: nil to train in float.
  ///   - memory: bytes that the run may take; the machine's memory unless given.
  /// - Throws: `TrainingError` where the data's shape is not the network's, the network does not end
  ///   with a fully connected layer, a setting is out of range, or a mini-batch does not fit the memory.
  public init(
    _ state: TrainingState, training: ImageSet, validation: ImageSet, settings: TrainingSettings,
    plan: QuantizationPlan? = nil, random: RandomSource, resources: ComputeResources, memory: Int? = nil
  ) throws(TrainingError) {
    try settings.check()
    try Self.check(state.network, training: training, validation: validation)
    let batch = min(settings.batchSize, max(training.count, validation.count))
    let needed = TrainingMemory(
      of: state.network, optimizer: settings.optimizer, isQuantized: plan != nil)
    let available = memory ?? Int(clamping: ProcessInfo.processInfo.physicalMemory)
    guard needed.bytes(batch: batch) <= available else {
      throw .notEnoughMemory(
        network: state.network.name, batch: batch, bytes: needed.bytes(batch: batch), available: available,
        largestBatch: needed.largestBatch(in: available))
    }
    self.settings = settings
    self.training = training
    self.validation = validation
    self.random = random
    epoch = state.epoch
    steps = state.steps
    pass = NetworkPass(
      state.network, slots: state.slots, optimizer: settings.optimizer, plan: plan,
      batchCapacity: batch, resources: resources)
    classifier = Classifier(pass: pass, pixelTable: Classifier.pixelTable(state.network, plan: plan))
  }

  /// The plan that weights and signals are quantised by at present: the one given, or, where steps are fitted
  /// anew, that of the last epoch. Nil in float.
  public var plan: QuantizationPlan? { pass.plan }

  /// The present state.
  public var state: TrainingState {
    TrainingState(network: pass.trainedNetwork, slots: pass.slots, epoch: epoch, steps: steps)
  }

  /// Trains on every training sample once, in an order drawn for this epoch, then validates.
  /// - Throws: `TrainingError.diverged` if the loss or a weight is no longer finite.
  public func runEpoch() throws(TrainingError) -> EpochReport {
    if settings.refitsSteps, let plan = pass.plan {
      do {
        let refitted = try QuantizationPlan(
          network: pass.trainedNetwork, recipe: plan.recipe, calibration: { _ in [] }, holding: plan)
        pass.setPlan(refitted)
      } catch {
        throw .quantization(TrainingError.QuantizationFault(message: error.description))
      }
    }
    var order = Array(0..<training.count)
    let draws = random.split("order of epoch \(epoch)")
    var shuffler = draws
    shuffler.shuffle(&order)
    let rate = Float(settings.learningRate(epoch: epoch))
    var loss = 0.0
    var first = 0
    while first < order.count {
      let samples = order[first..<min(first + settings.batchSize, order.count)]
      loss += try trainBatch(samples, rate: rate, random: draws.split("batch \(first)"))
      first += samples.count
    }
    loss /= Double(training.count)
    guard loss.isFinite else { throw divergence }
    let errors = errorCount(classifier.classes(of: validation), validation.labels)
    let report = EpochReport(epoch: epoch, loss: loss, validationErrors: errors)
    epoch += 1
    return report
  }

  /// One mini-batch. Returns the sum of the samples' cross-entropies before the update.
  private func trainBatch(
    _ samples: ArraySlice<Int>, rate: Float, random: RandomSource
  ) throws(TrainingError) -> Double {
    let batch = samples.count
    let output = pass.network.output.name
    let classes = pass.network.shapes[output]!.reduce(1, *)
    classifier.load(samples, of: training, augmentation: settings.augmentation, random: random)
    pass.forward(batch: batch, purpose: .training(random))
    let gradient = pass.outputGradient
    let scale = pass.plan.map { Float($0.weights[output]!.accumulatorScale) } ?? 1
    wl_softmax(
      pass.resources.instructionSet.kernelVersion, batch, classes, scale, pass.tensor(output).base,
      gradient.base)
    var loss = 0.0
    let share = 1 / Float(batch)
    for (row, sample) in samples.enumerated() {
      let probabilities = gradient.base + row * classes
      let label = Int(training.labels[sample])
      loss -= ElementaryFunctions.log(Double(max(probabilities[label], .leastNormalMagnitude)))
      probabilities[label] -= 1
      for index in 0..<classes { probabilities[index] *= share }
    }
    pass.backward(batch: batch)
    pass.shareGradients()
    steps += 1
    for (_, values) in pass.trained {
      values.update(settings: settings, rate: rate, step: steps, resources: pass.resources)
    }
    // Only finite weights have levels: nothing else may reach a quantised pass, or leave in `state`.
    guard pass.isFinite else { throw divergence }
    pass.quantize()
    return loss
  }

  private var divergence: TrainingError {
    .diverged(network: pass.network.name, epoch: epoch, learningRate: settings.learningRate)
  }

  private static func check(
    _ network: FloatNetwork, training: ImageSet, validation: ImageSet
  ) throws(TrainingError) {
    let features = network.inputShape.reduce(1, *)
    for images in [training, validation] where images.valuesPerImage != features {
      throw .shapeMismatch(
        network: network.name, expected: network.inputShape,
        samples: [images.height, images.width, images.channels])
    }
    guard training.count > 0 else { throw .badSetting("\(network.name): there is no sample to train on") }
    let classes = network.shapes[network.output.name]!.reduce(1, *)
    guard classes == training.classCount, classes == validation.classCount else {
      throw .badSetting(
        "\(network.name): has \(classes) outputs for \(training.classCount) classes to train and"
          + " \(validation.classCount) to validate")
    }
    guard case .dense = network.output.operation else {
      throw .badSetting("\(network.name): must end with a fully connected layer to be trained")
    }
  }
}
