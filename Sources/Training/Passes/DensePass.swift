import CKernels
import Tensors

/// A fully connected layer.
final class DensePass: BatchPass, @unchecked Sendable {
  let parameters: WeightedParameters
  private let source: PassReading
  private let target: PassTensor
  private let resources: ComputeResources
  private let workspace: ProductWorkspace
  private var scaled: FloatBuffer?

  init(
    _ parameters: WeightedParameters, from source: PassReading, to target: PassTensor,
    resources: ComputeResources, workspace: ProductWorkspace
  ) {
    self.parameters = parameters
    self.source = source
    self.target = target
    self.resources = resources
    self.workspace = workspace
  }

  var trained: [TrainedValues] { [parameters.weights, parameters.biases] }

  func forward(batch: Int, purpose: PassPurpose) {
    resources.multiply(
      MatrixView(source.value.base, rows: batch, columns: parameters.inputs),
      MatrixView(parameters.factors.base, rows: parameters.outputs, columns: parameters.inputs).transposed,
      into: target.value.base, initial: parameters.starts.base, workspace: workspace)
  }

  func backward(batch: Int) {
    guard let gradient = target.gradient else { return }
    let outputGradient = MatrixView(gradient.base, rows: batch, columns: parameters.outputs)
    resources.multiply(
      outputGradient.transposed,
      MatrixView(source.value.base, rows: batch, columns: parameters.inputs),
      into: parameters.weights.gradient.base, scale: parameters.inputScale, workspace: workspace)
    wl_sum_rows(
      resources.instructionSet.kernelVersion, batch, parameters.outputs, 1, gradient.base,
      parameters.biases.gradient.base)
    guard let contribution = source.contribution else { return }
    var left = outputGradient
    if parameters.commonStep == nil {
      let scaled = scaled ?? FloatBuffer(gradient.count)
      self.scaled = scaled
      parameters.scaleByStep(gradient, 0..<batch, elements: parameters.outputs, into: scaled)
      left = MatrixView(scaled.base, rows: batch, columns: parameters.outputs)
    }
    resources.multiply(
      left, MatrixView(parameters.factors.base, rows: parameters.outputs, columns: parameters.inputs),
      into: contribution.base, scale: parameters.commonStep ?? 1, workspace: workspace)
    source.addContribution(0..<batch, resources.instructionSet)
  }
}
