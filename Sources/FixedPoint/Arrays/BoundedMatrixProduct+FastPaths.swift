import CKernels

// Ways to the same sums in narrower integers, where the formats prove that nothing is lost.
extension BoundedMatrixProduct {
  /// Bounds of an accumulator that the byte kernel holds within them, or that wraps at the end.
  struct KernelBounds {
    let least: Int32
    let greatest: Int32
    let wraps: Bool
  }

  /// The bounds, where products enter the accumulator without rounding and 32 bits hold every sum.
  var byteKernelBounds: KernelBounds? {
    let format = accumulator.format
    guard format.fractionLength == left.fractionLength + right.fractionLength else { return nil }
    switch accumulator.overflow {
    case .saturate, .saturateSymmetric:
      // At 31 bits there is still room for a product of bytes, 2^14.
      guard format.wordLength <= (format.isSigned ? 31 : 30) else { return nil }
      let least =
        accumulator.overflow == .saturate ? format.minimumRaw : format.symmetricMinimumRaw
      return KernelBounds(least: Int32(least), greatest: Int32(format.maximumRaw), wraps: false)
    case .wrap:
      // Wrapping at every step or once at the end is the same modulo 2^32.
      guard format.wordLength <= (format.isSigned ? 32 : 31) else { return nil }
      return KernelBounds(least: .min, greatest: .max, wraps: true)
    case .zero, .wrapSaturatedBits, .wrapSignMagnitude:
      return nil
    }
  }

  func byteProduct(
    _ a: [Int8], _ b: [Int8], _ rows: Int, _ depth: Int, _ columns: Int, _ bounds: KernelBounds,
    _ version: wl_isa
  ) -> [Int32] {
    let panel = Int(WL_FIXED_PANEL)
    let size = (columns + panel - 1) / panel * panel * depth
    let packed = [Int8](unsafeUninitializedCapacity: size) { buffer, count in
      if size > 0 { wl_fixed_pack(depth, columns, b, buffer.baseAddress!) }
      count = size
    }
    return [Int32](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      count = rows * columns
      guard count > 0 else { return }
      wl_fixed_product(
        version, rows, depth, columns, a, packed, bounds.least, bounds.greatest, buffer.baseAddress!)
      if bounds.wraps {
        for index in 0..<count {
          buffer[index] = Int32(accumulator.format.brought(Int64(buffer[index]), overflow: .wrap))
        }
      }
    }
  }

  /// Whether every exact sum, at the finer of the two fractions, is an `Int64`, and rounding shifts right.
  var exactSumsFitInt64: Bool {
    let product = left.fractionLength + right.fractionLength
    let dropped = product - accumulator.format.fractionLength
    return (0...62).contains(dropped) && left.wordLength + right.wordLength <= 62
      && accumulator.format.wordLength + dropped <= 62 && !accumulator.overflow.readsExactValue
  }

  /// k outside, so that the inner loop's outputs are independent.
  func narrowProduct<Left: FixedWidthInteger, Right: FixedWidthInteger, Sum: FixedWidthInteger>(
    _ a: [Left], _ b: [Right], _ rows: Int, _ depth: Int, _ columns: Int
  ) -> [Sum] {
    let format = accumulator.format
    let dropped = left.fractionLength + right.fractionLength - format.fractionLength
    var sums = [Sum](repeating: 0, count: rows * columns)
    for i in 0..<rows {
      for k in 0..<depth {
        let factor = Int64(truncatingIfNeeded: a[i * depth + k])
        for j in 0..<columns {
          let held = Int64(truncatingIfNeeded: sums[i * columns + j]) &<< Int64(dropped)
          let exact = held &+ factor &* Int64(truncatingIfNeeded: b[k * columns + j])
          let rounded = exact.shiftedRight(dropped, rounding: accumulator.rounding)
          sums[i * columns + j] = Sum(
            truncatingIfNeeded: format.brought(rounded, overflow: accumulator.overflow))
        }
      }
    }
    return sums
  }
}
