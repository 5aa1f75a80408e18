import CKernels
import Networks
import Tensors

/// Batch normalisation: by the mini-batch's statistics in training, by running averages otherwise.
final class BatchNormalizationPass: BatchPass, @unchecked Sendable {
  /// Share of the old value in a running average.
  private static let memory: Float = 0.9

  private let scale: TrainedValues
  private let shift: TrainedValues
  private let epsilon: Float
  /// Running averages.
  private let mean: FloatBuffer
  private let variance: FloatBuffer
  /// What the last pass used.
  private let usedMean: FloatBuffer
  private let inverseDeviation: FloatBuffer
  private let source: PassReading
  private let target: PassTensor
  private let resources: ComputeResources

  init(
    _ normalization: FloatBatchNormalization, scale: TrainedValues, shift: TrainedValues,
    from source: PassReading, to target: PassTensor, resources: ComputeResources
  ) {
    self.scale = scale
    self.shift = shift
    epsilon = normalization.epsilon
    mean = FloatBuffer(normalization.mean)
    variance = FloatBuffer(normalization.variance)
    usedMean = FloatBuffer(normalization.mean.count)
    inverseDeviation = FloatBuffer(normalization.mean.count)
    self.source = source
    self.target = target
    self.resources = resources
  }

  var trained: [TrainedValues] { [scale, shift] }

  /// The node's present numbers.
  var normalization: FloatBatchNormalization {
    var normalization = FloatBatchNormalization(channels: mean.count, epsilon: epsilon)
    normalization.scale = scale.values.values
    normalization.shift = shift.values.values
    normalization.mean = mean.values
    normalization.variance = variance.values
    return normalization
  }

  private func rows(_ batch: Int) -> Int { batch * target.count / target.channels }

  func forward(batch: Int, purpose: PassPurpose) {
    let version = resources.instructionSet.kernelVersion
    let channels = target.channels
    switch purpose {
    case .inference:
      usedMean.base.update(from: mean.base, count: channels)
      wl_inverse_deviation(version, channels, epsilon, variance.base, inverseDeviation.base)
    case .training:
      let batchVariance = FloatBuffer(channels)
      forEachPart(of: channels) { part in
        let first = part.lowerBound
        wl_channel_moments(
          version, self.rows(batch), part.count, self.source.value.base + first, channels,
          self.usedMean.base + first, batchVariance.base + first)
      }
      wl_inverse_deviation(version, channels, epsilon, batchVariance.base, inverseDeviation.base)
      let share = 1 - Self.memory
      for channel in 0..<channels {
        mean.base[channel] = Self.memory * mean.base[channel] + share * usedMean.base[channel]
        variance.base[channel] = Self.memory * variance.base[channel] + share * batchVariance.base[channel]
      }
    }
    resources.forEachPart(of: batch * target.count, unit: channels) { part in
      wl_normalize(
        version, part.count / channels, channels, self.source.value.base + part.lowerBound, channels,
        self.usedMean.base, self.inverseDeviation.base, self.scale.values.base, self.shift.values.base,
        self.target.value.base + part.lowerBound)
    }
  }

  /// Threads share out channels, each of which is summed over the rows in order.
  private func forEachPart(of channels: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let parts = resources.ranges(of: channels, unit: 16)
    resources.forEach(parts.count) { body(parts[$0]) }
  }

  /// As the mini-batch's statistics depend on every sample (Ioffe and Szegedy 2015, section 3).
  func backward(batch: Int) {
    guard let gradient = target.gradient else { return }
    let version = resources.instructionSet.kernelVersion
    let channels = target.channels
    let rows = rows(batch)
    forEachPart(of: channels) { part in
      let first = part.lowerBound
      wl_normalize_gradient_sums(
        version, rows, part.count, self.source.value.base + first, channels, self.usedMean.base + first,
        self.inverseDeviation.base + first, gradient.base + first, self.scale.gradient.base + first,
        self.shift.gradient.base + first)
    }
    guard let contribution = source.contribution else { return }
    resources.forEachPart(of: batch * target.count, unit: channels) { part in
      let first = part.lowerBound
      wl_normalize_gradient(
        version, part.count / channels, channels, self.source.value.base + first, channels,
        self.usedMean.base, self.inverseDeviation.base, self.scale.values.base, self.scale.gradient.base,
        self.shift.gradient.base, rows, gradient.base + first, contribution.base + first)
    }
    source.addContribution(0..<batch, resources.instructionSet)
  }
}
