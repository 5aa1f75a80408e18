import CKernels
import Networks
import Tensors

/// A convolution, grouped too: directly over padded images, without a copy of every window.
final class ConvolutionPass: SamplePass, @unchecked Sendable {
  let parameters: WeightedParameters
  private let source: PassReading
  private let target: PassTensor
  private let resources: ComputeResources
  private let groups: Int
  private let image: PaddedImages
  /// One group's operands in a padded image.
  private let segments: WindowSegments
  /// Filters in the kernels' layout, by group.
  private let packed: [FloatBuffer]
  private let inputGradient: ConvolutionInputGradient?

  init(
    _ parameters: WeightedParameters, window: SlidingWindow, groups: Int, from source: PassReading,
    to target: PassTensor, batchCapacity: Int, resources: ComputeResources
  ) {
    self.parameters = parameters
    self.groups = groups
    self.source = source
    self.target = target
    self.resources = resources
    image = PaddedImages(source.shape, padding: window.padding, batchCapacity: batchCapacity)
    segments = WindowSegments(
      window, groups: groups, channels: source.channels, imageWidth: image.width, outputs: target.shape)
    let outputs = parameters.outputs / groups
    packed = (0..<groups).map { _ in FloatBuffer(wl_packed_filters(outputs, parameters.inputs)) }
    inputGradient = source.contribution.map { _ in
      ConvolutionInputGradient(
        window, groups: groups, outputs: parameters.outputs, source: source.shape, target: target.shape)
    }
  }

  var trained: [TrainedValues] { [parameters.weights, parameters.biases] }
  var floatsOfSample: Int { source.count + image.count + target.count }
  private var version: wl_isa { resources.instructionSet.kernelVersion }
  private var outputsOfGroup: Int { parameters.outputs / groups }
  private var channelsOfGroup: Int { source.channels / groups }

  func prepareForward() {
    let outputs = outputsOfGroup
    let inputs = parameters.inputs
    for group in 0..<groups {
      wl_pack_filters(
        version, outputs, inputs, parameters.factors.base + group * outputs * inputs, inputs,
        packed[group].base)
    }
  }

  func forward(_ samples: Range<Int>) {
    let outputs = outputsOfGroup
    let inputs = parameters.inputs
    for index in samples { image.fill(index, from: source.value.base + index * source.count) }
    for group in 0..<groups {
      for slice in filterSlices(outputs: outputs, inputs: inputs) {
        for index in samples {
          segments.withWindow { window in
            wl_convolve(
              version, &window, slice.count, image.base(index) + group * channelsOfGroup,
              packed[group].base + slice.lowerBound * inputs,
              parameters.starts.base + group * outputs + slice.lowerBound, 1,
              target.value.base + index * target.count + group * outputs + slice.lowerBound,
              parameters.outputs)
          }
        }
      }
    }
  }

  func prepareBackward() {
    inputGradient?.prepare(version, parameters, gradientCount: target.gradient?.count ?? 0)
  }

  func backward(_ samples: Range<Int>) {
    guard let gradient = target.gradient, let contribution = source.contribution, let inputGradient else {
      return
    }
    inputGradient.run(samples, version, parameters, of: gradient, into: contribution)
    source.addContribution(samples, resources.instructionSet)
  }

  /// Tasks share out groups of outputs, or of the one group's operands.
  func gradientTasks(batch: Int) -> [@Sendable () -> Void] {
    guard let gradient = target.gradient else { return [] }
    let outputs = outputsOfGroup
    let inputs = parameters.inputs
    let weights =
      groups > 1
      ? (0..<groups).map { (group: $0, operands: 0..<inputs) }
      : operandRanges(parts: 2 * resources.threads).map { (group: 0, operands: $0) }
    let weightTasks = weights.map { group, operands in
      { @Sendable [self] in
        let dw = parameters.weights.gradient.base + group * outputs * inputs
        for index in 0..<batch {
          segments.withWindow { window in
            wl_convolve_weight_gradient(
              version, &window, operands.lowerBound, operands.upperBound, outputs,
              gradient.base + index * target.count + group * outputs, parameters.outputs,
              image.base(index) + group * channelsOfGroup, index == 0 ? 1 : 0, dw, inputs)
          }
        }
        let scale = parameters.inputScale
        guard scale != 1 else { return }
        for output in 0..<outputs {
          for index in operands { dw[output * inputs + index] *= scale }
        }
      }
    }
    return weightTasks + [
      { @Sendable [self] in
        wl_sum_rows(
          version, batch * target.count / parameters.outputs, parameters.outputs, 1, gradient.base,
          parameters.biases.gradient.base)
      }
    ]
  }

  /// A filter's operands cut into at most `parts` ranges between blocks that the kernels' register tiles take whole.
  private func operandRanges(parts: Int) -> [Range<Int>] {
    let block = 32
    var starts: [Int] = []
    if segments.length <= block / 2 {
      starts = Array(stride(from: 0, to: parameters.inputs, by: 2 * segments.length))
    } else {
      for segment in 0..<segments.count {
        starts += stride(from: 0, to: segments.length, by: block).map { segment * segments.length + $0 }
      }
    }
    let parts = min(parts, starts.count)
    let cuts = (0..<parts).map { starts[starts.count * $0 / parts] } + [parameters.inputs]
    return zip(cuts, cuts.dropFirst()).map { $0..<$1 }
  }
}

/// Outputs in slices whose filters stay in the second-level cache while all images pass: multiples of the packed filters'
/// panels of 16.
func filterSlices(outputs: Int, inputs: Int) -> [Range<Int>] {
  let panel = 16
  let filters = max(1, (1 << 18) / (MemoryLayout<Float>.stride * inputs * panel)) * panel
  return stride(from: 0, to: outputs, by: filters).map { $0..<min(outputs, $0 + filters) }
}
