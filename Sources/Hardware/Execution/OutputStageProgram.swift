import CKernels
import FixedPoint
import Networks
import Tensors

/// Sums of a few rows, `[rows, outputs]`.
enum SumRows {
  case narrow(UnsafeMutablePointer<Int32>)
  case wide(UnsafeMutablePointer<Int64>)

  @inline(__always) func sum(at index: Int) -> Int64 {
    switch self {
    case .narrow(let sums): Int64(sums[index])
    case .wide(let sums): sums[index]
    }
  }
}

/// An output stage prepared for execution: the fast kernel where it serves.
struct OutputStageProgram: Sendable {
  private let stage: IntegerOutputStage
  private let output: IntegerTensor
  private let channels: Int
  private let bytes: ByteStage?

  init(_ stage: IntegerOutputStage, making output: IntegerTensor, channels: Int) {
    self.stage = stage
    self.output = output
    self.channels = channels
    bytes =
      SampleTensor.holdsBytes(output.format)
      ? ByteStage(
        stage, channels: channels, zeroPoint: output.zeroPoint,
        offset: Int64(SampleTensor.byteOffset(output.format))) : nil
  }

  /// Writes what the stage makes of `rows` rows in 64 bits: the network's output may be wider than any signal that a datapath
  /// reads.
  func write(_ sums: SumRows, rows: Int, to last: UnsafeMutablePointer<Int64>) {
    let count = rows * channels
    switch (stage, sums) {
    case (.accumulators, .narrow(let narrow)):
      for index in 0..<count { last[index] = Int64(narrow[index]) }
    case (.accumulators, .wide(let wide)): last.update(from: wide, count: count)
    case (.clamp, _), (.table, _):
      for index in 0..<count { last[index] = value(of: sums, at: index) }
    }
  }

  /// What the stage makes of sum `index` of `[rows, channels]`.
  private func value(of sums: SumRows, at index: Int) -> Int64 {
    stage.output(of: sums.sum(at: index), channel: index % channels, zeroPoint: output.zeroPoint)
  }

  /// Writes what the stage makes of `rows` rows to `tensor`: row r is position `first + r` of `[samples · positions]`.
  func write(
    _ sums: SumRows, rows: Int, first: Int, positions: Int, to tensor: SampleTensor,
    instructionSet: InstructionSet
  ) {
    for row in 0..<rows {
      let (sample, position) = (first + row).quotientAndRemainder(dividingBy: positions)
      if case .narrow(let narrow) = sums, case .bytes(let base) = tensor.storage, let bytes {
        bytes.apply(
          to: narrow + row * channels, into: base + sample * tensor.stride + position * channels,
          instructionSet: instructionSet)
      } else {
        for channel in 0..<channels {
          tensor[sample, position * channels + channel] =
            Int32(truncatingIfNeeded: value(of: sums, at: row * channels + channel))
        }
      }
    }
  }
}

/// An output stage in the form of the byte kernel: for each channel a multiplier and a shift that rounds to nearest with ties up, then a clamp and
/// perhaps a table.
private struct ByteStage: Sendable {
  private var multipliers: [Int32]
  private var shifts: [Int32]
  private var zeroPoint: Int64 = 0
  private var low: Int64 = 0
  private var high: Int64 = 0
  private var table: [UInt8] = []

  /// Nil where the stage is of another form, or its zero point so large that the kernel's sum could overflow. Results are made bytes by
  /// subtracting `offset`.
  init?(_ stage: IntegerOutputStage, channels: Int, zeroPoint: Int, offset: Int64) {
    let requantization: Requantization
    switch stage {
    case .accumulators: return nil
    case .clamp(let unit, let low, let high):
      guard -1 << 40...1 << 40 ~= zeroPoint else { return nil }
      requantization = unit
      self.low = low - offset
      self.high = high - offset
      self.zeroPoint = Int64(zeroPoint) - offset
    case .table(let unit, let table):
      requantization = unit
      low = table.lowestAddress
      high = table.highestAddress
      self.table = table.entries.map { UInt8(Int64($0) - offset) }
    }
    /// One for all channels stands for each.
    func each(_ parts: [Int]) -> [Int32] {
      parts.count == 1 ? Array(repeating: Int32(parts[0]), count: channels) : parts.map { Int32($0) }
    }
    switch requantization {
    case .multiplier(let multipliers, let shifts, .nearestTiesUp)
    where multipliers.allSatisfy({ 0..<1 << 31 ~= $0 }) && shifts.allSatisfy({ 0...62 ~= $0 }):
      self.multipliers = each(multipliers.map { Int($0) })
      self.shifts = each(shifts)
    case .shift(let bits, .nearestTiesUp) where 0...62 ~= bits:
      multipliers = each([1])
      shifts = each([bits])
    case .multiplier, .shift, .doublingHighMultiply: return nil
    }
  }

  /// Makes bytes of the sums of all channels at one position.
  func apply(
    to sums: UnsafePointer<Int32>, into bytes: UnsafeMutablePointer<UInt8>, instructionSet: InstructionSet
  ) {
    table.withUnsafeBufferPointer { table in
      // An empty array has an address all the same.
      wl_requantize_to_bytes(
        instructionSet.kernelVersion, multipliers.count, multipliers, shifts, zeroPoint, low, high,
        table.isEmpty ? nil : table.baseAddress, sums, bytes)
    }
  }
}
