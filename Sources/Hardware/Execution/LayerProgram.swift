import CKernels
import FixedPoint
import Networks
import Tensors

/// The samples of one tensor while a network runs: rows of bytes where the format allows, else of 32-bit words.
enum ActivationRows {
  /// Unsigned words of up to 8 bits; rows are `stride` bytes, a multiple of 4, zeros behind the last value.
  case bytes([UInt8], stride: Int)
  /// Any words of up to 32 bits, without gaps.
  case words([Int32])

  /// Whether a tensor of this format is held as bytes.
  static func holdsBytes(_ format: FixedPointFormat) -> Bool { !format.isSigned && format.wordLength <= 8 }

  /// The distance between rows of bytes.
  static func stride(of count: Int) -> Int { (count + 3) / 4 * 4 }

  init(_ values: ArraySlice<Int32>, samples: Int, tensor: IntegerTensor) {
    let count = tensor.count
    guard Self.holdsBytes(tensor.format) else {
      self = .words(Array(values))
      return
    }
    let stride = Self.stride(of: count)
    var bytes = [UInt8](repeating: 0, count: samples * stride)
    values.withUnsafeBufferPointer { values in
      for sample in 0..<samples {
        for index in 0..<count {
          bytes[sample * stride + index] = UInt8(truncatingIfNeeded: values[sample * count + index])
        }
      }
    }
    self = .bytes(bytes, stride: stride)
  }

  /// The values as words without gaps, `[samples, count]`.
  func words(samples: Int, count: Int) -> [Int32] {
    switch self {
    case .words(let words): words
    case .bytes(let bytes, let stride):
      (0..<samples).flatMap { sample in
        bytes[sample * stride..<sample * stride + count].map { Int32($0) }
      }
    }
  }
}

/// A layer prepared for execution on one machine: weights packed, the kernel chosen.
struct LayerProgram: Sendable {
  /// How the sums are formed.
  enum Method: Sendable {
    /// Bytes times 8-bit weights in 32-bit sums, none of which can leave the accumulator.
    case bytes(packed: [Int8], starts: [Int32])
    /// 64-bit sums, none of which can leave the accumulator.
    case wide
    /// Tap by tap in the order contract, wrapping or saturating after each.
    case stepped(packed: [Int16], overflow: wl_overflow)
  }

  let node: IntegerNetwork.Node
  let dense: IntegerDense
  let source: IntegerTensor
  let array: LaneArray
  let starts: [Int64]
  let method: Method

  init(
    _ node: IntegerNetwork.Node, _ dense: IntegerDense, reading source: IntegerTensor, on array: LaneArray,
    counting: OverflowCounting, at location: String
  ) throws(HardwareError) {
    let bounds = AccumulatorBounds(dense, reading: source)
    let accumulator = array.accumulator
    let range = Int128(accumulator.minimum)...Int128(accumulator.maximum)
    if let start = bounds.starts.first(where: { !range.contains($0) }) {
      throw HardwareError(.biasDoesNotFit(bias: start, accumulatorBits: accumulator.bits), at: location)
    }
    self.node = node
    self.dense = dense
    self.source = source
    self.array = array
    starts = bounds.starts.map { Int64($0) }
    if bounds.stayWithin(accumulator) && counting == .whereSumsCanOverflow {
      // Half of 32 bits, since the kernels may add up the products first and the start last: within these bounds
      // the products alone come to at most their difference, which 32 bits hold.
      let fitsBytes =
        ActivationRows.holdsBytes(source.format) && dense.weightWordLength <= 8
        && bounds.lowest >= Int128(Int32.min / 2) && bounds.highest <= Int128(Int32.max / 2)
      guard fitsBytes else {
        method = .wide
        return
      }
      let panels = (dense.outputs + Int(WL_PANEL) - 1) / Int(WL_PANEL)
      var packed = [Int8](
        repeating: 0, count: panels * Int(WL_PANEL) * ActivationRows.stride(of: dense.inputs))
      wl_pack_bytes(dense.outputs, dense.inputs, dense.weights.elements, &packed)
      method = .bytes(packed: packed, starts: starts.map { Int32($0) })
    } else {
      let overflow: wl_overflow
      switch accumulator.overflow {
      case .wrap: overflow = WL_WRAP
      case .saturate: overflow = WL_SATURATE
      case .reject:
        guard bounds.stayWithin(accumulator) else {
          throw HardwareError(
            .accumulatorMayOverflow(accumulatorBits: accumulator.bits, neededBits: bounds.neededBits),
            at: location)
        }
        overflow = WL_SATURATE
      }
      var packed = [Int16](repeating: 0, count: dense.weights.count)
      wl_pack_by_input(dense.outputs, dense.inputs, dense.weights.elements, &packed)
      method = .stepped(packed: packed, overflow: overflow)
    }
  }

  /// The accumulators of every sample, `[samples, outputs]`, and how many additions overflowed.
  func accumulators(
    of rows: ActivationRows, samples: Int, instructionSet: InstructionSet
  ) -> (sums: AccumulatorRows, overflows: Int) {
    let version = instructionSet.kernelVersion
    let outputs = dense.outputs
    switch method {
    case .bytes(let packed, let starts):
      guard case .bytes(let bytes, let stride) = rows else { preconditionFailure("bytes were expected") }
      var sums = [Int32](repeating: 0, count: samples * outputs)
      wl_integer_product_bytes(
        version, samples, outputs, dense.inputs, bytes, stride, packed, starts, &sums)
      return (.narrow(sums), 0)
    case .wide:
      var sums = [Int64](repeating: 0, count: samples * outputs)
      wl_integer_product_wide(
        samples, outputs, dense.inputs, rows.words(samples: samples, count: dense.inputs),
        dense.weights.elements, starts, &sums)
      return (.wide(sums), 0)
    case .stepped(let packed, let overflow):
      var sums = [Int64](repeating: 0, count: samples * outputs)
      var exact = [Int64](repeating: 0, count: outputs)
      var accumulator = [Int64](repeating: 0, count: outputs)
      let events = wl_bounded_product(
        version, samples, outputs, dense.inputs, array.inputsPerCycle, Int32(array.accumulator.bits),
        overflow,
        rows.words(samples: samples, count: dense.inputs), packed, starts, &exact, &accumulator, &sums)
      return (.wide(sums), Int(events))
    }
  }
}

/// Which additions are watched for leaving the accumulator.
public enum OverflowCounting: Sendable, Hashable {
  /// Those of layers where the weights and the activations' range do not exclude it.
  case whereSumsCanOverflow
  /// Those of every layer: all are stepped, so that a count of 0 is an observation and not a proof.
  case everywhere
}

/// Accumulators of several samples, `[samples, outputs]`.
enum AccumulatorRows {
  case narrow([Int32])
  case wide([Int64])

  subscript(index: Int) -> Int64 {
    switch self {
    case .narrow(let sums): Int64(sums[index])
    case .wide(let sums): sums[index]
    }
  }
}
