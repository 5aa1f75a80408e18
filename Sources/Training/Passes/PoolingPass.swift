import CKernels
import FixedPoint
import Networks
import Tensors

/// The largest or mean value of each window; elements outside the image take no part.
final class PoolingPass: NodePass, @unchecked Sendable {
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
  private let source: PassTensor
  private let target: PassTensor
  private let resources: ComputeResources
  /// The tap that won each window of a maximum.
  private let winners: UnsafeMutablePointer<UInt8>?

  init(
    _ kind: Kind, window: SlidingWindow, from source: PassTensor, to target: PassTensor,
    resources: ComputeResources
  ) {
    self.kind = kind
    self.window = window
    self.source = source
    self.target = target
    self.resources = resources
    geometry = wl_pooling(
      rows: source.shape[0], columns: source.shape[1], output_rows: target.shape[0],
      output_columns: target.shape[1], kernel_rows: window.kernel.height,
      kernel_columns: window.kernel.width, row_stride: window.stride.height,
      column_stride: window.stride.width, row_padding: window.padding.top,
      column_padding: window.padding.left)
    if case .maximum = kind {
      winners = .allocate(capacity: target.value.count)
    } else {
      winners = nil
    }
  }

  deinit { winners?.deallocate() }

  var trained: [TrainedValues] { [] }

  func forward(batch: Int, purpose: PassPurpose) {
    let version = resources.instructionSet.kernelVersion
    resources.forEachRange(of: batch) { images in
      var geometry = self.geometry
      for index in images {
        let x = self.source.value.base + index * self.source.count
        let y = self.target.value.base + index * self.target.count
        switch self.kind {
        case .maximum:
          wl_maximum_pool(
            version, &geometry, self.target.channels, x, y, self.winners! + index * self.target.count)
        case .average: wl_average_pool(version, &geometry, self.target.channels, x, y)
        case .roundedAverage(let rounding): self.roundedAverage(x, y, rounding)
        }
      }
    }
  }

  /// Sums of integers are exact below 2^24.
  private func roundedAverage(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ rounding: Rounding
  ) {
    let channels = target.channels
    var sums = [Int64](repeating: 0, count: channels)
    for row in 0..<target.shape[0] {
      for column in 0..<target.shape[1] {
        for channel in 0..<channels { sums[channel] = 0 }
        var count: Int64 = 0
        for kernelRow in 0..<window.kernel.height {
          let r = window.imageRow(output: row, tap: kernelRow)
          guard 0..<source.shape[0] ~= r else { continue }
          for kernelColumn in 0..<window.kernel.width {
            let c = window.imageColumn(output: column, tap: kernelColumn)
            guard 0..<source.shape[1] ~= c else { continue }
            let pixel = x + (r * source.shape[1] + c) * channels
            for channel in 0..<channels { sums[channel] += Int64(pixel[channel]) }
            count += 1
          }
        }
        let out = y + (row * target.shape[1] + column) * channels
        for channel in 0..<channels {
          out[channel] = Float(sums[channel].divided(by: count, rounding: rounding))
        }
      }
    }
  }

  func backward(batch: Int) {
    guard let gradient = target.gradient, let contribution = source.nextContribution() else { return }
    let version = resources.instructionSet.kernelVersion
    resources.forEachRange(of: batch) { images in
      var geometry = self.geometry
      for index in images {
        let dy = gradient.base + index * self.target.count
        let dx = contribution.base + index * self.source.count
        dx.update(repeating: 0, count: self.source.count)
        switch self.kind {
        case .maximum:
          wl_maximum_pool_gradient(
            version, &geometry, self.target.channels, dy, self.winners! + index * self.target.count, dx)
        case .average, .roundedAverage:
          wl_average_pool_gradient(version, &geometry, self.target.channels, dy, dx)
        }
      }
    }
    source.addContribution(batch: batch, resources: resources)
  }
}
