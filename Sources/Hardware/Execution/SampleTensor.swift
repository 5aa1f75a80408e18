import FixedPoint
import Networks

/// One tensor of several samples while a network runs.
///
/// Words of up to 8 bits are bytes, raised by `offset` where they are signed; others are 32-bit integers. Threads write disjoint parts.
final class SampleTensor: @unchecked Sendable {
  /// Where the values are.
  enum Storage {
    case bytes(UnsafeMutablePointer<UInt8>)
    case words(UnsafeMutablePointer<Int32>)
  }

  let tensor: IntegerTensor
  let samples: Int
  let storage: Storage
  /// Elements from one sample to the next: a multiple of 4 for bytes, which kernels read by fours.
  let stride: Int
  /// What is subtracted from a raw value to make a byte; 0 for 32-bit words.
  let offset: Int32

  /// Whether a tensor of this format is held as bytes.
  static func holdsBytes(_ format: FixedPointFormat) -> Bool { format.wordLength <= 8 }

  /// What is subtracted from a raw value of this format to make a byte.
  static func byteOffset(_ format: FixedPointFormat) -> Int32 { Int32(format.minimumRaw) }

  /// A tensor of zeros.
  init(_ tensor: IntegerTensor, samples: Int) {
    self.tensor = tensor
    self.samples = samples
    if Self.holdsBytes(tensor.format) {
      stride = (tensor.count + 3) / 4 * 4
      offset = Self.byteOffset(tensor.format)
      let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: samples * stride)
      bytes.initialize(repeating: 0, count: samples * stride)
      storage = .bytes(bytes)
    } else {
      stride = tensor.count
      offset = 0
      let words = UnsafeMutablePointer<Int32>.allocate(capacity: samples * stride)
      words.initialize(repeating: 0, count: samples * stride)
      storage = .words(words)
    }
  }

  /// A tensor of the given raw values, `[samples, count]`.
  convenience init(_ values: UnsafeBufferPointer<Int32>, samples: Int, tensor: IntegerTensor) {
    self.init(tensor, samples: samples)
    let count = tensor.count
    switch storage {
    case .bytes(let bytes):
      for sample in 0..<samples {
        let row = values.baseAddress! + sample * count
        let bytes = bytes + sample * stride
        for index in 0..<count { bytes[index] = UInt8(truncatingIfNeeded: row[index] &- offset) }
      }
    case .words(let words): words.update(from: values.baseAddress!, count: samples * count)
    }
  }

  deinit {
    switch storage {
    case .bytes(let bytes): bytes.deallocate()
    case .words(let words): words.deallocate()
    }
  }

  /// The raw value of element `index` of sample `sample`.
  subscript(sample: Int, index: Int) -> Int32 {
    get {
      switch storage {
      case .bytes(let bytes): Int32(bytes[sample * stride + index]) + offset
      case .words(let words): words[sample * stride + index]
      }
    }
    set {
      switch storage {
      case .bytes(let bytes): bytes[sample * stride + index] = UInt8(truncatingIfNeeded: newValue &- offset)
      case .words(let words): words[sample * stride + index] = newValue
      }
    }
  }
}
