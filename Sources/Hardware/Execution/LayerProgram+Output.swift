import CKernels
import FixedPoint
import Networks
import Tensors

extension LayerProgram {
  /// What the output stage makes of accumulator `index` of `[samples, outputs]`, in 64 bits: the network's
  /// output may be wider than any signal that a datapath reads.
  func output(of sums: AccumulatorRows, at index: Int) -> Int64 {
    dense.outputStage.output(
      of: sums[index], channel: index % dense.outputs, zeroPoint: node.output.zeroPoint)
  }

  /// The tensor that the output stage makes of the accumulators of a hidden layer.
  func outputs(
    of sums: AccumulatorRows, samples: Int, instructionSet: InstructionSet
  ) -> ActivationRows {
    let outputs = dense.outputs
    if case .narrow(let narrow) = sums, ActivationRows.holdsBytes(node.output.format),
      let stage = ByteStage(dense.outputStage, zeroPoint: node.output.zeroPoint)
    {
      let stride = ActivationRows.stride(of: outputs)
      var bytes = [UInt8](repeating: 0, count: samples * stride)
      bytes.withUnsafeMutableBufferPointer { bytes in
        narrow.withUnsafeBufferPointer { narrow in
          stage.table.withUnsafeBufferPointer { table in
            // An empty array has an address all the same.
            let entries = table.isEmpty ? nil : table.baseAddress
            for sample in 0..<samples {
              wl_requantize_to_bytes(
                instructionSet.kernelVersion, outputs, stage.multiplier, Int32(stage.shift), stage.zeroPoint,
                stage.low, stage.high, entries, narrow.baseAddress! + sample * outputs,
                bytes.baseAddress! + sample * stride)
            }
          }
        }
      }
      return .bytes(bytes, stride: stride)
    }
    let values = (0..<samples * outputs).map { Int32(output(of: sums, at: $0)) }
    return ActivationRows(values[...], samples: samples, tensor: node.output)
  }
}

/// An output stage in the form of the byte kernel: one multiplier for all channels, one shift rounding to
/// nearest with ties up, then a clamp and perhaps a table.
private struct ByteStage {
  var multiplier: Int64 = 1
  var shift = 0
  var zeroPoint: Int64 = 0
  var low: Int64 = 0
  var high: Int64 = 0
  var table: [UInt8] = []

  /// Nil where the stage is of another form, or its zero point so large that the kernel's sum could overflow.
  init?(_ stage: IntegerOutputStage, zeroPoint: Int) {
    let requantization: Requantization
    switch stage {
    case .accumulators: return nil
    case .clamp(let unit, let low, let high):
      guard -1 << 40...1 << 40 ~= zeroPoint else { return nil }
      requantization = unit
      self.low = low
      self.high = high
      self.zeroPoint = Int64(zeroPoint)
    case .table(let unit, let table):
      requantization = unit
      low = table.lowestAddress
      high = table.highestAddress
      self.table = table.entries.map { UInt8($0) }
    }
    switch requantization {
    case .multiplier(let multipliers, let shifts, .nearestTiesUp)
    where multipliers.count == 1 && multipliers[0] < 1 << 31 && shifts[0] >= 0:
      multiplier = multipliers[0]
      shift = shifts[0]
    case .shift(let bits, .nearestTiesUp) where bits >= 0:
      shift = bits
    case .multiplier, .shift, .doublingHighMultiply: return nil
    }
  }
}
