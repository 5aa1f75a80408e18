import CKernels

/// The floating-point types that the quantization kernels read.
package protocol QuantizableValue: BinaryFloatingPoint, BitwiseCopyable {
  /// The F for which 2^F is a normal number of this type.
  static var exactScales: ClosedRange<Int> { get }

  /// Whether a kernel writes `Storage` for a destination of `wordLength` bits.
  static func hasKernel<Storage: FixedWidthInteger>(for storage: Storage.Type, wordLength: Int) -> Bool

  /// Runs the kernel for `Storage` on `count` elements; false if it gave up or there is none.
  static func quantize<Storage>(
    _ version: wl_isa, _ count: Int, _ values: UnsafePointer<Self>, _ rule: inout wl_fixed_rule,
    _ results: UnsafeMutablePointer<Storage>
  ) -> Bool
}

extension Float: QuantizableValue {
  /// The F for which 2^F is a normal number of this type.
  package static var exactScales: ClosedRange<Int> { -126...127 }

  /// Whether a kernel writes `Storage` for a destination of `wordLength` bits.
  package static func hasKernel<Storage: FixedWidthInteger>(
    for storage: Storage.Type, wordLength: Int
  ) -> Bool {
    // Whole floats must reach one beyond the range, and the short way to even adds 1.5 · 2^23.
    wordLength <= 22 && (Storage.bitWidth <= 16 || Storage.self == Int32.self)
  }

  /// Runs the kernel for `Storage` on `count` elements; false if it gave up or there is none.
  package static func quantize<Storage>(
    _ version: wl_isa, _ count: Int, _ values: UnsafePointer<Float>, _ rule: inout wl_fixed_rule,
    _ results: UnsafeMutablePointer<Storage>
  ) -> Bool {
    let target = UnsafeMutableRawPointer(results)
    if Storage.self == Int8.self {
      return wl_fixed_quantize_float_int8(
        version, count, values, &rule, target.assumingMemoryBound(to: Int8.self)) == 0
    }
    if Storage.self == UInt8.self {
      return wl_fixed_quantize_float_uint8(
        version, count, values, &rule, target.assumingMemoryBound(to: UInt8.self)) == 0
    }
    if Storage.self == Int16.self {
      return wl_fixed_quantize_float_int16(
        version, count, values, &rule, target.assumingMemoryBound(to: Int16.self)) == 0
    }
    if Storage.self == UInt16.self {
      return wl_fixed_quantize_float_uint16(
        version, count, values, &rule, target.assumingMemoryBound(to: UInt16.self)) == 0
    }
    if Storage.self == Int32.self {
      return wl_fixed_quantize_float_int32(
        version, count, values, &rule, target.assumingMemoryBound(to: Int32.self)) == 0
    }
    return false
  }
}

extension Double: QuantizableValue {
  /// The F for which 2^F is a normal number of this type.
  package static var exactScales: ClosedRange<Int> { -1022...1023 }

  /// Whether a kernel writes `Storage` for a destination of `wordLength` bits.
  package static func hasKernel<Storage: FixedWidthInteger>(
    for storage: Storage.Type, wordLength: Int
  ) -> Bool {
    // One beyond the range must fit 32 bits.
    wordLength <= 30 && (Storage.bitWidth <= 16 || Storage.self == Int32.self)
  }

  /// Runs the kernel for `Storage` on `count` elements; false if it gave up or there is none.
  package static func quantize<Storage>(
    _ version: wl_isa, _ count: Int, _ values: UnsafePointer<Double>, _ rule: inout wl_fixed_rule,
    _ results: UnsafeMutablePointer<Storage>
  ) -> Bool {
    let target = UnsafeMutableRawPointer(results)
    if Storage.self == Int8.self {
      return wl_fixed_quantize_double_int8(
        version, count, values, &rule, target.assumingMemoryBound(to: Int8.self)) == 0
    }
    if Storage.self == UInt8.self {
      return wl_fixed_quantize_double_uint8(
        version, count, values, &rule, target.assumingMemoryBound(to: UInt8.self)) == 0
    }
    if Storage.self == Int16.self {
      return wl_fixed_quantize_double_int16(
        version, count, values, &rule, target.assumingMemoryBound(to: Int16.self)) == 0
    }
    if Storage.self == UInt16.self {
      return wl_fixed_quantize_double_uint16(
        version, count, values, &rule, target.assumingMemoryBound(to: UInt16.self)) == 0
    }
    if Storage.self == Int32.self {
      return wl_fixed_quantize_double_int32(
        version, count, values, &rule, target.assumingMemoryBound(to: Int32.self)) == 0
    }
    return false
  }
}

extension wl_isa {
  /// All versions of the kernels that this processor can run, the plain one first.
  package static let available: [wl_isa] =
    [WL_ISA_PORTABLE, WL_ISA_AVX2, WL_ISA_AVX512, WL_ISA_AVX512VNNI].filter { wl_isa_is_available($0) != 0 }

  /// The fastest version that this processor can run.
  package static let best = available[available.count - 1]
}
