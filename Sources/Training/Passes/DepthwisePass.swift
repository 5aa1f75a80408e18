import CKernels
import Networks
import Tensors

/// A depthwise convolution: one filter a channel, channels side by side in vectors.
final class DepthwisePass: NodePass, @unchecked Sendable {
  let parameters: WeightedParameters
  private let source: PassTensor
  private let target: PassTensor
  private let window: SlidingWindow
  private let resources: ComputeResources
  private let image: PaddedImages
  private let offsets: [Int]
  /// Weights and their gradients as the kernels have them, `[taps, channels]`.
  private let tapWeights: FloatBuffer
  private let tapGradient: FloatBuffer
  private var scaled: FloatBuffer?

  init(
    _ parameters: WeightedParameters, window: SlidingWindow, from source: PassTensor, to target: PassTensor,
    batchCapacity: Int, resources: ComputeResources
  ) {
    self.parameters = parameters
    self.window = window
    self.source = source
    self.target = target
    self.resources = resources
    image = PaddedImages(source.shape, padding: window.padding, batchCapacity: batchCapacity)
    let pitch = image.width * source.channels
    let channels = source.channels
    offsets = (0..<window.kernel.height).flatMap { row in
      (0..<window.kernel.width).map {
        row * window.dilation.height * pitch + $0 * window.dilation.width * channels
      }
    }
    tapWeights = FloatBuffer(parameters.weights.values.count)
    tapGradient = FloatBuffer(parameters.weights.values.count)
  }

  var trained: [TrainedValues] { [parameters.weights, parameters.biases] }
  private var version: wl_isa { resources.instructionSet.kernelVersion }
  private var channels: Int { source.channels }

  private func withWindow<Result>(_ body: (inout wl_window) -> Result) -> Result {
    offsets.withUnsafeBufferPointer { offsets in
      var geometry = wl_window(
        rows: target.shape[0], columns: target.shape[1],
        row_step: window.stride.height * image.width * channels,
        column_step: window.stride.width * channels, segments: offsets.count, segment_length: channels,
        segment_offsets: offsets.baseAddress)
      return body(&geometry)
    }
  }

  func forward(batch: Int, purpose: PassPurpose) {
    let taps = offsets.count
    for channel in 0..<channels {
      for tap in 0..<taps {
        tapWeights.base[tap * channels + channel] = parameters.factors.base[channel * taps + tap]
      }
    }
    resources.forEachRange(of: batch) { images in
      for index in images {
        self.image.fill(index, from: self.source.value.base + index * self.source.count)
        self.withWindow { window in
          wl_convolve_depthwise(
            self.version, &window, self.image.base(index), self.tapWeights.base, self.parameters.starts.base,
            1,
            self.target.value.base + index * self.target.count, self.channels)
        }
      }
    }
  }

  func backward(batch: Int) {
    guard let gradient = target.gradient else { return }
    let taps = offsets.count
    for index in 0..<batch {
      withWindow { window in
        wl_convolve_depthwise_weight_gradient(
          version, &window, gradient.base + index * target.count, channels, image.base(index),
          index == 0 ? 1 : 0, tapGradient.base)
      }
    }
    let inputScale = parameters.inputScale
    for channel in 0..<channels {
      for tap in 0..<taps {
        parameters.weights.gradient.base[channel * taps + tap] =
          tapGradient.base[tap * channels + channel] * inputScale
      }
    }
    wl_sum_rows(
      version, batch * target.count / channels, channels, 1, gradient.base,
      parameters.biases.gradient.base)
    guard let contribution = source.nextContribution() else { return }
    var left = gradient
    if parameters.commonStep == nil {
      let scaled = scaled ?? FloatBuffer(gradient.count)
      self.scaled = scaled
      parameters.scaleByStep(
        gradient, rows: batch * target.count / channels, into: scaled, resources: resources)
      left = scaled
    }
    let scale = parameters.commonStep ?? 1
    let scattered = left
    resources.forEachRange(of: batch) { images in
      let padded = FloatBuffer(self.image.count)
      for index in images {
        padded.base.update(repeating: 0, count: padded.count)
        self.withWindow { window in
          wl_convolve_depthwise_input_gradient(
            self.version, &window, scattered.base + index * self.target.count, self.channels,
            self.tapWeights.base, scale, padded.base)
        }
        self.image.copyInterior(of: padded.base, to: contribution.base + index * self.source.count)
      }
    }
    source.addContribution(batch: batch, resources: resources)
  }
}
