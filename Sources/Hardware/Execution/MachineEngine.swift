import Networks
import Tensors

/// Runs a network on a machine bit for bit: the fast one among the machine's models.
///
/// Sums are formed by the fastest kernel where no partial sum can leave the accumulator, proved from the
/// weights and the activations' range; elsewhere tap by tap in the order of the contract, wrapping or saturating after each addition.
/// Cycles, memory and events are `mapping`'s.
public struct MachineEngine: Sendable {
  /// The network.
  public let network: IntegerNetwork
  /// Its layers on the machine.
  public let mapping: NetworkMapping
  private let layers: [PreparedLayer]

  /// Prepares `network` for `hardware`.
  /// - Parameter faults: wrong bits in the banks of its weight memory; cycles and memory are those of the network as it is stored.
  /// - Throws: `HardwareError` where the machine cannot run it: word lengths, requantiser, table, biases,
  ///   memories, or sums that could overflow where that is to be rejected.
  public init(
    _ network: IntegerNetwork, on hardware: HardwareDescription,
    counting: OverflowCounting = .whereSumsCanOverflow, weightFaults faults: WeightMemoryFaults? = nil
  ) throws(HardwareError) {
    mapping = try NetworkMapping(network, on: hardware)
    try mapping.checkCapacity()
    _ = try faults?.banks(of: hardware)
    var layers: [PreparedLayer] = []
    for node in network.nodes {
      layers.append(
        try PreparedLayer(node, of: network, on: hardware, counting: counting, weightFaults: faults))
    }
    self.network = network
    self.layers = layers
  }

  /// Runs the network on `samples` inputs.
  ///
  /// - Parameter inputs: raw words, `[samples, input elements]`, NHWC.
  /// - Throws: `HardwareError.Reason.badInput` for a wrong count or a value outside the input's format.
  public func run(
    _ inputs: [Int32], resources: ComputeResources
  ) throws(HardwareError) -> ExecutionResult {
    let size = network.input.count
    try network.checkInputs(inputs)
    let samples = inputs.count / size
    let chunk = chunkSize(samples: samples, threads: resources.threads)
    let chunks = (samples + chunk - 1) / chunk
    // Chunks go to threads where there are enough of them; otherwise the work inside a layer is shared.
    let isShared = chunks < resources.threads
    let inner = isShared ? resources : resources.singleThreaded
    let outer = isShared ? resources.singleThreaded : resources
    let outputCount = network.output.output.count
    var outputs = [Int64](repeating: 0, count: samples * outputCount)
    var overflows = [Int](repeating: 0, count: chunks * layers.count)
    outputs.withUnsafeMutableBufferPointer { outputs in
      overflows.withUnsafeMutableBufferPointer { overflows in
        inputs.withUnsafeBufferPointer { inputs in
          // Chunks write disjoint parts.
          nonisolated(unsafe) let outputs = outputs
          nonisolated(unsafe) let overflows = overflows
          nonisolated(unsafe) let inputs = inputs
          outer.forEach(chunks) { index in
            let range = index * chunk..<min(samples, (index + 1) * chunk)
            let events = run(
              UnsafeBufferPointer(rebasing: inputs[range.lowerBound * size..<range.upperBound * size]),
              samples: range.count, resources: inner,
              into: outputs.baseAddress! + range.lowerBound * outputCount)
            for (layer, count) in events.enumerated() { overflows[index * layers.count + layer] = count }
          }
        }
      }
    }
    let total = layers.indices.map { layer in
      (0..<chunks).reduce(0) { $0 + overflows[$1 * layers.count + layer] }
    }
    return ExecutionResult(outputs: outputs, outputCount: outputCount, overflows: total)
  }

  /// Samples that run together: small enough that every thread gets a part, a multiple of the kernels' twelve rows, and not so
  /// large that the activations leave the cache.
  private func chunkSize(samples: Int, threads: Int) -> Int {
    let share = (samples + threads - 1) / threads
    let largest = ([network.input] + network.nodes.map(\.output)).map(\.count).max()!
    let fitting = max(1, (1 << 20) / largest)
    return max(1, min(96, fitting, max(12, (share + 11) / 12 * 12), samples))
  }

  /// Every layer's accumulators and outputs for `samples` inputs: what golden files hold.
  ///
  /// - Parameter inputs: raw words, `[samples, input elements]`, NHWC.
  /// - Throws: `HardwareError.Reason.badInput` for a wrong count or a value outside the input's format.
  public func record(
    _ inputs: [Int32], resources: ComputeResources
  ) throws(HardwareError) -> [LayerRecord] {
    try network.checkInputs(inputs)
    let samples = inputs.count / network.input.count
    var outputs = [Int64](repeating: 0, count: samples * network.output.output.count)
    var records: [LayerRecord] = []
    outputs.withUnsafeMutableBufferPointer { outputs in
      inputs.withUnsafeBufferPointer { inputs in
        _ = run(
          inputs, samples: samples, resources: resources, into: outputs.baseAddress!,
          recording: { records.append($0) })
      }
    }
    return records
  }

  /// Runs a few samples through all layers; returns the overflows by layer.
  private func run(
    _ inputs: UnsafeBufferPointer<Int32>, samples: Int, resources: ComputeResources,
    into last: UnsafeMutablePointer<Int64>, recording: ((LayerRecord) -> Void)? = nil
  ) -> [Int] {
    var tensors = [inputTensorName: SampleTensor(inputs, samples: samples, tensor: network.input)]
    var lastReader: [String: Int] = [:]
    for (index, node) in network.nodes.enumerated() {
      for input in node.inputs { lastReader[input] = index }
    }
    var events: [Int] = []
    for (index, (node, layer)) in zip(network.nodes, layers).enumerated() {
      let isLast = index == layers.count - 1
      let output = isLast ? nil : SampleTensor(node.output, samples: samples)
      let sources = node.inputs.map { tensors[$0]! }
      var accumulators: [Int64] = []
      switch layer.program {
      case .weighted(let program):
        if recording != nil {
          accumulators = Array(repeating: 0, count: samples * node.output.count)
        }
        let isRecorded = recording != nil
        events.append(
          accumulators.withUnsafeMutableBufferPointer {
            program.run(
              sources[0], into: output, last: isLast ? last : nil,
              accumulators: isRecorded ? $0.baseAddress : nil, resources: resources)
          })
      case .vector(let program):
        program.run(
          sources, making: node.output, into: output, last: isLast ? last : nil, resources: resources)
        events.append(0)
      }
      if let recording {
        let count = node.output.count
        let values = (0..<samples * count).map { element in
          output.map { Int64($0[element / count, element % count]) } ?? last[element]
        }
        recording(LayerRecord(name: node.name, accumulators: accumulators, outputs: values))
      }
      tensors[node.name] = output
      for input in node.inputs where lastReader[input] == index { tensors[input] = nil }
    }
    return events
  }
}

/// What one layer computed for several samples.
public struct LayerRecord: Sendable, Hashable {
  /// The node's name.
  public let name: String
  /// The accumulators after their last tap, `[samples, positions, outputs]`; empty where the layer has none.
  public let accumulators: [Int64]
  /// Raw outputs, `[samples, elements]`.
  public let outputs: [Int64]
}

extension IntegerNetwork {
  /// Checks that `inputs` are a whole number of inputs of this network, each within its format.
  /// - Throws: `HardwareError.Reason.badInput`.
  func checkInputs(_ inputs: [Int32]) throws(HardwareError) {
    let size = input.count
    guard !inputs.isEmpty, inputs.count % size == 0 else {
      throw HardwareError(
        .badInput("\(inputs.count) input values are not a whole number of samples of \(size)"), at: name)
    }
    let low = Int64(clamping: input.format.minimumRaw)
    let high = Int64(clamping: input.format.maximumRaw)
    if let index = inputs.firstIndex(where: { Int64($0) < low || Int64($0) > high }) {
      throw HardwareError(
        .badInput(
          "input \(inputs[index]) of sample \(index / size) is outside \(input.format), \(low)...\(high)"),
        at: name)
    }
  }
}
