/// Single-precision memory of fixed size, owned and aligned for vectors. Starts as zeros.
final class FloatBuffer: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int) {
    self.count = count
    base = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: max(count, 1))
    base.initialize(repeating: 0, count: max(count, 1))
  }

  convenience init(_ values: [Float]) {
    self.init(values.count)
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { base.update(from: start, count: values.count) }
    }
  }

  deinit { base.deallocate() }

  /// Whether no element is infinite or not a number.
  var isFinite: Bool {
    // The largest magnitude as a bit pattern: an integer maximum, which the compiler vectorises.
    var largest: UInt32 = 0
    for index in 0..<count { largest = max(largest, base[index].magnitude.bitPattern) }
    return largest < Float.infinity.bitPattern
  }

  /// The contents as an array.
  var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
