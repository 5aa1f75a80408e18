import Networks
import Tensors

/// The raw values of one tensor for several samples, as prepared layers read and make them.
package struct LayerValues: Sendable {
  let tensor: SampleTensor

  init(_ tensor: SampleTensor) { self.tensor = tensor }

  /// Raw words `[samples, elements]` of a tensor described by `description`.
  /// - Precondition: whole samples, each word within the format.
  package init(_ words: ArraySlice<Int32>, of description: IntegerTensor) {
    precondition(words.count % description.count == 0, "\(words.count) words for \(description.shape)")
    tensor = words.withUnsafeBufferPointer {
      SampleTensor($0, samples: words.count / description.count, tensor: description)
    }
  }

  /// Samples.
  package var samples: Int { tensor.samples }
}

/// One layer of a network prepared for execution on a machine, alone: layers of one shape and different weights are exchanged without the rest.
package struct PreparedLayer: Sendable {
  enum Program: Sendable {
    case weighted(WeightedProgram)
    case vector(VectorProgram)
  }

  /// The node's name, and that of the tensor it makes.
  package let name: String
  /// The tensors it reads.
  package let inputs: [String]
  /// The tensor it makes.
  package let output: IntegerTensor
  let program: Program

  /// Prepares `node` of `network`; that the machine has the units for it is `NetworkMapping`'s to check.
  /// - Parameter faults: wrong bits in the banks of its weight memory.
  /// - Throws: `HardwareError` where a start value does not fit the accumulator, or a sum may not where that is to be rejected.
  package init(
    _ node: IntegerNetwork.Node, of network: IntegerNetwork, on hardware: HardwareDescription,
    counting: OverflowCounting = .whereSumsCanOverflow, weightFaults faults: WeightMemoryFaults? = nil
  ) throws(HardwareError) {
    name = node.name
    inputs = node.inputs
    output = node.output
    switch node.operation {
    case .dense, .convolution:
      var layer = network.weightedLayer(of: node)!
      if let faults { layer = layer.withFaults(faults, named: node.name, on: try faults.banks(of: hardware)) }
      program = .weighted(
        try WeightedProgram(
          layer, reading: network.tensor(node.inputs[0])!, making: node.output, on: hardware.array,
          path: hardware.path, counting: counting, at: "\(network.name), layer \(node.name)"))
    case .pooling(let pooling): program = .vector(.pooling(pooling))
    case .addition(let addition): program = .vector(.addition(addition))
    }
  }

  /// What the layer makes of the tensors that it reads.
  package func values(of sources: [LayerValues], resources: ComputeResources) -> LayerValues {
    let target = SampleTensor(output, samples: sources[0].samples)
    switch program {
    case .weighted(let program):
      _ = program.run(sources[0].tensor, into: target, last: nil, resources: resources)
    case .vector(let program):
      program.run(sources.map(\.tensor), making: output, into: target, last: nil, resources: resources)
    }
    return LayerValues(target)
  }

  /// The same in 64 bits, `[samples, elements]`: for a network's output, which may be wider than any signal.
  package func outputs(of sources: [LayerValues], resources: ComputeResources) -> [Int64] {
    [Int64](unsafeUninitializedCapacity: sources[0].samples * output.count) { buffer, count in
      buffer.initialize(repeating: 0)
      switch program {
      case .weighted(let program):
        _ = program.run(sources[0].tensor, into: nil, last: buffer.baseAddress!, resources: resources)
      case .vector(let program):
        program.run(
          sources.map(\.tensor), making: output, into: nil, last: buffer.baseAddress!, resources: resources)
      }
      count = buffer.count
    }
  }
}
