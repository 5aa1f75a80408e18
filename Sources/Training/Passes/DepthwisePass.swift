import CKernels
import Networks
import Tensors

/// A depthwise convolution: one filter a channel, channels side by side in vectors.
final class DepthwisePass: SamplePass, @unchecked Sendable {
  let parameters: WeightedParameters
  private let source: PassReading
  private let target: PassTensor
  private let instructionSet: InstructionSet
  private let image: PaddedImages
  private let segments: WindowSegments
  private let gradients: PaddedImagePool
  /// Weights and their gradients as the kernels have them, `[taps, channels]`.
  private let tapWeights: FloatBuffer
  private let tapGradient: FloatBuffer
  private var scaled: FloatBuffer?

  init(
    _ parameters: WeightedParameters, window: SlidingWindow, from source: PassReading, to target: PassTensor,
    batchCapacity: Int, instructionSet: InstructionSet
  ) {
    self.parameters = parameters
    self.source = source
    self.target = target
    self.instructionSet = instructionSet
    image = PaddedImages(source.shape, padding: window.padding, batchCapacity: batchCapacity)
    gradients = PaddedImagePool(source.shape, padding: window.padding, count: 1)
    segments = WindowSegments(
      depthwise: window, channels: source.channels, imageWidth: image.width, outputs: target.shape)
    tapWeights = FloatBuffer(parameters.weights.values.count)
    tapGradient = FloatBuffer(parameters.weights.values.count)
  }

  var trained: [TrainedValues] { [parameters.weights, parameters.biases] }
  var floatsOfSample: Int { source.count + image.count + target.count }
  private var version: wl_isa { instructionSet.kernelVersion }
  private var channels: Int { source.channels }

  private var taps: Int { segments.count }

  func prepareForward() {
    for channel in 0..<channels {
      for tap in 0..<taps {
        tapWeights.base[tap * channels + channel] = parameters.factors.base[channel * taps + tap]
      }
    }
  }

  func forward(_ samples: Range<Int>) {
    for index in samples {
      image.fill(index, from: source.value.base + index * source.count)
      segments.withWindow { window in
        wl_convolve_depthwise(
          version, &window, image.base(index), tapWeights.base, parameters.starts.base, 1,
          target.value.base + index * target.count, channels)
      }
    }
  }

  func prepareBackward() {
    if parameters.commonStep == nil, scaled == nil, let gradient = target.gradient {
      scaled = FloatBuffer(gradient.count)
    }
  }

  func backward(_ samples: Range<Int>) {
    guard let gradient = target.gradient, let contribution = source.contribution else { return }
    var left = gradient
    if let scaled, parameters.commonStep == nil {
      parameters.scaleByStep(gradient, samples, elements: target.count, into: scaled)
      left = scaled
    }
    let scale = parameters.commonStep ?? 1
    gradients.withImages { padded in
      for index in samples {
        padded.base(0).update(repeating: 0, count: padded.count)
        segments.withWindow { window in
          wl_convolve_depthwise_input_gradient(
            version, &window, left.base + index * target.count, channels, tapWeights.base, scale,
            padded.base(0))
        }
        padded.copyInterior(of: padded.base(0), to: contribution.base + index * source.count)
      }
    }
    source.addContribution(samples, instructionSet)
  }

  func gradientTasks(batch: Int) -> [@Sendable () -> Void] {
    guard let gradient = target.gradient else { return [] }
    return [
      { @Sendable [self] in
        for index in 0..<batch {
          segments.withWindow { window in
            wl_convolve_depthwise_weight_gradient(
              version, &window, gradient.base + index * target.count, channels, image.base(index),
              index == 0 ? 1 : 0, tapGradient.base)
          }
        }
        let scale = parameters.inputScale
        for channel in 0..<channels {
          for tap in 0..<taps {
            parameters.weights.gradient.base[channel * taps + tap] =
              tapGradient.base[tap * channels + channel] * scale
          }
        }
        wl_sum_rows(
          version, batch * target.count / channels, channels, 1, gradient.base,
          parameters.biases.gradient.base)
      }
    ]
  }
}
