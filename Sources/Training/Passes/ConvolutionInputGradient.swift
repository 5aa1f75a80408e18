import CKernels
import Networks
import Tensors

/// The gradient of a convolution's input from that of its output.
///
/// At stride 1, without dilation and groups, it is itself a convolution: of the padded gradient with the filters flipped. Everywhere
/// else, and where so few channels would leave the vectors half empty, each output's gradient is scattered over its window.
final class ConvolutionInputGradient: @unchecked Sendable {
  private let window: SlidingWindow
  private let groups: Int
  private let source: [Int]
  private let target: [Int]
  /// Filters flipped and transposed; nil where gradients are scattered.
  private let flipped: FloatBuffer?
  /// Padded gradients of outputs where filters are flipped, else of inputs.
  private let images: PaddedImagePool
  private let padding: PlanePadding
  private var scaled: FloatBuffer?

  /// Gradients of the outputs that are padded together, so that filters are read less often.
  private static let imagesAtOnce = 16

  /// - Parameters:
  ///   - source: the input's shape, [rows, columns, channels]
  ///   - target: the output's
  init(_ window: SlidingWindow, groups: Int, outputs: Int, source: [Int], target: [Int]) {
    self.window = window
    self.groups = groups
    self.source = source
    self.target = target
    let kernel = window.kernel
    let one = PlaneExtent(square: 1)
    // What the flipped kernel reaches beyond the outputs, so that every padded input gets its gradient.
    let top = kernel.height - 1 - window.padding.top
    let left = kernel.width - 1 - window.padding.left
    let around = PlanePadding(
      top: top, left: left, bottom: source[0] - target[0] + kernel.height - 1 - top,
      right: source[1] - target[1] + kernel.width - 1 - left)
    let isPlain = groups == 1 && window.stride == one && window.dilation == one
    let fillsVectors = source[2] >= 16 || kernel.width == 1
    if isPlain, fillsVectors, min(around.top, around.left, around.bottom, around.right) >= 0 {
      flipped = FloatBuffer(wl_packed_filters(source[2], kernel.height * kernel.width * outputs))
      padding = around
      images = PaddedImagePool(target, padding: around, count: Self.imagesAtOnce)
    } else {
      flipped = nil
      padding = window.padding
      images = PaddedImagePool(source, padding: window.padding, count: 1)
    }
  }

  /// Readies the filters for a mini-batch.
  func prepare(_ version: wl_isa, _ parameters: WeightedParameters, gradientCount: Int) {
    if let flipped {
      wl_pack_flipped_filters(
        version, parameters.outputs, window.kernel.height, window.kernel.width, source[2],
        parameters.factors.base, flipped.base)
    }
    if parameters.commonStep == nil, scaled == nil { scaled = FloatBuffer(gradientCount) }
  }

  /// The gradient of the inputs of `samples` from `gradient`, that of the outputs.
  func run(
    _ samples: Range<Int>, _ version: wl_isa, _ parameters: WeightedParameters, of gradient: FloatBuffer,
    into contribution: FloatBuffer
  ) {
    var left = gradient
    if let scaled, parameters.commonStep == nil {
      parameters.scaleByStep(gradient, samples, elements: target.reduce(1, *), into: scaled)
      left = scaled
    }
    let scale = parameters.commonStep ?? 1
    if let flipped {
      var first = samples.lowerBound
      while first < samples.upperBound {
        let some = first..<min(first + Self.imagesAtOnce, samples.upperBound)
        convolve(some, version, parameters, of: left, flipped, scale: scale, into: contribution)
        first = some.upperBound
      }
    } else {
      scatter(samples, version, parameters, of: left, scale: scale, into: contribution)
    }
  }

  private func convolve(
    _ samples: Range<Int>, _ version: wl_isa, _ parameters: WeightedParameters, of gradient: FloatBuffer,
    _ flipped: FloatBuffer, scale: Float, into contribution: FloatBuffer
  ) {
    let (channels, outputs) = (source[2], target[2])
    let sourceCount = source.reduce(1, *)
    let targetCount = target.reduce(1, *)
    images.withImages { padded in
      for (place, index) in samples.enumerated() {
        padded.fill(place, from: gradient.base + index * targetCount)
      }
      let segments = WindowSegments(
        SlidingWindow(kernel: window.kernel), groups: 1, channels: outputs, imageWidth: padded.width,
        outputs: source)
      let inputs = segments.count * segments.length
      segments.withWindow { geometry in
        for slice in filterSlices(outputs: channels, inputs: inputs) {
          for (place, index) in samples.enumerated() {
            wl_convolve(
              version, &geometry, slice.count, padded.base(place), flipped.base + slice.lowerBound * inputs,
              nil, scale, contribution.base + index * sourceCount + slice.lowerBound, channels)
          }
        }
      }
    }
  }

  private func scatter(
    _ samples: Range<Int>, _ version: wl_isa, _ parameters: WeightedParameters, of gradient: FloatBuffer,
    scale: Float, into contribution: FloatBuffer
  ) {
    let channels = source[2]
    let sourceCount = source.reduce(1, *)
    let targetCount = target.reduce(1, *)
    let outputs = parameters.outputs / groups
    let inputs = parameters.inputs
    images.withImages { padded in
      let segments = WindowSegments(
        window, groups: groups, channels: channels, imageWidth: padded.width, outputs: target)
      segments.withWindow { geometry in
        for index in samples {
          padded.base(0).update(repeating: 0, count: padded.count)
          for group in 0..<groups {
            wl_convolve_input_gradient(
              version, &geometry, outputs, gradient.base + index * targetCount + group * outputs,
              parameters.outputs, parameters.factors.base + group * outputs * inputs, inputs, scale,
              padded.base(0) + group * (channels / groups))
          }
          padded.copyInterior(of: padded.base(0), to: contribution.base + index * sourceCount)
        }
      }
    }
  }
}
