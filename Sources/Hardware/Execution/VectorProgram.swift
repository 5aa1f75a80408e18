import Networks
import Tensors

/// A pooling or an addition prepared for execution.
enum VectorProgram: Sendable {
  case pooling(IntegerPooling)
  case addition(IntegerAddition)

  /// Runs the layer on all samples of `inputs`; the outputs go to `output`, or to `last` where this layer makes the network's output.
  func run(
    _ inputs: [SampleTensor], making tensor: IntegerTensor, into output: SampleTensor?,
    last: UnsafeMutablePointer<Int64>?, resources: ComputeResources
  ) {
    if case .pooling(let pooling) = self, let output,
      pooling.takesLargestByte(of: inputs[0], making: output, resources: resources)
    {
      return
    }
    // Output rows of all samples are shared out.
    let rows = tensor.plane.height
    // Items write disjoint parts of both.
    nonisolated(unsafe) let last = last
    let pieces = resources.threads == 1 ? 1 : 4 * resources.threads
    let ranges = ComputeResources(threads: pieces, instructionSet: resources.instructionSet)
      .ranges(of: rows * inputs[0].samples)
    resources.forEach(ranges.count) { piece in
      for row in ranges[piece] {
        let (sample, outputRow) = row.quotientAndRemainder(dividingBy: rows)
        let length = tensor.plane.width * tensor.channels
        func put(_ value: Int64, _ index: Int) {
          output?[sample, outputRow * length + index] = Int32(truncatingIfNeeded: value)
          last?[sample * tensor.count + outputRow * length + index] = value
        }
        switch self {
        case .addition(let addition):
          let zeroPoints = inputs.map { Int64($0.tensor.zeroPoint) }
          for index in 0..<length {
            let element = outputRow * length + index
            put(
              addition.output(
                of: Int64(inputs[0][sample, element]) - zeroPoints[0],
                Int64(inputs[1][sample, element]) - zeroPoints[1], channel: index % tensor.channels,
                zeroPoint: tensor.zeroPoint), index)
          }
        case .pooling(let pooling):
          for column in 0..<tensor.plane.width {
            for channel in 0..<tensor.channels {
              put(
                pooling.value(inputs[0], sample: sample, row: outputRow, column: column, channel: channel),
                column * tensor.channels + channel)
            }
          }
        }
      }
    }
  }
}

extension IntegerPooling {
  /// Pools bytes channel by channel where they are what is pooled: the largest of equal formats, with no narrower clamp. Whether it did.
  fileprivate func takesLargestByte(
    of input: SampleTensor, making output: SampleTensor, resources: ComputeResources
  ) -> Bool {
    let format = output.tensor.format
    guard kind == .maximum, case .bytes(let read) = input.storage, case .bytes(let written) = output.storage,
      input.tensor.format == format, low <= Int64(format.minimumRaw), high >= Int64(format.maximumRaw)
    else { return false }
    // Items write disjoint parts.
    nonisolated(unsafe) let source = read
    nonisolated(unsafe) let target = written
    let image = input.tensor.plane
    let plane = output.tensor.plane
    let channels = output.tensor.channels
    let rows = plane.height * input.samples
    let pieces = resources.threads == 1 ? 1 : 4 * resources.threads
    let ranges = ComputeResources(threads: pieces, instructionSet: resources.instructionSet).ranges(of: rows)
    resources.forEach(ranges.count) { piece in
      for row in ranges[piece] {
        let (sample, outputRow) = row.quotientAndRemainder(dividingBy: plane.height)
        for column in 0..<plane.width {
          let out = target + sample * output.stride + (outputRow * plane.width + column) * channels
          out.update(repeating: 0, count: channels)
          for kernelRow in 0..<window.kernel.height {
            let r = window.imageRow(output: outputRow, tap: kernelRow)
            guard 0..<image.height ~= r else { continue }
            for kernelColumn in 0..<window.kernel.width {
              let c = window.imageColumn(output: column, tap: kernelColumn)
              guard 0..<image.width ~= c else { continue }
              let pixel = source + sample * input.stride + (r * image.width + c) * channels
              for channel in 0..<channels { out[channel] = max(out[channel], pixel[channel]) }
            }
          }
        }
      }
    }
    return true
  }

  /// The value for one output element: taps outside the image take no part.
  fileprivate func value(
    _ input: SampleTensor, sample: Int, row: Int, column: Int, channel: Int
  ) -> Int64 {
    let image = input.tensor.plane
    let channels = input.tensor.channels
    var largest = Int64.min
    var sum: Int64 = 0
    var count: Int64 = 0
    for kernelRow in 0..<window.kernel.height {
      let r = window.imageRow(output: row, tap: kernelRow)
      guard 0..<image.height ~= r else { continue }
      for kernelColumn in 0..<window.kernel.width {
        let c = window.imageColumn(output: column, tap: kernelColumn)
        guard 0..<image.width ~= c else { continue }
        let value = Int64(input[sample, (r * image.width + c) * channels + channel])
        largest = max(largest, value)
        sum += value
        count += 1
      }
    }
    let result =
      switch kind {
      case .maximum: largest
      case .average(let rounding): sum.divided(by: count, rounding: rounding)
      }
    return min(max(result, low), high)
  }
}
