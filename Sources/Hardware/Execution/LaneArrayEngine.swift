import CKernels
import Networks
import Tensors

/// What a run gave.
public struct ExecutionResult: Sendable, Hashable {
  /// The network's output tensor for every sample, `[samples, outputs]`: accumulators as they stand where the
  /// last layer is not requantised.
  public let outputs: [Int64]
  /// Values of the output tensor a sample.
  public let outputCount: Int
  /// Additions that left the accumulator (and wrapped or saturated), by layer, over all samples. Layers
  /// whose sums cannot are at 0.
  public let overflows: [Int]

  /// The class of every sample: the index of its largest output, ties to the lowest.
  public var classes: [UInt8] {
    stride(from: 0, to: outputs.count, by: outputCount).map {
      UInt8(indexOfLargest(outputs[$0..<$0 + outputCount]))
    }
  }
}

/// Runs a network on a lane array bit for bit: the engine among the machine's models.
///
/// Sums are formed by the fastest kernel where no partial sum can leave the accumulator, proved from the
/// weights and the activations' range; elsewhere tap by tap in the order contract: the accumulator starts at the bias (with the
/// input's zero point folded in), each tap's exact sum of V products is added, and the result wraps or saturates.
/// Cycles and memory are `mapping`'s.
public struct LaneArrayEngine: Sendable {
  /// The network.
  public let network: IntegerNetwork
  /// Its layers on the machine.
  public let mapping: NetworkMapping
  private let programs: [LayerProgram]

  /// Prepares `network` for `hardware`.
  /// - Throws: `HardwareError` where the machine cannot run it: word lengths, requantiser, table, biases,
  ///   memories, or sums that could overflow where that is to be rejected.
  public init(
    _ network: IntegerNetwork, on hardware: HardwareDescription,
    counting: OverflowCounting = .whereSumsCanOverflow
  ) throws(HardwareError) {
    mapping = try NetworkMapping(network, on: hardware)
    try mapping.checkCapacity()
    var programs: [LayerProgram] = []
    for node in network.nodes {
      switch node.operation {
      case .dense(let dense):
        programs.append(
          try LayerProgram(
            node, dense, reading: network.tensor(node.inputs[0])!, on: hardware.laneArray, counting: counting,
            at: "\(network.name), layer \(node.name)"))
      }
    }
    self.network = network
    self.programs = programs
  }

  /// Runs the network on `samples` inputs.
  ///
  /// - Parameter inputs: raw words, `[samples, input elements]`, NHWC.
  /// - Throws: `HardwareError.Reason.badInput` for a wrong count or a value outside the input's format.
  public func run(
    _ inputs: [Int32], resources: ComputeResources
  ) throws(HardwareError) -> ExecutionResult {
    let size = network.input.count
    let samples = inputs.count / size
    guard samples * size == inputs.count else {
      throw HardwareError(
        .badInput("\(inputs.count) input values are not a whole number of samples of \(size)"),
        at: network.name)
    }
    let low = network.input.format.minimumRaw
    let high = network.input.format.maximumRaw
    if let index = inputs.firstIndex(where: { Int128($0) < low || Int128($0) > high }) {
      throw HardwareError(
        .badInput(
          "input \(inputs[index]) of sample \(index / size) is outside \(network.input.format), \(low)...\(high)"
        ),
        at: network.name)
    }
    // Small enough that every thread gets a part, a multiple of the kernel's six rows, and not so large that the
    // activations leave the cache.
    let share = (samples + resources.threads - 1) / resources.threads
    let chunk = min(96, max(6, (share + 5) / 6 * 6))
    let chunks = (samples + chunk - 1) / chunk
    let outputCount = network.output.output.count
    var outputs = [Int64](repeating: 0, count: samples * outputCount)
    var overflows = [Int](repeating: 0, count: chunks * programs.count)
    outputs.withUnsafeMutableBufferPointer { outputs in
      overflows.withUnsafeMutableBufferPointer { overflows in
        // Chunks write disjoint parts of both.
        nonisolated(unsafe) let outputs = outputs
        nonisolated(unsafe) let overflows = overflows
        resources.forEach(chunks) { index in
          let range = index * chunk..<min(samples, (index + 1) * chunk)
          let events = runChunk(
            inputs[range.lowerBound * size..<range.upperBound * size], samples: range.count,
            instructionSet: resources.instructionSet,
            into: UnsafeMutableBufferPointer(
              rebasing: outputs[range.lowerBound * outputCount..<range.upperBound * outputCount]))
          for (layer, count) in events.enumerated() { overflows[index * programs.count + layer] = count }
        }
      }
    }
    let total = programs.indices.map { layer in
      (0..<chunks).reduce(0) { $0 + overflows[$1 * programs.count + layer] }
    }
    return ExecutionResult(outputs: outputs, outputCount: outputCount, overflows: total)
  }

  /// Runs a few samples through all layers on this thread; returns the overflows by layer.
  private func runChunk(
    _ inputs: ArraySlice<Int32>, samples: Int, instructionSet: InstructionSet,
    into outputs: UnsafeMutableBufferPointer<Int64>
  ) -> [Int] {
    var tensors = [inputTensorName: ActivationRows(inputs, samples: samples, tensor: network.input)]
    var events: [Int] = []
    for program in programs {
      let (sums, overflows) = program.accumulators(
        of: tensors[program.node.inputs[0]]!, samples: samples, instructionSet: instructionSet)
      events.append(overflows)
      if program.node.name == network.output.name {
        for index in outputs.indices { outputs[index] = program.output(of: sums, at: index) }
      } else {
        tensors[program.node.name] = program.outputs(
          of: sums, samples: samples, instructionSet: instructionSet)
      }
    }
    return events
  }
}
