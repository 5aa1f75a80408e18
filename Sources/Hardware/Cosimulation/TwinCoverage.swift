import FixedPoint
import Networks

/// A machine, or a network on it, that the Verilog twin does not cover: what, and where.
public struct TwinCoverageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is not covered.
  public enum Reason: Hashable, Sendable {
    /// The machine is a systolic array.
    case systolicArray
    /// The datapath is bit-serial, decomposable or has a decode table.
    case datapath(String)
    /// A bank word of more bits than simulators take.
    case bankWord(bits: Int)
    /// More lanes or drained outputs than the twin counts.
    case lanes(Int)
    /// The layer is a pooling or an addition.
    case vectorLayer
    /// The layer does not read the tensor made just before it.
    case notAChain
    /// The layer runs in bands, or a tensor of it lives in external memory.
    case externalActivations
    /// The layer's weights are streamed.
    case streamedWeights
    /// Tensors need more words of the datapath's activation bits than the activation memory holds.
    case activationWords(needed: Int, held: Int)
    /// A count of the layer is beyond 16 bits.
    case count(String, Int)
    /// The output's clamp, less its zero point, is beyond 64 bits.
    case clampBeyondSixtyFourBits
  }

  /// What is not covered.
  public let reason: Reason
  /// The machine, or the network and layer.
  public let location: String

  init(_ reason: Reason, at location: String) {
    self.reason = reason
    self.location = location
  }

  /// The whole message.
  public var description: String {
    let message =
      switch reason {
      case .systolicArray: "a systolic array; the twin is a lane array"
      case .datapath(let kind): "a \(kind) datapath; the twin has parallel and ternary ones"
      case .bankWord(let bits):
        "bank words of \(bits) bits; the twin's have at most \(TwinCoverage.longestBankWord)."
          + " Use fewer inputs a cycle"
      case .lanes(let count):
        "\(count) lanes; the twin counts at most \(TwinCoverage.largestCount)"
      case .vectorLayer: "a pooling or an addition; the twin has no vector unit"
      case .notAChain: "it does not read the tensor of the layer before it; the twin runs chains"
      case .externalActivations: "tensors in external memory; the twin keeps all activations on the chip"
      case .streamedWeights: "streamed weights; the twin keeps all weights on the chip"
      case .activationWords(let needed, let held):
        "its tensors take \(needed) words of the datapath's activation bits, the activation memory holds \(held);"
          + " the twin does not pack shorter activations"
      case .count(let what, let value):
        "\(what) \(value); the twin counts at most \(TwinCoverage.largestCount)"
      case .clampBeyondSixtyFourBits: "its clamp less its zero point is beyond 64 bits"
      }
    return "\(location): not covered by the Verilog twin: \(message)."
  }
}

/// What the Verilog twin covers: lane arrays with parallel or ternary datapaths, any pipeline, and on them chains of fully connected
/// layers and convolutions whose weights and activations all stay on the chip.
package enum TwinCoverage {
  /// Bits of the twin's counters and coordinates allow this much.
  static let largestCount = (1 << 16) - 1
  /// Icarus takes vectors of up to 65,536 bits; a pair of words is shifted at once.
  static let longestBankWord = 1 << 14

  /// The lane array of a covered machine.
  package static func lanes(
    of hardware: HardwareDescription
  ) throws(TwinCoverageError) -> LaneArray {
    guard case .lanes(let lanes) = hardware.array else {
      throw TwinCoverageError(.systolicArray, at: hardware.name)
    }
    switch lanes.path.datapath {
    case .parallel, .ternary: break
    case .bitSerial, .decomposable, .codebook:
      throw TwinCoverageError(.datapath(lanes.path.datapath.kindName), at: hardware.name)
    }
    let word = lanes.inputsPerCycle * lanes.path.datapath.weightBits
    guard word <= longestBankWord else { throw TwinCoverageError(.bankWord(bits: word), at: hardware.name) }
    guard lanes.lanes <= largestCount else {
      throw TwinCoverageError(.lanes(lanes.lanes), at: hardware.name)
    }
    return lanes
  }

  /// Checks `network`, which the machine of `mapping` can run.
  package static func check(
    _ network: IntegerNetwork, mapped mapping: NetworkMapping
  ) throws(TwinCoverageError) {
    var previous = inputTensorName
    for (node, layer) in zip(network.nodes, mapping.layers) {
      let location = "\(network.name), layer \(node.name)"
      guard let weighted = network.weightedLayer(of: node) else {
        throw TwinCoverageError(.vectorLayer, at: location)
      }
      guard node.inputs == [previous] else { throw TwinCoverageError(.notAChain, at: location) }
      previous = node.name
      guard layer.isResident else { throw TwinCoverageError(.streamedWeights, at: location) }
      guard layer.bands == 1, layer.cycles.activationStall == 0 else {
        throw TwinCoverageError(.externalActivations, at: location)
      }
      try checkCounts(weighted, at: location)
      if case .clamp(_, let low, let high) = node.operation.outputStage {
        let zeroPoint = Int64(node.output.zeroPoint)
        guard !low.subtractingReportingOverflow(zeroPoint).overflow,
          !high.subtractingReportingOverflow(zeroPoint).overflow
        else { throw TwinCoverageError(.clampBeyondSixtyFourBits, at: location) }
      }
    }
    let hardware = mapping.hardware
    let held = hardware.activationMemory.capacityBits / hardware.path.datapath.activationBits
    let sizes = [network.input.count] + network.nodes.dropLast().map(\.output.count)
    let pairs = zip(sizes, sizes.dropFirst() + [0]).map { $0 + $1 }
    guard let needed = pairs.max(), needed <= held else {
      throw TwinCoverageError(
        .activationWords(needed: pairs.max() ?? 0, held: held), at: network.name)
    }
  }

  private static func checkCounts(
    _ layer: WeightedLayer, at location: String
  ) throws(TwinCoverageError) {
    let window = layer.window
    let rows = layer.inputPlane.height + window.padding.top + window.padding.bottom
    let columns = layer.inputPlane.width + window.padding.left + window.padding.right
    let counts = [
      ("input channels", layer.inputChannels), ("output channels", layer.outputs),
      ("padded rows", rows), ("padded columns", columns), ("row stride", window.stride.height),
      ("column stride", window.stride.width), ("row dilation", window.dilation.height),
      ("column dilation", window.dilation.width),
    ]
    if let (what, value) = counts.first(where: { $0.1 > largestCount }) {
      throw TwinCoverageError(.count(what, value), at: location)
    }
  }
}

extension IntegerOperation {
  /// What follows the accumulators; nil for a pooling.
  var outputStage: IntegerOutputStage? {
    switch self {
    case .dense(let dense): dense.outputStage
    case .convolution(let convolution): convolution.outputStage
    case .pooling: nil
    case .addition(let addition): addition.outputStage
    }
  }
}
