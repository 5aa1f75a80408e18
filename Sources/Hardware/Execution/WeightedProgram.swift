import CKernels
import FixedPoint
import Networks
import Tensors

/// A weighted layer prepared for execution on one machine: weights packed, the kernel chosen.
struct WeightedProgram: Sendable {
  /// How the sums are formed.
  private enum Method: Sendable {
    /// Bytes times 8-bit weights in 32-bit sums, none of which can leave the accumulator.
    case bytes(packed: [Int8], starts: [Int32])
    /// 64-bit sums, none of which can leave the accumulator.
    case wide
    /// Tap by tap in the order contract, wrapping or saturating after each: bytes and 8-bit weights in 32-bit lanes.
    case steppedBytes(packed: [Int8], corrections: [Int32], starts: [Int32], tapLengths: [Int])
    /// The same in 64-bit lanes.
    case stepped(packed: [Int16], tapLengths: [Int])
  }

  /// The outputs of one group of channels.
  private struct Group: Sendable {
    let number: Int
    let outputs: Range<Int>
    let method: Method
  }

  private let layer: WeightedLayer
  private let source: IntegerTensor
  private let accumulator: Accumulator
  private let starts: [Int64]
  /// Whether rows are bytes and sums 32-bit integers, in all groups.
  private let isNarrow: Bool
  private let groups: [Group]
  private let stage: OutputStageProgram

  /// - Throws: `HardwareError` where a start value does not fit the accumulator, or a sum may not where that is to be rejected.
  init(
    _ layer: WeightedLayer, reading source: IntegerTensor, making output: IntegerTensor,
    on array: ComputeArray,
    path: OutputPath, counting: OverflowCounting, at location: String
  ) throws(HardwareError) {
    let bounds = AccumulatorBounds(layer, reading: source.format)
    let accumulator = path.accumulator
    let range = Int128(accumulator.minimum)...Int128(accumulator.maximum)
    if let start = bounds.starts.first(where: { !range.contains($0) }) {
      throw HardwareError(.biasDoesNotFit(bias: start, accumulatorBits: accumulator.bits), at: location)
    }
    let isSafe = bounds.stayWithin(accumulator)
    guard isSafe || accumulator.overflow != .reject else {
      throw HardwareError(
        .accumulatorMayOverflow(accumulatorBits: accumulator.bits, neededBits: bounds.neededBits),
        at: location)
    }
    self.layer = layer
    self.source = source
    self.accumulator = accumulator
    starts = bounds.starts.map { Int64($0) }
    stage = OutputStageProgram(layer.outputStage, making: output, channels: layer.outputs)
    let isStepped = !isSafe || counting == .everywhere
    let isNarrow =
      isStepped
      ? Self.fitsSteppedBytes(layer, source: source, accumulator: accumulator)
      : Self.fitsBytes(layer, source: source, bounds: bounds)
    self.isNarrow = isNarrow
    let offset = Int64(SampleTensor.byteOffset(source.format))
    let size = layer.outputs / layer.groups
    let inputs = layer.inputsPerOutput
    groups = (0..<layer.groups).map { number in
      let outputs = number * size..<(number + 1) * size
      return layer.weights[outputs.lowerBound * inputs..<outputs.upperBound * inputs]
        .withUnsafeBufferPointer { weights in
          let weights = weights.baseAddress!
          let panels = (size + Int(WL_PANEL) - 1) / Int(WL_PANEL)
          let lengths = isStepped ? array.tapLengths(of: layer, group: number) : []
          let method: Method
          switch (isStepped, isNarrow) {
          case (false, true):
            var packed = [Int8](repeating: 0, count: panels * ((inputs + 3) / 4) * 4 * Int(WL_PANEL))
            wl_pack_bytes(size, inputs, weights, &packed)
            method = .bytes(
              packed: packed,
              starts: outputs.map { Int32(Int64(bounds.starts[$0]) + offset * bounds.weightSums[$0]) })
          case (false, false): method = .wide
          case (true, true):
            let quads = wl_tap_quads(lengths.count, lengths)
            var packed = [Int8](repeating: 0, count: panels * quads * 4 * Int(WL_PANEL))
            var corrections = [Int32](
              repeating: 0, count: offset == 0 ? 0 : panels * lengths.count * Int(WL_PANEL))
            corrections.withUnsafeMutableBufferPointer { corrections in
              wl_pack_taps(
                size, lengths.count, lengths, Int32(-offset), weights, &packed,
                offset == 0 ? nil : corrections.baseAddress)
            }
            method = .steppedBytes(
              packed: packed, corrections: corrections, starts: outputs.map { Int32(bounds.starts[$0]) },
              tapLengths: lengths)
          case (true, false):
            var packed = [Int16](repeating: 0, count: size * inputs)
            wl_pack_by_input(size, inputs, weights, &packed)
            method = .stepped(packed: packed, tapLengths: lengths)
          }
          return Group(number: number, outputs: outputs, method: method)
        }
    }
  }

  /// Whether bytes times 8-bit weights in 32 bits give every sum, in any order, with the bytes' offset taken into the start.
  private static func fitsBytes(
    _ layer: WeightedLayer, source: IntegerTensor, bounds: AccumulatorBounds
  ) -> Bool {
    guard SampleTensor.holdsBytes(source.format), layer.weightWordLength <= 8 else { return false }
    let products = Int128(bounds.largestMagnitude) << Int128(source.format.wordLength)
    let offset = Int128(SampleTensor.byteOffset(source.format))
    let start = zip(bounds.starts, bounds.weightSums).map { abs($0 + offset * Int128($1)) }.max()!
    return products + start <= Int128(Int32.max)
  }

  /// Whether each tap's exact sum fits 31 bits and the accumulator too. A tap has at most 4096 products of 2^15.
  private static func fitsSteppedBytes(
    _ layer: WeightedLayer, source: IntegerTensor, accumulator: Accumulator
  ) -> Bool {
    SampleTensor.holdsBytes(source.format) && layer.weightWordLength <= 8 && accumulator.bits <= 31
  }

  /// Runs the layer on all samples of `input`; the outputs go to `output`, or to `last` where this layer makes the network's output, the accumulators
  /// to `accumulators` where they are wanted. Returns how many additions left an accumulator.
  func run(
    _ input: SampleTensor, into output: SampleTensor?, last: UnsafeMutablePointer<Int64>?,
    accumulators: UnsafeMutablePointer<Int64>? = nil, resources: ComputeResources
  ) -> Int {
    let rows = input.samples * layer.positions
    let block = min(96, rows)
    let blocks = (rows + block - 1) / block
    // A few items a thread even out their times; each allocates its scratch once.
    let items = resources.threads == 1 ? 1 : min(blocks, 4 * resources.threads)
    var events = [Int](repeating: 0, count: items)
    events.withUnsafeMutableBufferPointer { events in
      // Items write disjoint parts of all of these.
      nonisolated(unsafe) let events = events
      nonisolated(unsafe) let last = last
      nonisolated(unsafe) let accumulators = accumulators
      resources.forEach(items) { item in
        let scratch = RowScratch(self.layer, rows: block, isNarrow: self.isNarrow)
        for index in item * blocks / items..<(item + 1) * blocks / items {
          let range = index * block..<min(rows, (index + 1) * block)
          let (sums, count) = self.sums(
            of: range, input: input, scratch: scratch, instructionSet: resources.instructionSet)
          events[item] += count
          if let output {
            self.stage.write(
              sums, rows: range.count, first: range.lowerBound, positions: self.layer.positions, to: output,
              instructionSet: resources.instructionSet)
          }
          if let accumulators {
            let first = accumulators + range.lowerBound * self.layer.outputs
            for index in 0..<range.count * self.layer.outputs { first[index] = sums.sum(at: index) }
          }
          if let last {
            self.stage.write(sums, rows: range.count, to: last + range.lowerBound * self.layer.outputs)
          }
        }
      }
    }
    return events.reduce(0, +)
  }

  /// The accumulators of rows `range` of `[samples · positions]`, and how many additions left them.
  private func sums(
    of range: Range<Int>, input: SampleTensor, scratch: RowScratch, instructionSet: InstructionSet
  ) -> (SumRows, overflows: Int) {
    var overflows = 0
    for group in groups {
      switch scratch.storage {
      case .narrow(let bytes, let sums):
        overflows += narrowSums(
          of: range, group, input: input, scratch: bytes, into: sums, instructionSet: instructionSet)
      case .wide(let words, let sums):
        overflows += wideSums(
          of: range, group, input: input, scratch: words, into: sums, instructionSet: instructionSet)
      }
    }
    return (scratch.sums, overflows)
  }

  private var overflow: wl_overflow { accumulator.overflow == .saturate ? WL_SATURATE : WL_WRAP }

  /// The accumulators of one group from rows of bytes; returns how many additions left them.
  private func narrowSums(
    of range: Range<Int>, _ group: Group, input: SampleTensor, scratch: UnsafeMutablePointer<UInt8>,
    into sums: UnsafeMutablePointer<Int32>, instructionSet: InstructionSet
  ) -> Int {
    guard case .bytes(let base) = input.storage else { preconditionFailure("a narrow layer reads bytes") }
    let rows = WindowRows(layer, group: group.number)
    var operands = UnsafePointer(scratch)
    var stride = RowScratch.byteStride(layer)
    if let (address, step) = rows.inPlace(base, sampleStride: input.stride, rows: range) {
      (operands, stride) = (address, step)
    } else {
      rows.gather(
        from: base, sampleStride: input.stride, offset: input.offset, rows: range, to: scratch,
        rowStride: stride)
    }
    let version = instructionSet.kernelVersion
    let target = sums + group.outputs.lowerBound
    switch group.method {
    case .bytes(let packed, let starts):
      wl_integer_product_rows(
        version, range.count, group.outputs.count, layer.inputsPerOutput, operands, stride, packed, starts,
        target, layer.outputs)
      return 0
    case .steppedBytes(let packed, let corrections, let starts, let tapLengths):
      return corrections.withUnsafeBufferPointer { corrections in
        // An empty array has an address all the same.
        Int(
          wl_bounded_product_narrow(
            version, range.count, group.outputs.count, tapLengths.count, tapLengths, Int32(accumulator.bits),
            overflow, operands, stride, packed, corrections.isEmpty ? nil : corrections.baseAddress, starts,
            target, layer.outputs))
      }
    case .wide, .stepped: preconditionFailure("a wide group in a narrow layer")
    }
  }

  /// The accumulators of one group from rows of 32-bit words; returns how many additions left them.
  private func wideSums(
    of range: Range<Int>, _ group: Group, input: SampleTensor, scratch: UnsafeMutablePointer<Int32>,
    into sums: UnsafeMutablePointer<Int64>, instructionSet: InstructionSet
  ) -> Int {
    let inputs = layer.inputsPerOutput
    let size = group.outputs.count
    WindowRows(layer, group: group.number).gatherWords(
      from: input, rows: range, to: scratch, rowStride: inputs)
    // The kernels write rows without gaps; those of one group among several are moved to their places.
    var own = [Int64](repeating: 0, count: layer.groups == 1 ? 0 : range.count * size)
    let overflows = starts.withUnsafeBufferPointer { starts in
      own.withUnsafeMutableBufferPointer { own in
        let target = layer.groups == 1 ? sums : own.baseAddress!
        let start = starts.baseAddress! + group.outputs.lowerBound
        switch group.method {
        case .wide:
          layer.weights.withUnsafeBufferPointer { weights in
            wl_integer_product_wide(
              range.count, size, inputs, scratch, weights.baseAddress! + group.outputs.lowerBound * inputs,
              start, target)
          }
          return 0
        case .stepped(let packed, let tapLengths):
          var exact = [Int64](repeating: 0, count: size)
          var accumulators = exact
          return Int(
            wl_bounded_product_taps(
              instructionSet.kernelVersion, range.count, size, inputs, tapLengths, Int32(accumulator.bits),
              overflow, scratch, packed, start, &exact, &accumulators, target))
        case .bytes, .steppedBytes: preconditionFailure("a narrow group in a wide layer")
        }
      }
    }
    if layer.groups > 1 {
      for row in 0..<range.count {
        for index in 0..<size {
          sums[row * layer.outputs + group.outputs.lowerBound + index] = own[row * size + index]
        }
      }
    }
    return overflows
  }
}

/// Working memory for a few rows of a layer: operands and sums.
private final class RowScratch {
  /// By the widths that the layer's kernel takes.
  enum Storage {
    case narrow(UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Int32>)
    case wide(UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int64>)
  }

  let storage: Storage

  /// The distance between rows of bytes: a multiple of 4.
  static func byteStride(_ layer: WeightedLayer) -> Int { (layer.inputsPerOutput + 3) / 4 * 4 }

  init(_ layer: WeightedLayer, rows: Int, isNarrow: Bool) {
    storage =
      isNarrow
      ? .narrow(
        .allocate(capacity: rows * Self.byteStride(layer)), .allocate(capacity: rows * layer.outputs))
      : .wide(
        .allocate(capacity: rows * layer.inputsPerOutput), .allocate(capacity: rows * layer.outputs))
  }

  deinit {
    switch storage {
    case .narrow(let bytes, let sums):
      bytes.deallocate()
      sums.deallocate()
    case .wide(let words, let sums):
      words.deallocate()
      sums.deallocate()
    }
  }

  var sums: SumRows {
    switch storage {
    case .narrow(_, let sums): .narrow(sums)
    case .wide(_, let sums): .wide(sums)
    }
  }
}
