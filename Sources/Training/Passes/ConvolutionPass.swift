import CKernels
import Networks
import Tensors

/// A convolution, grouped or depthwise too: directly over padded images, without a copy of every window.
final class ConvolutionPass: NodePass, @unchecked Sendable {
  let parameters: WeightedParameters
  private let source: PassTensor
  private let target: PassTensor
  private let resources: ComputeResources
  private let groups: Int
  private let image: PaddedImages
  private let kernel: PlaneExtent
  private let window: SlidingWindow
  /// Runs of consecutive operands in a padded image, for one group, and where they start.
  private let segmentLength: Int
  private let segmentOffsets: [Int]
  /// Filters in the kernels' layout, by group.
  private let packed: [FloatBuffer]
  /// Filters flipped and transposed, with which the input's gradient is a convolution too; nil where it is not.
  private let flipped: FloatBuffer?
  private let paddedGradient: PaddedImages?
  private var scaled: FloatBuffer?

  init(
    _ parameters: WeightedParameters, window: SlidingWindow, groups: Int, from source: PassTensor,
    to target: PassTensor, batchCapacity: Int, resources: ComputeResources
  ) {
    self.parameters = parameters
    self.window = window
    self.groups = groups
    self.source = source
    self.target = target
    self.resources = resources
    kernel = window.kernel
    image = PaddedImages(source.shape, padding: window.padding, batchCapacity: batchCapacity)
    let channels = source.channels / groups
    let taps = groups == 1 && window.dilation.width == 1 ? 1 : kernel.width
    segmentLength = groups == 1 && window.dilation.width == 1 ? kernel.width * channels : channels
    let pitch = image.width * source.channels
    segmentOffsets = (0..<kernel.height).flatMap { [window] row in
      (0..<taps).map { row * window.dilation.height * pitch + $0 * window.dilation.width * source.channels }
    }
    let outputs = parameters.outputs / groups
    packed = (0..<groups).map { _ in FloatBuffer(wl_packed_filters(outputs, parameters.inputs)) }
    let one = PlaneExtent(square: 1)
    let isPlain = groups == 1 && window.stride == one && window.dilation == one
    // What the flipped kernel reaches beyond the outputs, so that every padded input gets its gradient.
    let top = kernel.height - 1 - window.padding.top
    let left = kernel.width - 1 - window.padding.left
    let bottom = source.shape[0] - target.shape[0] + kernel.height - 1 - top
    let right = source.shape[1] - target.shape[1] + kernel.width - 1 - left
    if isPlain, source.gradient != nil, min(top, left, bottom, right) >= 0 {
      flipped = FloatBuffer(
        wl_packed_filters(source.channels, kernel.height * kernel.width * parameters.outputs))
      // One padded image a thread's worth of work at a time.
      paddedGradient = PaddedImages(
        target.shape, padding: PlanePadding(top: top, left: left, bottom: bottom, right: right),
        batchCapacity: batchCapacity)
    } else {
      flipped = nil
      paddedGradient = nil
    }
  }

  var trained: [TrainedValues] { [parameters.weights, parameters.biases] }
  private var version: wl_isa { resources.instructionSet.kernelVersion }
  private var outputsOfGroup: Int { parameters.outputs / groups }

  /// Calls `body` with the geometry of one group's operands in a padded image.
  private func withWindow<Result>(_ body: (inout wl_window) -> Result) -> Result {
    segmentOffsets.withUnsafeBufferPointer { offsets in
      var geometry = wl_window(
        rows: target.shape[0], columns: target.shape[1],
        row_step: window.stride.height * image.width * source.channels,
        column_step: window.stride.width * source.channels, segments: offsets.count,
        segment_length: segmentLength, segment_offsets: offsets.baseAddress)
      return body(&geometry)
    }
  }

  func forward(batch: Int, purpose: PassPurpose) {
    let outputs = outputsOfGroup
    let inputs = parameters.inputs
    let channels = source.channels / groups
    resources.forEach(groups) { group in
      wl_pack_filters(
        self.version, outputs, inputs, self.parameters.factors.base + group * outputs * inputs, inputs,
        self.packed[group].base)
    }
    resources.forEachRange(of: batch) { images in
      for index in images {
        self.image.fill(index, from: self.source.value.base + index * self.source.count)
      }
      for group in 0..<self.groups {
        for slice in Self.slices(outputs: outputs, inputs: inputs) {
          for index in images {
            self.withWindow { window in
              wl_convolve(
                self.version, &window, slice.count, self.image.base(index) + group * channels,
                self.packed[group].base + slice.lowerBound * inputs,
                self.parameters.starts.base + group * outputs + slice.lowerBound, 1,
                self.target.value.base + index * self.target.count + group * outputs + slice.lowerBound,
                self.parameters.outputs)
            }
          }
        }
      }
    }
  }

  /// Outputs in slices whose filters stay in the second-level cache while all images pass: multiples of the packed filters' panels of 16.
  private static func slices(outputs: Int, inputs: Int) -> [Range<Int>] {
    let panel = 16
    let filters = max(1, (1 << 18) / (MemoryLayout<Float>.stride * inputs * panel)) * panel
    return stride(from: 0, to: outputs, by: filters).map { $0..<min(outputs, $0 + filters) }
  }

  func backward(batch: Int) {
    guard let gradient = target.gradient else { return }
    weightGradient(batch: batch, gradient)
    wl_sum_rows(
      version, batch * target.count / parameters.outputs, parameters.outputs, 1, gradient.base,
      parameters.biases.gradient.base)
    guard let contribution = source.nextContribution() else { return }
    var left = gradient
    if parameters.commonStep == nil {
      let scaled = scaled ?? FloatBuffer(gradient.count)
      self.scaled = scaled
      parameters.scaleByStep(
        gradient, rows: batch * target.count / parameters.outputs, into: scaled, resources: resources)
      left = scaled
    }
    let scale = parameters.commonStep ?? 1
    if let flipped, let paddedGradient {
      inputGradient(batch: batch, left, flipped, paddedGradient, scale: scale, into: contribution)
    } else {
      scatteredGradient(batch: batch, left, scale: scale, into: contribution)
    }
    source.addContribution(batch: batch, resources: resources)
  }

  /// Threads share out groups of outputs or runs of operands; each sums over all images in order.
  private func weightGradient(batch: Int, _ gradient: FloatBuffer) {
    let outputs = outputsOfGroup
    let inputs = parameters.inputs
    let channels = source.channels / groups
    let isSplitBySegment = groups == 1
    let pieces = isSplitBySegment ? segmentOffsets.count : groups
    resources.forEach(pieces) { piece in
      let group = isSplitBySegment ? 0 : piece
      let segments = isSplitBySegment ? piece..<piece + 1 : 0..<self.segmentOffsets.count
      let dw = self.parameters.weights.gradient.base + group * outputs * inputs
      for index in 0..<batch {
        self.withWindow { window in
          wl_convolve_weight_gradient(
            self.version, &window, segments.lowerBound, segments.upperBound, outputs,
            gradient.base + index * self.target.count + group * outputs, self.parameters.outputs,
            self.image.base(index) + group * channels, index == 0 ? 1 : 0, dw, inputs)
        }
      }
    }
    let scale = parameters.inputScale
    if scale != 1 {
      let dw = parameters.weights.gradient
      resources.forEachPart(of: dw.count) { part in
        for index in part { dw.base[index] *= scale }
      }
    }
  }

  /// A convolution of the padded gradient with the flipped filters.
  private func inputGradient(
    batch: Int, _ gradient: FloatBuffer, _ flipped: FloatBuffer, _ padded: PaddedImages, scale: Float,
    into contribution: FloatBuffer
  ) {
    wl_pack_flipped_filters(
      version, parameters.outputs, kernel.height, kernel.width, source.channels, parameters.factors.base,
      flipped.base)
    let pitch = padded.width * parameters.outputs
    let offsets = (0..<kernel.height).map { $0 * pitch }
    let length = kernel.width * parameters.outputs
    resources.forEachRange(of: batch) { images in
      offsets.withUnsafeBufferPointer { offsets in
        var window = wl_window(
          rows: self.source.shape[0], columns: self.source.shape[1], row_step: pitch,
          column_step: self.parameters.outputs, segments: offsets.count, segment_length: length,
          segment_offsets: offsets.baseAddress)
        for index in images {
          padded.fill(index, from: gradient.base + index * self.target.count)
        }
        let inputs = offsets.count * length
        for slice in Self.slices(outputs: self.source.channels, inputs: inputs) {
          for index in images {
            wl_convolve(
              self.version, &window, slice.count, padded.base(index),
              flipped.base + slice.lowerBound * inputs, nil, scale,
              contribution.base + index * self.source.count + slice.lowerBound, self.source.channels)
          }
        }
      }
    }
  }

  /// Each output's gradient scattered over its window: for any stride, dilation and grouping.
  private func scatteredGradient(
    batch: Int, _ gradient: FloatBuffer, scale: Float, into contribution: FloatBuffer
  ) {
    let outputs = outputsOfGroup
    let inputs = parameters.inputs
    let channels = source.channels / groups
    resources.forEachRange(of: batch) { images in
      let padded = FloatBuffer(self.image.count)
      for index in images {
        padded.base.update(repeating: 0, count: padded.count)
        for group in 0..<self.groups {
          self.withWindow { window in
            wl_convolve_input_gradient(
              self.version, &window, outputs, gradient.base + index * self.target.count + group * outputs,
              self.parameters.outputs, self.parameters.factors.base + group * outputs * inputs, inputs, scale,
              padded.base + group * channels)
          }
        }
        self.image.copyInterior(of: padded.base, to: contribution.base + index * self.source.count)
      }
    }
  }
}

/// Images with zeros around them, as convolutions read them. Without padding they are copied all the same.
final class PaddedImages: @unchecked Sendable {
  private let shape: [Int]
  private let padding: PlanePadding
  private let buffer: FloatBuffer
  /// Columns of a padded image.
  let width: Int
  /// Floats of a padded image.
  let count: Int

  init(_ shape: [Int], padding: PlanePadding, batchCapacity: Int) {
    self.shape = shape
    self.padding = padding
    width = shape[1] + padding.left + padding.right
    count = (shape[0] + padding.top + padding.bottom) * width * shape[2]
    buffer = FloatBuffer(batchCapacity * count)
  }

  /// The padded image at `index`.
  func base(_ index: Int) -> UnsafeMutablePointer<Float> { buffer.base + index * count }

  private func row(_ row: Int) -> Int { ((row + padding.top) * width + padding.left) * shape[2] }

  /// Puts the image at `source` into place `index`; its border was zero from the start.
  func fill(_ index: Int, from source: UnsafePointer<Float>) {
    let length = shape[1] * shape[2]
    let target = base(index)
    for row in 0..<shape[0] { (target + self.row(row)).update(from: source + row * length, count: length) }
  }

  /// Copies the inside of a padded image to `target`.
  func copyInterior(of source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    let length = shape[1] * shape[2]
    for row in 0..<shape[0] { (target + row * length).update(from: source + self.row(row), count: length) }
  }
}
