import CKernels
import FixedPoint
import Networks
import Tensors

/// The largest or mean value of each window; elements outside the image take no part.
final class PoolingPass: SamplePass, @unchecked Sendable {
  /// What stands for a window.
  enum Kind {
    case maximum
    case average
    /// The mean of integers, brought to an integer as the hardware does it.
    case roundedAverage(Rounding)
  }

  private let kind: Kind
  private let window: SlidingWindow
  private let geometry: wl_pooling
  private let source: PassReading
  private let target: PassTensor
  private let instructionSet: InstructionSet
  /// The tap that won each window of a maximum, and room that the kernels ask for, by sample.
  private let winners: UnsafeMutablePointer<UInt8>?
  private let winnersOfSample: Int

  init(
    _ kind: Kind, window: SlidingWindow, from source: PassReading, to target: PassTensor,
    batchCapacity: Int, instructionSet: InstructionSet
  ) {
    self.kind = kind
    self.window = window
    self.source = source
    self.target = target
    self.instructionSet = instructionSet
    geometry = wl_pooling(
      rows: source.shape[0], columns: source.shape[1], output_rows: target.shape[0],
      output_columns: target.shape[1], kernel_rows: window.kernel.height,
      kernel_columns: window.kernel.width, row_stride: window.stride.height,
      column_stride: window.stride.width, row_padding: window.padding.top,
      column_padding: window.padding.left)
    winnersOfSample = target.count + Int(WL_WINNERS_ROOM)
    if case .maximum = kind {
      winners = .allocate(capacity: batchCapacity * winnersOfSample)
      winners!.initialize(repeating: 0, count: batchCapacity * winnersOfSample)
    } else {
      winners = nil
    }
  }

  deinit { winners?.deallocate() }

  var floatsOfSample: Int { source.count + target.count }

  func forward(_ samples: Range<Int>) {
    let version = instructionSet.kernelVersion
    var geometry = geometry
    for index in samples {
      let x = source.value.base + index * source.count
      let y = target.value.base + index * target.count
      switch kind {
      case .maximum:
        wl_maximum_pool(version, &geometry, target.channels, x, y, winners! + index * winnersOfSample)
      case .average: wl_average_pool(version, &geometry, target.channels, x, y)
      case .roundedAverage(let rounding): roundedAverage(x, y, rounding)
      }
    }
  }

  /// Sums of integers are exact below 2^24.
  private func roundedAverage(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ rounding: Rounding
  ) {
    let channels = target.channels
    for row in 0..<target.shape[0] {
      for column in 0..<target.shape[1] {
        let sums = y + (row * target.shape[1] + column) * channels
        sums.update(repeating: 0, count: channels)
        var count: Int64 = 0
        for kernelRow in 0..<window.kernel.height {
          let r = window.imageRow(output: row, tap: kernelRow)
          guard 0..<source.shape[0] ~= r else { continue }
          for kernelColumn in 0..<window.kernel.width {
            let c = window.imageColumn(output: column, tap: kernelColumn)
            guard 0..<source.shape[1] ~= c else { continue }
            wl_accumulate(
              instructionSet.kernelVersion, channels, x + (r * source.shape[1] + c) * channels, sums)
            count += 1
          }
        }
        for channel in 0..<channels {
          sums[channel] = Float(Int64(sums[channel]).divided(by: count, rounding: rounding))
        }
      }
    }
  }

  func backward(_ samples: Range<Int>) {
    guard let gradient = target.gradient, let contribution = source.contribution else { return }
    let version = instructionSet.kernelVersion
    var geometry = geometry
    for index in samples {
      let dy = gradient.base + index * target.count
      let dx = contribution.base + index * source.count
      dx.update(repeating: 0, count: source.count)
      switch kind {
      case .maximum:
        wl_maximum_pool_gradient(
          version, &geometry, target.channels, dy, winners! + index * winnersOfSample, dx)
      case .average, .roundedAverage:
        wl_average_pool_gradient(version, &geometry, target.channels, dy, dx)
      }
    }
    source.addContribution(samples, instructionSet)
  }
}
